-- What other systems sent and the journal did not take, and the statements of learning systems. No row is a result.

-- Of people and clients, and the ledger's own: those of webhooks, of accounts and of connectors.
alter table subject_key drop constraint subject_key_subject_check;
alter table subject_key add constraint subject_key_subject_check
    check (subject ~ '^(employee|customer):.' or subject ~ '^ledger:[a-z]+$');

create table quarantine (
    entry            text        collate "C" primary key check (entry ~ '^[0-9a-f]{32}$'),
    connector        text        not null collate "C",
    key              text        not null collate "C",
    kind             text        not null collate "C",
    field            text        not null,
    digest           text        not null collate "C" check (digest ~ '^[0-9a-f]{64}$'),
    record           text        not null,
    why              text        not null,
    about            text[]      not null,
    times            int         not null default 1 check (times > 0),
    first_at         timestamptz not null,
    last_at          timestamptz not null,
    mended           boolean     not null default false,
    state            text        not null default 'held' check (state in ('held', 'released', 'corrected', 'discarded')),
    positions        bigint[]    not null default '{}',
    settled_position bigint      check ((settled_position is null) = (state = 'held'))
);
create index quarantine_held on quarantine (connector, first_at, entry) where state = 'held';
create index quarantine_old on quarantine (last_at);
create index quarantine_about on quarantine using gin (about);

comment on table quarantine is 'Records that were refused, until somebody releases or discards them; forgotten after some weeks.';
comment on column quarantine.entry is 'The beginning of digest: the same record again is the same entry.';
comment on column quarantine.key is 'The record''s own id, as far as it could be read.';
comment on column quarantine.digest is 'SHA-256 of the encrypted record as it came; tells nothing of its text.';
comment on column quarantine.record is 'The record, encrypted; as it came, or as somebody mended it.';
comment on column quarantine.why is 'What is wrong with it, encrypted, as it may quote the record.';
comment on column quarantine.about is 'employee:ID and customer:ID of whom it speaks, as far as it could be read.';
comment on column quarantine.times is 'How often it was sent.';
comment on column quarantine.positions is 'Of the facts that it gave at last.';
comment on column quarantine.settled_position is 'Of the fact that says who settled it, and why.';

create table xapi_statement (
    statement  text        collate "C" primary key check (statement ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'),
    connector  text        not null collate "C",
    digest     text        not null collate "C" check (digest ~ '^[0-9a-f]{64}$'),
    said       text,
    about      text[]      not null default '{}',
    stored_at  timestamptz not null,
    state      text        not null check (state in ('received', 'recorded', 'not_mapped', 'quarantined', 'voiding')),
    positions  bigint[]    not null default '{}',
    voids      text        collate "C",
    voided_by  text        collate "C"
);
create index xapi_statement_voids on xapi_statement (voids) where voids is not null;
create index xapi_statement_about on xapi_statement using gin (about);

comment on table xapi_statement is 'Statements of learning systems, as they may ask for them again.';
comment on column xapi_statement.digest is 'SHA-256 of the encrypted statement, by which the same one is recognised.';
comment on column xapi_statement.said is 'The statement, encrypted; null once somebody it speaks of was erased.';
comment on column xapi_statement.state is 'What became of it; received: its facts may not be recorded yet.';
comment on column xapi_statement.positions is 'Of the facts that it gave.';
comment on column xapi_statement.voids is 'The statement that this one voids.';
comment on column xapi_statement.voided_by is 'The statement that voids this one.';

create function subject_erased_from_quarantine() returns trigger language plpgsql as $$
declare
    gone text := coalesce('employee:' || (new.data ->> 'employee'), 'customer:' || (new.data ->> 'customer'));
begin
    delete from quarantine where about @> array[gone];
    update xapi_statement set said = null where about @> array[gone];
    return null;
end $$;

-- As with the key: whoever is erased is gone from here in the same transaction.
create trigger subject_erased_from_quarantine
    after insert on journal
    for each row when (new.type = 'subject_erased') execute function subject_erased_from_quarantine();
alter table journal enable always trigger subject_erased_from_quarantine;

revoke all on quarantine, xapi_statement from public;
grant select, insert, update, delete on quarantine, xapi_statement to meritbook_service;

-- Keys of personal data. What they encrypt stands in the journal; once a key is destroyed, nobody can read it.

create table master_key (
    one         boolean     primary key default true check (one),
    fingerprint text        not null check (fingerprint ~ '^[0-9a-f]{16}$'),
    since       timestamptz not null default now()
);

comment on table master_key is 'Which master key wraps every row of subject_key; the key itself is never here.';
comment on column master_key.fingerprint is 'Derived from the master key, which it does not tell.';
comment on column master_key.since is 'When it was taken into use.';

create table subject_key (
    subject         text   collate "C" primary key check (subject ~ '^(employee|customer):.' or subject = 'ledger:probe'),
    wrapped         bytea  check (octet_length(wrapped) = 60),
    erased_position bigint check (erased_position > 0),
    constraint subject_key_or_erased check ((wrapped is null) = (erased_position is not null))
);
create index subject_key_erased on subject_key (erased_position) where wrapped is null;

comment on table subject_key is 'The key of everybody about whom personal data is held. Rows stay, so that nobody who was erased gets a new key.';
comment on column subject_key.subject is 'employee:ID or customer:ID; ledger:probe, the first row, tells that the table was not left out of a dump.';
comment on column subject_key.wrapped is 'Nonce, AES-256 key and tag: the key, encrypted with the master key; null once it is destroyed.';
comment on column subject_key.erased_position is 'Position of the subject_erased because of which it was destroyed.';

create function keep_subject_keys(subjects text[], keys bytea[], wrapped_by text, probe bytea)
returns bigint language plpgsql as $$
declare
    kept bigint;
begin
    -- A change of the master key holds this lock alone, so no key is wrapped with the old one behind its back.
    perform pg_advisory_xact_lock_shared(hashtextextended('keys ' || current_schema(), 0));
    insert into master_key (fingerprint) values (wrapped_by) on conflict do nothing;
    if found then
        insert into subject_key (subject, wrapped) values ('ledger:probe', probe);
    elsif not exists (select from subject_key where subject = 'ledger:probe') then
        return -1;
    elsif not exists (select from master_key where fingerprint = wrapped_by) then
        return 0;
    end if;
    insert into subject_key (subject, wrapped)
    select fresh.subject, fresh.wrapped
    from unnest(subjects, keys) as fresh (subject, wrapped)
    order by fresh.subject
    on conflict do nothing;
    get diagnostics kept = row_count;
    return kept;
end $$;

comment on function keep_subject_keys is
    'Keeps new keys in one statement; how many. Fewer than given: others were first, or wrapped_by is not in use. '
    '-1: the keys of this ledger were left out when it was restored, and new ones must not take their place.';

create function destroy_subject_key(gone text, at bigint) returns void language sql security definer as $$
    insert into subject_key (subject, wrapped, erased_position) values (gone, null, at)
    on conflict (subject) do update set wrapped = null, erased_position = at
$$;
-- It runs with the rights of its owner, so no name in it may mean a table of its caller's.
do $$ begin
    execute format('alter function destroy_subject_key set search_path = %I, pg_temp', current_schema());
end $$;

comment on function destroy_subject_key is 'Leaves nothing of a key but that it was destroyed, and at which position.';

create function subject_erased_destroys_key() returns trigger language plpgsql as $$
begin
    perform destroy_subject_key(
        coalesce('employee:' || (new.data ->> 'employee'), 'customer:' || (new.data ->> 'customer')), new.position
    );
    return null;
end $$;

-- The fact and the destruction of the key commit together or not at all, whoever writes the fact.
create trigger subject_erased_destroys_key
    after insert on journal
    for each row when (new.type = 'subject_erased') execute function subject_erased_destroys_key();
alter table journal enable always trigger subject_erased_destroys_key;

revoke all on master_key, subject_key from public;
revoke all on function keep_subject_keys, destroy_subject_key from public;
grant select, insert on master_key, subject_key to meritbook_service;
grant execute on function keep_subject_keys, destroy_subject_key to meritbook_service;

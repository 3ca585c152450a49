-- Archived ledgers: nothing is appended to them any more, and all that they hold can be read and proven.

create table archive (
    archived_at timestamptz primary key,
    archived_by text        not null check (archived_by <> ''),
    reason      text        not null check (reason <> ''),
    restored_at timestamptz check (restored_at >= archived_at),
    restored_by text,
    constraint archive_restored_by_somebody check ((restored_at is null) = (restored_by is null))
);
create unique index archive_once on archive ((true)) where restored_at is null;

comment on table archive is 'When the ledger was archived, by whom and why, and when it was taken into use again. No fact: its last record stays the last.';
comment on column archive.archived_by is 'Account of the machine that ran the command.';
comment on column archive.restored_at is 'Null while it is archived.';

create function ledger_is_archived() returns trigger language plpgsql as $$
begin
    raise read_only_sql_transaction using
        message = format('The ledger %s is archived.', tg_table_schema),
        constraint = 'ledger_is_archived';
end $$;

comment on function ledger_is_archived is
    'Stands before every insert into the journal while the ledger is archived; the trigger is made and dropped by the '
    'owner, so that appends to other ledgers pay nothing for it.';

revoke all on archive from public;
grant select on archive to meritbook_service;

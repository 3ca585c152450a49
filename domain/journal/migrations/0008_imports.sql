-- Files that somebody had tried, and what became of them. No row is a result.

create table import_run (
    import    text        collate "C" primary key check (import ~ '^[0-9a-f]{16}$'),
    file      text        not null,
    sha256    text        not null collate "C" check (sha256 ~ '^[0-9a-f]{64}$'),
    actor     text        not null collate "C",
    tried_at  timestamptz not null,
    stored_at timestamptz,
    report    text        not null,
    content   text
);
create index import_run_by_time on import_run (tried_at);

comment on table import_run is 'Files imported from the pages, with their reports; the file itself until it is stored, a day at most.';
comment on column import_run.report is 'What the last try or the import told, encrypted, as it may quote the file.';
comment on column import_run.content is 'The file and its mapping, encrypted; null once it is stored.';

grant select, insert, update, delete on import_run to meritbook_service;

-- What learning systems keep here beside statements: states, profiles, and the files that statements bring.

alter table xapi_statement add column agent text collate "C";
create index xapi_statement_agent on xapi_statement (agent) where agent is not null;
comment on column xapi_statement.agent is 'Of its actor: a digest of what identifies them, encrypted.';

create table xapi_document (
    document     text        collate "C" primary key check (document ~ '^[0-9a-f]{64}$'),
    connector    text        not null collate "C",
    resource     text        not null check (resource in ('state', 'activity_profile', 'agent_profile')),
    owner        text        not null collate "C" check (owner ~ '^[0-9a-f]{64}$'),
    registration text        collate "C",
    agent        text        collate "C",
    about        text[]      not null default '{}',
    named        text        not null,
    content      text        not null,
    media_type   text        not null,
    etag         text        not null collate "C" check (etag ~ '^[0-9a-f]{40}$'),
    stored_at    timestamptz not null
);
create index xapi_document_owner on xapi_document (owner, stored_at);
create index xapi_document_agent on xapi_document (agent) where agent is not null;
create index xapi_document_about on xapi_document using gin (about);

comment on table xapi_document is 'Documents of learning systems: the state of a learner in an activity, and profiles. No row is a result.';
comment on column xapi_document.document is 'SHA-256 of where it stands, encrypted: connector, resource, activity, agent, registration and id.';
comment on column xapi_document.owner is 'SHA-256 of whose it is, encrypted: activity, agent or both.';
comment on column xapi_document.agent is 'As in xapi_statement; null for profiles of activities.';
comment on column xapi_document.about is 'employee:ID of whom it is of, where what identifies the agent says so.';
comment on column xapi_document.named is 'Its id, encrypted.';
comment on column xapi_document.content is 'Its bytes, encrypted.';
comment on column xapi_document.etag is 'SHA-1 of its bytes, as the standard has it.';

create table xapi_attachment (
    statement  text  not null collate "C",
    sha2       text  not null collate "C" check (sha2 ~ '^[0-9a-f]{56,128}$'),
    connector  text  not null collate "C",
    content    text  not null,
    media_type text  not null,
    primary key (statement, sha2)
);

comment on table xapi_attachment is 'Files that statements brought along. No row is a result.';
comment on column xapi_attachment.content is 'Its bytes, encrypted.';

create or replace function subject_erased_from_quarantine() returns trigger language plpgsql as $$
declare
    gone text := coalesce('employee:' || (new.data ->> 'employee'), 'customer:' || (new.data ->> 'customer'));
begin
    delete from quarantine where about @> array[gone];
    delete from xapi_attachment where statement in (select statement from xapi_statement where about @> array[gone]);
    delete from xapi_document where about @> array[gone]
        or agent in (select agent from xapi_statement where about @> array[gone]);
    update xapi_statement set said = null where about @> array[gone];
    return null;
end $$;

revoke all on xapi_document, xapi_attachment from public;
grant select, insert, update, delete on xapi_document, xapi_attachment to meritbook_service;

-- Sessions of people who signed in to the pages. Not facts: they say nothing about work or pay, and they go again.

create table session (
    id_hash  bytea       primary key check (octet_length(id_hash) = 32),
    name     text        not null check (name <> ''),
    role     text        not null check (role <> ''),
    scope    text        not null check (scope in ('self', 'team', 'branch', 'all')),
    employee text,
    branches text[]      not null default '{}',
    method   text        not null check (method <> ''),
    device   text        not null,
    begun_at timestamptz not null,
    seen_at  timestamptz not null check (seen_at >= begun_at),
    ends_at  timestamptz not null check (ends_at > begun_at)
);
create index session_by_name on session (name);

comment on table session is 'Who is signed in. A copy of it lets nobody in: only hashes of the ids are here.';
comment on column session.id_hash is 'SHA-256 of the id in the cookie.';
comment on column session.name is 'Who it is, as actor of what they write: account:NAME or oidc:SUBJECT.';
comment on column session.method is 'How they showed who they are, such as password+totp.';
comment on column session.device is 'Browser and system, as the browser names them.';
comment on column session.seen_at is 'When it was used last, to the minute.';
comment on column session.ends_at is 'When it ends however much it is used.';

revoke all on session from public;
grant select, insert, update, delete on session to meritbook_service;

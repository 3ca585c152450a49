-- What several processes that answer have to know of each other. Not facts: they say nothing about work or pay, and they go again.

create table stream_ticket (
    ticket_hash bytea       primary key check (octet_length(ticket_hash) = 32),
    sealed      bytea       not null,
    expires_at  timestamptz not null
);
create index stream_ticket_by_end on stream_ticket (expires_at);

comment on table stream_ticket is 'Tickets to the stream that were not used yet. A copy of it opens nothing: the tickets themselves are not here.';
comment on column stream_ticket.ticket_hash is 'SHA-256 of the ticket.';
comment on column stream_ticket.sealed is 'The credential that the ticket stands for, encrypted by a key that only the ticket gives.';

create table sign_in_try (
    what_hash bytea       primary key check (octet_length(what_hash) = 32),
    failures  integer     not null check (failures > 0),
    failed_at timestamptz not null
);
create index sign_in_try_by_time on sign_in_try (failed_at);

comment on table sign_in_try is 'Wrong tries with names that nobody has, and of browsers; those of an account are counted with the account.';
comment on column sign_in_try.what_hash is 'SHA-256 of which of the two it is, and of the name or of the browser''s token.';

revoke all on stream_ticket, sign_in_try from public;
grant select, insert, update, delete on stream_ticket, sign_in_try to meritbook_service;

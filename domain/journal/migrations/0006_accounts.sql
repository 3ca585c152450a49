-- Local accounts: who may sign in with a password kept here. What happens to them is in the journal; secrets never are.

create table account (
    name          text        collate "C" primary key check (name ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    role          text        not null check (role <> ''),
    scope         text        not null check (scope in ('self', 'team', 'branch', 'all')),
    employee      text,
    branches      text[]      not null default '{}',
    password_hash text        check (password_hash like '$argon2id$%'),
    code_hash     bytea       check (octet_length(code_hash) = 32),
    code_until    timestamptz,
    totp          text        check (totp like 'enc1.%'),
    totp_step     bigint      not null default 0,
    recovery      bytea[]     not null default '{}',
    devices       bytea[]     not null default '{}',
    failures      int         not null default 0 check (failures >= 0),
    failed_at     timestamptz,
    made_at       timestamptz not null,
    signed_in_at  timestamptz,
    locked_at     timestamptz,
    removed_at    timestamptz,
    constraint account_code_has_an_end check ((code_hash is null) = (code_until is null)),
    constraint account_removed_keeps_no_secret check (
        removed_at is null or (password_hash is null and code_hash is null and totp is null and recovery = '{}')
    )
);

comment on table account is 'Who may sign in with a password. Rows stay when an account is removed: its name is the actor of what was written.';
comment on column account.password_hash is 'Argon2id; null until its owner has chosen a password.';
comment on column account.code_hash is 'SHA-256 of the one-time code with which its owner chooses a password.';
comment on column account.totp is 'Secret of the second factor, encrypted with the ledger''s key of accounts.';
comment on column account.totp_step is 'The last time step whose code was taken: no code counts twice.';
comment on column account.recovery is 'SHA-256 of the recovery codes that were not used yet.';
comment on column account.devices is 'SHA-256 of what browsers hold that signed in before: guessing elsewhere does not lock them out.';
comment on column account.failures is 'Wrong passwords and codes since somebody got in last.';

create table sign_in_step (
    id_hash bytea       primary key check (octet_length(id_hash) = 32),
    step    text        not null check (step in ('password', 'code', 'enrol', 'issuer')),
    account text        collate "C" references account,
    said    text        not null,
    ends_at timestamptz not null
);

comment on table sign_in_step is 'Who is on the way in: a password was right and something else is due, or an issuer was asked.';
comment on column sign_in_step.id_hash is 'SHA-256 of the id in the cookie.';
comment on column sign_in_step.said is 'What the next step needs, as JSON; a secret in it is encrypted.';

revoke all on account, sign_in_step from public;
grant select, insert, update on account to meritbook_service;
grant select, insert, delete on sign_in_step to meritbook_service;

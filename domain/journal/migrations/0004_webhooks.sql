-- Webhooks out: who is told of what, what waits to be sent, and what became of it. Nothing here is a result.

-- Secrets of the ledger's own are kept as personal texts are, under a key that goes along when the master key changes.
alter table subject_key drop constraint subject_key_subject_check;
alter table subject_key add constraint subject_key_subject_check
    check (subject ~ '^(employee|customer):.' or subject ~ '^ledger:[a-z]+$');

create table webhook (
    webhook        text        collate "C" primary key check (webhook ~ '^wh_[0-9a-f]{16}$'),
    name           text        not null,
    form           text        not null check (form in ('standard', 'wecom', 'dingtalk')),
    host           text        not null,
    sealed_url     text        not null,
    sealed_secrets text        not null,
    public_key     text,
    language       text        not null check (language in ('en', 'zh')),
    events         text[]      not null check (cardinality(events) > 0),
    only_people    text[]      not null,
    only_branches  text[]      not null,
    maker          text        not null,
    role           text        not null,
    scope          text        not null check (scope in ('self', 'team', 'branch', 'all')),
    employee       text,
    branches       text[]      not null,
    made_at        timestamptz not null,
    state          text        not null default 'active' check (state in ('active', 'paused', 'disabled')),
    because        text,
    told_position  bigint      not null check (told_position >= 0),
    failing_since  timestamptz,
    sent_at        timestamptz
);

comment on table webhook is 'Where events are sent, on whose behalf. Rows are changed in place: what is sent follows from the journal.';
comment on column webhook.host is 'Host of the address; the address itself may hold a key, so it stands encrypted in sealed_url.';
comment on column webhook.sealed_secrets is 'Secrets that sign, the newest first, each with until when it does: JSON, encrypted.';
comment on column webhook.public_key is 'whpk_ of Ed25519, by which receivers verify; null for a shared secret.';
comment on column webhook.only_people is 'Of those whom its maker reaches these alone, if any are named; likewise only_branches.';
comment on column webhook.role is 'Of the token that made it; with scope, employee and branches it bounds what is sent.';
comment on column webhook.because is 'Why it is paused or disabled.';
comment on column webhook.told_position is 'Up to which position facts have become deliveries; moves in the transaction that adds them.';
comment on column webhook.failing_since is 'The first failure since the last success.';
comment on column webhook.sent_at is 'The last try, whatever came of it.';

create table webhook_delivery (
    number      bigint      generated always as identity primary key,
    webhook     text        not null collate "C" references webhook on delete cascade,
    message     text        not null collate "C" check (message ~ '^msg_[0-9a-f]{32}$'),
    type        text        not null collate "C",
    position    bigint,
    body        text        not null,
    line        text        not null,
    state       text        not null default 'waiting' check (state in ('waiting', 'delivered', 'dead')),
    tries       int         not null default 0 check (tries >= 0),
    next_at     timestamptz not null,
    made_at     timestamptz not null,
    settled_at  timestamptz,
    unique (webhook, message)
);
create index webhook_delivery_waiting on webhook_delivery (webhook, number) where state = 'waiting';
create index webhook_delivery_dead on webhook_delivery (webhook, number) where state = 'dead';
create index webhook_delivery_settled on webhook_delivery (settled_at) where settled_at is not null;
create index webhook_delivery_position on webhook_delivery (webhook, position);

comment on table webhook_delivery is 'Events on their way, delivered, or given up; kept for some weeks.';
comment on column webhook_delivery.message is 'The webhook-id that is sent, the same on each try.';
comment on column webhook_delivery.position is 'Of the fact behind it; null for what came up with the day.';
comment on column webhook_delivery.body is 'JSON as it is signed and sent; holds no personal text.';
comment on column webhook_delivery.line is 'The same in one line, for group robots.';
comment on column webhook_delivery.tries is 'Since it was made, or last replayed.';

create table webhook_try (
    webhook  text        not null collate "C" references webhook on delete cascade,
    message  text        not null collate "C",
    tried_at timestamptz not null,
    status   int,
    ms       int         not null,
    error    text,
    answer   text        not null,
    primary key (webhook, message, tried_at)
);
create index webhook_try_old on webhook_try (tried_at);

comment on table webhook_try is 'Each try to deliver: what came back, how fast. No secret, no header.';
comment on column webhook_try.status is 'HTTP status; null where no answer came.';
comment on column webhook_try.answer is 'The first bytes of the answer, printable.';

create table webhook_told (
    webhook text collate "C" references webhook on delete cascade,
    event   text collate "C",
    seen_on date not null,
    primary key (webhook, event)
);

comment on table webhook_told is 'What came up with the day, such as a warning, and was told or stood before the webhook was made.';
comment on column webhook_told.seen_on is 'The last day on which it stood; forgotten some weeks later.';

revoke all on webhook, webhook_delivery, webhook_try, webhook_told from public;
grant select, insert, update, delete on webhook, webhook_delivery, webhook_told to meritbook_service;
grant select, insert, delete on webhook_try to meritbook_service;

-- The log of facts. Names are unqualified: search_path says which ledger, and nothing crosses schemas.

create table journal (
    position     bigint      primary key check (position > 0),
    type         text        not null check (type <> ''),
    source       text        not null check (source <> ''),
    key          text        not null check (key <> ''),
    content_hash bytea       not null check (octet_length(content_hash) = 32),
    tags         text[]      not null,
    occurred_at  timestamptz not null,
    recorded_at  timestamptz not null,
    actor        text        not null check (actor <> ''),
    causation    bigint      check (causation > 0 and causation < position),
    data         json        not null,
    constraint journal_said_once unique (source, key)
);

comment on table journal is 'Every fact, once, in commit order. Rows are inserted by journal_append or under journal_open, and never change.';
comment on column journal.position is '1, 2, 3 … without a gap; position - 1 is the index of the Merkle leaf.';
comment on column journal.type is 'Tag of the fact type, such as deal_closed.';
comment on column journal.source is 'Who says it. Together with key the idempotency key, for ever.';
comment on column journal.key is 'Id of the fact at its source.';
comment on column journal.content_hash is 'SHA-256 of what the sender said; tells a redelivery from a contradiction.';
comment on column journal.tags is 'What the fact is about, such as employee:E1.';
comment on column journal.occurred_at is 'When it happened.';
comment on column journal.recorded_at is 'When the ledger learnt it; never before that of the preceding position.';
comment on column journal.actor is 'Who or what delivered it.';
comment on column journal.causation is 'Position of the fact that caused this one.';
comment on column journal.data is 'The fact as canonical JSON; json and not jsonb, because the bytes count.';

create index journal_by_type on journal (type, position);
-- A short list of entries may wait to be sorted in: appends gain a third by it, but every look for a tag reads all of it.
create index journal_by_tag on journal using gin (tags) with (gin_pending_list_limit = 64);

create function journal_is_append_only() returns trigger language plpgsql as $$
begin
    raise insufficient_privilege using
        message = format('%s of %s.journal: facts are never altered or removed', lower(tg_op), tg_table_schema),
        hint = 'Append a fact_voided that names the position, and record the fact anew if need be.';
end $$;

create trigger journal_is_append_only
    before update or delete or truncate on journal
    for each statement execute function journal_is_append_only();
-- Also where session_replication_role would silence ordinary triggers.
alter table journal enable always trigger journal_is_append_only;

create function journal_open(
    claims json, told_at timestamptz, out head bigint, out recorded_at timestamptz, out known json
) language plpgsql
-- A plan from the table's first days would scan it whole for every key until the next ANALYZE.
set enable_seqscan to off as $$
declare
    claim record;
    met json[] := '{}';
begin
    -- One writer per ledger. A statement of a volatile function sees what was committed before the statement began,
    -- so those below see every fact of the writer before us.
    perform pg_advisory_xact_lock(hashtextextended('journal ' || current_schema(), 0));
    select j.position, greatest(j.recorded_at, told_at) into head, recorded_at
    from journal j order by j.position desc limit 1;
    if not found then
        head := 0;
        recorded_at := told_at;
        return;
    end if;
    for claim in
        select source.name, source.keys, span.low, span.high
        from json_each(claims) as source (name, keys)
        cross join lateral (
            select min(claimed.key) as low, max(claimed.key) as high
            from json_array_elements_text(source.keys) as claimed (key)
        ) span
    loop
        -- Sources that number upwards bring keys beyond all that are known: one look instead of one for each key.
        continue when not exists (
            select from journal j where j.source = claim.name and j.key between claim.low and claim.high
        );
        met := met || array(
            select json_build_array(claim.name, j.key, j.position, encode(j.content_hash, 'hex'), j.recorded_at)
            from json_array_elements_text(claim.keys) as claimed (key)
            cross join lateral (
                select j.key, j.position, j.content_hash, j.recorded_at from journal j
                where j.source = claim.name and j.key = claimed.key limit 1
            ) j
        );
    end loop;
    if cardinality(met) > 0 then
        known := array_to_json(met);
    end if;
end $$;

comment on function journal_open is
    'Takes the ledger''s one lock for the rest of the transaction. claims: {source: [key, …]}. head: the last position; '
    'recorded_at: for facts appended now; known: [[source, key, position, content_hash, recorded_at], …] of the '
    'claims that the journal holds, null when it holds none.';

create function journal_append(
    claims json, batch json, told_at timestamptz, out head bigint, out recorded_at timestamptz, out known json
) language plpgsql as $$
begin
    select o.head, o.recorded_at, o.known into head, recorded_at, known from journal_open(claims, told_at) o;
    if known is not null then
        return;
    end if;
    insert into journal (
        position, type, source, key, content_hash, tags, occurred_at, recorded_at, actor, causation, data
    )
    select
        journal_append.head + fact.item, fact.type, fact.source, fact.key, decode(fact.content_hash, 'base64'),
        fact.tags, fact.occurred_at, journal_append.recorded_at, fact.actor, fact.causation, fact.data
    from rows from (
        json_to_recordset(batch) as (
            type text, source text, key text, content_hash text, tags text[],
            occurred_at timestamptz, actor text, causation bigint, data json
        )
    ) with ordinality as fact (type, source, key, content_hash, tags, occurred_at, actor, causation, data, item);
    perform pg_notify('journal_' || current_schema(), '');
end $$;

comment on function journal_append is
    'Appends batch at head + 1, head + 2 … in one round trip, unless any of its claims is known: then nothing.';

revoke all on journal from public;
revoke all on function journal_open, journal_append from public;
grant select, insert on journal to meritbook_service;
grant execute on function journal_open, journal_append to meritbook_service;

-- The journal in partitions by position. The facts that are there become the first one, where they lie.

create table journal_part (
    number     int         primary key check (number > 0),
    after      bigint      not null unique check (after >= 0),
    upto       bigint      not null unique check (upto > after),
    file       text,
    sha256     bytea       check (octet_length(sha256) = 32),
    bytes      bigint      check (bytes > 0),
    facts      bigint      check (facts between 0 and upto - after),
    recorded_from  timestamptz,
    recorded_until timestamptz check (recorded_until >= recorded_from),
    stored_at  timestamptz,
    dropped_at timestamptz check (dropped_at >= stored_at),
    constraint journal_part_in_a_file_or_not
        check (num_nulls(file, sha256, bytes, facts, recorded_from, recorded_until, stored_at) in (0, 7)),
    constraint journal_part_dropped_only_from_a_file check (dropped_at is null or stored_at is not null)
);

comment on table journal_part is 'Partitions of the journal, journal_1, journal_2 …, and the files of those in cold storage.';
comment on column journal_part.after is 'The partition has the positions (after, upto].';
comment on column journal_part.file is 'Parquet file that holds all its facts; null while none was written.';
comment on column journal_part.sha256 is 'Of that file.';
comment on column journal_part.facts is 'How many of its facts stand in the file alone once it is dropped; the others stay here as well.';
comment on column journal_part.recorded_from is 'When its first fact was recorded.';
comment on column journal_part.recorded_until is 'When its last fact was recorded.';
comment on column journal_part.dropped_at is 'Since when the facts stand in the file alone; null while they stand here.';

create table cold_key (
    digest   uuid   primary key,
    position bigint not null check (position > 0)
);

comment on table cold_key is 'Idempotency keys of the facts that stand in cold storage alone.';
comment on column cold_key.digest is 'What cold_digest makes of source and key; who finds it here compares with the fact itself.';

create table cold_source (
    source text primary key,
    low    text not null,
    high   text not null check (high >= low)
);

comment on table cold_source is 'Between which keys those of each source in cold_key lie: whoever numbers upwards need not be looked for.';

create function cold_digest(source text, key text) returns uuid
language sql immutable strict parallel safe as $$
    select encode(substr(sha256(convert_to(source || chr(31) || key, 'UTF8')), 1, 16), 'hex')::uuid
$$;

comment on function cold_digest is 'Half a SHA-256 of an idempotency key.';

alter table journal rename to journal_1;
alter index journal_pkey rename to journal_1_pkey;
alter index journal_by_type rename to journal_1_by_type;
alter index journal_by_tag rename to journal_1_by_tag;
alter table journal_1 rename constraint journal_said_once to journal_1_said_once;
drop trigger subject_erased_destroys_key on journal_1;

create table journal (like journal_1 including constraints including comments) partition by range (position);
alter table journal add primary key (position);

comment on table journal is 'Every fact, once, in commit order. Rows are inserted by journal_append or under journal_open, and never change.';
comment on table journal_1 is null;

create index journal_by_type on journal (type, position);
-- A short list of entries may wait to be sorted in: appends gain a third by it, but every look for a tag reads all of it.
create index journal_by_tag on journal using gin (tags) with (gin_pending_list_limit = 64);

create trigger journal_is_append_only
    before update or delete or truncate on journal
    for each statement execute function journal_is_append_only();
alter table journal enable always trigger journal_is_append_only;

create trigger subject_erased_destroys_key
    after insert on journal
    for each row when (new.type = 'subject_erased') execute function subject_erased_destroys_key();
alter table journal enable always trigger subject_erased_destroys_key;

-- Facts are removed only with their partition, by the owner, once a file holds them: see docs/howto/large.md.
create or replace function journal_is_append_only() returns trigger language plpgsql as $$
begin
    raise insufficient_privilege using
        message = format('%s of %s.%s: facts are never altered or removed', lower(tg_op), tg_table_schema, tg_table_name),
        hint = 'Append a fact_voided that names the position, and record the fact anew if need be.';
end $$;

create function journal_part_made(name text) returns void language plpgsql as $$
begin
    execute format('create table %I (like journal including constraints including comments)', name);
    execute format('alter table %I add constraint %I unique (source, key)', name, name || '_said_once');
    execute format(
        'create trigger journal_is_append_only before update or delete or truncate on %I '
        'for each statement execute function journal_is_append_only()', name
    );
    execute format('alter table %I enable always trigger journal_is_append_only', name);
end $$;

comment on function journal_part_made is 'A table for facts that is no partition of the journal yet; nobody but the owner may use it.';

create function journal_extend() returns void language plpgsql security definer
-- The next partition is made long before it is needed; whoever is in the way shall not make a fact wait.
set lock_timeout = '50ms' as $$
declare
    last journal_part;
    made int;
begin
    select p.* into strict last from journal_part p order by p.number desc limit 1;
    if not exists (select from journal j where j.position > last.after) then
        return;
    end if;
    made := last.number + 1;
    perform journal_part_made('journal_' || made);
    execute format(
        'alter table journal attach partition %I for values from (%s) to (%s)',
        'journal_' || made, last.upto + 1, last.upto + (last.upto - last.after) + 1
    );
    insert into journal_part (number, after, upto)
    values (made, last.upto, last.upto + (last.upto - last.after));
exception when lock_not_available then
    raise log 'the next partition of %.journal is made later: a lock is held', current_schema();
end $$;

comment on function journal_extend is
    'Makes the next partition once facts stand in the last one. With the rights of the owner, and it can do nothing else.';

do $$
declare
    name text;
    -- A setting of the session, for tests; else 10 million.
    size bigint := coalesce(nullif(current_setting('meritbook.partition_positions', true), '')::bigint, 10000000);
    head bigint;
    upto bigint;
begin
    foreach name in array array['journal_part_made(text)', 'journal_extend()'] loop
        execute format('alter function %s set search_path = %I, pg_temp', name, current_schema());
    end loop;
    select coalesce(max(position), 0) into head from journal_1;
    -- All that is there is one partition, however large: its facts stay where they lie.
    upto := (head / size + 1) * size;
    execute format('alter table journal_1 add constraint journal_1_range check (position <= %s)', upto);
    execute format('alter table journal attach partition journal_1 for values from (minvalue) to (%s)', upto + 1);
    alter table journal_1 drop constraint journal_1_range;
    perform journal_part_made('journal_2');
    execute format('alter table journal attach partition journal_2 for values from (%s) to (%s)', upto + 1, upto + size + 1);
    insert into journal_part (number, after, upto) values (1, 0, upto), (2, upto, upto + size);
    if exists (select from pg_trigger where tgrelid = 'journal_1'::regclass and tgname = 'ledger_is_archived') then
        drop trigger ledger_is_archived on journal_1;
        -- As domain/journal/archive.py makes it.
        create trigger ledger_is_archived before insert on journal for each row
        when (new.type not in (
            'token_made', 'token_revoked', 'access_refused', 'personal_data_read', 'access_changed', 'signed_in',
            'webhook_changed'
        )) execute function ledger_is_archived();
        alter table journal enable always trigger ledger_is_archived;
    end if;
end $$;

create or replace function journal_open(
    claims json, told_at timestamptz, out head bigint, out recorded_at timestamptz, out known json
) language plpgsql
-- A plan from the table's first days would scan it whole for every key until the next ANALYZE.
set enable_seqscan to off as $$
declare
    claim record;
    met json[] := '{}';
    low bigint;
begin
    -- One writer per ledger. A statement of a volatile function sees what was committed before the statement began,
    -- so those below see every fact of the writer before us.
    perform pg_advisory_xact_lock(hashtextextended('journal ' || current_schema(), 0));
    -- The last partition but one is begun, so none before it needs a look.
    select p.after into low from journal_part p order by p.number desc offset 1 limit 1;
    select j.position, greatest(j.recorded_at, told_at) into head, recorded_at
    from journal j where j.position > low order by j.position desc limit 1;
    if not found then
        select j.position, greatest(j.recorded_at, told_at) into head, recorded_at
        from journal j order by j.position desc limit 1;
    end if;
    if head is null then
        head := 0;
        recorded_at := told_at;
        return;
    end if;
    if not exists (select from journal_part p where p.after >= head) then
        perform journal_extend();
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
        if exists (select from journal j where j.source = claim.name and j.key between claim.low and claim.high) then
            met := met || array(
                select json_build_array(claim.name, j.key, j.position, encode(j.content_hash, 'hex'), j.recorded_at)
                from json_array_elements_text(claim.keys) as claimed (key)
                cross join lateral (
                    select j.key, j.position, j.content_hash, j.recorded_at from journal j
                    where j.source = claim.name and j.key = claimed.key limit 1
                ) j
            );
        end if;
        if exists (
            select from cold_source c
            where c.source = claim.name and c.high >= claim.low and c.low <= claim.high
        ) then
            met := met || array(
                select json_build_array(claim.name, claimed.key, c.position, null, null)
                from json_array_elements_text(claim.keys) as claimed (key)
                cross join lateral (
                    select c.position from cold_key c
                    where c.digest = cold_digest(claim.name, claimed.key) offset 0
                ) c
            );
        end if;
    end loop;
    if cardinality(met) > 0 then
        known := array_to_json(met);
    end if;
end $$;

comment on function journal_open is
    'Takes the ledger''s one lock for the rest of the transaction. claims: {source: [key, …]}. head: the last position; '
    'recorded_at: for facts appended now; known: [[source, key, position, content_hash, recorded_at], …] of the '
    'claims that the journal holds, null when it holds none; hash and instant are null where the fact is in cold storage.';

revoke all on journal, journal_1, journal_part, cold_key, cold_source from public;
revoke all on journal_1 from meritbook_service;
revoke all on function journal_extend, journal_part_made, cold_digest from public;
grant select, insert on journal to meritbook_service;
grant select on journal_part, cold_key, cold_source to meritbook_service;
grant execute on function journal_extend, cold_digest to meritbook_service;

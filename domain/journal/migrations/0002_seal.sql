-- The seal: hashes of the tree, signed checkpoints, the keys that sign them. Nothing here is ever altered.

create table tile_part (
    level  smallint not null check (level between 0 and 7),
    start  bigint   not null check (start >= 0),
    hashes bytea    not null check (octet_length(hashes) between 32 and 8192 and octet_length(hashes) % 32 = 0),
    primary key (level, start),
    constraint tile_part_within_a_tile check (start % 256 + octet_length(hashes) / 32 <= 256)
);
-- Hashes do not compress.
alter table tile_part alter column hashes set storage external;

comment on table tile_part is 'Runs of consecutive hashes of one tile (C2SP tlog-tiles); a tile is its runs joined.';
comment on column tile_part.level is 'Of the tile: 0 for the hashes of record lines, 1 for the roots of full tiles of level 0 …';
comment on column tile_part.start is 'Index of the first hash at its level; tile number * 256 + place within the tile.';

create table seal_key (
    number   int         primary key check (number > 0),
    verifier text        not null unique check (verifier like '%+%+%'),
    linked   boolean     not null,
    added_at timestamptz not null
);

comment on table seal_key is 'The public keys that signed this ledger, in their order; the last one signs now.';
comment on column seal_key.verifier is 'Verifier key of C2SP signed-note; its name is the origin of the log.';
comment on column seal_key.linked is 'Whether the key before it signed a checkpoint that hands over to this one.';

create table checkpoint (
    number    bigint      primary key check (number > 0),
    size      bigint      not null check (size > 0),
    root      bytea       not null check (octet_length(root) = 32),
    note      text        not null,
    hands_over boolean   not null,
    signed_at timestamptz not null
);

comment on table checkpoint is 'Signed heads of the tree, in the order in which they were made; sizes never fall.';
comment on column checkpoint.note is 'The signed note (C2SP tlog-checkpoint), without cosignatures.';
comment on column checkpoint.hands_over is 'Whether it names the next key, and is signed by both.';

create table cosignature (
    number      bigint      not null references checkpoint on delete cascade,
    witness     text        not null check (witness like '%+%+%'),
    line        text        not null,
    cosigned_at timestamptz not null,
    primary key (number, witness)
);
create index cosignature_by_witness on cosignature (witness, number);

comment on table cosignature is 'What witnesses signed of our checkpoints (C2SP tlog-cosignature).';
comment on column cosignature.witness is 'Verifier key of the witness.';

create function seal_is_append_only() returns trigger language plpgsql as $$
begin
    raise insufficient_privilege using
        message = format('%s of %s.%s: what was sealed is never altered', lower(tg_op), tg_table_schema, tg_table_name),
        hint = 'If the ledger was restored or damaged, see docs/howto/seal.md.';
end $$;

create trigger tile_part_is_append_only before update or delete or truncate on tile_part
    for each statement execute function seal_is_append_only();
create trigger seal_key_is_append_only before update or delete or truncate on seal_key
    for each statement execute function seal_is_append_only();
create trigger checkpoint_is_not_altered before update or truncate on checkpoint
    for each statement execute function seal_is_append_only();
create trigger cosignature_is_not_altered before update or truncate on cosignature
    for each statement execute function seal_is_append_only();

create function checkpoint_may_go(old checkpoint) returns boolean language sql stable as $$
    with later as (
        select c.number from checkpoint c
        where c.number > old.number and not old.hands_over
        and old.signed_at < now() - interval '1 day'
        and date_trunc('hour', c.signed_at, 'UTC') = date_trunc('hour', old.signed_at, 'UTC')
    )
    select exists (select from later) and (
        not exists (select from cosignature s where s.number = old.number)
        or exists (select from cosignature s join later using (number))
    )
$$;

comment on function checkpoint_may_go is
    'A checkpoint older than a day may go when its hour (UTC) has a later one, and a later cosigned one if it is cosigned.';

create function checkpoint_is_kept() returns trigger language plpgsql as $$
begin
    if checkpoint_may_go(old) then
        return old;
    end if;
    raise insufficient_privilege using
        message = format('checkpoint %s of %s is kept', old.number, tg_table_schema),
        hint = 'Only what a later checkpoint of the same hour stands for is thinned out, after a day.';
end $$;

create trigger checkpoint_is_kept before delete on checkpoint
    for each row execute function checkpoint_is_kept();

-- Also where session_replication_role would silence ordinary triggers.
alter table tile_part enable always trigger tile_part_is_append_only;
alter table seal_key enable always trigger seal_key_is_append_only;
alter table checkpoint enable always trigger checkpoint_is_not_altered;
alter table checkpoint enable always trigger checkpoint_is_kept;
alter table cosignature enable always trigger cosignature_is_not_altered;

revoke all on tile_part, seal_key, checkpoint, cosignature from public;
revoke all on function checkpoint_may_go from public;
grant select, insert on tile_part, seal_key, cosignature to meritbook_service;
grant select, insert, delete on checkpoint to meritbook_service;
grant execute on function checkpoint_may_go to meritbook_service;

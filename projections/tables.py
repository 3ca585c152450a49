"""The tables of read models: made, described and granted by the owner, written by the service."""

from collections.abc import Iterable

from psycopg import sql

from domain.journal.connection import SERVICE_ROLE
from projections.spans import Cursor, Projection

POSITIONS = """
create table projection (
    name             text   primary key,
    version          int    not null,
    tables           text[] not null,
    position         bigint not null check (position >= 0),
    stopped_position bigint check (stopped_position > position),
    stopped_type     text,
    stopped_because  text,
    check ((stopped_position is null) = (stopped_type is null)),
    check ((stopped_position is null) = (stopped_because is null))
);
comment on table projection is 'How far each read model has folded the journal, and what it could not fold.';
comment on column projection.version is 'Form of its rows; a program of another version must build it anew.';
comment on column projection.tables is 'Those of this version; the next one drops them.';
comment on column projection.position is 'Of the last fact folded; 0 for none.';
comment on column projection.stopped_position is
    'Of the fact that could not be folded; null while all is well.';
"""

LEARNING = """
create or replace function learn_sizes() returns void
language plpgsql security definer set search_path from current
-- A third of the usual sample, a third of the time; the server's own rounds take the rest.
set default_statistics_target = 30 as $$
declare
    learnt regclass;
    is_new boolean;
begin
    -- What the journal no longer grows by is known: this takes as long in the last year as in the first.
    for learnt in
        select unnest(tables)::regclass from projection
        union all
        select part.relid
        from pg_partition_tree('journal') part join pg_class known on known.oid = part.relid
        where part.isleaf
            and pg_relation_size(part.relid) > known.relpages::bigint * current_setting('block_size')::int
    loop
        -- Whoever cleans it would be sent away, time and again where much arrives, and never be done.
        execute format('analyze (skip_locked) %s', learnt);
    end loop;
    select 2 * whole.reltuples < (
        select coalesce(sum(known.reltuples), 0)
        from pg_partition_tree('journal') part join pg_class known on known.oid = part.relid
        where part.isleaf
    ) into is_new from pg_class whole where whole.oid = 'journal'::regclass;
    if is_new then
        analyze journal;
    end if;
end $$;
comment on function learn_sizes is
    'Takes stock of the tables for the planner, which after a large import would plan for empty ones.';
revoke all on function learn_sizes() from public;
"""

MAY_LEARN = "grant execute on function learn_sizes() to {role}"

RECORD = """
insert into projection (name, version, tables, position)
values (%(name)s, %(version)s, %(tables)s, %(position)s)
on conflict (name) do update set
    version = excluded.version, tables = excluded.tables, position = excluded.position,
    stopped_position = null, stopped_type = null, stopped_because = null"""

MAY_WRITE = "grant select, insert, update, delete on {table} to {role}"


def make_positions(cursor: Cursor) -> None:
    """Makes the table of positions in the current schema, unless it is there, and how stock is taken."""
    if not _exists(cursor, "projection"):
        cursor.execute(POSITIONS)
        _let_service_write(cursor, "projection")
    cursor.execute(LEARNING)
    cursor.execute(sql.SQL(MAY_LEARN).format(role=sql.Identifier(SERVICE_ROLE)))


def make_tables(cursor: Cursor, projection: Projection) -> None:
    """Makes the tables of `projection`, empty, for the service to write."""
    cursor.execute(projection.SCHEMA.encode())
    for table in projection.TABLES:
        _let_service_write(cursor, table)


def record(cursor: Cursor, projections: Iterable[Projection], position: int) -> None:
    """Notes that `projections` have folded the journal up to `position`, in the form of this program."""
    cursor.executemany(
        RECORD,
        [
            {"name": p.NAME, "version": p.VERSION, "tables": list(p.TABLES), "position": position}
            for p in projections
        ],
    )


def _let_service_write(cursor: Cursor, table: str) -> None:
    cursor.execute(sql.SQL(MAY_WRITE).format(table=sql.Identifier(table), role=sql.Identifier(SERVICE_ROLE)))


def _exists(cursor: Cursor, table: str) -> bool:
    """Whether the current schema, the first of the search_path, has `table`."""
    found = cursor.execute(
        "select to_regclass(current_schema() || '.' || %s) is not null", [table]
    ).fetchone()
    return found == (True,)

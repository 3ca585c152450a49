"""The trail: who did what and when, found by person, actor, type and stretch of positions.

By person and by type the journal's own indexes lead. By actor it has none, as one more index would slow every
append; instead this read model counts each actor's facts in runs of positions, and a query looks only into
the runs where the actor wrote.
"""

from collections.abc import Sequence

import msgspec
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from domain.facts.registry import FACT_TYPES
from domain.journal.lookup import RECORD_COLUMNS, to_records
from domain.journal.read import LAST
from domain.journal.record import Record
from projections.spans import Cursor, Span

NAME = "trail"
VERSION = 1
TABLES = ("trail",)
FACTS = frozenset(FACT_TYPES)

RUN = 1024
"""Positions a run has: enough to keep the table small, few enough that a page may look through many."""

SCHEMA = """
create table trail (
    actor text   collate "C",
    type  text   collate "C",
    run   bigint,
    facts bigint not null check (facts > 0),
    primary key (actor, type, run)
);
comment on table trail is 'How many facts of a type an actor wrote in each run of positions.';
comment on column trail.run is 'The run from position run * 1024 on, up to but not including the next one.';
"""

TRAIL_SPAN = """
insert into trail (actor, type, run, facts)
select actor, type, position / %(size)s, count(*)
from journal
where position > %(after)s and position <= %(upto)s
group by 1, 2, 3
on conflict (actor, type, run) do update set facts = trail.facts + excluded.facts"""

# Whole runs as they stand in the live table, and of the last one what was known of it.
AS_KNOWN = SQL("""
select actor, type, run, facts from {trail} where run < (%(known_at)s::bigint + 1) / {size}
union all
select actor, type, position / {size}, count(*) from journal
where position >= (%(known_at)s::bigint + 1) / {size} * {size} and position <= %(known_at)s
group by 1, 2, 3""")

OF_ANYBODY = SQL("select position from journal where {wanted} order by position limit %(limit)s")

# Fenced, so that the index on tags leads and not the hope that the first positions will do.
OF_PERSON = SQL("""
select position from (
    select position from journal where {wanted} and tags @> array[%(tag)s] offset 0
) found
order by position limit %(limit)s""")

OF_TYPES = SQL("""
select found.position from unnest(%(types)s::text[]) as given (type)
cross join lateral (
    select position from journal where type = given.type and {wanted} order by position limit %(limit)s
) found
order by found.position limit %(limit)s""")

# Of the runs where the actor wrote, as many as it takes to fill a page. The first may lie before `after` with
# all that it counts, so it is looked into without being counted on.
OF_ACTOR = SQL("""
with written as (
    select run, sum(facts) as facts from trail
    where actor = %(actor)s {of_types}
        and run between %(after)s::bigint / %(size)s and %(upto)s::bigint / %(size)s
    group by run order by run limit %(limit)s::bigint + 1
), counted as (
    select run, coalesce(sum(facts) over (
        order by run rows between unbounded preceding and 1 preceding
    ), 0) - first_value(facts) over (order by run) as before
    from written
)
select found.position
from (select run from counted where before < %(limit)s) as needed
cross join lateral (
    select position from journal
    where position >= needed.run * %(size)s and position < (needed.run + 1) * %(size)s and {wanted}
    offset 0
) found
order by found.position limit %(limit)s""")

RECORDS = SQL("select {columns} from journal where position = any(array({positions})) order by position")

# Fenced, so that each tag is looked up on its own: all at once they look to the planner like a scan of all.
VOIDS = """
select wanted.position, min(about.position)
from unnest(%(positions)s::bigint[]) as wanted (position)
cross join lateral (
    select type, position from journal where tags @> array['fact:' || wanted.position] offset 0
) about
where about.type = 'fact_voided'
group by 1"""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of the trail: facts of (after, upto] about a person, by an actor, of some types.

    What is None or empty does not narrow it.
    """

    employee: str | None = None
    actor: str | None = None
    types: tuple[str, ...] = ()
    after: int = 0
    upto: int = LAST


def project(cursor: Cursor, span: Span) -> None:
    """Counts the facts of the span for their actors."""
    cursor.execute(TRAIL_SPAN, {**span.bounds, "size": RUN})


def as_known(schema: str) -> Composed:
    """The rows of `trail` in `schema` as known at the parameter `known_at`."""
    return AS_KNOWN.format(trail=Identifier(schema, "trail"), size=Literal(RUN))


PAST = {"trail": as_known}
"""How a comparison with the past finds the rows of a table that keeps no history."""


def trail(cursor: Cursor, wanted: Wanted, limit: int) -> list[Record]:
    """The first `limit` facts that are wanted, in order of position."""
    parameters = {
        "after": wanted.after,
        "upto": wanted.upto,
        "limit": limit,
        "size": RUN,
        "types": list(wanted.types),
        "actor": wanted.actor,
        "tag": f"employee:{wanted.employee}",
    }
    positions = _positions(wanted)
    statement = RECORDS.format(columns=SQL(RECORD_COLUMNS), positions=positions)
    return to_records(cursor.execute(statement, parameters, prepare=False))


def voids(cursor: Cursor, positions: Sequence[int]) -> dict[int, int]:
    """Those of `positions` that were voided, each with the position of its void."""
    if not positions:
        return {}
    rows = cursor.execute(VOIDS, {"positions": list(positions)}, prepare=False)
    return dict(rows.fetchall())


def _positions(wanted: Wanted) -> Composable:
    """Selects the positions by whichever way leads to the fewest facts that are not wanted."""
    parts: list[Composable] = [SQL("position > %(after)s and position <= %(upto)s")]
    if wanted.types and (wanted.employee or wanted.actor):
        parts.append(SQL("type = any(%(types)s)"))
    if wanted.actor:
        parts.append(SQL("actor = %(actor)s"))
    narrowed = SQL(" and ").join(parts)
    if wanted.employee:
        return OF_PERSON.format(wanted=narrowed)
    if wanted.actor:
        of_types = SQL("and type = any(%(types)s)") if wanted.types else SQL("")
        return OF_ACTOR.format(wanted=narrowed, of_types=of_types)
    return (OF_TYPES if wanted.types else OF_ANYBODY).format(wanted=narrowed)

"""The trail: who did what and when, found by person, actor, type, source, key, day and stretch of positions.

By person and by type the journal's own indexes lead. By actor it has none, as one more index would slow every
append; instead this read model counts each actor's facts in runs of positions, and a query looks only into
the runs where the actor wrote.
"""

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from domain.facts.registry import FACT_TYPES
from domain.journal import cold
from domain.journal.cold import ColdPart
from domain.journal.lookup import at_positions
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

OF_ANYBODY = SQL("select position from journal where {wanted} order by position {order} limit %(limit)s")

# Fenced, so that the index on tags leads and not the hope that the first positions will do.
OF_PERSON = SQL("""
select position from (
    select position from journal where {wanted} and tags @> array[%(tag)s] offset 0
) found
order by position {order} limit %(limit)s""")

# Pairs are compared, and in the order of pairs, so that the index on types leads: of a rare type the planner
# would go through all positions, as if it were a common one that is soon met.
OF_TYPES = SQL("""
select found.position from unnest(%(types)s::text[]) as given (type)
cross join lateral (
    select position from journal
    where (type, position) > (given.type, %(after)s::bigint)
        and (type, position) <= (given.type, %(upto)s::bigint) and {wanted}
    order by type {order}, position {order} limit %(limit)s
) found
order by found.position {order} limit %(limit)s""")

# Of the runs where the actor wrote, as many as it takes to fill a page. The first may lie beyond the bounds
# with all that it counts, so it is looked into without being counted on.
OF_ACTOR = SQL("""
with written as (
    select run, sum(facts) as facts from trail
    where actor = %(actor)s {of_types}
        and run between %(after)s::bigint / %(size)s and %(upto)s::bigint / %(size)s
    group by run order by run {order} limit %(limit)s::bigint + 1
), counted as (
    select run, coalesce(sum(facts) over (
        order by run {order} rows between unbounded preceding and 1 preceding
    ), 0) - first_value(facts) over (order by run {order}) as before
    from written
)
select found.position
from (select run from counted where before < %(limit)s) as needed
cross join lateral (
    select position from journal
    where position >= needed.run * %(size)s and position < (needed.run + 1) * %(size)s and {wanted}
    offset 0
) found
order by found.position {order} limit %(limit)s""")

# From one source to the next by the index of keys: there are few, whatever they have said.
OF_KEY = SQL("""
with recursive source (name) as (
    (select source from journal order by source limit 1)
    union all
    select (select j.source from journal j where j.source > source.name order by j.source limit 1)
    from source where source.name is not null
)
select found.position from source
cross join lateral (
    select position from journal j
    where j.source = source.name and j.key = %(key)s and {wanted}
    offset 0
) found
order by found.position {order} limit %(limit)s""")

# No index leads to a source alone or to the day on which something happened: so many facts are looked
# through, and the next page goes on behind them.
LOOKED_THROUGH = SQL("""
with looked as materialized ({positions}), found as (
    select journal.position from looked join journal using (position)
    where {narrowed} order by journal.position {order} limit %(page)s
)
select (select count(*) from looked), (select {farthest}(position) from looked),
    array(select position from found)""")

LOOK_THROUGH = 20_000
"""So many facts are looked through for one page of what no index leads to."""

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

    source, key: as the sender named them. happened_from, happened_until: of the instants at which they
    happened, half-open. newest: the last ones first. What is None or empty does not narrow it.
    """

    employee: str | None = None
    actor: str | None = None
    types: tuple[str, ...] = ()
    source: str | None = None
    key: str | None = None
    happened_from: dt.datetime | None = None
    happened_until: dt.datetime | None = None
    newest: bool = False
    after: int = 0
    upto: int = LAST

    def behind(self, position: int) -> "Wanted":
        """What comes after `position`, in the order that is asked for."""
        if self.newest:
            return msgspec.structs.replace(self, upto=position - 1)
        return msgspec.structs.replace(self, after=position)

    def has(self, record: Record) -> bool:
        """Whether the fact is wanted, wherever it stands."""
        return (
            (self.employee is None or f"employee:{self.employee}" in record.tags)
            and (self.actor is None or record.actor == self.actor)
            and (not self.types or record.type in self.types)
            and (self.source is None or record.source == self.source)
            and (self.key is None or record.key == self.key)
            and (self.happened_from is None or record.occurred_at >= self.happened_from)
            and (self.happened_until is None or record.occurred_at < self.happened_until)
        )


class Found(NamedTuple):
    """A page of the trail. looked_to: the position where the next page goes on behind; None at the end."""

    records: list[Record]
    looked_to: int | None


def project(cursor: Cursor, span: Span) -> None:
    """Counts the facts of the span for their actors."""
    cursor.execute(TRAIL_SPAN, {**span.bounds, "size": RUN})


def as_known(schema: str) -> Composed:
    """The rows of `trail` in `schema` as known at the parameter `known_at`."""
    return AS_KNOWN.format(trail=Identifier(schema, "trail"), size=Literal(RUN))


PAST = {"trail": as_known}
"""How a comparison with the past finds the rows of a table that keeps no history."""


def trail(cursor: Cursor, wanted: Wanted, limit: int) -> Found:
    """The first `limit` facts that are wanted, in order of position.

    A page of what no index leads to, or of cold storage, may have fewer, and go on all the same.
    Raises: ColdFileUnusable
    """
    parts = cold.parts(cursor, wanted.after, wanted.upto) if cold.may_be(wanted.types) else []
    found: list[Record] = []
    for part, stretch in _stretches(wanted, parts):
        left = limit - len(found)
        more = _in_file(cursor, part, stretch, left) if part else _here(cursor, stretch, left)
        found += more.records
        if more.looked_to is not None:
            return Found(found, more.looked_to)
    return Found(found, None)


def _stretches(wanted: Wanted, parts: Sequence[ColdPart]) -> list[tuple[ColdPart | None, Wanted]]:
    """`wanted` cut up into what is in a file and what is here, in the order that is asked for."""
    ends = [(None, wanted.after), *((part, part.upto) for part in parts), (None, wanted.upto)]
    cut: list[tuple[ColdPart | None, int, int]] = []
    for (_, before), (part, upto) in pairwise(ends):
        begun = max(before, part.after) if part else before
        cut += [(None, before, begun), (part, begun, min(upto, wanted.upto))]
    found = [
        (part, msgspec.structs.replace(wanted, after=after, upto=upto))
        for part, after, upto in cut
        if after < upto
    ]
    return found[::-1] if wanted.newest else found


def _in_file(cursor: Cursor, part: ColdPart, wanted: Wanted, limit: int) -> Found:
    """The first `limit` facts that are wanted of a part's file, of which so many are looked through."""
    after, upto = wanted.after, wanted.upto
    if wanted.newest:
        after = max(after, upto - LOOK_THROUGH)
    else:
        upto = min(upto, after + LOOK_THROUGH)
    found = [each.record for each in cold.read_part(cursor, part, after, upto) if wanted.has(each.record)]
    found = (found[::-1] if wanted.newest else found)[:limit]
    if len(found) == limit:
        return Found(found, found[-1].position)
    if (after, upto) == (wanted.after, wanted.upto):
        return Found(found, None)
    return Found(found, after + 1 if wanted.newest else upto)


def _here(cursor: Cursor, wanted: Wanted, limit: int) -> Found:
    """The first `limit` facts that are wanted of those that stand in the journal."""
    narrowed = _narrowed(wanted)
    looks = limit if narrowed is None else max(limit, LOOK_THROUGH)
    parameters: dict[str, object] = {
        **msgspec.structs.asdict(wanted),
        "limit": looks,
        "page": limit,
        "size": RUN,
        "types": list(wanted.types),
        "tag": f"employee:{wanted.employee}",
    }
    statement = LOOKED_THROUGH.format(
        positions=_positions(wanted),
        narrowed=narrowed or SQL("true"),
        order=_order(wanted),
        farthest=SQL("min" if wanted.newest else "max"),
    )
    row = cursor.execute(statement, parameters, prepare=False).fetchone()
    assert row is not None, "an aggregate always answers"
    looked, farthest, positions = row
    records = at_positions(cursor, positions)[:: -1 if wanted.newest else 1]
    if len(records) == limit:
        return Found(records, records[-1].position)
    return Found(records, farthest if looked == looks else None)


def voids(cursor: Cursor, positions: Sequence[int]) -> dict[int, int]:
    """Those of `positions` that were voided, each with the position of its void."""
    if not positions:
        return {}
    rows = cursor.execute(VOIDS, {"positions": list(positions)}, prepare=False)
    return dict(rows.fetchall())


def _positions(wanted: Wanted) -> Composable:
    """Selects the positions by whichever way leads to the fewest facts that are not wanted."""
    parts: list[Composable] = [SQL("position > %(after)s and position <= %(upto)s")]
    if wanted.types and (wanted.employee or wanted.actor or wanted.key):
        parts.append(SQL("type = any(%(types)s)"))
    if wanted.actor:
        parts.append(SQL("actor = %(actor)s"))
    if wanted.key and wanted.employee:
        parts.append(SQL("tags @> array[%(tag)s]"))
    narrowed, order = SQL(" and ").join(parts), _order(wanted)
    if wanted.key:
        return OF_KEY.format(wanted=narrowed, order=order)
    if wanted.employee:
        return OF_PERSON.format(wanted=narrowed, order=order)
    if wanted.actor:
        of_types = SQL("and type = any(%(types)s)") if wanted.types else SQL("")
        return OF_ACTOR.format(wanted=narrowed, of_types=of_types, order=order)
    return (OF_TYPES if wanted.types else OF_ANYBODY).format(wanted=narrowed, order=order)


def _narrowed(wanted: Wanted) -> Composable | None:
    """What is asked of each fact that the indexes have led to; None for nothing more."""
    parts: list[Composable] = []
    if wanted.source:
        parts.append(SQL("source = %(source)s"))
    if wanted.happened_from is not None:
        parts.append(SQL("occurred_at >= %(happened_from)s"))
    if wanted.happened_until is not None:
        parts.append(SQL("occurred_at < %(happened_until)s"))
    return SQL(" and ").join(parts) if parts else None


def _order(wanted: Wanted) -> SQL:
    return SQL("desc" if wanted.newest else "asc")

"""The facts behind a measure, page by page, each with what it adds."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
from psycopg.sql import SQL

from domain.journal.lookup import at_positions
from domain.plan.licence import whatever_the_licence
from domain.plan.measures import FactMeasure
from domain.plan.spells import Spells
from projections import credentials
from projections.columns import number
from projections.conversion import with_rates
from projections.measures import counts, exact, licensed, taken_off
from projections.sight import bound_for, seen
from projections.spans import Cursor

PAGE_FACTS = 20

# Of a value that is counted once, the first fact that brought it adds 1 and the others 0.
PAGE = SQL(
    """
select
    p.position, p.fact as type, j.source, j.key, p.at as occurred_at, j.recorded_at, p.day, p.customer,
    p.deal, p.employee, p.role, p.share, p.number, p.word, p.is_taken, p.is_first, p.is_flagged, p.total
from (
    select
        c.position, c.part, c.fact, c.at, c.day, c.customer, c.deal, c.employee, c.role, c.share,
        {number} as number, {word} as word,
        not ({counted}) as is_taken, {flagged} as is_flagged, count(*) over () as total,
        row_number() over (partition by {word}, {unpaid} order by c.at, c.position, c.part) = 1 as is_first
    {seen} and ({counted} or {taken}) and {counts}
    order by c.at, c.position, c.part
    limit {limit} offset {offset}
) as p
left join journal j on j.position = p.position
order by p.at, p.position, p.part"""
)


POSITIONS = SQL("select c.position {seen} and ({counted} or {taken})")


class CountedFact(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that a measure counts, or would count if the person had held the licence for it.

    employee, role, share: whose it is, as what, and how much of the fact, exact.
    is_flagged: it was done without the licence that the measure asks for; where such work earns nothing, it
    adds 0. value: what the measure takes of it, exact; a word for `distinct`. adds: its share of the value of
    a count, sum or distinct, below 0 for what `less` takes away; None where facts do not add up.
    """

    position: int
    type: str
    source: str
    key: str
    occurred_at: dt.datetime
    recorded_at: dt.datetime
    day: dt.date
    customer: str | None
    deal: str | None
    employee: str
    role: str
    share: str
    value: str | None
    adds: str | None
    is_flagged: bool = False


class LicenceFact(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to a credential of the kind that a measure asks for. kind: granted, renewed …"""

    position: int
    credential: str
    kind: str
    effective_on: dt.date
    expires_on: dt.date | None


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """The facts that one measure counted for one person.

    period: that the measure was taken for. milestone, board: by which it was looked at, if so, rather than by
    a line over its own window. total: how many facts there are in all.
    licence: what happened to the credential that the measure asks for, as far as it bears on these days.
    """

    plan: str
    measure: str
    period: str
    first_day: dt.date
    last_day: dt.date
    total: int
    facts: tuple[CountedFact, ...]
    milestone: str | None = None
    board: str | None = None
    licence: tuple[LicenceFact, ...] = ()


def counted_facts(
    cursor: Cursor,
    measure: FactMeasure,
    employee: str,
    days: Spells,
    known_at: int | None,
    *,
    offset: int = 0,
    limit: int = PAGE_FACTS,
) -> tuple[int, tuple[CountedFact, ...]]:
    """How many facts `measure` counts for `employee` over `days`, and a page of them in order of time.

    Work that a lacking licence keeps from counting is among them.
    """
    measure = with_rates(cursor, {"": measure}, [days], known_at)[""]
    bound = bound_for(cursor, [measure], {employee: days}, known_at)
    of = number(bound, measure)
    is_word = measure.kind == "distinct"
    flagged = SQL("false")
    if measure.licensed is not None:
        flagged = SQL("not {}").format(licensed(bound, measure.licensed))
    statement = PAGE.format(
        number=SQL("null::numeric") if of is None or is_word else of,
        word=SQL("{}::text").format(of) if of is not None and is_word else SQL("null::text"),
        counted=counts(bound, whatever_the_licence(measure), measure.fact, known_at),
        taken=taken_off(bound, measure, known_at),
        flagged=flagged,
        unpaid=flagged if measure.gate is not None else SQL("false"),
        counts=SQL("{} is not null").format(of) if of is not None else SQL("true"),
        seen=seen(bound, [measure], known_at),
        limit=bound(limit),
        offset=bound(offset),
    )
    cursor.execute(statement, bound.values, prepare=False)
    names = [held.name for held in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor]
    if cold := [row for row in rows if row["source"] is None]:
        stored = {
            record.position: record for record in at_positions(cursor, {row["position"] for row in cold})
        }
        for row in cold:
            record = stored[row["position"]]
            row |= {"source": record.source, "key": record.key, "recorded_at": record.recorded_at}
    return (rows[0]["total"] if rows else 0), tuple(_counted(measure, row) for row in rows)


def counted_positions(
    cursor: Cursor, measure: FactMeasure, employee: str, days: Spells, known_at: int
) -> set[int]:
    """The positions of all facts that `measure` counts for `employee` over `days`, or takes away."""
    measure = with_rates(cursor, {"": measure}, [days], known_at)[""]
    bound = bound_for(cursor, [measure], {employee: days}, known_at)
    statement = POSITIONS.format(
        seen=seen(bound, [measure], known_at),
        counted=counts(bound, measure, measure.fact, known_at),
        taken=taken_off(bound, measure, known_at),
    )
    return {position for (position,) in cursor.execute(statement, bound.values, prepare=False)}


def licence_facts(
    cursor: Cursor, measure: FactMeasure, employee: str, until: dt.date, known_at: int | None
) -> tuple[LicenceFact, ...]:
    """What happened, up to the day `until`, to the credentials of `employee` that `measure` asks for."""
    if measure.licensed is None:
        return ()
    told = credentials.changes(cursor, [employee], known_at)
    of_kind = {change.credential for change in told if change.type == measure.licensed}
    return tuple(
        LicenceFact(
            position=change.position,
            credential=change.credential,
            kind=change.kind,
            effective_on=change.effective_on,
            expires_on=change.expires_on,
        )
        for change in told
        if change.credential in of_kind and change.effective_on <= until
    )


def _counted(measure: FactMeasure, row: Mapping[str, Any]) -> CountedFact:
    taken: int | Decimal | None = row["number"]
    share = Fraction(1) if row["share"] is None else Fraction(row["share"])
    adds: Fraction | None = None
    match measure.kind:
        case "count":
            adds = share
        case "sum" | "each":
            adds = exact(taken) / measure.scale
        case "distinct":
            adds = Fraction(row["is_first"])
        case _:
            pass
    if adds is not None and row["is_flagged"] and measure.gate is not None:
        adds = Fraction(0)
    value = row["word"] if taken is None else str(Fraction(taken) / measure.scale)
    told: dict[str, Any] = {name: row[name] for name in CountedFact.__struct_fields__ if name in row}
    told["share"] = str(share)
    signed = -adds if adds is not None and row["is_taken"] else adds
    return CountedFact(**told, value=value, adds=None if signed is None else str(signed))

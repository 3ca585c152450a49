"""What was told or voided after a close about the months it closed: whose, since when, by which facts."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from domain.journal.lookup import at_positions
from domain.period import Period
from domain.plan.components.true_up import TrueUp
from domain.plan.measures import FactMeasure
from projections import policy
from projections.sight import Sight, ties_between
from projections.spans import Cursor

CLOSED = """
select period, position, known_at, currency, engine, total_minor from closed_period
where position <= coalesce(%(known_at)s, position)
order by first_day"""

# At the rate of the end of a month an amount of its first day is converted, too.
# Too many people do no harm: whoever comes out as settled gets no line. One too few would break the identity.
# until: the last day that can have changed for those who hold the person's credits.
# last_day: no later one is of interest; most of what came since a close is of the next month.
# seen: whose work is looked at, of those who are asked about and of all whom they hold ties to.
LATE = """
with told (position, void_position, employee, day, until) as (
    select c.position, c.void_position, c.employee, on_day, on_day
    from credit c, unnest(array[c.day, case when %(by_deal)s then c.deal_day end]) as on_day
    where (c.position > %(since)s or c.void_position > %(since)s)
        and least(c.day, c.deal_day) <= %(last_day)s and on_day <= %(last_day)s
        and (%(seen)s::text[] is null or c.employee = any(%(seen)s))
    union all
    select f.position, f.void_position, c.employee, on_day, on_day
    from confirmation f join credit c on c.position = f.fact_position,
        unnest(array[c.day, case when %(by_deal)s then c.deal_day end]) as on_day
    where (f.position > %(since)s or f.void_position > %(since)s) and on_day is not null
        and (%(seen)s::text[] is null or c.employee = any(%(seen)s))
    union all
    select position, void_position, employee,
        case when %(ahead)s then (date_trunc('month', effective_on) - interval '1 day')::date
            else effective_on end,
        date 'infinity'
    from roster_change
    where position > %(since)s or void_position > %(since)s
    union all
    select position, void_position, employee, from_on, until_on from leave
    where position > %(since)s or void_position > %(since)s
    union all
    select position, void_position, employee, effective_on, date 'infinity' from credential_change
    where position > %(since)s or void_position > %(since)s
    union all
    select position, void_position, employee, effective_from, effective_from from target_change
    where position > %(since)s or void_position > %(since)s
    union all
    select o.position, o.void_position, r.employee, o.effective_from, o.effective_from
    from override o
    join roster_change r
        on o.scope = case o.level when 'branch' then r.branch when 'team' then r.team else r.employee end
    where o.position > %(since)s or o.void_position > %(since)s
    union all
    select p.position, p.void_position, r.employee, p.day, p.day
    from (
        select position, void_position,
            case when %(ahead)s then effective_from - 1 else effective_from end as day
        from plan_version
        union all
        select position, void_position, ended_on from plan_end
    ) as p
    cross join roster_change r
    where p.position > %(since)s or p.void_position > %(since)s
    union all
    select e.position, e.void_position, c.employee, on_day, on_day
    from exchange_rate e
    join (select distinct document::json ->> 'currency' as own from plan_version) as plan
        on plan.own in (e.base, e.quote)
    join credit c on c.currency = case plan.own when e.base then e.quote else e.base end
        and c.day >= date_trunc('month', e.effective_on::timestamp)::date,
        unnest(array[c.day, case when %(by_deal)s then c.deal_day end]) as on_day
    where (e.position > %(since)s or e.void_position > %(since)s) and e.effective_on <= %(last_day)s
        and on_day is not null
    union all
    select e.position, e.void_position, r.employee, e.effective_on, e.effective_on
    from exchange_rate e cross join roster_change r
    where (e.position > %(since)s or e.void_position > %(since)s) and e.effective_on <= %(last_day)s
        and exists (
            select from plan_version where document::json ->> 'currency' in (e.base, e.quote)
                and document::json ->> 'pay_currency' in (e.base, e.quote)
        )
),
late as (
    select position, void_position, employee, day from (
        select position, void_position, employee, day from told
        where %(people)s::text[] is null or employee = any(%(people)s)
        union all
        select told.position, told.void_position, tie.holder, greatest(told.day, tie.first_day)
        from unnest(%(holders)s::text[], %(employees)s::text[], %(firsts)s::date[], %(lasts)s::date[])
            as tie (holder, employee, first_day, last_day)
        join told on told.employee = tie.employee
            and told.day <= tie.last_day and told.until >= tie.first_day
    ) as concerned
    where day <= %(last_day)s
        and (%(upto)s::bigint is null
            or position <= %(upto)s and (position > %(since)s or void_position <= %(upto)s))
)
"""

TOUCHED = LATE + "select employee, min(day) from late group by employee"

FACTS = (
    LATE
    + """
select
    late.position, j.type, j.source, j.key, min(late.day),
    min(late.void_position) filter (where late.void_position <= coalesce(%(upto)s, late.void_position))
from late left join journal j on j.position = late.position
group by late.position, j.type, j.source, j.key
order by late.position
limit %(limit)s"""
)

FACTS_OF = (
    LATE
    + """
select
    late.employee, late.position, j.type, j.source, j.key, min(late.day),
    min(late.void_position) filter (where late.void_position <= coalesce(%(upto)s, late.void_position))
from late left join journal j on j.position = late.position
group by late.employee, late.position, j.type, j.source, j.key
order by late.employee, late.position"""
)


class ClosedPeriod(NamedTuple):
    """A month that was closed. position: of the close; known_at: the last one that it took into account.

    engine: name and version of the program that closed it. total_minor: what its statements come to.
    """

    period: Period
    position: int
    known_at: int
    currency: str
    engine: str
    total_minor: int


def closed_periods(cursor: Cursor, known_at: int | None) -> list[ClosedPeriod]:
    """The months that were closed, as known at `known_at`, in their order."""
    return [
        ClosedPeriod(Period.parse(period), *rest)
        for period, *rest in cursor.execute(CLOSED, {"known_at": known_at}).fetchall()
    ]


class LateFact(msgspec.Struct, frozen=True):
    """A fact that a close did not know, or that was voided since. day: the first that it can have changed."""

    position: int
    type: str
    source: str
    key: str
    day: dt.date
    void_position: int | None


def touched(
    cursor: Cursor, last: ClosedPeriod, known_at: int | None, employees: Sequence[str] | None = None
) -> dict[str, dt.date]:
    """Who may be due something else than was settled up to the `last` close, and from which day on."""
    span = (last.known_at, known_at)
    asked, ties = _asked(cursor, span, last.period.last_day, employees)
    found: dict[str, dt.date] = {}
    for employee, day in ties.told(cursor.execute(TOUCHED, asked, prepare=False)):
        found[employee] = min(day, found.get(employee, day))
    return found


def late_facts(
    cursor: Cursor, last: ClosedPeriod, about: Period, known_at: int | None, employee: str, limit: int | None
) -> list[LateFact]:
    """The first facts by which what `employee` is due for `about` may have changed since the `last` close."""
    asked, _ = _asked(cursor, (last.known_at, known_at), about.last_day, [employee])
    return _named(cursor, cursor.execute(FACTS, {**asked, "limit": limit}, prepare=False))


def late_facts_of(
    cursor: Cursor, last: ClosedPeriod, about: Period, known_at: int | None, employees: Sequence[str]
) -> dict[str, list[LateFact]]:
    """The facts by which what each of `employees` is due for `about` may have changed since a close."""
    asked, ties = _asked(cursor, (last.known_at, known_at), about.last_day, employees)
    found: dict[str, list[LateFact]] = {}
    rows = [*ties.told(cursor.execute(FACTS_OF, asked, prepare=False))]
    for (employee, *_), fact in zip(rows, _named(cursor, [row[1:] for row in rows]), strict=True):
        found.setdefault(employee, []).append(fact)
    return found


def _named(cursor: Cursor, rows: Iterable[Sequence[Any]]) -> list[LateFact]:
    """What the rows say, type, source and key from cold storage where the journal has them no longer."""
    told = list(rows)
    lacking = [position for position, type, *_ in told if type is None]
    stored = {record.position: record for record in at_positions(cursor, lacking)}
    return [
        LateFact(row[0], at.type, at.source, at.key, *row[4:])
        if (at := stored.get(row[0]))
        else LateFact(*row)
        for row in told
    ]


def facts_between(cursor: Cursor, after: int, upto: int, until: dt.date, employee: str) -> list[LateFact]:
    """What was recorded or voided at the positions (after, upto] about `employee`, for days up to `until`."""
    asked, _ = _asked(cursor, (after, upto), until, [employee])
    return _named(cursor, cursor.execute(FACTS, {**asked, "limit": None}, prepare=False))


def counts_by_deal(cursor: Cursor, known_at: int | None) -> bool:
    """Whether some plan counts what comes back on the day on which its deal was closed."""
    return _by_deal(_measures(cursor, known_at))


def _measures(cursor: Cursor, known_at: int | None) -> list[FactMeasure]:
    """All that some plan measures, or measured, over facts."""
    return [
        measure
        for version in policy.plan_versions(cursor, known_at)
        for measure in version.parsed().measures.values()
        if isinstance(measure, FactMeasure)
    ]


def _by_deal(measures: Iterable[FactMeasure]) -> bool:
    return any(measure.counted == "when_closed" for measure in measures)


def looks_ahead(cursor: Cursor, known_at: int | None) -> bool:
    """Whether some plan pays a true-up in the last month before somebody goes, or the plan ends."""
    return any(
        isinstance(component, TrueUp)
        for version in policy.plan_versions(cursor, known_at)
        for component in version.parsed().components
    )


def _asked(
    cursor: Cursor, span: tuple[int, int | None], until: dt.date, employees: Sequence[str] | None
) -> tuple[dict[str, object], Sight]:
    """The parameters of what came late in `span`, and through whose eyes others see it."""
    since, upto = span
    measures = _measures(cursor, upto)
    ties = ties_between(cursor, measures, span, until, employees)
    own = ties.asked()
    asked: dict[str, object] = {
        **own,
        "seen": None if employees is None else [*employees, *own["employees"]],
        "since": since,
        "last_day": until,
        "upto": upto,
        "people": None if employees is None else list(employees),
        "by_deal": _by_deal(measures),
        "ahead": looks_ahead(cursor, upto),
    }
    return asked, ties

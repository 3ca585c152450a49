"""Measures in SQL: the read-model side of `domain.plan.measures`, which says what every kind means.

All counts, sums, averages and bests over the same window come out of one pass over the credits. What needs
an order or a set of values (distinct, last, streak) has a statement of its own: inside the common pass it
would make PostgreSQL sort every row for the sake of a few.
"""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from psycopg.sql import SQL, Composed

from domain.plan.arithmetic import NOTHING, difference
from domain.plan.measures import Condition, FactMeasure, Measure, with_ratios
from domain.plan.sizes import Each
from projections.columns import column, number, taken
from projections.conversion import with_rates
from projections.rows import known
from projections.sight import Bound, Windows, bound_for, parted, seen
from projections.spans import Cursor
from projections.ties import Kept

Values = dict[str, Fraction | None]
"""The value of each measure by its name."""

FRACTIONS_KEPT = 16_384
"""So many numbers are made into fractions once: most people's counts and scores are alike."""

_CONFIRMED = SQL(
    "exists (select from confirmation f where f.fact_position = c.position and f.role = {role} and {known})"
)

_IN_TIME = SQL("(c.deal_day is null or c.day <= c.deal_day + make_interval(months => {months}))")
_LICENSED = SQL("coalesce(coalesce(c.deal_day, c.day) <@ ({}::jsonb ->> c.employee)::datemultirange, false)")

_PIECES = SQL(
    """count(*) filter (where {counted})
    - coalesce(sum(1 - c.share) filter (where c.share is not null and {counted}), 0)"""
)
"""How many: a fact that several people share in counts as each one's share, and in all as one."""

_COMPARED = {"at_least": SQL(">="), "more_than": SQL(">"), "at_most": SQL("<="), "less_than": SQL("<")}

# Different values are grouped by one process, for which `offset 0` cares: parallel workers hand groups on in
# the order of their hashes, and now and then PostgreSQL (18.4) takes minutes to hash these again in place of
# half a second.
_APART: Mapping[str, SQL] = {
    "distinct": SQL(
        """
select holder, count(*)
from (
    select holder, value
    from (
        select asked.holder, {column} as value {seen} and {counts} and {column} is not null offset 0
    ) as told
    group by holder, value
) as seen
group by holder"""
    ),
    "last": SQL(
        """
select distinct on (asked.holder) asked.holder, {column} {seen} and {counts} and {column} is not null
order by asked.holder, c.at desc, c.position desc, c.part desc"""
    ),
    "each": SQL(
        """
select holder, array_agg(size)
from (
    select asked.holder,
        coalesce(sum({column}) filter (where {counts}), 0)
            - coalesce(sum({column}) filter (where {taken}), 0) as size
    {seen} and ({counts} or {taken}) and {column} is not null and {owner} is not null
    group by asked.holder, {owner}
) as owned
group by holder"""
    ),
    "streak": SQL(
        """
select holder, max(days) from (
    select holder, count(*) as days
    from (
        select holder, day - row_number() over (partition by holder order by day)::int as island
        from (select asked.holder, c.day {seen} and {counts} group by asked.holder, c.day) as seen
    ) as numbered
    group by holder, island
) as runs
group by holder"""
    ),
}


class Pass(NamedTuple):
    """A statement over credits, and its parameters."""

    statement: Composed
    bound: Bound


def evaluate(
    cursor: Cursor, measures: Mapping[str, Measure], opened: Windows, known_at: int | None
) -> dict[str, Values]:
    """Every measure of each person in `opened`, as known at position `known_at`, or by all that is known."""
    people = {employee: Values() for days in opened.values() for employee in days}
    kept = Kept(cursor, people, known_at)
    for window, days in opened.items():
        named = {n: m for n, m in measures.items() if isinstance(m, FactMeasure) and m.window == window}
        if not days:
            continue
        over = with_rates(cursor, named, days.values(), known_at)
        for name, measure in over.items():
            for employee in days:
                people[employee][name] = _of_nothing(measure)
        for together in parted({n: m for n, m in over.items() if m.kind not in _APART}):
            bound = bound_for(cursor, list(together.values()), days, known_at, kept)
            _take_together(cursor, bound, together, known_at, people)
        for name, measure in over.items():
            if measure.kind in _APART:
                bound = bound_for(cursor, [measure], days, known_at, kept)
                for employee, number in rows(cursor, _apart(bound, measure, known_at)):
                    people[employee][name] = _value(measure, number)
    return {employee: with_ratios(measures, values) for employee, values in people.items()}


def counts(bound: Bound, measure: FactMeasure, fact: str, known_at: int | None) -> Composed:
    """That credit `c` is of `fact` and meets the conditions of `measure`."""
    tests = [SQL("c.fact = {}").format(bound(fact))]
    if measure.currency is not None and measure.convert_at is None:
        tests.append(SQL("c.currency = {}").format(bound(measure.currency)))
    tests += [_holds(bound, measure, condition) for condition in measure.where]
    if measure.within_months is not None:
        tests.append(_IN_TIME.format(months=bound(measure.within_months)))
    if measure.by is not None:
        tests.append(SQL("{} is not null").format(column(bound, measure.by)))
    if measure.gate is not None:
        tests.append(licensed(bound, measure.gate))
    if measure.confirmed_by is not None:
        tests.append(confirmed(bound, measure.confirmed_by, known_at))
    return SQL(" and ").join(tests)


def confirmed(bound: Bound, role: str, known_at: int | None) -> Composed:
    """That somebody has confirmed the fact of credit `c` as `role`."""
    return _CONFIRMED.format(role=bound(role), known=known(known_at))


def licensed(bound: Bound, kind: str) -> Composed:
    """That the person of credit `c` holds a credential of `kind` on its day; of a reversal, on its deal's."""
    return _LICENSED.format(bound(json.dumps(bound.licences[kind])))


def taken_off(bound: Bound, measure: FactMeasure, known_at: int | None) -> Composed:
    """That credit `c` is one of those that `measure` takes off."""
    return counts(bound, measure, measure.less, known_at) if measure.less else Composed([SQL("false")])


def aggregates(bound: Bound, measure: FactMeasure, known_at: int | None) -> list[Composed]:
    """The numbers behind `measure`: what came and what went, a sum and its size, or the greatest value."""
    of = number(bound, measure) or SQL("*")
    counted = counts(bound, measure, measure.fact, known_at)
    match measure.kind:
        case "count":
            return [_PIECES.format(counted=part) for part in (counted, taken_off(bound, measure, known_at))]
        case "sum" | "each":
            total = SQL("sum({})").format(of)
            parts = [(total, counted), (total, taken_off(bound, measure, known_at))]
        case "average":
            parts = [(SQL("sum({})").format(of), counted), (SQL("count({})").format(of), counted)]
        case _:
            parts = [(SQL("max({})").format(of), counted)]
    return [SQL("{} filter (where {})").format(*part) for part in parts]


def exact(number: int | Decimal | None, parts: int = 1) -> Fraction:
    """A number of PostgreSQL over `parts`, nothing rounded; null, the sum of nothing, is 0."""
    return NOTHING if number is None else _over(number, parts)


@lru_cache(FRACTIONS_KEPT)
def _over(number: int | Decimal, parts: int) -> Fraction:
    top, bottom = number.as_integer_ratio()
    return Fraction(top, bottom * parts)


def _holds(bound: Bound, measure: FactMeasure, condition: Condition) -> Composed:
    held = taken(bound, measure, condition.column)
    if condition.test == "one_of":
        return SQL("{}::text = any({}::text[])").format(held, bound(list(condition.words)))
    limit = condition.number
    return SQL("{held} * {denominator}::numeric {compared} {numerator}::numeric").format(
        held=held,
        denominator=bound(Decimal(limit.denominator)),
        compared=_COMPARED[condition.test],
        numerator=bound(Decimal(limit.numerator)),
    )


def _take_together(
    cursor: Cursor,
    bound: Bound,
    measures: Mapping[str, FactMeasure],
    known_at: int | None,
    people: Mapping[str, Values],
) -> None:
    """Adds to `people` all of `measures`, taken in one pass over the credits."""
    wanted = [(name, measure.kind, measure.scale) for name, measure in measures.items()]
    for employee, *numbers in rows(cursor, _together(bound, measures.values(), known_at)):
        values, number = people[employee], iter(numbers)
        for name, kind, scale in wanted:
            first = next(number)
            match kind:
                case "count" | "sum":
                    went = next(number)
                    came = exact(first, scale)
                    values[name] = difference(came, exact(went, scale)) if went else came
                case "average":
                    size = next(number)
                    values[name] = exact(first, scale * size) if size else None
                case _:
                    values[name] = None if first is None else exact(first, scale)


def _together(bound: Bound, measures: Iterable[FactMeasure], known_at: int | None) -> Pass:
    """One pass for `measures`; each takes its `aggregates` of the row."""
    wanted = list(measures)
    numbers = [part for measure in wanted for part in aggregates(bound, measure, known_at)]
    statement = SQL("select asked.holder, {numbers} {seen} group by asked.holder").format(
        numbers=SQL(", ").join(numbers), seen=seen(bound, wanted, known_at)
    )
    return Pass(statement, bound)


def _apart(bound: Bound, measure: FactMeasure, known_at: int | None) -> Pass:
    statement = _APART[measure.kind].format(
        seen=seen(bound, [measure], known_at),
        counts=counts(bound, measure, measure.fact, known_at),
        taken=taken_off(bound, measure, known_at),
        column=number(bound, measure) or column(bound, "day"),
        owner=column(bound, measure.by or "position"),
    )
    return Pass(statement, bound)


def rows(cursor: Cursor, wanted: Pass) -> Iterable[tuple[Any, ...]]:
    """What `wanted` finds: rows that begin with the person for whom it was found."""
    return wanted.bound.sight.told(cursor.execute(wanted.statement, wanted.bound.values, prepare=False))


def _value(measure: FactMeasure, number: Any) -> Fraction:
    if measure.kind == "each":
        return Each(exact(size, measure.scale) for size in number)
    return exact(number, measure.scale)


def _of_nothing(measure: FactMeasure) -> Fraction | None:
    if measure.kind == "each":
        return Each(())
    return None if measure.kind in ("average", "last", "best") else Fraction(0)

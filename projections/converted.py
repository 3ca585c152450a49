"""What rates did to the plans of people: the rates that measures used, and the amounts that had none."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

import msgspec
from psycopg.sql import SQL

from domain.money import minor_per_major
from domain.period import Period
from domain.plan.document import Plan
from domain.plan.exchange import (
    UNCHANGED,
    Exchanged,
    RateMissed,
    Rates,
    RateUsed,
    rate_day,
    require_none,
    used,
)
from domain.plan.exchange import Applied as RateApplied
from domain.plan.measures import Days, FactMeasure, Measure
from domain.plan.spells import Spells
from domain.plan.statement import Entitlement
from projections import exchange_rates
from projections.columns import day_of
from projections.conversion import rates_of, with_rates
from projections.measures import Pass, counts, exact, rows
from projections.sight import Windows, bound_for, seen
from projections.spans import Cursor

# An amount without a rate meets no condition on amounts, and is told all the same.
FOREIGN = SQL(
    """
select asked.holder, c.currency, {day},
    coalesce(sum(c.amount_minor) filter (where {counted}), 0)
        - coalesce(sum(c.amount_minor) filter (where {taken}), 0),
    count(*) filter (where {counted} or {taken}), count(*)
{seen} and ({any_counted} or {any_taken}) and c.currency <> {own}
group by asked.holder, c.currency, {day}
order by asked.holder, c.currency, {day}"""
)


VOIDED = """
select unnest(array[position, void_position]) from exchange_rate
where (base, quote) in ((%(own)s, %(other)s), (%(other)s, %(own)s))
    and effective_on between coalesce(%(first)s::date, effective_on) and %(last)s
    and void_position <= coalesce(%(known_at)s, void_position)"""

CURRENCIES = """
select distinct currency from credit
where employee = any(%(employees)s) and currency <> %(own)s
    and (day between %(first)s and %(last)s or deal_day between %(first)s and %(last)s)
    and position <= coalesce(%(known_at)s, position)
order by currency"""


class _Day(NamedTuple):
    """What came on a day in another currency. counted: amounts that count, of `amounts` in all."""

    currency: str
    day: dt.date
    minor: Fraction
    counted: int
    amounts: int


Applied = tuple[tuple[RateUsed, ...], tuple[RateMissed, ...]]
"""The rates that a measure used, and those that it missed."""


def exchanged(
    cursor: Cursor, plan: Plan, period: Period, opened: Windows, known_at: int | None
) -> tuple[Exchanged, Mapping[str, Exchanged]]:
    """What rates do to `plan` in `period`: for everybody, and for those who brought other currencies in."""
    if plan.pays_in == plan.currency and not any(
        isinstance(measure, FactMeasure) and measure.convert_at for measure in plan.measures.values()
    ):
        return UNCHANGED, {}
    paid = None
    if plan.pays_in != plan.currency:
        day = period.last_day
        told = exchange_rates.told(cursor, known_at, currency=plan.currency, since=day, until=day)
        paid = Rates(told).at(plan.currency, plan.pays_in, day)
    found: dict[str, Exchanged] = {}
    for employee, told in _applied(cursor, plan.measures, opened, known_at).items():
        found[employee] = Exchanged(
            paid,
            {name: rates_used for name, (rates_used, _) in told.items() if rates_used},
            {name: missed for name, (_, missed) in told.items() if missed},
        )
    return Exchanged(paid), found


def require_rates(due: Iterable[Entitlement]) -> None:
    """Checks that no money was left out for want of a rate.

    Raises: RateMissing.
    """
    missed: list[RateMissed] = []
    for held in due:
        plan, last_day = held.resolved.plan, held.resolved.period.last_day
        missed += [each for found in held.exchanged.missed.values() for each in found]
        if plan.pays_in != plan.currency and held.exchanged.paid is None:
            missed.append(RateMissed(base=plan.currency, quote=plan.pays_in, day=last_day, amounts=0))
    require_none(missed)


def rate_positions(
    cursor: Cursor, own: str, others: Iterable[str], days: Days, known_at: int | None
) -> set[int]:
    """The rates between `own` and each of `others` that decide on `days`, those taken back, and the voids."""
    told = exchange_rates.told(cursor, known_at, currency=own, since=days.first, until=days.last)
    found: set[int] = set()
    for other in others:
        live = [rate for rate in told if {rate.base, rate.quote} == {own, other}]
        found |= {rate.position for rate in live}
        asked = {"own": own, "other": other, "last": days.last, "known_at": known_at}
        asked["first"] = min((rate.effective_on for rate in live), default=None)
        found |= {position for (position,) in cursor.execute(VOIDED, asked)}
    return found


def currencies_of(
    cursor: Cursor, employees: Collection[str], own: str, days: Days, known_at: int | None
) -> list[str]:
    """The currencies other than `own` that `employees` brought in on `days`."""
    asked = {"employees": list(employees), "own": own, "known_at": known_at, **days._asdict()}
    return [currency for (currency,) in cursor.execute(CURRENCIES, asked)]


def _applied(
    cursor: Cursor, measures: Mapping[str, Measure], opened: Windows, known_at: int | None
) -> dict[str, dict[str, Applied]]:
    """By employee and measure."""
    found: dict[str, dict[str, Applied]] = {}
    for name, measure in measures.items():
        if not isinstance(measure, FactMeasure) or measure.convert_at is None:
            continue
        days = opened[measure.window]
        runs = [run for own in days.values() for run in own]
        if runs:
            rates = rates_of(cursor, measure, runs, known_at)
            for employee, came in _foreign(cursor, measure, days, known_at).items():
                found.setdefault(employee, {})[name] = _of_measure(measure, rates, came)
    return found


def _foreign(
    cursor: Cursor, measure: FactMeasure, days: Mapping[str, Spells], known_at: int | None
) -> dict[str, list[_Day]]:
    """What everybody brought in other currencies, by day."""
    rated = with_rates(cursor, {"": measure}, days.values(), known_at)[""]
    bound = bound_for(cursor, [rated], days, known_at)
    any_amount = tuple(condition for condition in rated.where if condition.column != "amount_minor")
    anyhow = msgspec.structs.replace(rated, where=any_amount)
    parts = {
        name: counts(bound, of, fact, known_at) if fact else SQL("false")
        for name, of, fact in (
            ("counted", rated, rated.fact),
            ("taken", rated, rated.less),
            ("any_counted", anyhow, rated.fact),
            ("any_taken", anyhow, rated.less),
        )
    }
    statement = FOREIGN.format(
        seen=seen(bound, [rated], known_at),
        own=bound(measure.currency),
        day=day_of(measure.counted),
        **parts,
    )
    found: dict[str, list[_Day]] = {}
    for employee, currency, day, minor, counted, amounts in rows(cursor, Pass(statement, bound)):
        found.setdefault(employee, []).append(_Day(currency, day, exact(minor), counted, amounts))
    return found


def _of_measure(measure: FactMeasure, rates: Rates, came: Iterable[_Day]) -> Applied:
    """The rates that turn what `came` into the currency of `measure`, each with all that it turned."""
    quote, convert_at = measure.currency or "", measure.convert_at or "day"
    sums: dict[tuple[str, int], tuple[RateApplied, Fraction]] = {}
    missed: dict[str, RateMissed] = {}
    for base, day, minor, counted, amounts in came:
        on = rate_day(day, convert_at)
        applied = rates.at(base, quote, on)
        if applied is None:
            before = missed.get(base)
            missed[base] = RateMissed(
                base=base,
                quote=quote,
                day=min(on, before.day) if before else on,
                amounts=amounts + (before.amounts if before else 0),
            )
        elif counted:
            key = base, applied.rate.position
            _, so_far = sums.get(key, (applied, Fraction(0)))
            sums[key] = applied, so_far + minor
    return (
        tuple(
            used(applied, base, quote, minor / minor_per_major(base))
            for (base, _), (applied, minor) in sums.items()
        ),
        tuple(missed.values()),
    )

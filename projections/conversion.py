"""Amounts of other currencies in measures: what each is worth by the rates, and which rates these were.

A rate has finitely many decimals, its reciprocal need not. So that SQL adds up exactly, every amount of a
pass is multiplied by an integer: what a minor unit is worth times `over`, the common denominator of all rates
in sight, by which the scale of the measure grows.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

import msgspec
from psycopg.sql import SQL, Composed, Placeholder

from domain.plan.exchange import RateDay, Rates, minor_factor, rate_day
from domain.plan.measures import Condition, Days, FactMeasure
from domain.plan.spells import Spells
from projections import exchange_rates
from projections.spans import Cursor


class Steps(NamedTuple):
    """What a minor unit of a currency is worth, times `over`, from each of `starts` on."""

    currency: str
    starts: list[dt.date]
    factors: list[Decimal]


class Converting(FactMeasure, frozen=True, kw_only=True, tag="converting"):
    """A measure that converts, with all rates that it may need. over: the worth of its own currency."""

    over: int
    steps: tuple[Steps, ...]


def with_rates(
    cursor: Cursor, measures: Mapping[str, FactMeasure], days: Iterable[Spells], known_at: int | None
) -> dict[str, FactMeasure]:
    """`measures`, those that convert with the rates that hold on `days`, as known at `known_at`."""
    found = dict(measures)
    runs = [run for own in days for run in own]
    for name, measure in measures.items():
        if runs and measure.convert_at is not None and not isinstance(measure, Converting):
            found[name] = _converting(measure, rates_of(cursor, measure, runs, known_at), runs)
    return found


def rates_of(cursor: Cursor, measure: FactMeasure, runs: Iterable[Days], known_at: int | None) -> Rates:
    """The rates of the currency of `measure` that hold on the days of `runs`."""
    first, last = bounds(runs, measure.convert_at or "day")
    told = exchange_rates.told(cursor, known_at, currency=measure.currency, since=first, until=last)
    return Rates(told)


def in_currency(bound: Callable[[object], Placeholder], measure: Converting, day: SQL) -> Composed:
    """The amount of credit `c` in the currency of `measure`, times `over`; null without a rate on `day`."""
    on = _RATE_DAYS[measure.convert_at or "day"].format(day=day)
    cases = [SQL("when {} then {}::numeric").format(bound(measure.currency), bound(Decimal(measure.over)))]
    cases += [
        SQL("when {} then ({}::numeric[])[width_bucket({}, {}::date[])]").format(
            bound(each.currency), bound(each.factors), on, bound(each.starts)
        )
        for each in measure.steps
    ]
    return SQL("(c.amount_minor * case c.currency {} end)").format(SQL(" ").join(cases))


_RATE_DAYS: Mapping[RateDay, SQL] = {
    "day": SQL("{day}"),
    "month_end": SQL("(date_trunc('month', {day}::timestamp) + interval '1 month - 1 day')::date"),
}


def bounds(runs: Iterable[Days], at: RateDay) -> Days:
    """The first and the last day whose rates may be asked for."""
    held = list(runs)
    return Days(min(run.first for run in held), rate_day(max(run.last for run in held), at))


def _converting(measure: FactMeasure, rates: Rates, runs: Iterable[Days]) -> Converting:
    """`measure` with the worth of all currencies in sight; its scale and conditions grow with it."""
    assert measure.currency is not None and measure.convert_at is not None, "the plan sets both or none"
    quote = measure.currency
    first, last = bounds(runs, measure.convert_at)
    steps = {base: rates.steps(base, quote, first, last) for base in sorted(set(rates.into(quote)))}
    factors = {
        base: [minor_factor(applied, base, quote) for applied in found] for base, found in steps.items()
    }
    over = lcm(*(factor.denominator for found in factors.values() for factor in found))
    fields: dict[str, Any] = {name: getattr(measure, name) for name in measure.__struct_fields__}
    fields["where"] = tuple(_times(condition, over) for condition in measure.where)
    if measure.of == "amount_minor":
        fields["scale"] *= over
    return Converting(
        **fields,
        over=over,
        steps=tuple(
            Steps(base, [each.rate.effective_on for each in found], _integers(factors[base], over))
            for base, found in steps.items()
            if found
        ),
    )


def _times(condition: Condition, over: int) -> Condition:
    """`condition` on amounts that are multiplied by `over`."""
    if condition.column != "amount_minor":
        return condition
    return msgspec.structs.replace(condition, number=condition.number * over)


def _integers(factors: Iterable[Fraction], over: int) -> list[Decimal]:
    return [Decimal(factor.numerator * (over // factor.denominator)) for factor in factors]

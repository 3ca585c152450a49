"""Whose value on a board the facts between two positions may have changed, whichever of them comes first."""

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from domain.period import Period
from domain.plan.measures import FactMeasure, days_of
from projections.spans import Cursor

_COUNTED = """c.fact = any(%(facts)s) and (
            c.day between %(first_day)s and %(last_day)s or c.deal_day between %(first_day)s and %(last_day)s
        )"""

TOUCHED = f"""
select cause, employee from (
    select 'work' as cause, c.employee from credit c
    where c.position > %(after)s and c.position <= %(upto)s and {_COUNTED}
    union all
    select 'work', c.employee from credit c
    where c.void_position > %(after)s and c.void_position <= %(upto)s and {_COUNTED}
    union all
    select 'work', c.employee from confirmation f join credit c on c.position = f.fact_position
    where f.position > %(after)s and f.position <= %(upto)s and {_COUNTED}
    union all
    select 'work', c.employee from confirmation f join credit c on c.position = f.fact_position
    where f.void_position > %(after)s and f.void_position <= %(upto)s and {_COUNTED}
    union all
    select 'work', employee from credential_change
    where %(licensed)s and position > %(after)s and position <= %(upto)s
    union all
    select 'work', employee from credential_change
    where %(licensed)s and void_position > %(after)s and void_position <= %(upto)s
    union all
    select 'place', employee from roster_change
    where position > %(after)s and position <= %(upto)s
    union all
    select 'place', employee from roster_change
    where void_position > %(after)s and void_position <= %(upto)s
    union all
    select 'rate', null from exchange_rate
    where %(converts)s and (
        position > %(after)s and position <= %(upto)s
        or void_position > %(after)s and void_position <= %(upto)s
    )
) as told
group by cause, employee"""


class Touched(NamedTuple):
    """Whom facts are about, and what else they say.

    work: whose work, confirmations or licences are others. place: who came, left or moved. rates: whether
    some exchange rate is another one.
    """

    work: set[str]
    place: set[str]
    rates: bool


class Looks(NamedTuple):
    """What the measures of a board look at: facts of some types on some days.

    licensed, converts: whether licences and exchange rates make a difference.
    """

    facts: list[str]
    first_day: dt.date
    last_day: dt.date
    licensed: bool
    converts: bool


def looks(measures: Collection[FactMeasure], period: Period, last: dt.date) -> Looks:
    """What `measures` look at over `period`, up to the day `last`, whenever people were hired."""
    firsts = [
        dt.date.min
        if measure.window.kind == "days_since_hire"
        else days_of(measure.window, period, period.first_day).first
        for measure in measures
    ]
    return Looks(
        facts=sorted({fact for measure in measures for fact in (measure.fact, measure.less) if fact}),
        first_day=min(firsts),
        last_day=last,
        licensed=any(measure.licensed is not None for measure in measures),
        converts=any(measure.convert_at is not None for measure in measures),
    )


def touched(cursor: Cursor, one: int, other: int, looks: Looks) -> Touched:
    """What the facts say that are known at only one of two positions."""
    found: dict[str, set[str]] = {"work": set(), "place": set(), "rate": set()}
    between = {"after": min(one, other), "upto": max(one, other)}
    for cause, employee in cursor.execute(TOUCHED, {**between, **looks._asdict()}):
        found[cause].add(employee)
    return Touched(found["work"], found["place"], bool(found["rate"]))

"""Whose value on a board the facts between two positions may have changed, whichever of them comes first."""

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from domain.period import Period
from domain.plan.bounds import Sums, Told
from domain.plan.measures import FactMeasure, days_of
from projections.spans import Cursor

_COUNTED = """c.fact = any(%(facts)s) and (
            c.day between %(first_day)s and %(last_day)s or c.deal_day between %(first_day)s and %(last_day)s
        )"""

_CREDIT = "c.employee, c.fact, c.at, c.quantity, c.minutes, c.amount_minor, c.score"

_OTHER = "null, null, null, null, null, null"

TOUCHED = f"""
select
    cause, employee, fact, came, min(at), count(*), coalesce(sum(quantity), 0)::bigint,
    coalesce(sum(minutes), 0)::bigint, coalesce(sum(amount_minor), 0), coalesce(sum(score), 0)
from (
    select 'work' as cause, true as came, {_CREDIT} from credit c
    where c.position > %(after)s and c.position <= %(upto)s and {_COUNTED}
    union all
    select 'work', false, {_CREDIT} from credit c
    where c.void_position > %(after)s and c.void_position <= %(upto)s and {_COUNTED}
    union all
    select 'work', true, {_CREDIT} from confirmation f join credit c on c.position = f.fact_position
    where f.position > %(after)s and f.position <= %(upto)s and {_COUNTED}
    union all
    select 'work', false, {_CREDIT} from confirmation f join credit c on c.position = f.fact_position
    where f.void_position > %(after)s and f.void_position <= %(upto)s and {_COUNTED}
    union all
    select 'licence', null, employee, {_OTHER} from credential_change
    where %(licensed)s and position > %(after)s and position <= %(upto)s
    union all
    select 'licence', null, employee, {_OTHER} from credential_change
    where %(licensed)s and void_position > %(after)s and void_position <= %(upto)s
    union all
    select 'place', null, employee, {_OTHER} from roster_change
    where position > %(after)s and position <= %(upto)s
    union all
    select 'place', null, employee, {_OTHER} from roster_change
    where void_position > %(after)s and void_position <= %(upto)s
    union all
    select 'rate', null, null, {_OTHER} from exchange_rate
    where %(converts)s and (
        position > %(after)s and position <= %(upto)s
        or void_position > %(after)s and void_position <= %(upto)s
    )
) as told
group by cause, employee, fact, came"""


class Touched(NamedTuple):
    """Whom facts are about, and what else they say.

    work: what came to the credits of some people and what went, confirmed or not. licences: whose licences
    are others. place: who came, left or moved. rates: whether some exchange rate is another one.
    """

    work: dict[str, Told]
    licences: set[str]
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


def touched(cursor: Cursor, known: int, position: int, looks: Looks) -> Touched:
    """What the facts say that are known at only one of two positions, by what is known at `position`."""
    work: dict[str, Told] = {}
    others: dict[str, set[str]] = {"licence": set(), "place": set(), "rate": set()}
    between = {"after": min(known, position), "upto": max(known, position)}
    for cause, employee, fact, came, *sums in cursor.execute(TOUCHED, {**between, **looks._asdict()}):
        if cause == "work":
            told = work.get(employee) or work.setdefault(employee, Told({}, {}))
            (told.came if came == (known < position) else told.gone)[fact] = Sums(*sums)
        else:
            others[cause].add(employee)
    return Touched(work, others["licence"], others["place"], bool(others["rate"]))

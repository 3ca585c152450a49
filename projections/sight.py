"""Whose credits measures look at on which days, and the statement's part that finds them."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from psycopg.sql import SQL, Composed, Placeholder

from domain.period import Period
from domain.plan.measures import Days, FactMeasure, Measure, Window, days_of
from domain.plan.spells import Spells, within
from projections.columns import day_of
from projections.licences import NONE, Licences, licences
from projections.rows import known
from projections.spans import Cursor

Windows = Mapping[Window, Mapping[str, Spells]]
"""The days that each window opens on for each person; none where they belonged elsewhere on all of them."""

_SEEN = SQL(
    """
from unnest(%(employees)s::text[], %(firsts)s::date[], %(lasts)s::date[])
    as asked (employee, first_day, last_day)
join credit c on c.employee = asked.employee collate "C" and {day} between asked.first_day and asked.last_day
where {day} between %(earliest)s and %(latest)s and c.fact = any(%(facts)s) and {known}"""
)
"""The credits in sight. The outer bounds on the day say nothing new, but an index can use them."""


class Bound:
    """The parameters of one statement, each value under a name of its own.

    licences: those that its measures ask for, of the people that it looks at.
    """

    def __init__(self, licences: Licences = NONE) -> None:
        self.values: dict[str, Any] = {}
        self.licences = licences

    def __call__(self, value: object) -> Placeholder:
        name = f"p{len(self.values)}"
        self.values[name] = value
        return Placeholder(name)


def bound_for(
    cursor: Cursor, measures: Iterable[FactMeasure], people: Collection[str], known_at: int | None
) -> Bound:
    """The parameters of a statement over `measures`, with the licences of `people`."""
    return Bound(licences(cursor, measures, people, known_at))


def windows(
    measures: Iterable[Measure],
    period: Period,
    hired: Mapping[str, dt.date],
    until: dt.date | None = None,
    spells: Mapping[str, Spells] | None = None,
) -> Windows:
    """The days that the windows of `measures` open on for the people in `hired`, none after `until`.

    spells: of whoever belongs to a plan on these days alone; what is credited on others does not count.
    """
    wanted = {measure.window for measure in measures if isinstance(measure, FactMeasure)}
    held = spells or {}
    return {
        window: {
            employee: within(days, held.get(employee))
            for employee, hired_on in hired.items()
            for whole in [days_of(window, period, hired_on)]
            for days in [whole if until is None or whole.last <= until else Days(whole.first, until)]
        }
        for window in wanted
    }


def seen(
    bound: Bound, measures: Collection[FactMeasure], days: Mapping[str, Spells], known_at: int | None
) -> Composed:
    """`from … where …`: the credits `c` of the facts of `measures` on the `days` of each person.

    measures: for which credits lie on the same day.
    """
    facts = {fact for measure in measures for fact in (measure.fact, measure.less) if fact}
    bound.values |= asked(days) | {"facts": sorted(facts), "known_at": known_at}
    first, *rest = measures
    assert all(measure.counted == first.counted for measure in rest), "the caller has parted them"
    return _SEEN.format(known=known(known_at), day=day_of(first.counted))


def asked(days: Mapping[str, Spells]) -> dict[str, Any]:
    """The parameters that say whose `days` are asked about, and between which they all lie."""
    runs = [(employee, run) for employee, own in days.items() for run in own]
    return {
        "employees": [employee for employee, _ in runs],
        "firsts": [run.first for _, run in runs],
        "lasts": [run.last for _, run in runs],
        "earliest": min((run.first for _, run in runs), default=None),
        "latest": max((run.last for _, run in runs), default=None),
    }

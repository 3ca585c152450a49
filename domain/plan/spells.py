"""On which days somebody belongs to a plan: spells, runs of days that people enter and leave by moving.

A plan whose `transfers` are `by_days` pays for these days and no others. Days are calendar days, and both end
days count: the hire day, the last day of work, and the day from which a transfer holds, which is the new
post's. Spells tell where somebody works; how long they have been here counts on the last of the days only.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from domain.people.roster import Posting, RosterChange, starts_on
from domain.people.roster import posting as posting_on
from domain.period import Period
from domain.plan.document import Plan, Population
from domain.plan.measures import Days, FactMeasure, days_of
from domain.plan.population import belongs, deciding_day

Spells = tuple[Days, ...]
"""Runs of days in their order; no two of them touch."""


class Membership(NamedTuple):
    """How somebody belongs to a plan in a period.

    posting: as of the day that decides which numbers hold. spells: on which the person belongs to the plan,
    as far back as its measures look; None where the plan pays for the whole period by its last day.
    """

    posting: Posting
    spells: Spells | None = None


def membership(plan: Plan, period: Period, here: Posting, moves: Sequence[RosterChange]) -> Membership | None:
    """How the person who works `here` on the deciding day of `period` belongs to `plan`; None if not at all.

    moves: of that person, not voided.
    """
    last = deciding_day(period, here.left_on)
    if plan.transfers == "by_last_day":
        return Membership(here) if belongs(plan.population, here, last) else None
    found = spells(plan.population, here, Days(_opens_on(plan, period, here), last), moves)
    if not found or found[-1].last < period.first_day:
        return None
    decided_on = found[-1].last
    held = here if decided_on == last else posting_on(moves, decided_on)
    if held is None or not belongs(plan.population, held, decided_on):
        return None
    return Membership(held, found)


def spells(population: Population, here: Posting, over: Days, moves: Iterable[RosterChange]) -> Spells:
    """The runs of days in `over` on which somebody is one of `population`, whatever their tenure.

    here: where the person works on the last of these days. moves: of that person; without them `here` alone
    tells.
    """
    whom, known = msgspec.structs.replace(population, tenure_months=None), list(moves)
    starts = sorted({day for move in known if over.first < (day := starts_on(move)) <= over.last})
    if not starts and belongs(whom, here, over.last):
        return (Days(max(over.first, here.hired_on), over.last),)
    found: list[Days] = []
    for first, next_first in zip((over.first, *starts), (*starts, None), strict=True):
        held = here if next_first is None else posting_on(known, first)
        if held is None or not belongs(whom, held, first):
            continue
        last = over.last if next_first is None else next_first - dt.timedelta(days=1)
        if found and found[-1].last + dt.timedelta(days=1) == first:
            first = found.pop().first
        found.append(Days(first, last))
    return tuple(found)


def within(days: Days, spells: Spells | None) -> Spells:
    """The parts of `days` that lie in `spells`; all of them where there are none to keep to."""
    if spells is None:
        return (days,)
    cut = (Days(max(days.first, spell.first), min(days.last, spell.last)) for spell in spells)
    return tuple(part for part in cut if part.first <= part.last)


def decided_on(period: Period, posting: Posting, spells: Spells | None) -> dt.date:
    """The day of `period` whose posting decides which numbers hold: the last one in the plan."""
    return spells[-1].last if spells else deciding_day(period, posting.left_on)


def _opens_on(plan: Plan, period: Period, here: Posting) -> dt.date:
    """The first day that some measure of `plan` looks at, or that of the period."""
    windows = {measure.window for measure in plan.measures.values() if isinstance(measure, FactMeasure)}
    return min((period.first_day, *(days_of(window, period, here.hired_on).first for window in windows)))

"""What hints look at beyond the pay of today: open milestones, the others on boards, records that wait."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

import msgspec

from domain.period import Period
from domain.plan.document import Plan
from domain.plan.doing import Contest
from domain.plan.measures import FactMeasure
from domain.plan.mentions import named_in
from domain.plan.milestones import last_day
from domain.plan.statement import Entitlement
from projections import measures, sight
from projections.asking import Asking
from projections.attainment import courses_to
from projections.closing import head
from projections.earned import entitlements
from projections.kept_boards import Contested, KeptBoards
from projections.measures import Values
from projections.members import Members, members
from projections.places import Standings
from projections.spans import Cursor


class Outlook(NamedTuple):
    """A plan that somebody belongs to, and what can still come of it.

    contests: by board. confirmed: measures as they will be once all records that wait are confirmed.
    waiting: how many records these are, by measure.
    """

    held: Entitlement
    contests: Mapping[str, Contest]
    confirmed: Values
    waiting: Mapping[str, int]


class Prospect(NamedTuple):
    """What somebody can still look for in a month, as known at a position.

    plans: none that the person has left before the day: what is done now counts elsewhere, if anywhere.
    groups, due: all that pay the month, and what they come to up to the day.
    """

    plans: list[Outlook]
    groups: list[Members]
    due: list[Entitlement]
    known_at: int


def prospect(
    cursor: Cursor,
    employee: str,
    day: dt.date,
    known_at: int | None = None,
    kept_boards: KeptBoards | None = None,
) -> Prospect:
    """The plans of `employee` in the month of `day`, by what was known and measured up to the day.

    kept_boards: from one question to the next; without them everybody is measured for this one.
    """
    is_now, known_at = known_at is None, head(cursor) if known_at is None else known_at
    period = Period.containing(day)
    groups = [g for g in members(cursor, period, known_at, [employee]) if employee in g.resolved]
    boards = _Boards(kept_boards or KeptBoards(), employee, is_now)
    own = entitlements(cursor, groups, period, known_at, until=day, asking=boards).get(employee, [])
    plans = [
        Outlook(
            held._replace(under_way=_under_way(cursor, group, employee, held, day, known_at)),
            boards.contests(group.plan, period),
            *_awaited(cursor, group, employee, held, day, known_at),
        )
        for group, held in zip(groups, own, strict=True)
        if held.resolved.decided_on >= day
    ]
    return Prospect(plans, groups, own, known_at)


class _Boards(Asking):
    """Asks for the places of one person only, and keeps what stands beside them."""

    def __init__(self, kept_boards: KeptBoards, employee: str, is_now: bool) -> None:
        self._kept_boards, self._employee, self._is_now = kept_boards, employee, is_now
        self._found: dict[tuple[str, Period], dict[str, Contested]] = {}

    def places(
        self, cursor: Cursor, plan: Plan, period: Period, until: dt.date, known_at: int | None
    ) -> Standings:
        """The places on each board of `plan` that pays in `period`."""
        assert known_at is not None, "hints are as known at a position"
        found = self._kept_boards.contested(
            cursor, plan, period, until, known_at, self._employee, now=self._is_now
        )
        self._found[plan.plan, period] = found
        return {
            name: {self._employee: place.standing}
            for name, place in found.items()
            if place.standing is not None
        }

    def contests(self, plan: Plan, period: Period) -> dict[str, Contest]:
        """The person and the others on each board that was asked for."""
        return {name: place.contest for name, place in self._found.get((plan.plan, period), {}).items()}


def _under_way(
    cursor: Cursor, group: Members, employee: str, held: Entitlement, day: dt.date, known_at: int | None
) -> dict[str, Fraction]:
    """How far each milestone is that pays, is not reached and has days left."""
    parts = held.resolved.plan.components
    paid = dict.fromkeys(name for part in parts for name in named_in(part, "milestones"))
    hired_on = group.postings[employee].hired_on
    found: dict[str, Fraction] = {}
    for name in paid:
        if name not in held.attained and last_day(held.resolved.milestones[name], hired_on) > day:
            course = courses_to(cursor, group, name, day, known_at).get(employee)
            found[name] = (course[-1][1] if course else None) or Fraction(0)
    return found


def _awaited(
    cursor: Cursor, group: Members, employee: str, held: Entitlement, day: dt.date, known_at: int | None
) -> tuple[Values, dict[str, int]]:
    """The measures as if every record were confirmed, and how many of each wait for that."""
    named = group.plan.measures
    asked = {
        name: measure
        for name, measure in named.items()
        if isinstance(measure, FactMeasure) and measure.confirmed_by is not None
    }
    if not asked:
        return {}, {}
    wanted: dict[str, FactMeasure] = {}
    for name, measure in asked.items():
        counted = msgspec.structs.replace(measure, kind="count", less=None, worth=None)
        wanted[f"{name} confirmed"] = counted
        wanted[f"{name} told"] = msgspec.structs.replace(counted, confirmed_by=None)
        wanted[name] = msgspec.structs.replace(measure, confirmed_by=None)
    opened = sight.windows(
        wanted.values(), held.resolved.period, {employee: group.hired[employee]}, day, group.spells
    )
    found = measures.evaluate(cursor, wanted, opened, known_at)[employee]
    waiting = {name: int((found[f"{name} told"] or 0) - (found[f"{name} confirmed"] or 0)) for name in asked}
    return {name: found[name] for name in asked}, waiting

"""Ties: whose work counts for whom on which days, as the roster stood on each of them.

A manager holds those below, a mentor the mentored, an assistant the sellers served, and whoever is in a team
or branch everybody in it. Only people who are here hold somebody and are held, from the first to the last day
of work; somebody who has left passes nothing on to those above until the people below have another manager.
A circle of managers does no harm: nobody is below themselves.
"""

import datetime as dt
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from domain.people.roster import Posting, RosterChange, stretches

Relation = Literal["reports", "direct_reports", "mentees", "assisted", "team", "branch"]

ABOVE: Mapping[Relation, str] = {
    "reports": "manager",
    "direct_reports": "manager",
    "mentees": "mentor",
    "assisted": "assistant",
}
"""By which field of their own people are held."""

ONE_DAY = dt.timedelta(days=1)


class Tie(NamedTuple):
    """The work of `employee` counts on these days; both ends do."""

    employee: str
    first_day: dt.date
    last_day: dt.date

    def within(self, first_day: dt.date, last_day: dt.date) -> "Tie | None":
        """The part of it in these days; None without one."""
        first, last = max(self.first_day, first_day), min(self.last_day, last_day)
        return Tie(self.employee, first, last) if first <= last else None


class Stay(NamedTuple):
    """Days on which somebody is here and nothing about it changes. held: branch, team, manager …"""

    first_day: dt.date
    last_day: dt.date
    held: Mapping[str, str | None]


class Ties(NamedTuple):
    """Who holds whom. circles: where people are tied by what they are in, by circle; in_circles: by person.

    Somebody in a circle holds all who are in it on the same days, so it is not told for each of them.
    """

    held: Mapping[str, Sequence[Tie]]
    circles: Mapping[str, Sequence[Tie]]
    in_circles: Mapping[str, Sequence[Tie]]

    def of(self, holder: str, first_day: dt.date, last_day: dt.date) -> list[Tie]:
        """Whom `holder` holds within these days."""
        own = [tie.within(first_day, last_day) for tie in self.held.get(holder, ())]
        for being in self.in_circles.get(holder, ()):
            days = being.within(first_day, last_day)
            if days is not None:
                own += [tie.within(days.first_day, days.last_day) for tie in self.circles[days.employee]]
        return [tie for tie in own if tie is not None]


def ties(relation: Relation, changes: Iterable[RosterChange]) -> Ties:
    """The ties that the roster `changes` make; of those not voided, in any order.

    No two ties of a holder to one person share a day, so nothing is ever seen twice.
    """
    stays = _stays(changes)
    if relation in ("team", "branch"):
        return _circles(relation, stays)
    held: dict[str, list[Tie]] = {}
    for employee, own in sorted(stays.items()):
        for stay in own:
            for holder, first, last in _above(stays, employee, stay, ABOVE[relation], relation == "reports"):
                _add(held.setdefault(holder, []), Tie(employee, first, last))
    return Ties(held, {}, {})


def holds(relation: Relation, holder: str, employee: str, posted: Callable[[str], Posting | None]) -> bool:
    """Whether the work of `employee` counts for `holder` on one day: what `ties` says in runs of days.

    posted: where people are on that day.
    """
    here = posted(employee)
    if here is None or posted(holder) is None:
        return False
    if relation in ("team", "branch"):
        own, theirs = (getattr(each, relation) for each in (posted(holder), here))
        return own is not None and own == theirs
    passed = {employee}
    while here is not None:
        above = getattr(here, ABOVE[relation])
        if above is None or above in passed or posted(above) is None:
            return False
        if above == holder:
            return True
        if relation != "reports":
            return False
        passed.add(above)
        here = posted(above)
    return False


def _stays(changes: Iterable[RosterChange]) -> dict[str, list[Stay]]:
    """The days on which each person is here."""
    told: dict[str, list[RosterChange]] = {}
    for change in changes:
        told.setdefault(change.employee, []).append(change)
    found: dict[str, list[Stay]] = {}
    for employee, own in told.items():
        runs = stretches(own)
        ends = [*(run.first_day - ONE_DAY for run in runs[1:]), dt.date.max]
        found[employee] = [
            Stay(run.first_day, end, run.held)
            for run, end in zip(runs, ends, strict=True)
            if run.hired_on is not None
        ]
    return found


def _above(
    stays: Mapping[str, Sequence[Stay]], employee: str, stay: Stay, field: str, climbs: bool
) -> Iterable[tuple[str, dt.date, dt.date]]:
    """Who holds `employee` on the days of `stay`: the next above, and those above them if it `climbs`."""
    waiting = deque[tuple[tuple[str, ...], Stay]]([((employee,), stay)])
    while waiting:
        passed, below = waiting.popleft()
        above = below.held.get(field)
        if above is None or above in passed:
            continue
        for being in stays.get(above, ()):
            first, last = max(being.first_day, below.first_day), min(being.last_day, below.last_day)
            if first <= last:
                yield above, first, last
                if climbs:
                    waiting.append(((*passed, above), Stay(first, last, being.held)))


def _circles(relation: Relation, stays: Mapping[str, Sequence[Stay]]) -> Ties:
    circles: dict[str, list[Tie]] = {}
    within: dict[str, list[Tie]] = {}
    for employee, own in sorted(stays.items()):
        for stay in own:
            circle = stay.held.get(relation)
            if circle is not None:
                _add(circles.setdefault(circle, []), Tie(employee, stay.first_day, stay.last_day))
                _add(within.setdefault(employee, []), Tie(circle, stay.first_day, stay.last_day))
    return Ties({}, circles, within)


def _add(told: list[Tie], tie: Tie) -> None:
    """Adds `tie`, joined to the one before where that ends the day before."""
    last = told[-1] if told else None
    if last is not None and last.employee == tie.employee and tie.first_day - last.last_day == ONE_DAY:
        told[-1] = last._replace(last_day=tie.last_day)
    else:
        told.append(tie)

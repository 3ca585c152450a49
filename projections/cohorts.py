"""Cohorts: what everybody has on the boards that pay, kept from one question to the next.

The place of one person follows from what all of them have, which takes long to measure. A cohort is kept as
known at a position. What it was at another one, later or earlier, differs only in people whom a fact between
the two is about: these alone are measured anew, so the answer is that of a cohort measured as a whole.
"""

import datetime as dt
from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from threading import Lock
from typing import NamedTuple

from domain.people.roster import Posting
from domain.period import Period
from domain.plan.components.base import Standing
from domain.plan.document import Board, Plan
from domain.plan.doing import Contest
from projections import measures
from projections.measures import Values
from projections.places import boards_due, opened_for, places_paid, ranked_people, ranked_values
from projections.spans import Cursor

COHORTS_KEPT = 16
"""So many boards are kept, those asked about last: some 300 bytes for each person on one."""

MOST_BETWEEN = 20_000
"""Over more positions than these everybody is measured anew."""

MOVED = """
select employee from credit where position > %(after)s and position <= %(upto)s
union
select employee from credit where void_position > %(after)s and void_position <= %(upto)s
union
select c.employee from confirmation f join credit c on c.position = f.fact_position
where f.position > %(after)s and f.position <= %(upto)s
union
select c.employee from confirmation f join credit c on c.position = f.fact_position
where f.void_position > %(after)s and f.void_position <= %(upto)s"""

# Whoever comes or goes, or a rate or licence that others' work is counted by, can change anybody's value.
OTHERWISE = """
select exists (
    select from (
        select position, void_position from roster_change
        union all select position, void_position from credential_change
        union all select position, void_position from exchange_rate
    ) as told
    where position > %(after)s and position <= %(upto)s
        or void_position > %(after)s and void_position <= %(upto)s
)"""


SETTLED = "select coalesce(min(position), 0) from projection"


class Place(NamedTuple):
    """Somebody among the others on a board. standing: None without a place."""

    standing: Standing | None
    contest: Contest


class Cohorts:
    """The cohorts that were asked about last, of one ledger alone; safe to share between threads.

    Cursors see whatever is committed: what one of them has found is there for the others.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[object, _Cohort] = OrderedDict()

    def places(
        self, cursor: Cursor, plan: Plan, period: Period, until: dt.date, known_at: int, employee: str
    ) -> dict[str, Place]:
        """Where `employee` is on each board that pays in `period`, by what was measured up to `until`.

        A board whose people they are not among is left out.
        """
        boards = boards_due(plan, period)
        found: dict[str, Place] = {}
        told = cursor.execute(SETTLED).fetchone() if boards else None
        for board in boards:
            cohort = self._cohort(plan, board, Period.containing(period.last_day, board.period), until)
            # What some read model has yet to learn would be missed later.
            is_settled = told is not None and known_at <= told[0]
            place = (cohort if is_settled else cohort.beside()).place(cursor, employee, known_at)
            if place is not None:
                found[board.id] = place
        return found

    def _cohort(self, plan: Plan, board: Board, over: Period, until: dt.date) -> "_Cohort":
        key = plan.plan, board.id, over, min(over.last_day, until)
        with self._lock:
            cohort = self._kept.pop(key, None)
            if cohort is None or (cohort.plan is not plan and cohort.plan != plan):
                cohort = _Cohort(plan, board, over, min(over.last_day, until))
            self._kept[key] = cohort
            if len(self._kept) > COHORTS_KEPT:
                self._kept.popitem(last=False)
            return cohort


class _Cohort:
    """The people of one board with their values up to the day `until`, measured once they are asked for."""

    def __init__(self, plan: Plan, board: Board, over: Period, until: dt.date) -> None:
        self.plan = plan
        self._board, self._over, self._until = board, over, until
        self._lock = Lock()
        self._known_at: int | None = None
        self._people: Mapping[str, Posting] = {}
        self._values: dict[str, Fraction] = {}
        self._ordered: list[Fraction] = []

    def beside(self) -> "_Cohort":
        """The same that knows nothing."""
        return _Cohort(self.plan, self._board, self._over, self._until)

    def place(self, cursor: Cursor, employee: str, known_at: int) -> Place | None:
        """Where `employee` is as known at position `known_at`; None for who is not on the board."""
        with self._lock:
            if self._known_at is None or known_at > self._known_at + MOST_BETWEEN:
                self._measure(cursor, known_at)
            elif known_at < self._known_at - MOST_BETWEEN:
                return self.beside().place(cursor, employee, known_at)
            elif known_at != self._known_at:
                self._move(cursor, self._known_at, known_at)
            if employee not in self._people:
                return None
            leaves = self._leaves(cursor, [employee], known_at)[employee]
            standing, best = self._standing(employee), self._best(employee)
            behind = len(self._values) - len(best) - (standing is not None)
        return Place(standing, Contest(self._board.measure, self._board.first, leaves, best, behind))

    def _measure(self, cursor: Cursor, known_at: int) -> None:
        """Measures everybody."""
        over = self._over._replace(last_day=self._until)
        self._people = ranked_people(cursor, self.plan, self._board, over, known_at)
        self._known_at = None
        self._values = ranked_values(self.plan, self._board, self._leaves(cursor, self._people, known_at))
        self._ordered = sorted(self._values.values())
        self._known_at = known_at

    def _move(self, cursor: Cursor, known: int, known_at: int) -> None:
        """Measures those whom a fact between both positions is about, or all if it may change others, too."""
        between = {"after": min(known, known_at), "upto": max(known, known_at)}
        told = cursor.execute(OTHERWISE, between).fetchone()
        moved = {employee for (employee,) in cursor.execute(MOVED, between)}
        leaves, _ = opened_for(self.plan, self._board.measure, self._over, (), self._until)
        sees_others = any(measure.credited != "own" for measure in leaves.values())
        if told is None or told[0] or (moved and sees_others):
            self._measure(cursor, known_at)
            return
        own = sorted(moved & self._people.keys())
        anew = ranked_values(self.plan, self._board, self._leaves(cursor, own, known_at)) if own else {}
        for employee in own:
            old, new = self._values.pop(employee, None), anew.get(employee)
            if old is not None:
                del self._ordered[bisect_left(self._ordered, old)]
            if new is not None:
                self._values[employee] = new
                insort(self._ordered, new)
        self._known_at = known_at

    def _leaves(self, cursor: Cursor, employees: Iterable[str], known_at: int) -> dict[str, Values]:
        """What the values of `employees`, who are on the board, are made of."""
        people = [self._people[employee] for employee in employees]
        leaves, opened = opened_for(self.plan, self._board.measure, self._over, people, self._until)
        return measures.evaluate(cursor, leaves, opened, known_at)

    def _standing(self, employee: str) -> Standing | None:
        own = self._values.get(employee)
        if own is None:
            return None
        people = len(self._ordered)
        highest_first = self._board.first == "highest"
        better = (
            people - bisect_right(self._ordered, own) if highest_first else bisect_left(self._ordered, own)
        )
        return Standing(better + 1, people)

    def _best(self, employee: str) -> tuple[Fraction, ...]:
        """The best of the others, as many as places pay."""
        paid, own = places_paid(self.plan, self._board), self._values.get(employee)
        highest_first = self._board.first == "highest"
        ends = self._ordered[: -paid - 2 : -1] if highest_first else self._ordered[: paid + 1]
        if own is not None and own in ends:
            ends.remove(own)
        return tuple(ends[:paid])

"""A board that is kept: everybody's value as known at a position, moved on by the facts since then.

At another position, later or earlier, it differs only in people whom a fact between the two is about. Of
these only such are measured anew as may stand on a place that is shown, by the most that the facts can have
made of their value; the others wait. The answer is that of a board made anew, which a law checks.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import islice, takewhile
from threading import Lock

from domain.people.ranking import Entry, Lead, lead, ranking
from domain.people.roster import Posting
from domain.period import Period
from domain.plan.bounds import Told, at
from domain.plan.components.base import Standing
from domain.plan.document import Board, Plan, Population
from domain.plan.measures import FactMeasure, with_ratios
from domain.plan.mentions import with_parts
from projections import measures
from projections.boards import Ranked, shown
from projections.cut import Cut
from projections.measures import Values
from projections.ordered import Key, Ordered
from projections.places import opened_for, ranked_people
from projections.reached import reached_at
from projections.spans import Cursor
from projections.touched import looks, touched
from projections.waiting import Waiting

MOST_BETWEEN = 20_000
"""Over more positions than these everybody is measured anew."""

SLICE = 200
"""So many people are measured at once, who may show that others need not be."""

AHEAD = 50
"""Of so many people it is asked ahead when they reached their value, each time that a board goes on."""

WHOLE = 600
"""So often a board goes on with everybody measured since a place was asked for that is not shown."""


class Kept:
    """One board with its values up to the day `last`. One thread at a time asks, holding `lock`.

    position: as known at which it stands; None while nobody was measured. unasked: how often it went on since
    somebody asked.
    """

    def __init__(self, plan: Plan, board: Board, period: Period, cohort: Population, last: dt.date) -> None:
        self.plan, self.board = plan, board
        self.lock = Lock()
        self.unasked = 0
        self._whole = 0
        self.position: int | None = None
        self._period, self._cohort, self._last = period, cohort, last
        self._measures = {name: plan.measures[name] for name in with_parts(plan.measures, (board.measure,))}
        self._leaves, _ = opened_for(plan, board.measure, period, (), last)
        self._looks = looks(self._leaves.values(), period, last)
        own = self._measures[board.measure]
        self._sign = 1 if board.first == "lowest" else -1
        self._times = self._sign * (own.scale if isinstance(own, FactMeasure) else 1)
        self._sees_others = any(measure.credited != "own" for measure in self._leaves.values())
        self.forget()

    def beside(self) -> "Kept":
        """The same that knows nothing."""
        return Kept(self.plan, self.board, self._period, self._cohort, self._last)

    def bring(self, cursor: Cursor, position: int, *, whole: bool = False) -> None:
        """Makes it the board as known at `position`, which the read models have reached.

        whole: everybody's place is asked for, also of those who are not shown.
        """
        self._whole = WHOLE if whole else self._whole
        if self.position is None or abs(position - self.position) > MOST_BETWEEN:
            self._measure_all(cursor, position)
        elif position != self.position:
            self._move(cursor, self.position, position)
        self._settle(cursor, position)

    def ranked(self, cursor: Cursor) -> Ranked:
        """The board as it stands."""
        size = self.board.size
        reached = self._all(cursor) if size is None or size >= len(self._order) else self._upto(cursor, size)
        found = [Entry(e, self._values[e], at) for e, at in reached.items()]
        places = ranking(found, self.board.first == "lowest")
        told = {e: at for e, at in reached.items() if at is not None}
        assert self.position is not None, "it was brought to a position"
        return shown(self.plan, self.board, self._period, places, self._people, told, self.position)

    def has(self, employee: str) -> bool:
        """Whether it ranks `employee`."""
        return employee in self._people

    def placed(self, employees: Iterable[str]) -> dict[str, int | None]:
        """The places of those of `employees` whom it ranks; none without a value."""
        ranked = [employee for employee in employees if employee in self._values]
        return {employee: self._place(self._values[employee]) for employee in ranked}

    def standing(self, employee: str) -> Standing | None:
        """The place of `employee` among those whom it can pay, if they are one of these."""
        place = self._place(self._values[employee])
        return None if place is None or place > self.paid else Standing(place, self.paid)

    @property
    def paid(self) -> int:
        """How many have a value for which a place can pay: where the highest is first, one above 0."""
        return len(self._order) if self.board.first == "lowest" else self._order.before((0, 0, ""))

    def best(self, number: int, but: str) -> tuple[Fraction, ...]:
        """The best values that places can pay for, `number` of them at most, `but` one person's."""
        others = (employee for *_, employee in islice(self._order, min(number + 1, self.paid)))
        values = (self._values[employee] for employee in others if employee != but)
        return tuple(value for value in islice(values, number) if value is not None)

    def leaves(self, employee: str) -> Values:
        """What the value of `employee` is made of."""
        return dict(zip(self._leaves, self._parts[employee], strict=True))

    def forget(self) -> None:
        """Everybody is to be measured anew."""
        self.position = None
        self._people: dict[str, Posting] = {}
        self._parts: dict[str, tuple[Fraction | None, ...]] = {}
        self._values: dict[str, Fraction | None] = {}
        self._order = Ordered[Key]()
        self._unranked = Ordered[Key]()
        self._waiting = Waiting(self._measures, self._leaves, self.board.measure, self._sign)
        self._reached: dict[str, dt.datetime | None] = {}
        self._cuts: dict[Lead, Cut] = {}

    def _measure_all(self, cursor: Cursor, position: int) -> None:
        self.forget()
        self._people = self._ranks(cursor, position, None)
        self._value(cursor, self._people, position)
        ranked = [e for e, value in self._values.items() if value is not None]
        self._order = Ordered(self._key(e) for e in ranked)
        self._unranked = Ordered(self._key(e) for e, value in self._values.items() if value is None)
        self.position = position

    def _move(self, cursor: Cursor, known: int, position: int) -> None:
        """Lets those wait whom a fact between both positions is about; measures all where others may be."""
        told = touched(cursor, known, position, self._looks)
        if told.rates or (self._sees_others and (told.work or told.licences or told.place)):
            self._measure_all(cursor, position)
            return
        self.position = None  # should what follows fail, half of it would be done
        self._whole = max(self._whole - 1, 0)
        came = self._ranks(cursor, position, sorted(told.place)) if told.place else {}
        for employee in told.place & self._people.keys():
            self._leave(employee)
            del self._people[employee]
        unknown = {*came}
        for employee in told.licences & self._people.keys():
            self._leave(employee)
            unknown.add(employee)
        waiting = {e: each for e, each in told.work.items() if e in self._people and e not in unknown}
        unknown |= {employee for employee, each in waiting.items() if not self._wait(employee, each)}
        self._people |= came
        self._measure(cursor, unknown, position)

    def _wait(self, employee: str, told: Told) -> bool:
        """Lets somebody wait of whose work something is told; not if they may stand anywhere now."""
        if employee in self._waiting:
            return self._waiting.more(employee, told)
        known = tuple(map(at, self._leaves.values(), self._parts[employee]))
        reached = self._reached.get(employee)
        whole, rest, _ = self._drop(employee)
        return self._waiting.put(employee, known, (whole, rest), told, reached)

    def _settle(self, cursor: Cursor, position: int) -> None:
        """Measures those who may stand on a place that is shown, or all where everybody's is asked for."""
        size = self.board.size
        if self._whole or size is None:
            self._measure(cursor, list(self._waiting), position)
            return
        while maybe := self._maybe_shown(cursor, size):
            self._measure(cursor, maybe, position)

    def _maybe_shown(self, cursor: Cursor, size: int) -> list[str]:
        """Some of those who wait and may stand on the first `size` places: the rest may fall behind them."""
        if len(self._order) <= size:
            return self._waiting.first(SLICE)
        better, _ = self._front(cursor, size)
        last = self._last_shown(size)
        return self._waiting.upto(last, self._cuts[last].until(size + 1 - len(better)), SLICE)

    def look_ahead(self, cursor: Cursor) -> None:
        """Asks for some of what it would take if the last place shown fell to the value behind it.

        A crowd may share that value: of so many at once it would take long.
        """
        size = self.board.size
        if self._whole or self.position is None or size is None or len(self._order) <= size:
            return
        better, _ = self._front(cursor, size)
        last = self._last_shown(size)
        behind = len(better) + len(self._cuts[last])
        if behind < len(self._order):
            whole, rest, _ = self._order.at(behind)
            self._cuts = {last: self._cuts[last], (whole, rest): self._cut((whole, rest))}
            lacking = self._cuts[whole, rest].lacking(AHEAD)
            if lacking:
                self._cuts[whole, rest].learn(self._when(cursor, lacking))

    def _measure(self, cursor: Cursor, employees: Iterable[str], position: int) -> None:
        """Measures `employees`, who are on the board and have no value, so that it stands at `position`."""
        self.position = None
        here = sorted(employees)
        for employee in here:
            if employee in self._waiting:
                self._waiting.take(employee)
        self._value(cursor, here, position)
        for employee in here:
            key = self._key(employee)
            self._side(employee).add(key)
            if self._values[employee] is not None:
                for cut in self._cuts.values():
                    cut.came(key)
        self.position = position

    def _ranks(self, cursor: Cursor, position: int, whom: Sequence[str] | None) -> dict[str, Posting]:
        seen = self._period._replace(last_day=self._last)
        return ranked_people(cursor, self.plan, self.board, seen, position, self._cohort, whom)

    def _value(self, cursor: Cursor, employees: Iterable[str], position: int) -> None:
        """Asks for the values of `employees`, who are on the board."""
        people = [self._people[employee] for employee in employees]
        if not people:
            return
        leaves, opened = opened_for(self.plan, self.board.measure, self._period, people, self._last)
        for employee, found in measures.evaluate(cursor, leaves, opened, position).items():
            self._parts[employee] = tuple(found[name] for name in self._leaves)
            self._values[employee] = with_ratios(self._measures, found)[self.board.measure]

    def _leave(self, employee: str) -> None:
        """Takes out somebody, who may wait."""
        if employee in self._waiting:
            self._waiting.take(employee)
        else:
            self._drop(employee)

    def _drop(self, employee: str) -> Key:
        """Takes out somebody with the value that they had; the key of it."""
        key = self._key(employee)
        self._side(employee).remove(key)
        self._reached.pop(employee, None)
        for cut in self._cuts.values():
            cut.drop(employee)
        del self._values[employee], self._parts[employee]
        return key

    def _side(self, employee: str) -> Ordered[Key]:
        return self._unranked if self._values[employee] is None else self._order

    def _key(self, employee: str) -> Key:
        return (*self._lead(self._values[employee]), employee)

    def _lead(self, value: Fraction | None) -> Lead:
        """By which the better comes first; minor units of money are whole."""
        if value is None:
            return 0, 0
        top, bottom = value.as_integer_ratio()
        parts = top * self._times
        return lead(parts, bottom) if parts % bottom else lead(parts // bottom, 1)

    def _place(self, value: Fraction | None) -> int | None:
        """One more than there are better values; no id is less than the empty one."""
        return None if value is None else 1 + self._order.before((*self._lead(value), ""))

    def _last_shown(self, size: int) -> Lead:
        whole, rest, _ = self._order.at(size - 1)
        return whole, rest

    def _all(self, cursor: Cursor) -> dict[str, dt.datetime | None]:
        """Everybody with a value, and others if there is room; when those who are tied came there."""
        ranked = [employee for *_, employee in self._order]
        room = max((self.board.size or len(self._people)) - len(ranked), 0)
        reached = self._when(cursor, self._tied(ranked))
        others = (employee for *_, employee in islice(self._unranked, room))
        return {employee: reached.get(employee) for employee in (*ranked, *others)}

    def _upto(self, cursor: Cursor, size: int) -> dict[str, dt.datetime | None]:
        """The first `size` and one more, who may share the last place; when those who are tied came there."""
        better, reached = self._front(cursor, size)
        found = {employee: reached.get(employee) for employee in better}
        return found | self._cuts[self._last_shown(size)].first(size + 1 - len(better))

    def _front(self, cursor: Cursor, size: int) -> tuple[list[str], dict[str, dt.datetime | None]]:
        """Who is better than the last of `size`, and when those came who are tied; settles the cut."""
        last = self._last_shown(size)
        cut = self._cut(last)
        behind = min((value for value in self._cuts if value > last), default=last)
        self._cuts = {behind: self._cuts.get(behind, cut), last: cut}
        better = [key[2] for key in takewhile(lambda key: (key[0], key[1]) < last, self._order)]
        lacking = cut.lacking()
        reached = self._when(cursor, [*self._tied(better), *lacking])
        if lacking:
            cut.learn({employee: reached[employee] for employee in lacking})
        return better, reached

    def _cut(self, last: Lead) -> Cut:
        """Those who share a value."""
        if last not in self._cuts:
            equal = takewhile(lambda key: (key[0], key[1]) == last, self._order.since((*last, "")))
            return Cut(last, [employee for *_, employee in equal])
        return self._cuts[last]

    def _tied(self, employees: Iterable[str]) -> list[str]:
        """Those of `employees` whose value another of them shares."""
        by_value: dict[Fraction | None, list[str]] = {}
        for employee in employees:
            by_value.setdefault(self._values[employee], []).append(employee)
        return [employee for equal in by_value.values() if len(equal) > 1 for employee in equal]

    def _when(self, cursor: Cursor, employees: Sequence[str]) -> dict[str, dt.datetime | None]:
        """When `employees` reached their values, which is asked once."""
        new = sorted(employee for employee in employees if employee not in self._reached)
        if new:
            here = [self._people[employee] for employee in new]
            leaves, opened = opened_for(self.plan, self.board.measure, self._period, here, self._last)
            found = reached_at(cursor, leaves.values(), opened, new, self.position)
            self._reached |= {employee: found.get(employee) for employee in new}
        return {employee: self._reached[employee] for employee in employees}

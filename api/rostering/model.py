"""A roster as constraint programming sees it: who gets which shift, under every rule that holds."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model import IntVar, LinearExprT

from domain.people.roster_check import Proposed
from domain.people.roster_quality import SATURDAY, after, comparable
from domain.people.rostering import Candidate, Need, Problem, Slot
from domain.people.shifts import Shift
from domain.people.unit_rules import Limit

REST_DAYS = 2
"""The rest between shifts that begin further apart is not looked at, as when they are assigned."""
WISH, NIGHTS, WEEKENDS, SHIFTS = 10, 6, 4, 2
"""What is lost by a wish of weight 1 that is not met, and by one more between the most and the least."""


class Reason(NamedTuple):
    """A rule, a need or a leave, as far as a conflict can be blamed on it. positions: of its facts."""

    kind: str
    detail: str
    positions: tuple[int, ...] = ()


class Model:
    """The variables and constraints of `problem`.

    blaming: each constraint holds only while the variable of its reason does, so that a conflict can be
    traced to reasons; without it, who may not have a shift gets no variable for it at all.
    """

    def __init__(self, problem: Problem, *, blaming: bool = False) -> None:
        self.problem, self.blaming = problem, blaming
        self.cp = cp_model.CpModel()
        self.given: dict[tuple[str, Slot], IntVar] = {}
        self.reasons: dict[Reason, IntVar] = {}
        self._spreads: list[tuple[Callable[[Shift], bool], IntVar, IntVar]] = []
        for candidate in problem.candidates:
            self._offer(candidate)
        for candidate in problem.candidates:
            self._keep_rules(candidate)
        for slot, need in problem.demands.items():
            self._meet(slot, need)

    def aim(self) -> None:
        """Sets what is to be least: wishes that are not met, and uneven shares of burdens."""
        lost: list[LinearExprT] = [WISH * each for each in self._unmet()]
        compared = comparable(self.problem)
        people = [each for each in self.problem.candidates if each.employee in compared]
        for factor, counts in ((NIGHTS, _night), (WEEKENDS, _weekend), (SHIFTS, _any)):
            if len(people) > 1:
                most, least = self._spread(people, counts)
                lost += [factor * most, -factor * least]
        self.cp.minimize(sum(lost))

    def _spread(self, people: Sequence[Candidate], counts: Callable[[Shift], bool]) -> tuple[IntVar, IntVar]:
        """The most and the least that any of `people` has of what `counts`.

        Somebody has at least the mean and somebody at most the mean, which no relaxation of the rules shows.
        """
        days = len(self.problem.unit.days)
        most, least = self.cp.new_int_var(0, days, "most"), self.cp.new_int_var(0, days, "least")
        for each in people:
            total = self._total(each, counts)
            self.cp.add(total <= most)
            self.cp.add(total >= least)
        self.cp.add(most >= least)
        everything = sum(self._to_share(slot) for slot, shift in self.problem.shifts.items() if counts(shift))
        fixed = {each.employee: self._has(each, counts) for each in self.problem.candidates}
        others = [each for each in self.problem.candidates if each not in people]
        elsewhere = sum(len({slot.on for slot in each.open}) for each in others)
        there = sum(fixed[each.employee] for each in people)
        self.cp.add(most >= -(-(there + everything - elsewhere) // len(people)))
        self.cp.add(least <= (there + everything) // len(people))
        self._spreads.append((counts, most, least))
        return most, least

    def _to_share(self, slot: Slot) -> int:
        """How many people are still to be given the shift of `slot`."""
        return max(self.problem.demands[slot].count - len(self.problem.covered(slot)), 0)

    def hint(self, proposed: Sequence[Proposed]) -> None:
        """Says where to look first."""
        wanted = {(each.employee, Slot(each.on, each.pattern)) for each in proposed}
        for key, variable in self.given.items():
            self.cp.add_hint(variable, key in wanted)
        rosters = after(self.problem, proposed)
        compared = comparable(self.problem)
        for counts, most, least in self._spreads:
            totals = [sum(map(counts, own.values())) for who, own in rosters.items() if who in compared]
            self.cp.add_hint(most, max(totals))
            self.cp.add_hint(least, min(totals))

    def _offer(self, candidate: Candidate) -> None:
        """At most one shift a day, and none that the person may not have."""
        days: dict[dt.date, list[IntVar]] = {}
        for slot, bars in candidate.open.items():
            if bars and not self.blaming:
                continue
            variable = self.cp.new_bool_var(f"{candidate.employee} {slot.on} {slot.pattern}")
            self.given[candidate.employee, slot] = variable
            days.setdefault(slot.on, []).append(variable)
            for bar in bars:
                about = candidate.employee if bar.kind == "leave" else bar.subject
                reason = Reason(
                    bar.kind, bar.detail if bar.kind == "leave" else f"{bar.kind} {about} is asked for"
                )
                self._add(variable == 0, reason)
        for variables in days.values():
            self.cp.add_at_most_one(variables)

    def _meet(self, slot: Slot, need: Need) -> None:
        """As many as are needed, and no more unless they are there already; of those, so many of each mix."""
        have = self.problem.covered(slot)
        free = [each for each in self.problem.candidates if (each.employee, slot) in self.given]
        given = [self.given[each.employee, slot] for each in free]
        told = f"{need.count} people on shift {slot.pattern} on {slot.on}"
        self._add(sum(given) == self._to_share(slot), Reason("need", told, (need.position,)))
        for number, part in enumerate(need.mix):
            key = (need.position, number)
            there = sum(key in each.mix[slot.on] for each in have)
            able = [self.given[each.employee, slot] for each in free if key in each.mix[slot.on]]
            what = part.credential or (part.skill.kind if part.skill else "")
            told = f"{part.count} with {what} on shift {slot.pattern} on {slot.on}"
            self._add(sum(able) >= part.count - there, Reason("mix", told, (need.position,)))

    def _keep_rules(self, candidate: Candidate) -> None:
        own = {slot: var for (who, slot), var in self.given.items() if who == candidate.employee}
        self._keep_nights(candidate, own)
        self._keep_rest(candidate, own)
        self._keep_weeks(candidate, own)

    def _keep_nights(self, candidate: Candidate, own: Mapping[Slot, IntVar]) -> None:
        """Of any days on end, one more than nights are allowed, one is no night."""
        nights = {slot.on: [] for slot in own}
        for slot, variable in own.items():
            if self.problem.shifts[slot].pattern.night:
                nights[slot.on].append(variable)
        fixed = {day for day, shift in candidate.held.items() if shift.pattern.night}
        done: set[tuple[dt.date, int]] = set()
        for day in nights:
            limit = candidate.limits[day].nights_in_a_row
            if limit is None or not nights[day]:
                continue
            for first in (day - dt.timedelta(days=back) for back in range(limit.value + 1)):
                window = [first + dt.timedelta(days=number) for number in range(limit.value + 1)]
                if (first, limit.value) in done:
                    continue
                done.add((first, limit.value))
                free = [each for one in window for each in nights.get(one, ())]
                there = sum(one in fixed for one in window)
                self._add(sum(free) <= limit.value - there, _rule("nights_in_a_row", limit))

    def _keep_rest(self, candidate: Candidate, own: Mapping[Slot, IntVar]) -> None:
        """No two shifts without the rest between them that is due on either day."""
        by_day: dict[dt.date, list[tuple[Shift, IntVar | None, Limit]]] = {}
        for slot, variable in own.items():
            least = candidate.limits[slot.on].rest_minutes or Limit(0, 0)
            by_day.setdefault(slot.on, []).append((self.problem.shifts[slot], variable, least))
        for day, shift in candidate.held.items():
            by_day.setdefault(day, []).append((shift, None, Limit(0, 0)))
        for day, ones in by_day.items():
            for ahead in range(1, REST_DAYS + 1):
                for other in by_day.get(day + dt.timedelta(days=ahead), ()):
                    for one in ones:
                        self._part(one, other)

    def _part(
        self, one: tuple[Shift, IntVar | None, Limit], other: tuple[Shift, IntVar | None, Limit]
    ) -> None:
        rest = int((other[0].begins - one[0].ends).total_seconds()) // 60
        least = max(one[2], other[2])
        variables = [each[1] for each in (one, other) if each[1] is not None]
        if rest < least.value and variables:
            self._add(sum(variables) <= len(variables) - 1, _rule("rest_minutes", least))
        elif rest < 0 and variables:
            self.cp.add(sum(variables) <= len(variables) - 1)

    def _keep_weeks(self, candidate: Candidate, own: Mapping[Slot, IntVar]) -> None:
        """No more minutes from Monday to Sunday than the limit of any day on which a shift is given."""
        weeks: dict[dt.date, list[Slot]] = {}
        for slot in own:
            weeks.setdefault(slot.on - dt.timedelta(days=slot.on.weekday()), []).append(slot)
        for monday, slots in weeks.items():
            week = {monday + dt.timedelta(days=number) for number in range(7)}
            there = sum(shift.pattern.minutes for day, shift in candidate.held.items() if day in week)
            total = sum(self.problem.shifts[slot].pattern.minutes * own[slot] for slot in slots)
            told = {candidate.limits[slot.on].week_minutes for slot in slots}
            for limit in sorted(each for each in told if each is not None):
                under = [slot for slot in slots if candidate.limits[slot.on].week_minutes == limit]
                reason = _rule("week_minutes", limit)
                if there > limit.value:
                    self._add(sum(own[slot] for slot in under) == 0, reason)
                elif len(told) == 1:
                    self._add(total <= limit.value - there, reason)
                else:
                    for slot in under:
                        self._add(total <= limit.value - there, reason, own[slot])

    def _unmet(self) -> Iterator[LinearExprT]:
        """The weight of each wish, times whether it is not met."""
        held = {each.employee: each.held for each in self.problem.candidates}
        for wish in self.problem.unit.wishes:
            if wish.employee not in held or wish.on in held[wish.employee]:
                continue  # nothing can be done about it
            if wish.pattern is None:
                day = [
                    var
                    for (who, slot), var in self.given.items()
                    if (who, slot.on) == (wish.employee, wish.on)
                ]
                yield wish.weight * sum(day)
            elif (key := (wish.employee, Slot(wish.on, wish.pattern))) in self.given:
                yield wish.weight * (1 - self.given[key])

    def _total(self, candidate: Candidate, counts: Callable[[Shift], bool]) -> LinearExprT:
        own = (
            self.given[candidate.employee, slot]
            for slot in candidate.open
            if (candidate.employee, slot) in self.given and counts(self.problem.shifts[slot])
        )
        return self._has(candidate, counts) + sum(own)

    def _has(self, candidate: Candidate, counts: Callable[[Shift], bool]) -> int:
        """How many such shifts the person has in the period already, wherever they are."""
        unit = self.problem.unit
        return sum(counts(shift) for day, shift in candidate.held.items() if unit.first <= day <= unit.last)

    def _add(self, constraint: object, reason: Reason, *conditions: IntVar) -> None:
        """Demands `constraint`, as long as `reason` is not questioned, and where `conditions` hold."""
        literals = [*conditions, self._literal(reason)] if self.blaming else list(conditions)
        if isinstance(constraint, bool):  # nothing in it varies
            if not constraint:
                self.cp.add_bool_or([each.negated() for each in literals])
            return
        added = self.cp.add(constraint)  # type: ignore[arg-type]
        if literals:
            added.only_enforce_if(literals)

    def _literal(self, reason: Reason) -> IntVar:
        if reason not in self.reasons:
            self.reasons[reason] = self.cp.new_bool_var(reason.detail)
        return self.reasons[reason]


def _rule(name: str, limit: Limit) -> Reason:
    """A number of the unit's rules, in words."""
    words = {
        "nights_in_a_row": f"at most {limit.value} nights in a row",
        "rest_minutes": f"{limit.value} minutes of rest between shifts",
        "week_minutes": f"at most {limit.value} minutes a week",
    }
    return Reason("rule", words[name], (limit.position,) if limit.position else ())


def _night(shift: Shift) -> bool:
    return shift.pattern.night


def _weekend(shift: Shift) -> bool:
    return shift.on.isoweekday() >= SATURDAY


def _any(shift: Shift) -> bool:
    return True

"""Rules on shifts by unit: what holds for a person on a day, the narrowest unit first, each with its fact."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from domain.facts.shifts import AttendanceKind, ShiftRulesSet, SkillNeeded


class UnitRules(msgspec.Struct, frozen=True, kw_only=True):
    """What the fact at `position` set for a unit from `effective_on`; branch and department None: for all.

    credentials, skills: whoever has a shift must hold all of them; empty for none, None if nothing is said.
    """

    position: int
    branch: str | None
    department: str | None
    effective_on: dt.date
    nights_in_a_row: int | None = None
    rest_minutes: int | None = None
    week_minutes: int | None = None
    credentials: tuple[str, ...] | None = None
    skills: tuple[SkillNeeded, ...] | None = None
    attendance: AttendanceKind | None = None


class Limit(NamedTuple):
    """A number that holds, and the position of the fact that set it."""

    value: int
    position: int

    def __str__(self) -> str:
        """The number, and the fact where there is one."""
        return f"{self.value} (position {self.position})" if self.position else str(self.value)


class Limits(NamedTuple):
    """What holds for a person on a day; None where nothing was set."""

    nights_in_a_row: Limit | None = None
    rest_minutes: Limit | None = None
    week_minutes: Limit | None = None


class Required(NamedTuple):
    """What whoever has a shift must hold. position: of the fact that asks for it.

    score: of a skill, the least grade, as a decimal text; None where a credential is meant.
    """

    kind: str
    score: str | None
    position: int

    def __str__(self) -> str:
        """What is needed, in words."""
        where = f" (position {self.position})" if self.position else ""
        return f"{self.kind} graded {self.score} or better{where}" if self.score else f"{self.kind}{where}"


def rules_of(position: int, fact: ShiftRulesSet) -> UnitRules:
    """The rules that `fact` sets."""
    return UnitRules(
        position=position,
        branch=fact.branch,
        department=fact.department,
        effective_on=fact.effective_on,
        nights_in_a_row=fact.nights_in_a_row,
        rest_minutes=fact.rest_minutes,
        week_minutes=fact.week_minutes,
        credentials=None if fact.credentials is None else tuple(fact.credentials),
        skills=None if fact.skills is None else tuple(fact.skills),
        attendance=fact.attendance,
    )


def limits(told: Iterable[UnitRules], branch: str | None, department: str | None, day: dt.date) -> Limits:
    """What holds in a unit on `day`: of each number the one of the narrowest unit. told: as it was set."""
    found: dict[str, Limit] = {}
    for rules in _in_force(told, branch, department, day):
        for name in Limits._fields:
            value: int | None = getattr(rules, name)
            if value is not None:
                found[name] = Limit(value, rules.position)
    return Limits(**found)


def required(
    told: Iterable[UnitRules], branch: str | None, department: str | None, day: dt.date
) -> list[Required]:
    """What everybody who has a shift in a unit on `day` must hold: by the lists of the narrowest unit."""
    credentials: list[Required] = []
    skills: list[Required] = []
    for rules in _in_force(told, branch, department, day):
        if rules.credentials is not None:
            credentials = [Required(kind, None, rules.position) for kind in rules.credentials]
        if rules.skills is not None:
            skills = [Required(skill.kind, skill.score, rules.position) for skill in rules.skills]
    return credentials + skills


def attendance(
    told: Iterable[UnitRules], branch: str | None, department: str | None, day: dt.date
) -> AttendanceKind:
    """How attendance is taken in a unit on `day`; by shifts, where nothing was said."""
    kind: AttendanceKind = "shifts"
    for rules in _in_force(told, branch, department, day):
        kind = rules.attendance or kind
    return kind


def _in_force(
    told: Iterable[UnitRules], branch: str | None, department: str | None, day: dt.date
) -> Iterator[UnitRules]:
    """The rules of everybody, of the branch and of the department that hold on `day`, in this order."""
    latest: dict[tuple[str | None, str | None], UnitRules] = {}
    for each in sorted(told, key=lambda each: each.effective_on):
        if each.effective_on <= day:
            latest[each.branch, each.department] = each
    for unit in dict.fromkeys([(None, None), (branch, None), (branch, department)]):
        if unit in latest:
            yield latest[unit]

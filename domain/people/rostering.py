"""What a roster is made from: a unit's people, need, wishes and rules, and who may have which shift."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from domain.facts.rostering import MixPart
from domain.people.eligibility import Background, away, lacking
from domain.people.roster import Posting, RosterChange, posting
from domain.people.shifts import Duty, Pattern, Shift, pattern_on
from domain.people.unit_rules import Limits, Required, UnitRules, limits, required

LOOK_DAYS = 40
"""No rule looks further from a day than this: a run of nights is limited to 31 at most."""

BarKind = Literal["leave", "credential", "skill"]


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """So many people on a shift, as the fact at `position` asks. weekdays: None for all of them."""

    position: int
    pattern: str
    count: int
    effective_on: dt.date
    until_on: dt.date | None = None
    weekdays: frozenset[int] | None = None
    mix: tuple[MixPart, ...] = ()


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A person wishes for a shift on a day, or for the day off if pattern is None."""

    position: int
    employee: str
    on: dt.date
    pattern: str | None
    weight: int


class Slot(NamedTuple):
    """A shift on a day, whoever has it."""

    on: dt.date
    pattern: str


class Bar(NamedTuple):
    """Why a person may not have a shift. subject: the credential or skill, or the leave's position."""

    kind: BarKind
    subject: str
    detail: str


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """All that is told about a unit that a roster from `first` to `last` rests on.

    department: None for the whole branch. changes, backgrounds, duties: by person; duties reach beyond the
    period, as far as rules look. patterns, rules and needs: as they were set.
    """

    branch: str
    department: str | None
    first: dt.date
    last: dt.date
    patterns: Sequence[Pattern]
    rules: Sequence[UnitRules]
    needs: Sequence[Need]
    wishes: Sequence[Wish]
    changes: Mapping[str, Sequence[RosterChange]]
    backgrounds: Mapping[str, Background]
    duties: Mapping[str, Mapping[dt.date, Duty]]

    @property
    def days(self) -> list[dt.date]:
        """The days of the period."""
        return [self.first + dt.timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    def here(self, employee: str, day: dt.date) -> Posting | None:
        """Where `employee` works on `day`, if it is in this unit."""
        found = posting(self.changes.get(employee, ()), day)
        if found is None or found.branch != self.branch:
            return None
        return found if self.department in (None, found.department) else None

    def shift(self, on: dt.date, pattern: str) -> Shift | None:
        """The shift with the hours of its day; None if it has none."""
        hours = pattern_on(self.patterns, pattern, on)
        return None if hours is None else Shift(on, hours)

    def held(self, employee: str) -> dict[dt.date, Shift]:
        """What `employee` has already, as far as its hours are known."""
        own = self.duties.get(employee, {})
        found = {day: self.shift(day, duty.pattern) for day, duty in own.items()}
        return {day: shift for day, shift in found.items() if shift is not None}

    def limits(self, here: Posting, day: dt.date) -> Limits:
        """What holds for somebody who works `here` on `day`."""
        return limits(self.rules, here.branch, here.department, day)

    def asked(self, here: Posting, shift: Shift) -> list[Required]:
        """What somebody who works `here` must hold to have `shift`."""
        return [*required(self.rules, here.branch, here.department, shift.on), *shift.pattern.required]


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A person of the unit as a roster sees them.

    held: the shifts that they have, also outside the period. open: what they could be given, and why they may
    not be, where they may not. limits: of each day on which they work in the unit. mix: which parts of the
    needs they fill, as (position of the need, number of the part), of each day.
    """

    employee: str
    held: Mapping[dt.date, Shift]
    open: Mapping[Slot, tuple[Bar, ...]]
    limits: Mapping[dt.date, Limits]
    mix: Mapping[dt.date, frozenset[tuple[int, int]]]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A roster to be found. demands: what is needed of each shift that has hours; slots by day and shift."""

    unit: Unit
    demands: Mapping[Slot, Need]
    shifts: Mapping[Slot, Shift]
    candidates: tuple[Candidate, ...]

    def covered(self, slot: Slot) -> list[Candidate]:
        """Who of the unit has the shift of `slot` already."""
        return [
            each
            for each in self.candidates
            if slot.on in each.limits
            and slot.on in each.held
            and each.held[slot.on].pattern.pattern == slot.pattern
        ]


def needs_on(needs: Iterable[Need], day: dt.date) -> dict[str, Need]:
    """What is needed of each shift on `day`: what took effect last of all that holds then."""
    found: dict[str, Need] = {}
    for need in sorted(needs, key=lambda each: (each.effective_on, each.position)):
        begun = need.effective_on <= day and (need.until_on is None or day <= need.until_on)
        if begun and (need.weekdays is None or day.isoweekday() in need.weekdays):
            found[need.pattern] = need
    return {pattern: found[pattern] for pattern in sorted(found)}


def problem(unit: Unit) -> Problem:
    """The roster that `unit` asks for; a needed shift without hours is left out, and told by `hourless`."""
    demands: dict[Slot, Need] = {}
    shifts: dict[Slot, Shift] = {}
    for day in unit.days:
        for pattern, need in needs_on(unit.needs, day).items():
            shift = unit.shift(day, pattern)
            if shift is not None:
                demands[Slot(day, pattern)] = need
                shifts[Slot(day, pattern)] = shift
    people = [
        employee for employee in sorted(unit.changes) if any(unit.here(employee, day) for day in unit.days)
    ]
    return Problem(
        unit=unit,
        demands=demands,
        shifts=shifts,
        candidates=tuple(_candidate(unit, employee, demands, shifts) for employee in people),
    )


def hourless(unit: Unit) -> list[Slot]:
    """The shifts that are needed and have no hours on their day."""
    return [
        Slot(day, pattern)
        for day in unit.days
        for pattern, need in needs_on(unit.needs, day).items()
        if need.count and unit.shift(day, pattern) is None
    ]


def fills(part: MixPart, person: Background, day: dt.date) -> bool:
    """Whether a person holds on `day` what a part of a mix asks for."""
    if part.skill is not None:
        asked = Required(part.skill.kind, part.skill.score, 0)
    else:
        asked = Required(part.credential or "", None, 0)
    return not list(lacking([asked], person, day))


def bars(unit: Unit, employee: str, here: Posting, shift: Shift) -> tuple[Bar, ...]:
    """Why somebody who works `here` may not have `shift`, each reason; none if they may."""
    person = unit.backgrounds.get(employee, Background())
    found: list[Bar] = []
    leave = away(shift, person.leaves)
    if leave is not None:
        detail = f"{employee} is on {leave.kind} leave from {leave.from_on} to {leave.until_on}"
        found.append(Bar("leave", str(leave.position), f"{detail} (position {leave.position})"))
    for asked in dict.fromkeys(unit.asked(here, shift)):
        for why in lacking([asked], person, shift.on):
            found.append(Bar("skill" if asked.score else "credential", asked.kind, f"{employee} {why}"))
    return tuple(found)


def _candidate(
    unit: Unit, employee: str, demands: Mapping[Slot, Need], shifts: Mapping[Slot, Shift]
) -> Candidate:
    held = unit.held(employee)
    person = unit.backgrounds.get(employee, Background())
    open_slots: dict[Slot, tuple[Bar, ...]] = {}
    own_limits: dict[dt.date, Limits] = {}
    mix: dict[dt.date, frozenset[tuple[int, int]]] = {}
    by_day: dict[dt.date, list[Slot]] = {}
    for slot in demands:
        by_day.setdefault(slot.on, []).append(slot)
    for day in unit.days:
        here = unit.here(employee, day)
        if here is None:
            continue
        own_limits[day] = unit.limits(here, day)
        slots = by_day.get(day, [])
        parts = [
            (demands[slot].position, n, part) for slot in slots for n, part in enumerate(demands[slot].mix)
        ]
        mix[day] = frozenset((at, n) for at, n, part in parts if fills(part, person, day))
        for slot in slots if day not in unit.duties.get(employee, {}) else ():
            open_slots[slot] = bars(unit, employee, here, shifts[slot])
    return Candidate(employee=employee, held=held, open=open_slots, limits=own_limits, mix=mix)

"""Shifts: their hours, who has which after swaps, which rules they would break, and what was overtime."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import msgspec

from domain.facts.shifts import ShiftPatternSet, ShiftSpan, SkillNeeded, SwapAsked
from domain.people.unit_rules import Limit, Limits, Required

DAY_MINUTES = 24 * 60


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """The hours of a shift from `effective_on`, as the fact at `position` set them.

    credentials, skills: what whoever has it must hold, besides what the unit asks for.
    """

    position: int
    pattern: str
    title: str
    spans: tuple[ShiftSpan, ...]
    effective_on: dt.date
    night: bool
    credentials: tuple[str, ...] = ()
    skills: tuple[SkillNeeded, ...] = ()

    @property
    def required(self) -> list[Required]:
        """What the shift asks for."""
        credentials = [Required(kind, None, self.position) for kind in self.credentials]
        return credentials + [Required(skill.kind, skill.score, self.position) for skill in self.skills]

    @property
    def minutes(self) -> int:
        """How long it is, without its breaks."""
        return sum(until - since for since, until in clocked(self.spans))


class Given(NamedTuple):
    """A shift was assigned."""

    position: int
    on: dt.date
    pattern: str


class Exchanged(NamedTuple):
    """A person gave the shift of one day and took `pattern` on another."""

    position: int
    swap: str
    gives_on: dt.date
    takes_on: dt.date
    pattern: str


class Duty(NamedTuple):
    """A shift that a person has. position: of the assignment, or of the approval of the swap."""

    position: int
    pattern: str
    swap: str | None = None


class Shift(NamedTuple):
    """A pattern on a day."""

    on: dt.date
    pattern: Pattern

    @property
    def begins(self) -> dt.datetime:
        """When its first hours begin, on the clock of the place."""
        return _at(self.on, clocked(self.pattern.spans)[0][0])

    @property
    def ends(self) -> dt.datetime:
        """When its last hours end."""
        return _at(self.on, clocked(self.pattern.spans)[-1][1])


class OvertimeDay(msgspec.Struct, frozen=True, kw_only=True):
    """Overtime of a day, in minutes.

    assigned_minutes, worked_minutes: what it is the difference of; None where it was recorded as such.
    reasons: what recorded overtime of the day was for.
    """

    day: dt.date
    minutes: int
    assigned_minutes: int | None
    worked_minutes: int | None
    reasons: tuple[str, ...] = ()


def pattern_of(position: int, fact: ShiftPatternSet) -> Pattern:
    """The hours that `fact` sets."""
    return Pattern(
        position=position,
        pattern=fact.pattern,
        title=fact.title,
        spans=tuple(fact.spans),
        effective_on=fact.effective_on,
        night=fact.night,
        credentials=tuple(fact.credentials or ()),
        skills=tuple(fact.skills or ()),
    )


def clocked(spans: Iterable[ShiftSpan]) -> tuple[tuple[int, int], ...]:
    """Each span in minutes since the midnight before; a clock that does not go on is of the next day."""
    return _clocked(tuple(spans))


@lru_cache(maxsize=1024)
def _clocked(spans: tuple[ShiftSpan, ...]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    last = 0
    for span in spans:
        since = _next(_minute(span.from_time), last)
        last = _next(_minute(span.until_time), since + 1)
        found.append((since, last))
    return tuple(found)


def pattern_on(patterns: Iterable[Pattern], pattern: str, day: dt.date) -> Pattern | None:
    """The hours that a shift has on `day`. patterns: in the order in which they were set."""
    own = [each for each in patterns if each.pattern == pattern and each.effective_on <= day]
    return sorted(own, key=lambda each: each.effective_on)[-1] if own else None


def exchanged(position: int, asked: SwapAsked, employee: str) -> Exchanged:
    """What a swap as it was asked is for one of the two."""
    if employee == asked.employee:
        return Exchanged(position, asked.swap, asked.on, asked.colleague_on, asked.colleague_pattern)
    return Exchanged(position, asked.swap, asked.colleague_on, asked.on, asked.pattern)


def duties(steps: Iterable[Given | Exchanged]) -> dict[dt.date, Duty]:
    """What a person has on each day after `steps`, in the order in which they came."""
    held: dict[dt.date, Duty] = {}
    for step in steps:
        match step:
            case Given():
                held[step.on] = Duty(step.position, step.pattern)
            case Exchanged():
                held.pop(step.gives_on, None)
                held[step.takes_on] = Duty(step.position, step.pattern, step.swap)
    return held


def breaches(shifts: Mapping[dt.date, Shift], on: dt.date, held: Limits) -> Iterator[str]:
    """Which limits the shift `on` breaks among the `shifts` of the person, each in a sentence."""
    if held.nights_in_a_row is not None:
        run = _nights_around(shifts, on)
        if len(run) > held.nights_in_a_row.value:
            yield (
                f"{len(run)} nights in a row from {run[0]} to {run[-1]}; "
                f"{held.nights_in_a_row} nights are allowed"
            )
    least = held.rest_minutes or Limit(0, 0)
    days = [on + dt.timedelta(days=number) for number in range(-2, 3)]
    near = sorted((shifts[day] for day in days if day in shifts), key=lambda each: each.begins)
    for one, other in pairwise(near):
        rest = int((other.begins - one.ends).total_seconds()) // 60
        if on not in (one.on, other.on) or rest >= least.value:
            continue
        if rest < 0:
            yield f"the shifts of {one.on} and {other.on} overlap by {-rest} minutes"
        else:
            yield (f"{rest} minutes of rest between the shifts of {one.on} and {other.on}; {least} are due")
    if held.week_minutes is not None:
        monday = on - dt.timedelta(days=on.weekday())
        week = [monday + dt.timedelta(days=number) for number in range(7)]
        total = sum(shifts[day].pattern.minutes for day in week if day in shifts)
        if total > held.week_minutes.value:
            yield f"{total} minutes in the week from {monday}; {held.week_minutes} minutes are allowed"


def overtime(assigned_minutes: int | None, worked_minutes: int | None) -> int | None:
    """Worked beyond the shift; None, which is unknown, where either is missing."""
    if assigned_minutes is None or worked_minutes is None:
        return None
    return max(worked_minutes - assigned_minutes, 0)


def overtime_runs(
    found: Iterable[OvertimeDay], more_than_minutes: int, days: int
) -> list[tuple[OvertimeDay, ...]]:
    """The runs of at least so many days on end with more overtime than that; a day without breaks a run.

    found: of one person, a day at most once.
    """
    long = sorted((each for each in found if each.minutes > more_than_minutes), key=lambda each: each.day)
    runs: list[list[OvertimeDay]] = []
    for each in long:
        if runs and runs[-1][-1].day + dt.timedelta(days=1) == each.day:
            runs[-1].append(each)
        else:
            runs.append([each])
    return [tuple(run) for run in runs if len(run) >= days]


def _nights_around(shifts: Mapping[dt.date, Shift], on: dt.date) -> Sequence[dt.date]:
    """The nights on end that `on` is one of; none if it is no night."""

    def is_night(day: dt.date) -> bool:
        return day in shifts and shifts[day].pattern.night

    if not is_night(on):
        return ()
    one, first, last = dt.timedelta(days=1), on, on
    while is_night(first - one):
        first -= one
    while is_night(last + one):
        last += one
    return [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]


def _minute(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _next(minute: int, least: int) -> int:
    """The first time from `least` on at which clocks show `minute`."""
    return least + (minute - least) % DAY_MINUTES


def _at(day: dt.date, minute: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minute)

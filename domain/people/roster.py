"""Who works where on which day, folded from the changes that were recorded."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from domain.facts.people import (
    AssistantAssigned,
    EmployeeHired,
    EmployeeLeft,
    EmployeeNamed,
    EmployeePromoted,
    EmployeeTransferred,
    MentorAssigned,
)

RosterFact: TypeAlias = (
    EmployeeHired
    | EmployeeTransferred
    | EmployeePromoted
    | EmployeeNamed
    | MentorAssigned
    | AssistantAssigned
    | EmployeeLeft
)
ChangeKind = Literal["hired", "transferred", "promoted", "named", "mentored", "assisted", "left"]
Status = Literal["working", "left", "coming"]
"""Whether somebody works here on a day, did before, or only will."""


class RosterChange(msgspec.Struct, frozen=True, kw_only=True):
    """One fact about where a person works, in force from `effective_on`; what is None stays as it was.

    A hire starts afresh. For `left`, effective_on is the last day of work. `assisted` by None: by nobody;
    `named` None: without a name. cleared: what the person has no more.
    """

    position: int
    employee: str
    kind: ChangeKind
    effective_on: dt.date
    name: str | None = None
    branch: str | None = None
    department: str | None = None
    team: str | None = None
    post: str | None = None
    employment: str | None = None
    manager: str | None = None
    mentor: str | None = None
    assistant: str | None = None
    cause: str | None = None
    cleared: list[str] | None = None


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    """Where a person works on one day. left_on: the last day of work, as far as it is known."""

    employee: str
    name: str | None
    branch: str | None
    department: str | None
    team: str | None
    post: str | None
    employment: str | None
    manager: str | None
    mentor: str | None
    assistant: str | None = None
    hired_on: dt.date
    left_on: dt.date | None


class Leave(msgspec.Struct, frozen=True, kw_only=True):
    """A person is away from `from_on` to `until_on`; both end days count. minutes: of a day taken in part."""

    position: int
    employee: str
    kind: str
    from_on: dt.date
    until_on: dt.date
    minutes: int | None = None


def roster_change(position: int, fact: RosterFact) -> RosterChange:
    """What `fact` at `position` changes."""
    match fact:
        case EmployeeHired():
            return _change(position, fact, "hired", fact.hired_on)
        case EmployeeTransferred():
            return _change(position, fact, "transferred", fact.effective_on)
        case EmployeePromoted():
            return _change(position, fact, "promoted", fact.effective_on)
        case EmployeeNamed():
            return _change(position, fact, "named", fact.effective_on)
        case MentorAssigned():
            return _change(position, fact, "mentored", fact.effective_on)
        case AssistantAssigned():
            return _change(position, fact, "assisted", fact.effective_on)
        case EmployeeLeft():
            return _change(position, fact, "left", fact.left_on)


def _change(position: int, fact: RosterFact, kind: ChangeKind, effective_on: dt.date) -> RosterChange:
    """What `fact` says under the names of a roster change."""
    said = {name: getattr(fact, name) for name in _SHARED if name in fact.__struct_fields__}
    return RosterChange(position=position, kind=kind, effective_on=effective_on, **said)


_SHARED = tuple(f for f in RosterChange.__struct_fields__ if f not in ("position", "kind", "effective_on"))
"""The fields of a roster change that are named alike in the facts."""

_CARRIED = ("name", "branch", "department", "team", "post", "employment", "manager", "mentor", "assistant")


class Stretch(NamedTuple):
    """Days without a change, from `first_day` on to the next stretch. held: branch, team, manager …

    hired_on: the start of the employment that these days belong to; None while the person is not here.
    """

    first_day: dt.date
    hired_on: dt.date | None
    held: Mapping[str, str | None]


def stretches(changes: Iterable[RosterChange]) -> list[Stretch]:
    """The stretches that the changes of one person, in any order, make of time, in their order."""
    found: list[Stretch] = []
    for first_day, hired_on, held in _applied(_in_order(changes)):
        if found and found[-1].first_day == first_day:
            found.pop()
        found.append(Stretch(first_day, hired_on, dict(held)))
    return found


class Career:
    """Where one person works, by all that was told of them; worked out once, for whoever asks about a day."""

    __slots__ = ("_places", "changes")

    def __init__(self, changes: Sequence[RosterChange]) -> None:
        """changes: of one person, in any order; they stay as they are."""
        self.changes = changes
        self._places = _places(changes)

    def on(self, day: dt.date) -> Posting | None:
        """Where the person works on `day`; None before the hire and after the last day of work."""
        places = self._places
        for number in range(len(places) - 1, -1, -1):
            first_day, here = places[number]
            if first_day <= day:
                if isinstance(here, Stretch):
                    here = self._posting(here)
                    places[number] = first_day, here
                return here
        return None

    def standing(self, day: dt.date) -> tuple[Status, Posting] | None:
        """Whether the person works here on `day`; where, or on their last or first day of work.

        None for somebody who was never hired.
        """
        here = self.on(day)
        if here is not None:
            return "working", here
        last = self._last_upto(end for end in self._days("left") if end < day)
        if last is not None:
            return "left", last
        begin = min((first for first in self._days("hired") if first > day), default=None)
        first = self.on(begin) if begin is not None else None
        return None if first is None else ("coming", first)

    def last(self, first: dt.date, last: dt.date) -> Posting | None:
        """Where the person worked on their last day of work from `first` to `last`, if on any."""
        return self.on(last) or self._last_upto(end for end in self._days("left") if first <= end < last)

    def last_ever(self, first: dt.date, last: dt.date) -> Posting | None:
        """As `last`; if the person had left before, where they worked last."""
        return self.last(first, last) or self._last_upto(end for end in self._days("left") if end <= last)

    def _posting(self, here: Stretch) -> Posting | None:
        if here.hired_on is None:
            return None
        return Posting(
            employee=self.changes[0].employee,
            hired_on=here.hired_on,
            # A day of leaving ends a stretch, so it is the same one for all its days.
            left_on=min((end for end in self._days("left") if end >= here.first_day), default=None),
            **{name: here.held.get(name) for name in _CARRIED},
        )

    def _last_upto(self, ends: Iterable[dt.date]) -> Posting | None:
        return next((found for end in sorted(ends, reverse=True) if (found := self.on(end))), None)

    def _days(self, kind: ChangeKind) -> Iterator[dt.date]:
        return (change.effective_on for change in self.changes if change.kind == kind)


def _places(changes: Sequence[RosterChange]) -> list[tuple[dt.date, Stretch | Posting | None]]:
    """Since when somebody works where, in order: a stretch, until it is asked for."""
    if len(changes) == 1 and changes[0].kind == "hired":  # as of most people
        return [(changes[0].effective_on, _as_hired(changes[0]))]
    return [(each.first_day, each) for each in stretches(changes)]


def _as_hired(change: RosterChange) -> Posting:
    """Where somebody works of whom nothing but their hire is told."""
    return Posting(
        employee=change.employee,
        name=change.name,
        branch=change.branch,
        department=change.department,
        team=change.team,
        post=change.post,
        employment=change.employment,
        manager=change.manager,
        mentor=change.mentor,
        assistant=change.assistant,
        hired_on=change.effective_on,
        left_on=None,
    )


def posting(changes: Iterable[RosterChange], day: dt.date) -> Posting | None:
    """Where the person of `changes` works on `day`; None before the hire and after the last day of work.

    changes: of one person, in any order.
    """
    return Career([*changes]).on(day)


def has_left(changes: Iterable[RosterChange], day: dt.date) -> bool:
    """Whether the person of `changes` was here before `day`, left, and has not come back by then."""
    own = list(changes)
    left = any(change.kind == "left" and change.effective_on < day for change in own)
    return left and posting(own, day) is None


def _in_order(changes: Iterable[RosterChange]) -> list[RosterChange]:
    """The changes as they apply: those of one day in the order of their positions.

    The last day of work is worked, so a leaving applies from the day after, and before a new hire there.
    """
    return sorted(changes, key=lambda change: (starts_on(change), change.kind != "left", change.position))


def _applied(
    ordered: Iterable[RosterChange],
) -> Iterator[tuple[dt.date, dt.date | None, dict[str, str | None]]]:
    """After each change: since when it shows, which hire holds, and what holds."""
    held: dict[str, str | None] = {}
    hired_on: dt.date | None = None
    for change in ordered:
        first_day = starts_on(change)
        if change.kind == "left":
            hired_on = None
            yield first_day, hired_on, held
            continue
        if change.kind == "hired":
            held, hired_on = {}, change.effective_on
        for name in _CARRIED:
            value = getattr(change, name)
            if value is not None:
                held[name] = value
        if change.kind == "assisted":
            held["assistant"] = change.assistant
        if change.kind == "named":
            held["name"] = change.name
        for name in change.cleared or ():
            held.pop(name, None)
        yield first_day, hired_on, held


def postings(changes: Iterable[RosterChange], day: dt.date) -> dict[str, Posting]:
    """Everybody who works here on `day`, by employee."""
    by_employee: dict[str, list[RosterChange]] = {}
    for change in changes:
        by_employee.setdefault(change.employee, []).append(change)
    found = {employee: posting(own, day) for employee, own in sorted(by_employee.items())}
    return {employee: here for employee, here in found.items() if here is not None}


def headcount(people: Iterable[Posting], by: Callable[[Posting], str | None]) -> Counter[str | None]:
    """How many of `people` there are by branch, post or whatever `by` says."""
    return Counter(by(person) for person in people)


def leave_days(leaves: Iterable[Leave], first: dt.date, last: dt.date, kinds: Iterable[str] = ()) -> int:
    """Days from `first` to `last`, both counting, on which a person is away for the whole day.

    leaves: of one person. A day covered twice counts once; calendar days, whatever the shifts; a leave of
    some minutes is no day. kinds: of leave that count; all when empty.
    """
    wanted = frozenset(kinds)
    away: set[int] = set()
    for leave in leaves:
        if leave.minutes is None and (not wanted or leave.kind in wanted):
            begin, end = max(leave.from_on, first), min(leave.until_on, last)
            away.update(range(begin.toordinal(), end.toordinal() + 1))
    return len(away)


def starts_on(change: RosterChange) -> dt.date:
    """The first day on which a change shows: of a leaving, the day after the last day of work."""
    return change.effective_on + _DAY if change.kind == "left" else change.effective_on


_DAY = dt.timedelta(days=1)

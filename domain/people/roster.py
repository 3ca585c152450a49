"""Who works where on which day, folded from the changes that were recorded."""

import datetime as dt
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
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
    for first_day, hired_on, held in _applied(_in_order(changes), dt.date.max):
        if found and found[-1].first_day == first_day:
            found.pop()
        found.append(Stretch(first_day, hired_on, dict(held)))
    return found


def posting(changes: Iterable[RosterChange], day: dt.date) -> Posting | None:
    """Where the person of `changes` works on `day`; None before the hire and after the last day of work.

    changes: of one person, in any order.
    """
    ordered = _in_order(changes)
    if len(ordered) == 1:
        return _as_hired(ordered[0], day)  # most people: of everybody at once this is asked for every page
    last = deque(_applied(ordered, day), maxlen=1)
    _, hired_on, held = last[0] if last else (day, None, {})
    if hired_on is None:
        return None
    announced = (c.effective_on for c in ordered if c.kind == "left" and c.effective_on >= day)
    return Posting(
        employee=ordered[0].employee,
        hired_on=hired_on,
        left_on=next(announced, None),
        **{name: held.get(name) for name in _CARRIED},
    )


def _as_hired(change: RosterChange, day: dt.date) -> Posting | None:
    """Where somebody works of whom nothing but `change` is told."""
    if change.kind != "hired" or change.effective_on > day:
        return None
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


def has_left(changes: Iterable[RosterChange], day: dt.date) -> bool:
    """Whether the person of `changes` was here before `day`, left, and has not come back by then."""
    own = list(changes)
    left = any(change.kind == "left" and change.effective_on < day for change in own)
    return left and posting(own, day) is None


def standing(changes: Iterable[RosterChange], day: dt.date) -> tuple[Status, Posting] | None:
    """Whether the person of `changes` works here on `day`; where, or on their last or first day of work.

    None for somebody who was never hired.
    """
    own = list(changes)
    here = posting(own, day)
    if here is not None:
        return "working", here
    past = sorted((c.effective_on for c in own if c.kind == "left" and c.effective_on < day), reverse=True)
    last = next((found for end in past if (found := posting(own, end))), None)
    if last is not None:
        return "left", last
    begin = min((c.effective_on for c in own if c.kind == "hired" and c.effective_on > day), default=None)
    first = posting(own, begin) if begin is not None else None
    return None if first is None else ("coming", first)


def _in_order(changes: Iterable[RosterChange]) -> list[RosterChange]:
    """The changes as they apply: those of one day in the order of their positions.

    The last day of work is worked, so a leaving applies from the day after, and before a new hire there.
    """
    return sorted(changes, key=lambda change: (starts_on(change), change.kind != "left", change.position))


def _applied(
    ordered: Iterable[RosterChange], until: dt.date
) -> Iterator[tuple[dt.date, dt.date | None, dict[str, str | None]]]:
    """After each change that shows by `until`: since when, which hire holds, and what holds."""
    held: dict[str, str | None] = {}
    hired_on: dt.date | None = None
    for change in ordered:
        first_day = starts_on(change)
        if first_day > until:
            return
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


def last_posting(changes: Iterable[RosterChange], first: dt.date, last: dt.date) -> Posting | None:
    """Where the person of `changes` worked on their last day of work from `first` to `last`, if on any."""
    own = list(changes)
    here = posting(own, last)
    ends = sorted(
        (c.effective_on for c in own if c.kind == "left" and first <= c.effective_on < last), reverse=True
    )
    return here or next((found for end in ends if (found := posting(own, end))), None)


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
    return change.effective_on + dt.timedelta(days=change.kind == "left")

"""Rosters: all that one rests on, and one as it was assigned, with what is wrong about it by now."""

import datetime as dt

import msgspec

from domain.people.eligibility import Background, Graded
from domain.people.roster import Leave
from domain.people.roster_check import Fault, FaultKind, faults
from domain.people.rostering import LOOK_DAYS, Unit, needs_on
from projections import credentials, roster, rostering, shifts, training
from projections.rows import by_employee
from projections.spans import Cursor


class RosterShift(msgspec.Struct, frozen=True, kw_only=True):
    """A shift that somebody has. position: of the assignment, or of the approval of `swap`."""

    employee: str
    on: dt.date
    pattern: str
    position: int
    swap: str | None


class RosterNeed(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed of a shift on a day, and how many of the unit have it. position: of the need."""

    on: dt.date
    pattern: str
    needed: int
    assigned: int
    position: int


class RosterFault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong on a day by all that is known: a need that is not met, or a rule that a shift breaks."""

    kind: FaultKind
    on: dt.date
    employee: str | None
    detail: str


class Roster(msgspec.Struct, frozen=True, kw_only=True):
    """The shifts of a unit from `from_on` to `until_on`, after swaps.

    department: None for the whole branch. faults: also what a later leave, credential or rule made of it.
    """

    branch: str
    department: str | None
    from_on: dt.date
    until_on: dt.date
    people: tuple[str, ...]
    shifts: tuple[RosterShift, ...]
    needs: tuple[RosterNeed, ...]
    faults: tuple[RosterFault, ...]


def unit(
    cursor: Cursor,
    branch: str,
    department: str | None,
    first: dt.date,
    last: dt.date,
    known_at: int | None = None,
) -> Unit:
    """All that a roster of the unit from `first` to `last` rests on."""
    asked = Unit(
        branch=branch,
        department=department,
        first=first,
        last=last,
        patterns=shifts.patterns(cursor, known_at),
        rules=shifts.unit_rules(cursor, known_at),
        needs=rostering.needs(cursor, branch, department, known_at),
        wishes=(),
        changes={
            who: own
            for who, own in roster.told(cursor, None, known_at).moves.items()
            if any(change.branch == branch for change in own)
            and (department is None or any(change.department == department for change in own))
        },
        backgrounds={},
        duties={},
    )
    people = [who for who in asked.changes if any(asked.here(who, day) for day in asked.days)]
    around = dt.timedelta(days=LOOK_DAYS)
    return msgspec.structs.replace(
        asked,
        wishes=rostering.wishes(cursor, people, first, last, known_at),
        changes={who: asked.changes[who] for who in people},
        backgrounds=_backgrounds(cursor, people, known_at),
        duties=shifts.duties(cursor, first - around, last + around, people, known_at),
    )


def as_assigned(asked: Unit, only: frozenset[str] | None = None) -> Roster:
    """The roster of a unit as it stands. only: of these people; of all that work there, if None."""
    people = [who for who in sorted(asked.changes) if only is None or who in only]
    found = [
        RosterShift(employee=who, on=day, pattern=duty.pattern, position=duty.position, swap=duty.swap)
        for who in people
        for day, duty in sorted(asked.duties.get(who, {}).items())
        if asked.first <= day <= asked.last
    ]
    return Roster(
        branch=asked.branch,
        department=asked.department,
        from_on=asked.first,
        until_on=asked.last,
        people=tuple(people),
        shifts=tuple(found),
        needs=tuple(_needs(asked)),
        faults=tuple(
            _fault(each) for each in faults(asked) if each.employee is None or each.employee in people
        ),
    )


def _backgrounds(cursor: Cursor, people: list[str], known_at: int | None) -> dict[str, Background]:
    changes = by_employee(credentials.changes(cursor, people, known_at))
    grades = by_employee(training.graded(cursor, people, known_at))
    leaves: dict[str, list[Leave]] = by_employee(roster.leave(cursor, people, known_at))
    return {
        who: Background(
            changes.get(who, ()),
            [Graded(each.position, each.about, each.day, str(each.value)) for each in grades.get(who, ())],
            leaves.get(who, ()),
        )
        for who in people
    }


def _needs(asked: Unit) -> list[RosterNeed]:
    return [
        RosterNeed(
            on=day,
            pattern=pattern,
            needed=need.count,
            assigned=sum(
                day in own and own[day].pattern == pattern and asked.here(who, day) is not None
                for who, own in asked.duties.items()
            ),
            position=need.position,
        )
        for day in asked.days
        for pattern, need in needs_on(asked.needs, day).items()
    ]


def _fault(each: Fault) -> RosterFault:
    return RosterFault(kind=each.kind, on=each.on, employee=each.employee, detail=each.detail)

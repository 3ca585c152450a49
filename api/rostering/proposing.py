"""A roster as it is proposed: what it gives to whom, how good it is, and the facts that would publish it."""

import datetime as dt
from collections.abc import Callable
from hashlib import sha256

import msgspec

from api.rostering.proposal import Proposal, Search, fact_of
from api.rostering.solving import Found, solve
from domain.people.roster_check import Proposed, faults
from domain.people.roster_quality import burdens, fairness, wishes_met
from domain.people.rostering import Problem, Unit, hourless, needs_on, problem
from domain.refusals import BadField, UnknownPattern


class RosterBroken(Exception):
    """A bug: the search gave a roster that the checker refuses."""


def propose(
    unit: Unit,
    search: Search,
    *,
    known_at: int,
    now: dt.datetime,
    say: Callable[[int, int], None] | None = None,
) -> Proposal:
    """The roster that a search finds for `unit`, held to every hard rule by the checker.

    Raises: BadField, UnknownPattern; RosterBroken.
    """
    _require_need(unit)
    asked = problem(unit)
    found = solve(asked, search, say)
    new = {(each.on, each.employee) for each in found.shifts}
    wrong = [
        each.detail
        for each in faults(unit, found.shifts)
        if each.employee is None or (each.on, each.employee) in new
    ]
    if wrong and found.status in ("optimal", "feasible"):
        raise RosterBroken("; ".join(wrong))
    return _told(unit, asked, search, found, known_at, now)


def _require_need(unit: Unit) -> None:
    """Checks that something is needed, and that it has hours.

    Raises: BadField, UnknownPattern.
    """
    if not any(needs_on(unit.needs, day) for day in unit.days):
        place = unit.branch if unit.department is None else f"{unit.branch}, {unit.department}"
        raise BadField(
            field="branch",
            detail=f"Nothing says how many people {place} needs from {unit.first} to {unit.last}.",
            remedy="Record shift_need_set for this branch and department first.",
        )
    for slot in hourless(unit):
        raise UnknownPattern(
            field="from",
            detail=f"Shift {slot.pattern} is needed on {slot.on} and has no hours then.",
            remedy="Record shift_pattern_set, effective on that day or before, or a need of 0.",
        )


def _told(
    unit: Unit, asked: Problem, search: Search, found: Found, known_at: int, now: dt.datetime
) -> Proposal:
    is_roster = found.status in ("optimal", "feasible")
    name = _name(unit, known_at, found.shifts)
    return Proposal(
        proposal=name,
        branch=unit.branch,
        department=unit.department,
        from_on=unit.first,
        until_on=unit.last,
        known_at=known_at,
        search=search,
        status=found.status,
        stopped_by=found.stopped_by,
        loss=found.loss,
        bound=found.bound,
        gap=found.gap,
        wishes=wishes_met(asked, found.shifts) if is_roster else None,
        fairness=fairness(asked, found.shifts) if is_roster else None,
        burdens=tuple(burdens(asked, found.shifts)) if is_roster else (),
        conflicts=found.conflicts,
        facts=tuple(fact_of(name, each, now) for each in found.shifts),
        first_seconds=found.first_seconds,
        seconds=found.seconds,
    )


def _name(unit: Unit, known_at: int, given: tuple[Proposed, ...]) -> str:
    """The same for the same roster on the same knowledge, so that publishing it twice stores it once."""
    said = [unit.branch, unit.department, unit.first, unit.last, known_at, *given]
    return sha256(msgspec.json.encode(said)).hexdigest()[:16]

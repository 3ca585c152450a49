"""Who has acknowledged which version of a plan, and who has yet to."""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

import msgspec

from domain.plan.population import belongs
from projections import policy, roster
from projections.policy import PlanVersion
from projections.rows import fetch
from projections.spans import Cursor

ACKNOWLEDGED = """
select {columns}
from plan_acknowledgement join (select position, actor, occurred_at from journal) as said using (position)
where plan = %(plan)s and {known}
order by employee, position"""

VersionState = Literal["upcoming", "in_force", "past"]


class Acknowledgement(msgspec.Struct, frozen=True, kw_only=True):
    """A person has read a version. actor: who recorded it; signature: where the paper is, if another did."""

    position: int
    adopted_at: int
    employee: str
    signature: str | None
    actor: str
    occurred_at: dt.datetime


class Readers(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a plan and who has read it.

    position: of its adoption. missing: who belongs to it on the day, or on its first day if that comes later,
    and has not acknowledged it; nobody for a version of the past.
    """

    position: int
    effective_from: dt.date
    document_hash: str
    state: VersionState
    participants: int
    acknowledged: list[Acknowledgement]
    missing: list[str]


def readers(cursor: Cursor, plan: str, day: dt.date, known_at: int | None = None) -> list[Readers]:
    """Every version of `plan` with who has acknowledged it, and who has yet to on `day`."""
    acknowledged = fetch(cursor, Acknowledgement, ACKNOWLEDGED, {"plan": plan}, known_at)
    found: list[Readers] = []
    for version in policy.plan_versions(cursor, known_at):
        if version.plan != plan:
            continue
        on = max(day, version.effective_from)
        holds = version.position in {each.position for each in policy.plans_in_force(cursor, on, known_at)}
        population = version.parsed().population
        there = roster.here(cursor, on, known_at=known_at)
        people = [e for e, here in there.items() if holds and belongs(population, here, on)]
        found.append(_readers(version, acknowledged, people, _state(version, day, holds)))
    return found


def _state(version: PlanVersion, day: dt.date, holds: bool) -> VersionState:
    if not holds:
        return "past"
    return "upcoming" if version.effective_from > day else "in_force"


def _readers(
    version: PlanVersion, acknowledged: Sequence[Acknowledgement], people: list[str], state: VersionState
) -> Readers:
    own = [each for each in acknowledged if each.adopted_at == version.position]
    done = {each.employee for each in own}
    return Readers(
        position=version.position,
        effective_from=version.effective_from,
        document_hash=version.document_hash,
        state=state,
        participants=len(people),
        acknowledged=own,
        missing=[employee for employee in people if employee not in done],
    )

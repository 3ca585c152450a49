"""Who is paid by which plan in a period, and by which numbers, as known at a position."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from domain.people.roster import Leave, Posting
from domain.period import Period
from domain.plan.document import Plan
from domain.plan.overrides import Override, TargetChange
from domain.plan.placements import Placements, placements
from domain.plan.resolve import ResolvedPlan, Resolver
from domain.plan.spells import Membership, Spells, membership
from projections import policy, roster
from projections.kept_roster import Moves, Roster
from projections.policy import PlanVersion
from projections.rows import by_employee
from projections.spans import Cursor


class Members(NamedTuple):
    """One plan in force in a period and the people whom it pays.

    resolved: the numbers that hold for each of them. postings: as of each person's last day in the plan.
    spells: the days on which they belong to it, if it pays by days; credits of other days do not count.
    placed: the days in each branch or team, of those for whom its numbers make a difference.
    """

    version: PlanVersion
    plan: Plan
    resolved: Mapping[str, ResolvedPlan]
    postings: Mapping[str, Posting]
    spells: Mapping[str, Spells] = {}
    placed: Mapping[str, Placements] = {}

    def belongs_on(self, employee: str, day: dt.date) -> bool:
        """Whether what happened on `day` of the period is the plan's to pay, where it pays by days."""
        own = self.spells.get(employee)
        return own is None or any(spell.first <= day <= spell.last for spell in own)

    def placements(self) -> "list[Members]":
        """The first placement of everybody who has some, as of a plan of its own; the second; and so on."""
        found: list[Members] = []
        for number in range(max((len(held.each) for held in self.placed.values()), default=0)):
            own = {who: held.each[number] for who, held in self.placed.items() if number < len(held.each)}
            found.append(
                Members(
                    self.version,
                    self.plan,
                    {who: one.resolved for who, one in own.items()},
                    {who: one.posting for who, one in own.items()},
                    {who: one.spells for who, one in own.items()},
                )
            )
        return found

    @property
    def hired(self) -> dict[str, dt.date]:
        """The hire day of each of the people."""
        return {employee: here.hired_on for employee, here in self.postings.items()}


class Told(NamedTuple):
    """What was told of people and of the numbers of plans, of any period. away: by employee."""

    roster: Roster
    away: Mapping[str, list[Leave]]
    overrides: list[Override]
    changes: list[TargetChange]

    @property
    def moves(self) -> Moves:
        """What was told of where each person works."""
        return self.roster.moves

    def roll(self, period: Period) -> "Roll":
        """What plans are applied to in `period`."""
        here = self.roster.deciding(period)
        return Roll(period, here, self.moves, self.away, self.overrides, self.changes)


class Roll(NamedTuple):
    """Everything that plans are applied to in a period, whatever the plans say.

    moves, away: by employee. here: where everybody works as of their deciding day.
    """

    period: Period
    here: Mapping[str, Posting]
    moves: Moves
    away: Mapping[str, list[Leave]]
    overrides: list[Override]
    changes: list[TargetChange]


def members(
    cursor: Cursor, period: Period, known_at: int | None, employees: Sequence[str] | None = None
) -> list[Members]:
    """The plans in force in `period`, each with those of `employees`, or of everybody, whom it pays."""
    here = roll(cursor, period, known_at, employees)
    return [paid_by(version, here) for version in policy.plans_in_force(cursor, period.last_day, known_at)]


def roll(
    cursor: Cursor, period: Period, known_at: int | None, employees: Sequence[str] | None = None
) -> Roll:
    """What there is to apply plans to in `period`, of `employees` or of everybody."""
    return told(cursor, known_at, employees).roll(period)


def told(cursor: Cursor, known_at: int | None, employees: Sequence[str] | None = None) -> Told:
    """What was told of `employees`, or of everybody, whatever the period."""
    return Told(
        roster=roster.told(cursor, employees, known_at),
        away=by_employee(roster.leave(cursor, employees, known_at)),
        overrides=policy.overrides(cursor, known_at),
        changes=policy.target_changes(cursor, employees, known_at),
    )


def belonging(plan: Plan, roll: Roll) -> dict[str, Membership]:
    """Who of `roll` belongs to `plan`, whatever numbers hold for them."""
    found = {e: membership(plan, roll.period, here, roll.moves[e]) for e, here in roll.here.items()}
    return {employee: held for employee, held in found.items() if held is not None}


def paid_by(version: PlanVersion, roll: Roll) -> Members:
    """Whom of `roll` the plan `version` pays, and by which numbers."""
    plan, period = version.parsed(), roll.period
    resolver = Resolver(plan, period, roll.overrides, roll.changes)
    resolved: dict[str, ResolvedPlan] = {}
    postings: dict[str, Posting] = {}
    spells: dict[str, Spells] = {}
    placed: dict[str, Placements] = {}
    for employee, held in belonging(plan, roll).items():
        moves, leaves = roll.moves[employee], roll.away.get(employee, ())
        whole = resolver(held.posting, leaves, moves, held.spells)
        postings[employee], resolved[employee] = held.posting, whole
        if held.spells is not None:
            spells[employee] = held.spells
        if own := placements(resolver, held, whole, leaves, moves):
            placed[employee] = own
    return Members(version, plan, resolved, postings, spells, placed)

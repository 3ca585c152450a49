"""What everybody is due, computed in plain Python from what was told: no table and no query."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

import msgspec
from laws.simulation.memory import Memory

from domain.facts.activity import ActivityRecorded
from domain.facts.base import Fact
from domain.facts.clinical import ProcedurePerformed
from domain.facts.governance import FactConfirmed, OverrideSet, PlanAdopted, PlanEnded, TargetChanged
from domain.facts.people import (
    AssistantAssigned,
    EmployeeHired,
    EmployeeLeft,
    EmployeeNamed,
    EmployeePromoted,
    EmployeeTransferred,
    LeaveTaken,
    MentorAssigned,
)
from domain.facts.registry import CREDITED, FACT_TYPES
from domain.facts.selling import DealClosed, DealCosted, DealReversed
from domain.people.roster import Career, Leave, Posting, RosterChange
from domain.people.sharing import Portion, portions, taken_back
from domain.period import Period
from domain.plan.document import Plan
from domain.plan.measures import Credit, evaluate_all
from domain.plan.mentions import named_in
from domain.plan.milestones import standing_from_credits
from domain.plan.overrides import Override, TargetChange
from domain.plan.parse import parse_plan
from domain.plan.population import belongs, deciding_day
from domain.plan.resolve import ResolvedPlan, Resolver
from domain.plan.statement import Entitlement, Statement, compute_statement

CHANGES: Mapping[type[Fact], tuple[Any, str]] = {
    EmployeeHired: ("hired", "hired_on"),
    EmployeeTransferred: ("transferred", "effective_on"),
    EmployeePromoted: ("promoted", "effective_on"),
    EmployeeNamed: ("named", "effective_on"),
    MentorAssigned: ("mentored", "effective_on"),
    AssistantAssigned: ("assisted", "effective_on"),
    EmployeeLeft: ("left", "left_on"),
}
PERFORMANCE = tuple(FACT_TYPES[tag] for tag in sorted(CREDITED))


class Known:
    """All that a ledger knew at a position."""

    def __init__(self, memory: Memory, known_at: int | None = None) -> None:
        self.memory, self.known_at = memory, known_at
        self.credits = self._credits()
        self.changes = self._changes()
        self._leaves = self._of(LeaveTaken, Leave)
        self._overrides = self._of(OverrideSet, Override)
        self._targets = self._of(TargetChanged, TargetChange)
        self._ends = [fact for _, fact in memory.live(PlanEnded, known_at=known_at)]
        self._versions = list(memory.live(PlanAdopted, known_at=known_at))

    def statements(self, period: Period) -> dict[str, Statement]:
        """What everybody earned in `period`, whatever was settled."""
        due: dict[str, list[Entitlement]] = {}
        for plan in self.plans(period.last_day):
            resolver = Resolver(plan, period, self._overrides, self._targets)
            for employee, here in self.postings(period).items():
                if belongs(plan.population, here, deciding_day(period, here.left_on)):
                    away = [leave for leave in self._leaves if leave.employee == employee]
                    due.setdefault(employee, []).append(
                        self._entitled(plan, resolver(here, away), here, period)
                    )
        return {employee: compute_statement(employee, own) for employee, own in due.items()}

    def postings(self, period: Period) -> dict[str, Posting]:
        """Where everybody works at the end of `period`, or at their own end within it."""
        own: dict[str, list[RosterChange]] = {}
        for change in self.changes:
            own.setdefault(change.employee, []).append(change)
        found = {e: Career(told).last(period.first_day, period.last_day) for e, told in own.items()}
        return {employee: here for employee, here in found.items() if here is not None}

    def plans(self, day: dt.date) -> list[Plan]:
        """The version of each plan that holds on `day`."""
        found: dict[str, tuple[dt.date, int, PlanAdopted]] = {}
        for position, fact in self._versions:
            if fact.effective_from <= day:
                held = (fact.effective_from, position, fact)
                found[fact.plan] = max(found.get(fact.plan, held), held, key=lambda held: held[:2])
        ended = [
            name
            for name, (since, _, _) in found.items()
            if any(end.plan == name and since <= end.ended_on < day for end in self._ends)
        ]
        return [_parsed(found[name][2]) for name in sorted(found) if name not in ended]

    def measured(
        self, plan: Plan, employee: str, period: Period, hired_on: dt.date
    ) -> dict[str, Fraction | None]:
        """Every measure of `plan` for a person."""
        return evaluate_all(plan.measures, self.credits, employee, period, hired_on)

    def _entitled(self, plan: Plan, resolved: ResolvedPlan, here: Posting, period: Period) -> Entitlement:
        names = {name for part in plan.components for name in named_in(part, "milestones")}
        attained = {
            name: standing.attained_on
            for name in names
            for standing in [self.standing(plan, resolved, name, here, period.last_day)]
            if standing.attained_on is not None
        }
        return Entitlement(resolved, self.measured(plan, here.employee, period, here.hired_on), attained)

    def standing(self, plan: Plan, resolved: ResolvedPlan, name: str, here: Posting, day: dt.date) -> Any:
        """How a person stands towards a milestone."""
        milestone = resolved.milestones[name]
        return standing_from_credits(
            milestone, plan.measures, self.credits, here.employee, here.hired_on, day
        )

    def _credits(self) -> list[Credit]:
        roles: dict[int, set[str]] = {}
        for _, fact in self.memory.live(FactConfirmed, known_at=self.known_at):
            roles.setdefault(fact.position, set()).add(fact.role)
        found: list[Credit] = []
        for position, fact in self.memory.live(*PERFORMANCE, known_at=self.known_at):
            said = {
                name: getattr(fact, name)
                for name in Credit.__struct_fields__
                if name in fact.__struct_fields__ and getattr(fact, name) is not None
            }
            if said.get("score") is not None:
                said["score"] = Decimal(said["score"])
            at = self.memory.at(position).occurred_at
            day, confirmed = self.memory.day(at), frozenset(roles.get(position, ()))
            credit = Credit(position=position, fact=fact.TYPE, day=day, at=at, confirmed_by=confirmed, **said)
            shared = self._portions(position, fact)
            found += [
                msgspec.structs.replace(credit, part=part, **portion._asdict())
                for part, portion in enumerate(shared, start=1)
            ] or [credit]
        return found

    def _portions(self, position: int, fact: Fact) -> list[Portion]:
        """What each has of a fact that several share in; nothing for one that is somebody's alone."""
        match fact:
            case DealReversed():
                sold = [
                    told.fact
                    for told in self.memory.told[: position - 1]
                    if isinstance(told.fact, DealClosed) and told.fact.deal == fact.deal
                ][-1:]
                parts = [part for deal in sold for part in deal.credits or ()]
                amounts = (sold[0].amount_minor, fact.amount_minor) if parts else (0, 0)
                return taken_back(parts, *amounts, fact.quantity) if parts else []
            case DealClosed(credits=list(parts)):
                return portions(parts, fact.amount_minor, fact.quantity)
            case DealCosted(credits=list(parts)):
                return portions(parts, fact.amount_minor, None)
            case ActivityRecorded(credits=list(parts)) | ProcedurePerformed(credits=list(parts)):
                return portions(parts, None, fact.quantity, fact.minutes)
            case _:
                return []

    def _changes(self) -> list[RosterChange]:
        found: list[RosterChange] = []
        for position, fact in self.memory.live(*CHANGES, known_at=self.known_at):
            kind, on = CHANGES[type(fact)]
            said = {
                n: getattr(fact, n) for n in RosterChange.__struct_fields__ if n in fact.__struct_fields__
            }
            said |= {"position": position, "kind": kind, "effective_on": getattr(fact, on)}
            found.append(RosterChange(**said))
        return found

    def _of(self, kind: type[Fact], row: Any) -> list[Any]:
        return [
            row(
                position=position,
                **{n: v for n, v in msgspec.structs.asdict(fact).items() if n in row.__struct_fields__},
            )
            for position, fact in self.memory.live(kind, known_at=self.known_at)
        ]


@lru_cache(maxsize=512)
def _text(document: bytes) -> Plan:
    return parse_plan(msgspec.json.decode(document))


def _parsed(fact: PlanAdopted) -> Plan:
    return _text(msgspec.json.encode(fact.document))

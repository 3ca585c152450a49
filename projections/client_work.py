"""Whether somebody's pay rests on work with clients: read off what their plans count."""

import datetime as dt

import msgspec

from domain.facts.registry import CREDITED, FACT_TYPES
from domain.period import Period
from domain.plan.document import Plan
from domain.plan.measures import FactMeasure
from projections import policy, roster
from projections.members import Roll, belonging
from projections.spans import Cursor

FOUND_IN = ("plan_version", "plan_end", "roster_change")
"""The tables that the answer rests on."""

WITH_CLIENTS = frozenset(
    name
    for name in CREDITED
    if any(each.name == "customer" and each.required for each in msgspec.structs.fields(FACT_TYPES[name]))
)
"""The facts that cannot be without a client."""


def works_with_clients(cursor: Cursor, employee: str, day: dt.date) -> bool:
    """Whether a plan that `employee` belongs to in the month of `day` counts anything done with clients.

    Of somebody who belongs to none, whether any plan in force does; where none is in force, nobody knows, and
    it may be.
    """
    versions = policy.plans_in_force(cursor, day)
    people, period = roster.told(cursor, [employee]), Period.containing(day)
    roll = Roll(period, people.deciding(period), people.moves, {}, [], [])
    plans = [version.parsed() for version in versions]
    own = [plan for plan in plans if belonging(plan, roll)]
    return not plans or any(_counts_clients(plan) for plan in own or plans)


def _counts_clients(plan: Plan) -> bool:
    return any(isinstance(each, FactMeasure) and each.fact in WITH_CLIENTS for each in plan.measures.values())

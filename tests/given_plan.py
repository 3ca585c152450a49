"""Plans, people and credits for tests of the rules of pay, as short as can be."""

import datetime as dt
from collections.abc import Mapping
from copy import deepcopy
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from domain.people.roster import Posting
from domain.period import Period
from domain.plan.document import Plan
from domain.plan.exact import exact
from domain.plan.measures import Credit
from domain.plan.parse import document_hash, parse_plan, plan_document
from domain.plan.problems import PlanInvalid
from domain.plan.resolve import ResolvedPlan, Resolver
from domain.plan.statement import Entitlement, compute_statement

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "plans"
MARCH = Period.parse("2025-03")
HIRED = dt.date(2024, 6, 3)

_SELLING = """
plan: selling
title: Selling
currency: CNY
effective_from: 2025-01-01
measures:
  clients: {count: customer_registered}
  followed: {distinct: follow_up_recorded, of: customer}
  deals: {count: deal_closed, less: deal_reversed}
  close_rate: {ratio: deals / followed}
  revenue: {sum: deal_closed, of: amount, less: deal_reversed}
targets:
  clients: {measure: clients, value: 20}
  close_rate: {measure: close_rate, value: 10 %}
"""

_positions = count(1)


def document(more: str = "", /, **changes: Any) -> dict[str, Any]:
    """A small selling plan with the YAML `more` laid over it, field by field, and then `changes`."""
    written: dict[str, Any] = deepcopy(yaml.safe_load(_SELLING))
    for name, value in (yaml.safe_load(more) or {}).items():
        held = written.get(name)
        written[name] = held | value if isinstance(held, dict) and isinstance(value, dict) else value
    return written | changes


def adoption(written: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the fact by which that document takes effect."""
    held = plan_document(written)
    return {
        "plan": held["plan"],
        "effective_from": held["effective_from"],
        "document": held,
        "document_hash": document_hash(held),
        "approver": "boss",
    }


def plan(more: str = "", /, **changes: Any) -> Plan:
    """The plan of that document."""
    return parse_plan(document(more, **changes))


def example(name: str) -> dict[str, Any]:
    """The document of an example plan."""
    return yaml.safe_load((EXAMPLES / f"{name}.yaml").read_text("utf-8"))


def problems(written: object) -> dict[str, str]:
    """What is wrong with a document: path to message and remedy."""
    try:
        parse_plan(written)
    except PlanInvalid as invalid:
        said: dict[str, str] = {}
        for problem in invalid.problems:
            said[problem.path] = f"{said.get(problem.path, '')}{problem.message} {problem.remedy} "
        return said
    return {}


def posted(employee: str = "E1", **fields: Any) -> Posting:
    """Where E1 works: a seller in Shanghai since last June."""
    known: dict[str, Any] = dict.fromkeys(("name", "department", "team", "manager", "mentor", "left_on"))
    known |= {"branch": "SH", "post": "seller", "employment": "contract", "hired_on": HIRED}
    return Posting(employee=employee, **(known | fields))


def number(written: str | int) -> Fraction:
    """The exact number that a plan author writes so."""
    found = exact(written)
    assert found is not None
    return found.value


def resolved(of: Plan, period: Period = MARCH, **fields: Any) -> ResolvedPlan:
    """The plan for E1, without overrides."""
    return Resolver(of, period)(posted(**fields))


def entitled(of: Plan | ResolvedPlan, /, **values: str | int | None) -> Entitlement:
    """The plan for E1 in March with these values measured, and 0 for what is not given."""
    held = of if isinstance(of, ResolvedPlan) else resolved(of)
    measured = {name: Fraction(0) for name in held.plan.measures} | {
        name: None if value is None else number(value) for name, value in values.items()
    }
    return Entitlement(held, measured)


def pay(components: str, /, **values: str | int | None) -> list[int]:
    """What each of `components` of the small selling plan pays, in fen."""
    statement = compute_statement("E1", [entitled(plan(components), **values)])
    return [line.amount_minor for line in statement.lines]


def credit(fact: str, day: int | dt.date = 3, employee: str = "E1", **fields: Any) -> Credit:
    """A credit of E1 on some day of March, at nine in the morning."""
    on = dt.date(2025, 3, day) if isinstance(day, int) else day
    at = fields.pop("at", dt.datetime.combine(on, dt.time(9), dt.UTC))
    position = fields.pop("position", None) or next(_positions)
    return Credit(position=position, employee=employee, fact=fact, day=on, at=at, **fields)

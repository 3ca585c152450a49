"""Warnings about people, what is done for them, and how a rule of warning would have done on the past."""

import datetime as dt
from fractions import Fraction
from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from psycopg import Cursor

from api.kept_findings import KeptFindings
from api.paging import Pages
from api.people import Asked
from api.problems import NotFound
from api.reading import OnDay, Reading, View
from api.watching import shows
from domain.plan.alert import Alert
from domain.plan.document import Plan
from domain.plan.exact import exact
from domain.refusals import BadField
from projections import alerts, interventions, policy
from projections.alerts import State, Warning
from projections.backtest import AlertBacktest, alert_backtest
from projections.interventions import Intervention

MOST_DAYS = 1_100
"""So long may the past be that a rule is tried on."""

OfPeople = Annotated[
    list[str] | None, QueryParameter(description="About these people; about everybody if absent.")
]


@get(
    "/alerts",
    summary="Warnings that stand",
    tags=["people"],
    opt={"action": "read_care", "personal": "people", "reach": "rows"},
)
async def read_alerts(
    request: Asked,
    pages: NamedDependency[Pages],
    employee: OfPeople = None,
    plan: Annotated[str | None, QueryParameter(description="Of this plan only.")] = None,
    alert: Annotated[str | None, QueryParameter(description="Of this rule only.")] = None,
    state_: Annotated[
        State | None, QueryParameter(name="state", description="Only those that stand so.")
    ] = None,
    day: OnDay = None,
) -> Response[list[Warning]]:
    """Each with the numbers that raised it, period by period, and what may help: one a person and rule."""
    people = request.auth.people(employee)
    on = day or pages.today
    found = await pages.ask(lambda cursor, known_at: alerts.alerts(cursor, on, people, known_at))
    found = [
        each
        for each in found
        if plan in (None, each.plan) and alert in (None, each.alert) and state_ in (None, each.state)
    ]
    found = pages.cut(found)
    shows(request, (each.employee for each in found))
    return pages.answer(found)


@get(
    "/interventions",
    summary="What is done for people",
    tags=["people"],
    opt={"action": "read_care", "personal": "people", "reach": "rows", "reach_on": "today"},
)
async def read_interventions(
    request: Asked,
    pages: NamedDependency[Pages],
    employee: OfPeople = None,
    day: OnDay = None,
) -> Response[list[Intervention]]:
    """By whom, until when, and how it ended; overdue once the day has passed."""
    people = request.auth.people(employee)
    on = day or pages.today
    found = await pages.ask(lambda cursor, at: interventions.interventions(cursor, on, people, at))
    found = pages.cut(found)
    shows(request, (each.employee for each in found))
    return pages.answer(found)


@get(
    "/plans/{plan:str}/alerts/{alert:str}/backtest",
    summary="How a rule of warning would have done",
    tags=["plans"],
    opt={"action": "read_care", "personal": "none", "reach": "all"},
)
async def read_backtest(
    view: NamedDependency[View],
    reading: NamedDependency[Reading],
    findings: NamedDependency[KeptFindings],
    plan: Annotated[str, PathParameter(description="Id of a plan in force.")],
    alert: Annotated[str, PathParameter(description="Id of one of its warnings.")],
    first: Annotated[
        dt.date | None, QueryParameter(name="from", description="First day; a year ago if absent.")
    ] = None,
    last: Annotated[
        dt.date | None, QueryParameter(name="to", description="Last day; today if absent.")
    ] = None,
    within_days: Annotated[
        int, QueryParameter(ge=1, le=366, description="A warning is right if the person leaves so soon.")
    ] = 60,
    levels: Annotated[
        list[str] | None,
        QueryParameter(name="try", description="Other levels of the first condition, such as 60 %."),
    ] = None,
) -> AlertBacktest:
    """How often it fired, whom of those who left it named in time, and what other levels would have done."""
    until = last or reading.today()
    since = first or until - dt.timedelta(days=364)
    asked = tried_levels(levels or ())
    require_range(since, until)

    def question(cursor: Cursor[Any], known_at: int | None) -> AlertBacktest:
        found, rule = rule_in_force(cursor, plan, alert, until, known_at)
        return alert_backtest(
            cursor, found, rule, since, until, within_days=within_days, levels=asked, known_at=known_at
        )

    key = ("backtest", plan, alert, since, until, within_days, tuple(asked))
    return await findings.ask(view, key, "all", question)


def rule_in_force(
    cursor: Cursor[Any], plan: str, alert: str, day: dt.date, known_at: int | None
) -> tuple[Plan, Alert]:
    """The version of `plan` in force on `day`, and its rule `alert`.

    Raises: NotFound.
    """
    versions = {each.plan: each for each in policy.plans_in_force(cursor, day, known_at)}
    if plan not in versions:
        raise NotFound(
            field="plan", detail=f"No plan {plan!r} is in force on {day}.", remedy="See /v1/plans."
        )
    found = versions[plan].parsed()
    return found, rule_of(found, alert)


def rule_of(plan: Plan, alert: str) -> Alert:
    """The rule of warning `alert` of `plan`.

    Raises: NotFound.
    """
    rule = next((each for each in plan.alerts if each.id == alert), None)
    if rule is None:
        known = ", ".join(each.id for each in plan.alerts) or "none"
        raise NotFound(
            field="alert", detail=f"{plan.plan} has no warning {alert!r}.", remedy=f"It has: {known}."
        )
    return rule


def tried_levels(texts: list[str] | tuple[str, ...], field: str = "try") -> list[Fraction]:
    """The levels that `texts` name.

    Raises: BadField.
    """
    found: list[Fraction] = []
    for text in texts:
        level = exact(text)
        if level is None:
            raise BadField(field=field, detail=f"{text!r} is not a number.", remedy="Write 8, 8.5 or 60 %.")
        found.append(level.value)
    return found


def require_range(first: dt.date, last: dt.date) -> None:
    """Checks that the past is not empty and not endless.

    Raises: BadField.
    """
    if not 0 <= (last - first).days <= MOST_DAYS:
        raise BadField(
            field="from",
            detail=f"From {first} to {last} is no time to try a rule on.",
            remedy=f"Let it begin before it ends, and last {MOST_DAYS} days at most.",
        )

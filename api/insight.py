"""Insight over many people: who leaves and why, what changed, and what goes together."""

import datetime as dt
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from psycopg import Cursor

from api.alerts import MOST_DAYS, OfPeople, tried_levels
from api.kept_findings import KeptFindings
from api.paging import Pages
from api.people import Asked
from api.problems import NotFound
from api.reading import OnDay, Reading, View, any_period
from api.watching import shows
from domain.plan.alert import AlertCondition
from projections import approvals, insight, risks, staffing
from projections.approvals import ApprovalsCompared
from projections.insight import Compared, Leavers, Outcomes, Split
from projections.pay_ranges import PayRange, Standing, pay_range, pay_standings
from projections.risks import Risks
from projections.staffing import MONTHS, Forecast

FORECAST_FROM = ("roster_change", "posts_change", "probation", "probation_review")
"""Whom a forecast of staffing counts."""

Test = Literal["at_least", "more_than", "at_most", "less_than"]
PeriodAsked = Annotated[str, QueryParameter(description="A week, month, quarter or year, such as 2025-Q1.")]
OfPlan = Annotated[str, QueryParameter(description="Id of a plan.")]
OfMeasure = Annotated[str, QueryParameter(description="Name of one of its measures.")]


@get(
    "/insight/leavers",
    summary="Who left, by cause",
    tags=["insight"],
    opt={"action": "read_care", "personal": "none", "reach": "all"},
)
async def read_leavers(view: NamedDependency[View], period: PeriodAsked) -> Leavers:
    """How many left in a period, for which causes, and what share of those who were here on its first day."""
    asked = any_period(period)
    return await view.ask(lambda cursor, known_at: insight.leavers(cursor, asked, known_at))


@get(
    "/insight/outcomes",
    summary="How things stood in two periods",
    tags=["insight"],
    opt={"action": "read_care", "personal": "none", "reach": "all"},
)
async def read_outcomes(view: NamedDependency[View], first: PeriodAsked, second: PeriodAsked) -> Outcomes:
    """Attrition and mood of two periods, restated from the facts."""
    one, other = any_period(first), any_period(second)
    return await view.ask(lambda cursor, known_at: insight.outcomes(cursor, one, other, known_at))


@get(
    "/insight/compare",
    summary="A measure in two periods",
    tags=["insight"],
    opt={"action": "read_care", "personal": "none", "reach": "all"},
)
async def read_compared(
    view: NamedDependency[View],
    plan: OfPlan,
    measure: OfMeasure,
    before: PeriodAsked,
    after: PeriodAsked,
) -> Compared:
    """Over everybody in the plan: both values, the change, and the change as a share of the first."""
    one, other = any_period(before), any_period(after)

    def question(cursor: Cursor[Any], known_at: int | None) -> Compared:
        found = insight.compared(cursor, plan, measure, one, other, known_at)
        if found is None:
            raise _unknown(plan, str(other), measure)
        return found

    return await view.ask(question)


@get(
    "/insight/split",
    summary="Two groups of people side by side",
    tags=["insight"],
    opt={"action": "read_care", "personal": "none", "reach": "all"},
)
async def read_split(
    view: NamedDependency[View],
    plan: OfPlan,
    measure: OfMeasure,
    by: Annotated[str, QueryParameter(description="Measure by which people are parted.")],
    level: Annotated[str, QueryParameter(description="Level at which they are parted, such as 8 or 60 %.")],
    period: PeriodAsked,
    test: Annotated[Test, QueryParameter(description="What the first group meets.")] = "more_than",
) -> Split:
    """The measure of those who meet the test and of those who do not, with counts and 95 % intervals.

    It shows what goes together, and says nothing about causes.
    """
    asked = any_period(period)
    [number] = tried_levels([level], "level")
    condition = msgspec.structs.replace(AlertCondition(measure=by), **{test: number})

    def question(cursor: Cursor[Any], known_at: int | None) -> Split:
        found = insight.split(cursor, plan, measure, condition, asked, known_at)
        if found is None:
            raise _unknown(plan, str(asked), f"{measure} and {by}")
        return found

    return await view.ask(question)


@get(
    "/insight/risks",
    summary="Who may leave, and why",
    tags=["insight"],
    opt={"action": "read_care", "personal": "people", "reach": "rows"},
)
async def read_risks(
    request: Asked,
    pages: NamedDependency[Pages],
    employee: OfPeople = None,
    tried_days: Annotated[
        int | None,
        QueryParameter(ge=1, le=MOST_DAYS, description="Try the rules on so many days up to the day."),
    ] = None,
    within_days: Annotated[
        int, QueryParameter(ge=1, le=366, description="A warning is right if the person leaves so soon.")
    ] = 60,
    day: OnDay = None,
) -> Response[Risks]:
    """Everybody about whom warnings stand, most reasons first, and how often each of these rules was right.

    The records come from replaying the past; without `tried_days` there are none.
    """
    people = request.auth.people(employee)
    if tried_days is not None:
        request.auth.require_everybody()
    on = day or pages.today
    since = None if tried_days is None else on - dt.timedelta(days=tried_days - 1)
    found = await pages.ask(
        lambda cursor, at: risks.risks(cursor, on, people, at, since=since, within_days=within_days)
    )
    found = msgspec.structs.replace(found, people=pages.cut(found.people))
    shows(request, (each.employee for each in found.people))
    return pages.answer(found)


@get(
    "/insight/staffing",
    summary="How many people will be lacking",
    tags=["insight"],
    opt={"action": "read_care", "personal": "none", "reach": "all"},
)
async def read_staffing(
    view: NamedDependency[View],
    reading: NamedDependency[Reading],
    findings: NamedDependency[KeptFindings],
    months: Annotated[int, QueryParameter(ge=1, le=24, description="How far to look ahead.")] = MONTHS,
    day: OnDay = None,
) -> Forecast:
    """The established posts of the next months, how many people are to be expected, and how many to hire.

    By the rate at which people left each branch and by how probations ended, with 95 % intervals; every
    assumption is said with its numbers.
    """
    on = day or reading.today()

    def question(cursor: Cursor[Any], known_at: int | None) -> Forecast:
        return staffing.forecast(cursor, on, months, known_at)

    return await findings.ask(view, ("staffing", on, months), "nothing", question, FORECAST_FROM)


@get(
    "/insight/approvals",
    summary="How long approvals take",
    tags=["insight"],
    opt={"action": "read_care", "personal": "none", "reach": "all"},
)
async def read_approval_times(
    pages: NamedDependency[Pages], first: PeriodAsked, second: PeriodAsked
) -> Response[list[ApprovalsCompared]]:
    """Of each kind in two periods: how many were asked for and decided, and how long that took."""
    one, other = any_period(first, "first"), any_period(second, "second")
    return pages.answer(
        pages.cut(await pages.ask(lambda cursor, known_at: approvals.approvals(cursor, one, other, known_at)))
    )


@get(
    "/insight/pay-ranges",
    summary="Suggested pay",
    tags=["insight"],
    opt={"action": "read_pay_ranges", "personal": "people", "reach": "all"},
)
async def read_pay_ranges(
    request: Asked,
    pages: NamedDependency[Pages],
    findings: NamedDependency[KeptFindings],
    plan: OfPlan,
    measure: OfMeasure,
    period: PeriodAsked,
    better: Annotated[
        Literal["highest", "lowest"], QueryParameter(description="Which end of the measure is the better.")
    ] = "highest",
) -> Response[list[PayRange]]:
    """Results and pay of everybody in a plan among their peers, and what the market pays by such results.

    Whose pay lies furthest behind their results comes first. Each suggestion comes with its reasons.
    """
    asked = any_period(period)

    def question(cursor: Cursor[Any], known_at: int | None) -> list[Standing]:
        found = pay_standings(cursor, plan, measure, asked, known_at, first=better)
        if found is None:
            raise _unknown(plan, str(asked), measure)
        return found

    standings = await findings.ask(pages, ("pay ranges", plan, measure, asked, better), "all", question)
    found = [pay_range(each) for each in pages.cut(standings)]
    shows(request, (each.employee for each in found))
    return pages.answer(found)


def _unknown(plan: str, period: str, measures: str) -> NotFound:
    return NotFound(
        field="measure",
        detail=f"No version of {plan} that is in force in {period} measures {measures}.",
        remedy="See /v1/plans.",
    )

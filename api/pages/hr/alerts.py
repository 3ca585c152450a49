"""Who may need help and why, and how each rule of warning would have done on the past."""

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, NamedTuple

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from api import alerts, insight
from api.pages.hr.shown import day_of, plans_in_force, shown, title_of
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.plans import PlanInPath
from api.reading import OnDay
from domain.plan.fields import Title
from domain.refusals import BadField, Refusal
from projections.backtest import AlertBacktest, Trial
from projections.risks import Risks

SHOWN = 100
WITHIN_DAYS = 60

AlertInPath = Annotated[str, PathParameter(description="Id of a rule of warning.")]


class Rule(NamedTuple):
    """A rule of warning of a plan in force."""

    plan: str
    alert: str
    title: Title


class Bar(NamedTuple):
    """A share in the picture of a backtest, in its units. width: of 100 for all; None where there is none."""

    level: str
    kind: str
    share: str | None
    width: float
    y: int


@get(
    "/hr/alerts",
    opt=page_opt(
        "read_care", "hr", asks=["tried", "day"], personal="people", reach="rows", follows="all_facts"
    ),
)
async def alerts_page(
    page: NamedDependency[Page],
    tried: Annotated[bool, QueryParameter(description="With how right each rule was.")] = False,
    day: OnDay = None,
) -> Response[str]:
    """Everybody about whom warnings stand, most reasons first, and the rules that there are."""
    may_try = page.caller.scope == "all"
    found: Risks = await page.ask(
        insight.read_risks, tried_days=365 if tried and may_try else None, within_days=WITHIN_DAYS, day=day
    )
    people = found.people[:SHOWN]
    owners = {reason.owner for each in people for reason in each.reasons if reason.owner}
    return await shown(
        page,
        "alerts",
        "alerts",
        day=day,
        people={each.employee for each in people} | owners,
        found=found,
        at_risk=people,
        more=len(found.people) - len(people),
        rules=await _rules(page, day),
        plans=await page.plans(),
        may_try=may_try,
        live=not tried,
    )


@get(
    "/hr/alerts/{plan:str}/{alert:str}",
    opt=page_opt(
        "read_care",
        "hr",
        asks=["from", "to", "within_days", "levels", "day"],
        personal="none",
        reach="all",
    ),
)
async def backtest_page(
    page: NamedDependency[Page],
    plan: PlanInPath,
    alert: AlertInPath,
    from_: Annotated[str, QueryParameter(name="from", description="First day; a year ago if empty.")] = "",
    to: Annotated[str, QueryParameter(description="Last day; today if empty.")] = "",
    within_days: Annotated[
        int, QueryParameter(ge=1, le=366, description="A warning is right if the person leaves so soon.")
    ] = WITHIN_DAYS,
    levels: Annotated[
        str, QueryParameter(max_length=100, description="Other levels to try, with commas between.")
    ] = "",
    day: OnDay = None,
) -> Response[str]:
    """How often the rule fired, whom it named in time, and what other levels would have done."""
    rule = next((each for each in await _rules(page, day) if (each.plan, each.alert) == (plan, alert)), None)
    refusal: Refusal | None = None
    found: AlertBacktest | None = None
    until = day or page.reading.today()
    try:
        found = await page.ask(
            alerts.read_backtest,
            plan=plan,
            alert=alert,
            first=day_of({"from": from_}, "from"),
            last=day_of({"to": to}, "to") or until,
            within_days=within_days,
            levels=[each.strip() for each in levels.replace("，", ",").split(",") if each.strip()],
        )
    except BadField as error:
        refusal = error
    return await shown(
        page,
        "backtest",
        "alerts",
        day=day,
        refusal=refusal,
        rule=rule or Rule(plan, alert, Title(alert, alert)),
        plans=await page.plans(),
        found=found,
        bars=_bars(found.trials) if found else [],
        said={"from": from_, "to": to, "within_days": within_days, "levels": levels},
    )


async def _rules(page: Page, day: dt.date | None) -> list[Rule]:
    """The rules of warning of all plans in force."""
    return [
        Rule(each.plan, rule["id"], title_of(rule, rule["id"]))
        for each in await plans_in_force(page, day)
        for rule in each.document.get("alerts", ())
    ]


def _bars(trials: Sequence[Trial]) -> list[Bar]:
    """Precision and recall of each level, one bar below the other."""
    bars: list[Bar] = []
    for number, trial in enumerate(trials):
        for row, (kind, share) in enumerate((("precision", trial.precision), ("recall", trial.recall))):
            width = int(Fraction(share or 0) * 1000) / 10
            bars.append(Bar(trial.level, kind, share, width, number * 64 + 18 + row * 20))
    return bars

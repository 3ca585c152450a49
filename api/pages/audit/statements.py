"""A statement through time: as it stood at a moment, as it stands now, and why it differs.

To compare the two takes a while, so the page is sent bit by bit: first the moments that there are.
"""

import asyncio
import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import quote

from litestar import Response, get
from litestar.di import NamedDependency

from api import diffs, people
from api.pages.asked import Field, number, word
from api.pages.audit.tabs import tabs
from api.pages.bit_by_bit import awaited, begun
from api.pages.employee.person import Who, person_shown
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.wording import Wording
from api.reading import EmployeeInPath, PeriodInPath, month
from domain.period import Period
from domain.plan.fields import Title
from domain.refusals import BadField, Refusal
from projections.diff import StatementDiff
from projections.explain import ExplainedPayslip
from projections.moments import Moment


class Row(NamedTuple):
    """A line on both sides, in minor units; None where it is not there."""

    title: Title
    about: str | None
    then: int | None
    now: int | None


@get(
    "/audit/statements",
    opt=page_opt("run_payroll", "audit", asks=["employee", "period"], personal="none", reach="all"),
)
async def choose_page(
    page: NamedDependency[Page], employee: Field = None, period: Field = None
) -> Response[str]:
    """The form that asks whose statement of which month; on to it when both are said."""
    whose, which = word(employee), word(period)
    refusal: Refusal | None = None
    if whose and which:
        try:
            address = f"/audit/statements/{quote(whose, safe='')}/{month(which)}"
            await page.ask(people.read_person, employee=whose)
            return page.gone_to(address)
        except Refusal as error:
            refusal = error
    return await page.answered(
        "audit/statements.html",
        refusal,
        employee=whose or "",
        tabs=tabs(page),
        period=which or str(Period.containing(page.reading.today()).previous()),
    )


@get(
    "/audit/statements/{employee:str}/{period:str}",
    opt=page_opt("run_payroll", "audit", asks=["step", "at"], personal="person"),
)
async def statement_page(
    page: NamedDependency[Page],
    employee: EmployeeInPath,
    period: PeriodInPath,
    step: Field = None,
    at: Field = None,
) -> Response[Any]:
    """The statement then and now, side by side; `known_at` says when then is."""
    here = f"/audit/statements/{quote(employee, safe='')}/{period}"
    on = min(month(period).last_day, page.reading.today())
    told, who = await asyncio.gather(
        page.ask_if_any(diffs.read_moments, employee=employee, period=period, view=page.now()),
        person_shown(page, employee, on, page.now()),
    )
    found: list[Moment] = told or []
    if word(at) or word(step):
        try:
            return page.gone_to(f"{here}?known_at={_chosen(page, found, word(step), word(at))}")
        except BadField as refusal:
            return await _shown(page, who, period, found, refusal)
    return await _shown(page, who, period, found, None)


async def _shown(
    page: Page, who: Who, period: str, found: Sequence[Moment], refusal: Refusal | None
) -> Response[Any]:
    """The page; the two statements and why they differ once they are compared."""
    then = page.view.known_at
    last = found[-1].position if found else 0
    frame = {
        "who": who,
        "period": period,
        "moments": found,
        "said": partial(_said, page.wording),
        "place": sum(1 for moment in found if then is None or moment.position <= then) - 1,
        "then": then,
        "tabs": tabs(page),
    }
    compare = partial(_compared, page, who.employee, period, str(last if then is None else then))
    if refusal is not None:
        return await page.answered("audit/statement.html", refusal, **frame, **await compare())

    async def compared() -> str:
        return await page.html("audit/compared.html", **await compare())

    later = awaited(page, "audit.statement", compared)
    return await begun(page, "audit/statement.html", later, **frame, problem=None)


async def _compared(page: Page, employee: str, period: str, then: str) -> dict[str, Any]:
    """What was due as known at the position `then`, what is due now, and each line of either."""
    diff: StatementDiff | None
    explained: ExplainedPayslip | None
    diff, explained = await asyncio.gather(
        page.ask_if_any(diffs.read_diff, employee=employee, period=period, from_=then),
        page.ask_if_any(people.explain_statement, employee=employee, period=period, view=page.now()),
    )
    return {"diff": diff, "rows": _rows(period, diff, explained)}


def _said(wording: Wording, moment: Moment) -> str:
    """A moment in words, as the slider shows it."""
    if moment.kind == "closed":
        what = wording.say("audit.moment.closed", month=wording.month(str(moment.period)))
    else:
        what = wording.say(f"audit.moment.{moment.kind}", n=moment.facts)
    return f"{wording.instant(moment.recorded_at)} · {what} · #{moment.position}"


def _chosen(page: Page, found: Sequence[Moment], step: str | None, at: str | None) -> str:
    """The position or instant that the form names.

    Raises: BadField.
    """
    if at is None:
        place = number(step, "step") or 0
        return str(found[min(place, len(found) - 1)].position) if found else "0"
    try:
        return quote(dt.datetime.fromisoformat(at).replace(tzinfo=page.wording.zone).isoformat(), safe="")
    except ValueError:
        raise BadField(
            field="at", detail=f"{at[:40]!r} is no day and time.", remedy="Write it as 2025-03-31T18:00."
        ) from None


def _rows(period: str, diff: StatementDiff | None, explained: ExplainedPayslip | None) -> list[Row]:
    """Every line of now, with what it was then, and those that went."""
    changed = [] if diff is None else [said.line for said in diff.lines]
    rows: list[Row] = []
    for each in explained.lines if explained else ():
        line = each.explanation.line
        key = line.about or period, line.plan, line.component, line.amount_minor
        was = next((x for x in changed if (x.about, x.plan, x.component, x.after_minor) == key), None)
        if was is None:
            rows.append(Row(line.title, line.about, line.amount_minor, line.amount_minor))
        else:
            changed.remove(was)
            before = None if was.kind == "added" else was.before_minor
            rows.append(Row(line.title, line.about, before, line.amount_minor))
    for gone in changed:
        rows.append(Row(gone.title, None if gone.about == period else gone.about, gone.before_minor, None))
    return rows

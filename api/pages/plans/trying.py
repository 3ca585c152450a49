"""What if: a draft or version tried on past months, with its progress while it goes on.

The page is sent bit by bit: first the form and how far it has come, then the result.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, NamedTuple

import structlog
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api import plan_life, plan_words
from api.pages.bit_by_bit import begun, failed, running
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.plans.charts import curve, distribution
from api.plan_words import read_as_plan
from api.plan_yaml import read_text
from api.simulating import SimulationAsked, asked_for, simulated
from domain.period import Period
from domain.plan.document import Parameter
from domain.plan.parse import plan_document
from domain.refusals import BadField, Refusal
from projections.plan_standings import PlanStanding
from projections.simulated import PersonChange, Simulation
from projections.simulation import WhatIf

log = structlog.get_logger("meritbook")

RUNNING, FAILED = "plans.try.running", "plans.try.failed"
STEPS = 20
"""The progress is told in so many steps."""

PEOPLE = 200
"""So many people are listed, those first whose pay changes most."""


class Source(NamedTuple):
    """What is tried. document: None where a plan is only taken away."""

    name: str
    document: dict[str, Any] | None
    without: tuple[str, ...]
    parameters: dict[str, Parameter]


class Tried(NamedTuple):
    """A question that is about to be asked. varied: what the parameter that it varies is called."""

    data: SimulationAsked
    asked: WhatIf
    varied: str


@get(
    "/what-if",
    opt=page_opt(
        "run_payroll",
        "plans",
        asks=["source", "from", "until", "parameter", "low", "high", "step"],
        personal="people",
        reach="all",
    ),
)
async def what_if_page(
    page: NamedDependency[Page],
    source: Annotated[
        str | None, QueryParameter(description="draft:ID, plan:PLAN@POSITION, or without:PLAN.")
    ] = None,
    from_: Annotated[str | None, QueryParameter(name="from", description="The first month.")] = None,
    until: Annotated[str | None, QueryParameter(description="The last month.")] = None,
    parameter: Annotated[str, QueryParameter(description="Of the plan, over a range.")] = "",
    low: Annotated[str, QueryParameter(description="Where the range begins.")] = "",
    high: Annotated[str, QueryParameter(description="Where it ends.")] = "",
    step: Annotated[str, QueryParameter(description="How far apart its values are.")] = "",
) -> Response[Any]:
    """The form; with months, what everybody would have been paid, and why, once it is computed."""
    page.caller.require_everybody()
    standings: list[PlanStanding] = await page.ask(plan_words.read_standings)
    said = {"source": source, "from": from_, "until": until, "parameter": parameter, "low": low, "high": high}
    said["step"] = step
    refusal: Refusal | None = None
    tried: Tried | None = None
    chosen: Source | None = None
    try:
        chosen = await _source(page, source) if source else None
        if chosen is not None and from_ and until:
            vary = f"{parameter}={low.strip()}..{high.strip()}/{step.strip()}" if parameter else None
            data = SimulationAsked(
                from_=from_, until=until, document=chosen.document, without=chosen.without, vary=vary,
                known_at=None if page.view.known_at is None else str(page.view.known_at),
            )  # fmt: skip
            number = chosen.parameters.get(parameter)
            varied = page.wording.title(number.title) if number and number.title else parameter
            tried = Tried(data, asked_for(data, page.reading.today()), varied)
    except Refusal as error:
        refusal = error
    last = Period.containing(page.reading.today()).previous()
    shown = {"standings": standings, "said": said, "chosen": chosen, "last": str(last), "is_tried": False}
    if tried is None:
        return await page.answered("plans/what_if.html", refusal, **shown)
    shown |= {"is_tried": True, "problem": None}
    return await begun(page, "plans/what_if.html", _told(page, tried), **shown)


async def _told(page: Page, tried: Tried) -> AsyncIterator[str]:
    """How far it has come, and the result or what was wrong."""
    heard: asyncio.Queue[float | Simulation | Refusal | None] = asyncio.Queue()
    task = asyncio.ensure_future(_tried(page, tried, heard))
    try:
        yield await running(page, RUNNING, 0)
        while isinstance(found := await heard.get(), float):
            yield await running(page, RUNNING, int(found * 100))
        await task
        if isinstance(found, Simulation):
            yield await page.html("plans/result.html", **await _result(page, found, tried.varied))
        else:
            yield await failed(page, FAILED, found if isinstance(found, Refusal) else None)
    finally:
        task.cancel()


async def _tried(
    page: Page, tried: Tried, heard: "asyncio.Queue[float | Simulation | Refusal | None]"
) -> None:
    """Tells how far it is, and then what came of it; None for a fault of ours, which is logged."""
    stopped = asyncio.Event()
    try:
        progress = _stepwise(asyncio.get_running_loop(), heard, stopped)
        heard.put_nowait(await simulated(page.request, page.reading, tried.data, tried.asked, progress))
    except Refusal as refusal:
        heard.put_nowait(refusal)
    except asyncio.CancelledError:
        stopped.set()
        raise
    except Exception:
        log.exception("what_if_failed")
        heard.put_nowait(None)


def _stepwise(
    loop: asyncio.AbstractEventLoop, heard: "asyncio.Queue[Any]", stopped: asyncio.Event
) -> Callable[[float], None]:
    """Hands a share on whenever another step is done; ends what nobody waits for any more."""
    done = 0

    def progress(share: float) -> None:
        nonlocal done
        if stopped.is_set():
            raise BadField(field="", detail="Nobody waits for it any more.", remedy="Ask again.")
        if int(share * STEPS) > done:
            done = int(share * STEPS)
            loop.call_soon_threadsafe(heard.put_nowait, float(share))

    return progress


async def _source(page: Page, source: str) -> Source:
    """What is to be tried.

    Raises: BadField; NotFound.
    """
    kind, _, name = source.partition(":")
    if kind == "without" and name:
        return Source(name, None, (name,), {})
    if kind == "draft" and name:
        found = await page.ask(plan_life.read_draft, draft=name)
        document: dict[str, Any] = found.document
    elif kind == "plan" and name:
        plan, _, position = name.partition("@")
        version = (
            int(position) if position.isascii() and position.isdecimal() and len(position) < 16 else None
        )
        words = await page.ask(plan_words.read_words, plan=plan, version=version)
        document = plan_document(read_text(words.text))
    else:
        raise BadField(
            field="source",
            detail=f"{source[:40]!r} names nothing to try.",
            remedy="Choose a draft or a plan.",
        )
    return Source(name, document, (), dict(read_as_plan(document).parameters))


async def _result(page: Page, found: Simulation, varied: str) -> dict[str, Any]:
    people: list[PersonChange] = sorted(
        (each for each in found.people if each.difference_minor),
        key=lambda each: (-abs(each.difference_minor), each.employee),
    )
    shown = people[:PEOPLE]
    return {
        "found": found,
        "bars": distribution(found),
        "curve": curve(found),
        "varied": varied,
        "people": shown,
        "changed": len(people),
        "plans": await page.plans(),
        "names": await page.names(
            {each.employee for each in shown} | {each.employee for each in found.largest}
        ),
    }

"""The plans in force, and every version of them."""

import datetime as dt
from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter
from psycopg import Cursor

from api.paging import Pages
from api.problems import NotFound
from api.reading import OnDay, Reading, View
from projections import policy
from projections.policy import PlanVersion

PlanInPath = Annotated[str, PathParameter(description="Id of a plan.")]


class PlanRow(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a plan. position: of its adoption. document_hash: SHA-256 of its canonical JSON."""

    plan: str
    position: int
    effective_from: dt.date
    effective_until: dt.date | None
    document_hash: str


class PlanDetail(msgspec.Struct, frozen=True, kw_only=True):
    """All versions of a plan, and the document of the one in force; None when none is."""

    plan: str
    day: dt.date
    versions: list[PlanRow]
    document: dict[str, object] | None


@get(
    "/plans",
    summary="The plans in force",
    tags=["plans"],
    opt={"action": "read_plans", "personal": "none", "reach": "any"},
)
async def read_plans(pages: NamedDependency[Pages], day: OnDay = None) -> Response[list[PlanRow]]:
    """The version of each plan that holds on a day."""
    on = day or pages.today
    versions = await pages.ask(lambda cursor, known_at: policy.plans_in_force(cursor, on, known_at))
    return pages.answer(pages.cut([_row(version) for version in versions]))


@get(
    "/plans/{plan:str}",
    summary="A plan",
    tags=["plans"],
    opt={"action": "read_plans", "personal": "none", "reach": "any"},
)
async def read_plan(
    view: NamedDependency[View],
    reading: NamedDependency[Reading],
    plan: PlanInPath,
    day: OnDay = None,
) -> PlanDetail:
    """Every version that was adopted, and the whole document of the one that holds on a day."""
    on = day or reading.today()

    def question(cursor: Cursor[Any], known_at: int | None) -> PlanDetail:
        versions = [row for row in policy.plan_versions(cursor, known_at) if row.plan == plan]
        if not versions:
            raise unknown_plan(plan)
        held = next((row for row in policy.plans_in_force(cursor, on, known_at) if row.plan == plan), None)
        document = msgspec.json.decode(held.document, type=dict[str, object]) if held else None
        return PlanDetail(plan=plan, day=on, versions=[_row(row) for row in versions], document=document)

    return await view.ask(question)


def unknown_plan(plan: str) -> NotFound:
    """The refusal to tell anything about a plan that there is not."""
    return NotFound(field="plan", detail=f"No plan {plan!r} was adopted.", remedy="See /v1/plans.")


def _row(version: PlanVersion) -> PlanRow:
    return PlanRow(
        plan=version.plan,
        position=version.position,
        effective_from=version.effective_from,
        effective_until=version.effective_until,
        document_hash=version.document_hash,
    )

"""What changes from one version of a plan to another, and the numbers of plans that hold for a person."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from psycopg import Cursor

from api.caller import Caller
from api.people import unknown_person
from api.plans import PlanInPath, unknown_plan
from api.problems import NotFound
from api.reading import EmployeeInPath, PeriodInPath, View, month
from domain.plan.amendment import Amendment, amendment
from projections import policy, roster
from projections.numbers import ResolvedNumbers, resolved_numbers
from projections.policy import PlanVersion


@get(
    "/plans/{plan:str}/diff",
    summary="What changes from one version of a plan to another",
    tags=["plans"],
    opt={"action": "read_plans", "personal": "none", "reach": "any"},
)
async def read_plan_diff(
    view: NamedDependency[View],
    plan: PlanInPath,
    from_: Annotated[
        int, QueryParameter(name="from", ge=1, description="Position of the earlier version's adoption.")
    ],
    to: Annotated[
        int | None, QueryParameter(ge=1, description="Of the later one; of the last version if absent.")
    ] = None,
) -> Amendment:
    """Clause by clause, as sentences in English and Chinese; no differences where both say the same."""

    def question(cursor: Cursor[Any], known_at: int | None) -> Amendment:
        versions = [each for each in policy.plan_versions(cursor, known_at) if each.plan == plan]
        if not versions:
            raise unknown_plan(plan)
        later = versions[-1] if to is None else _at(versions, to, "to")
        return amendment(_at(versions, from_, "from").parsed(), later.parsed())

    return await view.ask(question)


@get(
    "/employees/{employee:str}/plans/{period:str}",
    summary="The numbers that hold for a person, and who set them",
    tags=["people"],
    opt={"action": "read_pay", "personal": "person"},
)
async def read_resolved(
    request: Request[Any, Caller, State],
    view: NamedDependency[View],
    employee: EmployeeInPath,
    period: PeriodInPath,
) -> list[ResolvedNumbers]:
    """Every plan that pays a person in a month: each parameter, target, rate, weight, bound and milestone.

    Each names its level, national, branch, team or person; the position of the fact that set it; and where.
    """
    request.auth.require_about(employee)
    asked = month(period)

    def question(cursor: Cursor[Any], known_at: int | None) -> list[ResolvedNumbers]:
        if not roster.changes(cursor, [employee], known_at):
            raise unknown_person(employee)
        return resolved_numbers(cursor, employee, asked, known_at)

    return await view.ask(question)


def _at(versions: list[PlanVersion], position: int, field: str) -> PlanVersion:
    found = next((each for each in versions if each.position == position), None)
    if found is None:
        positions = ", ".join(str(each.position) for each in versions)
        raise NotFound(
            field=field,
            detail=f"No version of plan {versions[0].plan} was adopted at position {position}.",
            remedy=f"Take one of {positions}.",
        )
    return found

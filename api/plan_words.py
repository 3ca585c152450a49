"""Plans in words: how each stands, what a version says clause by clause, and whether a text is a plan."""

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Any, NamedTuple

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Meta
from psycopg import Cursor

from api.bodies import decoded, read_body
from api.caller import Caller
from api.described import PLAN_TEXT_BODY, operation_with
from api.paging import Pages
from api.plan_yaml import checked, written
from api.plans import PlanInPath, unknown_plan
from api.problems import NotFound
from api.reading import OnDay, Reading, View
from api.watching import shows
from domain.plan.amendment import Amendment, amendment
from domain.plan.document import Plan
from domain.plan.fields import Title
from domain.plan.overrides import Override
from domain.plan.parse import document_hash, parse_plan, plan_document
from domain.plan.problems import PlanInvalid, Problem
from domain.plan.told import ToldClause, told
from projections import plan_standings, policy
from projections.plan_standings import PlanStanding
from projections.policy import PlanVersion
from projections.titles import Titles, titles

Asked = Request[Any, Caller, State]
MAX_BYTES = 1024 * 1024
KEPT_IN_WORDS = 64
"""Documents whose words are kept, about 200 kB each."""


class PlanTold(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a plan in words. position: of its adoption. text: the document as YAML.

    overrides: what branches, teams and people have set below it; of people those whom the token reaches.
    """

    plan: str
    position: int
    title: Title
    currency: str
    effective_from: dt.date
    effective_until: dt.date | None
    document_hash: str
    clauses: tuple[ToldClause, ...]
    overrides: list[Override]
    text: str


class PlanText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plan document as somebody writes it, in YAML."""

    text: Annotated[str, Meta(max_length=500_000)]


class PlanCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a text, each fault with its line and what to do; without a fault, what it says.

    amendment: beside the version that holds on its first day; None where there is none.
    """

    problems: tuple[Problem, ...]
    plan: str | None = None
    title: Title | None = None
    effective_from: dt.date | None = None
    document: dict[str, Any] | None = None
    document_hash: str | None = None
    clauses: tuple[ToldClause, ...] = ()
    amendment: Amendment | None = None


_TEXT = msgspec.json.Decoder(PlanText)


@get(
    "/plan-standings",
    summary="How each plan stands",
    tags=["plans"],
    opt={"action": "read_plans", "personal": "none", "reach": "any"},
)
async def read_standings(pages: NamedDependency[Pages], day: OnDay = None) -> Response[list[PlanStanding]]:
    """Every plan that was adopted or drafted: in force or not, since when, for whom, with its open drafts."""
    on = day or pages.today
    found = await pages.ask(lambda cursor, known_at: plan_standings.plan_standings(cursor, on, known_at))
    return pages.answer(pages.cut(found))


@get(
    "/plans/{plan:str}/words",
    summary="What a plan says, in words",
    tags=["plans"],
    opt={"action": "read_plans", "personal": "people", "reach": "rows"},
)
async def read_words(
    request: Asked,
    view: NamedDependency[View],
    reading: NamedDependency[Reading],
    plan: PlanInPath,
    day: OnDay = None,
    version: Annotated[
        int | None,
        QueryParameter(ge=1, description="Position of an adoption; of the one in force if absent."),
    ] = None,
) -> PlanTold:
    """Clause by clause in English and Chinese, with its parameters, who may set them, and who has."""
    on = day or reading.today()

    def question(cursor: Cursor[Any], known_at: int | None) -> tuple[PlanVersion, list[Override], Titles]:
        versions = [each for each in policy.plan_versions(cursor, known_at) if each.plan == plan]
        if not versions:
            raise unknown_plan(plan)
        found = _version(versions, version, on)
        set_below = [each for each in policy.overrides(cursor, known_at) if each.plan == plan]
        return found, set_below, titles(cursor)

    found, set_below, called = await view.ask(question)
    seen = [each for each in set_below if each.level != "person" or request.auth.reaches(each.scope)]
    shows(request, (each.scope for each in seen if each.level == "person"))
    parsed, words = found.parsed(), in_words(found.document, *called.held.items())
    return PlanTold(
        plan=found.plan,
        position=found.position,
        title=parsed.title,
        currency=parsed.currency,
        effective_from=found.effective_from,
        effective_until=found.effective_until,
        document_hash=found.document_hash,
        clauses=words.clauses,
        overrides=[each for each in seen if (each.effective_until or on) >= on],
        text=words.text,
    )


@post(
    "/plans/checks",
    summary="Check a plan document",
    tags=["plans"],
    status_code=200,
    opt={"action": "read_plans", "personal": "none", "reach": "any"},
    operation_class=operation_with(PLAN_TEXT_BODY),
)
async def check_text(request: Asked, view: NamedDependency[View]) -> PlanCheck:
    """Everything that is wrong with a text, each with its line; or what it says and what it would change.

    Nothing is stored.
    """
    asked: PlanText = decoded(_TEXT, await read_body(request, MAX_BYTES))
    return await text_checked(view, asked.text)


async def text_checked(view: View, text: str) -> PlanCheck:
    """What is wrong with `text`; else what it says, and what it changes."""
    try:
        plan, document = checked(text)
    except PlanInvalid as invalid:
        return PlanCheck(problems=invalid.problems)
    held = plan_document(document)
    clauses, changes = await view.ask(
        lambda cursor, known_at: (told(plan, titles(cursor).of), amends(cursor, plan, known_at))
    )
    return PlanCheck(
        problems=(),
        plan=plan.plan,
        title=plan.title,
        effective_from=plan.effective_from,
        document=held,
        document_hash=document_hash(held),
        clauses=clauses,
        amendment=changes,
    )


def amends(cursor: Cursor[Any], plan: Plan, known_at: int | None) -> Amendment | None:
    """What `plan` would change of the version that holds on its first day; None where none does."""
    held = policy.plans_in_force(cursor, plan.effective_from, known_at)
    before = next((each for each in held if each.plan == plan.plan), None)
    return None if before is None else amendment(before.parsed(), plan, titles(cursor).of)


def read_as_plan(document: dict[str, Any]) -> Plan:
    """The plan of a stored document."""
    return parse_plan(document, file="document")


class InWords(NamedTuple):
    """What a stored document says, clause by clause, and itself as YAML."""

    plan: Plan
    clauses: tuple[ToldClause, ...]
    text: str


@lru_cache(maxsize=KEPT_IN_WORDS)
def in_words(document: str, *called: tuple[tuple[str, str], Title]) -> InWords:
    """The words of a document as it is stored, in JSON; to write them takes tens of milliseconds.

    called: what ids are called, by kind and id.
    """
    held = msgspec.json.decode(document)
    plan = read_as_plan(held)
    return InWords(plan, told(plan, Titles(dict(called)).of), written(held))


def _version(versions: Sequence[PlanVersion], position: int | None, on: dt.date) -> PlanVersion:
    """The version at `position`; else the one that began last by the day, or the first."""
    if position is None:
        return next((each for each in reversed(versions) if each.effective_from <= on), versions[0])
    found = next((each for each in versions if each.position == position), None)
    if found is None:
        raise NotFound(
            field="version",
            detail=f"No version of plan {versions[0].plan} was adopted at position {position}.",
            remedy=f"Take one of {', '.join(str(each.position) for each in versions)}.",
        )
    return found

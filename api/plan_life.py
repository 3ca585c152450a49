"""Drafts of plans with what is said of them, and who has acknowledged which version."""

import datetime as dt
from collections.abc import Collection
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from psycopg import Cursor

from api.caller import Caller
from api.names import read
from api.paging import Pages
from api.plan_words import amends, in_words
from api.planning import draft_named
from api.plans import PlanInPath, unknown_plan
from api.reading import OnDay, View
from api.watching import shows
from domain.journal.vault import Stored, Vault
from domain.plan.amendment import Amendment
from domain.plan.told import ToldClause
from projections import plan_life, plan_readers
from projections.plan_life import Comment, Draft, DraftState
from projections.plan_readers import Readers
from projections.titles import titles

Asked = Request[Any, Caller, State]
NOTES_FOR = frozenset({"manager", "hr", "hr_head"})
"""Roles that read what other people say about drafts."""


class DraftDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A draft, its document, and what is said about it.

    comments: of those whom the reader reaches; an employee sees their own. Their text is null for whom it
    does not concern, and where the person was erased. text: the document as YAML. clauses: what it says, in
    words. amendment: what it changes of the version that holds on its first day; null where none does.
    """

    draft: Draft
    document: dict[str, object]
    comments: list[Comment]
    text: str
    clauses: tuple[ToldClause, ...]
    amendment: Amendment | None


class Acknowledgements(msgspec.Struct, frozen=True, kw_only=True):
    """Versions of a plan, by their first day, with who has read each and who has not, as of a day.

    A page has so many people; a version with more of them stands on the next page, too.
    """

    plan: str
    day: dt.date
    versions: list[Readers]


@get(
    "/plans/drafts",
    summary="Drafts of plans",
    tags=["plans"],
    opt={"action": "read_plans", "personal": "none", "reach": "any"},
)
async def read_drafts(
    pages: NamedDependency[Pages],
    plan: Annotated[str | None, QueryParameter(description="Of this plan only.")] = None,
    state_: Annotated[
        DraftState | None, QueryParameter(name="state", description="Only those that stand so.")
    ] = None,
) -> Response[list[Draft]]:
    """The drafts that were put up, in that order, and what became of each."""
    found = await pages.ask(lambda cursor, known_at: plan_life.drafts(cursor, plan, known_at))
    return pages.answer(pages.cut([each for each in found if state_ in (None, each.state)]))


@get(
    "/plans/drafts/{draft:str}",
    summary="A draft and what is said about it",
    tags=["plans"],
    opt={"action": "read_plans", "personal": "people", "reach": "rows"},
)
async def read_draft(
    request: Asked,
    view: NamedDependency[View],
    vault: NamedDependency[Vault],
    draft: Annotated[str, PathParameter(description="Id of a draft.")],
) -> DraftDetail:
    """The whole document, and the comments in their order.

    A comment is recorded as `plan_commented` with POST /v1/facts, a proposal to adopt the draft as
    `adoption_proposed`; somebody else adopts it with a `plan_adopted` that names draft and proposal.
    """

    def question(cursor: Cursor[Any], known_at: int | None) -> DraftDetail:
        found = draft_named(cursor, draft, known_at)
        said = plan_life.comments(cursor, draft, known_at)
        document = plan_life.draft_document(cursor, draft, known_at) or {}
        words = in_words(msgspec.json.encode(document).decode(), *titles(cursor).held.items())
        return DraftDetail(
            draft=found,
            document=document,
            comments=_shown(cursor, vault, request.auth, said),
            text=words.text,
            clauses=words.clauses,
            # An adopted one is held against what held before.
            amendment=amends(
                cursor, words.plan, (found.closed_at or 1) - 1 if found.state == "adopted" else known_at
            ),
        )

    found = await view.ask(question)
    shows(request, (each.employee for each in found.comments if each.note is not None))
    return found


@get(
    "/plans/{plan:str}/acknowledgements",
    summary="Who has acknowledged a plan, and who has not",
    tags=["plans"],
    opt={"action": "read_people", "personal": "people", "reach": "rows"},
)
async def read_acknowledgements(
    request: Asked,
    pages: NamedDependency[Pages],
    plan: PlanInPath,
    day: OnDay = None,
) -> Response[Acknowledgements]:
    """Each version with those who have read it, and those on a day who are paid by it and have not.

    It shows those whom the token reaches. One acknowledges with a `plan_acknowledged` to POST /v1/facts.
    """
    on = day or pages.today

    def question(cursor: Cursor[Any], known_at: int | None) -> list[Readers]:
        found = plan_readers.readers(cursor, plan, on, known_at)
        if not found:
            raise unknown_plan(plan)
        return found

    versions = await pages.ask(question)
    if (within := request.auth.within) is not None:
        versions = [_only(within, each) for each in versions]
    on_page = pages.cut([(each.position, name) for each in versions for name in _named(each) or [None]])
    people = dict[int, set[str | None]]()
    for position, name in on_page:
        people.setdefault(position, set()).add(name)
    shown = [_only(people[each.position], each) for each in versions if each.position in people]
    shows(request, {name for _, name in on_page if name is not None})
    return pages.answer(Acknowledgements(plan=plan, day=on, versions=shown))


def in_clear(cursor: Cursor[Any], vault: Vault, comments: list[Comment]) -> list[Comment]:
    """`comments` readable; the text of whoever was erased is None.

    Raises: KeysUnavailable.
    """
    stored = [
        Stored(each.position, f"employee:{each.employee}", "note", each.note or "") for each in comments
    ]
    said = read(cursor, vault, stored)
    return [
        msgspec.structs.replace(each, note=said[text]) for each, text in zip(comments, stored, strict=True)
    ]


def _shown(cursor: Cursor[Any], vault: Vault, caller: Caller, comments: list[Comment]) -> list[Comment]:
    seen = [each for each in comments if caller.reaches(each.employee)]
    clear = [each for each in seen if caller.role in NOTES_FOR or each.employee == caller.employee]
    notes = {each.position: each.note for each in in_clear(cursor, vault, clear)}
    return [msgspec.structs.replace(each, note=notes.get(each.position)) for each in seen]


def _only(people: Collection[str | None], version: Readers) -> Readers:
    return msgspec.structs.replace(
        version,
        acknowledged=[each for each in version.acknowledged if each.employee in people],
        missing=[each for each in version.missing if each in people],
    )


def _named(version: Readers) -> list[str]:
    return [*(each.employee for each in version.acknowledged), *version.missing]

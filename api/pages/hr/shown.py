"""What the pages of HR share: the way between them, the day they are about, and the facts that forms make."""

import datetime as dt
import sys
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple
from urllib.parse import quote, urlencode

import msgspec
from litestar import Response
from litestar.handlers import HTTPRouteHandler

from api import titles
from api.own_facts import new_key
from api.pages.page import Page
from api.pages.people import chosen
from api.pages.submitted import converted, text_of
from api.paging import Pages
from api.roles import MAY_RECORD, Action
from domain.facts.base import Fact
from domain.facts.titles import TitledKind
from domain.plan.fields import Title
from domain.refusals import BadField, Refusal
from projections import policy
from projections.titles import Titled


class Section(NamedTuple):
    """A page that all others lead to. key: of its name, `hr.place.KEY`. reach: as its handler declares it."""

    key: str
    path: str
    action: Action
    reach: Literal["rows", "all"]


SECTIONS = (
    Section("overview", "/hr", "read_care", "all"),
    Section("people", "/people", "read_people", "rows"),
    Section("credentials", "/hr/credentials", "read_care", "rows"),
    Section("rosters", "/hr/rosters", "read_care", "rows"),
    Section("alerts", "/hr/alerts", "read_care", "rows"),
    Section("plans", "/hr/plans", "read_care", "rows"),
    Section("posts", "/hr/posts", "read_care", "all"),
    Section("pay", "/hr/pay", "read_pay_ranges", "all"),
    Section("titles", "/hr/titles", "read_care", "all"),
)


async def whole(page: Page, handler: HTTPRouteHandler, **said: Any) -> Any:
    """What `handler` answers with all rows of its list, for a page that counts them."""
    pages = Pages(page.request, page.reading, page.view.known_at, read=0, limit=sys.maxsize)
    return await page.ask(handler, pages=pages, **said)


class InForce(NamedTuple):
    """A plan in force, with what its document calls it and says."""

    plan: str
    title: Title
    document: dict[str, Any]


async def plans_in_force(page: Page, day: dt.date | None) -> list[InForce]:
    """The plans in force, as far as the reader may read plans."""
    if not page.may("read_plans"):
        return []
    on = day or page.reading.today()
    found = await page.view.ask(lambda cursor, known_at: policy.plans_in_force(cursor, on, known_at))
    documents = ((each.plan, msgspec.json.decode(each.document, type=dict[str, Any])) for each in found)
    return [InForce(plan, title_of(document, plan), document) for plan, document in documents]


def title_of(written: Mapping[str, Any], name: str) -> Title:
    """What a part of a document is called; its name where it has no title."""
    said = written.get("title") or name
    return Title(said["en"], said["zh"]) if isinstance(said, dict) else Title(str(said), str(said))


async def shown(
    page: Page,
    template: str,
    section: str,
    *,
    day: dt.date | None = None,
    refusal: Refusal | None = None,
    people: Iterable[str] = (),
    **what: Any,
) -> Response[str]:
    """A page of HR. day: asked for in the address, and kept on the way. people: whose names it says."""
    return await page.answered(
        f"hr/{template}.html",
        refusal,
        section=section,
        sections=[each for each in SECTIONS if _may_read(page, each)],
        day=day,
        today=day or page.reading.today(),
        names=await page.names(people),
        of_person=of_person,
        keep=lambda path, **more: kept(path, day, more),
        may_record=lambda *types: set(types) <= MAY_RECORD.get(page.caller.role, frozenset()),
        words=lambda choices, key: [(each, page.wording.say(f"{key}{each}")) for each in choices],
        key=new_key(),
        **what,
    )


def kept(path: str, day: dt.date | None, more: Mapping[str, object] | None = None) -> str:
    """An address of HR with the day that was asked for and what else it is to say."""
    said = {name: str(value) for name, value in (more or {}).items() if value is not None}
    query = urlencode(said | ({"day": str(day)} if day else {}))
    return f"{path}?{query}" if query else path


def of_person(employee: str) -> str:
    """The address of a person's dossier."""
    return f"/hr/people/{quote(employee, safe='')}"


async def told(page: Page, kind: type[Fact], said: Mapping[str, Any]) -> None:
    """Records the fact that a form makes, in the name of who sends it, and waits until it is counted.

    said: its fields; those that are left empty are absent.
    Raises: BadField, NotAllowed, the Refusal of a rule; Behind.
    """
    page.caller.require_record(kind.TYPE)
    fact = converted(kind, {name: value for name, value in said.items() if value not in ("", None)})
    await page.record(await page.request.form(), fact)


async def filled_in(page: Page) -> dict[str, str]:
    """The fields of the form that was sent, as text."""
    form = await page.request.form()
    return {name: text_of(form, name) for name in form}


async def named_in(page: Page, said: Mapping[str, Any], fields: Iterable[str]) -> dict[str, str]:
    """The ids of the people whom a form names in those of `fields` that are filled in.

    Raises: BadField, Several.
    """
    form = await page.request.form()
    return {field: await chosen(page, form, field) for field in fields if said.get(field)}


PLACES: tuple[TitledKind, ...] = ("post", "department", "team")
"""Where somebody works, besides the branch: what the firm has is offered, and another may be said."""


async def places_offered(page: Page) -> dict[str, list[str]]:
    """What the firm's posts, departments and teams are called, for forms that ask for one."""
    known: list[Titled] = await whole(page, titles.read_titles, kind=[*PLACES])
    called: dict[str, set[str]] = {kind: set() for kind in PLACES}
    for each in known:
        called[each.kind].add(page.wording.called(each.kind, each.id) or each.id)
    return {kind: sorted(names) for kind, names in called.items()}


def placed_in(page: Page, said: Mapping[str, Any]) -> dict[str, str]:
    """The ids of the posts, departments and teams that a form names, by title or by id."""
    return {kind: page.wording.id_called(kind, str(said[kind])) for kind in PLACES if said.get(kind)}


def day_of(form: Mapping[str, str], name: str = "day") -> dt.date | None:
    """A day that a form names; None where it names none.

    Raises: BadField.
    """
    written = form.get(name, "")
    if not written:
        return None
    try:
        return dt.date.fromisoformat(written)
    except ValueError:
        raise BadField(
            field=name, detail=f"{written[:40]!r} is not a day.", remedy="Write it as 2025-03-31."
        ) from None


def _may_read(page: Page, section: Section) -> bool:
    return page.may(section.action) and (section.reach == "rows" or page.caller.scope == "all")

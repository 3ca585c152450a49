"""A page under way: who reads it and how, what the API answers them, and the template it fills."""

import asyncio
import inspect
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec
from litestar import MediaType, Request, Response
from litestar.datastructures import FormMultiDict, State
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from psycopg import Cursor

from api.auth import signed_in
from api.bulk.building import Building
from api.caller import Caller
from api.facts import within_rights
from api.intake import Intake, Stored
from api.intake.intake import DEFAULT_ZONE
from api.names import names_of
from api.own_facts import in_own_name, new_key, record, require_self
from api.pages.languages import chosen
from api.pages.navigation import Entry, Navigation, followed_at
from api.pages.refusals import Told, told
from api.pages.serving import Serving
from api.pages.submitted import text_of
from api.pages.templates import environment
from api.pages.wording import Wording
from api.paging import PAGE, Pages
from api.payslip_page import Page as Slip
from api.printing import page_asked, print_statement
from api.problems import NotFound
from api.reading import Reading, View, counted_position
from api.roles import MAY, MAY_RECORD, Action
from api.telling import UNTITLED
from api.watching import shows
from api.writing import Writing
from domain.facts.base import Fact
from domain.plan.document import Plan
from domain.refusals import Refusal
from projections import policy
from projections.titles import Titles, titles

_ID = re.compile(r"[\w./-]*\w")

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Vary": "Accept-Language, Cookie",
}
"""Of every page: it loads from here only, runs nothing written into it, and is framed by nobody."""

Asked = Request[Any, Caller, State]


class Site(NamedTuple):
    """What all pages share. navigation: where one can go, as far as one may.

    followed: the pages that are shown anew as facts come, by the form of their address. serving: whom places
    of the navigation serve.
    """

    intake: Intake
    navigation: Navigation
    followed: Mapping[str, HTTPRouteHandler]
    serving: Serving

    def entries(self, caller: Caller, under: str | None) -> list[Entry]:
        """The places of the navigation that serve `caller`."""
        return self.navigation.of(caller, under, self.serving.with_clients(caller.employee))

    @property
    def zone(self) -> ZoneInfo:
        """That of the ledger."""
        opened = self.intake.opened()
        return ZoneInfo(opened.zone if opened else DEFAULT_ZONE)

    @property
    def firm(self) -> str:
        """Whose ledger it is."""
        opened = self.intake.opened()
        return opened.name if opened else ""

    @property
    def currency(self) -> str:
        """That of the ledger."""
        opened = self.intake.opened()
        return opened.currency if opened else ""

    def wording(self, request: Request[Any, Any, Any], called: Titles = UNTITLED) -> Wording:
        """How things are said to whoever asks. called: what ids are called."""
        return Wording(chosen(request), self.zone, called)


class Page:
    """One page for one reader. `given`: by name, what the handlers of the API ask for beside the path.

    called: what ids are called now, also on a page of the past. position: what was counted before anything
    was asked, of a page that follows what comes after.
    """

    def __init__(
        self,
        request: Asked,
        site: Site,
        given: Mapping[str, Any],
        called: Titles,
        position: int | None = None,
    ) -> None:
        self.request, self.site, self._position = request, site, position
        self.reading: Reading = given["reading"]
        self.wording = site.wording(request, called)
        self._given = {"request": request, **given}

    @property
    def view(self) -> View:
        """What of the past is asked for."""
        return self._given["view"]

    def now(self) -> View:
        """The view of all that is known, whatever of the past the page is asked for."""
        return View(self.reading, None)

    @property
    def writing(self) -> Writing:
        """The way in for what a form says."""
        return self._given["writing"]

    @property
    def building(self) -> Building:
        """Where the files of exports are built."""
        return self._given["building"]

    @property
    def caller(self) -> Caller:
        """Who reads."""
        return self.request.auth

    async def ask(self, handler: HTTPRouteHandler, **said: Any) -> Any:
        """What `handler`, an address of the API, answers the same caller; it checks their rights itself.

        Of a list it is the first page, or that after `offset` rows, of `limit` rows if that is said.
        Raises: the Refusal that it would answer with.
        """
        if not handler.opt.get("open"):
            self.caller.require(handler.opt["action"])
        wanted = inspect.signature(handler.fn).parameters
        given = {name: self._given[name] for name in wanted if name in self._given}
        if "pages" in wanted and "pages" not in said:  # a list: as much of it as one page of the API has
            read, limit = said.pop("offset", 0), said.pop("limit", PAGE)
            given["pages"] = Pages(self.request, self.reading, self.view.known_at, read=read, limit=limit)
        answer = await handler.fn(**{**given, **said})
        return answer.content if isinstance(answer, Response) else answer

    async def send(self, handler: HTTPRouteHandler, said: object, **path: Any) -> Any:
        """As `ask`, of an address that reads a body: what a form says, as the JSON that a program would send.

        Raises: the Refusal that it would answer with.
        """
        body = msgspec.json.encode(said)

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        scope = {**self.request.scope, "headers": [(b"content-type", b"application/json")]}
        return await self.ask(handler, request=Request(scope, receive), **path)  # type: ignore[arg-type]

    async def ask_if_any(self, handler: HTTPRouteHandler, **said: Any) -> Any:
        """As `ask`; None where there is nothing of the kind."""
        try:
            return await self.ask(handler, **said)
        except NotFound as refusal:
            if refusal.field in said:
                raise
            return None

    async def slip(self, employee: str, period: str) -> Slip | None:
        """What the printed statement says; None where nothing is due."""
        self.caller.require(print_statement.opt["action"])
        try:
            return await page_asked(
                self.request, self.view, self._given["vault"], employee, period, self.wording.lang
            )
        except NotFound as refusal:
            if refusal.field == "employee":
                raise
            return None

    async def told(self, refusal: Refusal) -> Told:
        """`refusal` in the language of the reader, with the names of those of its people whom they reach."""
        words = set(_ID.findall(f"{refusal.detail} {refusal.remedy}"))
        found = await self.names(each for each in words if self.caller.reaches(each))
        shows(self.request, found)
        names = {employee: self.wording.named(name, employee) for employee, name in found.items()}
        return told(self.wording, refusal, names)

    async def answered(self, template: str, refusal: Refusal | None, **shown: Any) -> Response[str]:
        """A page with a form; with what was wrong, where it was sent and refused."""
        problem = None if refusal is None else await self.told(refusal)
        return await self.rendered(
            template, status=problem.status if problem else 200, problem=problem, **shown
        )

    async def record(self, form: FormMultiDict, fact: Fact) -> Stored:
        """Records what a form says, in the name of the reader, and waits until it is counted.

        It counts once for each form that was shown, by its `key`.
        Raises: NotAllowed; the Refusal of a rule; Behind.
        """
        caller = self.caller
        key = f"{fact.TYPE.replace('_', '-')}/{text_of(form, 'key') or new_key()}"
        submission = in_own_name(caller, fact, key)
        return await record(self.request, self.writing, self.reading, within_rights(submission, caller))

    def gone_to(self, address: str) -> Response[str]:
        """On to another page, after a form: loading that again sends nothing twice."""
        return Response("", status_code=303, headers={**HEADERS, "Location": address})

    def require_self(self, employee: str) -> None:
        """Lets people fill in only what they say of themselves.

        Raises: NotAllowed.
        """
        detail = "This form is for the person themselves."
        require_self(self.caller, employee, detail, f"Sign in as {employee}.")

    async def names(self, employees: Iterable[str]) -> dict[str, str]:
        """The names of people whom an answer to this reader has named already."""
        wanted = set(employees)
        return await self.view.ask(
            lambda cursor, known_at: names_of(cursor, self._given["vault"], wanted, known_at)
        )

    async def plans(self) -> dict[str, Plan]:
        """The last version of each plan, for what it and its parts are called."""
        found = await self.view.ask(lambda cursor, known_at: policy.plan_versions(cursor, known_at))
        return {each.plan: each.parsed() for each in found}

    def may(self, action: Action) -> bool:
        """Whether the reader's role includes `action`."""
        return action in MAY[self.caller.role]

    def may_record(self, kind: type[Fact]) -> bool:
        """Whether the reader's role writes facts of this kind."""
        return self.may("record") and kind.TYPE in MAY_RECORD.get(self.caller.role, frozenset())

    async def rendered(
        self, template: str, *, live: str | bool = True, status: int = 200, **shown: Any
    ) -> Response[str]:
        """The page. live: whether it is shown anew as what it follows comes; or a stream of its own for that.

        A page of another day or position stays as it is, in any case.
        """
        if self._position is None or self.view.known_at is not None or self.request.query_params.get("day"):
            live = False
        elif live is True:
            here = cast("HTTPRouteHandler", self.request.scope["route_handler"])
            live = followed_at(here, self.request.path_params.get("employee"))
        followed = {"live": live or None, "position": self._position}
        return html_answer(await self.html(template, **shown, **followed), status)

    async def html(self, template: str, **shown: Any) -> str:
        """What `template` comes to, for whoever reads: a page, or a part of one that is sent bit by bit."""
        shown |= {"caller": self.caller}
        return await asyncio.to_thread(render, self.site, self.request, self.wording, template, shown)


async def page(
    request: Asked,
    site: NamedDependency[Site],
    services: NamedDependency[Mapping[str, Any]],
    view: NamedDependency[View],
    writing: NamedDependency[Writing],
) -> Page:
    """The page that a request is for."""
    given = {**services, "view": view, "writing": writing}
    follows = request.scope["route_handler"].opt.get("follows")
    reading: Reading = given["reading"]
    employee, today = request.auth.employee, reading.today()

    def question(cursor: Cursor[Any]) -> tuple[int, Titles]:
        counted = counted_position(cursor)
        if employee is not None:
            site.serving.look(cursor, employee, today, counted)
        return counted, titles(cursor)

    counted, called = await reading.ask(question)
    return Page(request, site, given, called, counted if follows else None)


def html_answer(html: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response[str]:
    """A page as it is sent."""
    return Response(
        html, status_code=status, media_type=MediaType.HTML, headers={**HEADERS, **(headers or {})}
    )


def render(
    site: Site, request: Request[Any, Any, Any], wording: Wording, template: str, shown: Mapping[str, Any]
) -> str:
    """The HTML of `template` within the layout that all pages share."""
    caller: Caller | None = shown.get("caller")
    route = request.scope.get("route_handler")
    under = route.opt.get("under") if route is not None else None
    query = request.scope["query_string"].decode("latin-1")
    return (
        environment()
        .get_template(template)
        .render(
            say=wording.say,
            wording=wording,
            firm=site.firm,
            entries=site.entries(caller, under) if caller else [],
            csrf_token=_csrf_token(request),
            here=request.url.path + (f"?{query}" if query else ""),
            **{"live": None, "position": None, **shown},
        )
    )


def _csrf_token(request: Request[Any, Any, Any]) -> str:
    """What a form of the page sends along, if its reader is in a session."""
    own = signed_in(request)
    return own.csrf_token if own else ""


def page_of(employee: str) -> str:
    """The address of the page about a person."""
    return f"/employees/{quote(employee, safe='')}"


environment().globals["page_of"] = page_of

"""R88: every address × role × scope × whose data, as one table declares it, over one served firm.

The person who holds the narrow tokens manages somebody through somebody else, in another branch, and shares
their own branch with a colleague; so each scope reaches other people than the next.
"""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from itertools import cycle, islice, product
from typing import NamedTuple
from urllib.parse import quote, urlencode, urlsplit

import pytest
from conftest import new_database
from five import BELOW, BESIDE, BETWEEN, OTHER, OWN, PEOPLE, tell_all
from httpx import Client
from litestar.handlers import HTTPRouteHandler
from served import Service, fact, served
from verdicts import VERDICTS, Verdict, missing

from api import app as composition
from api.reach import declared_reach
from api.roles import MAY, ROLES, SCOPES, Role, ScopeName
from api.tokens import Tokens, token_file

REACHED: dict[ScopeName, set[str]] = {
    "self": {OWN},
    "team": {OWN, BELOW, BETWEEN},
    "branch": {OWN, BESIDE},
    "all": {OWN, BELOW, BETWEEN, BESIDE, OTHER},
}
ON = "2025-03-04"
PLACES = {
    "example": "device-rep",
    "period": "2025-03",
    "position": "1",
    "board": "best",
    "plan": "selling",
    "draft": "D1",
    "proposal": "1",
    "alert": "stressed",
    "inquiry": f"Q-{OTHER}",
    "kind": "k",
    "contract": f"K-{OTHER}",
    "test": "T1",
    "customer": "none",
    "swap": "none",
    "path": "0/000",
    "name": "none",
    "session": "none",
    "id": "none",
    "entry": "0" * 32,
    "webhook": "wh_0",
    "message": "msg_0",
}


class Asking(NamedTuple):
    """A request and who makes it. target: whose data it names; None where it names nobody's."""

    name: str
    role: Role
    scope: ScopeName
    target: str | None


TOLD = {
    "GET /v1/milestones",
    "GET /v1/growth",
    "GET /v1/alerts",
    "GET /v1/notices",
    "GET /v1/interventions",
    "GET /v1/credentials",
    "GET /v1/inquiries",
    "GET /v1/payroll/holds",
    "GET /v1/plans/{plan}/acknowledgements",
    "GET /v1/plans/drafts/{draft}",
    "GET /v1/plans/{plan}/words",
    "GET /v1/shifts/overtime",
}
"""Addresses about rows that tell of everybody in this firm to whom reaches everybody."""


class Doors:
    """Tokens of each role and scope, and a quick way to ask with them."""

    def __init__(self, service: Service) -> None:
        made = Tokens(token_file(service.settings.home))
        self._host = urlsplit(service.url).netloc
        self._tokens = {
            (role, scope): made.make(role, f"{role}.{scope}", OWN if scope != "all" else None, scope=scope)
            for role, scope in product(ROLES, SCOPES)
            if (role == "employee") <= (scope == "self")
        }

    def scopes(self, role: Role) -> list[ScopeName]:
        """The scopes that a token of `role` may have."""
        return [scope for own, scope in self._tokens if own == role]

    def ask(self, askings: list[Asking]) -> Iterator[tuple[Asking, int, str]]:
        """Status and text of each answer, over one connection."""
        connection = HTTPConnection(self._host, timeout=60)
        for asking in askings:
            method, _, path = asking.name.partition(" ")
            headers = {"Authorization": f"Bearer {self._tokens[asking.role, asking.scope]}"}
            connection.request(method, address(path, asking), "{}" if method == "POST" else None, headers)
            answer = connection.getresponse()
            if answer.headers.get_content_type() == "text/event-stream":  # it has no end: its first event
                yield asking, answer.status, b"".join(iter(answer.readline, b"\n")).decode()
                connection.close()
            else:
                yield asking, answer.status, answer.read().decode("utf-8", "replace")
        connection.close()


def address(path: str, asking: Asking) -> str:
    """The path and query of a request."""
    verdict = VERDICTS[asking.name]
    assert isinstance(verdict, Verdict)
    places = PLACES | {"employee": asking.target or OWN}
    query = dict(verdict.asks)
    if verdict.by and asking.target:
        query[verdict.by] = asking.target
    if asking.name in ("GET /v1/alerts", "GET /v1/growth", "GET /v1/shifts/overtime"):
        query["day"] = ON
    found = re.sub(r"\{(\w+)\}", lambda name: quote(places[name[1]]), path)
    return f"{found}?{urlencode(query)}" if query else found


@pytest.fixture(scope="module")
def firm(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with new_database(postgres, template) as dsn, served(dsn, tmp_path_factory.mktemp("home")) as made:
        tell_all(made)
        yield made


@pytest.fixture(scope="module")
def doors(firm: Service) -> Doors:
    """Made once: the short form and the long one ask with the same tokens."""
    return Doors(firm)


@pytest.mark.rule("R88")
def test_every_address_has_a_verdict_and_declares_the_same(firm: Service) -> None:
    """An address that is new, or gone, fails here and is told what to write where."""
    lacking = missing(firm.http.get("/schema/openapi.json").json())
    assert not lacking, f"\n{lacking}"
    declared = {
        re.sub(r"\{(\w+)(:\w+)?\}", r"{\1}", f"{method} /v1{path}"): handler.opt
        for handler in composition.HANDLERS
        if isinstance(handler, HTTPRouteHandler)
        for path in handler.paths
        for method in handler.http_methods
    }
    for name, opt in declared.items():
        verdict = VERDICTS[name]
        if isinstance(verdict, Verdict):
            assert (opt.get("action"), declared_reach(opt)) == verdict[:2], f"{name}: opt and table differ"
        else:
            assert opt.get("open"), name


@pytest.mark.rule("R88")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("people", [2, pytest.param(len(PEOPLE), marks=pytest.mark.soak)])
def test_every_address_for_every_role_scope_and_person(doors: Doors, people: int) -> None:
    """403 exactly where the table says so, and no row ever tells of somebody out of reach.

    Of the five persons each role and scope asks about two, in turns, so that each scope asks about all; about
    each of them in the long form.
    """
    askings = [
        asking
        for name, verdict in VERDICTS.items()
        if verdict != "open"
        for asking in asked(name, doors, people)
    ]
    assert len(askings) > 1000
    with ThreadPoolExecutor(2) as pool:
        answers = [
            each for found in pool.map(list, map(doors.ask, (askings[::2], askings[1::2]))) for each in found
        ]
    wrong = [problem for answer in answers if (problem := judged(*answer))]
    assert not wrong, "\n".join(wrong[:20])
    told = {
        asking.name
        for asking, status, text in answers
        if asking[1:] == ("hr_head", "all", None) and status == 200 and all(f'"{p}"' in text for p in PEOPLE)
    }
    assert told >= TOLD, f"nothing about everybody, so nothing was tried: {TOLD - told}"


def asked(name: str, doors: Doors, people: int) -> Iterator[Asking]:
    """Every way to ask at an address: by each role and scope, about so many of those whom it can name."""
    turns = cycle(PEOPLE)
    verdict = VERDICTS[name]
    assert isinstance(verdict, Verdict)
    for role in ROLES:
        may = verdict.action in MAY[role]
        for scope in doors.scopes(role) if may else doors.scopes(role)[:1]:
            names_one = verdict.reach == "person" or verdict.by is not None
            if verdict.reach != "person":
                yield Asking(name, role, scope, None)
            if names_one:
                for target in islice(turns, people if may else 1):
                    yield Asking(name, role, scope, target)


def judged(asking: Asking, status: int, text: str) -> str:
    """What is wrong with an answer; nothing where it is as declared."""
    verdict = VERDICTS[asking.name]
    assert isinstance(verdict, Verdict)
    reached = REACHED[asking.scope]
    may = verdict.action in MAY[asking.role]
    may &= verdict.reach != "all" or asking.scope == "all"
    may &= asking.target is None or asking.target in reached
    if status in (401, 500) or (status == 403) is may:
        return f"{asking}: {status}, {'allowed' if may else 'refused'} was declared: {text[:200]}"
    leaked = [] if verdict.reach == "any" else [p for p in PEOPLE if p not in reached and f'"{p}"' in text]
    return f"{asking}: tells of {leaked}" if leaked else ""


def clients_seen(firm: Service, client: Client, positions: dict[str, int]) -> tuple[set[str], set[str]]:
    """Whose clients are listed, and whose clients' names can be read."""
    listed = client.get("/v1/customers", params={"at_least": firm.head()})
    readable = {
        person
        for person, position in positions.items()
        if (answer := client.get(f"/v1/facts/{position}/personal")).status_code == 200
        and answer.json()["texts"]["name"] == f"Hospital of {person}"
    }
    seen = {
        each["customer"].removeprefix("C-") for each in (listed.json() if listed.status_code == 200 else ())
    }
    for person in PEOPLE:
        asked = client.get("/v1/customers", params={"customer": f"C-{person}"})
        assert asked.status_code == (200 if person in seen else 403), asked.text
    return seen, readable


@pytest.mark.rule("R60")
def test_a_client_is_seen_by_its_owner_their_assistant_and_their_managers_alone(firm: Service) -> None:
    """Neither HR, nor payroll, nor an auditor, nor an administrator; and no longer by who had it before."""
    registered = firm.http.get("/v1/facts", params={"type": "customer_registered"}).json()["facts"]
    positions = {each["data"]["customer"].removeprefix("C-"): each["position"] for each in registered}
    assert "Hospital" not in json.dumps(registered)
    assistant, owner = firm.client("employee", BESIDE), firm.client("employee", OTHER)
    team, everybody = firm.client("manager", OWN, "team"), firm.client("manager")
    expected = {
        firm.client("employee", OWN): {OWN},
        owner: {OTHER},
        assistant: {BESIDE, OTHER},
        team: {OWN, BELOW},
        firm.client("manager", OWN, "branch"): {OWN, BESIDE},
        everybody: set(PEOPLE),
    } | {firm.client(role): set[str]() for role in ROLES if role not in ("employee", "manager")}
    for client, people in expected.items():
        assert clients_seen(firm, client, positions) == (people, people)
    given = fact("customer_assigned", {"employee": BELOW, "customer": f"C-{OTHER}"})
    assert firm.http.post("/v1/facts", json=given).status_code == 201
    for client, people in ((owner, set[str]()), (assistant, {BESIDE}), (team, {OWN, BELOW, OTHER})):
        assert clients_seen(firm, client, positions) == (people, people)


@pytest.mark.rule("R60")
def test_nobody_takes_a_client_of_somebody_whom_they_do_not_reach(firm: Service) -> None:
    """Neither by assigning it to one of theirs nor by registering it anew; their own change hands."""
    team = firm.client("manager", OWN, "team")

    def told(type: str, employee: str, customer: str) -> dict[str, object]:
        return fact(type, {"employee": employee, "customer": f"C-{customer}"})

    for type in ("customer_assigned", "customer_registered"):
        taken = team.post("/v1/facts", json=told(type, BELOW, BESIDE))
        assert (taken.status_code, taken.json()["field"]) == (403, "data.customer"), taken.text
    batch = [told("customer_assigned", OWN, BELOW), told("customer_assigned", OWN, BESIDE)]
    parts = team.post("/v1/facts:batch?atomic=false", json=batch).json()["outcomes"]
    assert ["problem" in each for each in parts] == [False, True]
    assert team.post("/v1/facts", json=told("customer_assigned", BELOW, BELOW)).status_code == 201
    refused = firm.client("hr", OWN, "branch").post("/v1/facts", json=told("customer_registered", OWN, OTHER))
    assert refused.status_code == 403


@pytest.mark.rule("R60")
def test_clients_are_listed_page_by_page(firm: Service) -> None:
    manager = firm.client("manager")
    first = manager.get("/v1/customers", params={"limit": 3, "at_least": firm.head()})
    rest = manager.get(first.links["next"]["url"])
    found = [each["customer"] for page in (first, rest) for each in page.json()]
    assert found == sorted(f"C-{person}" for person in PEOPLE)
    assert "next" not in rest.links

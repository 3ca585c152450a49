"""R88 as far as it is built: every address against every role, the database's role, and where it listens.

What is refused here is refused before anything is looked up: a refusal has no body but the problem.
"""

import re
from collections.abc import Iterator
from typing import Any, get_args

import httpx
import psycopg
import pytest
from litestar.handlers import HTTPRouteHandler
from served import Service, answered

from api import app as composition
from api.roles import MAY, MAY_RECORD, ROLES, Action, Role
from api.settings import Settings, read_settings
from api.watching import Personal
from domain.facts.registry import FACT_TYPES
from domain.journal.connection import connect

PLACES = {
    "{employee}": "E1",
    "{period}": "2025-03",
    "{position}": "1",
    "{board}": "b",
    "{plan}": "p",
    "{kind}": "k",
}
OPEN = {
    "/health/live",
    "/xapi/about",
    "/health/ready",
    "/metrics",
    "/schema/openapi.json",
    "/v1/problems/{kind}",
    "/v1/checkpoint",
}
"""What anybody may ask: nothing of it is about a person or an amount."""


def handlers() -> dict[str, HTTPRouteHandler]:
    """Every handler of the service by method and template of its address."""
    return {
        f"{method} /v1{path}": handler
        for handler in composition.HANDLERS
        if isinstance(handler, HTTPRouteHandler)
        for path in handler.paths
        for method in handler.http_methods
    }


@pytest.fixture(scope="module")
def clients(service: Service) -> dict[Role, httpx.Client]:
    return {role: service.client(role, "E1" if role == "employee" else None) for role in ROLES}


@pytest.fixture(scope="module")
def addresses(service: Service) -> list[tuple[str, str]]:
    """Method and template of every address that the service describes."""
    document = service.http.get("/schema/openapi.json").json()
    return [(method.upper(), path) for path, item in document["paths"].items() for method in item]


def address(path: str) -> str:
    return re.sub(r"\{\w+\}", lambda name: PLACES.get(name[0], "1"), path)


@pytest.mark.rule("R24")
def test_every_address_declares_whether_it_shows_personal_data() -> None:
    """And under which action; or that it is open, and then it shows none."""
    silent = [
        name
        for name, handler in handlers().items()
        if not handler.opt.get("open")
        and (
            handler.opt.get("personal") not in get_args(Personal)
            or handler.opt.get("action") not in get_args(Action)
        )
    ]
    assert not silent, f"declare opt={{'action': …, 'personal': …}}: {silent}"


@pytest.mark.rule("R24")
def test_what_is_about_the_person_of_an_address_has_one_in_it() -> None:
    for name, handler in handlers().items():
        if "{employee" in name:
            assert handler.opt["personal"] == "person", name
        if handler.opt.get("personal") == "person":
            assert "{employee" in name, name


@pytest.mark.rule("R88")
def test_only_these_addresses_are_open(addresses: list[tuple[str, str]], service: Service) -> None:
    with httpx.Client(base_url=service.url) as stranger:
        answered = {
            path for method, path in addresses if stranger.request(method, address(path)).status_code != 401
        }
    assert answered | {"/schema/openapi.json"} <= OPEN


@pytest.mark.rule("R88")
def test_no_token_no_answer(addresses: list[tuple[str, str]], service: Service) -> None:
    """Nor with a wrong one, another scheme, or one in the address; the answer is a bare problem."""
    tries: list[dict[str, Any]] = [
        {},
        {"headers": {"Authorization": "Bearer mb_wrong"}},
        {"headers": {"Authorization": "Basic YTpi"}},
        {"headers": {"Authorization": service.http.headers["Authorization"].replace("Bearer", "Token")}},
    ]
    with httpx.Client(base_url=service.url) as stranger:
        for method, path in addresses:
            if path in OPEN:
                continue
            for one in tries:
                answer = stranger.request(method, address(path), **one)
                assert answer.status_code == 401, (path, one)
                require_bare(answer, "unauthenticated")
        query = {"token": "x"}
        assert stranger.get("/v1/facts", params=query).status_code == 422


@pytest.mark.rule("R88")
@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_what_it_may_and_nothing_else(
    role: Role, addresses: list[tuple[str, str]], clients: dict[Role, httpx.Client]
) -> None:
    by_name = handlers()
    for method, path in addresses:
        handler = next(
            (each for name, each in by_name.items() if plain(name) == plain(f"{method} {path}")), None
        )
        if handler is None or handler.opt.get("open"):
            continue
        answer = answered(clients[role], method, address(path))
        may = handler.opt["action"] in MAY[role]
        assert (answer.status_code == 403) is not may, (method, path, answer.text)
        if not may:
            require_bare(answer, "not-allowed")


@pytest.mark.rule("R88")
def test_an_employee_sees_nobody_else(
    addresses: list[tuple[str, str]], clients: dict[Role, httpx.Client]
) -> None:
    about_people = [path for method, path in addresses if method == "GET" and "{employee}" in path]
    assert len(about_people) > 5
    for path in about_people:
        wanted = {"plan": "p", "measure": "m"} if path.endswith("/evidence") else {}
        answer = clients["employee"].get(address(path).replace("E1", "E2"), params=wanted)
        assert answer.status_code == 403, path
        require_bare(answer, "not-allowed")


@pytest.mark.rule("R88")
def test_a_fact_is_written_by_those_who_may_write_its_type(clients: dict[Role, httpx.Client]) -> None:
    """Refused by right where MAY_RECORD says no; else it gets as far as its missing fields."""
    for role in ROLES:
        for type in FACT_TYPES:
            sent = {
                "type": type,
                "source": "employee/E1",
                "key": "k",
                "occurred_at": "2025-03-04T09:30:00+08:00",
                "data": {},
            }
            answer = clients[role].post("/v1/facts", json=sent)
            expected = 422 if type in MAY_RECORD.get(role, frozenset()) else 403
            assert answer.status_code == expected, (role, type, answer.text)


@pytest.mark.rule("R88")
def test_no_answer_and_no_page_names_another_host(
    addresses: list[tuple[str, str]], clients: dict[Role, httpx.Client]
) -> None:
    for method, path in addresses:
        answer = answered(clients["administrator"], method, address(path))
        assert not re.search(r"https?://(?!127\.0\.0\.1|localhost)", answer.text), path
        assert not re.search(r"https?://(?!127\.0\.0\.1|localhost)", str(answer.headers)), path


@pytest.mark.rule("R88")
def test_by_default_only_this_machine_reaches_the_service(tmp_path: Any) -> None:
    assert Settings(home=tmp_path).host == "127.0.0.1"
    assert read_settings({}, tmp_path).host == "127.0.0.1"


@pytest.mark.rule("R88")
def test_a_served_address_is_of_this_machine(service: Service) -> None:
    listening = {c.laddr.ip for c in service.process.net_connections("inet") if c.status == "LISTEN"}
    assert listening == {"127.0.0.1"}


TABLES = """
select table_name, privilege_type from information_schema.role_table_grants
where table_schema = 'ledger' and grantee in ('meritbook_service', 'PUBLIC')"""


@pytest.fixture
def database(service: Service) -> Iterator[psycopg.Connection]:
    """The service's own role on the service's own ledger."""
    assert service.settings.database_url
    with connect(service.settings.database_url, service.settings.ledger, autocommit=True) as connection:
        yield connection


APPENDED_ONLY = {"journal", "migration"}


@pytest.mark.rule("R88")
def test_the_services_role_rules_over_nothing(database: psycopg.Connection) -> None:
    attributes = database.execute(
        "select rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls from pg_roles "
        "where rolname = current_user"
    ).fetchone()
    assert database.execute("select current_user").fetchone() == ("meritbook_service",)
    assert attributes == (False,) * 5
    owned = database.execute("select relname from pg_class where relowner = current_user::regrole").fetchall()
    assert owned == []


@pytest.mark.rule("R88")
def test_no_table_may_be_truncated_referenced_or_given_triggers(database: psycopg.Connection) -> None:
    rights = set(database.execute(TABLES).fetchall())
    assert {right for _, right in rights} <= {"SELECT", "INSERT", "UPDATE", "DELETE"}
    for table in APPENDED_ONLY:
        assert {right for name, right in rights if name == table} <= {"SELECT", "INSERT"}, table


@pytest.mark.rule("R88")
@pytest.mark.parametrize(
    "statement",
    [
        "update journal set actor = 'x'",
        "delete from journal",
        "truncate journal",
        "truncate trail",
        "drop table trail",
        "alter table trail add column x int",
        "create table ledger.elsewhere ()",
        "create schema elsewhere",
        "create function f() returns int language sql as 'select 1'",
        "create role somebody",
        "copy journal to program 'cat'",
        "copy journal to '/tmp/journal'",
        "select pg_read_file('/etc/passwd')",
        "alter role meritbook_service superuser",
        "alter system set fsync = off",
    ],
)
def test_the_services_role_is_denied(database: psycopg.Connection, statement: str) -> None:
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedObject,
                        psycopg.errors.InvalidParameterValue)):  # fmt: skip
        database.execute(statement)  # type: ignore[arg-type]


def plain(name: str) -> str:
    """`GET /v1/facts/{position:int}` as OpenAPI writes it."""
    return re.sub(r"\{(\w+)(:\w+)?\}", r"{\1}", name)


def require_bare(answer: httpx.Response, kind: str) -> None:
    """Checks that an answer is a problem of a kind, and says nothing of what was asked for."""
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    assert problem["type"] == f"/v1/problems/{kind}"
    assert set(problem) <= {"type", "title", "status", "detail", "field", "remedy", "request_id"}
    assert "seller" not in answer.text

"""What takes too long, or too much at once, is answered with a problem that says when to ask again."""

import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import psycopg
import pytest
from conftest import new_database
from psycopg import sql
from raw_http import connected, problem_of, started
from served import LEDGER, Service, served

REQUESTS_AT_ONCE = 14
OF_ONE_CALLER = 2


@pytest.fixture(scope="module")
def bounded(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with (
        new_database(postgres, template) as dsn,
        served(
            dsn,
            tmp_path_factory.mktemp("s"),
            body_seconds=1,
            question_seconds=1,
            requests_at_once=REQUESTS_AT_ONCE,
            token_requests_at_once=OF_ONE_CALLER,
        ) as made,
    ):
        yield made


def half_sent(service: Service, path: str, token: str = "", kind: str = "application/json") -> bytes:
    """A request whose body of 100 bytes has begun."""
    given = f"Authorization: {token}\r\n" if token else ""
    return (
        f"POST {path} HTTP/1.1\r\nHost: x\r\n{given}Content-Type: {kind}\r\nContent-Length: 100\r\n\r\nname="
    ).encode()


@pytest.mark.parametrize("path", ["/v1/facts", "/v1/facts:batch", "/scim/v2/Users"])
def test_a_body_that_does_not_come_is_hung_up_on_whoever_sends_it(bounded: Service, path: str) -> None:
    began = time.monotonic()
    with connected(bounded.url) as connection:
        connection.sendall(half_sent(bounded, path, bounded.http.headers["Authorization"]))
        connection.sendall(b"a")
        assert problem_of(connection)[:2] == (408, "/v1/problems/body-too-slow")
    assert 0.9 < time.monotonic() - began < 5


def test_a_form_that_drips_is_hung_up_on_before_anybody_is_known(bounded: Service) -> None:
    """Each byte is no reprieve: the whole body has its time."""
    began = time.monotonic()
    with connected(bounded.url) as connection:
        connection.sendall(half_sent(bounded, "/sign-in", kind="application/x-www-form-urlencoded"))
        for _ in range(6):
            connection.sendall(b"a")
            time.sleep(0.1)
        status, kind, problem = problem_of(connection)
    assert (status, kind) == (408, "/v1/problems/body-too-slow")
    assert problem["detail"] == "The body took longer than 1 s." and problem["remedy"]
    assert time.monotonic() - began < 5


def test_a_body_that_comes_in_parts_within_its_time_is_taken(bounded: Service) -> None:
    body = b'{"type": "visit_recorded"}'
    with connected(bounded.url) as connection:
        head = f"POST /v1/facts HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
        token = bounded.http.headers["Authorization"]
        connection.sendall(f"{head}Authorization: {token}\r\nConnection: close\r\n\r\n".encode())
        for start in range(0, len(body), 10):
            connection.sendall(body[start : start + 10])
            time.sleep(0.1)
        assert problem_of(connection)[:2] == (422, "/v1/problems/bad-field")


@pytest.mark.rule("R88")
def test_a_caller_who_has_too_much_under_way_waits_and_another_does_not(bounded: Service) -> None:
    caller, other = bounded.client("hr"), bounded.client("hr")
    with ExitStack() as held:
        for _ in range(OF_ONE_CALLER):
            connection = held.enter_context(connected(bounded.url))
            connection.sendall(half_sent(bounded, "/v1/facts", caller.headers["Authorization"]))
        started(lambda: caller.get("/v1/session").status_code == 429)
        refused = caller.get("/v1/session")
        problem = refused.json()
        assert (problem["type"], refused.headers["Retry-After"]) == ("/v1/problems/too-many-requests", "1")
        assert "2 requests under way" in problem["detail"] and problem["remedy"]
        assert other.get("/v1/session").status_code == 200
    started(lambda: caller.get("/v1/session").status_code == 200)


def test_a_question_that_the_database_takes_too_long_over_is_given_up(bounded: Service) -> None:
    with psycopg.connect(bounded.settings.database_url or "") as holding:
        table = sql.Identifier(LEDGER, "plan_version")
        holding.execute(sql.SQL("lock table {} in access exclusive mode").format(table))
        began = time.monotonic()
        answer = bounded.http.get("/v1/plans")
        seconds = time.monotonic() - began
    assert (answer.status_code, answer.json()["type"]) == (503, "/v1/problems/took-too-long"), answer.text
    assert answer.headers["Retry-After"] == "30" and answer.json()["remedy"]
    assert 0.9 < seconds < 5
    assert bounded.http.get("/v1/plans").status_code == 200


def test_a_service_that_takes_no_more_says_so_as_a_problem_and_when_to_ask_again(bounded: Service) -> None:
    with ExitStack() as held:
        for _ in range(REQUESTS_AT_ONCE):
            held.enter_context(connected(bounded.url))
        with connected(bounded.url) as connection:
            connection.sendall(b"GET /v1/session HTTP/1.1\r\nHost: x\r\n\r\n")
            status, kind, problem = problem_of(connection)
    assert (status, kind) == (503, "/v1/problems/crowded")
    assert problem["remedy"]
    started(lambda: httpx.get(f"{bounded.url}/health/live").status_code == 200)

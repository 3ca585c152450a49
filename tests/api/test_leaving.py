"""Tokens and sessions end with the last day of work, and tokens are made and revoked in the trail."""

import datetime as dt
import time
from collections.abc import Iterator

import httpx
import pytest
from commanded import environment_of, ran
from conftest import new_database
from served import Service, open_shanghai, served
from signing_in import signed_in

TODAY = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()
ADDRESS = "/v1/employees/E2"


@pytest.fixture(scope="module")
def firm(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with new_database(postgres, template) as dsn, served(dsn, tmp_path_factory.mktemp("home")) as made:
        open_shanghai(made)
        hired = {"hired_on": "2024-06-03", "branch": "SH", "post": "seller"}
        assert made.record("employee_hired", hired | {"employee": "E2"}).status_code == 201
        yield made


def becomes(client: httpx.Client, status: int) -> bool:
    """Whether a client is answered so within three seconds."""
    until = time.monotonic() + 3
    while (found := client.get(ADDRESS).status_code) != status and time.monotonic() < until:
        time.sleep(0.1)
    return found == status


@pytest.mark.rule("R88")
def test_whoever_has_left_is_let_in_no_more_until_that_is_voided(firm: Service) -> None:
    """By token and by session, within a second; the last day of work is worked; others go on."""
    token = firm.client("employee", "E2")
    with signed_in(firm, "employee", "E2") as session:
        leave_and_come_back(firm, token, session)


def leave_and_come_back(firm: Service, token: httpx.Client, session: httpx.Client) -> None:
    program, colleague = firm.client("integration"), firm.client("employee", "E1")
    leaves = {"employee": "E2", "left_on": TODAY.isoformat(), "cause": "family"}
    today = firm.record("employee_left", leaves).json()["position"]
    firm.get("/v1/plans")
    time.sleep(1.1)
    assert (token.get(ADDRESS).status_code, session.get(ADDRESS).status_code) == (200, 200)
    assert firm.record("fact_voided", {"position": today, "reason": "not yet"}).status_code == 201
    gone = leaves | {"left_on": (TODAY - dt.timedelta(days=1)).isoformat()}
    position = firm.record("employee_left", gone).json()["position"]
    assert becomes(token, 401) and becomes(session, 401)
    assert "ended with their work" in token.get(ADDRESS).json()["detail"]
    assert colleague.get("/v1/employees/E1").status_code == 200
    assert program.get("/v1/honours").status_code == 200
    assert firm.record("fact_voided", {"position": position, "reason": "an error"}).status_code == 201
    assert becomes(token, 200) and becomes(session, 200)


@pytest.mark.rule("R24")
def test_a_token_that_is_made_or_revoked_stands_in_the_trail_without_its_secret(firm: Service) -> None:
    settings = firm.settings
    assert settings.database_url is not None
    environment = environment_of(settings.home, settings.database_url)
    made = ran(environment, "token", "--role", "manager", "--employee", "E1", "--days", "30")
    assert made.returncode == 0, made.stderr
    secret = made.stdout.strip()
    unknown = ran(environment, "token", "--role", "employee", "--employee", "E99")
    assert unknown.returncode == 1 and "E99" in unknown.stderr
    assert ran(environment, "token", "revoke", "manager.E1").returncode == 0
    assert ran(environment, "token", "revoke", "oidc:someone").returncode == 0
    told = [
        each
        for each in firm.http.get("/v1/facts", params={"limit": 1000}).json()["facts"]
        if each["type"].startswith("token_")
    ]
    assert [each["type"] for each in told] == ["token_made", "token_revoked", "token_revoked"]
    first, second, third = (each["data"] for each in told)
    assert first.pop("expires_at")
    assert first == {"caller": "manager.E1", "role": "manager", "scope": "team", "employee": "E1"}
    assert second == {"caller": "manager.E1", "role": "manager", "employee": "E1"}
    assert third == {"caller": "oidc:someone"}
    assert all(each["actor"].startswith("os:") for each in told)
    assert secret not in str(told)
    forged = firm.record("token_made", {"caller": "x", "role": "hr", "scope": "all"})
    assert forged.status_code == 403
    position = told[0]["position"]
    assert firm.record("fact_voided", {"position": position, "reason": "hide"}).status_code in (403, 409, 422)

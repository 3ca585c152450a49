"""Signing in at the firm's issuer, there and back, and what an attacker would bring back instead."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from conftest import new_database
from issuer import AUDIENCE, CLIENT, LocalIssuer, local_issuer
from served import Service, served
from signing_in import COOKIE

from api.tokens import Tokens, token_file

BACK = "/sign-in/issuer/back"
HTML = {"Accept": "text/html", "Accept-Language": "en"}


@pytest.fixture(scope="module")
def issuer() -> Iterator[LocalIssuer]:
    with local_issuer() as made:
        yield made


@pytest.fixture(scope="module")
def service(
    issuer: LocalIssuer, postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    id, _, secret = CLIENT.partition(":")
    settings: dict[str, Any] = {
        "oidc_issuer": issuer.url,
        "oidc_audience": AUDIENCE,
        "oidc_title": "Firm login",
    }
    settings |= {"oidc_client_id": id, "oidc_client_secret": secret}
    with (
        new_database(postgres, template) as dsn,
        served(dsn, tmp_path_factory.mktemp("home"), **settings) as made,
    ):
        yield made


@pytest.fixture
def browser(service: Service) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.url, headers=HTML, timeout=60) as client:
        yield client


def sent_away(browser: httpx.Client, next: str = "/account") -> str:
    """Where the issuer is asked."""
    answer = browser.get("/sign-in/issuer", params={"next": next})
    assert answer.status_code == 303
    assert "SameSite=Lax" in answer.headers["set-cookie"] and "HttpOnly" in answer.headers["set-cookie"]
    return answer.headers["location"]


def came_back(browser: httpx.Client, said: dict[str, str]) -> httpx.Response:
    return browser.get(BACK, params=said, headers={"Sec-Fetch-Site": "cross-site"})


@pytest.mark.rule("R88")
def test_whoever_signs_in_at_the_issuer_is_in_and_led_to_their_page(
    browser: httpx.Client, issuer: LocalIssuer, service: Service
) -> None:
    assert "Sign in at Firm login" in browser.get("/sign-in").text
    answer = came_back(browser, issuer.signs_in(sent_away(browser), sub="u7", meritbook_role="auditor"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    said = browser.get("/v1/session").json()
    assert (said["name"], said["role"], said["scope"]) == ("oidc:u7", "auditor", "all")
    told = service.http.get("/v1/facts", params={"type": "signed_in"}).json()["facts"]
    assert told[-1]["data"] == {"holder": "oidc:u7", "role": "auditor", "method": "oidc"}
    assert f"{issuer.url}/end?client_id=pages" in browser.get("/signed-out").text
    page = browser.get("/account")
    assert "Change the password" not in page.text
    Tokens(token_file(service.settings.home)).bar("oidc:u7")
    time.sleep(0.7)
    assert browser.get("/v1/session").status_code == 401


@pytest.mark.rule("R88")
def test_what_does_not_answer_this_browser_lets_nobody_in(
    browser: httpx.Client, issuer: LocalIssuer, service: Service
) -> None:
    """State, nonce, issuer, code and audience: each alone is enough to refuse."""

    def good(**changes: Any) -> dict[str, str]:
        return issuer.signs_in(sent_away(browser), **changes)

    changes = ({"state": "another"}, {"state": ""}, {"iss": "https://evil.example"}, {"iss": ""},
               {"code": "guessed"}, {"code": ""}, {"error": "access_denied"})  # fmt: skip
    for change in changes:
        assert came_back(browser, good() | change).status_code == 401, change
    past = int(time.time()) - 600
    of_tokens: list[dict[str, Any]] = [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "somebody else"},
        {"aud": ["pages", "other"], "azp": "other"},
        {"exp": past},
        {"iss": "https://evil.example"},
        {"meritbook_role": "nobody"},
    ]
    for claims in of_tokens:
        assert came_back(browser, good(**claims)).status_code == 401, claims
    assert COOKIE not in browser.cookies
    log = (service.settings.home / "service.log").read_text()
    assert "client-secret" not in log and "code=" not in log
    reasons = {each["data"]["reason"] for each in refusals(service)}
    assert "The answer comes from another issuer." in reasons
    assert "The ID token answers another request." in reasons


@pytest.mark.rule("R88")
def test_an_answer_counts_once_and_in_the_browser_that_asked(
    browser: httpx.Client, issuer: LocalIssuer, service: Service
) -> None:
    said = issuer.signs_in(sent_away(browser))
    with httpx.Client(base_url=service.url, headers=HTML) as victim:
        assert came_back(victim, said).status_code == 401, "nobody is signed in as somebody else"
        sent_away(victim)
        assert came_back(victim, said).status_code == 401
    assert came_back(browser, said).status_code == 303
    assert came_back(browser, said).status_code == 401, "a state that was used"


def refusals(service: Service) -> list[dict[str, Any]]:
    return service.http.get("/v1/facts", params={"type": "access_refused"}).json()["facts"]

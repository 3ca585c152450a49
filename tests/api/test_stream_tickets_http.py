"""The stream opened by a ticket and by the cookie of a session, as a browser's EventSource does."""

import time
from contextlib import ExitStack

import httpx
import pytest
from served import Service
from signing_in import signed_in

from api.tokens import Tokens, token_file


def opened(service: Service, address: str, cookies: dict[str, str] | None = None) -> tuple[int, str]:
    """Status and first event of the stream, asked without any header of ours."""
    with (
        httpx.Client(base_url=service.url, cookies=cookies, timeout=30) as client,
        client.stream("GET", address) as answer,
    ):
        return answer.status_code, next(answer.iter_text(), "")


@pytest.mark.rule("R88")
def test_a_ticket_opens_the_stream_once_and_within_the_scope_of_its_maker(service: Service) -> None:
    own = service.client("employee", "E1")
    made = own.post("/v1/stream/tickets", params={"employee": "E1"}).json()
    assert made["seconds"] == 60 and made["address"].startswith("/v1/stream?employee=E1&ticket=")
    status, first = opened(service, made["address"])
    assert status == 200 and "event: " in first
    assert opened(service, made["address"])[0] == 401, "used"
    beyond = own.post("/v1/stream/tickets", params={"employee": "E2"}).json()
    assert opened(service, beyond["address"])[0] == 403
    other = own.post("/v1/stream/tickets", params={"employee": "E1"}).json()
    assert opened(service, f"/v1/stream?ticket={other['ticket']}")[0] == 401, "made for another question"
    assert httpx.get(f"{service.url}/v1/session", params={"ticket": "x"}).status_code == 422
    assert httpx.post(f"{service.url}/v1/stream/tickets").status_code == 401
    log = (service.settings.home / "service.log").read_text()
    assert made["ticket"] not in log
    told = service.http.get("/v1/facts", params={"type": "personal_data_read", "limit": 1000}).text
    assert "ticket" not in told


@pytest.mark.rule("R88")
def test_a_ticket_ends_with_the_token_that_it_was_asked_with(service: Service) -> None:
    tokens = Tokens(token_file(service.settings.home))
    token = tokens.make("hr", "short.lived", scope="all")
    with httpx.Client(base_url=service.url, headers={"Authorization": f"Bearer {token}"}) as client:
        made = client.post("/v1/stream/tickets").json()
    tokens.revoke("short.lived")
    time.sleep(0.7)
    assert opened(service, made["address"])[0] == 401


def test_with_a_session_the_stream_needs_no_ticket(service: Service) -> None:
    with ExitStack() as clients:
        own = signed_in(service, "employee", "E1", clients)
        status, first = opened(service, "/v1/stream?employee=E1", dict(own.cookies))
    assert status == 200 and "event: " in first

"""Sessions: the gate lets them in as it lets tokens in, until they end; changes come from our own pages."""

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx
import pytest
from served import Service, fact
from signing_in import COOKIE, session_cookie, signed_in

from api.cookies import Cookies
from api.same_site import FromElsewhere, require_same_origin
from api.sessions import SESSIONS_EACH, Lifetime, csrf_token, device_of
from api.tokens import Tokens, token_file
from domain.journal.connection import connect

VISIT = {"employee": "E1", "customer": "C1", "kind": "first"}


@pytest.fixture
def clients() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.mark.rule("R88")
def test_a_session_has_the_role_and_scope_of_its_owner(service: Service, clients: ExitStack) -> None:
    """The same guard decides as for tokens: role, scope, and the name of whoever writes."""
    own = signed_in(service, "employee", "E1", clients, name="account:liu")
    assert own.get("/v1/employees/E1").status_code == 200
    assert own.get("/v1/employees/E2").status_code == 403
    assert own.get("/v1/payroll/runs").status_code == 403
    clerk = signed_in(service, "hr", None, clients, name="account:wang")
    position = clerk.post("/v1/facts", json=fact("visit_recorded", VISIT)).json()["position"]
    assert service.http.get(f"/v1/facts/{position}").json()["actor"] == "account:wang"
    said = clerk.get("/v1/session").json()
    assert (said["name"], said["role"], said["scope"]) == ("account:wang", "hr", "all")
    assert said["csrf_token"] == clerk.headers["X-CSRF-Token"]
    assert "csrf_token" not in service.http.get("/v1/session").json()


@pytest.mark.rule("R88")
def test_only_the_hash_of_a_session_is_kept(service: Service) -> None:
    cookie = session_cookie(service, "hr", name="account:hashed")
    assert service.settings.database_url
    with connect(service.settings.database_url, service.settings.ledger) as connection:
        rows = connection.execute("select s::text, id_hash from session s where name = 'account:hashed'")
        [(text, id_hash)] = rows.fetchall()
    assert len(cookie) >= 43, "128 bits and more"
    assert cookie not in text and len(id_hash) == 32


CHANGES: list[tuple[dict[str, str], bool]] = [
    ({"Sec-Fetch-Site": "same-origin", "X-CSRF-Token": "right"}, True),
    ({"Sec-Fetch-Site": "same-origin"}, False),
    ({"Sec-Fetch-Site": "same-origin", "X-CSRF-Token": "wrong"}, False),
    ({"Sec-Fetch-Site": "cross-site", "X-CSRF-Token": "right"}, False),
    ({"Sec-Fetch-Site": "same-site", "X-CSRF-Token": "right"}, False),
    ({"Sec-Fetch-Site": "none", "X-CSRF-Token": "right"}, False),
    ({"Origin": "own", "X-CSRF-Token": "right"}, True),
    ({"Origin": "own"}, False),
    ({"Origin": "null", "X-CSRF-Token": "right"}, False),
    ({"Origin": "https://evil.example", "X-CSRF-Token": "right"}, False),
    ({"X-CSRF-Token": "right"}, True),
    ({}, False),
]


@pytest.mark.rule("R88")
@pytest.mark.parametrize(("headers", "is_let_in"), CHANGES)
def test_a_change_comes_from_our_own_pages(
    service: Service, headers: dict[str, str], is_let_in: bool
) -> None:
    """By what the browser says of its origin, and by the token of the session; else nothing is written."""
    cookie = session_cookie(service, "hr")
    meant = {"right": csrf_token(cookie), "wrong": csrf_token(cookie + "x"), "own": service.url}
    sent = {name: meant.get(value, value) for name, value in headers.items()}
    with httpx.Client(base_url=service.url, cookies={COOKIE: cookie}, headers=sent) as client:
        assert client.get("/v1/employees/E1").status_code == 200, "reading changes nothing"
        before = service.head()
        answer = client.post("/v1/facts", json=fact("visit_recorded", VISIT))
    assert answer.status_code == (201 if is_let_in else 403), answer.text
    if not is_let_in:
        assert answer.json()["type"] == "/v1/problems/from-elsewhere"
        found = service.http.get("/v1/facts", params={"after": before}).json()["facts"]
        assert {each["type"] for each in found} <= {"access_refused"}


@pytest.mark.rule("R88")
def test_a_form_brings_its_token_as_a_field(service: Service) -> None:
    """And its other fields reach the handler: this one ends every session of its owner."""
    name = "account:former"
    first, second = (session_cookie(service, "hr", name=name) for _ in range(2))
    with httpx.Client(base_url=service.url, cookies={COOKIE: first}) as client:
        for form in ({}, {"csrf_token": csrf_token(second)}, {"csrf_token": [csrf_token(first)] * 2}):
            assert client.post("/sign-out", data=form).status_code == 403
        answer = client.post("/sign-out", data={"csrf_token": csrf_token(first), "everywhere": "1"})
    assert answer.status_code == 303 and answer.headers["Location"] == "/signed-out"
    for cookie in (first, second):
        assert httpx.get(f"{service.url}/v1/session", cookies={COOKIE: cookie}).status_code == 401


@pytest.mark.rule("R88")
def test_signing_out_ends_a_session_at_once(service: Service, clients: ExitStack) -> None:
    name = "account:leaver"
    here, there = (signed_in(service, "hr", None, clients, name=name) for _ in range(2))
    for client in (here, there):
        assert client.get("/v1/session").status_code == 200
    answer = here.post("/v1/session/end")
    assert answer.json() == {"ended": 1}
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert here.get("/v1/session").status_code == 401
    assert there.get("/v1/session").status_code == 200
    third = signed_in(service, "hr", None, clients, name=name)
    assert third.post("/v1/session/end-all").json() == {"ended": 2}
    assert there.get("/v1/session").status_code == 401


@pytest.mark.rule("R88")
def test_a_session_ends_unused_and_at_last_however_much_it_is_used(service: Service) -> None:
    now = dt.datetime.now(dt.UTC)
    hours = dt.timedelta(hours=1)
    long = Lifetime(absolute=24 * hours)
    for begun_at, lifetime, counts in (
        (now - dt.timedelta(minutes=29), long, True),
        (now - dt.timedelta(minutes=31), long, False),
        (now - dt.timedelta(minutes=5), Lifetime(absolute=dt.timedelta(minutes=4)), False),
        (now - dt.timedelta(minutes=5), Lifetime(absolute=dt.timedelta(minutes=6)), True),
    ):
        cookie = session_cookie(service, "hr", lifetime=lifetime, begun_at=begun_at)
        answer = httpx.get(f"{service.url}/v1/session", cookies={COOKIE: cookie})
        assert answer.status_code == (200 if counts else 401), (begun_at, lifetime)


def test_nobody_has_sessions_without_end(service: Service) -> None:
    cookies = [session_cookie(service, "hr", name="account:busy") for _ in range(SESSIONS_EACH + 1)]
    counting = [
        httpx.get(f"{service.url}/v1/session", cookies={COOKIE: each}).status_code for each in cookies
    ]
    assert counting == [401] + [200] * SESSIONS_EACH


@pytest.mark.rule("R88")
def test_a_session_of_somebody_barred_is_refused(service: Service, clients: ExitStack) -> None:
    client = signed_in(service, "hr", None, clients, name="oidc:gone")
    assert client.get("/v1/session").status_code == 200
    Tokens(token_file(service.settings.home)).bar("oidc:gone")
    time.sleep(0.6)
    assert client.get("/v1/session").status_code == 401


def asked(**headers: str) -> dict[str, object]:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": "POST", "headers": named}


@pytest.mark.rule("R88")
@pytest.mark.parametrize(
    ("public_url", "headers", "name"),
    [
        (None, {"host": "127.0.0.1:8000"}, "meritbook"),
        (None, {"host": "localhost:8000"}, "meritbook"),
        (None, {"host": "[::1]:8000"}, "meritbook"),
        (None, {"host": "10.0.0.7:8000"}, "__Host-meritbook"),
        (None, {"host": "merits.example"}, "__Host-meritbook"),
        (None, {"host": "127.0.0.1:8000", "x_forwarded_proto": "https"}, "__Host-meritbook"),
        ("https://merits.example", {"host": "127.0.0.1:8000"}, "__Host-meritbook"),
        ("http://localhost:8000", {"host": "localhost:8000"}, "meritbook"),
        (None, {"host": "[broken"}, "__Host-meritbook"),
    ],
)
def test_a_cookie_goes_without_tls_on_this_machine_only(
    public_url: str | None, headers: dict[str, str], name: str
) -> None:
    scope = asked(**headers)
    made = Cookies(public_url).set(scope, "secret", seconds=60)  # type: ignore[arg-type]
    called, *attributes = made.split("; ")
    assert called == f"{name}=secret"
    assert {"Path=/", "HttpOnly", "SameSite=Lax"} <= set(attributes)
    assert ("Secure" in attributes) is name.startswith("__Host-")
    assert not any(each.startswith("Domain") for each in attributes)


def test_a_cookie_that_is_given_twice_is_none() -> None:
    for said, found in (("meritbook=a", "a"), ("x=1; meritbook=a", "a"), ("meritbook=a; meritbook=b", "")):
        scope = asked(host="localhost", cookie=said)
        assert Cookies(None).given(scope) == found  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("public_url", "origin", "is_own"),
    [
        (None, "http://merits.example", True),
        (None, "https://merits.example", True),
        (None, "https://other.example", False),
        (None, "https://merits.example.evil.example", False),
        (None, "null", False),
        ("https://merits.example", "https://merits.example", True),
        ("https://merits.example/", "http://merits.example", False),
        ("https://merits.example", "https://[broken", False),
    ],
)
def test_an_origin_is_ours_or_another(public_url: str | None, origin: str, is_own: bool) -> None:
    scope = asked(host="merits.example", origin=origin)
    try:
        require_same_origin(scope, public_url)  # type: ignore[arg-type]
    except FromElsewhere:
        assert not is_own
    else:
        assert is_own and urlsplit(origin).hostname == "merits.example"


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0",
         "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) AppleWebKit/605.1 MicroMessenger/8.0", "WeChat · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox · Linux"),
        ("curl/8.5.0", ""),
    ],
)  # fmt: skip
def test_a_device_is_recognised_by_its_owner(user_agent: str, device: str) -> None:
    assert device_of(user_agent) == device

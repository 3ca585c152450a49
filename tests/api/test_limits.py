"""How much may be asked: per caller and per address, with a clock of its own, and what that costs."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from served import Service

from api.caller import Caller
from api.limits import MOST_BUCKETS, SIGN_INS_AT_ONCE, Buckets, Limits
from api.problems import TooManyRequests
from api.settings import Settings

WANG, LI = (Caller(name=name, role="hr", scope="all") for name in ("wang", "li"))


def asked(address: str, forwarded: str | None = None) -> Any:
    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded.encode())]
    return {"type": "http", "client": (address, 4711), "headers": headers}


def passing(limit: Callable[[], None], most: int = 10_000) -> int:
    """How many pass before one is refused."""
    for number in range(most):
        try:
            limit()
        except TooManyRequests:
            return number
    return most


def test_a_bucket_fills_by_the_second_up_to_what_it_holds() -> None:
    now = [100.0]
    buckets = Buckets(2, 6, lambda: now[0])
    assert [buckets.take("a") for _ in range(7)] == [0] * 6 + [0.5]
    assert buckets.take("b") == 0
    now[0] += 0.25
    assert buckets.take("a") == 0.25, "half of one is in it"
    now[0] += 0.25
    assert [buckets.take("a") for _ in range(2)] == [0, 0.5]
    now[0] += 1000
    assert [buckets.take("a") for _ in range(7)] == [0] * 6 + [0.5]


def test_buckets_are_bounded_and_those_in_use_stay() -> None:
    buckets = Buckets(1, 2, lambda: 0.0)
    for number in range(MOST_BUCKETS * 2):
        buckets.take(str(number))
    assert len(buckets) <= MOST_BUCKETS
    last = str(MOST_BUCKETS * 2 - 1)
    assert buckets.take(last) == 0 and buckets.take(last) > 0


@pytest.mark.rule("R88")
def test_one_caller_does_not_use_up_what_another_may_ask(tmp_path: Path) -> None:
    limits = Limits(
        Settings(home=tmp_path, token_requests_per_second=3, session_requests_at_once=1000), lambda: 0.0
    )
    assert passing(lambda: limits.require(WANG, by_session=False)) == 15
    assert passing(lambda: limits.require(LI, by_session=False)) == 15
    assert passing(lambda: limits.require(WANG, by_session=True)) == 500, "a session is another bucket"


@pytest.mark.rule("R88")
def test_a_caller_has_so_many_requests_under_way_and_streams_are_counted_apart(tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path, token_requests_at_once=2, session_requests_at_once=3, token_streams_at_once=1
    )
    limits = Limits(settings, lambda: 0.0)
    turns = [limits.require(WANG, by_session=False) for _ in range(2)]
    with pytest.raises(TooManyRequests, match="wang has 2 requests under way"):
        limits.require(WANG, by_session=False)
    with turns.pop(), limits.require(WANG, by_session=False, endless=True):
        limits.require(LI, by_session=False)
        with pytest.raises(TooManyRequests, match="wang has 1 streams under way"):
            limits.require(WANG, by_session=False, endless=True)
    with limits.require(WANG, by_session=False), limits.require(WANG, by_session=True), turns.pop():
        pass
    assert passing(lambda: limits.require(WANG, by_session=True)) == 3, "nothing that is over counts"


def test_the_seconds_to_wait_are_those_until_one_more_may_be_asked(tmp_path: Path) -> None:
    now = [0.0]
    limits = Limits(Settings(home=tmp_path, sign_ins_per_minute=1), lambda: now[0])
    for _ in range(SIGN_INS_AT_ONCE):
        limits.require_sign_in(asked("1.2.3.4"))
    now[0] = 17.5
    with pytest.raises(TooManyRequests) as refused:
        limits.require_sign_in(asked("1.2.3.4"))
    assert refused.value.seconds == 43
    now[0] += refused.value.seconds
    limits.require_sign_in(asked("1.2.3.4"))


@pytest.mark.rule("R88")
def test_an_address_is_that_of_the_client_behind_a_proxy_of_ours(tmp_path: Path) -> None:
    limits = Limits(Settings(home=tmp_path), lambda: 0.0)
    assert limits.address(asked("10.0.0.9", "1.2.3.4")) == "10.0.0.9", "whoever is no proxy is not believed"
    assert limits.address(asked("127.0.0.1", "6.6.6.6, 1.2.3.4")) == "1.2.3.4", "the last is the proxy's word"
    assert limits.address(asked("127.0.0.1")) == "127.0.0.1"
    assert limits.address(asked("2001:db8::1")) == limits.address(asked("2001:db8::ffff"))
    assert limits.address(asked("2001:db8::1")) != limits.address(asked("2001:db8:0:1::1"))
    here, there = asked("127.0.0.1", "1.2.3.4"), asked("127.0.0.1", "1.2.3.5")
    assert passing(lambda: limits.require_sign_in(here)) == SIGN_INS_AT_ONCE
    assert passing(lambda: limits.require_sign_in(there)) == SIGN_INS_AT_ONCE


def test_a_limit_costs_less_than_5_microseconds_a_request(tmp_path: Path) -> None:
    limits = Limits(Settings(home=tmp_path))
    rounds = list[float]()
    for _ in range(5):
        began = time.process_time()
        for _ in range(10_000):
            with limits.require(WANG, by_session=False):
                pass
        rounds.append((time.process_time() - began) / 10_000)
    assert min(rounds) < 5e-6, f"{min(rounds) * 1e6:.1f} µs"


@pytest.mark.rule("R88")
def test_a_service_answers_429_with_when_to_ask_again(serve: Callable[..., Service]) -> None:
    service = serve(token_requests_per_second=4, refused_requests_per_second=2, sign_ins_per_minute=1)
    other = service.client("hr")
    answers = [other.get("/v1/session") for _ in range(30)]
    [first, *_] = [each for each in answers if each.status_code != 200]
    assert (first.status_code, first.headers["Retry-After"]) == (429, "1")
    assert first.json()["type"] == "/v1/problems/too-many-requests" and first.json()["remedy"]
    assert service.client("payroll").get("/v1/session").status_code == 200, "another caller"
    with httpx.Client(base_url=service.url, headers={"X-Forwarded-For": "1.2.3.4"}) as stranger:
        statuses = [stranger.get("/v1/session").status_code for _ in range(60)]
        assert statuses[0] == 401 and statuses[-1] == 429
        form = {"name": "x", "password": "y"}
        tries = [stranger.post("/sign-in", data=form).status_code for _ in range(SIGN_INS_AT_ONCE + 1)]
        assert tries[0] == 401 and tries[-1] == 429
    elsewhere = {"X-Forwarded-For": "1.2.3.5"}
    assert httpx.get(f"{service.url}/v1/session", headers=elsewhere).status_code == 401


@pytest.mark.rule("R88")
def test_behind_tls_cookies_are_secure_and_browsers_never_ask_without(serve: Callable[..., Service]) -> None:
    service = serve(public_url="https://merits.example")
    answer = service.http.post("/sign-in", data={"name": "x", "password": "y"})
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    plain = httpx.get(f"{service.url}/v1/session", cookies={"meritbook": "x"})
    assert plain.json()["detail"] == "The request carries no token.", (
        "a cookie without Secure is none of ours"
    )
    ours = httpx.get(f"{service.url}/v1/session", cookies={"__Host-meritbook": "x"})
    assert ours.json()["detail"] == "The session has ended."

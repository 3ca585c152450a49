"""A month is closed over HTTP by two who signed in, each as themselves, and by the same figures."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from given_plan import adoption, document
from served import Service, fact, open_shanghai
from signing_in import signed_in

RUNS = "/v1/payroll/runs"
PLAN = """
components: [{id: per_deal, title: Per deal, clause: "1", kind: per_unit, measure: deals, rate: "50.00"}]
"""


def sold(employee: str, deal: str, on: str = "2025-03-04") -> dict[str, Any]:
    said = {"customer": "C1", "deal": deal, "amount_minor": 100_000, "currency": "CNY"}
    return fact("deal_closed", {"employee": employee, **said}, occurred_at=f"{on}T09:30:00+08:00")


@pytest.fixture
def firm(serve: Callable[..., Service]) -> Service:
    service = serve()
    open_shanghai(service)
    adopted = adoption(document(PLAN))
    service.adopt(adopted)
    answer = service.http.post("/v1/facts:batch", json=[sold("E1", "D1")])
    assert answer.status_code == 201, answer.text
    return service


@pytest.fixture
def clients() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def asked(client: httpx.Client, confirms: str | None = None, period: str = "2025-03") -> httpx.Response:
    said = {"period": period} | ({"confirms": confirms} if confirms else {})
    return client.post(RUNS, json=said)


def kind(answer: httpx.Response) -> str:
    return str(answer.json().get("type", "")).rpartition("/")[2]


@pytest.mark.rule("R88")
def test_it_takes_two_and_the_same_figures(firm: Service, clients: ExitStack) -> None:
    wang = signed_in(firm, "payroll", None, clients, name="account:wang")
    li = signed_in(firm, "hr_head", None, clients, name="account:li")
    nobody = asked(li, "ab" * 32)
    assert (nobody.status_code, kind(nobody)) == (409, "close-not-proposed")
    first = asked(wang).json()
    assert (first["step"], first["proposed_by"], first["statements"]) == ("proposed", "account:wang", 1)
    digest = first["statements_digest"]
    own = asked(wang, digest)
    assert (own.status_code, kind(own)) == (422, "second-person-needed")
    assert firm.http.post("/v1/facts", json=sold("E1", "D9")).status_code == 201
    changed = asked(li, digest)
    assert (changed.status_code, kind(changed)) == (409, "close-not-proposed")
    digest = asked(wang).json()["statements_digest"]
    assert firm.http.post("/v1/facts", json=sold("E1", "D10", "2025-04-02")).status_code == 201
    done = asked(li, digest)
    assert done.status_code == 201, done.text
    assert (done.json()["closed_by"], done.json()["proposed_by"]) == ("account:li", "account:wang")
    [run] = firm.get(RUNS)
    assert (run["closed_by"], run["proposed_by"]) == ("account:li", "account:wang")
    again = asked(wang)
    assert (again.status_code, kind(again)) == (409, "period-already-closed")
    for role in ("auditor", "hr"):
        assert asked(signed_in(firm, role, None, clients), digest).status_code == 403  # type: ignore[arg-type]
    for body in ({}, {"period": "march"}, {"period": "2025-04", "confirms": "x"}, {"period": 3}):
        assert wang.post(RUNS, json=body).status_code == 422, body

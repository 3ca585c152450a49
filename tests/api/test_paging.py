"""Lists are read by pages of one moment, whatever is recorded between them."""

from collections.abc import Iterator
from random import Random
from typing import Any

import httpx
import pytest
from conftest import new_database
from given_plan import adoption, document
from served import Service, fact, open_shanghai, served

BOUNDED = {
    "/v1/employees/{employee}": "of one person: as many as their moves and leaves",
    "/v1/employees/{employee}/overview": "of one person",
    "/v1/employees/{employee}/dossier": "of one person",
    "/v1/employees/{employee}/progress": "as many as their plans have targets",
    "/v1/employees/{employee}/hints": "as many as their plans have steps",
    "/v1/employees/{employee}/plans/{period}": "the plans of one person",
    "/v1/employees/{employee}/shifts": "366 days at most",
    "/v1/employees/{employee}/statements/{period}": "one statement: as many as its plan has lines",
    "/v1/employees/{employee}/statements/{period}/explain": "one statement; its facts are paged by evidence",
    "/v1/employees/{employee}/statements/{period}/receipt": "one statement and the facts that prove it",
    "/v1/audit/statements/{employee}/{period}/diff": "two readings of one statement",
    "/v1/plans/{plan}": "versions of one plan",
    "/v1/plans/{plan}/diff": "two versions of one plan",
    "/v1/plans/{plan}/words": "one version of one plan",
    "/v1/plan-examples": "part of the program",
    "/v1/plan-examples/{example}": "one example",
    "/v1/plans/drafts/{draft}": "comments on one draft",
    "/v1/plans/{plan}/alerts/{alert}/backtest": "as many as levels were tried",
    "/v1/contracts/{contract}": "the steps of one contract",
    "/v1/customers/{customer}/next": "practices for the stage of one client",
    "/v1/inquiries/{inquiry}": "answers to one inquiry",
    "/v1/insight/staffing": "at most 24 months, by post",
    "/v1/exports/{period}": "two files",
    "/v1/facts/{position}/provenance": "one record",
    "/v1/closes/{period}/checklist": "one month: as many as there are checks",
    "/v1/payroll/runs/{period}/components": "as many as its plans have components",
    "/v1/audit/statements/{employee}/{period}/moments": "one statement",
    "/v1/checkpoints/consistency": "a proof between two trees: logarithmic",
    "/v1/payroll/runs/{period}": "the file of a whole month, on purpose; /rows has it by pages",
    "/v1/rosters": "one unit, 62 days at most",
    "/v1/shifts/rules": "one row a unit or person whose rule differs",
    "/v1/facts/{position}": "one record",
    "/v1/customers/{customer}/margins": "the deals of one client",
    "/v1/connectors": "as many as were set up",
    "/v1/connectors/{name}/report": "days of one connector",
    "/v1/quarantine/{entry}": "one delivery",
    "/v1/payroll/runs/{period}/people/{employee}": "one person of one run",
    "/v1/tokens": "as many as were made",
    "/v1/accounts": "as many as were made",
    "/v1/sessions": "as many as are open",
    "/v1/imports": "the last ones",
    "/v1/storage": "as many as there are tables",
    "/v1/session": "one session",
    "/v1/webhooks": "as many as were subscribed",
    "/v1/webhooks/{webhook}": "one subscription",
    "/v1/webhooks/{webhook}/deliveries/{message}": "attempts at one delivery, which the schedule bounds",
    "/xapi/about": "the versions that are spoken",
    "/xapi/agents": "one agent, under the one name that was asked",
    "/health/ready": "as many as there are read models",
}
"""Addresses whose answers hold lists that something other than a page bounds."""


@pytest.fixture(scope="module")
def firm(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with new_database(postgres, template) as dsn, served(dsn, tmp_path_factory.mktemp("paged")) as made:
        open_shanghai(made)
        made.http = made.client("hr_head")
        yield made


def lists(schema: dict[str, Any], known: dict[str, Any], deep: int = 0) -> bool:
    """Whether an answer of this form is a list, or an object with one."""
    schema = known[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
    inner = [*schema.get("oneOf", ()), *(schema.get("properties", {}).values() if not deep else ())]
    return schema.get("type") == "array" or any(lists(each, known, deep + 1) for each in inner)


def test_no_list_is_without_bounds(firm: Service) -> None:
    """Whoever adds an address lets it be leafed through, or says what else bounds it."""
    document = firm.http.get("/schema/openapi.json").json()
    wrong, seen = [], 0
    for path, item in document["paths"].items():
        content = item.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        form = content.get("application/json", {}).get("schema")
        if form is None or not lists(form, document["components"]["schemas"]):
            continue
        seen += 1
        names = {each["name"] for each in item["get"].get("parameters", ())}
        if ("limit" in names) == (path in BOUNDED):
            wrong.append(path)
    assert not wrong, f"take Pages (api/paging.py), or say in BOUNDED what bounds it: {wrong}"
    assert seen > 40


def leaf(firm: Service, path: str, **query: Any) -> Iterator[httpx.Response]:
    """The pages of a list, each after the `Link` of the one before."""
    answer = firm.http.get(path, params=query)
    while True:
        assert answer.status_code == 200, answer.text
        yield answer
        if "next" not in answer.links:
            return
        answer = firm.http.get(answer.links["next"]["url"])


def grant(firm: Service, name: str) -> int:
    """Grants E1 a credential; where it was recorded."""
    licence = {"employee": "E1", "credential": name, "kind": "licence", "granted_on": "2025-01-01"}
    answer = firm.record("credential_granted", licence)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["position"])


@pytest.mark.parametrize("seed", range(3))
def test_what_comes_between_pages_is_neither_missed_nor_doubled(firm: Service, seed: int) -> None:
    """Facts arrive before, between and after what was read already; all pages are as the first one was."""
    random = Random(seed)
    positions = [grant(firm, f"{random.random()}") for _ in range(7)]
    asked = {"day": "2025-03-04", "at_least": positions[-1]}
    whole = firm.http.get("/v1/credentials", params=asked).json()
    found = list[Any]()
    for page in leaf(firm, "/v1/credentials", limit=random.randint(1, 5), **asked):
        found += page.json()
        if random.random() < 0.5:
            grant(firm, f"{random.random()}")
        else:
            void = {"position": random.choice(positions), "reason": "again"}
            firm.http.post("/v1/facts", json=fact("fact_voided", void))
    assert found == whole
    assert len(found) >= 7 and found != firm.get("/v1/credentials", day="2025-03-04")


def test_clients_and_evidence_are_read_as_they_were_when_the_reading_began(firm: Service) -> None:
    """Clients are won between two pages, also before the page, and one goes to somebody else."""

    def register(*names: str) -> int:
        told = [fact("customer_registered", {"employee": "E1", "customer": name}) for name in names]
        answer = firm.http.post("/v1/facts:batch", json=told)
        assert answer.status_code == 201, answer.text
        return firm.head()

    adopt(firm)
    at = register("C1", "C3", "C5", "C7", "C9")
    manager, evidence = firm.client("manager"), "/v1/employees/E1/statements/2025-03/evidence"
    clients, counted = list[Any](), list[Any]()
    asked = {"plan": "selling", "measure": "clients", "at_least": at, "limit": 2}
    page, proof = (
        manager.get("/v1/customers", params={"limit": 2, "at_least": at}),
        firm.http.get(evidence, params=asked),
    )
    for number in (0, 2, 4):
        assert (page.status_code, proof.status_code) == (200, 200), page.text + proof.text
        clients += [each["customer"] for each in page.json()]
        counted += [each["position"] for each in proof.json()["facts"]]
        assert proof.json()["total"] == 5
        assert ("next" in page.links, "next" in proof.links) == (number < 4, number < 4)
        register(f"C{number}")
        if number < 4:
            page, proof = manager.get(page.links["next"]["url"]), firm.http.get(proof.links["next"]["url"])
    assert clients == ["C1", "C3", "C5", "C7", "C9"]
    assert counted == sorted(set(counted)) and len(counted) == 5
    assert len(manager.get("/v1/customers", params={"at_least": firm.head()}).json()) == 8
    assert len(manager.get("/v1/customers", params={"known_at": at}).json()) == 5


def adopt(firm: Service) -> None:
    """The small plan takes effect."""
    adopted = adoption(document(""))
    firm.adopt(adopted)


def test_a_cursor_is_of_one_list_one_reader_and_one_moment(firm: Service) -> None:
    for name in ("a", "b"):
        at = grant(firm, name)
    first = firm.http.get("/v1/credentials", params={"limit": 1, "at_least": at, "employee": "E1"})
    after = httpx.URL(first.links["next"]["url"]).params["after"]
    for query in (
        {"after": after},
        {"after": after, "employee": "E2"},
        {"after": after + "x", "employee": "E1"},
        {"after": "e30", "employee": "E1"},
        {"after": "\0", "employee": "E1"},
    ):
        refused = firm.http.get("/v1/credentials", params=query)
        assert (refused.status_code, refused.json()["field"]) == (422, "after"), refused.text
    moved = firm.http.get("/v1/credentials", params={"after": after, "employee": "E1", "known_at": at - 1})
    assert (moved.status_code, moved.json()["field"]) == (422, "known_at")
    hers = firm.client("employee", "E1").get("/v1/credentials", params={"after": after, "employee": "E1"})
    assert hers.json()["field"] == "after"
    assert firm.http.get("/v1/credentials", params={"limit": 1001}).json()["field"] == "limit"


def test_a_list_that_did_not_change_is_not_sent_again(firm: Service) -> None:
    """Until anything is counted; and to nobody whose eyes see another list."""
    asked = {"day": "2025-03-04", "at_least": firm.head()}
    first = firm.http.get("/v1/credentials", params=asked)
    assert first.headers["Cache-Control"] == "no-store" and "Authorization" in first.headers["Vary"]
    held = {"If-None-Match": f'"other", {first.headers["ETag"]}'}
    again = firm.http.get("/v1/credentials", params=asked, headers=held)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    hers = firm.client("employee", "E1").get("/v1/credentials", params=asked, headers=held)
    assert hers.status_code == 200
    refused = firm.http.get("/v1/credentials", headers=held | {"Authorization": ""})
    assert refused.status_code == 401
    at = grant(firm, "new")
    later = firm.http.get("/v1/credentials", params=asked | {"at_least": at}, headers=held)
    assert later.status_code == 200 and later.headers["ETag"] != first.headers["ETag"]
    plans = firm.http.get("/v1/plans")
    assert plans.headers["Cache-Control"] == "private, no-cache"

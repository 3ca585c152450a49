"""Who was refused what, and who read about whom, stands in the journal before the answer goes out."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import msgspec
import pytest
from given import LEDGER
from given_plan import adoption
from served import Service, fact, open_shanghai

from domain.journal.append import Journal

VISIT = {"employee": "E1", "customer": "H1"}


@pytest.fixture
def firm(serve: Callable[..., Service]) -> Service:
    """A service with a branch, the sellers E1 and E2, and a visit of E1."""
    service = serve()
    open_shanghai(service)
    hired = {"employee": "E2", "hired_on": "2024-06-03", "branch": "SH", "post": "seller"}
    assert service.record("employee_hired", hired).status_code == 201
    assert service.record("visit_recorded", VISIT).status_code == 201
    return service


@pytest.fixture
def journal(firm: Service, ledger_dsn: str) -> Iterator[Journal]:
    with Journal(ledger_dsn, LEDGER) as journal:
        yield journal


def told(journal: Journal, type: str) -> list[dict[str, Any]]:
    """What the journal holds of a type of trace, in order; with the actor of each."""
    return [{"actor": r.actor, **msgspec.json.decode(r.data)} for r in journal.read(types=[type])]


def reads(journal: Journal) -> list[dict[str, Any]]:
    return told(journal, "personal_data_read")


def refusals(journal: Journal) -> list[dict[str, Any]]:
    return told(journal, "access_refused")


def named(client: httpx.Client, service: Service) -> str:
    """The name of a client's token, which the service knows by its hash alone."""
    from api.tokens import Tokens, token_file

    token = client.headers["Authorization"].removeprefix("Bearer ")
    caller = Tokens(token_file(service.settings.home)).caller(token)
    assert caller is not None
    return caller.name


PERSON = [
    "/v1/employees/{employee}",
    "/v1/employees/{employee}/credentials",
    "/v1/employees/{employee}/hints",
]


@pytest.mark.rule("R24")
@pytest.mark.parametrize("address", PERSON)
def test_a_reading_about_a_person_is_a_fact_once_a_day(firm: Service, journal: Journal, address: str) -> None:
    hr = firm.client("hr")
    path = address.format(employee="E1")
    for _ in range(9):
        assert hr.get(path, params={"at_least": firm.head()}).status_code == 200
    [first] = reads(journal)
    assert first["actor"] == first["reader"] == named(hr, firm)
    assert (first["role"], first["employee"], first["readings"]) == ("hr", "E1", 1)
    assert first["operation"] == f"GET {address}"
    assert hr.get(path).status_code == 200
    assert [read["readings"] for read in reads(journal)] == [1, 10], "how often, to the power of ten"
    hr.get(address.format(employee="E2"), params={"at_least": firm.head()})
    firm.client("auditor").get(path)
    assert [(read["role"], read["employee"]) for read in reads(journal)[2:]] == [
        ("hr", "E2"),
        ("auditor", "E1"),
    ]


@pytest.mark.rule("R24")
def test_ones_own_data_and_answers_without_any_leave_no_trace(firm: Service, journal: Journal) -> None:
    own = firm.client("employee", "E1")
    for path in ("/v1/employees/E1", "/v1/employees/E1/hints", "/v1/milestones", "/v1/credentials"):
        assert own.get(path, params={"at_least": firm.head()}).status_code == 200, path
    hr = firm.client("hr")
    assert hr.get("/v1/employees/E9").status_code == 404
    for path in ("/v1/plans", "/v1/goals", "/v1/credentials/summary", "/health/ready"):
        assert hr.get(path).status_code == 200, path
    assert reads(journal) == []


@pytest.mark.rule("R24")
def test_a_reading_about_many_is_one_fact_with_their_number_and_its_filter(
    firm: Service, journal: Journal
) -> None:
    auditor = firm.client("auditor")
    for after in range(3):
        answer = auditor.get("/v1/facts", params={"after": after, "limit": 3, "type": "employee_hired"})
        assert answer.status_code == 200
    [page] = reads(journal)
    assert (page["people"], page["filter"]) == (2, "type=employee_hired")
    assert "employee" not in page
    one = auditor.get("/v1/facts", params={"tag": "employee:E2"})
    assert one.status_code == 200
    assert reads(journal)[1]["employee"] == "E2"


def test_a_fact_about_a_person_read_by_position_is_a_reading_about_them(
    firm: Service, journal: Journal
) -> None:
    auditor = firm.client("auditor")
    assert auditor.get("/v1/facts/1").status_code == 200
    assert reads(journal) == [], "the opening is about nobody"
    assert auditor.get("/v1/facts/3").status_code == 200
    assert reads(journal)[0]["employee"] == "E1"


@pytest.mark.rule("R24")
def test_everybodys_pay_read_by_payroll_is_one_fact(firm: Service, journal: Journal) -> None:
    from given_plan import document

    adopted = adoption(
        document(
            "components: [{id: c, title: C, clause: C 1, kind: per_unit, measure: deals, rate: 50.00 CNY}]"
        )
    )
    firm.adopt(adopted)
    payroll = firm.client("payroll")
    for form in ("json", "csv"):
        path = "/v1/payroll/runs/2025-03"
        answer = payroll.get(path, params={"format": form, "at_least": firm.head()})
        assert answer.status_code == 200
    [run] = reads(journal)
    assert run["operation"] == "GET /v1/payroll/runs/{period}"
    assert run["filter"] == "period=2025-03"
    assert run["people"] == 2
    statement = payroll.get("/v1/employees/E1/statements/2025-03")
    assert statement.status_code == 200
    again = payroll.get(
        "/v1/employees/E1/statements/2025-03", headers={"If-None-Match": statement.headers["etag"]}
    )
    assert again.status_code == 304
    assert [read["employee"] for read in reads(journal)[1:]] == ["E1"]


@pytest.mark.rule("R24")
def test_a_known_caller_who_is_refused_leaves_a_trace(firm: Service, journal: Journal) -> None:
    """By role, by person, and by type of fact, alone and in a batch."""
    own = firm.client("employee", "E1")
    assert own.get("/v1/payroll/runs/2025-03").status_code == 403
    assert own.get("/v1/employees/E2").status_code == 403
    assert own.get("/v1/employees/Zhang San").status_code == 403
    assert own.get("/v1/milestones", params={"employee": "E2"}).status_code == 403
    manager = firm.client("manager")
    hired = {"employee": "E3", "hired_on": "2024-06-03", "branch": "SH", "post": "seller"}
    assert manager.post("/v1/facts", json=fact("employee_hired", hired)).status_code == 403
    batch = [fact("employee_hired", hired), fact("visit_recorded", VISIT), fact("employee_hired", hired)]
    answer = manager.post("/v1/facts:batch", params={"atomic": False}, json=batch)
    assert answer.status_code == 207
    told = refusals(journal)
    assert [(t["operation"], t.get("employee"), t["times"]) for t in told] == [
        ("GET /v1/payroll/runs/{period}", None, 1),
        ("GET /v1/employees/{employee}", "E2", 1),
        ("GET /v1/employees/{employee}", None, 1),
        ("GET /v1/milestones", "E2", 1),
        ("POST /v1/facts", None, 1),
        ("POST /v1/facts:batch", None, 2),
    ], "what was typed and is nobody's id stays out of the journal"
    assert {t["role"] for t in told[:4]} == {"employee"}
    assert all(t["caller"] == t["actor"] for t in told)
    assert told[-1]["reason"] == "The role manager does not write employee_hired."
    assert "Zhang" not in str(told)


@pytest.mark.rule("R24")
def test_attempts_without_a_known_token_are_counted_and_not_told_one_by_one(
    firm: Service, journal: Journal
) -> None:
    """Two hundred attempts leave two facts a minute and reason; not the token that was tried."""
    with httpx.Client(base_url=firm.url) as stranger:
        for number in range(100):
            bad = {"Authorization": f"Bearer guess-{number}"}
            assert stranger.get(f"/v1/employees/E{number}", headers=bad).status_code == 401
            assert stranger.post("/v1/facts", json={}).status_code == 401
    at_once = refusals(journal)
    assert {t["reason"] for t in at_once} == {"The token is not known here.", "The request carries no token."}
    assert len(at_once) <= 8, "at most two minutes of two facts for each of two reasons"
    firm.process.terminate()
    firm.process.wait(timeout=60)
    told = refusals(journal)
    assert sum(t["times"] for t in told) == 200, "what was counted is written when the service ends"
    assert {t["actor"] for t in told} == {"unauthenticated"}
    assert "guess" not in str(told)


def test_a_void_reaches_only_what_its_bringer_may_write(firm: Service, journal: Journal) -> None:
    void = fact("fact_voided", {"position": 3, "reason": "not mine"})
    manager = firm.client("manager")
    refused = manager.post("/v1/facts", json=void)
    assert (refused.status_code, refused.json()["field"]) == (403, "data.position")
    assert manager.post("/v1/facts:batch", json=[void]).status_code == 422
    assert [t["reason"] for t in refusals(journal)] == [
        "This role does not write employee_hired, so it does not void one."
    ] * 2
    visit = next(r.position for r in journal.read(types=["visit_recorded"]))
    own = fact("fact_voided", {"position": visit, "reason": "twice"})
    assert manager.post("/v1/facts", json=own).status_code == 201


@pytest.mark.rule("R24")
def test_the_traces_cannot_be_forged_or_taken_back(firm: Service, journal: Journal) -> None:
    asked = {"at_least": firm.head()}
    assert firm.client("hr").get("/v1/employees/E1", params=asked).status_code == 200
    [read] = list(journal.read(types=["personal_data_read"]))
    for role in ("administrator", "hr_head"):
        client = firm.client(role)  # type: ignore[arg-type]
        forged = fact("personal_data_read", msgspec.json.decode(read.data))
        assert client.post("/v1/facts", json=forged).status_code == 403
        void = fact("fact_voided", {"position": read.position, "reason": "hide"})
        assert client.post("/v1/facts", json=void).status_code == 422


@pytest.mark.rule("R24")
def test_a_reading_is_durable_before_its_answer(firm: Service, journal: Journal) -> None:
    """Killed right after it has answered, the service has left the trace."""
    hr = firm.client("hr")
    assert hr.get("/v1/employees/E1").status_code == 200
    firm.kill()
    assert [read["employee"] for read in reads(journal)] == ["E1"]


@pytest.mark.rule("R24")
def test_nothing_is_shown_when_the_trace_cannot_be_written(
    firm: Service, journal: Journal, ledger_dsn: str
) -> None:
    import psycopg

    hr = firm.client("hr")
    with psycopg.connect(ledger_dsn, autocommit=True) as owner:
        owner.execute(f"revoke insert on {LEDGER}.journal from meritbook_service")
        answer = hr.get("/v1/employees/E1")
        assert answer.status_code >= 500
        assert "seller" not in answer.text
        owner.execute(f"grant insert on {LEDGER}.journal to meritbook_service")
    deadline = time.monotonic() + 10
    while (answer := hr.get("/v1/employees/E1")).status_code != 200 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert answer.status_code == 200
    assert len(reads(journal)) == 1

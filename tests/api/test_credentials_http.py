"""Credentials over HTTP: only the head of HR changes them, and everybody else who tries is in the trail."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from given import LEDGER
from served import Service, fact, open_shanghai

from api.roles import ROLES, Role
from domain.journal.append import Journal

GRANTED = {
    "employee": "E1",
    "credential": "C1",
    "kind": "nursing licence",
    "granted_on": "2020-07-01",
    "expires_on": "2025-06-30",
    "number": "N-2020-110-0035",
}
STEPS: list[tuple[str, dict[str, Any]]] = [
    ("credential_granted", GRANTED),
    ("credential_suspended", {"effective_on": "2025-02-01", "reason": "training is late"}),
    ("credential_reinstated", {"effective_on": "2025-02-10", "reason": "trained"}),
    ("credential_renewed", {"effective_on": "2025-06-01", "expires_on": "2030-06-30"}),
    ("credential_revoked", {"effective_on": "2026-01-01", "reason": "given up"}),
]
WHO = {"employee": "E1", "credential": "C1"}


@pytest.fixture
def firm(serve: Callable[..., Service]) -> Service:
    service = serve()
    open_shanghai(service)
    return service


@pytest.fixture
def journal(firm: Service, ledger_dsn: str) -> Iterator[Journal]:
    with Journal(ledger_dsn, LEDGER) as journal:
        yield journal


@pytest.mark.rule("R59")
@pytest.mark.parametrize("role", [role for role in ROLES if role != "hr_head"])
def test_any_other_role_is_refused_and_the_refusal_is_recorded(
    firm: Service, journal: Journal, role: Role
) -> None:
    """Even an administrator: each of the five changes, alone and in a batch, and a void of one."""
    head_of_hr = firm.client("hr_head")
    assert head_of_hr.post("/v1/facts", json=fact("credential_granted", GRANTED)).status_code == 201
    stored = [r.position for r in journal.read(types=["credential_granted"])]
    other = firm.client(role, "E1" if role == "employee" else None)
    for type, change in STEPS:
        sent = fact(
            type, {**WHO, "credential": "C2", **change} if type == "credential_granted" else WHO | change
        )
        assert other.post("/v1/facts", json=sent).status_code == 403, type
        assert other.post("/v1/facts:batch", json=[sent]).status_code in (403, 422), type
    void = fact("fact_voided", {"position": stored[0], "reason": "no"})
    assert other.post("/v1/facts", json=void).status_code == 403
    assert [r.position for r in journal.read() if r.type.startswith("credential")] == stored
    assert not list(journal.read(types=["fact_voided"]))
    refused = [(r.actor, msgspec.json.decode(r.data)) for r in journal.read(types=["access_refused"])]
    assert refused and all(actor == said["caller"] and said["role"] == role for actor, said in refused)
    if role in ("manager", "hr", "integration", "administrator"):
        reasons = {said["reason"] for _, said in refused}
        expected = {f"The role {role} does not write {type}." for type, _ in STEPS}
        assert reasons == expected | {"This role does not write credential_granted, so it does not void one."}
        assert len([1 for _, said in refused if said["operation"] == "POST /v1/facts:batch"]) >= len(STEPS)


@pytest.mark.rule("R59")
def test_the_head_of_hr_changes_them_and_the_number_is_nowhere_in_clear(
    firm: Service, journal: Journal, ledger_dsn: str
) -> None:
    import psycopg

    head_of_hr = firm.client("hr_head")
    for type, change in STEPS:
        answer = head_of_hr.post("/v1/facts", json=fact(type, WHO | change))
        assert answer.status_code == 201, answer.text
    firm.get("/v1/credentials")
    records = [r for r in journal.read() if r.type.startswith("credential")]
    assert [r.type for r in records] == [type for type, _ in STEPS]
    assert msgspec.json.decode(records[0].data)["number"].startswith("enc1.")
    with psycopg.connect(ledger_dsn) as owner:
        for table in ("journal", "credential_change"):
            rows = owner.execute(f"select t::text from {LEDGER}.{table} t").fetchall()  # type: ignore[arg-type]
            assert rows and not [row for row in rows if "110-0035" in row[0]]


@pytest.mark.rule("R59")
def test_only_hr_and_the_person_read_the_number(firm: Service) -> None:
    head_of_hr = firm.client("hr_head")
    assert head_of_hr.post("/v1/facts", json=fact("credential_granted", GRANTED)).status_code == 201
    seen: dict[str, Any] = {}
    for role in ("hr_head", "hr", "employee", "manager", "payroll", "auditor", "administrator"):
        client = firm.client(role, "E1" if role == "employee" else None)  # type: ignore[arg-type]
        for path in ("/v1/credentials", "/v1/employees/E1/credentials"):
            answer = client.get(path, params={"at_least": firm.head()})
            assert answer.status_code == 200
            seen[role] = answer.json()[0]["number"]
    number = GRANTED["number"]
    assert seen == {
        "hr_head": number,
        "hr": number,
        "employee": number,
        "manager": None,
        "payroll": None,
        "auditor": None,
        "administrator": None,
    }


@pytest.mark.rule("R57")
def test_the_share_that_expired_is_asked_for_as_of_any_day(firm: Service) -> None:
    """3 of 20 on 1 April, none on 20 April."""
    head_of_hr = firm.client("hr_head")
    granted = [
        fact(
            "credential_granted",
            GRANTED | {"credential": f"C{n}", "expires_on": "2025-03-31" if n < 3 else "2029-12-31"},
        )
        for n in range(20)
    ]
    assert head_of_hr.post("/v1/facts:batch", json=granted).status_code == 201
    before = firm.head()
    renewed = [
        fact(
            "credential_renewed",
            {
                "employee": "E1",
                "credential": f"C{n}",
                "effective_on": "2025-04-20",
                "expires_on": "2030-03-31",
            },
        )
        for n in range(3)
    ]
    assert head_of_hr.post("/v1/facts:batch", json=renewed).status_code == 201

    def share(day: str, **query: Any) -> tuple[str, str]:
        total = firm.get("/v1/credentials/summary", day=day, **query)["total"]
        return total["share"], total["percent"]

    assert share("2025-03-31") == ("0", "0 %")
    assert share("2025-04-01") == ("3/20", "15 %")
    assert share("2025-04-19") == ("3/20", "15 %")
    assert share("2025-04-20") == ("0", "0 %")
    assert share("2025-04-20", known_at=before) == ("3/20", "15 %")
    listed = firm.get("/v1/credentials", day="2025-04-01", state="expired", kind="nursing licence")
    assert [each["credential"] for each in listed] == ["C0", "C1", "C2"]
    assert {each["since"] for each in listed} == {"2025-04-01"}


def test_an_employee_reads_their_own_and_nobody_elses(firm: Service) -> None:
    assert (
        firm.client("hr_head").post("/v1/facts", json=fact("credential_granted", GRANTED)).status_code == 201
    )
    own = firm.client("employee", "E1")
    params = {"at_least": firm.head()}
    assert [each["credential"] for each in own.get("/v1/credentials", params=params).json()] == ["C1"]
    assert own.get("/v1/credentials", params={"employee": "E2"}).status_code == 403
    assert own.get("/v1/employees/E2/credentials").status_code == 403
    assert firm.http.get("/v1/employees/E9/credentials").status_code == 404


def test_a_number_that_the_list_hides_is_not_to_be_had_from_the_fact(firm: Service) -> None:
    """A manager may read people, but not numbers: neither way; the head of HR and the person both ways."""
    granted = firm.client("hr_head").post("/v1/facts", json=fact("credential_granted", GRANTED)).json()
    place = f"/v1/facts/{granted['position']}/personal"
    for role, employee in (("hr", None), ("hr_head", None), ("employee", "E1")):
        answer = firm.client(role, employee).get(place)  # type: ignore[arg-type]
        assert answer.json()["texts"] == {"number": GRANTED["number"]}, role
    for role in ("manager", "auditor", "payroll", "administrator"):
        answer = firm.client(role).get(place)
        assert answer.status_code == 403 and GRANTED["number"] not in answer.text, role

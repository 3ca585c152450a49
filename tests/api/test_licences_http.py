"""A nurse's licence over HTTP: it expires, work is flagged and unpaid, and a late renewal is settled."""

from collections.abc import Callable
from typing import Any

import pytest
from given_plan import adoption, example
from served import Service, fact

from api.ops import close_period, open_ledger
from domain.period import Period
from projections.earned import earned

MARCH = "2025-03"
WHO = {"employee": "N1", "credential": "N1-licence"}
FLAGGED = "/v1/credentials/flagged-work"


def sent(service: Service, type: str, data: dict[str, Any], on: str) -> dict[str, Any]:
    """Records a fact of a day, as whoever may; what the service answers."""
    role = "hr_head" if type.startswith("credential") else "administrator"
    client = service.client("hr_head") if role == "hr_head" else service.http
    answer = client.post("/v1/facts", json=fact(type, data, occurred_at=f"{on}T10:00:00+08:00"))
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
def ward(serve: Callable[..., Service]) -> Service:
    """A contract nurse under the example plan, whose licence holds through 10 March."""
    service = serve()
    hired = {"employee": "N1", "hired_on": "2024-06-03", "branch": "W3", "post": "nurse"}
    adopted = adoption(example("hospital-nurse"))
    until = {"kind": "nursing licence", "granted_on": "2020-07-01", "expires_on": "2025-03-10"}
    sent(
        service, "branch_opened", {"branch": "W3", "title": "Ward 3", "opened_on": "2020-01-01"}, "2024-06-01"
    )
    sent(service, "employee_hired", hired, "2024-06-03")
    service.adopt(adopted, occurred_at="2025-01-01T09:00:00+08:00")
    sent(service, "credential_granted", WHO | until, "2024-06-03")
    return service


def close(service: Service, period: str) -> None:
    with open_ledger(service.settings) as ledger:
        close_period(ledger, Period.parse(period), actor="test")


def lines(service: Service, period: str, **query: Any) -> dict[tuple[str, str | None], int]:
    """What each line pays, by component and the month that it is about."""
    found = service.get(f"/v1/employees/N1/statements/{period}", **query)["statement"]["lines"]
    return {(line["component"], line["about"]): line["amount_minor"] for line in found}


def recomputed(service: Service, period: str) -> int:
    """What a month comes to by all that is known now."""
    with open_ledger(service.settings) as ledger, ledger.pool.connection() as connection:
        return earned(connection.cursor(), Period.parse(period), None, ["N1"])["N1"].total_minor


@pytest.mark.rule("R50", "R30")
def test_a_licence_that_is_renewed_late_pays_late(ward: Service) -> None:
    """Two PICCs of 6 points at 15: one before 11 March is paid, one on the 20th only once it is licensed.

    Nobody types a figure in between: facts come in, months close, the run pays.
    """
    for day in ("05", "20"):
        sent(ward, "procedure_performed", {"employee": "N1", "kind": "PICC"}, f"{MARCH}-{day}")
    sick = {"employee": "N1", "kind": "sick", "from_on": f"{MARCH}-03", "until_on": f"{MARCH}-04"}
    sent(ward, "leave_taken", sick, f"{MARCH}-03")
    assert lines(ward, MARCH)[("procedures", None)] == 90_00
    assert lines(ward, MARCH)[("full_attendance", None)] == 0
    page = ward.get(FLAGGED, period=MARCH)
    assert page["total"] == 1
    assert {name: page["work"][0][name] for name in ("day", "state", "since", "is_paid", "credential")} == {
        "day": "2025-03-20",
        "state": "expired",
        "since": "2025-03-11",
        "is_paid": False,
        "credential": "nursing licence",
    }
    close(ward, MARCH)
    settled = sum(lines(ward, MARCH).values())
    run = ward.get(f"/v1/payroll/runs/{MARCH}")
    assert sum(row["amount_minor"] for row in run["rows"]) == settled == recomputed(ward, MARCH)

    before = ward.head()
    renewal = WHO | {"effective_on": "2025-03-15", "expires_on": "2030-06-30"}
    sent(ward, "credential_renewed", renewal, "2025-04-07")
    assert lines(ward, "2025-04")[("procedures", MARCH)] == 90_00
    close(ward, "2025-04")
    retro = sum(minor for (_, about), minor in lines(ward, "2025-04").items() if about == MARCH)
    assert settled + retro == recomputed(ward, MARCH)
    assert lines(ward, MARCH)[("procedures", None)] == 90_00
    assert ward.get(FLAGGED, period=MARCH)["total"] == 0
    assert ward.get(FLAGGED, period=MARCH, known_at=before)["total"] == 1
    everybody_reads_what_they_may(ward)


def everybody_reads_what_they_may(service: Service) -> None:
    """Whoever reads about people; an employee about themselves alone; pages go on where they ended."""
    hired = {"employee": "N2", "hired_on": "2024-06-03", "branch": "W3", "post": "nurse"}
    sent(service, "employee_hired", hired, "2024-06-03")
    for day in range(11, 16):
        nursed = {"employee": "N2", "kind": "infusion", "quantity": 2}
        sent(service, "nursing_recorded", nursed, f"2025-05-{day}")
    query = {"period": "2025-05", "at_least": service.head()}
    first = service.http.get(FLAGGED, params=query | {"limit": 3})
    rest = service.http.get(first.links["next"]["url"])
    assert (len(first.json()["work"]), len(rest.json()["work"])) == (3, 2) and "next" not in rest.links
    assert {(each["state"], each["since"]) for each in first.json()["work"]} == {("none", None)}
    own = service.client("employee", "N2")
    assert own.get(FLAGGED, params=query).json()["total"] == 5
    assert own.get(FLAGGED, params=query | {"employee": "N1"}).status_code == 403
    assert service.client("employee", "N1").get(FLAGGED, params=query).json()["total"] == 0
    assert service.client("integration").get(FLAGGED, params=query).status_code == 403
    wrong = service.http.get(FLAGGED, params={"period": "2025-13"})
    assert wrong.status_code == 422 and wrong.json()["field"] == "period"

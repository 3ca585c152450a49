"""Boards and honours over HTTP: movement, newcomers, who is named to whom, and what a board proposes."""

from collections.abc import Iterator

import pytest
from conftest import new_database
from given_plan import adoption, document
from served import Service, fact, open_shanghai, served

PLAN = "boards: [{id: star, title: Star of the week, measure: clients, period: week}]"
WEEK = "/v1/boards/star?period=2025-W10&movement=true"


@pytest.fixture(scope="module")
def firm(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """E1 wins two clients in the week, E2 one; E2, a newcomer, won one in the week before. M1 leads E2."""
    with (
        new_database(postgres, template) as dsn,
        served(dsn, tmp_path_factory.mktemp("home")) as service,
    ):
        open_shanghai(service)
        adopted = adoption(document(PLAN))
        leader = {"employee": "M1", "hired_on": "2024-06-03", "branch": "SH", "post": "manager"}
        newcomer = {"employee": "E2", "hired_on": "2025-02-03", "branch": "SH", "post": "seller"}
        service.adopt(adopted)
        assert service.record("employee_hired", leader).status_code == 201
        assert service.record("employee_hired", newcomer | {"manager": "M1"}).status_code == 201
        for customer, employee, day in (("A", "E1", 4), ("B", "E1", 5), ("C", "E2", 5)):
            won = {"customer": customer, "employee": employee}
            at = f"2025-03-{day:02}T09:30:00+08:00"
            assert service.record("customer_registered", won, occurred_at=at).status_code == 201
        before = {"customer": "D", "employee": "E2"}
        at = "2025-02-25T09:30:00+08:00"
        assert service.record("customer_registered", before, occurred_at=at).status_code == 201
        service.get("/v1/plans")
        yield service


@pytest.mark.rule("R76")
def test_a_board_tells_movement_and_names_those_who_let_it(firm: Service) -> None:
    """E2 falls from first to second and keeps that place when not shown by name."""
    own = firm.client("employee", "E2")
    chosen = {"employee": "E2", "display": "anonymous"}
    sent = own.post("/v1/facts", json=fact("board_display_chosen", chosen, source="employee/E2"))
    assert sent.status_code == 201, sent.text
    hidden = f"anonymous-{sent.json()['position']}"
    firm.get("/v1/plans")
    readers = {
        firm.client("employee", "E1"): hidden,
        firm.client("integration"): hidden,
        own: "E2",
        firm.client("hr"): "E2",
    }
    for reader, name in readers.items():
        places = reader.get(WEEK).json()["places"]
        told = [(each["place"], each["employee"], each["before"], each["movement"]) for each in places][:2]
        assert told == [(1, "E1", 2, "up"), (2, name, 1, "down")], told
        assert places[1]["anonymous"] is (name == hidden)
    [led] = [each["employee"] for each in firm.client("manager", "M1").get(WEEK).json()["places"]][1:2]
    assert led == "E2"
    newcomers = firm.get("/v1/boards/star", period="2025-W10", newcomers=3)
    assert [(each["place"], each["employee"]) for each in newcomers["places"]] == [(1, "E2")]


@pytest.mark.rule("R77")
def test_a_board_proposes_and_a_person_records(firm: Service) -> None:
    """The star of the week with board, measure, value, place and the positions behind it; once."""
    hr = firm.client("hr")
    [proposal] = hr.get("/v1/boards/star/honours?period=2025-W10").json()
    star = proposal["honour"]
    assert proposal["position"] is None
    assert (star["employee"], star["board"], star["measure"], star["value"], star["place"]) == (
        "E1", "star", "clients", "2", 1,
    )  # fmt: skip
    assert [firm.http.get(f"/v1/facts/{at}").json()["data"]["customer"] for at in star["evidence"]] == [
        "A",
        "B",
    ]
    assert firm.get("/v1/honours") == []
    recorded = hr.post("/v1/facts", json=fact("honour_awarded", star))
    assert recorded.status_code == 201, recorded.text
    again = hr.post("/v1/facts", json=fact("honour_awarded", star))
    assert (again.status_code, again.json()["type"]) == (409, "/v1/problems/already-honoured")
    [honour] = firm.get("/v1/honours", period="2025-W10", board="star", employee="E1")
    assert honour["position"] == recorded.json()["position"]
    [proposal] = hr.get("/v1/boards/star/honours?period=2025-W10").json()
    assert proposal["position"] == honour["position"]
    chosen = {"employee": "E1", "display": "anonymous"}
    assert firm.record("board_display_chosen", chosen).status_code == 201
    firm.get("/v1/plans")
    [seen] = firm.client("employee", "E2").get("/v1/honours").json()
    assert seen["employee"].startswith("anonymous-") and seen["evidence"] == []
    assert firm.client("employee", "E2").get("/v1/boards/star/honours?period=2025-W10").status_code == 403
    assert firm.record("board_display_chosen", chosen | {"display": "named"}).status_code == 201

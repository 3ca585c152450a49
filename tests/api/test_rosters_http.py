"""Rosters over HTTP: searched for, published in one decision, read back, and exported as a calendar."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from icalendar import Calendar
from served import Service, fact, open_shanghai

BEGAN = {"effective_on": "2025-01-01"}
UNIT = {"branch": "SH", "department": "ICU"}
WEEK = {"from": "2025-03-03", "to": "2025-03-09"}
ASKED = UNIT | WEEK | {"effort": 2, "seconds": 20}
NURSES = ("N1", "N2", "N3")


def pattern(name: str, since: str, until: str, night: bool = False) -> dict[str, Any]:
    spans = [{"from_time": since, "until_time": until, "activity": "ward"}]
    return {"pattern": name, "title": f"Shift {name}", "spans": spans, "night": night, **BEGAN}


@pytest.fixture
def ward(serve: Callable[..., Service]) -> Service:
    """Three nurses, one of whom wishes Sunday off; one is needed on each early shift and each night."""
    service = serve()
    open_shanghai(service)
    told: list[tuple[str, dict[str, Any]]] = [
        ("employee_hired", UNIT | {"employee": nurse, "hired_on": "2024-06-03", "post": "nurse"})
        for nurse in NURSES
    ]
    told += [
        ("shift_pattern_set", pattern("E", "07:00", "15:00")),
        ("shift_pattern_set", pattern("N", "23:00", "07:00", night=True)),
        ("shift_rules_set", BEGAN | {"nights_in_a_row": 2, "rest_minutes": 660, "week_minutes": 2880}),
        ("shift_need_set", UNIT | BEGAN | {"pattern": "E", "count": 1}),
        ("shift_need_set", UNIT | BEGAN | {"pattern": "N", "count": 1}),
        ("shift_wished", {"employee": "N1", "on": "2025-03-09", "weight": 5}),
    ]
    answer = service.http.post("/v1/facts:batch", json=[fact(kind, said) for kind, said in told])
    assert answer.status_code == 201, answer.text
    service.get("/v1/rosters", **UNIT, **WEEK)
    return service


def search(service: Service, **changes: Any) -> httpx.Response:
    return service.client("manager").post("/v1/rosters", json=ASKED | changes)


@pytest.mark.rule("R53")
def test_a_roster_is_proposed_published_and_read_back(ward: Service) -> None:
    """Nothing is stored until its facts are sent; then all of them are, once, and the needs are met."""
    head = ward.head()
    answer = search(ward)
    assert answer.status_code == 200, answer.text
    proposal = answer.json()
    assert (proposal["status"], proposal["stopped_by"], len(proposal["facts"])) == ("optimal", "proof", 14)
    assert proposal["wishes"]["share"] == "1" and proposal["conflicts"] == []
    assert "N1" not in {
        each["data"]["employee"] for each in proposal["facts"] if each["data"]["on"] == WEEK["to"]
    }
    assert ward.head() - head <= 1  # the trace of the reading at most
    manager = ward.client("manager")
    sent = manager.post("/v1/facts:batch", json=proposal["facts"])
    assert (sent.status_code, sent.json()["stored"]) == (201, 14), sent.text
    assert manager.post("/v1/facts:batch", json=proposal["facts"]).json()["hits"] == 14
    stands = ward.get("/v1/rosters", **UNIT, **WEEK)
    assert len(stands["shifts"]) == 14 and stands["faults"] == []
    assert all((each["needed"], each["assigned"]) == (1, 1) for each in stands["needs"])
    again = search(ward).json()
    assert (again["status"], again["facts"]) == ("optimal", [])
    known_at = ward.head()
    shift = stands["shifts"][0]
    off = {"employee": shift["employee"], "kind": "sick", "from_on": shift["on"], "until_on": shift["on"]}
    assert ward.record("leave_taken", off).status_code == 201
    assert {each["kind"] for each in ward.get("/v1/rosters", **UNIT, **WEEK)["faults"]} == {"leave"}
    assert ward.get("/v1/rosters", **UNIT, **WEEK, known_at=known_at)["faults"] == []


@pytest.mark.rule("R53")
def test_what_is_published_is_held_to_the_rules_once_more(ward: Service) -> None:
    """A leave that comes between refuses all of it; a need that cannot be met names what conflicts."""
    proposal = search(ward).json()
    given = proposal["facts"][3]["data"]
    off = {"employee": given["employee"], "kind": "sick", "from_on": given["on"], "until_on": given["on"]}
    assert ward.record("leave_taken", off).status_code == 201
    sent = ward.client("manager").post("/v1/facts:batch", json=proposal["facts"])
    assert sent.status_code == 422 and sent.json()["stored"] == 0
    kinds = {each["problem"]["type"].rsplit("/", 1)[1] for each in sent.json()["outcomes"]}
    assert kinds == {"on-leave", "withheld"}
    assert ward.get("/v1/rosters", **UNIT, **WEEK)["shifts"] == []
    need = UNIT | {"pattern": "N", "count": 3, "effective_on": "2025-03-05", "until_on": "2025-03-07"}
    more = ward.record("shift_need_set", need).json()["position"]
    ward.get("/v1/rosters", **UNIT, **WEEK)
    found = search(ward).json()
    assert (found["status"], found["facts"], found["wishes"]) == ("infeasible", [], None)
    assert more in {position for each in found["conflicts"] for position in each["positions"]}
    assert all(each["needed"] for each in found["conflicts"])


def test_what_cannot_be_searched_for_is_refused_by_field(ward: Service) -> None:
    """Days in the wrong order or too many, nobody there, no hours, no right, no such field."""
    unneeded = ward.record("shift_need_set", {"branch": "SH", "pattern": "X", "count": 1, **BEGAN})
    assert unneeded.status_code == 201
    cases: list[tuple[dict[str, Any], int, str]] = [
        ({"to": "2025-03-01"}, 422, "to"),
        ({"to": "2025-05-30"}, 422, "to"),
        ({"department": "X"}, 422, "branch"),
        ({"department": None}, 422, "from"),
        ({"from": "2024-12-01", "to": "2024-12-07"}, 422, "branch"),
        ({"effort": 61}, 422, ""),
        ({"wishes": "all"}, 422, ""),
        ({"from": "March"}, 422, ""),
    ]
    for changes, status, field in cases:
        answer = search(ward, **changes)
        assert (answer.status_code, answer.json().get("field", "")) == (status, field), answer.text
        assert answer.json()["remedy"]
    nurse = ward.client("employee", "N1")
    assert nurse.post("/v1/rosters", json=ASKED).status_code == 403
    assert nurse.get("/v1/rosters", params=UNIT | WEEK).json()["people"] == ["N1"]
    assert ward.client("integration").post("/v1/rosters", json=ASKED).status_code == 403
    assert nurse.get("/v1/employees/N2/shifts.ics").status_code == 403
    wish = {"employee": "N1", "on": "2025-03-05", "pattern": "E", "weight": 3}
    mine = nurse.post("/v1/facts", json=fact("shift_wished", wish, source="employee/N1"))
    assert mine.status_code == 201
    theirs = fact("shift_wished", wish | {"employee": "N2"}, source="employee/N1")
    assert nurse.post("/v1/facts", json=theirs).status_code == 403
    heavy = ward.record("shift_wished", wish | {"weight": 11})
    assert (heavy.status_code, heavy.json()["field"]) == (422, "data.weight")


def test_a_calendar_reads_back_as_the_shifts(ward: Service) -> None:
    """In the zone of the ledger, over midnight, with UIDs that stay and bytes that do not change."""
    for on, name in (("2025-03-03", "E"), ("2025-03-05", "N")):
        shift = {"employee": "N1", "on": on, "pattern": name}
        assert ward.record("shift_assigned", shift).status_code == 201
    first = ward.head()
    shifts = ward.get("/v1/employees/N1/shifts", **WEEK)
    path = "/v1/employees/N1/shifts.ics"
    answer = ward.http.get(path, params=WEEK)
    assert answer.headers["Content-Type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    told = [(event.decoded("dtstart"), event.decoded("dtend")) for event in events]
    at = dt.timezone(dt.timedelta(hours=8))
    assert told == [
        (dt.datetime(2025, 3, 3, 7, tzinfo=at), dt.datetime(2025, 3, 3, 15, tzinfo=at)),
        (dt.datetime(2025, 3, 5, 23, tzinfo=at), dt.datetime(2025, 3, 6, 7, tzinfo=at)),
    ]
    assert b"TZID=Asia/Shanghai" in answer.content and b"BEGIN:VTIMEZONE" in answer.content
    assert [event["sequence"] for event in events] == [day["position"] for day in shifts["days"]]
    recorded = [ward.http.get(f"/v1/facts/{event['sequence']}").json()["recorded_at"] for event in events]
    stamps = [event.decoded("dtstamp") for event in events]
    assert [f"{stamp:%Y-%m-%dT%H:%M:%S}" for stamp in stamps] == [each[:19] for each in recorded]
    assert answer.content == ward.http.get(path, params=WEEK).content
    assert (
        ward.record("fact_voided", {"position": events[0]["sequence"], "reason": "error"}).status_code == 201
    )
    again = {"employee": "N1", "on": "2025-03-03", "pattern": "N"}
    assert ward.record("shift_assigned", again).status_code == 201
    ward.get("/v1/employees/N1/shifts", **WEEK)
    changed = Calendar.from_ical(ward.http.get(path, params=WEEK).content).walk("VEVENT")
    assert [event["uid"] for event in changed] == [event["uid"] for event in events]
    assert changed[0]["sequence"] > events[0]["sequence"]
    assert ward.http.get(path, params=WEEK | {"known_at": first}).content == answer.content

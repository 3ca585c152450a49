"""The people whom a caller reaches, with their names: found, filtered, leafed through, as known then."""

from collections.abc import Iterator
from typing import Any

import pytest
from conftest import new_database
from served import Service, fact, served

HIRED = {"occurred_at": "2024-06-03T09:00:00+08:00"}
PEOPLE = {
    "B1": {"branch": "BJ", "post": "lead", "name": "赵敏"},
    "M1": {"branch": "SH", "post": "lead", "name": "Zhou Jie", "team": "SH-1"},
    "E1": {"branch": "SH", "post": "seller", "name": "王芳", "manager": "M1", "team": "SH-1"},
    "E2": {"branch": "SH", "post": "seller", "name": "Ann Wang", "manager": "M1", "team": "SH-2"},
    "E3": {"branch": "SH", "post": "nurse", "manager": "E1"},
}
DAY = "2025-03-10"


@pytest.fixture(scope="module")
def firm(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Five people of two branches; E2 left in February, N1 comes in April."""
    with new_database(postgres, template) as dsn, served(dsn, tmp_path_factory.mktemp("people")) as made:
        founded(made)
        yield made


def founded(made: Service) -> None:
    for branch in ("SH", "BJ"):
        made.record("branch_opened", {"branch": branch, "title": branch, "opened_on": "2024-06-03"}, **HIRED)
    hired = [
        fact("employee_hired", {"employee": who, "hired_on": "2024-06-03", **said}, **HIRED)
        for who, said in PEOPLE.items()
    ]
    coming = {"employee": "N1", "hired_on": "2025-04-01", "branch": "SH", "post": "seller", "name": "新人"}
    left = {"employee": "E2", "left_on": "2025-02-28", "cause": "family"}
    assert made.http.post("/v1/facts:batch", json=hired).status_code == 201
    assert made.record("employee_hired", coming, **HIRED).status_code == 201
    assert made.record("employee_left", left, occurred_at="2025-02-20T09:00:00+08:00").status_code == 201


def ids(client: Any, **query: Any) -> list[str]:
    answer = client.get("/v1/people", params={"day": DAY, **query})
    assert answer.status_code == 200, answer.text
    return [each["employee"] for each in answer.json()]


def test_people_are_found_filtered_and_known_then(firm: Service) -> None:
    """By part of name or id, post, branch, team, manager and status; each as of the day or the nearest."""
    everybody = firm.get("/v1/people", day=DAY)
    assert {each["employee"]: (each["name"], each["status"]) for each in everybody} == {
        "B1": ("赵敏", "working"),
        "E1": ("王芳", "working"),
        "E2": ("Ann Wang", "left"),
        "E3": (None, "working"),
        "M1": ("Zhou Jie", "working"),
        "N1": ("新人", "coming"),
    }
    assert (everybody[2]["left_on"], everybody[2]["manager"]) == ("2025-02-28", "M1")
    cases = [
        ({"q": "wang"}, ["E2"]),
        ({"q": " 王 "}, ["E1"]),
        ({"q": "e"}, ["E1", "E2", "E3", "M1"]),  # Zhou Jie has one, too
        ({"q": "nobody"}, []),
        ({"status": "working", "branch": "SH"}, ["E1", "E3", "M1"]),
        ({"status": "coming"}, ["N1"]),
        ({"manager": "M1"}, ["E1", "E2"]),
        ({"team": ["SH-1", "SH-2"], "post": "seller"}, ["E1", "E2"]),
        ({"employee": ["E3", "B1"]}, ["B1", "E3"]),
        ({"day": "2025-02-28", "status": "left"}, []),
        ({"day": "2025-04-01", "status": "working", "q": "N"}, ["N1"]),
    ]
    for query, expected in cases:
        assert ids(firm.http, **query) == expected, query
    [gone] = firm.http.get("/v1/facts", params={"type": "employee_left"}).json()["facts"]
    assert "E2" in ids(firm.http, status="working", known_at=gone["position"] - 1)
    assert firm.http.get("/v1/people", params={"q": "x" * 65}).json()["field"] == "q"


def test_one_sees_whom_one_reaches_by_pages_and_it_is_in_the_trail(firm: Service) -> None:
    """The scopes self, team, branch and all; a name is no way around; it is noted."""
    team = firm.client("manager", "M1", "team")
    assert ids(team) == ["E1", "E3", "M1"]
    assert ids(team, q="赵") == []
    assert team.get("/v1/people", params={"employee": "B1"}).status_code == 403
    assert ids(firm.client("employee", "E1")) == ["E1"]
    assert ids(firm.client("hr", None, "branch", ("BJ",))) == ["B1"]
    assert firm.client("integration").get("/v1/people").status_code == 403
    first = firm.http.get("/v1/people", params={"day": DAY, "limit": 4})
    rest = firm.http.get(first.links["next"]["url"])
    assert [each["employee"] for each in first.json() + rest.json()] == ["B1", "E1", "E2", "E3", "M1", "N1"]
    asked = {"type": "personal_data_read", "limit": 1000}
    noted = [each["data"] for each in firm.http.get("/v1/facts", params=asked).json()["facts"]]
    read = [each.get("people") for each in noted if each["operation"] == "GET /v1/people"]
    assert 2 in read, f"a manager of two reads of two others, of nobody besides: {read}"

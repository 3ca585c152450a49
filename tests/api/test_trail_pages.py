"""The trail over HTTP: who did what, by person, actor, type, day and position, as pages and as files."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import msgspec
import pytest
from conftest import new_database
from served import Service, fact, open_shanghai, served

VISIT = {"employee": "E1", "customer": "H1"}
EVIL = '=HYPERLINK("http://evil.example","x")'


TOLD = 9
"""Where the firm's own facts end; tests add others behind."""


def told_to(service: Service) -> Service:
    """E1 visits five times, and one of the visits is voided for a reason with a formula."""
    open_shanghai(service)
    positions = [service.record("visit_recorded", VISIT).json()["position"] for _ in range(5)]
    void = service.record("fact_voided", {"position": positions[1], "reason": EVIL})
    assert void.json()["position"] == TOLD, void.text
    return service


@pytest.fixture(scope="module")
def firm(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with the nine facts, for all tests that do not mind what comes behind them."""
    with new_database(postgres, template) as dsn, served(dsn, tmp_path_factory.mktemp("home")) as made:
        yield told_to(made)


@pytest.fixture
def auditor(firm: Service) -> httpx.Client:
    return firm.client("auditor")


def asked(client: httpx.Client, service: Service, **query: Any) -> list[dict[str, Any]]:
    """The entries of one page."""
    answer = client.get("/v1/audit/trail", params={"at_least": service.head(), **query})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["entries"])


@pytest.mark.rule("R24")
def test_an_entry_says_who_did_what_to_whom_when_and_whether_it_still_counts(
    firm: Service, auditor: httpx.Client
) -> None:
    visit = asked(auditor, firm, type="visit_recorded")[1]
    assert visit["actor"].startswith("administrator.")
    assert (visit["subjects"], visit["line"]) == (["employee:E1", "customer:H1"], "E1 visits H1")
    assert visit["occurred_at"] == "2025-03-04T01:30:00.000000Z"
    [void] = asked(auditor, firm, type="fact_voided")
    assert visit["voided_at"] == void["position"]
    assert void["line"] == f"Position {visit['position']} is voided: {EVIL}"
    assert asked(auditor, firm, type="visit_recorded", lang="zh")[0]["line"] == "E1 拜访 H1"


@pytest.mark.rule("R24")
def test_it_is_narrowed_by_person_actor_type_positions_and_days(firm: Service, auditor: httpx.Client) -> None:
    def positions(**query: Any) -> list[int]:
        return [entry["position"] for entry in asked(auditor, firm, **query)]

    assert positions(employee="E1", upto=9) == [3, 4, 5, 6, 7, 8, 9]
    assert positions(employee="E9") == []
    assert positions(actor="test") == [1]
    assert positions(type=["branch_opened", "employee_hired"]) == [2, 3]
    assert positions(after=2, upto=4) == [3, 4]
    assert positions(**{"from": "2000-01-01", "until": "2000-12-31"}) == []
    assert positions(**{"from": "2000-01-01", "until": "2999-12-31", "upto": 9}) == list(range(1, 10))
    assert positions(until="2999-12-31", type="visit_recorded", employee="E1", upto=9) == [4, 5, 6, 7, 8]


def test_pages_follow_each_other_without_a_gap(firm: Service, auditor: httpx.Client) -> None:
    found: list[int] = []
    after: int | None = 0
    while after is not None:
        page = auditor.get("/v1/audit/trail", params={"after": after, "limit": 2, "upto": 9}).json()
        found += [entry["position"] for entry in page["entries"]]
        after = page["next_after"]
    assert found == list(range(1, 10))


@pytest.mark.rule("R24")
def test_a_csv_has_every_entry_and_nothing_that_a_spreadsheet_would_run(
    firm: Service, auditor: httpx.Client
) -> None:
    evil = firm.client("administrator")
    forged = fact("visit_recorded", VISIT, source="+SUM(1)")
    assert evil.post("/v1/facts", json=forged).status_code == 201
    answer = auditor.get("/v1/audit/trail", params={"format": "csv", "upto": firm.head()})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [int(row["position"]) for row in rows] == list(range(1, len(rows) + 1))
    assert "'+SUM(1)" in [row["source"] for row in rows]
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.rule("R24")
def test_lines_of_json_have_the_same_entries_as_pages(firm: Service, auditor: httpx.Client) -> None:
    pages = asked(auditor, firm, employee="E1", upto=9)
    answer = auditor.get("/v1/audit/trail", params={"format": "ndjson", "employee": "E1", "upto": 9})
    assert [msgspec.json.decode(line) for line in answer.content.splitlines()] == pages
    assert "attachment" in answer.headers["content-disposition"]


def test_a_file_of_several_pages_is_whole(firm: Service, auditor: httpx.Client) -> None:
    many = [fact("visit_recorded", VISIT) for _ in range(2500)]
    assert firm.http.post("/v1/facts:batch", json=many).status_code == 201
    head = firm.head()
    answer = auditor.get("/v1/audit/trail", params={"format": "ndjson", "upto": head, "at_least": head})
    lines = answer.content.splitlines()
    assert [msgspec.json.decode(line)["position"] for line in lines] == list(range(1, head + 1))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2025-03-02", "until": "2025-03-01"}, "until"),
        ({"type": "deal_won"}, "type"),
        ({"from": "yesterday"}, "from"),
        ({"limit": 1001}, "limit"),
        ({"format": "xlsx"}, "format"),
        ({"person": "E1"}, "person"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_by_name(
    firm: Service, auditor: httpx.Client, query: dict[str, Any], field: str
) -> None:
    answer = auditor.get("/v1/audit/trail", params=query)
    assert 400 <= answer.status_code < 500
    assert answer.json()["field"] == field


@pytest.mark.rule("R24")
def test_who_reads_the_trail_stands_in_it(serve: Callable[..., Service]) -> None:
    firm = told_to(serve())
    auditor = firm.client("auditor")
    asked(auditor, firm, employee="E1")
    auditor.get("/v1/audit/trail", params={"format": "csv"})
    told = asked(auditor, firm, type="personal_data_read")
    assert told[0]["subjects"] == ["employee:E1"]
    assert told[0]["line"].endswith("reads GET /v1/audit/trail about E1")
    assert told[1]["subjects"] == [], "a file is about whoever is in it"


@pytest.mark.parametrize(
    ("role", "status"),
    [("manager", 403), ("hr", 403), ("payroll", 403), ("integration", 403), ("auditor", 200),
     ("hr_head", 200), ("administrator", 200)],
)  # fmt: skip
def test_the_trail_is_for_those_who_check(firm: Service, role: Any, status: int) -> None:
    assert firm.client(role).get("/v1/audit/trail").status_code == status

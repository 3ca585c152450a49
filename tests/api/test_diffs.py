"""The difference between two points of knowledge over HTTP."""

from collections.abc import Callable

import pytest
from book import Book
from given import LEDGER
from served import Service

from domain.journal.append import Journal

CLIENTS = "components: [{id: clients, title: New clients, kind: per_unit, measure: clients, rate: 50}]"
DIFF = "/v1/audit/statements/E1/2025-03/diff"


@pytest.fixture
def told(journal: Journal, ledger_dsn: str, serve: Callable[..., Service]) -> tuple[Book, Service]:
    book = Book(journal, ledger_dsn, LEDGER)
    book.hire("E1")
    book.adopt(CLIENTS)
    return book, serve()


def test_a_difference_names_its_facts(told: tuple[Book, Service]) -> None:
    book, service = told
    before = book.journal.head()
    [first] = book.register("C1")
    void = book.void(first)
    found = service.get(DIFF, **{"from": before, "to": first})
    assert (found["before"]["total_minor"], found["after"]["total_minor"]) == (0, 5_000)
    assert [fact["position"] for fact in found["facts"]] == [first]
    back = service.get(DIFF, **{"from": first})
    assert back["difference_minor"] == -5_000 and [fact["position"] for fact in back["facts"]] == [void]
    everything = service.get(DIFF, **{"from": "2025-01-01T00:00:00Z"})
    assert everything["before"]["state"] == "none" and everything["after"]["state"] == "open"


def test_who_may_not_see_everybodys_pay_may_not_see_this(told: tuple[Book, Service]) -> None:
    _, service = told
    asked = {"from": "1"}
    for role, status in (("payroll", 200), ("auditor", 200), ("hr_head", 200), ("manager", 403), ("hr", 403)):
        assert service.client(role).get(DIFF, params=asked).status_code == status, role  # type: ignore[arg-type]
    assert service.client("employee", "E1").get(DIFF, params=asked).status_code == 403


def test_points_that_are_none_are_refused(told: tuple[Book, Service]) -> None:
    book, service = told
    assert service.http.get(DIFF).status_code == 400
    for asked, field in (
        ({"from": "x"}, "from"),
        ({"from": 4, "to": 3}, "from"),
        ({"from": 1, "to": book.journal.head() + 9}, "to"),
    ):
        refused = service.http.get(DIFF, params=asked)
        assert refused.status_code in (400, 422) and refused.json()["field"] == field, refused.text

"""A draft tried on past months over HTTP."""

from collections.abc import Callable

import pytest
from book import Book
from served import Service
from trying import raised, tried_firm

from domain.journal.append import Journal

ADDRESS = "/v1/plans/simulations"
MARCH = {"from": "2025-03", "until": "2025-03"}


@pytest.fixture
def firm(journal: Journal, ledger_dsn: str) -> Book:
    return tried_firm(journal, ledger_dsn)


def test_over_http_those_who_run_payroll_may_ask_and_leave_a_trace(
    firm: Book, serve: Callable[..., Service]
) -> None:
    """It shows everybody's pay; whoever sees only some of it is refused."""
    service = serve()
    asked = {**MARCH, "document": raised(), "vary": "bonus=50..60/10"}
    for role, status in (("payroll", 200), ("auditor", 200), ("manager", 403), ("hr", 403)):
        assert service.client(role).post(ADDRESS, json=asked).status_code == status, role  # type: ignore[arg-type]
    assert service.client("employee", "E1").post(ADDRESS, json=asked).status_code == 403
    found = service.http.post(ADDRESS, json=asked).json()
    assert [(each["employee"], each["difference_minor"]) for each in found["people"]] == [
        ("E1", 30_00),
        ("E2", 10_00),
    ]
    assert [point["total_minor"] for point in found["curve"]] == [200_00, 240_00]
    traces = list(firm.journal.read(types=["personal_data_read"]))
    assert any(b"/plans/simulations" in trace.data and b'"people":2' in trace.data for trace in traces)


def test_over_http_what_is_too_much_or_wrong_is_refused(firm: Book, serve: Callable[..., Service]) -> None:
    """By its field, before anything is computed."""
    service = serve()
    for asked, field in (
        ({**MARCH}, "document"),
        ({"from": "2020-01", "until": "2022-01", "without": ["selling"]}, "until"),
        ({"from": "1900-01", "until": "2025-01", "without": ["selling"]}, "until"),
        ({"from": "2025-01", "until": "2099-01", "without": ["selling"]}, "data.period"),
        ({**MARCH, "document": raised(), "vary": "bonus=1..52/1"}, "vary"),
        ({**MARCH, "document": raised(), "vary": "nothing=1..2/1"}, "vary"),
        ({**MARCH, "document": raised(), "known_at": "yesterday"}, "known_at"),
        ({**MARCH, "without": ["none"]}, "without"),
        ({**MARCH, "document": raised() | {"currency": "EUR"}}, "document.currency"),
        ({**MARCH, "document": {}}, None),
        ({**MARCH, "documents": raised()}, "documents"),
    ):
        refused = service.http.post(ADDRESS, json=asked)
        assert refused.status_code in (409, 422), refused.text
        assert field is None or refused.json().get("field", "") == field, refused.text
    assert service.http.post(ADDRESS, content=b"{").status_code == 400

"""Exchange rates over HTTP: who records them, how they are read, and that no month is closed without one."""

from collections.abc import Callable

import pytest
from given_plan import adoption, document
from served import Service, fact, open_shanghai

from api.ops import close_period, open_ledger
from domain.period import Period
from domain.refusals import RateMissing

REVENUE = """
convert_at: day
components: [{id: share, title: Share, kind: rate_table, measure: revenue, method: whole,
              bands: [{from: 0, rate: 10 %}]}]
"""
RATE = {"base": "USD", "quote": "CNY", "rate": "7.1234", "effective_on": "2025-03-01"}
DEAL = {"employee": "E1", "customer": "H1", "deal": "D1", "amount_minor": 100_000, "currency": "USD"}


def test_a_rate_is_recorded_by_payroll_read_by_day_and_needed_for_the_close(
    serve: Callable[..., Service],
) -> None:
    service = serve()
    open_shanghai(service)
    adopted = adoption(document(REVENUE))
    service.adopt(adopted)
    assert service.record("deal_closed", DEAL).status_code == 201
    [line] = service.get("/v1/employees/E1/statements/2025-03")["statement"]["lines"]
    assert line["exchange"]["missed"] == [{"base": "USD", "quote": "CNY", "day": "2025-03-04", "amounts": 1}]
    with open_ledger(service.settings) as ledger, pytest.raises(RateMissing, match="USD/CNY on 2025-03-04"):
        close_period(ledger, Period.parse("2025-03"), actor="test")
    assert (
        service.client("manager").post("/v1/facts", json=fact("exchange_rate_set", RATE)).status_code == 403
    )
    payroll = service.client("payroll")
    told = payroll.post("/v1/facts", json=fact("exchange_rate_set", RATE))
    assert told.status_code == 201, told.text
    again = payroll.post("/v1/facts", json=fact("exchange_rate_set", RATE | {"rate": "7.2"}))
    assert (again.status_code, again.json()["field"]) == (409, "data.effective_on")
    [held] = service.get("/v1/exchange-rates", day="2025-03-31", currency="CNY")
    assert held == RATE | {"position": told.json()["position"], "quoted_by": None}
    assert service.get("/v1/exchange-rates", day="2025-02-28") == []
    explained = service.get("/v1/employees/E1/statements/2025-03/explain")
    assert explained["lines"][0]["rates"][0]["said"]["en"] == (
        f"1000.00 USD × 7.1234 (2025-03-01, fact {held['position']}) = 7123.40 CNY"
    )
    with open_ledger(service.settings) as ledger:
        closed, _ = close_period(ledger, Period.parse("2025-03"), actor="test")
    assert closed.statements == 1

"""Credits over HTTP: a shared order pays everybody their part, and is found under each of them."""

from collections.abc import Callable

from given_plan import adoption, document
from served import Service, open_shanghai

PER_DEAL = """
components:
  - {id: per_deal, kind: per_unit, title: Per deal, measure: deals, rate: 50.00 CNY}
  - {id: commission, kind: rate_table, title: Commission, measure: revenue, bands: [{from: 0, rate: 1 %}]}
"""
HIRED = {"hired_on": "2024-06-03", "branch": "SH", "post": "seller"}


def test_a_shared_order_pays_everybody_their_part(serve: Callable[..., Service]) -> None:
    """50 yuan a deal by share, 1 % of each part; shares that are not 100 % are refused with the field."""
    service = serve()
    open_shanghai(service)
    for employee in ("E2", "E9"):
        day = {"occurred_at": "2024-06-03T09:00:00+08:00"}
        assert service.record("employee_hired", {"employee": employee, **HIRED}, **day).status_code == 201
    fields = adoption(document(PER_DEAL))
    service.adopt(fields)

    credits = [
        {"employee": "E9", "role": "referrer", "amount_minor": 50_000},
        {"employee": "E1", "role": "seller", "share": "60 %"},
        {"employee": "E2", "role": "seller", "share": "40 %"},
    ]
    order = {"employee": "E1", "customer": "H1", "deal": "D1", "amount_minor": 10_000_000, "currency": "CNY"}
    refused = service.record("deal_closed", order | {"credits": credits[:2]})
    assert (refused.status_code, refused.json()["field"]) == (422, "data.credits")
    assert "60 %" in refused.json()["detail"] and "100 %" in refused.json()["remedy"]
    stored = service.record("deal_closed", order | {"credits": credits})
    assert stored.status_code == 201

    pay = {}
    for employee in ("E1", "E2", "E9"):
        lines = service.get(f"/v1/employees/{employee}/statements/2025-03")["statement"]["lines"]
        pay[employee] = {line["component"]: line["amount_minor"] for line in lines}
    assert pay == {
        "E1": {"per_deal": 3_000, "commission": 59_700},
        "E2": {"per_deal": 2_000, "commission": 39_800},
        "E9": {"per_deal": 0, "commission": 500},
    }
    found = service.http.get("/v1/facts", params={"type": "deal_closed", "tag": "employee:E2"})
    assert [fact["position"] for fact in found.json()["facts"]] == [stored.json()["position"]]
    told = service.get("/v1/employees/E2/statements/2025-03/explain")
    shown = {(f["employee"], f["role"], f["share"]) for page in told["evidence"] for f in page["facts"]}
    assert shown == {("E2", "seller", "2/5")}

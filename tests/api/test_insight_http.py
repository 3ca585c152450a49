"""Insight over HTTP: the forms of its answers, who reads it, and what is refused."""

from collections.abc import Callable

from given_plan import adoption, document
from served import Service, open_shanghai

PLAN = "measures: {satisfaction: {average: satisfaction_scored, of: score}}"
MONTH = {"period": "2025-03"}


def test_insight_is_for_those_who_look_after_people(serve: Callable[..., Service]) -> None:
    firm = serve()
    open_shanghai(firm)
    adopted = adoption(document(PLAN))
    firm.adopt(adopted)
    firm.record("satisfaction_scored", {"employee": "E1", "customer": "C1", "score": "9"})
    firm.record("customer_registered", {"employee": "E1", "customer": "C1"})
    split = {"plan": "selling", "measure": "clients", "by": "satisfaction", "level": "8", **MONTH}
    compared = {"plan": "selling", "measure": "clients", "before": "2025-02", "after": "2025-03"}
    found = firm.get("/v1/insight/split", **split)
    assert (found["meeting"]["people"], found["meeting"]["pooled"], found["others"]["people"]) == (1, "1", 0)
    assert firm.get("/v1/insight/compare", **compared)["change"] == "1"
    assert firm.get("/v1/insight/leavers", **MONTH)["left"] == 0
    assert firm.client("employee", "E1").get("/v1/insight/leavers", params=MONTH).status_code == 403
    refused = {
        "level": firm.http.get("/v1/insight/split", params=split | {"level": "high"}),
        "measure": firm.http.get("/v1/insight/split", params=split | {"by": "happiness"}),
        "period": firm.http.get("/v1/insight/leavers", params={"period": "March"}),
    }
    for field, answer in refused.items():
        assert answer.status_code in (404, 422) and answer.json()["field"] == field, answer.text

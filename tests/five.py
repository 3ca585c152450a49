"""Five people in two branches, and something of everything about each of them.

The first manages another through a third, in another branch, and shares their own branch with a colleague.
"""

from typing import Any

from given_plan import adoption, document
from served import Service, fact

OWN, BELOW, BETWEEN, BESIDE, OTHER = "p-own", "p-below", "p-between", "p-beside", "p-other"
HIRED = (
    (OWN, "SH", None),
    (BETWEEN, "BJ", OWN),
    (BELOW, "BJ", BETWEEN),
    (BESIDE, "SH", None),
    (OTHER, "BJ", None),
)
PEOPLE = (OWN, BELOW, BESIDE, OTHER)
DAY = {"occurred_at": "2024-06-03T09:00:00+08:00"}
PLAN = """
parameters: {quota: {value: 20, open: {to: [person], min: 10, max: 40}}}
boards: [{id: best, title: Best, measure: clients, population: {branch: [BJ]}}]
milestones: [{id: two, title: Two clients, measure: clients, reaches: 2, within_days: 400}]
alerts: [{id: stressed, title: Stressed, when: [{signal: stress, at_least: 8}], at_once: true}]
curriculum: [{id: basics, title: Basics, pass_score: 80}]
"""


_ADOPTION = adoption(document(PLAN))
ADOPTED = {name: value for name, value in _ADOPTION.items() if name != "approver"}
LOWER = {"plan": "selling", "parameter": "quota", "level": "person", "value": "15", "reason": "as agreed"}
LOWER |= {"effective_from": "2025-01-01"}


def history() -> list[dict[str, Any]]:
    """Five people in two branches, and something about each of them that some address tells."""
    told = [
        fact("branch_opened", {"branch": branch, "title": branch, "opened_on": "2024-01-01"}, **DAY)
        for branch in ("SH", "BJ")
    ]
    for person, branch, manager in HIRED:
        hired = {"employee": person, "hired_on": "2024-06-03", "branch": branch, "post": "seller"}
        told.append(fact("employee_hired", hired | ({"manager": manager} if manager else {}), **DAY))
    told.append(fact("plan_drafted", ADOPTED | {"draft": "D1"}))
    for person in PEOPLE:
        told += about(person)
    serves = {"employee": OTHER, "assistant": BESIDE, "effective_on": "2025-06-01"}
    return [*told, fact("assistant_assigned", serves)]


def about(person: str) -> list[dict[str, Any]]:
    """Something of everything about one person."""
    case = {"intervention": f"I-{person}", "owner": person, "actions": ["talk"], "due_on": "2025-04-01"}
    asked = {"inquiry": f"Q-{person}", "period": "2025-02", "kind": "question", "note": "Why?"}
    licence = {"credential": f"L-{person}", "kind": "licence", "granted_on": "2025-01-01"}
    mood = {"stress": "8.5", "training_satisfaction": "7", "belonging": "6"}
    return [
        fact(type, {"employee": person} | data)
        for type, data in (
            ("customer_registered", {"customer": f"C-{person}", "name": f"Hospital of {person}"}),
            ("survey_answered", mood),
            ("contract_uploaded", {"contract": f"K-{person}"}),
            ("intervention_opened", case),
            ("inquiry_opened", asked),
            ("pay_held", {"hold": f"H-{person}", "scope": "person", "reason": "as agreed"}),
            ("overtime_recorded", {"minutes": 200, "kind": "visit_count"}),
            ("credential_granted", licence),
            ("plan_commented", {"plan": "selling", "draft": "D1", "note": "too many"}),
        )
    ]


def tell_all(service: Service) -> None:
    """Records it all, and waits until it is counted."""
    service.adopt(ADOPTED)
    answer = service.client("hr_head").post("/v1/facts:batch", json=history(), params={"atomic": False})
    refused = [each for each in answer.json()["outcomes"] if "problem" in each]
    assert not refused, [each["problem"]["detail"] for each in refused][:5]
    service.by_two(*(fact("override_set", LOWER | {"scope": person}) for person in PEOPLE))
    service.get("/v1/plans")

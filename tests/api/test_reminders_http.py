"""Reminders over HTTP and on the command line, and the review that ends one."""

from collections.abc import Callable

import pytest
from commanded import environment_of, ran
from served import Service, open_shanghai


@pytest.mark.rule("R87")
def test_a_review_with_evidence_ends_the_reminder(serve: Callable[..., Service], ledger_dsn: str) -> None:
    """End 31 August: nothing on the 23rd, a reminder on the 24th, none once the review is in."""
    firm = serve()
    open_shanghai(firm)
    trial = {"employee": "E1", "customer": "H1", "product": "stent"}
    evidence = firm.record("trial_held", trial).json()["position"]
    assert firm.record("probation_agreed", {"employee": "E1", "ends_on": "2025-08-31"}).status_code == 201
    asked = {"kind": "probation_review"}
    assert firm.get("/v1/reminders", day="2025-08-23", **asked) == []
    [reminder] = firm.get("/v1/reminders", day="2025-08-24", **asked)
    assert (reminder["due_on"], reminder["days_left"], reminder["to"]) == ("2025-08-31", 7, ["manager"])
    environment = environment_of(firm.settings.home, ledger_dsn)
    assert "probation review" in ran(environment, "reminders", "--day", "2025-08-24").stdout
    head = firm.client("hr_head")
    manager = {"employee": "M1", "hired_on": "2020-01-06", "branch": "SH", "post": "manager"}
    assert firm.record("employee_hired", manager).status_code == 201
    review = {"employee": "E1", "reviewer": "M1", "outcome": "confirmed", "evidence": [evidence]}
    own = firm.record("probation_reviewed", review | {"reviewer": "E1"})
    unknown = firm.record("probation_reviewed", review | {"evidence": [evidence, 10_000]})
    assert (own.status_code, own.json()["field"]) == (422, "data.reviewer")
    assert (unknown.status_code, unknown.json()["field"]) == (422, "data.evidence[1]")
    assert firm.record("probation_reviewed", review).status_code == 201
    assert firm.get("/v1/reminders", day="2025-08-24", **asked) == []
    assert head.get("/v1/reminders", params={"day": "2025-01-01"}).status_code == 200

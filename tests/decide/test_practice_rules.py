"""What a practice must say."""

from typing import Any

import pytest
from decide.test_decide import HERE, refused

from domain import refusals
from domain.facts.practices import MeasuredResult, PracticeShared


def shared(**more: Any) -> PracticeShared:
    said: dict[str, Any] = {"practice": "referrals", "employee": "E1", "title": "Referrals", "text": "Ask."}
    return PracticeShared(**said | more)


def result(after: str, before: str | None, branch: str = "BJ") -> list[MeasuredResult]:
    return [MeasuredResult(plan="selling", measure="share", branch=branch, after=after, before=before)]


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (shared(stage="contact"), None),
        (shared(step="equipment_review"), None),
        (shared(), refusals.BadField),
        (shared(stage="demo", results=result("2025-03", None)), None),
        (shared(stage="demo", results=result("2025-03", "2025-02")), None),
        (shared(stage="demo", results=result("2025-03", "2025-03")), refusals.BadField),
        (shared(stage="demo", results=result("2025-02", "2025-03")), refusals.BadField),
        (shared(stage="demo", results=result("2025-03", "2024")), refusals.BadField),
        (shared(stage="demo", results=result("2025-03", None, "XX")), refusals.UnknownBranch),
        (shared(stage="demo", employee="E9"), refusals.UnknownEmployee),
    ],
)
def test_a_practice_fits_somewhere_and_its_results_can_be_read(
    fact: PracticeShared, expected: type[refusals.Refusal] | None
) -> None:
    assert refused(HERE, fact) is expected

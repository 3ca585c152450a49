"""Who may have a shift: a valid credential and a grade on its day, and no leave in its hours."""

import datetime as dt
from typing import Any

import pytest
from decide.test_decide import ASKED, NOON, TWO, day, refused, void
from decide.test_shift_rules import approves, asks, consents, gets, limits, pattern
from decide.test_voids_in_a_batch import outcomes

from domain import refusals
from domain.decide.decide import decide
from domain.decide.known import Known
from domain.facts.base import Fact
from domain.facts.credentials import CredentialGranted, CredentialRenewed, CredentialSuspended
from domain.facts.people import LeaveTaken
from domain.facts.rostering import MixPart, ShiftNeedSet, ShiftWished
from domain.facts.shifts import SkillNeeded
from domain.facts.training import SkillGraded

EARLY, NIGHT = pattern("E", "07:00-15:00"), pattern("N", "21:00-07:00", night=True)
LICENSED = limits(credentials=["licence"])


def granted(until: int | None, employee: str = "E1", kind: str = "licence") -> CredentialGranted:
    """Holds from January until a day of March."""
    expires_on = None if until is None else dt.date(2025, 3, until)
    return CredentialGranted(
        employee=employee,
        credential=f"{kind}-{employee}",
        kind=kind,
        granted_on=day("2025-01-01"),
        expires_on=expires_on,
    )


def renewed(on: int) -> CredentialRenewed:
    days = {"effective_on": dt.date(2025, 3, on), "expires_on": day("2026-03-31")}
    return CredentialRenewed(employee="E1", credential="licence-E1", **days)


def suspended(on: int) -> CredentialSuspended:
    return CredentialSuspended(
        employee="E1", credential="licence-E1", effective_on=dt.date(2025, 3, on), reason="inquiry"
    )


def graded(score: str) -> SkillGraded:
    return SkillGraded(employee="E1", kind="triage", score=score, grader="E2", graded_as="mentor")


def off(from_on: int, until_on: int, **more: Any) -> LeaveTaken:
    days = {"from_on": dt.date(2025, 3, from_on), "until_on": dt.date(2025, 3, until_on)}
    return LeaveTaken(employee="E1", kind="annual", **days, **more)


WARD = (*TWO, EARLY, NIGHT, LICENSED)
SKILLED = (*TWO, pattern("E", "07:00-15:00"), limits(skills=[SkillNeeded(kind="triage", score="80")]))
ANYBODY = limits(branch="BJ", credentials=[])


@pytest.mark.parametrize(
    ("history", "fact", "expected"),
    [
        (WARD, gets("E", 3), refusals.NotQualified),
        ((*WARD, granted(None)), gets("E", 3), None),
        ((*WARD, granted(3)), gets("E", 3), None),
        ((*WARD, granted(3)), gets("E", 4), refusals.NotQualified),
        ((*WARD, granted(3), renewed(5)), gets("E", 4), refusals.NotQualified),
        ((*WARD, granted(3), renewed(5)), gets("E", 5), None),
        ((*WARD, granted(None), suspended(4)), gets("E", 3), None),
        ((*WARD, granted(None), suspended(4)), gets("E", 4), refusals.NotQualified),
        ((*WARD, granted(None), suspended(4), void(len(WARD) + 2)), gets("E", 4), None),
        ((*WARD, granted(None), void(len(WARD) + 1)), gets("E", 4), refusals.NotQualified),
        ((*WARD, granted(None, "E2")), gets("E", 3), refusals.NotQualified),
        ((*WARD, granted(None, kind="permit")), gets("E", 3), refusals.NotQualified),
        ((*WARD, ANYBODY), gets("E", 3), None),
        ((*WARD, limits(branch="BJ", nights_in_a_row=2)), gets("E", 3), refusals.NotQualified),
        ((*WARD, limits(branch="SH", credentials=[])), gets("E", 3), refusals.NotQualified),
        (SKILLED, gets("E", 3), refusals.NotQualified),
        ((*SKILLED, graded("79.99")), gets("E", 3), refusals.NotQualified),
        ((*SKILLED, graded("80.0")), gets("E", 3), None),
        ((*SKILLED, graded("95"), graded("60")), gets("E", 3), refusals.NotQualified),
        ((*SKILLED, graded("95"), graded("60"), void(len(SKILLED) + 2)), gets("E", 3), None),
        ((*TWO, EARLY, off(3, 4)), gets("E", 2), None),
        ((*TWO, EARLY, off(3, 4)), gets("E", 3), refusals.OnLeave),
        ((*TWO, EARLY, off(3, 4)), gets("E", 4), refusals.OnLeave),
        ((*TWO, EARLY, off(3, 4)), gets("E", 5), None),
        ((*TWO, NIGHT, off(3, 4)), gets("N", 2), refusals.OnLeave),
        ((*TWO, NIGHT, off(3, 4)), gets("N", 1), None),
        ((*TWO, NIGHT, off(3, 4)), gets("N", 5), None),
        ((*TWO, EARLY, off(3, 4), void(5)), gets("E", 3), None),
        ((*TWO, EARLY, off(3, 3, minutes=120)), gets("E", 3), None),
        ((*TWO, EARLY, off(3, 4)), gets("E", 3, "E2"), None),
    ],
)
def test_a_shift_is_for_who_holds_what_it_asks_for_and_is_here(
    history: tuple[Fact, ...], fact: Fact, expected: type[refusals.Refusal] | None
) -> None:
    """On the day of the shift; the unit's list goes before that of all, and an empty one asks for nothing."""
    assert refused(history, fact) is expected


def test_what_a_pattern_asks_for_comes_on_top() -> None:
    """A shift that needs a permit needs the licence of the unit as well."""
    asking = pattern("E", "07:00-15:00")
    permitted = type(asking)(**{**_fields(asking), "credentials": ["permit"]})
    ward = (*TWO, permitted, LICENSED)
    assert refused((*ward, granted(None)), gets("E", 3)) is refusals.NotQualified
    assert refused((*ward, granted(None, kind="permit")), gets("E", 3)) is refusals.NotQualified
    assert refused((*ward, granted(None), granted(None, kind="permit")), gets("E", 3)) is None


@pytest.mark.rule("R52")
def test_a_swap_gives_nobody_a_shift_that_is_not_for_them() -> None:
    """E2's licence ends on the 3rd, E1 holds one throughout; E2 would take the shift of the 5th."""
    held = (*WARD, granted(None), granted(3, "E2"), gets("E", 5), gets("E", 3, "E2"))
    swap = (*held, asks("E", 5, "E", 3), consents())
    known = Known()
    known.fold((at, fact, ()) for at, fact in enumerate(swap, 1))
    with pytest.raises(refusals.NotQualified) as why:
        decide(approves(), NOON, known, ASKED)
    assert why.value.field == "data.swap"
    assert "E2 holds a licence (position 6) that is expired since 2025-03-04" in why.value.detail
    assert refused((*swap, off(3, 3)), approves()) is refusals.OnLeave


def test_a_grade_counts_from_its_day() -> None:
    """One of the 10th is none on the 9th."""
    known = Known()
    known.fold((at, fact, ()) for at, fact in enumerate((*SKILLED, graded("90")), 1))
    known.days = {len(SKILLED) + 1: dt.date(2025, 3, 10)}
    decide(gets("E", 10), NOON, known, ASKED)
    with pytest.raises(refusals.NotQualified, match="was not graded in triage by then"):
        decide(gets("E", 9), NOON, known, ASKED)


def test_a_batch_is_decided_with_its_own_leaves_and_licences() -> None:
    batch = (granted(None), gets("E", 3), off(4, 4), gets("E", 4), gets("E", 5))
    assert outcomes(WARD, *batch) == [None, None, None, refusals.OnLeave, None]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"mix": [MixPart(count=1, credential="permit")]}, None),
        ({"until_on": day("2024-12-31")}, "data.until_on"),
        ({"mix": [MixPart(count=1)]}, "data.mix[0]"),
        ({"mix": [MixPart(count=1, credential="a", skill=SkillNeeded(kind="b", score="1"))]}, "data.mix[0]"),
        ({"mix": [MixPart(count=4, credential="permit")]}, "data.mix[0].count"),
    ],
)
def test_a_need_can_be_meant(said: dict[str, Any], field: str | None) -> None:
    fact = ShiftNeedSet(branch="BJ", pattern="E", count=3, effective_on=day("2025-01-01"), **said)
    known = Known()
    known.fold((at, told, ()) for at, told in enumerate(TWO, 1))
    if field is None:
        decide(fact, NOON, known, ASKED)
    else:
        with pytest.raises(refusals.BadField) as why:
            decide(fact, NOON, known, ASKED)
        assert why.value.field == field
    decide(ShiftWished(employee="E1", on=day("2025-05-01")), NOON, known, ASKED)


def _fields(fact: Fact) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in fact.__struct_fields__}

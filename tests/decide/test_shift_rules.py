"""Which shifts may be assigned and swapped, and which rule refuses the others."""

import datetime as dt
from typing import Any

import pytest
from decide.test_decide import ASKED, NOON, TWO, day, hired, refused, void
from decide.test_voids_in_a_batch import outcomes

from domain import refusals
from domain.decide.decide import decide
from domain.decide.known import Known
from domain.facts.base import Fact
from domain.facts.shifts import (
    ShiftAssigned,
    ShiftPatternSet,
    ShiftRulesSet,
    ShiftSpan,
    ShiftWorked,
    SwapApproved,
    SwapAsked,
    SwapConsented,
    SwapRefused,
)


def pattern(name: str, *clocks: str, night: bool = False, on: str = "2025-01-01") -> ShiftPatternSet:
    """A shift of spans such as 07:30-12:00."""
    ends = [clock.split("-") for clock in clocks]
    spans = [ShiftSpan(from_time=since, until_time=until, activity="ward") for since, until in ends]
    return ShiftPatternSet(pattern=name, title=name, spans=spans, effective_on=day(on), night=night)


def limits(**numbers: Any) -> ShiftRulesSet:
    return ShiftRulesSet(**({"effective_on": day("2025-01-01")} | numbers))


def gets(name: str, on: int, employee: str = "E1") -> ShiftAssigned:
    return ShiftAssigned(employee=employee, on=dt.date(2025, 3, on), pattern=name)


def asks(mine: str, on: int, theirs: str, their_day: int, swap: str = "S1", **more: Any) -> SwapAsked:
    said: dict[str, Any] = {"employee": "E1", "colleague": "E2"} | more
    days = {"on": dt.date(2025, 3, on), "colleague_on": dt.date(2025, 3, their_day)}
    return SwapAsked(swap=swap, pattern=mine, colleague_pattern=theirs, **days, **said)


def consents(employee: str = "E2", signature: str | None = "paper 7") -> SwapConsented:
    return SwapConsented(swap="S1", employee=employee, signature=signature)


def approves(approver: str = "head", colleague: str = "E2") -> SwapApproved:
    return SwapApproved(swap="S1", employee="E1", colleague=colleague, approver=approver)


def refuses(employee: str = "E1") -> SwapRefused:
    return SwapRefused(swap="S1", employee=employee, reason="ill")


NIGHT, EARLY, LATE = (
    pattern("N", "21:00-01:00", "01:30-07:00", night=True),
    pattern("E", "07:00-15:00"),
    pattern("L", "15:00-23:00"),
)
WARD = (*TWO, NIGHT, EARLY, LATE, limits(nights_in_a_row=2, rest_minutes=660, week_minutes=2400))


@pytest.mark.rule("R51")
@pytest.mark.parametrize(
    ("given", "last", "allowed"),
    [
        ((3,), 4, True),
        ((3, 4), 5, False),
        ((3, 5), 4, False),
        ((4, 5), 3, False),
        ((3, 4), 6, True),
        ((31,), 30, True),
    ],
)
def test_two_nights_in_a_row_are_allowed_and_three_are_not(
    given: tuple[int, ...], last: int, allowed: bool
) -> None:
    """Whichever of the three is assigned last: also the one in the middle."""
    nights = tuple(gets("N", on) for on in given)
    assert refused((*WARD, *nights), gets("N", last)) is (None if allowed else refusals.ShiftRuleBroken)


@pytest.mark.rule("R51")
def test_a_swap_makes_no_third_night_either() -> None:
    """For whoever takes it: E1 has nights on 3 and 4, and would take the one of 5."""
    nights = (gets("N", 3), gets("N", 4), gets("E", 6), gets("N", 5, "E2"))
    history = (*WARD, *nights, asks("E", 6, "N", 5), consents())
    assert refused(history, approves()) is refusals.ShiftRuleBroken
    for fewer in range(2):
        left = tuple(fact for number, fact in enumerate(history) if number != len(WARD) + fewer)
        assert refused(left, approves()) is None


@pytest.mark.rule("R52")
def test_a_swap_needs_both_the_colleague_and_the_rules() -> None:
    """Either missing: refused, with the reason that is missing."""
    held = (*WARD, gets("E", 3), gets("L", 3, "E2"))
    asked = asks("E", 3, "L", 3)
    too_soon = (gets("E", 4),)  # eight hours after the late shift
    assert refused((*held, asked), approves()) is refusals.ConsentMissing
    assert refused((*held, *too_soon, asked, consents()), approves()) is refusals.ShiftRuleBroken
    assert refused((*held, *too_soon, asked), approves()) is refusals.ConsentMissing
    assert refused((*held, asked, consents()), approves()) is None
    known = Known()
    known.fold((at, fact, ()) for at, fact in enumerate((*held, *too_soon, asked, consents()), 1))
    with pytest.raises(refusals.ShiftRuleBroken) as why:
        decide(approves(), NOON, known, ASKED)
    assert why.value.field == "data.swap"
    assert "E1 would have 480 minutes of rest between the shifts of 2025-03-03 and" in why.value.detail
    assert "660 (position 7)" in why.value.detail


HELD = (*WARD, gets("E", 3), gets("L", 4, "E2"))
OPEN = (*HELD, asks("E", 3, "L", 4))
DONE = (*OPEN, consents(), approves())
P = len(HELD)


@pytest.mark.parametrize(
    ("history", "fact", "expected"),
    [
        (WARD, gets("X", 3), refusals.UnknownPattern),
        ((*TWO, pattern("E", "07:00-15:00", on="2025-03-04")), gets("E", 3), refusals.UnknownPattern),
        (WARD, gets("E", 3, "E9"), refusals.UnknownEmployee),
        ((TWO[0], hired(on="2025-03-04"), EARLY), gets("E", 3), refusals.HasLeft),
        (HELD, gets("L", 3), refusals.ShiftExists),
        ((*HELD, void(P - 1)), gets("L", 3), None),
        ((*WARD, *(gets("E", on) for on in range(3, 8))), gets("E", 8), refusals.ShiftRuleBroken),
        ((*WARD, *(gets("E", on) for on in range(3, 8))), gets("E", 10), None),
        ((*TWO, EARLY, pattern("D", "08:00-08:00"), gets("D", 3)), gets("E", 4), refusals.ShiftRuleBroken),
        ((*TWO, pattern("D", "08:00-08:00"), gets("D", 3)), gets("D", 4), None),
        (TWO, pattern("D", "08:00-12:00", "11:00-12:30"), refusals.BadField),
        (TWO, limits(department="ICU", rest_minutes=1), refusals.BadField),
        (TWO, ShiftWorked(employee="E1", on=day("2025-04-03"), minutes=60), None),
        (TWO, ShiftWorked(employee="E1", on=day("2025-04-04"), minutes=60), refusals.BadField),
        (HELD, asks("L", 3, "L", 4), refusals.UnknownShift),
        (HELD, asks("E", 3, "L", 5), refusals.UnknownShift),
        (HELD, asks("E", 3, "L", 4, colleague="E1"), refusals.BadField),
        ((*HELD, gets("E", 4)), asks("E", 3, "L", 4), refusals.ShiftExists),
        (OPEN, asks("E", 3, "L", 4), refusals.SwapExists),
        (OPEN, consents("E1"), refusals.UnknownSwap),
        (OPEN, consents(signature=None), refusals.SignatureNeeded),
        ((*OPEN, consents()), consents(), refusals.SwapOver),
        ((*OPEN, consents()), approves("E1"), refusals.SecondPersonNeeded),
        ((*OPEN, consents()), approves("E2"), refusals.SecondPersonNeeded),
        ((*OPEN, consents()), approves(colleague="E1"), refusals.UnknownSwap),
        ((*OPEN, consents(), void(P + 2)), approves(), refusals.ConsentMissing),
        ((*OPEN, void(P), consents()), approves(), refusals.UnknownShift),
        ((*OPEN, refuses()), consents(), refusals.SwapOver),
        (OPEN, refuses("E2"), None),
        (HELD, refuses(), refusals.UnknownSwap),
        (DONE, refuses(), refusals.SwapOver),
        (DONE, gets("E", 3), None),
        (DONE, gets("E", 4), refusals.ShiftExists),
        (DONE, gets("E", 3, "E2"), refusals.ShiftExists),
        (DONE, void(P - 1), refusals.NotVoidable),
        (DONE, void(P + 1), refusals.NotVoidable),
        (DONE, void(P + 3), None),
        ((*DONE, void(P + 3)), gets("E", 3), refusals.ShiftExists),
        ((*DONE, void(P + 3)), gets("E", 4), None),
        ((*DONE, void(P + 3)), void(P - 1), None),
        ((*DONE, gets("E", 3)), void(P + 3), refusals.NotVoidable),
    ],
)
def test_shifts_are_one_a_day_and_swaps_take_their_steps(
    history: tuple[Fact, ...], fact: Fact, expected: type[refusals.Refusal] | None
) -> None:
    """A void of an approval restores what both had before."""
    assert refused(history, fact) is expected


def test_the_rule_of_the_unit_goes_before_that_of_the_hospital_number_by_number() -> None:
    """One night in Beijing; the rest of all stays; from the day on that it holds."""
    unit = limits(branch="BJ", nights_in_a_row=1, effective_on=day("2025-03-10"))
    other = limits(branch="SH", nights_in_a_row=0)
    own = (*WARD, unit, other)
    assert refused((*own, gets("N", 3)), gets("N", 4)) is None
    assert refused((*own, gets("N", 10)), gets("N", 11)) is refusals.ShiftRuleBroken
    assert refused((*own, gets("L", 10)), gets("E", 11)) is refusals.ShiftRuleBroken
    lifted = (*own, limits(branch="BJ", effective_on=day("2025-03-11")))
    assert refused((*lifted, gets("N", 10)), gets("N", 11)) is None
    assert refused((*own, void(8), gets("N", 10)), gets("N", 11)) is None


def test_one_batch_is_decided_fact_by_fact() -> None:
    batch = (NIGHT, limits(nights_in_a_row=2), gets("N", 3), gets("N", 5), gets("N", 4), gets("N", 5))
    assert outcomes(TWO, *batch) == [None] * 4 + [refusals.ShiftRuleBroken, refusals.ShiftExists]
    swapped = (*HELD[3:], asks("E", 3, "L", 4), consents(), approves(), gets("E", 3), gets("L", 4))
    assert outcomes(TWO, *swapped)[-2:] == [None, refusals.ShiftExists]

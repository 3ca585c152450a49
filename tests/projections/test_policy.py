"""Policy: which version of a plan holds on a day, and what was set below it."""

import datetime as dt
from typing import Any

import pytest
from book import Book

from domain.facts.governance import OverrideSet, PlanEnded, TargetChanged
from domain.plan.overrides import Override, TargetChange
from projections import policy

JANUARY, MARCH, MAY = (dt.date(2025, month, 1) for month in (1, 3, 5))
LAST_OF_FEBRUARY, LAST_OF_APRIL = dt.date(2025, 2, 28), dt.date(2025, 4, 30)


def in_force(book: Book, day: dt.date, known_at: int | None = None) -> list[int]:
    """Where the versions that hold on `day` stand in the journal."""
    with book.cursor() as cursor:
        return [version.position for version in policy.plans_in_force(cursor, day, known_at)]


def end(book: Book, ended_on: dt.date) -> int:
    return book.tell(PlanEnded(plan="selling", ended_on=ended_on, reason="a new one follows"))


def test_a_version_holds_from_its_first_day_until_the_next(book: Book) -> None:
    first = book.adopt(effective_from=JANUARY)
    second = book.adopt(effective_from=MARCH)
    days = {day: in_force(book, day) for day in (dt.date(2024, 12, 31), JANUARY, LAST_OF_FEBRUARY, MARCH)}
    assert days == {dt.date(2024, 12, 31): [], JANUARY: [first], LAST_OF_FEBRUARY: [first], MARCH: [second]}


def test_of_two_versions_with_one_first_day_the_later_fact_holds(book: Book) -> None:
    first = book.adopt(effective_from=JANUARY)
    second = book.adopt(effective_from=JANUARY)
    assert in_force(book, MARCH) == [second]
    assert in_force(book, MARCH, known_at=first) == [first]


def test_a_voided_version_gives_way_to_the_one_before(book: Book) -> None:
    first = book.adopt(effective_from=JANUARY)
    second = book.adopt(effective_from=MARCH)
    void = book.void(second)
    assert in_force(book, MARCH) == [first]
    assert in_force(book, MARCH, known_at=void - 1) == [second]


def test_an_ended_plan_holds_to_its_last_day(book: Book) -> None:
    version = book.adopt(effective_from=JANUARY)
    ended = end(book, LAST_OF_FEBRUARY)
    assert in_force(book, LAST_OF_FEBRUARY) == [version]
    assert in_force(book, MARCH) == []
    assert in_force(book, MARCH, known_at=ended - 1) == [version]
    book.void(ended)
    assert in_force(book, MARCH) == [version]


def test_a_plan_adopted_after_its_end_holds_again(book: Book) -> None:
    book.adopt(effective_from=JANUARY)
    end(book, LAST_OF_FEBRUARY)
    again = book.adopt(effective_from=MAY)
    assert in_force(book, LAST_OF_APRIL) == []
    assert in_force(book, MAY) == [again]


def test_a_document_may_state_its_own_end(book: Book) -> None:
    """And when it ends, the version before it does not come back."""
    book.adopt(effective_from=JANUARY)
    version = book.adopt(effective_from=MARCH, effective_until=LAST_OF_APRIL)
    assert in_force(book, LAST_OF_APRIL) == [version]
    assert in_force(book, MAY) == []


def test_a_version_is_the_plan_that_was_adopted(book: Book) -> None:
    position = book.adopt(effective_from=JANUARY)
    with book.cursor() as cursor:
        [version] = policy.plan_versions(cursor)
    assert (version.position, version.plan, version.effective_from) == (position, "selling", JANUARY)
    assert version.parsed().plan == "selling" and "clients" in version.parsed().targets
    assert version.parsed() is version.parsed(), "parsed once"


@pytest.mark.parametrize("end", [{}, {"effective_until": LAST_OF_APRIL}])
def test_overrides_and_target_changes_are_listed_as_told(book: Book, end: dict[str, Any]) -> None:
    said = {"value": "12 %", "effective_from": MARCH, **end}
    override = {"plan": "selling", "parameter": "rate", "level": "branch", "scope": "SH", **said}
    change = {"employee": "E1", "target": "clients", "within_days": 20, **said}
    first = book.tell(OverrideSet(reason="pilot", approver="boss", **override))
    second = book.tell(TargetChanged(reason="pilot", approver="boss", **change))
    with book.cursor() as cursor:
        assert policy.overrides(cursor) == [Override(position=first, **override)]
        assert policy.target_changes(cursor, ["E1"]) == [TargetChange(position=second, **change)]
        assert policy.target_changes(cursor, ["E2"]) == []
    book.void(first)
    with book.cursor() as cursor:
        assert policy.overrides(cursor) == []
        assert len(policy.overrides(cursor, known_at=second)) == 1

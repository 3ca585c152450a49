"""What rosters rest on, read back as of any position, and a roster with what is wrong about it by then."""

import datetime as dt

import pytest
from book import Book
from given import LEDGER

from domain.facts.credentials import CredentialGranted, CredentialSuspended
from domain.facts.rostering import MixPart, ShiftNeedSet, ShiftWished
from domain.facts.shifts import ShiftAssigned, ShiftPatternSet, ShiftRulesSet, ShiftSpan, SkillNeeded
from domain.facts.training import SkillGraded
from domain.people.rostering import Unit, problem
from projections import replay, rostering, rosters

FIRST, LAST = dt.date(2025, 3, 3), dt.date(2025, 3, 5)
BEGAN = dt.date(2025, 1, 1)


def unit(book: Book, known_at: int | None = None, department: str | None = None) -> Unit:
    with book.cursor() as cursor:
        return rosters.unit(cursor, "SH", department, FIRST, LAST, known_at)


def wrong(book: Book, known_at: int | None = None) -> list[tuple[str, int, str | None]]:
    """Kinds of faults with their days and people."""
    found = rosters.as_assigned(unit(book, known_at)).faults
    return [(each.kind, each.on.day, each.employee) for each in found]


@pytest.fixture
def ward(book: Book) -> Book:
    """E1 and E2, who are licensed; one of them is needed on each early shift, graded in triage."""
    book.hire("E2", department="ICU")
    spans = [ShiftSpan(from_time="07:00", until_time="15:00", activity="ward")]
    book.tell(ShiftPatternSet(pattern="E", title="Early", spans=spans, effective_on=BEGAN))
    book.tell(ShiftRulesSet(effective_on=BEGAN, credentials=["licence"]))
    for employee in ("E1", "E2"):
        book.tell(
            CredentialGranted(employee=employee, credential=f"L-{employee}", kind="licence", granted_on=BEGAN)
        )
    return book


def need(book: Book, count: int, **fields: object) -> int:
    mix = [MixPart(count=1, skill=SkillNeeded(kind="triage", score="80"))]
    return book.tell(
        ShiftNeedSet(branch="SH", pattern="E", count=count, effective_on=BEGAN, mix=mix, **fields)  # type: ignore[arg-type]
    )


@pytest.mark.rule("R53")
def test_a_roster_shows_what_is_wrong_by_what_was_known(ward: Book, ledger_dsn: str) -> None:
    """Need, mix, grade of its day, a suspended licence; each from the position on that told of it."""
    ward.tell(ShiftAssigned(employee="E1", on=FIRST, pattern="E"))
    start = ward.journal.head()
    asked = need(ward, 1, weekdays=[1, 2])
    graded = ward.tell(
        SkillGraded(employee="E1", kind="triage", score="80", grader="E2", graded_as="mentor"), 3
    )
    suspended = ward.tell(
        CredentialSuspended(employee="E1", credential="L-E1", effective_on=FIRST, reason="inquiry")
    )
    undone = ward.void(suspended)
    assert wrong(ward, start) == []
    assert wrong(ward, asked) == [("mix", 3, None), ("mix", 4, None), ("need", 4, None)]
    assert wrong(ward, graded) == wrong(ward, undone) == [("mix", 4, None), ("need", 4, None)]
    assert ("credential", 3, "E1") in wrong(ward, suspended)
    candidates = {each.employee: each.open for each in problem(unit(ward)).candidates}
    assert [slot.on.day for slot in candidates["E1"]] == [4]  # has the 3rd, and nothing is needed on the 5th
    assert [slot.on.day for slot in candidates["E2"]] == [3, 4]
    assert list(unit(ward, department="ICU").changes) == ["E2"]
    found = replay.replay(ledger_dsn, LEDGER, and_compare=True)
    assert found.compared == (None, ())
    assert [found.rows[table] for table in rostering.TABLES] == [1, 0]


@pytest.mark.rule("R53")
def test_the_last_wish_of_a_day_counts_until_it_is_voided(ward: Book) -> None:
    ward.tell(ShiftWished(employee="E1", on=FIRST, weight=2))
    first = ward.journal.head()
    last = ward.tell(ShiftWished(employee="E1", on=FIRST, pattern="E", weight=3))
    ward.tell(ShiftWished(employee="E2", on=dt.date(2025, 3, 6), pattern="E"))
    ward.void(last)
    told = [[(each.pattern, each.weight) for each in unit(ward, at).wishes] for at in (first, last, None)]
    assert told == [[(None, 2)], [("E", 3)], [(None, 2)]]

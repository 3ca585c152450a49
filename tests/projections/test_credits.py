"""Credits and confirmations: one row a performance fact, in the columns that measures read."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from book import Book
from given import LEDGER, NOW, drafted, visit

from domain.facts.activity import ActivityRecorded
from domain.facts.base import Fact
from domain.facts.clinical import (
    NursingRecorded,
    PaperPublished,
    PatientRated,
    ProcedurePerformed,
    QualificationGraded,
)
from domain.facts.governance import LedgerOpened
from domain.facts.people import EmployeeLeft
from domain.facts.registry import CREDITED, FACT_TYPES
from domain.facts.selling import DealClosed, SatisfactionScored, StageReached, VisitRecorded
from domain.journal.append import Journal
from domain.journal.connection import connect
from projections.runner import Runner, create

NONE_SAID = dict.fromkeys(
    """customer deal contract deal_day kind channel product quantity minutes amount_minor currency score
    attributes""".split()
)


def credit(book: Book, position: int) -> dict[str, Any] | None:
    """What the credit of a fact holds."""
    with book.cursor() as cursor:
        row = cursor.execute("select * from credit where position = %s", [position]).fetchone()
        return (
            dict(zip([column.name for column in cursor.description or ()], row, strict=True)) if row else None
        )


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (
            DealClosed(
                employee="E1",
                customer="C1",
                deal="D1",
                amount_minor=2**53 - 1,
                currency="JPY",
                product="A & B",
                quantity=2,
            ),
            {
                "customer": "C1",
                "deal": "D1",
                "amount_minor": 2**53 - 1,
                "currency": "JPY",
                "product": "A & B",
                "quantity": 2,
            },
        ),
        (
            VisitRecorded(employee="E1", customer="医院/1", kind="demo", minutes=0, department="ICU"),
            {"customer": "医院/1", "kind": "demo", "minutes": 0},
        ),
        (
            ActivityRecorded(
                employee="E1", kind="infusion", quantity=3, attributes={"ward": "W 1", "bed": 7}
            ),
            {"kind": "infusion", "quantity": 3, "attributes": {"ward": "W 1", "bed": 7}},
        ),
        (
            SatisfactionScored(employee="E1", customer="C1", score="8.50"),
            {"customer": "C1", "score": Decimal("8.50")},
        ),
        (StageReached(employee="E1", customer="C1", kind="demo"), {"customer": "C1", "kind": "demo"}),
        (
            ProcedurePerformed(
                employee="E1", kind="appendectomy", minutes=55, procedure="OP7", role="surgeon"
            ),
            {"kind": "appendectomy", "quantity": 1, "minutes": 55},
        ),
        (NursingRecorded(employee="E1", kind="infusion", quantity=3), {"kind": "infusion", "quantity": 3}),
        (PatientRated(employee="E1", score="9.50"), {"score": Decimal("9.50")}),
        (
            PaperPublished(employee="E1", kind="SCI Q1", score="7.351", attributes={"year": 2025}),
            {"kind": "SCI Q1", "score": Decimal("7.351"), "attributes": {"year": 2025}},
        ),
        (QualificationGraded(employee="E1", kind="副主任医师"), {"kind": "副主任医师"}),
    ],
    ids=lambda value: value.TYPE if isinstance(value, Fact) else "",
)
def test_a_performance_fact_is_credited_as_it_was_said(book: Book, fact: Fact, said: dict[str, Any]) -> None:
    """Every field that measures read is there under its own name; what was not said is null."""
    position = book.tell(fact, on=3, at=dt.time(9))
    assert credit(book, position) == NONE_SAID | said | {
        "position": position,
        "part": 0,
        "employee": "E1",
        "role": getattr(fact, "role", None) or "sole",
        "share": None,
        "fact": fact.TYPE,
        "day": dt.date(2025, 3, 3),
        "at": dt.datetime(2025, 3, 3, 1, tzinfo=dt.UTC),
        "void_position": None,
    }


def test_a_score_keeps_its_digits(book: Book) -> None:
    """8.50 is not 8.5: a score is the text that was given."""
    position = book.tell(SatisfactionScored(employee="E1", customer="C1", score="8.50"))
    found = credit(book, position)
    assert found is not None and str(found["score"]) == "8.50"


def test_facts_about_people_are_no_performance(book: Book) -> None:
    position = book.tell(EmployeeLeft(employee="E1", left_on=dt.date(2025, 3, 3), cause="pay"))
    assert credit(book, position) is None


def test_every_performance_fact_names_its_employee() -> None:
    """Credits take these fields from the facts without asking which fact it is."""
    assert all("employee" in FACT_TYPES[name].__struct_fields__ for name in CREDITED)


@pytest.mark.parametrize(
    ("opening", "at", "day"),
    [
        (LedgerOpened(name="firm"), "2025-03-31T16:00:00", "2025-04-01"),
        (LedgerOpened(name="firm"), "2025-03-31T15:59:59.999999", "2025-03-31"),
        (LedgerOpened(name="firm", zone="UTC"), "2025-03-31T16:00:00", "2025-03-31"),
        (LedgerOpened(name="firm", zone="America/New_York"), "2025-03-09T06:59:00", "2025-03-09"),
        (LedgerOpened(name="firm", zone="America/New_York"), "2025-11-02T04:59:00", "2025-11-02"),
        (LedgerOpened(name="firm", zone="America/New_York"), "2025-11-03T04:59:00", "2025-11-02"),
        (LedgerOpened(name="firm", zone="Asia/Kathmandu"), "2025-03-31T18:15:00", "2025-04-01"),
        (None, "2025-03-31T16:00:00", "2025-04-01"),
    ],
)
def test_the_day_is_that_of_the_ledgers_zone(
    journal: Journal, ledger_dsn: str, opening: LedgerOpened | None, at: str, day: str
) -> None:
    """Midnight of 1 April in Shanghai is April's; a ledger that was never opened counts as there."""
    happened_at = dt.datetime.fromisoformat(f"{at}+00:00")
    opened = [drafted(opening)] if opening else []
    journal.append([*opened, drafted(visit(), occurred_at=happened_at)], now=NOW)
    assert _days(journal, ledger_dsn) == [day]


def test_an_opening_in_the_midst_holds_for_what_follows(journal: Journal, ledger_dsn: str) -> None:
    """However the spans are cut: the fact before it keeps the default zone."""
    late = dt.datetime(2025, 3, 31, 16, tzinfo=dt.UTC)
    facts = [visit(), LedgerOpened(name="firm", zone="UTC"), visit()]
    journal.append([drafted(fact, occurred_at=late) for fact in facts], now=NOW)
    assert _days(journal, ledger_dsn) == ["2025-04-01", "2025-03-31"]


@pytest.mark.parametrize("together", [True, False], ids=["in one span", "in two spans"])
def test_a_void_marks_the_credit_and_deletes_nothing(book: Book, together: bool) -> None:
    position, other = book.visit("H1", "H2")
    if not together:
        book.runner.catch_up()
    void = book.void(position)
    voided, counted = credit(book, position), credit(book, other)
    assert voided is not None and voided["void_position"] == void
    assert counted is not None and counted["void_position"] is None


def test_the_first_void_of_a_fact_counts(book: Book) -> None:
    """The rules let no second one pass; if one is there all the same, it changes nothing."""
    [position] = book.visit("H1")
    first = book.void(position)
    book.runner.catch_up()
    book.void(position)
    found = credit(book, position)
    assert found is not None and found["void_position"] == first


def test_a_confirmation_stands_until_it_is_voided(book: Book) -> None:
    [position] = book.visit("H1")
    confirmed = book.confirm(position, "production")
    voided = book.confirm(position, "rd")
    void = book.void(voided)
    with book.cursor() as cursor:
        rows = cursor.execute(
            "select position, fact_position, role, void_position from confirmation order by position"
        ).fetchall()
    assert rows == [(confirmed, position, "production", None), (voided, position, "rd", void)]


def _days(journal: Journal, dsn: str) -> list[str]:
    """The business days of all credits, in order of position, after folding the journal."""
    with connect(dsn, LEDGER, service=False) as connection:
        create(connection)
    Runner(dsn, LEDGER).catch_up()
    with journal.cursor() as cursor:
        return [str(day) for (day,) in cursor.execute("select day from credit order by position")]

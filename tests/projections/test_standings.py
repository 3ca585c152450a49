"""Standings: what each person has today, and every day before."""

import datetime as dt

from book import Book
from given import LEDGER, NOW, drafted

from domain.facts.activity import ActivityRecorded
from domain.facts.governance import FactVoided, LedgerOpened
from domain.facts.selling import DealClosed
from domain.journal.append import Journal
from domain.journal.connection import connect
from projections import standings
from projections.runner import Runner, create
from projections.standings import Standing

DAY = dt.date(2025, 3, 3)


def standing(book: Book) -> list[Standing]:
    """The totals of March."""
    with book.cursor() as cursor:
        return standings.standings(cursor, dt.date(2025, 3, 1), dt.date(2025, 3, 31))


def test_facts_of_one_day_add_up(book: Book) -> None:
    """In one span or in several."""
    book.sell("D1", 100)
    book.runner.catch_up()
    book.sell("D2", 250)
    book.tell(ActivityRecorded(employee="E1", kind="infusion", quantity=3, minutes=15))
    book.sell("D3", 50, on=4)
    total = {"employee": "E1", "quantity": 0, "minutes": 0}
    assert standing(book) == [
        Standing(
            employee="E1", day=DAY, fact="activity_recorded", count=1, quantity=3, minutes=15, amount_minor=0
        ),
        Standing(day=DAY, fact="deal_closed", count=2, amount_minor=350, **total),
        Standing(day=dt.date(2025, 3, 4), fact="deal_closed", count=1, amount_minor=50, **total),
    ]


def test_a_void_takes_away_exactly_what_came(book: Book) -> None:
    deal = book.sell("D1", 100)
    book.sell("D2", 250)
    book.runner.catch_up()
    book.void(deal)
    [left] = standing(book)
    assert (left.count, left.amount_minor) == (1, 250)


def test_when_all_is_voided_no_row_is_left(book: Book) -> None:
    """So that a rebuild, which never saw it, has the same rows."""
    first = book.sell("D1")
    book.runner.catch_up()
    book.void(first)
    second = book.sell("D2")
    book.void(second)
    assert standing(book) == []


def test_amounts_in_other_currencies_are_not_added(book: Book) -> None:
    """The deal counts as a deal; yuan and dollars make no sum."""
    book.sell("D1", 100)
    book.tell(DealClosed(employee="E1", customer="C1", deal="D2", amount_minor=7, currency="USD"))
    [total] = standing(book)
    assert (total.count, total.amount_minor) == (2, 100)


def test_standings_are_asked_for_some_people_and_days(book: Book) -> None:
    book.hire("E2")
    book.visit("H1", employee="E1")
    book.visit("H1", employee="E2")
    book.visit("H1", employee="E2", on=4)
    with book.cursor() as cursor:
        found = standings.standings(cursor, DAY, DAY, ["E2"])
    assert [(row.employee, row.day) for row in found] == [("E2", DAY)]


def test_a_deal_from_before_the_opening_is_taken_back_as_it_was_added(
    journal: Journal, ledger_dsn: str
) -> None:
    """It was added in the default currency, though the ledger was then opened in another."""
    with connect(ledger_dsn, LEDGER, service=False) as connection:
        create(connection)
    deal = DealClosed(employee="E1", customer="C1", deal="D1", amount_minor=7, currency="CNY")
    kept = DealClosed(employee="E1", customer="C1", deal="D2", amount_minor=5, currency="CNY")
    facts = [deal, kept, LedgerOpened(name="firm", currency="USD"), FactVoided(position=1, reason="twice")]
    for fact in facts:
        journal.append([drafted(fact)], now=NOW)
        Runner(ledger_dsn, LEDGER).catch_up()
    with journal.cursor() as cursor:
        [left] = standings.standings(cursor, NOW.date(), NOW.date())
    assert (left.count, left.amount_minor) == (1, 5)


def test_totals_beyond_what_one_amount_may_be(book: Book) -> None:
    """Amounts of up to 2^53 - 1 each have a sum all the same."""
    for number in range(3):
        book.sell(f"D{number}", 2**53 - 1)
    with book.cursor() as cursor:
        cursor.execute("update standing set amount_minor = amount_minor + 2::numeric ^ 63")
        cursor.connection.commit()
    book.sell("D3", 2**53 - 1)
    [total] = standing(book)
    assert total.amount_minor == 4 * (2**53 - 1) + 2**63

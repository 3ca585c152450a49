"""Establishment out of the journal."""

import datetime as dt

import pytest
from book import Book
from given import LEDGER

from domain.facts.establishment import PostsEstablished
from domain.facts.people import EmployeeLeft, EmployeeTransferred
from domain.people.establishment import Posts
from projections import replay
from projections.establishment import establishment

DAY = dt.date(2025, 3, 14)
START = dt.date(2025, 1, 1)


def posts(number: int, on: dt.date = START, employment: str = "established") -> PostsEstablished:
    return PostsEstablished(
        branch="SH", department="ICU", employment=employment, posts=number, effective_on=on
    )


def on_day(book: Book, day: dt.date = DAY, known_at: int | None = None) -> list[Posts]:
    with book.cursor() as cursor:
        return list(establishment(cursor, day, known_at))


def told(found: list[Posts]) -> list[tuple[str, int, int, int]]:
    return [(each.employment, each.posts, each.filled, each.vacant) for each in found]


@pytest.mark.rule("R90")
def test_thirty_posts_twenty_seven_filled_three_vacant(book: Book) -> None:
    """A contract person does not fill an established post, nor does somebody of another unit."""
    book.tell(posts(30))
    for number in range(27):
        book.hire(f"N{number:02}", department="ICU", employment="established", post="nurse")
    book.hire("C1", department="ICU", employment="contract", post="nurse")
    book.hire("W1", department="ward 3", employment="established", post="nurse")
    before = book.journal.head()
    assert told(on_day(book)) == [("established", 30, 27, 3)]
    book.tell(EmployeeLeft(employee="N00", left_on=dt.date(2025, 3, 13), cause="family"))
    book.tell(EmployeeTransferred(employee="C1", effective_on=DAY, employment="established"))
    book.tell(posts(28, dt.date(2025, 3, 15)))
    book.tell(posts(2, employment="contract"))
    assert told(on_day(book)) == [("contract", 2, 0, 2), ("established", 30, 27, 3)]
    assert told(on_day(book, DAY - dt.timedelta(days=1))) == [
        ("contract", 2, 1, 1),
        ("established", 30, 27, 3),
    ]
    assert told(on_day(book, dt.date(2025, 3, 15)))[1] == ("established", 28, 27, 1)
    assert told(on_day(book, known_at=before)) == [("established", 30, 27, 3)]


def test_a_void_puts_the_number_before_back(book: Book, ledger_dsn: str) -> None:
    book.tell(posts(3))
    void = book.void(book.tell(posts(5)))
    assert told(on_day(book)) == [("established", 3, 0, 3)]
    assert told(on_day(book, known_at=void - 1)) == [("established", 5, 0, 5)]
    book.tell(posts(0))
    assert on_day(book) == []
    found = replay.replay(ledger_dsn, LEDGER, and_compare=True)
    assert (found.compared, found.rows["posts_change"]) == ((None, ()), 3)

"""Exchange rates out of the journal: as of any day, and as known at any position."""

import datetime as dt

from book import Book
from given import LEDGER

from domain.facts.currencies import ExchangeRateSet
from projections import exchange_rates, replay


def rate(book: Book, worth: str, on: str, base: str = "USD", quote: str = "CNY") -> int:
    said = ExchangeRateSet(base=base, quote=quote, rate=worth, effective_on=dt.date.fromisoformat(on))
    return book.tell(said)


def test_rates_as_of_a_day_and_as_known_at_a_position(book: Book, ledger_dsn: str) -> None:
    first = rate(book, "7.10", "2025-03-01")
    wrong = rate(book, "71.5", "2025-03-10")
    before = rate(book, "0.05", "2025-03-01", "JPY")
    book.void(wrong)
    right = rate(book, "7.15", "2025-03-10")
    day = dt.date(2025, 3, 12)
    with book.cursor() as cursor:
        now = exchange_rates.in_force(cursor, day, None)
        then = exchange_rates.in_force(cursor, day, before, "USD")
        early = exchange_rates.in_force(cursor, dt.date(2025, 3, 9), None)
    assert [(each.base, each.rate, each.position) for each in now] == [
        ("JPY", "0.05", before),
        ("USD", "7.15", right),
    ]
    assert [(each.rate, each.position) for each in then] == [("71.5", wrong)]
    assert [each.position for each in early] == [before, first]
    found = replay.replay(ledger_dsn, LEDGER, and_compare=True)
    assert found.compared == (None, ())
    assert found.rows["exchange_rate"] == 4

"""What tests of the read models share."""

import pytest
from book import Book
from given import LEDGER

from domain.journal.append import Journal


@pytest.fixture
def book(journal: Journal, ledger_dsn: str) -> Book:
    """The ledger of a firm, with its seller E1 and no plan yet."""
    book = Book(journal, ledger_dsn, LEDGER)
    book.hire("E1")
    return book

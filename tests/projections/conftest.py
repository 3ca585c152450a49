"""What tests of the read models share."""

import datetime as dt
from collections.abc import Iterator

import psycopg
import pytest
from book import Book
from conftest import new_database
from given import LEDGER

from domain.facts.selling import SatisfactionScored
from domain.journal.append import Journal
from domain.journal.connection import connect
from projections import runner

CLIENTS = "components: [{id: clients, title: New clients, kind: per_unit, measure: clients, rate: 50}]"


@pytest.fixture(scope="session")
def template(postgres: str, template: str) -> Iterator[str]:
    """The name of a database with one empty ledger and its read models: these are copied faster than made."""
    with new_database(postgres, template) as dsn:
        with connect(dsn, LEDGER, service=False) as connection:
            runner.create(connection)
        yield str(psycopg.conninfo.conninfo_to_dict(dsn)["dbname"])


@pytest.fixture
def book(journal: Journal, ledger_dsn: str) -> Book:
    """The ledger of a firm, with its seller E1 and no plan yet."""
    book = Book(journal, ledger_dsn, LEDGER)
    book.hire("E1")
    return book


@pytest.fixture
def busy(book: Book) -> Book:
    """A ledger with something in every read model, a closed month and voids on both sides of the close."""
    book.adopt(CLIENTS)
    book.hire("E2")
    positions = book.register("C1", "C2", "C3")
    book.confirm(positions[0], "manager")
    book.void(positions[1])
    deal = book.sell("D1", 700)
    book.tell(SatisfactionScored(employee="E2", customer="C1", score="8.5"))
    book.close()
    book.void(deal)
    book.void(positions[2])
    book.register("C4", employee="E2", on=dt.date(2025, 4, 2))
    book.runner.catch_up()
    return book

"""What the server has not taken stock of yet is measured as cheaply as what it knows."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import pytest
from book import Book
from given import LEDGER, NOW, drafted
from given_plan import plan
from psycopg.rows import tuple_row

from domain.facts.selling import DealClosed
from domain.journal.connection import connect
from domain.period import Period
from projections import measures, sight
from projections.learning import LEARN_SIZES

PEOPLE = [f"E{number}" for number in range(100)]
EACH = 20
"""Deals of each of them in a month."""

NEXT = Period.parse("2025-04")


def deal(employee: str, customer: str, on: dt.datetime) -> DealClosed:
    """A deal of a month that has no other with this customer."""
    name = f"{employee}-{customer}-{on:%m}"
    return DealClosed(employee=employee, customer=customer, deal=name, amount_minor=100, currency="CNY")


def work(book: Book, on: dt.datetime) -> None:
    """A month's deals of everybody, folded as they come: so few at a time that no stock is taken."""
    for number in range(EACH):
        deals = [drafted(deal(employee, f"C{number}", on), occurred_at=on) for employee in PEOPLE]
        book.journal.append(deals, now=NOW)
        book.runner.catch_up()


@pytest.fixture
def owner(book: Book, ledger_dsn: str) -> Iterator[psycopg.Connection]:
    """The owner of a ledger of whose credits the server takes no stock by itself."""
    with connect(ledger_dsn, LEDGER, service=False, autocommit=True) as owner:
        owner.execute("alter table credit set (autovacuum_enabled = false)")
        yield owner


class Explaining(psycopg.Cursor[Any]):
    """Adds up what the statements did. in_vain: pairs of rows that were held against each other for nothing.

    read: credits that were looked at.
    """

    in_vain: int = 0
    read: int = 0

    def execute(self, query: Any, params: Any = None, **kwargs: Any) -> "Explaining":
        with self.connection.cursor(row_factory=tuple_row) as aside:
            aside.execute(b"explain (analyze, format json) " + query.as_bytes(self), params, prepare=False)
            [(found,)] = aside.fetchall()
        self._add(found[0]["Plan"])
        super().execute(query, params, **kwargs)
        return self

    def _add(self, node: Mapping[str, Any]) -> None:
        removed = {
            why: node.get(f"Rows Removed by {why}", 0) for why in ("Join Filter", "Filter", "Index Recheck")
        }
        times = node["Actual Loops"]
        self.in_vain += round(removed["Join Filter"] * times)
        if node.get("Relation Name") == "credit":
            self.read += round((node["Actual Rows"] + removed["Filter"] + removed["Index Recheck"]) * times)
        for child in node.get("Plans", ()):
            self._add(child)


def measured(book: Book, written: str, hired: Mapping[str, dt.date]) -> Explaining:
    """What it took to measure EACH for everybody in the next month."""
    wanted = {"m": plan(f"measures: {{m: {{{written}}}}}").measures["m"]}
    opened = sight.windows(wanted.values(), NEXT, hired)
    with book.cursor() as plain:
        plain.execute("set local enable_seqscan = off")
        cursor = Explaining(plain.connection)
        found = measures.evaluate(cursor, wanted, opened, None)
    assert {values["m"] for values in found.values()} == {EACH}
    return cursor


HIRED = {each: NEXT.first_day + dt.timedelta(days=n % 9) for n, each in enumerate(PEOPLE)}


@pytest.mark.parametrize("days", ["period", "{days_since_hire: 30}"], ids=["alike", "each their own days"])
@pytest.mark.parametrize("kind", ["count: deal_closed", "distinct: deal_closed, of: customer"])
def test_nobodys_credits_are_held_against_everybody(
    book: Book, owner: psycopg.Connection, kind: str, days: str
) -> None:
    """2,000 credits of a month that is new, and 100 people: nearly all of the 200,000 pairs are in vain."""
    work(book, NOW)
    owner.execute(LEARN_SIZES)
    work(book, NOW + dt.timedelta(days=31))
    assert measured(book, f"{kind}, window: {days}", HIRED).in_vain <= len(PEOPLE) * EACH


@pytest.mark.parametrize("counted", ["when_reversed", "when_closed"])
def test_a_month_is_read_and_no_other(book: Book, owner: psycopg.Connection, counted: str) -> None:
    """Also where cleaning finds room among the credits of a month, which those of the next then take."""
    work(book, NOW)
    owner.execute("vacuum analyze credit")
    work(book, NOW + dt.timedelta(days=31))
    took = measured(book, f"count: deal_closed, less: deal_reversed, counted: {counted}", HIRED)
    assert took.read == len(PEOPLE) * EACH

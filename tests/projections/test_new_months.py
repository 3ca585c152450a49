"""What the server has not taken stock of yet is measured as cheaply as what it knows."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import pytest
from book import Book
from given import LEDGER, NOW, drafted, visit
from given_plan import plan
from psycopg.rows import tuple_row

from domain.journal.connection import connect
from domain.period import Period
from projections import measures, sight
from projections.learning import LEARN_SIZES

PEOPLE = [f"E{number}" for number in range(100)]
EACH = 20
"""Visits of each of them in a month."""

NEXT = Period.parse("2025-04")
UNSUMMARISED = "select brin_summarize_new_values(%s::regclass)"


def work(book: Book, on: dt.datetime) -> None:
    """A month's visits of everybody, folded as they come: so few at a time that no stock is taken."""
    for number in range(EACH):
        calls = [drafted(visit(employee, f"C{number}"), occurred_at=on) for employee in PEOPLE]
        book.journal.append(calls, now=NOW)
        book.runner.catch_up()


@pytest.fixture
def owner(book: Book, ledger_dsn: str) -> Iterator[psycopg.Connection]:
    """The owner of a ledger of whose credits the server takes no stock by itself."""
    with connect(ledger_dsn, LEDGER, service=False, autocommit=True) as owner:
        owner.execute("alter table credit set (autovacuum_enabled = false)")
        yield owner


class Explaining(psycopg.Cursor[Any]):
    """Notes of each statement how many pairs of rows it held against each other in vain."""

    in_vain: int = 0

    def execute(self, query: Any, params: Any = None, **kwargs: Any) -> "Explaining":
        with self.connection.cursor(row_factory=tuple_row) as aside:
            aside.execute(b"explain (analyze, format json) " + query.as_bytes(self), params, prepare=False)
            [(found,)] = aside.fetchall()
        self.in_vain += vain(found[0]["Plan"])
        super().execute(query, params, **kwargs)
        return self


def vain(node: Mapping[str, Any]) -> int:
    own = node.get("Rows Removed by Join Filter", 0) * node["Actual Loops"]
    return int(own) + sum(vain(child) for child in node.get("Plans", ()))


@pytest.mark.parametrize("days", ["period", "{days_since_hire: 30}"], ids=["alike", "each their own days"])
@pytest.mark.parametrize("kind", ["count: visit_recorded", "distinct: visit_recorded, of: customer"])
def test_nobodys_credits_are_held_against_everybody(
    book: Book, owner: psycopg.Connection, kind: str, days: str
) -> None:
    """2,000 credits of a month that is new, and 100 people: nearly all of the 200,000 pairs are in vain."""
    work(book, NOW)
    owner.execute(LEARN_SIZES)
    work(book, NOW + dt.timedelta(days=31))
    wanted = {"m": plan(f"measures: {{m: {{{kind}, window: {days}}}}}").measures["m"]}
    hired = {each: NEXT.first_day + dt.timedelta(days=n % 9) for n, each in enumerate(PEOPLE)}
    opened = sight.windows(wanted.values(), NEXT, hired)
    with book.cursor() as plain:
        cursor = Explaining(plain.connection)
        found = measures.evaluate(cursor, wanted, opened, None)
    assert {values["m"] for values in found.values()} == {EACH}
    assert cursor.in_vain <= len(PEOPLE) * EACH


@pytest.mark.parametrize("index", ["credit_by_day", "credit_by_deal_day"])
def test_stock_taking_tells_where_which_days_lie(book: Book, owner: psycopg.Connection, index: str) -> None:
    """Pages that no summary tells of are read for whatever day is asked about."""
    owner.execute(f"alter index {index} set (pages_per_range = 1)")
    owner.execute(f"reindex index {index}")
    work(book, NOW)
    owner.execute(LEARN_SIZES)
    assert owner.execute(UNSUMMARISED, [index]).fetchone() == (0,)

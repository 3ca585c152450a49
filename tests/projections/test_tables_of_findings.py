"""What is kept until a table moves reads no other table."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from book import Book

from api.credentials import HELD_IN
from api.insight import FORECAST_FROM
from domain.facts.activity import ActivityRecorded
from domain.facts.credentials import CredentialGranted
from projections import client_work, credentials, staffing
from projections.registry import PROJECTIONS
from projections.spans import Cursor, Span, moved

DAY = dt.date(2025, 3, 31)
GRANTED = CredentialGranted(employee="E1", credential="N1", kind="nursing licence", granted_on=DAY)


@pytest.mark.parametrize(
    ("question", "tables"),
    [
        (lambda cursor: credentials.held(cursor, DAY), HELD_IN),
        (lambda cursor: staffing.forecast(cursor, DAY), FORECAST_FROM),
        (lambda cursor: client_work.works_with_clients(cursor, "E1", DAY), client_work.FOUND_IN),
    ],
)
def test_a_finding_reads_no_other_tables_than_it_names(
    busy: Book, question: Callable[[Cursor], Any], tables: tuple[str, ...]
) -> None:
    texts: list[str] = []

    class Noting(psycopg.Cursor[Any]):
        def execute(self, query: Any, *args: Any, **options: Any) -> Any:
            texts.append(query.decode() if isinstance(query, bytes) else str(query))
            return super().execute(query, *args, **options)

    with busy.cursor() as cursor:
        question(Noting(cursor.connection))
    known = {table for each in PROJECTIONS for table in each.TABLES}
    assert known & set(re.findall(r"(?:from|join) ([a-z_]+)", " ".join(texts))) == {*tables}


def test_a_table_moves_by_the_rows_that_come_and_those_that_are_voided(book: Book) -> None:
    """And by nothing beyond the span, nor by what is told of elsewhere."""
    granted = book.tell(GRANTED)
    worked = book.tell(ActivityRecorded(employee="E1", kind="points", quantity=1))
    voided = book.void(granted)
    spans = [(0, granted), (granted - 1, granted), (granted, worked), (worked, voided), (voided, voided + 9)]
    with book.cursor() as cursor:
        found = [moved(cursor, ["leave", "credential_change"], Span(*each)) for each in spans]
        assert not moved(cursor, ["leave", "posts_change"], Span(0, voided))
    assert found == [True, True, False, True, False]

"""A firm whose plan is tried anew: E1 has 3 clients in March, E2 has 1, at 50 yuan each."""

from typing import Any

from book import Book
from given import LEDGER
from given_plan import document

from domain.journal.append import Journal

PLAN = """
parameters: {bonus: {value: 50}}
components: [{id: clients, title: Clients, kind: per_unit, measure: clients, rate: {parameter: bonus}}]
"""


def tried_firm(journal: Journal, dsn: str) -> Book:
    """The firm, with its read models caught up."""
    book = Book(journal, dsn, LEDGER)
    book.adopt(PLAN)
    book.hire("E1")
    book.hire("E2")
    book.register("C1", "C2", "C3")
    book.register("C4", employee="E2")
    book.runner.catch_up()
    return book


def raised(value: int = 60) -> dict[str, Any]:
    """The plan's document with another bonus."""
    written = document(PLAN)
    written["parameters"]["bonus"]["value"] = value
    return {**written, "effective_from": str(written["effective_from"])}

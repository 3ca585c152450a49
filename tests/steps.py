"""Steps of random histories: each tells a book something, and keeps the positions of what may be voided."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from book import Book
from hypothesis import strategies as st

from domain.facts.credentials import CredentialGranted
from domain.facts.currencies import ExchangeRateSet
from domain.facts.people import LeaveTaken
from domain.facts.selling import ComplianceScored, DealClosed

Step = Callable[[Book, list[int]], None]
"""Tells the book something; the positions are of what may be voided."""


def told_on(
    days: st.SearchStrategy[dt.date],
    make: Callable[..., Any],
    /,
    on: bool = False,
    **fields: st.SearchStrategy[Any],
) -> st.SearchStrategy[Step]:
    """A step that records one fact with drawn fields, on a drawn day if `on`; it may be voided later."""

    def step(day: dt.date, values: dict[str, Any]) -> Step:
        return lambda book, positions: positions.append(book.tell(make(**values), day if on else 3))

    return st.builds(step, days, st.fixed_dictionaries(fields))


def score(employee: str, customer: str) -> ComplianceScored:
    """A score that the customer's number makes."""
    return ComplianceScored(employee=employee, score=f"{customer[1]}.5")


def sale(employee: str, customer: str) -> DealClosed:
    """A deal in dollars, or in yen for one of the customers."""
    currency = "JPY" if customer == "C2" else "USD"
    return DealClosed(
        employee=employee, customer=customer, deal=uuid4().hex, amount_minor=100_01, currency=currency
    )


def rate(base: str, worth: str, effective_on: dt.date) -> ExchangeRateSet:
    """What a currency is worth in yuan from a day on."""
    return ExchangeRateSet(base=base, quote="CNY", rate=worth, effective_on=effective_on)


def leave(employee: str, from_on: dt.date, days: int = 0) -> LeaveTaken:
    """Leave from a day until so many days later."""
    until_on = from_on + dt.timedelta(days=days)
    return LeaveTaken(employee=employee, kind="annual", from_on=from_on, until_on=until_on)


def permit(employee: str, granted_on: dt.date, lasts: int) -> CredentialGranted:
    """A permit that holds from a day until so many days later."""
    return CredentialGranted(
        employee=employee,
        credential=uuid4().hex,
        kind="permit",
        granted_on=granted_on,
        expires_on=granted_on + dt.timedelta(days=lasts),
    )


def void(number: int) -> Step:
    """Takes one of the facts back."""

    def step(book: Book, positions: list[int]) -> None:
        if positions:
            book.void(positions.pop(number % len(positions)))

    return step


def confirm(number: int) -> Step:
    """Confirms one of the scores; the confirmation may be voided too."""

    def step(book: Book, positions: list[int]) -> None:
        records = [record.position for record in book.journal.read(types=["compliance_scored"])]
        if records:
            positions.append(book.confirm(records[number % len(records)], "production"))

    return step

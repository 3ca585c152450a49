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
from domain.facts.shifts import (
    ShiftAssigned,
    ShiftPatternSet,
    ShiftSpan,
    ShiftWorked,
    SwapApproved,
    SwapAsked,
    SwapConsented,
)

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


def hours(until: str, effective_on: dt.date) -> ShiftPatternSet:
    """The hours of the one shift, a night, from a day on."""
    spans = [ShiftSpan(from_time="20:00", until_time=until, activity="ward")]
    return ShiftPatternSet(pattern="N", title="N", spans=spans, effective_on=effective_on, night=True)


def swap(employee: str, on: dt.date, theirs: dt.date) -> SwapAsked:
    """E1 or E2 asks the other to swap the shifts of two days."""
    return SwapAsked(
        swap="S1",
        employee=employee,
        on=on,
        pattern="N",
        colleague="E2" if employee == "E1" else "E1",
        colleague_on=theirs,
        colleague_pattern="N",
    )


def shifts(days: st.SearchStrategy[dt.date]) -> st.SearchStrategy[Step]:
    """What is said of the shifts of E1 and E2, whether it follows what was said before or not."""
    people, minutes = st.sampled_from(("E1", "E2")), st.sampled_from((480, 700))
    both = {"swap": st.just("S1"), "employee": people}
    told: dict[Callable[..., Any], dict[str, st.SearchStrategy[Any]]] = {
        hours: {"until": st.sampled_from(("02:00", "06:00")), "effective_on": days},
        ShiftAssigned: {"employee": people, "on": days, "pattern": st.just("N")},
        ShiftWorked: {"employee": people, "on": days, "minutes": minutes},
        swap: {"employee": people, "on": days, "theirs": days},
        SwapConsented: both,
        SwapApproved: both | {"colleague": people, "approver": st.just("head")},
    }

    def step(make: Callable[..., Any], values: dict[str, Any]) -> Step:
        return lambda book, positions: positions.append(book.tell(make(**values)))

    return st.one_of(
        st.builds(step, st.just(make), st.fixed_dictionaries(fields)) for make, fields in told.items()
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

"""Whatever a closed statement would be another without is in its receipt, and nobody else is."""

import datetime as dt
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
import pytest
from book import ENGINE, Book
from conftest import new_database
from given import LEDGER
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sealed_book import SealedBook
from steps import Step, confirm, leave, permit, score, told_on, void

from api.problems import NotFound
from api.receipts import receipt, receipt_file
from api.verify import verify
from domain.facts.governance import OverrideSet, TargetChanged
from domain.facts.people import EmployeeHired, EmployeeTransferred
from domain.facts.selling import (
    CustomerRegistered,
    DealClosed,
    FollowUpRecorded,
    TrialHeld,
    VisitRecorded,
)
from domain.journal.append import Journal
from domain.journal.connection import connect
from domain.period import Period
from projections import closing, statements
from projections.late import closed_periods
from projections.statements import statement

MINE, OTHER = "E1", "E-2"  # no base64 holds a dash
MONTHS = ("2025-03", "2025-04")
HIRED = dt.date(2025, 2, 10)
TOLD = ("credit", "confirmation", "roster_change", "leave", "target_change", "override", "credential_change")

# No fact is looked at from two sides, where one would hide that the other is forgotten.
PLAN = """
unlicensed: earns_nothing
population: {post: [seller]}
parameters: {clients_target: {value: 2, open: {to: [branch, person]}}}
measures:
  compliance: {average: compliance_scored, of: score, confirmed_by: production}
  hospitals: {distinct: visit_recorded, of: customer}
  trials: {count: trial_held, licensed: permit}
  two_months: {count: deal_closed, window: {last_periods: 2}}
targets:
  clients: {measure: clients, value: {parameter: clients_target}, relief: {leave: {per_day: 1}}}
boards: [{id: calls, title: Calls, measure: followed, period: quarter}]
milestones: [{id: two, title: Two hospitals, measure: hospitals, reaches: 2, within_days: 40}]
components:
  - id: clients
    title: Clients
    kind: per_unit
    measure: clients
    rate: "50.50"
    cap: {pays: 60, carried: year}
  - {id: met, title: Met, kind: threshold, target: clients, pays: 200}
  - {id: care, title: Care, kind: per_unit, measure: compliance, rate: "3.33"}
  - {id: two, title: Two hospitals, kind: milestone, milestone: two, pays: 300}
  - {id: place, title: First on calls, kind: rank, board: calls, pays: [90]}
  - {id: trials, title: Trials, kind: per_unit, measure: trials, rate: 11}
  - id: back
    title: Looking back
    kind: per_unit
    measure: clients
    rate: 7
    gates: [{measure: two_months, at_least: 1}]
"""


days = st.dates(dt.date(2025, 2, 12), dt.date(2025, 4, 30))
told = partial(told_on, days)
people = st.sampled_from((MINE, MINE, OTHER))
customers = st.sampled_from(("C1", "C2", "C3"))


def sale(employee: str, customer: str) -> DealClosed:
    return DealClosed(
        employee=employee, customer=customer, deal=uuid4().hex, amount_minor=100_00, currency="CNY"
    )


steps = st.lists(
    st.one_of(
        told(CustomerRegistered, on=True, employee=people, customer=customers),
        told(CustomerRegistered, on=True, employee=people, customer=customers),
        told(VisitRecorded, on=True, employee=people, customer=customers),
        told(VisitRecorded, on=True, employee=people, customer=customers),
        told(partial(FollowUpRecorded, kind="call"), on=True, employee=people, customer=customers),
        told(sale, on=True, employee=people, customer=customers),
        told(score, on=True, employee=people, customer=customers),
        st.builds(confirm, st.integers(0, 9)),
        st.builds(void, st.integers(0, 9)),
        told(partial(TrialHeld, product="X"), on=True, employee=people, customer=customers),
        told(permit, employee=people, granted_on=days, lasts=st.sampled_from((0, 30, 400))),
        told(leave, employee=people, from_on=days),
        told(EmployeeTransferred, employee=people, effective_on=days, branch=st.just("SH")),
        told(
            partial(TargetChanged, reason="as agreed", approver="boss"),
            employee=people,
            target=st.sampled_from(("clients", "two")),
            value=st.sampled_from(("1", "3")),
            effective_from=days,
        ),
        told(
            partial(
                OverrideSet, plan="selling", parameter="clients_target", reason="as agreed", approver="boss"
            ),
            level=st.just("person"),
            scope=people,
            value=st.sampled_from(("1", "3")),
            effective_from=days,
        ),
    ),
    min_size=5,
    max_size=12,
)


@pytest.fixture
def fresh(postgres: str, template: str) -> Callable[[], AbstractContextManager[SealedBook]]:
    """Makes a firm of two sellers with a plan, sealed in a place of its own."""

    @contextmanager
    def make() -> Generator[SealedBook]:
        with (
            TemporaryDirectory() as place,
            new_database(postgres, template) as dsn,
            Journal(dsn, LEDGER) as journal,
        ):
            book = Book(journal, dsn, LEDGER)
            book.adopt(PLAN)
            for employee in (MINE, OTHER):
                book.tell(EmployeeHired(employee=employee, hired_on=HIRED, branch="SH", post="seller"))
            yield SealedBook(book, dsn, Path(place))

    return make


def concerning(book: Book) -> Iterator[int]:
    """The positions of what is about E1 and nobody else, with what confirms and voids that."""
    own: set[int] = set()
    for record in book.journal.read():
        data = msgspec.json.decode(record.data)
        if MINE in (data.get("employee"), data.get("scope")) or data.get("position") in own:
            own.add(record.position)
            yield record.position


def settled(cursor: psycopg.Cursor[Any]) -> list[object]:
    """What E1 was paid for each closed month."""
    slips = [statement(cursor, MINE, Period.parse(month), engine=ENGINE) for month in MONTHS]
    return [None if slip is None else slip.statement for slip in slips]


def settled_without(cursor: psycopg.Cursor[Any], position: int) -> list[object]:
    """What E1 would have been paid had the fact at `position` never been recorded; nothing is kept."""
    closes = closed_periods(cursor, None)
    for table in TOLD:
        cursor.execute(f"update {table} set void_position = null where void_position = {position}".encode())
        cursor.execute(f"delete from {table} where position = {position}".encode())
    cursor.execute("delete from statement_line; delete from statement; delete from closed_period")
    for close in closes:
        made = closing.compute(cursor, close.period, close.known_at)
        statements.freeze(cursor, close.position, made, ENGINE)
    found = settled(cursor)
    cursor.connection.rollback()
    return found


@pytest.mark.rule("R24")
@given(history=st.tuples(steps, steps))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_a_statement_would_differ_without_is_in_its_receipt(
    fresh: Callable[[], AbstractContextManager[SealedBook]], history: tuple[list[Step], list[Step]]
) -> None:
    """March, then April, which settles what came late; each of E1's facts is taken away in turn."""
    with fresh() as firm:
        positions = list[int]()
        for told_before, month in zip(history, MONTHS, strict=True):
            for step in told_before:
                step(firm.book, positions)
            firm.book.close(month)
        firm.seal()
        held = list[set[int]]()
        for month in MONTHS:
            path = firm.directory / month
            with firm.book.cursor() as cursor:
                try:
                    path.write_bytes(receipt_file(receipt(cursor, MINE, Period.parse(month))))
                except NotFound:
                    held.append(set())
                    continue
            assert verify(path, keys=[firm.key()]).valid
            assert OTHER not in path.read_text()
            held.append({each["position"] for each in msgspec.json.decode(path.read_bytes())["records"]})
        with connect(firm.dsn, LEDGER, service=False) as owner, owner.cursor() as cursor:
            paid = settled(cursor)
            owner.rollback()
            for position in concerning(firm.book):
                without = settled_without(cursor, position)
                for month, was, would_be, own in zip(MONTHS, paid, without, held, strict=True):
                    assert was == would_be or position in own or was is None, (month, position)

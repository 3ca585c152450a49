"""Whatever is told when: each closed month is settled, in all, as the last close knew it."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import Any

import psycopg
import pytest
from book import Book
from conftest import new_database
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from steps import Step, confirm, leave, permit, rate, sale, score, told_on, void

from domain.facts.governance import OverrideSet, TargetChanged
from domain.facts.people import EmployeeHired, EmployeeLeft, EmployeePromoted, EmployeeTransferred
from domain.facts.selling import CustomerRegistered, DealClosed, DealReversed, TrialHeld, VisitRecorded
from domain.journal.append import Journal
from domain.journal.migrate import migrate
from domain.period import Period
from domain.plan.account_terms import ACCOUNT
from domain.plan.statement import Line
from projections.accounts import accounts
from projections.earned import earned
from projections.late import closed_periods
from projections.retro import settled_lines
from projections.statements import Payslip, statement

PEOPLE = ("E1", "E2")
FIRST = Period.parse("2025-03")
SELLERS = """
unlicensed: earns_nothing
population: {post: [seller]}
parameters: {clients_target: {value: 2, open: {to: [branch, person]}}}
measures:
  compliance: {average: compliance_scored, of: score, confirmed_by: production}
  hospitals: {distinct: visit_recorded, of: customer}
  trials: {count: trial_held, licensed: permit}
  present: {days: present}
  of_year: {count: customer_registered, window: year}
  two_months: {count: customer_registered, window: {last_periods: 2}}
  sold:
    sum: deal_closed
    of: amount
    less: deal_reversed
    counted: when_closed
    within_months: 1
    convert_at: month_end
draw: {pays: 120, form: guarantee, recoverable: true, recovery: {at_most: 50 %}, limit: 200}
holdbacks: [{id: kept, share: 20 %, of: [clients, sales], released_after_months: 2}]
negative_balance: carried
targets:
  clients:
    measure: clients
    value: {parameter: clients_target}
    relief: {leave: {per_day: 1}}
    ramp: [{until: 2, share: 50 %}]
    prorate: employed
boards: [{id: clients, title: Clients, measure: clients}]
milestones: [{id: two, title: Two hospitals, measure: hospitals, reaches: 2, within_days: 40}]
components:
  - id: clients
    title: Clients
    kind: per_unit
    measure: clients
    rate: "50.50"
    cap: {pays: 60, carried: year}
  - {id: met, title: Met, kind: threshold, target: clients, pays: 200, prorate: present}
  - {id: trials, title: Trials, kind: per_unit, measure: trials, rate: 13}
  - {id: here, title: Days here, kind: per_unit, measure: present, rate: "0.5"}
  - {id: looking_back, title: Looking back, kind: per_unit, measure: two_months, rate: 7}
  - id: sales
    title: Sales
    kind: rate_table
    measure: sold
    bands: [{until: 1000, rate: 10 %}, {from: 1000, rate: 20 %}]
    cap: {pays: 250}
  - {id: care, title: Care, kind: per_unit, measure: compliance, rate: "3.33"}
  - {id: two, title: Two hospitals, kind: milestone, milestone: two, pays: 300}
  - {id: place, title: First on clients, kind: rank, board: clients, pays: [90]}
  - id: year
    title: Clients of the year
    kind: rate_table
    measure: of_year
    running: true
    bands: [{until: 2, rate: 11}, {from: 2, rate: 17}]
    gates: [{measure: two_months, at_least: 1}]
"""
SUPERVISORS = """
plan: supervising
currency: USD
pay_currency: CNY
transfers: by_days
population: {post: [supervisor]}
parameters: {each: {value: 80, open: {to: [branch]}}}
measures:
  of_year: {count: customer_registered, window: year}
  of_quarter: {count: customer_registered, window: quarter}
targets: {clients: {measure: clients, value: 2, prorate: employed}}
components:
  - {id: fixed, title: Fixed, kind: per_unit, measure: clients, rate: {parameter: each}}
  - {id: met, title: Met, kind: threshold, target: clients, pays: 310, prorate: present}
  - {id: year, title: Lots, kind: per_unit, measure: of_year, every: 2, rate: 9, running: true}
  - id: capped
    title: Capped
    kind: per_unit
    measure: clients
    rate: {parameter: each}
    cap: {pays: 70, carried: quarter}
  - id: true_up
    title: True-up
    kind: true_up
    over: quarter
    of: [fixed, met, capped]
    takes_back: true
    rule: {kind: step, measure: of_quarter, bands: [{until: 2, pays: 0}, {from: 2, pays: 400}]}
"""


people = st.sampled_from(PEOPLE)
days = st.dates(dt.date(2025, 2, 25), dt.date(2025, 4, 30))
told = partial(told_on, days)
customers = st.sampled_from(("C1", "C2", "C3", "C4"))
branches = st.sampled_from(("SH", "BJ"))


traded: dict[str, st.SearchStrategy[Any]] = {
    "employee": people,
    "customer": customers,
    "deal": st.sampled_from(("D1", "D2", "D3")),
    "amount_minor": st.sampled_from((40_000, 90_000, 150_000)),
    "currency": st.just("CNY"),
}


def close(unseen: int) -> Step:
    """Closes the next month, without the last few facts."""

    def step(book: Book, _: list[int]) -> None:
        with book.cursor() as cursor:
            closed = closed_periods(cursor, None)
        period = closed[-1].period.next() if closed else FIRST
        earliest = closed[-1].position if closed else 1
        book.close(str(period), max(book.journal.head() - unseen, earliest))

    return step


facts = st.one_of(
    told(CustomerRegistered, on=True, employee=people, customer=customers),
    told(VisitRecorded, on=True, employee=people, customer=customers),
    told(score, on=True, employee=people, customer=customers),
    told(sale, on=True, employee=people, customer=customers),
    told(partial(TrialHeld, product="X"), on=True, employee=people, customer=customers),
    st.builds(confirm, st.integers(0, 50)),
    told(DealClosed, on=True, **traded),
    told(DealReversed, on=True, **traded),
)
rates = told(
    rate, base=st.sampled_from(("USD", "JPY")), worth=st.sampled_from(("7.1", "0.3")), effective_on=days
)
moves = st.one_of(
    told(EmployeeTransferred, employee=people, effective_on=days, branch=branches),
    told(
        EmployeePromoted, employee=people, effective_on=days, post=st.sampled_from(("seller", "supervisor"))
    ),
    told(partial(EmployeeLeft, cause="pay"), employee=people, left_on=days),
    told(partial(EmployeeHired, branch="BJ", post="seller"), employee=people, hired_on=days),
)
policies = st.one_of(
    told(permit, employee=people, granted_on=days, lasts=st.sampled_from((3, 30, 90))),
    told(
        partial(TargetChanged, reason="as agreed", approver="hr"),
        employee=people,
        target=st.sampled_from(("clients", "two")),
        value=st.sampled_from(("1", "3")),
        effective_from=days,
    ),
    told(
        partial(OverrideSet, plan="selling", parameter="clients_target", reason="as agreed", approver="head"),
        level=st.just("branch"),
        scope=branches,
        value=st.sampled_from(("1", "4")),
        effective_from=days,
    ),
    told(
        partial(OverrideSet, plan="supervising", parameter="each", reason="as agreed", approver="head"),
        level=st.just("branch"),
        scope=branches,
        value=st.sampled_from(("50", "99")),
        effective_from=days,
    ),
)
voids = st.builds(void, st.integers(0, 50))
leaves = told(leave, employee=people, from_on=days, days=st.integers(0, 40))
late = st.lists(
    st.one_of(facts, facts, voids, voids, moves, policies, leaves, rates, rates), min_size=1, max_size=3
)
histories = st.tuples(
    st.lists(st.one_of(facts, facts, policies, leaves, rates), min_size=8, max_size=14),
    # Little at a time: whoever is computed again for one reason would be for any other.
    st.lists(st.tuples(late, st.builds(close, st.integers(0, 2))), min_size=4, max_size=6),
)


@pytest.fixture(scope="module")
def fresh(postgres: str, template: str) -> Iterator[Callable[[], Generator[Book]]]:
    """Makes a new ledger, opened, with two plans and two sellers."""
    with new_database(postgres, template) as dsn:
        name = sql.Identifier(str(conninfo_to_dict(dsn)["dbname"]))
        with psycopg.connect(dsn, autocommit=True) as server:
            # Nothing is killed here, and hundreds of single facts are told.
            server.execute(sql.SQL("alter database {} set synchronous_commit = off").format(name))
        numbers = count(1)

        @contextmanager
        def book() -> Generator[Book]:
            schema = f"law{next(numbers)}"
            migrate(dsn, schema)
            with Journal(dsn, schema, connections=1) as journal:
                book = Book(journal, dsn, schema)
                book.adopt(SELLERS)
                book.adopt(SUPERVISORS)
                for employee in PEOPLE:
                    book.hire(employee, hired_on=dt.date(2025, 2, 1))
                yield book

        yield book


def frozen(cursor: psycopg.Cursor[Any]) -> dict[tuple[str, str], Payslip]:
    """Every closed statement."""
    found = {
        (str(closed.period), employee): statement(cursor, employee, closed.period, engine="test")
        for closed in closed_periods(cursor, None)
        for employee in PEOPLE
    }
    return {key: slip for key, slip in found.items() if slip is not None}


def assert_settled(cursor: psycopg.Cursor[Any]) -> None:
    """What was settled for each closed month is what it comes to by what the last close knew."""
    closed = closed_periods(cursor, None)
    for about in closed:
        due = earned(cursor, about.period, closed[-1].known_at)
        settled = settled_lines(cursor, about.period, PEOPLE, None)
        for employee in PEOPLE:
            lines = due[employee].lines if employee in due else ()
            assert sums(settled.get(employee, [])) == sums(lines), (str(about.period), employee)


def assert_accounts(cursor: psycopg.Cursor[Any], slips: Iterable[Payslip]) -> None:
    """Each account stands at the sum of its lines, within its limits; the plan pays nobody below 0."""
    moved = Counter[tuple[str, str]]()
    for slip in slips:
        lines = slip.statement.lines
        assert slip.statement.total_minor >= 0 or not any(line.plan == "selling" for line in lines)
        for line in lines:
            moved[slip.statement.employee, line.component] += line.amount_minor * (line.kind == ACCOUNT)
    last = closed_periods(cursor, None)[-1].period
    for employee, own in accounts(cursor, last.next(), None).items():
        for (_, account), held in own.items():
            assert held.balance_minor == moved[employee, account]
            assert account != "draw" or 0 <= held.balance_minor <= 200_00
            assert account != "kept" or held.balance_minor <= 0


def sums(lines: Iterable[Line]) -> dict[tuple[str, str, str], int]:
    """Line amounts by plan, component and currency; sums of 0 are left out."""
    totals = Counter[tuple[str, str, str]]()
    for line in lines:
        totals[line.plan, line.component, line.currency] += line.amount_minor
    return {key: total for key, total in totals.items() if total}


@pytest.mark.slow
@pytest.mark.timeout(600)
@given(history=histories)
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
def test_settled_is_what_it_comes_to(
    fresh: Callable[[], Any], history: tuple[list[Step], list[tuple[list[Step], Step]]]
) -> None:
    """After each close: Σ settled = recomputed; closed statements stay as they are; lines make the total."""
    early, rounds = history
    with fresh() as book:
        positions, before = list[int](), dict[tuple[str, str], Payslip]()
        for step in early:
            step(book, positions)
        for steps, close_month in [([], close(0)), *rounds, ([], close(0))]:
            for step in (*steps, close_month):
                step(book, positions)
            with book.cursor() as cursor:
                now = frozen(cursor)
                assert before.items() <= now.items()
                assert_settled(cursor)
                assert_accounts(cursor, now.values())
                before = now
            for slip in now.values():
                assert slip.statement.total_minor == sum(x.amount_minor for x in slip.statement.lines)
                assert slip.digest == slip.statement.digest()

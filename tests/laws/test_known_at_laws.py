"""What was known at N: the whole ledger asked about N says what a ledger says that ends with N."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from functools import partial
from itertools import count
from typing import Any

import psycopg
import pytest
from book import ENGINE, Book
from conftest import new_database
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from steps import Step, confirm, leave, shifts, told_on, void
from verbatim import put

from domain.facts.credentials import CredentialGranted, CredentialSuspended
from domain.facts.governance import HonourAwarded, OverrideSet, PlanEnded, TargetChanged
from domain.facts.inquiries import InquiryOpened, InquiryResolved
from domain.facts.mood import SurveyAnswered
from domain.facts.people import EmployeeHired, EmployeeLeft, EmployeePromoted, EmployeeTransferred
from domain.facts.runs import HoldReleased, PayHeld, PaymentConfirmed, RunReleased
from domain.facts.selling import ComplianceScored, CustomerRegistered, DealClosed, VisitRecorded
from domain.facts.training import ModuleTested
from domain.journal.append import Journal
from domain.journal.connection import connect
from domain.journal.migrate import migrate
from domain.journal.record import Record
from domain.period import Period
from domain.plan.alert import AlertCondition
from domain.plan.document import Population
from projections import (
    alerts,
    boards,
    credentials,
    establishment,
    growth,
    hints,
    honours,
    hours,
    inquiries,
    insight,
    milestones,
    paying,
    payroll,
    policy,
    progress,
    reconciling,
    reminders,
    roster,
    runner,
    swaps,
)
from projections.explain import evidence, explain
from projections.late import closed_periods
from projections.spans import Cursor
from projections.statements import payslips, statement

PEOPLE = ("E1", "E2")
MONTHS = tuple(map(Period.parse, ("2025-03", "2025-04")))
DAY = dt.date(2025, 3, 20)
TRAVELLED = AlertCondition(measure="hospitals", at_least=Fraction(1))
SELLERS = """
population: {post: [seller]}
parameters: {clients_target: {value: 2, open: {to: [branch, person]}}}
measures:
  compliance: {average: compliance_scored, of: score, confirmed_by: production}
  hospitals: {distinct: visit_recorded, of: customer}
targets:
  clients: {measure: clients, value: {parameter: clients_target}, relief: {leave: {per_day: 1}}}
milestones: [{id: two, title: Two hospitals, measure: hospitals, reaches: 2, within_days: 40}]
curriculum: [{id: basics, title: Basics, pass_score: 80}]
alerts:
  - {id: stressed, title: Stressed, when: [{signal: stress, at_least: 8}], at_once: true}
  - {id: idle, title: Idle, when: [{measure: clients, at_most: 0}], periods: 2}
boards:
  - {id: best, title: Best, measure: clients}
  - {id: travelled, title: Travelled, measure: hospitals}
  - {id: careful, title: Careful, measure: close_rate, first: lowest}
cascade:
  - {id: firm, title: Firm, unit: clients, value: 100}
  - {id: seller, title: Seller, unit: clients, value: 10, within: firm, each: {post: [seller]}}
components:
  - {id: clients, title: Clients, kind: per_unit, measure: clients, rate: "50.50"}
  - {id: met, title: Met, kind: threshold, target: clients, pays: 200}
  - {id: care, title: Care, kind: per_unit, measure: compliance, rate: "3.33"}
  - {id: two, title: Two hospitals, kind: milestone, milestone: two, pays: 300}
"""
NEXT = SELLERS.replace('rate: "50.50"', "rate: 60")
SUPERVISORS = """
plan: supervising
population: {post: [supervisor]}
components: [{id: fixed, title: Fixed, kind: per_unit, measure: clients, rate: 80}]
"""

Question = Callable[[Cursor, int | None], Any]

people = st.sampled_from(PEOPLE)
days = st.dates(dt.date(2025, 2, 25), dt.date(2025, 4, 30))
told = partial(told_on, days)
customers = st.sampled_from(("C1", "C2", "C3"))
branches = st.sampled_from(("SH", "BJ"))
agreed = {"reason": "as agreed", "approver": "head"}


def deal(employee: str, customer: str, amount_minor: int) -> DealClosed:
    return DealClosed(
        employee=employee, customer=customer, deal=customer, amount_minor=amount_minor, currency="CNY"
    )


def close(book: Book, _: list[int]) -> None:
    """Closes the next month."""
    with book.cursor() as cursor:
        closed = closed_periods(cursor, None)
    book.close(str(closed[-1].period.next() if closed else MONTHS[0]))


def award(book: Book, positions: list[int]) -> None:
    """Honours whoever stands first now."""
    with book.cursor() as cursor:
        first = honours.winners(cursor, "best", MONTHS[0])
    positions.extend(book.tell(each) for each in first or ())


def adopt(book: Book, positions: list[int]) -> None:
    """A version with another rate takes effect in April."""
    book.adopt(NEXT, effective_from="2025-04-01")


steps = st.one_of(
    told(CustomerRegistered, on=True, employee=people, customer=customers),
    told(VisitRecorded, on=True, employee=people, customer=customers),
    told(partial(ComplianceScored, score="8.5"), on=True, employee=people),
    told(deal, on=True, employee=people, customer=customers, amount_minor=st.integers(1, 10**9)),
    told(
        partial(ModuleTested, module="basics"),
        on=True,
        employee=people,
        score=st.sampled_from(("79", "80", "90.5")),
    ),
    told(
        partial(SurveyAnswered, training_satisfaction="7", belonging="6"),
        on=True,
        employee=people,
        stress=st.sampled_from(("3", "8.5")),
    ),
    st.builds(confirm, st.integers(0, 50)),
    st.builds(void, st.integers(0, 50)),
    st.builds(void, st.integers(0, 50)),
    told(EmployeeTransferred, employee=people, effective_on=days, branch=branches),
    told(
        EmployeePromoted, employee=people, effective_on=days, post=st.sampled_from(("seller", "supervisor"))
    ),
    told(partial(EmployeeLeft, cause="pay"), employee=people, left_on=days),
    told(partial(EmployeeHired, branch="BJ", post="seller"), employee=people, hired_on=days),
    told(leave, employee=people, from_on=days, days=st.integers(0, 20)),
    told(
        partial(TargetChanged, **agreed),
        employee=people,
        target=st.sampled_from(("clients", "two")),
        value=st.sampled_from(("1", "3")),
        effective_from=days,
    ),
    told(
        partial(OverrideSet, plan="selling", parameter="clients_target", level="branch", **agreed),
        scope=branches,
        value=st.sampled_from(("1", "4")),
        effective_from=days,
    ),
    told(
        partial(CredentialGranted, kind="licence"),
        employee=people,
        credential=customers,
        granted_on=st.just(dt.date(2025, 2, 25)),
        expires_on=st.none() | days,
    ),
    told(
        partial(CredentialSuspended, reason="as agreed"),
        employee=people,
        credential=customers,
        effective_on=days,
    ),
    told(partial(PlanEnded, plan="supervising", reason="over"), ended_on=days),
    told(
        partial(PayHeld, scope="person", reason="as agreed"),
        employee=people,
        hold=customers,
        period=st.none() | st.just("2025-03"),
    ),
    told(partial(PayHeld, scope="deal", reason="as agreed"), employee=people, hold=customers, deal=customers),
    told(partial(HoldReleased, reason="as agreed"), employee=people, hold=customers),
    told(partial(RunReleased, period="2025-03", statements_digest="0" * 64)),
    told(
        partial(PaymentConfirmed, period="2025-03", currency="CNY", paid_on=DAY, reference="bank"),
        employee=people,
        amount_minor=st.sampled_from((50_50, -50_50, 1)),
    ),
    told(
        partial(InquiryOpened, period="2025-03", kind="other", note="?"), employee=people, inquiry=customers
    ),
    told(partial(InquiryResolved, outcome="withdrawn"), employee=people, inquiry=customers),
    shifts(st.dates(dt.date(2025, 3, 17), dt.date(2025, 3, 20))),
    st.sampled_from((close, award, adopt)),
)


def about(make: Callable[..., Any], *arguments: Any, **more: Any) -> Question:
    """The answer of a query, which takes the cursor first and known_at by name."""
    return lambda cursor, known_at: make(cursor, *arguments, known_at=known_at, **more)


def questions() -> Mapping[str, Question]:
    """Every question whose answer is a result, by a name."""
    found: dict[str, Question] = {
        "plans": about(policy.plans_in_force, DAY),
        "versions": about(policy.plan_versions),
        "overrides": about(policy.overrides),
        "target changes": about(policy.target_changes),
        "roster": about(roster.changes),
        "leave": about(roster.leave),
        "branches": about(roster.branches),
        "honours": about(honours.honours),
        "milestones": about(milestones.milestones, DAY),
        "goals": about(progress.cascade, DAY),
        "alerts": about(alerts.alerts, DAY),
        "leavers": about(insight.leavers, MONTHS[0]),
        "outcomes": about(insight.outcomes, *MONTHS),
        "compared": about(insight.compared, "selling", "close_rate", *MONTHS),
        "split": about(insight.split, "selling", "clients", TRAVELLED, MONTHS[0]),
        "overtime": about(hours.overtime_runs, DAY, days=1),
        "swaps": about(swaps.swaps),
        "posts": about(establishment.establishment, DAY),
        "reminders": about(reminders.reminders, DAY),
        "growth": about(growth.board, Period.containing(DAY, "week"), DAY),
        "credentials": about(credentials.held, DAY),
        "credentials in sum": about(credentials.summary, DAY),
        "holds": about(paying.holds),
        "inquiries": about(inquiries.inquiries),
        "paid in March": about(reconciling.reconcile, MONTHS[0], engine=ENGINE),
        "outstanding": about(reconciling.outstanding, engine=ENGINE),
    }
    for month in MONTHS:
        found[f"run {month}"] = about(payroll.run, month, engine=ENGINE)
        found[f"slips {month}"] = lambda c, at, m=month: list(payslips(c, m, at, engine=ENGINE))
        for board in ("best", "travelled", "careful"):
            found[f"{board} {month}"] = about(boards.board, board, month)
            cohort = Population(branch=("SH",))
            found[f"{board} of SH {month}"] = about(boards.board, board, month, cohort=cohort, until=DAY)
            found[f"winners of {board} {month}"] = about(honours.winners, board, month)
        for person in PEOPLE:
            found[f"statement {person} {month}"] = about(statement, person, month, engine=ENGINE)
            found[f"explain {person} {month}"] = about(explain, person, month, engine=ENGINE)
            for name in ("clients", "hospitals", "compliance", "deals"):
                found[f"{name} {person} {month}"] = about(evidence, person, month, "selling", name)
    for person in PEOPLE:
        found[f"progress {person}"] = about(progress.progress, person, DAY)
        found[f"shifts {person}"] = about(hours.of_person, person, MONTHS[0].first_day, DAY)
        found[f"dossier {person}"] = about(growth.dossier, person, DAY)
        found[f"hints {person}"] = about(hints.hints, person, DAY)
        found[f"more {person}"] = about(hints.more, person, DAY, "customer", 2)
        found[f"way {person}"] = about(hints.steps_to, person, DAY, 50_000)
    return found


class Cut:
    """A whole ledger, and room for others that end earlier."""

    def __init__(self, dsn: str) -> None:
        self.dsn, self._numbers = dsn, count(1)

    @contextmanager
    def book(self) -> Iterator[tuple[Book, Journal]]:
        """A new ledger with two plans and two sellers."""
        schema = self.new()
        with Journal(self.dsn, schema, connections=2) as journal:
            book = Book(journal, self.dsn, schema)
            book.adopt(SELLERS)
            book.adopt(SUPERVISORS)
            for employee in PEOPLE:
                book.hire(employee, hired_on=dt.date(2025, 2, 1))
            yield book, journal

    def new(self) -> str:
        """The schema of an empty ledger."""
        schema = f"law{next(self._numbers)}"
        migrate(self.dsn, schema)
        return schema

    @contextmanager
    def until(self, records: Iterable[Record], at: int) -> Iterator[Cursor]:
        """Reads a ledger that has the `records` of another up to `at`, as they stand there, and no more."""
        schema = self.new()
        put(self.dsn, schema, [record for record in records if record.position <= at])
        with connect(self.dsn, schema, service=False) as connection:
            runner.create(connection)
        runner.Runner(self.dsn, schema).catch_up()
        with connect(self.dsn, schema) as connection, connection.cursor() as cursor:
            yield cursor


@pytest.fixture(scope="module")
def cut(postgres: str, template: str) -> Iterator[Cut]:
    with new_database(postgres, template) as dsn:
        name = sql.Identifier(str(conninfo_to_dict(dsn)["dbname"]))
        with psycopg.connect(dsn, autocommit=True) as server:
            # Nothing is killed here, and hundreds of single facts are told.
            server.execute(sql.SQL("alter database {} set synchronous_commit = off").format(name))
        yield Cut(dsn)


@given(history=st.lists(steps, min_size=8, max_size=24), share=st.floats(0, 1))
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_whole_ledger_knows_what_a_ledger_cut_at_n_knows(
    cut: Cut, history: list[Step], share: float
) -> None:
    """For every question: asked of the whole about N, of the cut about now, and of the cut about N."""
    with cut.book() as (book, journal):
        start, positions = journal.head(), list[int]()
        for step in history:
            step(book, positions)
        at = start + round(share * (journal.head() - start))
        records = list(journal.read())
        with book.cursor() as whole, cut.until(records, at) as ended:
            for name, ask in questions().items():
                then = ask(whole, at)
                assert ask(ended, None) == then, (name, at)
                assert ask(ended, at) == then, (name, at)


def test_an_honour_and_its_void_are_known_from_their_positions_on(cut: Cut) -> None:
    """So the law has something to find: what it asks about does change."""
    with cut.book() as (book, journal):
        book.register("C1")
        before = journal.head()
        [first] = [journal.head() + 1]
        award(book, [])
        book.void(first)
        with book.cursor() as cursor:
            known = [len(honours.honours(cursor, known_at=at)) for at in range(before, journal.head() + 1)]
        assert known == [0, 1, 0]
        record = journal.at(first)
        assert record is not None and record.type == HonourAwarded.TYPE

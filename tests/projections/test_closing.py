"""Closing a month: what is paid, to whom, and that it stays so."""

import datetime as dt

import pytest
from book import Book

from domain.facts.governance import OverrideSet
from domain.facts.people import EmployeeLeft, EmployeePromoted, EmployeeTransferred, LeaveTaken
from domain.facts.selling import ComplianceScored
from domain.journal.canonical import canonical
from domain.journal.merkle import inclusion_proof, leaf_hash, reading, verify_inclusion
from domain.period import Period
from projections import closing
from projections.spans import Cursor

BONUSES = """
components:
  - {id: clients, title: New clients, kind: per_unit, measure: clients, rate: 50}
  - {id: rate, title: Close rate, kind: threshold, measure: close_rate, reaches: 15 %, pays: 200}
"""
MARCH, APRIL = Period.parse("2025-03"), Period.parse("2025-04")


def clients(number: int) -> list[str]:
    return [f"C{n}" for n in range(number)]


@pytest.mark.rule("R71", "R72", "R74", "R30")
def test_a_month_is_paid_from_facts_alone(book: Book) -> None:
    """Ten new clients at 50 are 500, and a close rate of 3/20 reaches 15 %: 200 more."""
    book.adopt(BONUSES)
    book.register(*clients(10))
    book.follow(*clients(20))
    for deal in ("D1", "D2", "D3"):
        book.sell(deal)
    assert book.paid() == {"clients": 50_000, "rate": 20_000}
    made = book.close()
    assert (made.total_minor, [s.employee for s in made.statements]) == (70_000, ["E1"])
    assert book.paid() == {"clients": 50_000, "rate": 20_000}


@pytest.mark.rule("R56")
def test_each_employment_type_has_its_own_plan(book: Book) -> None:
    """Who is paid by which plan is told by the posting; whoever no plan covers has no statement."""
    book.adopt(BONUSES, population={"employment": ["contract"]})
    book.adopt(
        """
        components: [{id: fixed, title: Fixed, kind: per_unit, measure: clients, rate: 20}]
        """,
        plan="agency",
        population={"employment": ["agency"]},
    )
    book.hire("E2", employment="agency")
    book.hire("E3", employment="intern")
    for employee in ("E1", "E2", "E3"):
        book.register(f"of {employee}", employee=employee)
    book.close()
    assert book.paid("E1") == {"clients": 5_000, "rate": 0}
    assert book.paid("E2") == {"fixed": 2_000}
    assert book.payslip("E3") is None


@pytest.mark.rule("R23")
def test_the_posting_on_the_last_day_decides(book: Book) -> None:
    """A promotion on the 31st decides the plan of the whole month, one on the 1st of the next does not."""
    book.adopt(BONUSES, population={"post": ["seller"]})
    book.hire("E2")
    book.tell(EmployeePromoted(employee="E1", effective_on=MARCH.last_day, post="supervisor"))
    book.tell(EmployeePromoted(employee="E2", effective_on=APRIL.first_day, post="supervisor"))
    assert book.payslip("E1") is None
    assert book.payslip("E2") is not None
    assert book.payslip("E2", "2025-04") is None


def test_a_leaver_is_paid_for_the_last_month(book: Book) -> None:
    """Who left on the 10th is paid by the posting of that day; the month after there is nothing."""
    book.adopt(BONUSES)
    book.register("C1")
    book.tell(EmployeeLeft(employee="E1", left_on=dt.date(2025, 3, 10), cause="no_sales"))
    assert book.paid() == {"clients": 5_000, "rate": 0}
    assert book.payslip(period="2025-04") is None


@pytest.mark.rule("R28")
def test_unconfirmed_does_not_count(book: Book) -> None:
    """Compliance counts once production has confirmed it, and no longer when the confirmation is voided."""
    book.adopt("""
        measures: {compliance: {average: compliance_scored, of: score, confirmed_by: production}}
        components:
          - {id: compliance, title: Compliance, kind: per_unit, measure: compliance, rate: 10}
        """)
    scored = book.tell(ComplianceScored(employee="E1", score="9.5"))
    assert book.paid() == {"compliance": 0}
    book.confirm(scored, "manager")
    assert book.paid() == {"compliance": 0}
    confirmed = book.confirm(scored, "production")
    assert book.paid() == {"compliance": 9_500}
    book.void(confirmed)
    assert book.paid() == {"compliance": 0}


@pytest.mark.rule("R83", "R84")
def test_a_branch_override_holds_for_its_people(book: Book) -> None:
    """Shanghai opens more shops: its target is 30 where the standard is 25."""
    more = """
        parameters: {clients_target: {value: 25, open: {to: [branch]}}}
        targets: {clients: {measure: clients, value: {parameter: clients_target}}}
        components: [{id: met, title: Met, kind: threshold, target: clients, pays: 100}]
        """
    book.adopt(more)
    book.hire("E2", branch="GZ")
    book.tell(
        OverrideSet(
            plan="selling", parameter="clients_target", level="branch", scope="SH", value="30",
            effective_from=MARCH.first_day, reason="more shops", approver="head",
        )
    )  # fmt: skip
    for employee in ("E1", "E2"):
        book.register(*clients(25), employee=employee)
    assert (book.paid("E1"), book.paid("E2")) == ({"met": 0}, {"met": 10_000})
    book.tell(EmployeeTransferred(employee="E1", effective_on=MARCH.last_day, branch="GZ"))
    assert book.paid("E1") == {"met": 10_000}


@pytest.mark.rule("R82")
def test_a_day_of_leave_lowers_the_target(book: Book) -> None:
    """A target of 20 is 19 after one day of leave."""
    book.adopt("""
        targets: {clients: {measure: clients, value: 20, relief: {leave: {per_day: 1}}}}
        components: [{id: met, title: Met, kind: threshold, target: clients, pays: 100}]
        """)
    book.register(*clients(19))
    assert book.paid() == {"met": 0}
    day = dt.date(2025, 3, 12)
    book.tell(LeaveTaken(employee="E1", kind="annual", from_on=day, until_on=day))
    assert book.paid() == {"met": 10_000}


@pytest.mark.rule("R27")
def test_an_earlier_month_keeps_the_old_version(book: Book) -> None:
    """A new version from April changes April; March is computed by the version of its own time."""
    book.adopt(BONUSES)
    book.adopt(BONUSES.replace("rate: 50", "rate: 60"), effective_from="2025-04-01")
    book.register("C1", on=dt.date(2025, 3, 31))
    book.register("C2", on=dt.date(2025, 4, 1))
    assert (book.paid()["clients"], book.paid(period="2025-04")["clients"]) == (5_000, 6_000)


def test_a_milestone_bonus_is_paid_in_the_month_it_is_reached(book: Book) -> None:
    """Three different hospitals within 30 days of the hire; day 31 is late."""
    book.adopt("""
        measures: {hospitals: {distinct: visit_recorded, of: customer}}
        milestones: [{id: three, title: Three hospitals, measure: hospitals, reaches: 3, within_days: 30}]
        components: [{id: three, title: Three hospitals, kind: milestone, milestone: three, pays: 300}]
        """)
    hired_on = dt.date(2025, 2, 20)
    for employee, last_visit in (("N1", 30), ("N2", 31)):
        book.hire(employee, hired_on=hired_on)
        book.visit("H1", "H2", "H2", employee=employee, on=hired_on)
        book.visit("H3", employee=employee, on=hired_on + dt.timedelta(days=last_visit))
    assert (book.paid("N1"), book.paid("N2")) == ({"three": 30_000}, {"three": 0})
    assert (book.paid("N1", "2025-02"), book.paid("N1", "2025-04")) == ({"three": 0}, {"three": 0})


def test_the_digest_is_over_all_statements_in_order(book: Book) -> None:
    """Who is paid what is in the digest; the order is that of the ids, whatever their script."""
    book.adopt(BONUSES)
    for employee in ("王", "E10", "a"):
        book.hire(employee)
    made = book.close()
    assert [s.employee for s in made.statements] == ["E1", "E10", "a", "王"]
    assert made.digest == closing.digest_of(made.statements)
    assert made.digest != closing.digest_of(made.statements[::-1])


def test_a_close_is_the_same_in_however_many_parts_it_is_made(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Late lines, a board that pays and all: to the last byte, whoever is in one part with whom."""
    book.adopt(f"""
        {BONUSES}  - {{id: top, title: Top, kind: rank, board: top, pays: [100, 50]}}
boards: [{{id: top, title: Top, measure: clients}}]
        """)
    for number in range(2, 8):
        book.hire(f"E{number}")
        book.register(*(f"C{number}{each}" for each in range(number)), employee=f"E{number}")
    book.close()
    for number in (3, 6):
        book.register(f"D{number}", employee=f"E{number}")
    found: set[bytes] = set()
    for people in (1, 2, 3, 7, 100):
        monkeypatch.setattr(closing, "BATCH_PEOPLE", people)
        with book.cursor() as cursor:
            made = closing.compute(cursor, APRIL, book.journal.head())
        assert made.digest == closing.digest_of(made.statements) and len(made.statements) == 7
        found.add(canonical([made.digest, made.statements]))
    assert len(found) == 1


def test_a_statement_is_shown_to_be_closed_without_the_others(book: Book) -> None:
    """The digest of a close is a Merkle root: a path of a few hashes leads there from one statement."""
    book.adopt(BONUSES)
    for employee in ("E2", "E3", "E4", "E5"):
        book.hire(employee)
    made = book.close()
    leaves = [leaf_hash(canonical(statement)) for statement in made.statements]
    for index, leaf in enumerate(leaves):
        proof = inclusion_proof(index, len(leaves), reading(leaves))
        assert verify_inclusion(index, len(leaves), leaf, proof, bytes.fromhex(made.digest))
        assert not verify_inclusion(index, len(leaves), leaf_hash(b"{}"), proof, bytes.fromhex(made.digest))


def test_plans_of_a_close_are_named_with_their_adoption(book: Book) -> None:
    """The fact says which versions the month was computed with."""
    adopted = book.adopt(BONUSES)
    fact = book.close().fact(engine="test")
    assert [(plan.plan, plan.adopted_at) for plan in fact.plans] == [("selling", adopted)]


def test_what_was_decided_is_not_computed_again(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever decides a close folds it with the statements at hand; another close is computed."""
    book.adopt(BONUSES)
    book.register("C1")
    with book.cursor() as cursor:
        march, april = (closing.compute(cursor, month, book.journal.head()) for month in (MARCH, APRIL))
    computed: list[Period] = []
    compute = closing.compute

    def counted(cursor: Cursor, period: Period, known_at: int) -> closing.Closing:
        computed.append(period)
        return compute(cursor, period, known_at)

    monkeypatch.setattr(closing, "compute", counted)
    book.tell(march.fact("test"))
    with closing.decided(march):
        book.runner.catch_up()
    assert (computed, book.paid()) == ([], {"clients": 5_000, "rate": 0})
    book.close("2025-04")
    computed.clear()
    with closing.decided(april):
        book.close("2025-05")
    assert Period.parse("2025-05") in computed

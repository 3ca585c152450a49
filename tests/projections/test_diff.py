"""Between two points of knowledge: which lines differ, on what ground, and by which facts."""

import datetime as dt

import pytest
from book import ENGINE, Book

from domain.facts.governance import OverrideSet, PlanEnded, TargetChanged
from domain.facts.people import EmployeePromoted, LeaveTaken
from domain.facts.selling import ComplianceScored
from domain.period import Period
from projections.diff import StatementDiff, diff

MARCH, APRIL = Period.parse("2025-03"), Period.parse("2025-04")
PLAN = """
population: {post: [seller]}
parameters: {bonus: {value: 200, open: {to: [branch]}}}
measures:
  compliance: {average: compliance_scored, of: score, confirmed_by: production}
  hospitals: {distinct: visit_recorded, of: customer}
targets: {clients: {measure: clients, value: 2, relief: {leave: {per_day: 1}}}}
milestones: [{id: two, title: Two hospitals, measure: hospitals, reaches: 2, within_days: 400}]
components:
  - {id: clients, title: New clients, kind: per_unit, measure: clients, rate: 50}
  - {id: met, title: Met, kind: threshold, target: clients, pays: {parameter: bonus}}
  - {id: care, title: Care, kind: per_unit, measure: compliance, rate: 3}
  - {id: two, title: Two hospitals, kind: milestone, milestone: two, pays: 300}
"""


@pytest.fixture
def firm(book: Book) -> Book:
    book.adopt(PLAN)
    return book


def between(book: Book, before: int, after: int | None = None, period: Period = MARCH) -> StatementDiff:
    """The difference for E1, whose lines sum to that of the totals."""
    with book.cursor() as cursor:
        found = diff(cursor, "E1", period, before, after or book.journal.head(), engine=ENGINE)
    assert found is not None
    assert sum(said.line.difference_minor for said in found.lines) == found.difference_minor
    assert found.after.total_minor - found.before.total_minor == found.difference_minor
    return found


def effects(found: StatementDiff) -> list[tuple[int, str, int | None]]:
    return [(fact.position, fact.effect, fact.about_position) for fact in found.facts]


def lines(found: StatementDiff) -> dict[str, int]:
    return {f"{x.line.component} of {x.line.about}": x.line.difference_minor for x in found.lines}


def test_a_fact_that_came_is_the_cause(firm: Book) -> None:
    """Two clients are 100 and reach the target of 2; what others measure is left out."""
    before = firm.journal.head()
    first, second = firm.register("C1", "C2")
    firm.register("C3", employee="E9")
    firm.register("C4", on=dt.date(2025, 4, 1))
    firm.sell("D1")
    found = between(firm, before)
    assert lines(found) == {"clients of 2025-03": 10_000, "met of 2025-03": 20_000}
    assert effects(found) == [(first, "counted", None), (second, "counted", None)]
    assert found.facts[0].measures == ("selling.clients",)
    assert (found.before.state, found.before.total_minor) == ("open", 0)
    assert found.lines[0].grounds[0].said.en == "clients: 0 before, 2 after"
    assert found.lines[0].said.zh == "New clients：原 0.00 CNY，现 100.00 CNY，+100.00 CNY"


def test_a_void_is_the_cause_and_names_what_it_cancelled(firm: Book) -> None:
    [_, second] = firm.register("C1", "C2")
    before = firm.journal.head()
    void = firm.void(second)
    passing = firm.register("C3")[0]
    firm.void(passing)
    found = between(firm, before)
    assert effects(found) == [(void, "voided", second)]
    assert found.difference_minor == -25_000
    assert found.facts[0].said.en == (
        f"customer_registered of 2025-03-03 at position {second} was voided at position {void}"
    )


def test_a_confirmation_makes_an_older_fact_count(firm: Book) -> None:
    scored = firm.tell(ComplianceScored(employee="E1", score="9"))
    before = firm.journal.head()
    firm.confirm(scored, "manager")
    confirmed = firm.confirm(scored, "production")
    found = between(firm, before)
    assert lines(found) == {"care of 2025-03": 2_700}
    assert (confirmed, "confirmed", scored) in effects(found)
    after = firm.journal.head()
    void = firm.void(confirmed)
    assert effects(between(firm, after)) == [(void, "voided", confirmed)]


def test_rules_and_roster_are_causes(firm: Book) -> None:
    """A target changed, a leave, an override, a new version and a promotion, each at its position."""
    firm.register("C1", "C2")
    told = {"reason": "as agreed", "approver": "head", "effective_from": MARCH.first_day}
    steps = [
        TargetChanged(employee="E1", target="clients", value="3", **told),
        LeaveTaken(employee="E1", kind="annual", from_on=dt.date(2025, 3, 12), until_on=dt.date(2025, 3, 12)),
        OverrideSet(plan="selling", parameter="bonus", level="branch", scope="SH", value="250", **told),
    ]
    changed = [("target", "2", "3"), ("target", "3", "2"), ("parameter", "200", "250")]
    for step, ground in zip(steps, changed, strict=True):
        before = firm.journal.head()
        position = firm.tell(step)
        found = between(firm, before)
        assert effects(found) == [(position, "counted", None)]
        change = found.lines[0].grounds[0].change
        assert (change.ground, change.before, change.after) == ground
    before = firm.journal.head()
    adopted = firm.adopt(PLAN.replace("rate: 50", "rate: 60"), effective_from="2025-03-01")
    found = between(firm, before)
    assert effects(found) == [(adopted, "counted", None)]
    assert {ground.change.ground for line in found.lines for ground in line.grounds} >= {"plan"}
    before = firm.journal.head()
    promoted = firm.tell(EmployeePromoted(employee="E1", effective_on=MARCH.last_day, post="supervisor"))
    firm.tell(PlanEnded(plan="other", ended_on=MARCH.first_day, reason="over"))
    found = between(firm, before)
    assert (found.after.state, promoted) == ("none", effects(found)[0][0])
    assert {line.line.kind for line in found.lines} == {"removed"}
    assert len(found.facts) == 1, "an end of another plan is no cause"


def test_a_milestone_that_was_reached_names_its_day_and_its_visits(firm: Book) -> None:
    [first] = firm.visit("H1", on=dt.date(2025, 2, 20))
    before = firm.journal.head()
    [second] = firm.visit("H2", on=7)
    found = between(firm, before)
    assert lines(found) == {"two of 2025-03": 30_000}
    [ground] = found.lines[0].grounds
    assert (ground.change.ground, ground.change.before, ground.change.after) == (
        "milestone",
        None,
        "2025-03-07",
    )
    assert ground.said.zh == "Two hospitals达成日期：原 未达成，现 2025-03-07"
    assert effects(found) == [(second, "counted", None)]
    assert effects(between(firm, first - 1)) == [(first, "counted", None), (second, "counted", None)]


def test_a_late_fact_shows_in_the_month_that_settles_it(firm: Book) -> None:
    """March stays as it was closed; April gets a line, because of the late fact and the close before it."""
    firm.register("C1")
    before = firm.journal.head()
    firm.close()
    closed = firm.journal.head()
    [late] = firm.register("C2")
    march = between(firm, closed)
    assert (march.lines, march.facts, march.after.state) == ((), (), "closed")
    april = between(firm, before, period=APRIL)
    assert lines(april) == {"clients of 2025-03": 5_000, "met of 2025-03": 20_000}
    assert effects(april) == [(closed, "closed", None), (late, "counted", None)]
    assert april.lines[0].line.kind == "added"
    assert april.facts[0].said.zh == f"2025-03 由第 {closed} 号结账"
    assert [(used.period, used.plan) for used in april.after.plans] == [
        ("2025-03", "selling"), ("2025-04", "selling")
    ]  # fmt: skip


def test_what_a_close_left_out_is_said(firm: Book) -> None:
    """Known before the close, but later than what the close takes into account."""
    [first, second] = firm.register("C1", "C2")
    open_then = firm.journal.head()
    firm.close(known_at=first)
    found = between(firm, open_then)
    assert found.difference_minor == -25_000
    assert effects(found) == [(second, "left_out", None), (firm.journal.head(), "closed", None)]
    assert (found.after.known_at, found.after.counted_upto) == (firm.journal.head(), first)


def test_nobody_has_no_difference(firm: Book) -> None:
    with firm.cursor() as cursor:
        assert diff(cursor, "E9", MARCH, 1, firm.journal.head(), engine=ENGINE) is None

"""Why a line is what it is: down to the facts, with parts that sum to the whole."""

from fractions import Fraction

import msgspec
import pytest
from book import ENGINE, Book

from domain.period import Period
from projections import explain
from projections.evidence import Evidence
from projections.explain import ExplainedPayslip

MARCH, APRIL = Period.parse("2025-03"), Period.parse("2025-04")
PLAN = """
measures: {satisfaction: {average: satisfaction_scored, of: score}}
components:
  - {id: clients, title: New clients, kind: per_unit, measure: clients, rate: "33.333"}
  - {id: rate, title: Close rate, kind: threshold, measure: close_rate, reaches: 15 %, pays: 200}
  - {id: share, title: Share, kind: per_unit, measure: revenue, rate: "0.001"}
"""

MILESTONE = """
measures: {hospitals: {distinct: visit_recorded, of: customer}}
milestones: [{id: two, title: Two hospitals, measure: hospitals, reaches: 2, within_days: 40}]
components: [{id: two, title: Two hospitals, kind: milestone, milestone: two, pays: 300}]
"""
PLACE = """
measures: {visits: {count: visit_recorded}}
boards: [{id: visits, title: Visits, measure: visits}]
components: [{id: place, title: First on visits, kind: rank, board: visits, pays: [90]}]
"""


@pytest.fixture
def told(book: Book) -> Book:
    """E1 won a client, called two of which one twice, sold two deals and got half of one back."""
    book.adopt(PLAN)
    book.register("C1")
    book.follow("C1", "C2", "C1")
    book.sell("D1", 100_000)
    book.sell("D2", 50_050)
    book.take_back("D1", 40_000)
    return book


def explained(book: Book, period: Period = MARCH, **asked: int) -> ExplainedPayslip:
    with book.cursor() as cursor:
        found = explain.explain(cursor, "E1", period, engine=ENGINE, **asked)
    assert found is not None
    return found


def facts_of(found: ExplainedPayslip, measure: str) -> Evidence:
    return next(evidence for evidence in found.evidence if evidence.measure == measure)


def test_every_amount_goes_down_to_its_facts(told: Book) -> None:
    """The revenue is two deals less what came back, each with its position, source and key."""
    revenue = facts_of(explained(told), "revenue")
    assert [(fact.type, fact.deal, fact.adds) for fact in revenue.facts] == [
        ("deal_closed", "D1", "1000"),
        ("deal_closed", "D2", "1001/2"),
        ("deal_reversed", "D1", "-400"),
    ]
    for fact in revenue.facts:
        record = told.journal.at(fact.position)
        assert record is not None
        assert (record.type, record.source, record.key) == (fact.type, fact.source, fact.key)


def test_a_value_that_counts_once_names_the_fact_that_brought_it(told: Book) -> None:
    """C1 was called twice and counts once."""
    followed = facts_of(explained(told), "followed")
    assert [(fact.value, fact.adds) for fact in followed.facts] == [("C1", "1"), ("C2", "1"), ("C1", "0")]


def test_parts_sum_to_the_whole(told: Book) -> None:
    """Facts to measures, amounts to lines, lines to the total; the rounding is a part of its own."""
    found = explained(told)
    inputs = {name: value for line in found.lines for name, value in line.explanation.line.inputs.items()}
    for evidence in found.evidence:
        assert sum(Fraction(fact.adds or 0) for fact in evidence.facts) == Fraction(
            inputs[evidence.measure] or 0
        )
    for line in found.lines:
        parts = [Fraction(amount.amount_minor) for amount in line.explanation.amounts]
        assert sum(parts) == line.explanation.line.amount_minor
    clients = found.lines[0].explanation
    assert [amount.amount_minor for amount in clients.amounts] == ["33333/10", "-3/10"]
    assert found.payslip.statement.total_minor == sum(x.explanation.line.amount_minor for x in found.lines)


def test_pages_are_bounded_and_go_on(told: Book) -> None:
    """Two facts a page; the total says how many there are."""
    first = facts_of(explained(told, page_facts=2), "revenue")
    assert (len(first.facts), first.total) == (2, 3)
    with told.cursor() as cursor:
        second = explain.evidence(cursor, "E1", MARCH, "selling", "revenue", offset=2, limit=2)
        assert explain.evidence(cursor, "E1", MARCH, "selling", "close_rate") is None
        assert explain.evidence(cursor, "E1", MARCH, "no-such-plan", "revenue") is None
    assert second is not None
    assert ([fact.deal for fact in second.facts], second.total) == (["D1"], 3)


def test_a_closed_statement_is_explained_by_what_the_close_knew(told: Book) -> None:
    """A client told after the close is no evidence for March; it is the late fact behind April's delta."""
    told.close()
    [late] = told.register("C9")
    assert facts_of(explained(told), "clients").total == 1
    april = explained(told, APRIL)
    [delta] = [line for line in april.lines if line.explanation.line.about]
    assert [(fact.position, fact.day) for fact in delta.late] == [(late, MARCH.first_day.replace(day=3))]
    assert delta.said.en == "Computed anew 66.67 CNY, settled before 33.33 CNY"
    about_march = next(e for e in april.evidence if (e.measure, e.period) == ("clients", "2025-03"))
    assert about_march.total == 2


def test_a_void_behind_a_delta_is_shown(told: Book) -> None:
    """The fact that was voided is listed with the position of its void."""
    [written] = told.register("C9")
    told.close()
    void = told.void(written)
    [delta] = [line for line in explained(told, APRIL).lines if line.explanation.line.about]
    assert [(fact.position, fact.void_position) for fact in delta.late] == [(written, void)]


def test_a_milestone_goes_down_to_its_facts_up_to_the_day_it_was_reached(book: Book) -> None:
    """Two hospitals were needed: the visit of the next day is not among them, nor is one before the hire."""
    book.adopt(MILESTONE)
    book.hire(hired_on=MARCH.first_day)
    first, second = book.visit("C1", on=3) + book.visit("C2", on=5)
    book.visit("C3", on=6)
    found = explained(book)
    [evidence] = [each for each in found.evidence if each.milestone == "two"]
    assert [fact.position for fact in evidence.facts] == [first, second]
    assert (evidence.measure, evidence.first_day.day, evidence.last_day.day) == ("hospitals", 1, 5)
    assert found.lines[0].milestones == ("two",)
    with book.cursor() as cursor:
        page = explain.evidence(
            cursor, "E1", MARCH, "selling", "hospitals", milestone="two", offset=1, limit=1
        )
        assert explain.evidence(cursor, "E1", MARCH, "selling", "hospitals", milestone="ten") is None
    assert page is not None
    assert ([fact.position for fact in page.facts], page.total) == ([second], 2)


def test_a_place_goes_down_to_the_person_s_own_facts(book: Book) -> None:
    """What the others on the board did decides as well, and is not shown."""
    book.adopt(PLACE)
    book.hire("E2")
    [own, _] = book.visit("C1") + book.visit("C2", employee="E2")
    [evidence] = [each for each in explained(book).evidence if each.board == "visits"]
    assert [fact.position for fact in evidence.facts] == [own]


def test_a_delta_says_how_many_facts_came_late(told: Book) -> None:
    """Fifty are listed."""
    told.close()
    late = told.register(*(f"L{number}" for number in range(53)))
    [delta] = [line for line in explained(told, APRIL).lines if line.explanation.line.about]
    assert ([fact.position for fact in delta.late], delta.late_total) == (late[:50], 53)


def test_an_explanation_is_plain_json(told: Book) -> None:
    """Nothing in it needs more than an encoder, and nothing is a float."""
    found = explained(told)
    decoded = msgspec.json.decode(msgspec.json.encode(found))
    assert set(decoded) == {"payslip", "lines", "evidence"}

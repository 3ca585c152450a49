"""One view of one person out of the journal."""

import datetime as dt

import pytest
from book import HIRED, Book

from domain.facts.credentials import CredentialGranted
from domain.facts.governance import HonourAwarded
from domain.facts.interventions import InterventionOpened
from domain.facts.mood import SurveyAnswered
from domain.facts.selling import ComplaintReceived
from domain.facts.shifts import ShiftAssigned, ShiftPatternSet, ShiftSpan
from domain.facts.training import ModuleTested
from projections.overview import Overview, overview

PLAN = """
curriculum: [{id: basics, title: Basics, pass_score: 80}]
alerts: [{id: stressed, title: Stressed, when: [{signal: stress, at_least: 8}], at_once: true}]
components: [{id: clients, title: New clients, kind: per_unit, measure: clients, rate: 50}]
"""
DAY = dt.date(2025, 4, 3)
APRIL = dt.date(2025, 4, 2)


def seen(book: Book, known_at: int | None = None, *, all_of_it: bool = True) -> Overview:
    with book.cursor() as cursor:
        found = overview(cursor, "E1", DAY, known_at, with_support=all_of_it, with_pay=all_of_it)
    assert found is not None
    return found


@pytest.mark.rule("R40")
def test_one_view_shows_sales_complaints_support_and_every_other_source(book: Book) -> None:
    """E1 in April beside March; who may not see support and pay does not; what was known before stays."""
    book.adopt(PLAN)
    book.hire("M1")
    book.register("C1", "C2")
    book.sell("D1", 500_00)
    book.tell(ComplaintReceived(employee="E1", customer="C1", kind="late"))
    book.tell(ModuleTested(employee="E1", module="basics", score="90"))
    licence = {"employee": "E1", "credential": "L1", "kind": "licence", "number": "secret"}
    book.tell(CredentialGranted(granted_on=HIRED, expires_on=dt.date(2025, 6, 30), **licence))
    span = ShiftSpan(from_time="09:00", until_time="17:00", activity="visits")
    book.tell(ShiftPatternSet(pattern="D", title="Day", spans=[span], effective_on=HIRED))
    book.tell(ShiftAssigned(employee="E1", on=DAY, pattern="D"))
    honour = {"plan": "selling", "board": "best", "period": "2025-03", "place": 1, "value": "2"}
    book.tell(HonourAwarded(employee="E1", evidence=[1], **honour))
    book.close()
    known = book.journal.head()
    for number in range(2):
        book.sell(f"A{number}", 700_00, on=APRIL)
    book.tell(ComplaintReceived(employee="E1", customer="C2", kind="rude"), APRIL)
    book.tell(SurveyAnswered(employee="E1", stress="9", training_satisfaction="7", belonging="6"), APRIL)
    case = {"intervention": "I1", "employee": "E1", "owner": "M1", "actions": ["talk"]}
    book.tell(InterventionOpened(due_on=dt.date(2025, 4, 30), **case), APRIL)
    found = seen(book)
    work = {each.fact: each for each in found.work}
    sales, complaints = work["deal_closed"], work["complaint_received"]
    assert (sales.times, sales.times_before, sales.amount_minor, sales.amount_before_minor) == (
        2,
        1,
        1_400_00,
        500_00,
    )
    assert (complaints.times, complaints.times_before) == (1, 1)
    assert [each.kind for each in found.complaints] == ["rude", "late"]
    assert found.support is not None and found.pay is not None
    assert [each.alert for each in found.support.warnings] == ["stressed"]
    assert [each.intervention for each in found.support.interventions] == ["I1"]
    assert [(each.period, each.total_minor) for each in found.pay.settled] == [("2025-03", 100_00)]
    assert found.pay.progress is not None and found.pay.progress.period == "2025-04"
    assert [(each.passed, each.of) for each in found.training] == [(1, 1)]
    assert [(each.credential, each.number) for each in found.credentials] == [("L1", None)]
    assert [each.pattern for each in found.shifts.days] == ["D"]
    assert [each.kind for each in found.reminders] == ["credential_expiry"]
    assert [each.board for each in found.honours] == ["best"]
    assert found.moods[-1].stress == "9"
    narrow, before = seen(book, all_of_it=False), seen(book, known)
    assert (narrow.support, narrow.pay, narrow.work) == (None, None, found.work)
    assert before.support is not None and before.support.interventions == ()
    assert [each.kind for each in before.complaints] == ["late"]
    with book.cursor() as cursor:
        assert overview(cursor, "E9", DAY, with_support=True, with_pay=True) is None
        gone = overview(cursor, "E1", dt.date(2024, 1, 1), with_support=True, with_pay=True)
    assert gone is not None and (gone.posting, gone.training) == (None, ())

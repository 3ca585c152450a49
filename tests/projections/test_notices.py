"""Notices out of the journal: due after quiet hours, passed on until somebody heeds them."""

import datetime as dt

import pytest
from book import HIRED, SHANGHAI, Book
from given import LEDGER

from domain.facts.credentials import CredentialGranted
from domain.facts.interventions import AlertAcknowledged
from domain.facts.mood import SurveyAnswered
from domain.facts.notices import NoticeRulesSet
from projections import replay
from projections.notices import Notice, notices

PLAN = """
measures: {visits: {count: visit_recorded}}
alerts:
  - {id: stressed, title: Stressed, when: [{signal: stress, at_least: 8}], at_once: true, owner: mentor}
  - {id: idle, title: Idle, when: [{measure: visits, at_most: 0}]}
"""


def at(day: int, hour: int, month: int = 3) -> dt.datetime:
    return dt.datetime(2025, month, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def firm(book: Book) -> Book:
    """E1 says on the evening of Wednesday the 5th how stressed they are; nights are quiet."""
    book.adopt(PLAN)
    book.hire("M1", post="head")
    book.hire("E1", manager="M1")
    book.visit("H1", on=4)
    book.visit("H1", on=11)
    said = SurveyAnswered(employee="E1", stress="9", training_satisfaction="7", belonging="6")
    book.tell(said, 5, dt.time(21, 30))
    quiet = {"quiet_from": "21:00", "quiet_until": "08:00", "escalate_after_days": 2}
    book.tell(NoticeRulesSet(effective_on=HIRED, credential_months=6, **quiet))
    return book


def due(book: Book, as_of: dt.datetime, *, alert: str | None = "stressed", **asked: object) -> list[Notice]:
    with book.cursor() as cursor:
        found = notices(cursor, as_of, ["E1"], **asked)  # type: ignore[arg-type]
    return [each for each in found if each.alert == alert]


def test_a_warning_of_the_evening_is_told_in_the_morning_and_passed_on(firm: Book) -> None:
    """Nobody mentors E1, so the manager is told at once; two days later HR, then the head of HR."""
    assert due(firm, at(5, 23)) == []
    [first] = due(firm, at(6, 8))
    assert (first.to, first.person, first.step) == ("manager", "M1", 0)
    assert (first.raised_at, first.due_at) == (
        at(5, 21) + dt.timedelta(minutes=30),
        at(6, 8),
    )
    assert [each.to for each in due(firm, at(8, 7))] == ["manager"]
    assert [each.to for each in due(firm, at(8, 8))] == ["manager", "hr"]
    last = due(firm, at(9, 23), since=at(8, 8))
    assert last == [], "nothing new has become due"
    known = firm.journal.head()
    seen = AlertAcknowledged(employee="E1", plan="selling", alert="stressed", period="2025-W10")
    firm.tell(seen, 9)
    assert [each.to for each in due(firm, at(9, 8))] == ["manager", "hr"], "seen an hour later"
    assert due(firm, at(9, 9)) == []
    assert len(due(firm, at(9, 9), known_at=known)) == 2


def test_a_warning_of_a_week_comes_up_with_its_end(firm: Book) -> None:
    """Without a visit from 17 to 23 March, E1 is told of on Monday morning."""
    assert due(firm, at(24, 7), alert="idle") == []
    [found] = due(firm, at(24, 8), alert="idle")
    assert (found.raised_at, found.due_at, found.period) == (at(24, 0), at(24, 8), "2025-W12")


@pytest.mark.rule("R49")
def test_a_credential_is_told_of_at_the_lead_time_and_passed_on(firm: Book, ledger_dsn: str) -> None:
    """It expires on 30 September: told of from 30 March at eight, up to the head of HR when it is over."""
    licence = {"employee": "E1", "credential": "L1", "kind": "licence"}
    firm.tell(CredentialGranted(granted_on=dt.date(2024, 9, 30), expires_on=dt.date(2025, 9, 30), **licence))

    def told(as_of: dt.datetime) -> list[tuple[str, str | None]]:
        found = due(firm, as_of, alert=None)
        return [(each.to, each.person) for each in found if each.kind == "credential_expiry"]

    assert told(at(30, 7)) == []
    assert told(at(30, 8)) == [("employee", "E1")]
    assert told(at(30, 8, 8)) == [("employee", "E1"), ("manager", "M1")]
    assert [to for to, _ in told(at(1, 8, 10))] == ["employee", "manager", "hr", "hr_head"]
    ids = [each.notice for each in due(firm, at(1, 8, 10), alert=None)]
    assert ids == sorted(set(ids), key=ids.index) and "credential_expiry/L1/2025-09-30/hr_head" in ids
    found = replay.replay(ledger_dsn, LEDGER, and_compare=True)
    assert (found.compared, found.rows["notice_rule"]) == ((None, ()), 1)

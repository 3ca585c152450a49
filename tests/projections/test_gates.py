"""What opens the way to a bonus: confirmed metrics, each by its own confirmer, and days at work."""

import datetime as dt

import pytest
from book import Book

from domain.facts.people import LeaveTaken
from domain.facts.selling import ComplianceScored, TeamworkScored
from domain.period import Period
from projections.earned import earned

PLAN = """
measures:
  compliance: {average: compliance_scored, of: score, where: {kind: production}, confirmed_by: production}
  disclosure: {average: compliance_scored, of: score, where: {kind: disclosure}, confirmed_by: rd}
  mentoring: {average: teamwork_scored, of: score, where: {kind: mentoring}, confirmed_by: manager}
  employed: {days: employed}
  present: {days: present, leave: [sick, personal]}
  attendance: {ratio: present / employed}
targets:
  compliance: {measure: compliance, value: 100}
  disclosure: {measure: disclosure, value: 100}
  mentoring: {measure: mentoring, value: 100}
components:
  - id: card
    title: Scorecard
    kind: scorecard
    base: 1000
    parts:
      - {target: compliance, weight: 40 %}
      - {target: disclosure, weight: 40 %}
      - {target: mentoring, weight: 20 %}
    gates: [{measure: attendance, at_least: 90 %}]
"""
MARCH = Period.parse("2025-03")


def score(book: Book) -> tuple[int, int, int]:
    """90, 80 and 70, which nobody has confirmed yet."""
    return (
        book.tell(ComplianceScored(employee="E1", kind="production", score="90")),
        book.tell(ComplianceScored(employee="E1", kind="disclosure", score="80")),
        book.tell(TeamworkScored(employee="E1", kind="mentoring", score="70")),
    )


@pytest.mark.rule("R28")
def test_each_metric_counts_once_its_own_confirmer_has_confirmed_it(book: Book) -> None:
    """Compliance by production, disclosure by R&D, mentoring by the manager: 360, then 320 and 140 more."""
    book.adopt(PLAN)
    compliance, disclosure, mentoring = score(book)
    assert book.paid() == {"card": 0}
    for position in (disclosure, mentoring):
        book.confirm(position, "production")
    book.confirm(compliance, "manager")
    assert book.paid() == {"card": 0}
    due = 0
    for position, role, more in (
        (compliance, "production", 360_00),
        (disclosure, "rd", 320_00),
        (mentoring, "manager", 140_00),
    ):
        confirmed = book.confirm(position, role)
        due += more
        assert book.paid() == {"card": due}
    book.void(confirmed)
    assert book.paid() == {"card": 680_00}


@pytest.mark.rule("R30")
def test_leave_told_late_shuts_the_gate_of_a_closed_month(book: Book) -> None:
    """Four sick days of 31 are less than 90 %: 820 go back in April, and come again when that is voided."""
    book.adopt(PLAN)
    for position, role in zip(score(book), ("production", "rd", "manager"), strict=True):
        book.confirm(position, role)
    book.close()
    before = book.journal.head()
    days = {"from_on": dt.date(2025, 3, 10), "until_on": dt.date(2025, 3, 13)}
    away = book.tell(LeaveTaken(employee="E1", kind="sick", **days))
    book.tell(LeaveTaken(employee="E1", kind="annual", from_on=MARCH.first_day, until_on=dt.date(2025, 3, 7)))
    assert book.paid(period="2025-04")["card of 2025-03"] == -820_00
    assert "card of 2025-03" not in book.paid(period="2025-04", known_at=before)
    book.close("2025-04")
    with book.cursor() as cursor:
        assert earned(cursor, MARCH, None)["E1"].total_minor == 0
    book.void(away)
    assert book.paid(period="2025-05")["card of 2025-03"] == 820_00

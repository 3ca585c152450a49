"""Rosters by command: generated into a file, published from it, shown, and exported."""

import datetime as dt
import json
from pathlib import Path

import pytest
from book import Book
from commanded import environment_of, ran
from given import LEDGER
from icalendar import Calendar

from domain.facts.rostering import ShiftNeedSet
from domain.facts.shifts import ShiftPatternSet, ShiftRulesSet, ShiftSpan
from domain.journal.append import Journal

BEGAN = dt.date(2025, 1, 1)
WEEK = ("--branch", "SH", "--from", "2025-03-03", "--to", "2025-03-09")


@pytest.fixture
def ward(journal: Journal, ledger_dsn: str) -> Book:
    """E1 and E2 share one night a day."""
    book = Book(journal, ledger_dsn, LEDGER)
    book.hire()
    book.hire("E2")
    spans = [ShiftSpan(from_time="22:00", until_time="06:00", activity="ward")]
    book.tell(ShiftPatternSet(pattern="N", title="Night", spans=spans, effective_on=BEGAN, night=True))
    book.tell(ShiftRulesSet(effective_on=BEGAN, nights_in_a_row=2, rest_minutes=600))
    book.tell(ShiftNeedSet(branch="SH", pattern="N", count=1, effective_on=BEGAN))
    book.runner.catch_up()
    return book


@pytest.mark.rule("R53")
def test_a_roster_goes_from_the_search_to_the_calendar(ward: Book, ledger_dsn: str, tmp_path: Path) -> None:
    """A proposal changed by hand is refused as a whole; as it was found, it is published once."""
    environment, file = environment_of(tmp_path, ledger_dsn), tmp_path / "march.json"
    made = ran(environment, "roster", "generate", *WEEK, "--output", str(file))
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("optimal: 7 shifts from 2025-03-03 to 2025-03-09")
    assert "Wishes met: 0 of 0, none by weight. Nights 3 to 4" in made.stdout
    proposal = json.loads(file.read_text())
    spoilt = tmp_path / "spoilt.json"
    facts = [fact | {"data": fact["data"] | {"employee": "E1"}} for fact in proposal["facts"]]
    spoilt.write_text(json.dumps(proposal | {"facts": facts}))
    refused = ran(environment, "roster", "publish", str(spoilt))
    assert refused.returncode == 1 and "3 nights in a row from 2025-03-03 to 2025-03-05" in refused.stderr
    published = ran(environment, "roster", "publish", str(file), "--json")
    assert json.loads(published.stdout) == {"proposal": proposal["proposal"], "stored": 7, "hits": 0}
    again = ran(environment, "roster", "publish", str(file))
    assert "0 shifts" in again.stdout and "7 were assigned before" in again.stdout
    shown = ran(environment, "roster", "show", *WEEK)
    assert "7 shifts of 2 people; 0 more are needed." in shown.stdout
    days = ("--from", "2025-03-03", "--to", "2025-03-09")
    calendar = ran(environment, "roster", "calendar", "E1", *days).stdout
    assert len(Calendar.from_ical(calendar).walk("VEVENT")) in (3, 4)


def test_a_roster_that_cannot_be_is_told_with_what_conflicts(
    ward: Book, ledger_dsn: str, tmp_path: Path
) -> None:
    """Exit status 1; wrong usage is 2."""
    ward.tell(ShiftNeedSet(branch="SH", pattern="N", count=2, effective_on=dt.date(2025, 3, 4)))
    environment = environment_of(tmp_path, ledger_dsn)
    told = ran(environment, "roster", "generate", *WEEK)
    assert told.returncode == 1 and told.stdout.startswith("infeasible: 0 shifts")
    assert "These cannot all be kept:" in told.stdout and "at most 2 nights in a row" in told.stdout
    assert ran(environment, "roster", "show", *WEEK[:-1], "March").returncode == 2

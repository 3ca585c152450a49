"""A new release builds its read models beside those that serve, compares, switches, and can be taken back."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from beside import content, schemas
from book import Book
from commanded import environment_of
from given import LEDGER

from projections import credits, replay, standings
from projections.compare import UpgradeDiffers
from projections.folding import RebuildNeeded
from projections.put_away import NothingPutAway
from projections.replay import roll_back, stale, upgrade
from projections.runner import Runner
from projections.scratch import scratch_name

LATER = Path(__file__).with_name("later_release.py")
KEPT = scratch_name(LEDGER, "before")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """This program as the next release: standings and credits have another version."""
    for model in (credits, standings):
        monkeypatch.setattr(model, "VERSION", model.VERSION + 1)
    return monkeypatch


def test_an_upgrade_leaves_equal_rows_and_keeps_the_old_ones(
    busy: Book, ledger_dsn: str, later: pytest.MonkeyPatch
) -> None:
    before = content(ledger_dsn)
    assert stale(ledger_dsn, LEDGER) == ["credits", "standings"]
    done = upgrade(ledger_dsn, LEDGER)
    assert (done.names, done.position) == (("credits", "standings"), busy.journal.head())
    after = content(ledger_dsn)
    assert after.pop("projection") != before.pop("projection") and after == before
    assert schemas(ledger_dsn) == [LEDGER, KEPT]
    assert upgrade(ledger_dsn, LEDGER).names == ()
    busy.visit("H1")
    assert busy.runner.catch_up() == busy.journal.head()


def test_a_release_that_says_something_else_is_not_switched_to_unless_that_is_accepted(
    busy: Book, ledger_dsn: str, later: pytest.MonkeyPatch
) -> None:
    before, project = content(ledger_dsn), credits.project

    def other(cursor: credits.Cursor, span: credits.Span) -> None:
        project(cursor, span)
        cursor.execute("update credit set amount_minor = 701 where deal = 'D1'")

    later.setattr(credits, "project", other)
    with pytest.raises(UpgradeDiffers, match=r"credit: live .*700.*, replayed .*701"):
        upgrade(ledger_dsn, LEDGER)
    assert content(ledger_dsn) == before and schemas(ledger_dsn) == [LEDGER]
    assert "credit" in upgrade(ledger_dsn, LEDGER, accepted=["credit", "standing"]).unchecked


def test_an_upgrade_can_be_taken_back_and_what_came_since_is_counted(
    busy: Book, ledger_dsn: str, later: pytest.MonkeyPatch
) -> None:
    """The release before takes up its own rows where it left them, and folds what came meanwhile."""
    upgrade(ledger_dsn, LEDGER)
    busy.visit("H1", "H2")
    Runner(ledger_dsn, LEDGER).catch_up()
    with pytest.raises(NothingPutAway, match="credits, standings were put away by another release"):
        roll_back(ledger_dsn, LEDGER)
    later.undo()
    with pytest.raises(RebuildNeeded):
        Runner(ledger_dsn, LEDGER).catch_up()
    assert roll_back(ledger_dsn, LEDGER).names == ("credits", "standings")
    assert schemas(ledger_dsn) == [LEDGER]
    assert replay.replay(ledger_dsn, LEDGER, and_compare=True).compared == (None, ())
    with pytest.raises(NothingPutAway, match="No read models"):
        roll_back(ledger_dsn, LEDGER)


def test_a_table_that_is_new_is_built_and_not_compared(
    busy: Book, ledger_dsn: str, later: pytest.MonkeyPatch
) -> None:
    later.setattr(standings, "SCHEMA", f"{standings.SCHEMA} create table best (employee text primary key);")
    later.setattr(standings, "TABLES", (*standings.TABLES, "best"))
    done = upgrade(ledger_dsn, LEDGER)
    assert done.unchecked == ("best",) and done.names == ("credits", "standings")


@pytest.mark.faults
def test_a_killed_upgrade_leaves_a_working_ledger(busy: Book, ledger_dsn: str, tmp_path: Path) -> None:
    """kill -9 while it builds; this release goes on, the later one upgrades, this one takes it back."""
    before = content(ledger_dsn)
    command = [sys.executable, str(LATER), "upgrade"]
    environment = environment_of(tmp_path, ledger_dsn)
    started = subprocess.Popen(command, env=environment | {"SLOW_SECONDS": "60"}, start_new_session=True)
    deadline = time.monotonic() + 60
    while scratch_name(LEDGER, "rebuild") not in schemas(ledger_dsn) and time.monotonic() < deadline:
        time.sleep(0.02)
    busy.visit("H1")
    assert busy.runner.catch_up() == busy.journal.head()
    os.killpg(started.pid, signal.SIGKILL)
    assert started.wait(30) == -signal.SIGKILL
    served = content(ledger_dsn)
    assert served != before and stale(ledger_dsn, LEDGER) == []
    subprocess.run(command, env=environment, check=True, timeout=60, capture_output=True)
    assert stale(ledger_dsn, LEDGER) == ["credits", "standings"]
    assert schemas(ledger_dsn) == [LEDGER, KEPT]
    roll_back(ledger_dsn, LEDGER)
    assert content(ledger_dsn) == served

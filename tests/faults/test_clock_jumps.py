"""The service's clock jumps by a day, forth and back, while clients write."""

import datetime as dt
import os
import random
import threading
from pathlib import Path

import pytest
from faults.acknowledged import Books, Client, acknowledged_by, until_acknowledged, writing
from faults.campaign import Tell, rounds
from given import LEDGER
from served import open_shanghai, served

from domain.journal.append import Journal

pytestmark = pytest.mark.faults

PROGRAM = Path(__file__).with_name("shifted_clock.py")
CLIENTS = 8
DAY_SECONDS = 86_400
NOON = "2025-03-04T12:00:00+08:00"


def set_clock(file: Path, wrong_by: int) -> None:
    """The file is replaced at once, for the service may read it at any moment."""
    fresh = file.with_suffix(".new")
    fresh.write_text(str(wrong_by))
    os.replace(fresh, file)


@rounds(8, soak=400)
def test_time_never_runs_backwards_in_the_journal(
    ledger_dsn: str, tmp_path: Path, rounds: int, tell: Tell
) -> None:
    """No fact is recorded before its predecessor, none is lost, and none slips to another business day."""
    clock, dice = tmp_path / "clock", random.Random(rounds)
    set_clock(clock, 0)
    clients = [Client(number) for number in range(CLIENTS)]
    with served(ledger_dsn, tmp_path, program=(str(PROGRAM), str(clock)), wait_seconds=60) as service:
        open_shanghai(service)
        books, wrong_by = Books(ledger_dsn), 0
        with writing(clients, service):
            for number in range(rounds):
                wrong_by = (DAY_SECONDS, -DAY_SECONDS, 0)[number % 3]
                set_clock(clock, wrong_by)
                threading.Event().wait(dice.uniform(0, 0.3))
                until_acknowledged(clients)
        acknowledged = acknowledged_by(clients)
        books.await_sealed(acknowledged)
        visit = {"employee": "E1", "customer": "NOON"}
        set_clock(clock, -DAY_SECONDS)
        late = service.record("visit_recorded", visit, occurred_at=NOON).json()
        set_clock(clock, DAY_SECONDS)
        known = service.get("/v1/employees/E1", known_at=late["recorded_at"])
        tell("clock jumps", rounds=rounds, faults=rounds, found=books, acknowledged=len(acknowledged))
        assert known == service.get("/v1/employees/E1", known_at=late["position"])
        books.require_whole()
        with Journal(ledger_dsn, LEDGER) as journal, journal.cursor() as cursor:
            days = cursor.execute("select day, count(*) from credit group by day").fetchall()
            recorded = [record.recorded_at for record in journal.read(after=late["position"] - 2)]
        assert days == [(dt.date(2025, 3, 4), len(acknowledged) + 1)]
        assert recorded == sorted(recorded)
        assert recorded[-1] > dt.datetime.now(dt.UTC) + dt.timedelta(hours=23), "the jump ahead was seen"

"""What a service has done before it answers, so that whoever asks first does not wait for it."""

import threading
from pathlib import Path
from typing import Any

import pytest
from given import LEDGER

from api import moving
from api.moving import Mover
from api.ops import open_book, open_ledger
from api.readers import KEPT_OPEN
from api.reading import Reading
from api.settings import Settings

PATIENCE_SECONDS = 30.0


@pytest.fixture
def settings(ledger_dsn: str, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, database_url=ledger_dsn, ledger=LEDGER)


def opened(pool: Any) -> int:
    """So many connections are open."""
    return int(pool.get_stats()["pool_size"])


def test_a_service_keeps_connections_open_and_a_command_opens_one(settings: Settings) -> None:
    with open_ledger(settings, prepare_it=True) as ledger:
        assert opened(ledger.pool) == 1
    with open_ledger(settings, lasting=True) as ledger:
        ledger.pool.wait(PATIENCE_SECONDS)
        assert opened(ledger.pool) == KEPT_OPEN


def test_boards_are_measured_before_a_service_answers(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But if it takes long, it answers meanwhile."""
    with open_ledger(settings, prepare_it=True) as ledger:
        open_book(ledger, name="firm", zone="Asia/Shanghai", currency="CNY", actor="test")
        monkeypatch.setattr(moving, "HEAD_START_SECONDS", PATIENCE_SECONDS)
        done, held = threading.Event(), threading.Event()
        reading = Reading(ledger.pool, ledger.today, 1)
        monkeypatch.setattr(reading.kept_boards, "go_on", lambda _: done.set())
        mover = Mover(ledger.dsn, ledger.schema, reading)
        mover.start()
        assert done.is_set()
        mover.stop()

        monkeypatch.setattr(moving, "HEAD_START_SECONDS", 0.01)
        monkeypatch.setattr(reading.kept_boards, "go_on", lambda _: held.wait(PATIENCE_SECONDS))
        slow = Mover(ledger.dsn, ledger.schema, reading)
        slow.start()
        assert not held.is_set()
        held.set()
        slow.stop()

"""Measures the boards of plans before anybody asks, and moves boards on as facts are counted.

Both in a thread of its own.
"""

import datetime as dt
import threading
import time
from functools import partial

import psycopg
import structlog

from api.garbage import keep_for_good
from api.reading import Reading
from domain.journal.connection import folded_channel
from domain.journal.listen import Wakeup
from projections.kept_boards import first_boards

log = structlog.get_logger("meritbook")

REST_SECONDS = 0.05
"""Between two moves, so that facts which arrive one by one share a move."""

REST_FROM_MOVE = 20
"""So many times as long as a move took there is none, up to a second: who asks moves the rest of the way."""

POLL_SECONDS = 1.0
JOIN_SECONDS = 10.0

HEAD_START_SECONDS = 0.5
"""So long may a service that begins measure its boards before it answers: a large firm's take longer."""


class Mover:
    """The thread that moves the kept boards; who asks meanwhile moves the rest of the way."""

    def __init__(self, dsn: str, schema: str, reading: Reading) -> None:
        self._reading = reading
        self._stop = threading.Event()
        self._wakeup = Wakeup(dsn, schema, folded_channel)
        self._warm_on: dt.date | None = None
        self._measured = threading.Event()
        self._thread = threading.Thread(target=self._run, name="boards", daemon=True)

    def start(self) -> None:
        """Begins to follow; returns when the boards are measured, or after a moment."""
        self._thread.start()
        self._measured.wait(HEAD_START_SECONDS)

    def stop(self) -> None:
        """Ends between two moves, and waits for that."""
        self._stop.set()
        self._wakeup.ring()
        self._thread.join(JOIN_SECONDS)
        self._wakeup.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                self._warm(self._reading.today())
                self._reading.ask_here(self._reading.kept_boards.go_on)
            except psycopg.OperationalError as error:
                log.warning("boards_wait_for_database", error=type(error).__name__)
            except Exception:
                # Whoever asks is told what is wrong; the boards are only no longer moved beforehand.
                log.exception("boards_failed")
                self._measured.set()
                return
            self._measured.set()
            rest = REST_FROM_MOVE * (time.monotonic() - began)
            self._stop.wait(min(max(REST_SECONDS, rest), POLL_SECONDS))
            self._wakeup.wait(POLL_SECONDS)

    def _warm(self, day: dt.date) -> None:
        """Once a day: a board of now ends with its day, so whoever asks first on the next would wait."""
        if day == self._warm_on:
            return
        kept = self._reading.kept_boards
        for due in self._reading.ask_here(partial(first_boards, day=day)):
            if self._stop.is_set():
                return
            self._reading.ask_here(partial(kept.warm, due=due, day=day))
        keep_for_good()
        self._warm_on = day

"""Keeps the read models up with the journal while the service runs, in a thread of its own."""

import threading

import psycopg
import structlog

from projections.runner import RebuildNeeded, Runner, UnfoldableFact

log = structlog.get_logger("meritbook")

JOIN_SECONDS = 30.0


EXPECTED = (UnfoldableFact, RebuildNeeded)
"""These say all there is to say."""


class Follower:
    """The thread that folds new facts. failure: why it ended before it was told to, if it did."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)
        self.failure: str | None = None

    def start(self) -> None:
        """Begins to follow."""
        self._thread.start()

    def stop(self) -> None:
        """Ends between two spans, and waits for that."""
        self._stop.set()
        self._thread.join(JOIN_SECONDS)

    def _run(self) -> None:
        try:
            self._runner.follow(self._stop, on_trouble=_tell)
        except Exception as error:
            # A fact that cannot be folded stops the read models; nothing may be skipped.
            self.failure = str(error)
            log.error(
                "follower_stopped", why=self.failure, exc_info=None if isinstance(error, EXPECTED) else error
            )


def _tell(error: psycopg.OperationalError) -> None:
    log.warning("follower_waits_for_database", error=type(error).__name__)

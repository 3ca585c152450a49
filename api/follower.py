"""Keeps the read models up with the journal while the service runs, in a thread of its own."""

import threading
from collections.abc import Callable

import psycopg
import structlog

from projections.runner import RebuildNeeded, Runner, UnfoldableFact

log = structlog.get_logger("meritbook")

JOIN_SECONDS = 30.0
RETRY_SECONDS = 5.0


class Follower:
    """The thread that folds new facts. failure: the bug that ended it, if one did.

    on_span: told of each span its last position and how many seconds it took.
    """

    def __init__(
        self, runner: Runner, on_span: Callable[[int, float], None] = lambda upto, seconds: None
    ) -> None:
        self._runner, self._on_span = runner, on_span
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.failure: str | None = None

    def start(self) -> None:
        """Begins to follow, or begins again."""
        self._stop, self.failure = threading.Event(), None
        self._thread = threading.Thread(target=self._run, args=[self._stop], name="follower", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends between two spans, and waits for that."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(JOIN_SECONDS)

    def _run(self, stop: threading.Event) -> None:
        told = ""
        while not stop.is_set():
            try:
                self._runner.follow(stop, on_trouble=_tell, on_span=self._on_span)
            except (UnfoldableFact, RebuildNeeded) as standstill:
                # Nothing is skipped. Somebody may mend it with `meritbook rebuild` while the service runs.
                if str(standstill) != told:
                    told = str(standstill)
                    log.error("follower_stands_still", why=told)
                stop.wait(RETRY_SECONDS)
            except Exception as bug:
                self.failure = repr(bug)
                log.exception("follower_failed")
                return


def _tell(error: psycopg.OperationalError) -> None:
    log.warning("follower_waits_for_database", error=type(error).__name__)

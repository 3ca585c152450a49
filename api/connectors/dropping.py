"""Looks into the drop folder while the service runs, in a thread of its own."""

import threading

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from api.connectors.drop import Drop

log = structlog.get_logger("meritbook")

LOOK_SECONDS = 2.0
JOIN_SECONDS = 30.0


class Dropping:
    """The thread; none where there is no folder. What goes wrong is tried again: no file is lost by it."""

    def __init__(self, drop: Drop | None) -> None:
        self._drop = drop
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="drop", daemon=True)

    def start(self) -> None:
        """Begins to look."""
        if self._drop is not None:
            self._thread.start()

    def stop(self) -> None:
        """Ends after the file that is under way, and waits for that, a little."""
        self._stop.set()
        if self._drop is not None:
            self._thread.join(JOIN_SECONDS)

    def _run(self) -> None:
        assert self._drop is not None
        told = ""
        while not self._stop.wait(LOOK_SECONDS):
            try:
                self._drop.look()
                told = ""
            except (OSError, psycopg.OperationalError, PoolTimeout) as trouble:
                if str(trouble) != told:
                    told = str(trouble)
                    log.error("drop_waits", error=type(trouble).__name__)
            except Exception:
                log.exception("drop_failed")

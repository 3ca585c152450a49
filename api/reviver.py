"""Starts the embedded database anew when it died under the service, in a thread of its own."""

import threading
from collections.abc import Generator
from contextlib import contextmanager

import structlog

from api.embedded import EmbeddedFailed, EmbeddedPostgres

log = structlog.get_logger("meritbook")

LOOK_SECONDS = 0.5
RETRY_SECONDS = 5.0
"""After a start that failed, for which a full disk is the usual cause."""


@contextmanager
def revived(server: EmbeddedPostgres | None) -> Generator[None]:
    """While the block runs, `server` is started again whenever it died; one of the firm's own is not ours."""
    if server is None:
        yield
        return
    stop = threading.Event()
    thread = threading.Thread(target=_watch, args=(server, stop), name="reviver", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _watch(server: EmbeddedPostgres, stop: threading.Event) -> None:
    while not stop.wait(LOOK_SECONDS):
        if server.is_alive():
            continue
        log.error("database_died")
        try:
            server.start()
        except EmbeddedFailed as failure:
            log.error("database_does_not_start", why=failure.what, remedy=failure.remedy)
            stop.wait(RETRY_SECONDS)
        else:
            log.warning("database_started_again")

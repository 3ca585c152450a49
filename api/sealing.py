"""Keeps the journal sealed while the service runs, in a thread of its own, never on the way of an append."""

import threading
from collections.abc import Callable

import structlog

from api.ops import Ledger, now
from api.settings import Settings
from domain.journal.seal_home import HomeUnusable, SealHome
from domain.journal.sealer import Sealer, Sealing, StandsStill
from domain.journal.signing import parse_secret

log = structlog.get_logger("meritbook")

JOIN_SECONDS = 30.0
RETRY_SECONDS = 5.0


def seal_home(settings: Settings) -> SealHome:
    """Where the seal of the ledger of `settings` keeps its key and its memory."""
    given, following = settings.seal_key, settings.seal_key_next
    return SealHome(
        settings.home / "seal",
        settings.ledger,
        parse_secret(given) if given else None,
        parse_secret(following) if following else None,
    )


def sealer_of(ledger: Ledger) -> Sealer:
    """What seals `ledger`, with the keys of its settings."""
    return Sealer(ledger.dsn, ledger.schema, seal_home(ledger.settings), clock=now)


def seal_up(ledger: Ledger, on_progress: Callable[[int], None] | None = None) -> int:
    """Seals all that is recorded; the position up to which `ledger` is sealed.

    For commands that end: a service that runs meanwhile does no harm.
    Raises: StandsStill, HomeUnusable
    """
    return sealer_of(ledger).catch_up(on_progress)


class SealThread:
    """The thread that seals. on_signed: told of every new checkpoint.

    trouble: why it stands still, cannot go on for now, or failed; None while all is well.
    stands_still: whether somebody has to do something about it.
    """

    def __init__(self, sealer: Sealer, on_signed: Callable[[], None] = lambda: None) -> None:
        self._sealer = sealer
        self._on_signed = on_signed
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._told_forgotten = False
        self.trouble: str | None = None
        self.stands_still = False

    def start(self) -> None:
        """Begins to seal, or begins again."""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=[self._stop], name="sealer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends between two turns, and waits for that."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(JOIN_SECONDS)
        self.trouble, self.stands_still = None, False

    def _run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self._sealer.follow(stop, on_turn=self._turned, on_trouble=self._wait)
            except (StandsStill, HomeUnusable) as standstill:
                # Facts are recorded all the same. Somebody may mend it while the service runs.
                if str(standstill) != self.trouble:
                    log.error("seal_stands_still", why=str(standstill))
                self.trouble, self.stands_still = str(standstill), True
            except Exception as bug:
                log.exception("sealer_failed")
                self.trouble, self.stands_still = f"The sealer failed: {bug!r}", True
            stop.wait(RETRY_SECONDS)

    def _turned(self, done: Sealing) -> None:
        if not self._sealer.remembers and not self._told_forgotten:
            self._told_forgotten = True
            log.warning("seal_memory_missing", detail="the last checkpoint in the database was believed")
        if self.trouble is not None:
            log.info("seal_goes_on", size=done.size)
        self.trouble, self.stands_still = None, False
        if done.is_new:
            self._on_signed()

    def _wait(self, error: Exception) -> None:
        said = f"The sealer waits: {type(error).__name__}"
        if said != self.trouble:
            log.warning("sealer_waits", error=type(error).__name__)
        self.trouble, self.stands_still = said, False

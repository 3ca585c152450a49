"""Advisory file locks (flock): the kernel lets go of them however their holder dies."""

import fcntl
import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from api.embedded.failure import EmbeddedFailed

POLL_SECONDS = 0.01
NEWS_SECONDS = 5.0


class Patience:
    """A deadline for waiting, with news to whoever watches."""

    def __init__(self, seconds: float, on_wait: Callable[[str], None] | None) -> None:
        self.seconds = seconds
        self._on_wait = on_wait
        self._since = time.monotonic()
        self._news_at = self._since + 1.0

    def wait(self, reason: str, *, remedy: str, log: Path | None = None) -> None:
        """Sleeps for one poll and now and then reports `reason`.

        Raises: EmbeddedFailed at the deadline
        """
        now = time.monotonic()
        waited = now - self._since
        if waited > self.seconds:
            raise EmbeddedFailed(f"Gave up after {self.seconds:.0f} s: {reason}.", remedy=remedy, log=log)
        if self._on_wait is not None and now >= self._news_at:
            self._news_at = now + NEWS_SECONDS
            self._on_wait(f"{reason} ({waited:.0f} s)")
        time.sleep(POLL_SECONDS)


def try_lock(path: Path, mode: int) -> int | None:
    """Opens and locks `path` with LOCK_SH or LOCK_EX at once; the descriptor is the lock, None if taken.

    The descriptor is not inherited by programs that we start.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def lock(path: Path, mode: int, patience: Patience, reason: str) -> int:
    """Waits for the lock on `path`; the descriptor is the lock.

    Raises: EmbeddedFailed at the deadline
    """
    while (descriptor := try_lock(path, mode)) is None:
        patience.wait(reason, remedy=f"see which process holds {path}, for example with fuser.")
    return descriptor


@contextmanager
def locked(path: Path, patience: Patience, reason: str) -> Generator[int]:
    """Holds the lock on `path` alone for the block."""
    descriptor = lock(path, fcntl.LOCK_EX, patience, reason)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether anyone holds a lock on `path`."""
    descriptor = try_lock(path, fcntl.LOCK_EX)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False

"""Memory that the workers of one address share: traces of what each wrote, and how much each caller asks.

It is made before they are forked. Each worker writes figures of its own, and reads those of all; only buckets
are written by several, under a lock.
"""

import mmap
import struct
from collections.abc import Callable, Iterator
from functools import lru_cache
from hashlib import blake2b
from multiprocessing import get_context
from time import monotonic

RING = 4_096
"""So many appends of each worker are remembered."""

_ENTRY = struct.Struct("<qq16s8sB")
_ENTRY_BYTES, _HEAD_BYTES = 48, 8

SLOTS = 1 << 16
"""Callers share a slot by chance; each has two, and only who meets others in both is counted with them."""

_HASHES = 2

ABANDONED_SECONDS = 0.1
"""Whoever holds the lock of buckets for longer was killed meanwhile."""

EXACT_SECONDS = 1e-9

Written = tuple[int, int, bytes, bytes, int]
"""First and last position of an append, trace and span id, flags."""


class Rings:
    """What each worker wrote last, in a ring of its own. own: the number of this worker's."""

    def __init__(self, workers: int) -> None:
        self._size = _HEAD_BYTES + RING * _ENTRY_BYTES
        self._memory = mmap.mmap(-1, workers * self._size)
        self._read = [0] * workers
        self.own = 0

    def write(self, entry: Written) -> None:
        """Adds what this worker wrote."""
        at = self.own * self._size
        written = self._head(at)
        _ENTRY.pack_into(self._memory, at + _HEAD_BYTES + written % RING * _ENTRY_BYTES, *entry)
        struct.pack_into("<q", self._memory, at, written + 1)

    def fresh(self) -> Iterator[Written]:
        """What other workers wrote since this was asked last, as far as it is still there."""
        for number in range(len(self._read)):
            at = number * self._size
            written = self._head(at)
            begin, self._read[number] = max(self._read[number], written - RING), written
            if number != self.own:
                for each in range(begin, written):
                    place = at + _HEAD_BYTES + each % RING * _ENTRY_BYTES
                    yield _ENTRY.unpack_from(self._memory, place)

    def _head(self, at: int) -> int:
        return int(struct.unpack_from("<q", self._memory, at)[0])


class SharedBuckets:
    """A bucket for each key, out of which all workers take: it holds `most` and fills by `per_second`.

    Kept is when it will be full again, under a lock that is held for a microsecond.
    """

    def __init__(self, per_second: float, most: float, clock: Callable[[], float] = monotonic) -> None:
        self._each_seconds, self._full_seconds, self._clock = 1 / per_second, most / per_second, clock
        self._full_at = memoryview(mmap.mmap(-1, _HASHES * SLOTS * 8)).cast("d")
        self._lock = get_context("fork").Lock()

    def take(self, key: str) -> float:
        """Takes one out of the bucket of `key`; else the seconds until there is one."""
        one, other = _slots(key)
        is_ours = self._lock.acquire(timeout=ABANDONED_SECONDS)
        try:
            now = self._clock()
            full_at = max(now, min(self._full_at[one], self._full_at[other])) + self._each_seconds
            if (seconds := full_at - now - self._full_seconds) > EXACT_SECONDS:
                return seconds
            self._full_at[one] = self._full_at[other] = full_at
            return 0
        finally:
            self._release(is_ours)

    def _release(self, is_ours: bool) -> None:
        """Frees the lock, also one that a worker took along when it was killed."""
        try:
            self._lock.release()
        except ValueError:
            assert not is_ours, "the lock was not held"


class SharedAtOnce:
    """How many requests of each caller are under way at all workers, which are `most`.

    Each worker counts its own in a column of its own, which is empty when it begins anew.
    """

    def __init__(self, most: int, workers: int) -> None:
        self.most, self.own = most, 0
        self._workers = workers
        self._counts = memoryview(mmap.mmap(-1, _HASHES * SLOTS * workers * 4)).cast("I")

    def clear(self) -> None:
        """Forgets what a worker of this number, which is gone, had under way."""
        for place in range(self.own, len(self._counts), self._workers):
            if self._counts[place]:
                self._counts[place] = 0

    def begin(self, caller: str) -> bool:
        """Counts one more of `caller`; whether there was room for it."""
        one, other = (slot * self._workers for slot in _slots(caller))
        counts, workers = self._counts, self._workers
        if min(sum(counts[one : one + workers]), sum(counts[other : other + workers])) >= self.most:
            return False
        counts[one + self.own] += 1
        counts[other + self.own] += 1
        return True

    def end(self, caller: str) -> None:
        """Counts one less of `caller`."""
        for slot in _slots(caller):
            self._counts[slot * self._workers + self.own] -= 1


@lru_cache(maxsize=SLOTS)
def _slots(key: str) -> tuple[int, int]:
    """Where `key` is counted, in each half of the slots."""
    one, other = struct.unpack("<HH", blake2b(key.encode(), digest_size=4).digest())
    return one, SLOTS + other

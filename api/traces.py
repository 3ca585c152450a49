"""Traces: which request of which system a line of the log, a fact or a delivery belongs to.

W3C's `traceparent` is taken from who sends one and made for who does not. A trace never changes a fact: it
stands in logs and headers, and is remembered for a while by the position that it led to.
"""

import re
from bisect import bisect_left, insort
from contextvars import ContextVar
from random import getrandbits
from threading import Lock
from typing import NamedTuple, Self

from api.between import Rings

KEPT = 10_000
"""So many appends are remembered at least, for the deliveries that follow from them."""

# Of a later version only what this one knows is read, as W3C says.
_TRACEPARENT = re.compile(rb"(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?\Z")
_NONE = b"0"

RECORDED = "01"
"""The flags of a trace that is recorded."""


def _id(bits: int) -> str:
    """A new id. It is no secret, and is made for every request."""
    return f"{getrandbits(bits) or 1:0{bits // 4}x}"


class Trace(NamedTuple):
    """Where in a trace something stands. flags: 01 when it is recorded. parent: the step before, if any."""

    trace_id: str
    span_id: str
    flags: str = "00"
    parent: str | None = None

    @classmethod
    def of(cls, traceparent: bytes | None) -> Self:
        """The next step of the trace that a header names; of a new one where it names none."""
        found = None if traceparent is None else _TRACEPARENT.match(traceparent.strip())
        if found is None or (found[1] == b"00" and found[5] is not None):
            return cls.begun()
        if not found[2].strip(_NONE) or not found[3].strip(_NONE):
            return cls.begun()
        return cls(found[2].decode(), _id(64), found[4].decode(), found[3].decode())

    @classmethod
    def begun(cls) -> Self:
        """A trace that nobody brought."""
        ids = _id(192)
        return cls(ids[:32], ids[32:])

    @property
    def next(self) -> Self:
        """Another step of the same trace."""
        return self._replace(span_id=_id(64), parent=self.span_id)

    @property
    def header(self) -> str:
        """The value of `traceparent`."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


TRACE: ContextVar[Trace | None] = ContextVar("trace", default=None)
"""Of the request under way; every line that is logged meanwhile names it."""


class TracesKept:
    """The traces of the last appends of this process, by their positions.

    rings: where workers tell each other of theirs.
    """

    def __init__(self, kept: int = KEPT, rings: Rings | None = None) -> None:
        self._kept, self._rings, self._listening = kept, rings, Lock()
        self._spans: list[tuple[int, int, Trace]] = []

    def note(self, first: int, last: int) -> None:
        """Remembers that the request under way wrote the facts from `first` to `last`."""
        trace = TRACE.get()
        if trace is None:
            return
        if self._rings is not None:
            ids = bytes.fromhex(trace.trace_id), bytes.fromhex(trace.span_id)
            self._rings.write((first, last, *ids, int(trace.flags, 16)))
        self._keep(first, last, trace)

    def of(self, position: int | None) -> Trace:
        """The next step of the trace that wrote the fact at `position`; of a new one if nobody knows it."""
        if self._rings is not None:
            with self._listening:
                for first, last, trace_id, span_id, flags in self._rings.fresh():
                    self._keep(first, last, Trace(trace_id.hex(), span_id.hex(), f"{flags:02x}"))
        spans = self._spans
        if position is not None:
            at = bisect_left(spans, (position,))
            if at < len(spans) and spans[at][1] <= position:
                return spans[at][2].next
        return Trace.begun()

    def _keep(self, first: int, last: int, trace: Trace) -> None:
        insort(self._spans, (last, first, trace))
        if len(self._spans) > 2 * self._kept:
            del self._spans[: self._kept]

"""Connections to one endpoint that are used again: each to the very address that the guard has judged.

A name is looked up and judged before every handful of deliveries. A connection is used again only while the
name leads to the address that it was made to; once it leads elsewhere, or nothing came for a while, it ends.
"""

import asyncio
import time
from collections.abc import Callable
from typing import NamedTuple

from api.webhooks.guard import Ip, Target

IDLE_SECONDS = 15.0
"""Most servers hang up later than that."""
MOST = 4


class Line(NamedTuple):
    """An open connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def is_open(self) -> bool:
        """Whether the other side has not hung up, as far as is known."""
        return not self.reader.at_eof() and not self.writer.is_closing()

    def close(self) -> None:
        """Hangs up."""
        self.writer.transport.abort()


class _Held(NamedTuple):
    line: Line
    where: tuple[str, str, int, Ip]
    since: float


class Lines:
    """The connections to one endpoint that nobody speaks on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: list[_Held] = []

    def __len__(self) -> int:
        return len(self._held)

    def take(self, target: Target, address: Ip) -> Line | None:
        """One to this address under this name, if there is any; those to elsewhere end."""
        where = _where(target, address)
        self._drop(lambda each: each.where != where)
        self.drop_idle()
        return self._held.pop().line if self._held else None

    def give(self, target: Target, address: Ip, line: Line) -> None:
        """Keeps one that may be spoken on again."""
        if len(self._held) < MOST and line.is_open:
            self._held.append(_Held(line, _where(target, address), self._clock()))
        else:
            line.close()

    def drop_idle(self) -> None:
        """Ends those that nobody spoke on for a while, or that the other side has ended."""
        latest = self._clock() - IDLE_SECONDS
        self._drop(lambda each: each.since <= latest or not each.line.is_open)

    def close(self) -> None:
        """Ends all of them."""
        self._drop(lambda _: True)

    def _drop(self, is_over: Callable[[_Held], bool]) -> None:
        for each in self._held:
            if is_over(each):
                each.line.close()
        self._held = [each for each in self._held if not is_over(each)]


def _where(target: Target, address: Ip) -> tuple[str, str, int, Ip]:
    return target.scheme, target.host, target.port, address

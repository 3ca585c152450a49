"""Sheets of payroll runs, kept until something comes that they rest on."""

import asyncio
from collections import OrderedDict
from typing import Any, NamedTuple, TypeVar

from psycopg import Cursor

from api.kept_slips import KeptSlips
from api.ops import ENGINE
from api.reading import Reading, counted_position
from domain.period import Period
from projections.closing import head
from projections.run_sheet import Grounds, RunSheet, grounds, sheet

KEPT_SHEETS = 8
"""So many runs are remembered: of 2,000 people about 2 MB each."""

_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


class _Made(NamedTuple):
    """A sheet of a closed month with what it rests on.

    changed_at: since then nothing came that may change it.
    """

    changed_at: int
    rests_on: Grounds
    sheet: RunSheet


class KeptSheets:
    """The sheets that were asked for last, each as long as it is what would be answered.

    One of a closed month is as long as the closes, holds and steps are the same that it rests on, which is
    looked at once a fact came that may change it; one of an open month, or as known at a position, is of that
    position. No names are in it in clear.
    """

    def __init__(self, reading: Reading, kept_slips: KeptSlips) -> None:
        self._reading, self._slips = reading, kept_slips
        self._closed: OrderedDict[Period, _Made] = OrderedDict()
        self._kept: OrderedDict[tuple[Period, int], RunSheet] = OrderedDict()
        self._making = asyncio.Lock()

    async def sheet(self, period: Period, known_at: int | None) -> RunSheet:
        """The sheet of the run of `period`; only one is made at a time."""
        found = await self._find(period, known_at)
        if found is not None:
            return found
        async with self._making:
            found = await self._find(period, known_at)
            if found is not None:
                return found
            changed_at = await self._slips.changed_at()
            rests_on, made = await self._reading.ask(lambda cursor: self._make(cursor, period, known_at))
            if rests_on is not None:
                _keep(self._closed, period, _Made(changed_at, rests_on, made))
            else:
                _keep(self._kept, (period, made.known_at if known_at is None else known_at), made)
            return made

    def _make(
        self, cursor: Cursor[Any], period: Period, known_at: int | None
    ) -> tuple[Grounds | None, RunSheet]:
        """The sheet, and what it rests on if that may change; the one that is kept if that is the same."""
        if known_at is not None:
            return None, sheet(cursor, period, known_at, engine=ENGINE)
        now = head(cursor)
        rests_on = grounds(cursor, period, now, engine=ENGINE)
        before = self._closed.get(period)
        if before is not None and before.rests_on == rests_on:
            return rests_on, before.sheet
        return rests_on, sheet(cursor, period, now, engine=ENGINE)

    async def _find(self, period: Period, known_at: int | None) -> RunSheet | None:
        if known_at is not None:
            return self._kept.get((period, known_at))
        closed = self._closed.get(period)
        if closed is not None and closed.changed_at == await self._slips.changed_at():
            return closed.sheet
        counted = await self._reading.ask(counted_position)
        now = self._kept.get((period, counted))
        return now if now is not None and now.state == "open" else None


def _keep(kept: OrderedDict[_Asked, _Answer], asked: _Asked, answer: _Answer) -> None:
    """Remembers an answer; the oldest is forgotten for it."""
    kept[asked] = answer
    kept.move_to_end(asked)
    if len(kept) > KEPT_SHEETS:
        kept.popitem(last=False)

"""Whoever has left is let in no more: their tokens and sessions end with their last day of work.

Where the firm's directory says so, with its word: whoever it makes inactive is to be out at once. Asked of
the roster as it is known now, so that a leaving told late ends them at once, and one that is voided lets them
in again. Nobody is asked about twice until the roster changes, and whether it has is asked once a second,
whoever comes.
"""

import asyncio
import datetime as dt
import time
from collections.abc import Sequence
from typing import Any

from psycopg import Cursor

from api.caller import Caller
from api.problems import Unauthenticated
from api.reading import Reading
from api.scim.people import SOURCE
from domain.journal.lookup import at_positions
from domain.people.roster import RosterChange, has_left
from projections import kept_roster, roster

LOOK_SECONDS = 1.0
"""So long may somebody go on who is told to have left."""

KEPT_PEOPLE = 100_000
"""Of so many people it is remembered; when there are more, all are forgotten."""


class Leavers:
    """Knows who has left."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._as_of: tuple[kept_roster.Edition, dt.date] | None = None
        self._left: dict[str, bool] = {}
        self._look_again = 0.0
        self._looking = asyncio.Lock()

    async def require_here(self, caller: Caller) -> None:
        """Lets a caller pass who is a program, or a person who has not left.

        Raises: Unauthenticated.
        """
        if caller.employee is not None and await self._has_left(caller.employee):
            raise Unauthenticated(
                field="Authorization",
                detail="What lets its owner in has ended with their work here.",
                remedy="Ask HR, if the person has not left.",
            )

    async def _has_left(self, employee: str) -> bool:
        if time.monotonic() > self._look_again:
            async with self._looking:
                if time.monotonic() > self._look_again:
                    await self._look()
        left = self._left  # forgotten with what it was asked of, if the roster changes meanwhile
        if employee not in left:
            left[employee] = await self._reading.ask(lambda cursor: self._asked(cursor, employee))
        return left[employee]

    async def _look(self) -> None:
        as_of = await self._reading.ask(kept_roster.edition), self._reading.today()
        if as_of != self._as_of or len(self._left) >= KEPT_PEOPLE:
            self._as_of, self._left = as_of, {}
        self._look_again = time.monotonic() + LOOK_SECONDS

    def _asked(self, cursor: Cursor[Any], employee: str) -> bool:
        changes, today = roster.changes(cursor, [employee]), self._reading.today()
        return has_left(changes, today) or _is_inactive(cursor, changes, today)


def _is_inactive(cursor: Cursor[Any], changes: Sequence[RosterChange], today: dt.date) -> bool:
    """Whether the last word about a person is that of the directory, that today was their last day."""
    moves = [change for change in changes if change.kind in ("hired", "left")]
    last = max(moves, key=lambda change: change.position, default=None)
    if last is None or last.kind != "left" or last.effective_on != today:
        return False
    return any(record.source == SOURCE for record in at_positions(cursor, [last.position]))

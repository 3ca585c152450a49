"""When the server takes stock of the read models' tables, so that its planner knows what they hold."""

import time

from projections.spans import SPAN_FACTS, Connection, Span

LEARN_SIZES = "select learn_sizes()"

LEARN_AFTER = 2_000
"""So many facts folded at once change the tables more than the server's own statistics notice in time.

In a ledger that is large already it is a twentieth of its facts, up to LEARN_AT_MOST_AFTER.
"""

LEARN_AT_MOST_AFTER = 200_000
"""However large the ledger is. So this holds at the end of a run, and before each close in it."""


class Learning:
    """Has stock taken when enough was folded: at most a part of the time, where facts keep coming.

    rest: so many times as long as it took it is not done again; what was due meanwhile is done after that.
    """

    def __init__(self, rest: int = 0) -> None:
        self._rest, self._is_owed = rest, False
        self._not_before = time.monotonic()
        self._facts = 0

    def begin(self) -> None:
        """A run begins: what others folded before it is for the server's own rounds."""
        self._facts = 0

    def after(self, connection: Connection, span: Span | None, *, is_last: bool) -> None:
        """After `span`, or when there was none to fold any more."""
        self._facts += span.facts if span else 0
        upto = span.upto if span else 0
        # While much arrives, tables grow by half between two looks; at the end, the next reader fares well.
        self._due_after(connection, _soon(upto, LEARN_AFTER) if is_last else max(SPAN_FACTS, upto // 2))

    def before_close(self, connection: Connection, after: int) -> None:
        """Before the span behind position `after`, which ends with the close of a month and reads it."""
        self._due_after(connection, _soon(after, SPAN_FACTS))

    def keep_up(self, connection: Connection, *, due: bool) -> None:
        """Has stock taken if that is `due`, or was when it could not be."""
        if due:
            self._is_owed, self._facts = True, 0
        began = time.monotonic()
        if self._is_owed and began >= self._not_before:
            connection.execute(LEARN_SIZES)
            ended = time.monotonic()
            self._is_owed, self._not_before = False, ended + self._rest * (ended - began)

    def _due_after(self, connection: Connection, facts: int) -> None:
        self.keep_up(connection, due=self._facts >= facts)


def _soon(upto: int, at_least: int) -> int:
    """After how many facts stock is due where the tables, with `upto` facts in them, are about to be read."""
    return min(max(at_least, upto // 20), LEARN_AT_MOST_AFTER)

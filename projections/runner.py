"""Keeps the read models up with the journal, from zero or while facts arrive."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence

import psycopg

from domain.journal.connection import connect
from domain.journal.listen import Wakeup
from projections.folding import RebuildNeeded, folded, lock, position
from projections.learning import Learning
from projections.registry import PROJECTIONS
from projections.spans import Connection, Cursor, Projection, Span, UnfoldableFact
from projections.tables import make_positions, make_tables, record

__all__ = ["Cursor", "RebuildNeeded", "Runner", "Span", "UnfoldableFact", "create", "position", "stopped"]

REST_MILLISECONDS = 25
"""The most between two looks, so that facts which arrive one by one share a span.

It is a millisecond for each fact that the last look found: who follows a few is told at once, and where much
arrives, little of the machine goes to folding.
"""

LONG_REST_MILLISECONDS = 100
"""The most where very many arrive: it is half a millisecond for each fact of the last look."""

LONGEST_REST_MILLISECONDS = 250
"""The most where thousands arrive between two looks: it is a twentieth of a millisecond for each of them.

To work out the statements of a span, and to bring the totals of a day up to date, costs nearly as much for
3,000 facts as for 9,000.
"""

REST_FROM_LEARNING = 50
"""So many times as long as taking stock of the tables took, it is not done again.

Facts that keep coming by the ten thousand would have it done after every look.
"""

SORT_IN = "select journal_sort_in()"

SORTED_IN_FROM = 500
"""So many facts may lie with their tags not sorted in when no more come: every look for a tag reads them."""

KEPT_STATEMENTS = 500

POLL_SECONDS = 1
"""How long a fact can lie unseen when its wake-up was lost."""

MADE = "select name from projection"

STOPPED = """
select stopped_position, stopped_type, stopped_because from projection
where stopped_position is not null
order by stopped_position limit 1"""


def create(connection: Connection, projections: Iterable[Projection] = PROJECTIONS) -> list[str]:
    """Makes the read models that the ledger does not have yet, empty and at position 0; their names.

    connection: as owner of the schema. A model that is added to a ledger with facts must be rebuilt
    before the runner goes on, and the runner says so.
    """
    with connection.transaction(), connection.cursor() as cursor:
        lock(cursor)
        make_positions(cursor)
        made = {name for (name,) in cursor.execute(MADE)}
        lacking = [projection for projection in projections if projection.NAME not in made]
        for projection in lacking:
            make_tables(cursor, projection)
        record(cursor, lacking, 0)
        return [projection.NAME for projection in lacking]


def stopped(cursor: Cursor) -> UnfoldableFact | None:
    """The fact before which the read models stand still; None while all is well."""
    found = cursor.execute(STOPPED).fetchone()
    return UnfoldableFact(*found) if found else None


class Runner:
    """Folds the journal of a ledger into its read models. Several may run: they take turns, span by span."""

    def __init__(self, dsn: str, schema: str, projections: Sequence[Projection] = PROJECTIONS) -> None:
        self._dsn, self._schema, self._projections = dsn, schema, projections

    def catch_up(self, upto: int | None = None, on_progress: Callable[[int], None] | None = None) -> int:
        """Folds all that the journal holds, or what it holds up to `upto`; the position reached.

        on_progress: told the position after each span.
        Raises: UnfoldableFact, RebuildNeeded
        """
        with self._connect() as connection:
            for at in folded(connection, self._projections, upto):
                if on_progress is not None:
                    on_progress(at)
            with connection.cursor() as cursor:
                return position(cursor, self._projections)

    def follow(
        self,
        stop: threading.Event,
        on_trouble: Callable[[psycopg.OperationalError], None] | None = None,
        on_span: Callable[[int, float], None] = lambda upto, seconds: None,
    ) -> None:
        """Folds facts as they arrive, until `stop` is set; then it ends between two spans.

        on_trouble: told that the database went away; it is tried again and again. on_span: told of each span
        its last position and how many seconds it took.
        Raises: UnfoldableFact, RebuildNeeded
        """
        with Wakeup(self._dsn, self._schema) as wakeup:
            while not stop.is_set():
                try:
                    self._follow_connected(stop, wakeup, on_span)
                except psycopg.OperationalError as error:
                    if on_trouble is not None:
                        on_trouble(error)
                    stop.wait(POLL_SECONDS)

    def _follow_connected(
        self, stop: threading.Event, wakeup: Wakeup, on_span: Callable[[int, float], None]
    ) -> None:
        with self._connect() as connection:
            at, unsorted, learning = 0, 0, Learning(REST_FROM_LEARNING)
            while not stop.is_set():
                before, started = at, time.monotonic()
                for at in folded(connection, self._projections, learning=learning):
                    on_span(at, time.monotonic() - started)
                    if stop.is_set():
                        return
                    started = time.monotonic()
                unsorted += at - before
                if unsorted >= SORTED_IN_FROM and at - before <= REST_MILLISECONDS:
                    connection.execute(SORT_IN)
                    unsorted = 0
                stop.wait(_rest_seconds(at - before))
                wakeup.wait(POLL_SECONDS)

    def _connect(self) -> Connection:
        connection = connect(self._dsn, self._schema, autocommit=True)
        # A plan kept for later spans would be one for the first, small ones; who folds those keeps theirs.
        connection.prepare_threshold = None
        connection.prepared_max = KEPT_STATEMENTS
        return connection


def _rest_seconds(found: int) -> float:
    few, many = min(found, REST_MILLISECONDS), min(found / 2, LONG_REST_MILLISECONDS)
    return max(few, many, min(found / 20, LONGEST_REST_MILLISECONDS)) / 1000

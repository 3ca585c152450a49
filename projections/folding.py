"""One span after another into the read models, rows and positions together or not at all."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import psycopg
from psycopg import sql

from domain.facts.registry import FACT_TYPES
from domain.facts.upcasts import tag_now
from projections.former import shown_as_now
from projections.learning import Learning
from projections.spans import (
    FEW_FACTS,
    SPAN_ENDS,
    SPAN_FACTS,
    Connection,
    Cursor,
    Projection,
    Span,
    UnfoldableFact,
)

# For the transaction only, so that it works where connections are shared out one transaction at a time.
LOCK = """
select pg_advisory_xact_lock(hashtextextended('read models ' || coalesce(%(schema)s, current_schema()), 0))"""

POSITIONS = "select name, version, position from {table}"

END_OF_SPAN = """
select
    least(%(upto)s::bigint, %(after)s::bigint + %(facts)s, head.position, ending.position),
    head.position,
    ending.position <= least(%(upto)s::bigint, head.position) as closes
from
    (select coalesce(max(position), 0) as position from journal) as head,
    (
        select min(position) as position from journal
        where type = any(%(ends)s) and position > %(after)s and position <= %(after)s::bigint + %(facts)s
    ) as ending"""

TYPES_OF_SPAN = """
select type, min(position) from journal
where position > %(after)s and position <= %(upto)s
group by type"""

MOVE_ON = """
update projection set
    position = %(upto)s, stopped_position = null, stopped_type = null, stopped_because = null
where name = any(%(names)s)"""

# Apart from the rows: who notifies holds a lock of the whole server until the commit, and appends notify too.
# Nothing is written that must last, so nobody waits for the disk.
TELL = """
select set_config('synchronous_commit', 'off', true), pg_notify('folded_' || current_schema(), '')"""

TYPE_AT = "select type from journal where position = %(position)s"

STOP = """
update projection set
    stopped_position = %(position)s, stopped_type = %(type)s, stopped_because = %(because)s
where name = any(%(names)s) and position < %(position)s"""


class Stands(NamedTuple):
    """Which version of a read model the ledger has, and how far it has folded the journal."""

    version: int
    at: int


class RebuildNeeded(Exception):
    """Read models whose rows have another form than this program's, or lag behind the rest."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(
            f"Run meritbook rebuild for {', '.join(names)}: this program cannot go on with their rows."
        )
        self.names = tuple(names)


class _Folding(NamedTuple):
    """The span that was folded, if there was one; and whether it was the last that there was to fold."""

    span: Span | None
    is_last: bool


class _FoldFailed(Exception):
    """Some fact of `span` cannot be folded: that of `known`, or nobody knows yet which."""

    def __init__(self, span: Span, because: str, known: UnfoldableFact | None = None) -> None:
        super().__init__(because)
        self.span, self.because, self.known = span, because, known

    @property
    def sound(self) -> int:
        """How many facts to try next: those before the known one, else half."""
        return self.known.position - 1 - self.span.after if self.known else self.span.facts // 2


def lock(cursor: Cursor, schema: str | None = None) -> None:
    """Keeps others from moving the read models of `schema`, or of the current one, until the commit."""
    cursor.execute(LOCK, {"schema": schema})


def position(cursor: Cursor, projections: Iterable[Projection], schema: str | None = None) -> int:
    """How far `projections` of `schema`, or of the current one, have folded the journal.

    Raises: RebuildNeeded.
    """
    found = positions(cursor, schema)
    furthest = max((stands.at for stands in found.values()), default=0)
    if stale := [p.NAME for p in projections if found.get(p.NAME) != (p.VERSION, furthest)]:
        raise RebuildNeeded(stale)
    return furthest


def positions(cursor: Cursor, schema: str | None = None) -> dict[str, Stands]:
    """Where each read model of `schema`, or of the current one, stands, by its name."""
    table = sql.Identifier(schema, "projection") if schema else sql.Identifier("projection")
    rows = cursor.execute(sql.SQL(POSITIONS).format(table=table))
    return {name: Stands(version, at) for name, version, at in rows}


def folded(
    connection: Connection,
    projections: Sequence[Projection],
    upto: int | None = None,
    learning: Learning | None = None,
) -> Iterator[int]:
    """Folds what the journal holds, up to `upto`; yields the position after each span that was committed.

    connection: in autocommit, to the read models' own schema. learning: of one who comes again and again.
    Raises: UnfoldableFact, having noted it and folded all before it; RebuildNeeded.
    """
    facts, learning = SPAN_FACTS, learning or Learning()
    learning.begin()
    while True:
        try:
            folding = _fold_next(connection, projections, upto, facts, learning)
        except _FoldFailed as failed:
            if failed.sound > 0:
                facts = failed.sound
                continue
            raise _noted(connection, projections, failed) from failed.__cause__
        span = folding.span
        if span is not None:
            connection.execute(TELL)
        learning.after(connection, span, is_last=folding.is_last)
        if span is not None:
            yield span.upto
        if folding.is_last:
            return


def fold(cursor: Cursor, span: Span, projections: Sequence[Projection]) -> None:
    """Folds `span` into each of `projections`, in order, and moves them on.

    Raises: UnfoldableFact, or whatever went wrong; the transaction is then to be undone.
    """
    types: dict[str, int] = dict(cursor.execute(TYPES_OF_SPAN, span.bounds).fetchall())
    if unknown := {at: type for type, at in types.items() if tag_now(type) not in FACT_TYPES}:
        raise UnfoldableFact(min(unknown), unknown[min(unknown)], "install a program that knows this type.")
    known = span._replace(types={tag_now(type) for type in types})
    with shown_as_now(cursor, span, types.keys()):
        for projection in projections:
            if not projection.FACTS.isdisjoint(known.types or ()):
                try:
                    projection.project(cursor, known)
                except Exception as error:
                    error.add_note(f"projection {projection.NAME}, positions {span.after + 1} to {span.upto}")
                    raise
    cursor.execute(MOVE_ON, {"upto": span.upto, "names": [projection.NAME for projection in projections]})


def _fold_next(
    connection: Connection,
    projections: Sequence[Projection],
    upto: int | None,
    facts: int,
    learning: Learning,
) -> _Folding:
    """Folds and commits the next span of at most `facts`."""
    with connection.transaction(), connection.cursor() as cursor:
        lock(cursor)
        after = position(cursor, projections)
        asked = {"after": after, "upto": upto, "facts": facts, "ends": list(SPAN_ENDS)}
        end, head, closes = cursor.execute(END_OF_SPAN, asked).fetchone() or (after, after, False)
        if end <= after:
            return _Folding(None, True)
        if closes:
            learning.before_close(connection, after)
        span = Span(after, end)
        try:
            with _statements_kept(connection, span):
                fold(cursor, span, projections)
        except UnfoldableFact as known:
            raise _FoldFailed(span, known.because, known) from known
        except (psycopg.OperationalError, psycopg.InterfaceError):
            raise  # the server or the way to it, not the facts
        except Exception as error:
            raise _FoldFailed(span, f"{type(error).__name__}: {error}") from error
        return _Folding(span, end == (head if upto is None else min(head, upto)))


@contextmanager
def _statements_kept(connection: Connection, span: Span) -> Generator[None]:
    """Has the statements that fold a small span made ready once for all; those of others are made anew."""
    before = connection.prepare_threshold
    connection.prepare_threshold = 0 if span.facts <= FEW_FACTS else before
    try:
        yield
    finally:
        connection.prepare_threshold = before


def _noted(connection: Connection, projections: Sequence[Projection], failed: _FoldFailed) -> UnfoldableFact:
    """The fact that cannot be folded, written down for whoever asks why the read models stand still."""
    with connection.transaction(), connection.cursor() as cursor:
        stop = failed.known
        if stop is None:
            found = cursor.execute(TYPE_AT, {"position": failed.span.upto}).fetchone()
            stop = UnfoldableFact(failed.span.upto, found[0] if found else "", failed.because)
        names = [projection.NAME for projection in projections]
        cursor.execute(
            STOP, {"position": stop.position, "type": stop.type, "because": stop.because, "names": names}
        )
        return stop

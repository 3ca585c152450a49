"""Read models computed once more from the facts: to prove the live ones, or to replace them."""

from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from psycopg import IsolationLevel, errors, sql

from domain.journal.connection import connect
from projections.compare import Compared, Difference, UpgradeDiffers, compare
from projections.folding import RebuildNeeded, folded, lock, position, positions
from projections.put_away import put_away, taken_out
from projections.registry import PROJECTIONS
from projections.scratch import Purpose, scratch, scratch_name
from projections.spans import Connection, Cursor, Projection
from projections.tables import make_positions, make_tables, record

Progress = Callable[[int], None]
"""Told the position after each span."""

SWITCH_TRIES = 20

# Who waits for a table longer than this makes others wait behind it.
SWITCH = "set local lock_timeout = '5s'; set local synchronous_commit = on"

COUNT = "select count(*) from {table}"
TABLES_OF = "select unnest(tables) from projection where name = any(%(names)s)"
DROP = "drop table if exists {table}"
KEEP = "alter table {table} set schema {schema}"
LOOK_IN = "select set_config('search_path', %(schema)s, true)"


class Replayed(NamedTuple):
    """What a replay came to. rows: of each table. compared: None if it was not to be."""

    position: int
    rows: dict[str, int]
    compared: Compared | None


class Rebuilt(NamedTuple):
    """What a rebuild replaced. difference: from the old rows, if those were of the same version."""

    position: int
    names: tuple[str, ...]
    difference: Difference | None


class Upgraded(NamedTuple):
    """What an upgrade replaced; nothing where all were of this version. unchecked: tables not compared."""

    position: int
    names: tuple[str, ...]
    unchecked: tuple[str, ...]


class UnknownReadModel(Exception):
    """No read model has this name."""


@contextmanager
def replayed(
    dsn: str,
    schema: str,
    upto: int | None = None,
    on_progress: Progress | None = None,
    projections: Sequence[Projection] = PROJECTIONS,
) -> Generator[Connection]:
    """A connection to read models folded up to `upto` in a schema of their own; queries find them as if live.

    dsn: of the owner. Raises: ScratchInUse, UnfoldableFact
    """
    with scratch(dsn, schema, "replay") as connection:
        _make(connection, projections)
        _fold(connection, projections, upto, on_progress)
        yield connection


def replay(
    dsn: str,
    schema: str,
    upto: int | None = None,
    *,
    and_compare: bool = False,
    on_progress: Progress | None = None,
    projections: Sequence[Projection] = PROJECTIONS,
) -> Replayed:
    """Folds the journal once more, up to `upto` or to its end; to compare, no further than the live ones.

    dsn: of the owner. The live read models go on meanwhile.
    Raises: ScratchInUse, UnfoldableFact; RebuildNeeded if the live ones are no match
    """
    with scratch(dsn, schema, "replay") as connection:
        _make(connection, projections)
        fold_upto = _live_at(connection, schema, projections, upto) if and_compare else upto
        _fold(connection, projections, fold_upto, on_progress)
        compared = None
        if and_compare:
            compared = _compare(connection, schema, scratch_name(schema, "replay"), projections, upto)
        with connection.cursor() as cursor:
            return Replayed(position(cursor, projections), _sizes(cursor, projections), compared)


def rebuild(
    dsn: str,
    schema: str,
    names: Sequence[str] = (),
    *,
    on_progress: Progress | None = None,
    projections: Sequence[Projection] = PROJECTIONS,
    keep: bool = False,
) -> Rebuilt:
    """Builds the read models `names`, or all, and any that need it, from the first fact; switches to them.

    dsn: of the owner. The old ones serve until the switch, and stay as they are if this is killed. keep: they
    are put away.
    Raises: UnknownReadModel, ScratchInUse, UnfoldableFact
    """
    with scratch(dsn, schema, "rebuild") as connection:
        chosen = _chosen(connection, schema, names, projections)
        _make(connection, chosen)
        difference = None
        try:
            _fold(connection, chosen, _live_at(connection, schema, chosen), on_progress)
            difference = _compare(connection, schema, scratch_name(schema, "rebuild"), chosen).difference
        except RebuildNeeded:
            pass  # rows of another version are not to be compared with
        _fold(connection, chosen, _rest_at(connection, schema, chosen), on_progress)
        reached = _switch(connection, schema, chosen, "rebuild", keep)
        return Rebuilt(reached, tuple(projection.NAME for projection in chosen), difference)


def stale(dsn: str, schema: str, projections: Sequence[Projection] = PROJECTIONS) -> list[str]:
    """The names of the read models that this release has to build anew."""
    with connect(dsn, schema, service=False) as connection, connection.cursor() as cursor:
        try:
            position(cursor, projections)
        except RebuildNeeded as needed:
            return list(needed.names)
        return []


def upgrade(
    dsn: str,
    schema: str,
    *,
    accepted: Collection[str] = (),
    on_progress: Progress | None = None,
    projections: Sequence[Projection] = PROJECTIONS,
) -> Upgraded:
    """Builds what is of another version beside it, compares what both have, switches, and keeps the old.

    dsn: of the owner. The old ones serve until the switch, and stay as they are if this is killed. accepted:
    tables in which this release may say something else.
    Raises: UpgradeDiffers, ScratchInUse, UnfoldableFact
    """
    names = stale(dsn, schema, projections)
    chosen = [projection for projection in projections if projection.NAME in names]
    with scratch(dsn, schema, "rebuild") as connection:
        if not chosen:
            return Upgraded(_live_at(connection, schema, projections), (), ())
        _make(connection, chosen)
        with connection.cursor() as cursor:
            stands = positions(cursor, schema)
        # One that is new to this ledger stands at 0, and has nothing to compare with.
        known = [each for each in chosen if each.NAME in stands and stands[each.NAME].at]
        upto = min((stands[each.NAME].at for each in known), default=None)
        _fold(connection, chosen, upto, on_progress)
        unchecked: tuple[str, ...] = ()
        if upto is not None:
            difference, unchecked = _compare_versions(connection, schema, known, chosen, accepted)
            if difference is not None:
                raise UpgradeDiffers(difference)
        _fold(connection, chosen, _rest_at(connection, schema, chosen), on_progress)
        return Upgraded(_switch(connection, schema, chosen, "rebuild", True), tuple(names), unchecked)


def roll_back(dsn: str, schema: str, *, projections: Sequence[Projection] = PROJECTIONS) -> Upgraded:
    """Takes back what the last upgrade put away, brings it up to date, and drops what took its place.

    dsn: of the owner; run by the release that they are of.
    Raises: NothingPutAway, UnfoldableFact
    """
    with taken_out(dsn, schema, projections) as (connection, chosen):
        _fold(connection, chosen, _rest_at(connection, schema, chosen))
        reached = _switch(connection, schema, chosen, "before")
        return Upgraded(reached, tuple(each.NAME for each in chosen), ())


def _chosen(
    connection: Connection, schema: str, names: Sequence[str], projections: Sequence[Projection]
) -> list[Projection]:
    """Those of `names`, or all, and those whose rows are of another version or lag behind the rest."""
    known = [projection.NAME for projection in projections]
    if unknown := [name for name in names if name not in known]:
        raise UnknownReadModel(f"No read model is called {unknown[0]!r}; there are {', '.join(known)}.")
    needed: set[str] = set(names or known)
    with connection.cursor() as cursor:
        try:
            position(cursor, projections, schema)
        except RebuildNeeded as stale:
            needed |= set(stale.names)
    return [projection for projection in projections if projection.NAME in needed]


def _make(connection: Connection, projections: Sequence[Projection]) -> None:
    """Makes the tables of `projections` in the scratch schema, at position 0."""
    with connection.transaction(), connection.cursor() as cursor:
        make_positions(cursor)
        for projection in projections:
            make_tables(cursor, projection)
        record(cursor, projections, 0)


def _fold(
    connection: Connection,
    projections: Sequence[Projection],
    upto: int | None,
    on_progress: Progress | None = None,
) -> None:
    for at in folded(connection, projections, upto):
        if on_progress is not None:
            on_progress(at)


def _live_at(
    connection: Connection, schema: str, projections: Sequence[Projection], upto: int | None = None
) -> int:
    """How far the live `projections` have come, but no further than `upto`.

    Raises: RebuildNeeded
    """
    with connection.cursor() as cursor:
        live_at = position(cursor, projections, schema)
    return live_at if upto is None else min(upto, live_at)


def _rest_at(connection: Connection, schema: str, chosen: Sequence[Projection]) -> int | None:
    """Where the read models stand that are not `chosen` and that these must join; None without any."""
    names = {projection.NAME for projection in chosen}
    with connection.cursor() as cursor:
        return max(
            (at for name, (_, at) in positions(cursor, schema).items() if name not in names), default=None
        )


def _compare(
    connection: Connection,
    schema: str,
    replayed: str,
    projections: Sequence[Projection],
    upto: int | None = None,
) -> Compared:
    """Compares in one snapshot, in which the live read models stand still while followers move them."""
    # What came during the long fill, so that little is left for the transaction that compares.
    _fold(connection, projections, _live_at(connection, schema, projections, upto))
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        with connection.transaction(), connection.cursor() as cursor:
            live_at = position(cursor, projections, schema)
            known_at = live_at if upto is None else min(upto, live_at)
            _fold(connection, projections, known_at)
            return compare(cursor, schema, replayed, projections, known_at, is_present=known_at == live_at)
    finally:
        connection.isolation_level = None


def _compare_versions(
    connection: Connection,
    schema: str,
    known: Sequence[Projection],
    chosen: Sequence[Projection],
    accepted: Collection[str],
) -> Compared:
    """Compares what both versions have, in one snapshot; `chosen` are folded as far as the live ones are."""
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        with connection.transaction(), connection.cursor() as cursor:
            at = {
                stands.at
                for name, stands in positions(cursor, schema).items()
                if name in {p.NAME for p in known}
            }
            _fold(connection, chosen, max(at))
            made = scratch_name(schema, "rebuild")
            return compare(
                cursor, schema, made, known, max(at), is_present=True, only_shared=True, but=accepted
            )
    finally:
        connection.isolation_level = None


def _switch(
    connection: Connection,
    schema: str,
    chosen: Sequence[Projection],
    made_in: Purpose,
    keep: bool = False,
) -> int:
    """Puts `chosen` in the place of the live ones, at the position where the rest stands; that position.

    keep: the live ones are put away.

    Raises: LockNotAvailable if readers held the tables for minutes
    """
    for left in reversed(range(SWITCH_TRIES)):
        try:
            with connection.transaction(), connection.cursor() as cursor:
                cursor.execute(SWITCH)
                lock(cursor, schema)
                _fold(connection, chosen, _rest_at(connection, schema, chosen))
                reached = position(cursor, chosen)
                _replace(cursor, schema, chosen, reached, made_in, keep)
                return reached
        except errors.LockNotAvailable:
            if not left:
                raise
    raise AssertionError("the last try returns or raises")


def _replace(
    cursor: Cursor, schema: str, chosen: Sequence[Projection], reached: int, made_in: Purpose, keep: bool
) -> None:
    """Drops the live tables of `chosen`, of whatever version, and moves the new ones to the schema."""
    scratch_schema = scratch_name(schema, made_in)
    names = [projection.NAME for projection in chosen]
    if keep:
        put_away(cursor, schema, names)
    cursor.execute(LOOK_IN, {"schema": schema})
    for (table,) in cursor.execute(TABLES_OF, {"names": names}).fetchall():
        cursor.execute(sql.SQL(DROP).format(table=sql.Identifier(schema, table)))
    for table in _tables(chosen):
        moved = {"table": sql.Identifier(scratch_schema, table), "schema": sql.Identifier(schema)}
        cursor.execute(sql.SQL(KEEP).format(**moved))
    record(cursor, chosen, reached)


def _sizes(cursor: Cursor, projections: Sequence[Projection]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for table in _tables(projections):
        found = cursor.execute(sql.SQL(COUNT).format(table=sql.Identifier(table))).fetchone()
        sizes[table] = found[0] if found else 0
    return sizes


def _tables(projections: Sequence[Projection]) -> list[str]:
    return [table for projection in projections for table in projection.TABLES]

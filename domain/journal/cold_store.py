"""Putting partitions of the journal into files, dropping them, and bringing them back: work of the owner.

A partition is written, read back and held against a signed checkpoint before its file counts. It is dropped,
or brought back, in one transaction: whoever is killed leaves the one state or the other.
"""

import datetime as dt
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from psycopg import Cursor, errors, sql

from domain.journal import cold, cold_file, read, sealed
from domain.journal.cold import BULK, GROUP_RECORDS, ColdPart, ColdRecord, FileDamaged
from domain.journal.cold_check import Progress, StoredPart, check, part_of, require_unaltered
from domain.journal.connection import connect
from domain.journal.leaves import LINE
from domain.journal.lookup import RECORD_COLUMNS, to_records
from domain.refusals import NotNow

LIST = """
select number, after, upto, file, encode(sha256, 'hex'), bytes, stored_at, dropped_at
from journal_part order by number"""

RECORDS = f"""
select {RECORD_COLUMNS}, content_hash, sha256('\\x00'::bytea || convert_to({LINE}, 'UTF8'))
from journal where position > %(after)s and position <= %(upto)s
order by position"""

COUNTED = "select coalesce(min(position), 0) from projection"

# One at a time; for the session, since each takes several transactions.
TAKE = "select pg_try_advisory_lock(hashtextextended('cold work ' || current_schema(), 0))"
# Against those who must see the whole journal while they read on: see `cold.held_warm`.
SWAPPING = "select pg_try_advisory_xact_lock(hashtextextended('cold ' || current_schema(), 0))"
STORED = """
update journal_part set
    file = %(file)s, sha256 = %(sha256)s, bytes = %(bytes)s, stored_at = %(now)s,
    facts = (
        select count(*) from journal
        where position > journal_part.after and position <= journal_part.upto and type = any(%(bulk)s)
    ),
    recorded_from = (select recorded_at from journal where position = journal_part.after + 1),
    recorded_until = (select recorded_at from journal where position = journal_part.upto)
where number = %(number)s and stored_at is null"""

KEEP_FEW = "insert into {beside} select * from {part} where type <> all(%(bulk)s)"
KEEP_KEYS = """
insert into cold_key (digest, position)
select cold_digest(source, key), position from {part} where type = any(%(bulk)s) order by 1"""
KEEP_SOURCES = """
insert into cold_source (source, low, high)
select source, min(key), max(key) from {part} where type = any(%(bulk)s) group by source
on conflict (source) do update set
    low = least(cold_source.low, excluded.low), high = greatest(cold_source.high, excluded.high)"""
FORGET_KEYS = "delete from cold_key where position > %(after)s and position <= %(upto)s"

COPY_BACK = """
copy {beside} (
    position, type, source, key, content_hash, tags, occurred_at, recorded_at, actor, causation, data
) from stdin with (format binary)"""

MAKE = "select journal_part_made(%(name)s)"
INDEX = """
alter table {beside} add primary key (position);
create index on {beside} (type, position);
create index on {beside} using gin (tags) with (gin_pending_list_limit = 64);
alter table {beside} add constraint within check (position > {after} and position <= {upto});
analyze {beside}"""

# Readers are let finish, but whoever comes behind them shall not wait long.
SWAP = """
set local lock_timeout = '3s';
alter table journal detach partition {part};
alter table journal attach partition {beside} for values from ({begin}) to ({end});
alter table {beside} drop constraint within;
drop table {part};
alter table {beside} rename to {part}"""
INDEXES = "select indexrelid::regclass::text from pg_index where indrelid = to_regclass(%(part)s)"
RENAME = "alter index {old} rename to {new}"
MOVED = "update journal_part set file = %(file)s where number = %(number)s"
MARK = "update journal_part set dropped_at = %(now)s where number = %(number)s"


class ColdStoreRefused(NotNow):
    """The partition cannot be put into a file, dropped or brought back as it stands."""


def listed(cursor: Cursor[Any]) -> list[StoredPart]:
    """All partitions, in order."""
    return [StoredPart(*row) for row in cursor.execute(LIST)]


def ready(cursor: Cursor[Any]) -> list[StoredPart]:
    """The partitions that can be put into a file: full, sealed, and none written yet."""
    size, head = sealed.size(cursor), read.head(cursor)
    signed = sealed.newest(cursor)
    upto = min(size, head - 1, signed.checkpoint.size if signed else 0)
    return [each for each in listed(cursor) if each.stored_at is None and each.upto <= upto]


@contextmanager
def working(owner_dsn: str, schema: str) -> Generator[Cursor[Any]]:
    """A cursor of the owner in autocommit, the only one that works on cold storage of the ledger.

    Raises: ColdStoreRefused
    """
    with (
        connect(owner_dsn, schema, service=False, autocommit=True) as connection,
        connection.cursor() as cursor,
    ):
        connection.prepare_threshold = None
        if cursor.execute(TAKE).fetchone() != (True,):
            raise _refused("Somebody else works on the cold storage of this ledger.", "Wait for them.")
        yield cursor


def store(
    cursor: Cursor[Any], part: StoredPart, place: Path, now: dt.datetime, on_progress: Progress
) -> StoredPart:
    """Writes the file of `part` into the directory `place` and checks it; the part as it is then.

    The facts stay where they are. on_progress: told of each fact twice, when it is written and when checked.
    Raises: ColdStoreRefused
    """
    if part.number not in {each.number for each in ready(cursor)}:
        raise _refused(
            f"Partition {part.number} is not full and sealed, or has its file already.",
            "Ask meritbook cold list which are ready; seal with meritbook seal catch-up.",
        )
    origin = sealed.keys(cursor)[0].key.name
    file = place.absolute() / f"journal-{part.after + 1:012}-{part.upto:012}.parquet"
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        pages = _pages(cursor, part, on_progress)
        cold_file.write(file, part.after, part.upto, pages, {"origin": origin})
        check(
            cursor,
            ColdPart(part.number, part.after, part.upto, file),
            lambda done: on_progress(part.upto - part.after + done),
        )
        said = {"file": str(file), "sha256": cold_file.sha256_of(file), "bytes": file.stat().st_size}
    except OSError as error:
        raise _refused(f"{error.filename}: {error.strerror}.", "Name a directory with room.") from None
    except FileDamaged as damaged:
        raise _refused(f"The file cannot be read back. {damaged}", "Name another disk.") from None
    cursor.execute(STORED, {**said, "number": part.number, "now": now, "bulk": list(BULK)})
    return _again(cursor, part)


def drop(cursor: Cursor[Any], part: StoredPart, now: dt.datetime) -> StoredPart:
    """Takes the facts of `part` out of the database, but for those of few; the part as it is then.

    Raises: ColdStoreRefused, ColdFileUnusable
    """
    if part.file is None or part.dropped_at is not None:
        raise _refused(
            f"Partition {part.number} has no file, or is dropped already.",
            "Write its file first: meritbook cold store.",
        )
    require_unaltered(part)
    counted = cursor.execute(COUNTED).fetchone()
    if counted is None or counted[0] < part.upto:
        raise _refused("The read models have not folded it yet.", "Let meritbook serve or rebuild catch up.")
    names = _names(part)
    given = {"bulk": list(BULK), "number": part.number, "now": now}
    with _swapping(cursor):
        cursor.execute(MAKE, {"name": _beside(part)})
        for statement in (KEEP_FEW, KEEP_KEYS, KEEP_SOURCES):
            cursor.execute(sql.SQL(statement).format(**names), given)
        _swap(cursor, part, names)
        cursor.execute(MARK, given)
    return _again(cursor, part)


def bring_back(cursor: Cursor[Any], part: StoredPart, on_progress: Progress) -> StoredPart:
    """Brings all facts of `part` back from its file into the database; the part as it is then.

    Raises: ColdStoreRefused, ColdFileUnusable
    """
    if part.file is None or part.dropped_at is None:
        raise _refused(f"Partition {part.number} is in the database.", "There is nothing to bring back.")
    names = _names(part)
    with _swapping(cursor):
        cursor.execute(MAKE, {"name": _beside(part)})
        cold.copy(cursor, part_of(part), sql.SQL(COPY_BACK).format(**names), on_progress=on_progress)
        cursor.execute(FORGET_KEYS, {"after": part.after, "upto": part.upto})
        _swap(cursor, part, names)
        cursor.execute(MARK, {"number": part.number, "now": None})
    return _again(cursor, part)


def _pages(cursor: Cursor[Any], part: StoredPart, on_progress: Progress) -> Iterator[Sequence[ColdRecord]]:
    for begun in range(part.after, part.upto, GROUP_RECORDS):
        rows = cursor.execute(
            RECORDS, {"after": begun, "upto": min(begun + GROUP_RECORDS, part.upto)}
        ).fetchall()
        yield [
            ColdRecord(record, row[-2], row[-1])
            for record, row in zip(to_records(row[:-2] for row in rows), rows, strict=True)
        ]
        on_progress(begun + len(rows) - part.after)


@contextmanager
def _swapping(cursor: Cursor[Any]) -> Generator[None]:
    try:
        with cursor.connection.transaction():
            if cursor.execute(SWAPPING).fetchone() != (True,):
                raise _refused(
                    "A replay, a rebuild, an export or a backup is reading the journal.", "Wait for it."
                )
            yield
    except errors.LockNotAvailable:
        raise _refused(
            "Others are reading the partition, and those who write shall not wait for them.",
            "Try again; see pg_stat_activity for a session that sits in a transaction.",
        ) from None


def move(cursor: Cursor[Any], place: Path) -> list[StoredPart]:
    """Notes that the files are in `place` now; the parts as they are then.

    Raises: ColdFileUnusable
    """
    found = [part._replace(file=str(place / Path(part.file).name)) for part in listed(cursor) if part.file]
    for part in found:
        require_unaltered(part)
    with cursor.connection.transaction():
        for part in found:
            cursor.execute(MOVED, {"file": part.file, "number": part.number})
    return found


def _swap(cursor: Cursor[Any], part: StoredPart, names: dict[str, sql.Composable]) -> None:
    bounds = {
        "after": sql.Literal(part.after),
        "upto": sql.Literal(part.upto),
        "begin": sql.SQL("minvalue") if part.after == 0 else sql.Literal(part.after + 1),
        "end": sql.Literal(part.upto + 1),
    }
    cursor.execute(sql.SQL(INDEX).format(**names, **bounds))
    cursor.execute(sql.SQL(SWAP).format(**names, **bounds))
    for (index,) in cursor.execute(INDEXES, {"part": f"journal_{part.number}"}).fetchall():
        new = index.split(".")[-1].replace(_beside(part), f"journal_{part.number}")
        cursor.execute(sql.SQL(RENAME).format(old=sql.SQL(index), new=sql.Identifier(new)))


def _names(part: StoredPart) -> dict[str, sql.Composable]:
    return {"part": sql.Identifier(f"journal_{part.number}"), "beside": sql.Identifier(_beside(part))}


def _beside(part: StoredPart) -> str:
    return f"journal_{part.number}_beside"


def _again(cursor: Cursor[Any], part: StoredPart) -> StoredPart:
    return next(each for each in listed(cursor) if each.number == part.number)


def _refused(detail: str, remedy: str) -> ColdStoreRefused:
    return ColdStoreRefused(field="partition", detail=detail, remedy=remedy)

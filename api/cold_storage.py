"""Cold storage of a ledger: its partitions, their files, and what became of each."""

from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from psycopg import Cursor

from api.ops import Ledger, now
from api.sealing import seal_up
from domain.journal import cold_store
from domain.journal.cold import ColdFileUnusable
from domain.journal.cold_check import StoredPart, check, part_of, require_unaltered
from domain.refusals import BadField

Progress = Callable[[float], None]


class Partition(msgspec.Struct, frozen=True, kw_only=True):
    """A partition of the positions `first` to `last`.

    state: in_use; ready: full and sealed, so its file can be written; stored: it has one; dropped: the facts
    of bulk types stand in the file alone. problem: what is wrong with its file, where that was asked.
    """

    number: int
    first: int
    last: int
    state: str
    file: str | None
    bytes: int | None
    sha256: str | None
    problem: str | None = None


def default_place(ledger: Ledger) -> Path:
    """Where the files are, if nobody says otherwise."""
    return ledger.settings.home / "cold" / ledger.schema


def partitions(ledger: Ledger) -> list[Partition]:
    """All partitions, in order."""
    with ledger.journal.cursor() as cursor:
        ready = {part.number for part in cold_store.ready(cursor)}
        return [_told(part, ready) for part in cold_store.listed(cursor)]


def checked(ledger: Ledger, on_progress: Progress) -> list[Partition]:
    """All partitions, and what is wrong with the files: each record is held against seal and signature."""
    found: list[Partition] = []
    with ledger.journal.cursor() as cursor:
        ready = {part.number for part in cold_store.ready(cursor)}
        for part in cold_store.listed(cursor):
            told = _told(part, ready)
            if part.file is not None:
                try:
                    require_unaltered(part)
                    check(cursor, part_of(part), lambda done, part=part: on_progress(part.after + done))
                except ColdFileUnusable as unusable:
                    told = msgspec.structs.replace(told, problem=unusable.detail)
            found.append(told)
    return found


def store(ledger: Ledger, place: Path, numbers: Sequence[int], on_progress: Progress) -> list[Partition]:
    """Writes and checks the files of the partitions `numbers`, or of all that are ready.

    Raises: BadField, ColdStoreRefused, StandsStill
    """
    if ledger.settings.seal == "on":
        seal_up(ledger)
    with _working(ledger) as cursor:
        chosen = _chosen(cursor, numbers) if numbers else cold_store.ready(cursor)
        done = 0
        found: list[StoredPart] = []
        for part in chosen:

            def reach(step: int, begun: int = done) -> None:
                on_progress(begun + step)

            found.append(cold_store.store(cursor, part, place, now(), reach))
            done += 2 * (part.upto - part.after)
        return [_told(part) for part in found]


def drop(ledger: Ledger, numbers: Sequence[int]) -> list[Partition]:
    """Drops the partitions `numbers`, whose files were checked when they were written and are unaltered.

    Raises: BadField, ColdStoreRefused, ColdFileUnusable
    """
    with _working(ledger) as cursor:
        return [_told(cold_store.drop(cursor, part, now())) for part in _chosen(cursor, numbers)]


def bring_back(ledger: Ledger, numbers: Sequence[int], on_progress: Progress) -> list[Partition]:
    """Brings the facts of the partitions `numbers` back into the database; their files stay.

    Raises: BadField, ColdStoreRefused, ColdFileUnusable
    """
    with _working(ledger) as cursor:
        parts = _chosen(cursor, numbers)
        return [_told(cold_store.bring_back(cursor, part, on_progress)) for part in parts]


def moved(ledger: Ledger, place: Path) -> list[Partition]:
    """Notes that the files are in the directory `place` now; each must be there, unaltered.

    Raises: ColdFileUnusable
    """
    with _working(ledger) as cursor:
        return [_told(part) for part in cold_store.move(cursor, place.absolute())]


@contextmanager
def _working(ledger: Ledger) -> Generator[Cursor[Any]]:
    with cold_store.working(ledger.owner_dsn, ledger.schema) as cursor:
        yield cursor


def _chosen(cursor: Cursor[Any], numbers: Sequence[int]) -> list[StoredPart]:
    parts = {part.number: part for part in cold_store.listed(cursor)}
    if unknown := [number for number in numbers if number not in parts]:
        raise BadField(
            field="partition",
            detail=f"There is no partition {unknown[0]}.",
            remedy="meritbook cold list shows them.",
        )
    return [parts[number] for number in numbers]


def _told(part: StoredPart, ready: Collection[int] = ()) -> Partition:
    if part.dropped_at is not None:
        state = "dropped"
    elif part.file is not None:
        state = "stored"
    else:
        state = "ready" if part.number in ready else "in_use"
    return Partition(
        number=part.number,
        first=part.after + 1,
        last=part.upto,
        state=state,
        file=part.file,
        bytes=part.bytes,
        sha256=part.sha256,
    )

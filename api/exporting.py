"""An export: all that is needed to verify the ledger without it, in the format meritbook-export/1."""

import hashlib
import re
import shutil
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from psycopg import Cursor, IsolationLevel

from api.ops import Ledger, now
from api.results_file import closed_results, result_line
from api.sealing import seal_home
from domain.facts.governance import LedgerOpened
from domain.journal import cold, sealed
from domain.journal.canonical import canonical
from domain.journal.connection import connect
from domain.journal.leaves import LINE
from domain.journal.merkle import HASH_BYTES, Span, hashes_of
from domain.journal.record import record_line
from domain.journal.seal_home import HomeUnusable
from domain.journal.sealed import Signed
from domain.journal.sealer import Sealer, StandsStill
from domain.journal.tiles import Place, Tile, tiles_of
from projections.runner import RebuildNeeded, UnfoldableFact

FORMAT = "meritbook-export/1"
MANIFEST = "manifest.json"

TILES_AT_ONCE = 512
CHECKPOINTS_AT_ONCE = 1_000

# Canonical lines hold no control characters, so of all that COPY escapes only the backslash occurs.
RECORDS = f"""
copy (
    select {LINE} from journal where position > %(after)s and position <= %(upto)s order by position
) to stdout"""
ESCAPED, BACKSLASH = rb"\\", b"\\"

# As the read models have them: what pay is computed with is to be what was adopted.
PLANS = "select position, plan, document from plan_version where position <= %(upto)s order by position"
_PLAN = re.compile(r"[a-z][a-z0-9\-]{0,63}\Z")

Progress = Callable[[float], None]
"""Told how many records are written."""


class ExportRefused(Exception):
    """The export cannot be made, or not there. remedy: what to do."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(f"{detail} {remedy}")
        self.detail = detail
        self.remedy = remedy


class ListedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of an export. sha256: of its content, in hexadecimal."""

    path: str
    bytes: int
    sha256: str


class ListedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A verifier key that signed the log. linked: the one before it handed over to it."""

    verifier: str
    linked: bool


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What an export holds. Tiles are not listed: the records themselves say what they must be."""

    format: str = FORMAT
    origin: str
    keys: tuple[ListedKey, ...]
    ledger: str
    name: str
    zone: str
    currency: str
    last_position: int
    files: tuple[ListedFile, ...]


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """What was written. warnings: what kept it from being whole; `verify` will not find it valid then."""

    directory: str
    origin: str
    records: int
    checkpoints: int
    statements: int
    plans: int
    warnings: tuple[str, ...]


def export(
    ledger: Ledger, place: Path, *, upto: int | None = None, on_progress: Progress | None = None
) -> Exported:
    """Writes an export of `ledger` to the directory `place`, up to the newest checkpoint or one before.

    Facts that are not sealed yet are sealed first. The directory appears whole or not at all; an older export
    of the same log, which this one must continue, is replaced.
    upto: a position; the export ends with the last checkpoint that is not beyond it.
    Raises: ExportRefused.
    """
    _recover(place)
    warnings = _caught_up(ledger)
    with (
        connect(ledger.dsn, ledger.schema, autocommit=True) as guard,
        cold.held_warm(guard, ledger.schema),
        connect(ledger.dsn, ledger.schema) as connection,
        connection.cursor() as cursor,
    ):
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        last = _chosen(cursor, upto)
        older = _require_room(cursor, place, last)
        with _beside(place, older) as target:
            writing = _Writing(cursor, target, last, on_progress)
            writing.write(ledger.schema, ledger.opened())
    return Exported(
        directory=str(place), origin=last.checkpoint.origin, **writing.counted, warnings=tuple(warnings)
    )


def _caught_up(ledger: Ledger) -> list[str]:
    """Counts and seals what is new; what stands in the way is told, and the export shows what there is."""
    warnings: list[str] = []
    try:
        ledger.runner().catch_up()
    except (UnfoldableFact, RebuildNeeded) as standstill:
        warnings.append(str(standstill))
    if ledger.settings.seal == "off":
        return warnings
    try:
        Sealer(ledger.dsn, ledger.schema, seal_home(ledger.settings), clock=now).catch_up()
    except (StandsStill, HomeUnusable) as standstill:
        warnings.append(str(standstill))
    return warnings


def _chosen(cursor: Cursor[Any], upto: int | None) -> Signed:
    """The checkpoint that the export ends with."""
    newest = sealed.newest(cursor)
    if newest is None:
        raise ExportRefused(
            "Nothing is sealed yet.", "Export where the ledger is sealed, see meritbook seal."
        )
    if upto is None or newest.checkpoint.size <= upto:
        return newest
    found = sealed.newest_upto(cursor, upto)
    if found is None:
        raise ExportRefused(
            f"No checkpoint that is kept ends at or before position {upto}.",
            "Ask for more, or for everything.",
        )
    return found


def _require_room(cursor: Cursor[Any], place: Path, last: Signed) -> bool:
    """Whether an older export is at `place`; nothing else may be there, nor one that contradicts this."""
    if not place.exists() or (place.is_dir() and not any(place.iterdir())):
        return False
    try:
        found = msgspec.json.decode((place / MANIFEST).read_bytes(), type=Manifest)
        old = sealed.parse_checkpoint(sealed.parse_note((place / "checkpoint").read_bytes()).text)
    except (OSError, ValueError):
        raise ExportRefused(f"{place} is not empty.", "Name a new directory.") from None
    if found.format != FORMAT or old.origin != last.checkpoint.origin:
        raise ExportRefused(f"{place} holds something else.", "Name a new directory.")
    if old.size > last.checkpoint.size:
        raise ExportRefused(
            f"{place} holds an export up to position {old.size}, this one ends at {last.checkpoint.size}.",
            "Keep it, export to a new directory, and verify that one with --checkpoint of the old one.",
        )
    if hashes_of([Span(0, old.size)], sealed.read(cursor)) != [old.root]:
        raise ExportRefused(
            f"{place} holds an export of another history of this log.",
            "Keep it: it is evidence. Export to a new directory and verify that one with its checkpoint.",
        )
    return True


def _names_beside(place: Path) -> tuple[Path, Path]:
    """Where an export is written, and where the one that it replaces waits meanwhile."""
    return place.with_name(f".{place.name}.unfinished"), place.with_name(f".{place.name}.replaced")


def _recover(place: Path) -> None:
    """Puts the older export back if somebody was killed while the new one took its place."""
    _, replaced = _names_beside(place.absolute())
    if replaced.exists() and not place.exists():
        replaced.rename(place)


@contextmanager
def _beside(place: Path, older: bool) -> Generator[Path]:
    """A directory to write into, which takes the place of `place` once all of it is written."""
    place = place.absolute()
    target, replaced = _names_beside(place)
    for left in (target, replaced):
        shutil.rmtree(left, ignore_errors=True)
    target.mkdir(parents=True)
    try:
        yield target
        if older:
            place.rename(replaced)
        target.rename(place)
    finally:
        for left in (target, replaced):
            shutil.rmtree(left, ignore_errors=True)


class _Writing:
    """One export as it is written, in one snapshot of the ledger."""

    def __init__(self, cursor: Cursor[Any], place: Path, last: Signed, on_progress: Progress | None) -> None:
        self._cursor, self._place, self._last = cursor, place, last
        self._size = last.checkpoint.size
        self._on_progress = on_progress or (lambda _: None)
        self._files: list[ListedFile] = []
        self.counted: dict[str, int] = {}

    def write(self, schema: str, opened: LedgerOpened) -> None:
        """Writes all files, the manifest last."""
        self.counted["records"] = self._write_records()
        self._write_tiles()
        self._write_lines("checkpoint", [str(self._last.note).encode().removesuffix(b"\n")])
        self.counted["checkpoints"] = self._write_lines("checkpoints.ndjson", self._checkpoints())
        self.counted["plans"] = self._write_plans()
        self.counted["statements"] = self._write_lines(
            "statements.ndjson", map(result_line, closed_results(self._cursor, self._size))
        )
        keys = sealed.keys(self._cursor)
        manifest = Manifest(
            origin=self._last.checkpoint.origin,
            keys=tuple(ListedKey(verifier=str(each.key), linked=each.linked) for each in keys),
            ledger=schema,
            name=opened.name,
            zone=opened.zone,
            currency=opened.currency,
            last_position=self.counted["records"],
            files=tuple(sorted(self._files, key=lambda listed: listed.path)),
        )
        (self._place / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")

    def _write_records(self) -> int:
        """The record lines as the database makes them, which the tree was made of."""
        written = count()
        with self._file("records.ndjson") as sink:
            for line, number in zip(self._lines(), written, strict=False):
                sink.write(line)
                if number % 10_000 == 0:
                    self._on_progress(number)
        return next(written)

    def _lines(self) -> Generator[bytes]:
        """All of them in order, those of cold storage from its files."""
        begun = 0
        for part in cold.parts(self._cursor, 0, self._size):
            yield from self._lines_here(begun, part.after)
            begun = min(part.upto, self._size)
            for found in cold.read_part(self._cursor, part, part.after, begun):
                yield record_line(found.record) + b"\n"
        yield from self._lines_here(begun, self._size)

    def _lines_here(self, after: int, upto: int) -> Generator[bytes]:
        if after < upto:
            with self._cursor.copy(RECORDS.encode(), {"after": after, "upto": upto}) as copy:
                for block in copy:
                    yield bytes(block).replace(ESCAPED, BACKSLASH)

    def _write_tiles(self) -> None:
        tiles = tiles_of(self._size)
        for start in range(0, len(tiles), TILES_AT_ONCE):
            batch = tiles[start : start + TILES_AT_ONCE]
            held = sealed.tiles(self._cursor, [Place(tile.level, tile.number) for tile in batch])
            for tile in batch:
                self._write_tile(tile, held.get(Place(tile.level, tile.number), b""))

    def _write_tile(self, tile: Tile, hashes: bytes) -> None:
        path = self._place / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(hashes[: tile.width * HASH_BYTES])

    def _checkpoints(self) -> Generator[bytes]:
        after = 0
        while found := sealed.checkpoints(self._cursor, after, CHECKPOINTS_AT_ONCE):
            for each in found:
                if each.number <= self._last.number:
                    yield canonical({"note": str(each.note), "size": each.checkpoint.size})
            after = found[-1].number

    def _write_plans(self) -> int:
        rows = self._cursor.execute(PLANS, {"upto": self._size}).fetchall()
        # A row that was tampered with must not lead out of the directory; verify misses the plan.
        named = [row for row in rows if _PLAN.match(row[1])]
        for position, plan, document in named:
            path = self._place / "plans" / plan
            path.mkdir(parents=True, exist_ok=True)
            with self._file(f"plans/{plan}/{position}.json") as sink:
                sink.write(document.encode())
        return len(named)

    def _write_lines(self, name: str, lines: Iterable[bytes]) -> int:
        written = 0
        with self._file(name) as sink:
            for line in lines:
                sink.write(line + b"\n")
                written += 1
        return written

    @contextmanager
    def _file(self, name: str) -> Generator["_Sink"]:
        path = self._place / name
        with path.open("wb") as opened:
            sink = _Sink(opened)
            yield sink
        digest = sink.digest.hexdigest()
        self._files.append(ListedFile(path=name, bytes=path.stat().st_size, sha256=digest))


class _Sink:
    """A file and the digest of what is written to it."""

    def __init__(self, opened: BinaryIO) -> None:
        self._opened = opened
        self.digest = hashlib.sha256()

    def write(self, content: bytes) -> None:
        """Adds `content`."""
        self._opened.write(content)
        self.digest.update(content)

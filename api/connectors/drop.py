"""A folder into which other systems put files: each is taken when it is whole, imported, and put away.

Of a folder `drop/crm` the files are those of the connector `crm`. A file is moved into `.work` first, where
nobody else reaches it, then imported, reported in `done/`, and moved there. A crash at any point leaves it in
`.work`, and it is imported again, which changes nothing: its facts have the same keys.
"""

import os
import stat
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import structlog

from api.connectors import documents
from api.connectors.documents import Connector
from api.connectors.keeping import refused_row
from api.connectors.quarantine import Quarantine, Refusing
from api.embedded.failure import EmbeddedFailed
from api.embedded.locks import Patience, locked
from api.importing.importing import Errand, import_file
from api.importing.opening import Job
from api.importing.report import Fault, FileReport
from api.importing.rows import Row, Unusable
from api.importing.translating import Made
from api.ops import Ledger, now
from domain.refusals import Refusal

log = structlog.get_logger("meritbook")

SETTLE_SECONDS = 2.0
"""A file is whole when its size and time have not changed for so long."""
MAX_BYTES = 512 * 1024 * 1024
WORK, DONE, REFUSED = ".work", "done", "refused"
UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".filepart", "~")
"""Endings of files that are still being written; so is whatever begins with a point."""
KEPT_AT_ONCE = 1_000

_Seen = tuple[int, int, int]


class Dropped(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file that was taken. state: done, also where some rows were refused, or refused as a whole.

    quarantined: of the refused rows those that are kept.
    """

    connector: str
    file: str
    state: str
    why: str = ""
    quarantined: int = 0
    report: FileReport | None = None


class Drop:
    """The folder of one ledger. settle_seconds: for so long must a file have been as it is."""

    def __init__(
        self, ledger: Ledger, quarantine: Quarantine, settle_seconds: float = SETTLE_SECONDS
    ) -> None:
        assert ledger.settings.drop is not None, "there is a folder to look into"
        self._ledger, self._quarantine, self._settle_seconds = ledger, quarantine, settle_seconds
        self._folder = ledger.settings.drop
        self._seen: dict[Path, tuple[_Seen, float]] = {}

    def look(self) -> list[Dropped]:
        """Takes every file that is whole, and what a crash has left; nothing while another process does.

        Raises: OSError where the folder cannot be used, and what the database raises.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            with locked(
                self._folder / ".lock", Patience(0.1, on_wait=None), "another process takes the files"
            ):
                return [found for folder in self._folders() for found in self._all_of(folder)]
        except EmbeddedFailed:
            return []

    def _all_of(self, folder: Path) -> list[Dropped]:
        """What was taken of one folder; one that cannot be used does not keep the others waiting."""
        taken: list[Dropped] = []
        try:
            taken.extend(self._taken(folder))
        except OSError as trouble:
            log.error("drop_folder_unusable", connector=folder.name, error=str(trouble)[:200])
        return taken

    def waits(self) -> bool:
        """Whether a file was seen that may be whole at the next look."""
        return bool(self._seen)

    def _folders(self) -> Iterator[Path]:
        with os.scandir(self._folder) as entries:
            names = sorted(
                each.name
                for each in entries
                if each.is_dir(follow_symlinks=False) and not each.name.startswith(".")
            )
        yield from (self._folder / name for name in names)

    def _taken(self, folder: Path) -> Iterator[Dropped]:
        for name in (WORK, DONE, REFUSED):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
            if (folder / name).is_symlink():
                raise OSError(f"{folder / name} is a link; make it a folder.")
        for left in sorted((folder / WORK).iterdir()):
            yield self._brought_in(folder, left)
        for path in self._whole(folder):
            at_work = _free(folder / WORK / _plain(path.name))
            path.rename(at_work)
            yield self._brought_in(folder, at_work)

    def _whole(self, folder: Path) -> list[Path]:
        """The files that have stopped growing; links among them, so that they are refused."""
        found: list[Path] = []
        present: set[Path] = set()
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda each: each.name):
                path = folder / entry.name
                if entry.name.startswith(".") or entry.name.lower().endswith(UNFINISHED):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    continue
                status = entry.stat(follow_symlinks=False)
                mark = (status.st_size, status.st_mtime_ns, status.st_ino)
                before, since = self._seen.get(path, (None, 0.0))
                if before != mark:
                    self._seen[path] = mark, time.monotonic()
                    present.add(path)
                elif time.monotonic() - since >= self._settle_seconds:
                    found.append(path)
                else:
                    present.add(path)
        for path in [each for each in self._seen if each.parent == folder and each not in present]:
            del self._seen[path]
        return found

    def _brought_in(self, folder: Path, path: Path) -> Dropped:
        """Imports a file that lies in `.work`, and puts it away with what there is to say of it."""
        why = _unfit(path)
        connector = None if why else self._connector(folder.name)
        if connector is None:
            why = why or f"There is no connector {folder.name}: meritbook connector add {folder.name} FILE."
            return _put_away(
                folder, path, Dropped(connector=folder.name, file=path.name, state=REFUSED, why=why)
            )
        refused: list[Refusing] = []
        kept = 0

        def on_refused(row: Row, made: Sequence[Made], faults: Sequence[Fault]) -> None:
            nonlocal kept
            found = refused_row(row, made, faults, connector.mapping)
            if found is not None and connector.mapping.mapping.quarantine == "on":
                refused.append(found)
            if len(refused) >= KEPT_AT_ONCE:
                kept += self._keep(connector.name, refused)

        errand = Errand(
            self._ledger.intake,
            self._ledger.journal,
            f"drop/{connector.name}",
            now(),
            None,
            on_refused=on_refused,
        )
        try:
            report = import_file(Job(path, Path(connector.name), connector.mapping), errand)
        except Unusable as unusable:
            why = f"{unusable.detail} {unusable.remedy}"
            return _put_away(
                folder, path, Dropped(connector=folder.name, file=path.name, state=REFUSED, why=why)
            )
        kept += self._keep(connector.name, refused)
        if any(fault.kind == "contended" for fault in report.faults):
            log.warning("drop_contended", connector=connector.name)
            return Dropped(connector=folder.name, file=path.name, state="waits", report=report)
        state = REFUSED if report.broke_off else DONE
        told = Dropped(
            connector=folder.name,
            file=path.name,
            state=state,
            why=report.broke_off,
            quarantined=kept,
            report=report,
        )
        return _put_away(folder, path, told)

    def _keep(self, connector: str, refused: list[Refusing]) -> int:
        if not refused:
            return 0
        with self._ledger.pool.connection() as connection, connection.cursor() as cursor:
            found = self._quarantine.keep(cursor, connector, refused, now())
        refused.clear()
        return sum(each is not None for each in found)

    def _connector(self, name: str) -> Connector | None:
        try:
            with self._ledger.pool.connection() as connection, connection.cursor() as cursor:
                return documents.connector(cursor, name)
        except Refusal:
            return None


def _unfit(path: Path) -> str:
    """Why a file is not to be read at all; empty for one that is."""
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        return "It is no ordinary file, and links are not followed. Put the file itself here."
    if status.st_nlink > 1:
        return "It has another name elsewhere, so it may be a file that was not meant. Put a copy here."
    if status.st_size > MAX_BYTES:
        return f"It has more than {MAX_BYTES} bytes. Export it in several files."
    return ""


def _put_away(folder: Path, path: Path, told: Dropped) -> Dropped:
    """Writes what there is to say of a file, then moves the file beside it."""
    place = _free(folder / told.state / path.name)
    written = place.with_name(f"{place.name}.report.json")
    beside = written.with_name(f".{written.name}")
    with beside.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(told)))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(written)
    path.rename(place)
    log.info("dropped_file", connector=told.connector, state=told.state, quarantined=told.quarantined)
    return told


def _plain(name: str) -> str:
    """`name` as far as a report can say it, short enough for one beside it."""
    said = Path(name.encode("utf-8", "replace").decode().replace("\n", "?"))
    return said.stem[:60] + said.suffix[:20]


def _free(place: Path) -> Path:
    """`place`, or beside it under a number where it is taken."""
    if not os.path.lexists(place):
        return place
    numbered = (place.with_name(f"{place.stem}.{number}{place.suffix}") for number in range(2, 1_000_000))
    return next(each for each in numbered if not os.path.lexists(each))

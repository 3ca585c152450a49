"""Files that are tried first, and imported when somebody confirms: kept encrypted, a day at most."""

import datetime as dt
import hashlib
import secrets
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

import msgspec
from psycopg import Cursor

from api.connectors import sealing
from api.importing.compiling import compiled
from api.importing.importing import Errand, import_file
from api.importing.mapping import load
from api.importing.opening import Job, open_table
from api.importing.report import FileReport
from api.importing.rows import Unusable
from api.intake import Rehearsal, Submission
from api.ops import Ledger
from api.problems import NotFound
from domain.journal.cipher import Place
from domain.refusals import BadField, NotNow, Refusal

KEPT = dt.timedelta(days=1)
"""So long is a file kept that nobody confirms."""
MOST_LISTED = 100

State = Literal["tried", "stored"]
Permit = Callable[[Submission], Submission | Refusal]

COLUMNS = "import, file, sha256, actor, tried_at, stored_at, report"
LIST = f"select {COLUMNS} from import_run order by tried_at desc, import limit %(most)s"
ONE = f"select {COLUMNS} from import_run where import = %(import)s"
CONTENT = "select content from import_run where import = %(import)s for update"
ADD = """
insert into import_run (import, file, sha256, actor, tried_at, report, content)
values (%(import)s, %(file)s, %(sha256)s, %(actor)s, %(now)s, %(report)s, %(content)s)"""
DONE = """
update import_run set stored_at = %(now)s, report = %(report)s, actor = %(actor)s, content = null
where import = %(import)s"""
FORGET = "delete from import_run where stored_at is null and tried_at < %(before)s"


class ImportRun(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was tried. id: by which it is confirmed. actor: who had it tried, or stored it.

    state: tried: it waits to be confirmed. report: what came of the import, or would; once it is stored, what
    stood in the cells of refused rows is left out.
    """

    id: str
    file: str
    sha256: str
    actor: str
    tried_at: dt.datetime
    stored_at: dt.datetime | None
    state: State
    report: FileReport


class ImportedBefore(NotNow):
    """The file was imported before."""


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it is kept between the try and the confirmation."""

    content: bytes
    mapping: str


class Runs:
    """The imports of one ledger, on behalf of `actor`. permit: which of the facts they may write."""

    def __init__(self, ledger: Ledger, actor: str, permit: Permit, now: dt.datetime) -> None:
        self._ledger, self._actor, self._permit, self._now = ledger, actor, permit, now

    def tried(self, name: str, content: bytes, mapping: str) -> ImportRun:
        """Checks a file row by row, stores nothing, and keeps it to be confirmed.

        Raises: BadField for a file or mapping that cannot be used as a whole.
        """
        file, kept = _plain(name), _Kept(content=content, mapping=mapping)
        report = self._run(file, kept, Rehearsal())
        made = secrets.token_hex(8)
        with self._ledger.pool.connection() as connection, connection.cursor() as cursor:
            cursor.execute(FORGET, {"before": self._now - KEPT})
            row = {
                "import": made,
                "file": file,
                "sha256": hashlib.sha256(content).hexdigest(),
                "actor": self._actor,
                "now": self._now,
                "report": self._sealed(cursor, made, "report", report),
                "content": self._sealed(cursor, made, "content", kept),
            }
            cursor.execute(ADD, row)
            return one(cursor, self._ledger, made)

    def stored(self, id: str) -> ImportRun:
        """Imports a file that was tried; rows that are refused stay out, the others are facts.

        Raises: NotFound, ImportedBefore, BadField.
        """
        with self._ledger.pool.connection() as connection, connection.cursor() as cursor:
            found = one(cursor, self._ledger, id)
            row = cursor.execute(CONTENT, {"import": id}).fetchone()
            if row is None or row[0] is None:
                raise ImportedBefore(
                    field="id",
                    detail="This file was imported before.",
                    remedy="Send it again if you must: what is recorded already changes nothing.",
                )
            kept = _opened(cursor, self._ledger, id, "content", row[0], _Kept)
            report = self._run(found.file, kept, None)
            report.faults = [msgspec.structs.replace(fault, value="") for fault in report.faults]
            told = self._sealed(cursor, id, "report", report)
            cursor.execute(DONE, {"import": id, "now": self._now, "actor": self._actor, "report": told})
            return one(cursor, self._ledger, id)

    def _run(self, name: str, kept: _Kept, rehearsal: Rehearsal | None) -> FileReport:
        errand = Errand(
            self._ledger.intake, self._ledger.journal, self._actor, self._now, None, rehearsal,
            permit=self._permit,
        )  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:
            path, mapping = Path(folder) / name, Path(folder) / "mapping.yaml"
            path.write_bytes(kept.content)
            mapping.write_text(kept.mapping, "utf-8")
            try:
                job = Job(path, mapping, compiled(load(mapping), mapping))
                with ExitStack() as files:
                    open_table(job, files)
                report = import_file(job, errand)
            except Unusable as unusable:
                raise BadField(
                    field="mapping" if unusable.place.startswith(str(mapping)) else "file",
                    detail=unusable.detail.replace(f"{folder}/", ""),
                    remedy=unusable.remedy or "Mend what is named.",
                ) from None
        report.file, report.mapping = name, ""
        for place, fault in enumerate(report.faults):
            report.faults[place] = msgspec.structs.replace(fault, file=name)
        return report

    def _sealed(self, cursor: Cursor[Any], id: str, field: str, said: object) -> str:
        cipher = sealing.cipher(cursor, self._ledger.vault)
        return cipher.encrypt(msgspec.json.encode(said).decode(), _place(id, field))


def listed(cursor: Cursor[Any], ledger: Ledger) -> list[ImportRun]:
    """The last imports, the newest first."""
    rows = cursor.execute(LIST, {"most": MOST_LISTED}).fetchall()
    return [_told(cursor, ledger, row) for row in rows]


def one(cursor: Cursor[Any], ledger: Ledger, id: str) -> ImportRun:
    """The import of an id.

    Raises: NotFound.
    """
    row = cursor.execute(ONE, {"import": id}).fetchone() if id.isascii() and id.isalnum() else None
    if row is None:
        raise NotFound(field="id", detail="There is no such import.", remedy="See GET /v1/imports.")
    return _told(cursor, ledger, row)


def _told(cursor: Cursor[Any], ledger: Ledger, row: tuple[Any, ...]) -> ImportRun:
    id, file, sha256, actor, tried_at, stored_at, report = row
    return ImportRun(
        id=id,
        file=file,
        sha256=sha256,
        actor=actor,
        tried_at=tried_at,
        stored_at=stored_at,
        state="stored" if stored_at else "tried",
        report=_opened(cursor, ledger, id, "report", report, FileReport),
    )


def _opened(cursor: Cursor[Any], ledger: Ledger, id: str, field: str, token: str, kind: Any) -> Any:
    text = sealing.cipher(cursor, ledger.vault).decrypt(token, _place(id, field))
    return msgspec.json.decode(text, type=kind)


def _place(id: str, field: str) -> Place:
    return sealing.place("import", "", id, field)


def _plain(name: str) -> str:
    """A file's name without any folder; its ending says how it is read.

    Raises: BadField.
    """
    said = name.replace("\\", "/").rpartition("/")[2].strip()
    if not said or said.startswith(".") or not said.isprintable() or len(said.encode()) > 200:
        raise BadField(
            field="file", detail="The file has no usable name.", remedy="Call it such as people.csv."
        )
    return said

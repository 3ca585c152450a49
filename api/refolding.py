"""An export's statements against what its records come to, in a database of its own."""

import datetime as dt
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from api.embedded import EmbeddedPostgres
from api.results_file import Result
from api.verify import Unreadable, Verdict, lines_of
from domain.journal.batch import COPY
from domain.journal.cold import COLUMN_TYPES
from domain.journal.connection import connect
from domain.journal.migrate import migrate
from domain.journal.record import content_hash
from domain.money import major_text
from projections.recompute import ChangedStatement, MonthRecomputed, Released, UnknownMonth, recompute
from projections.replay import Progress
from projections.runner import UnfoldableFact

SCHEMA = "verified"
KIND = "recomputed"


class _Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A record as a line of the export writes it."""

    actor: str
    causation: int | None
    data: msgspec.Raw
    key: str
    occurred_at: dt.datetime
    position: int
    recorded_at: dt.datetime
    source: str
    tags: list[str]
    type: str

    def row(self) -> tuple[object, ...]:
        """The row of the journal."""
        data = bytes(self.data)
        said = content_hash(self.type, self.source, self.key, self.occurred_at, self.causation, data)
        told = (self.position, self.type, self.source, self.key, said, self.tags)
        return (*told, self.occurred_at, self.recorded_at, self.actor, self.causation, data)


_LINE = msgspec.json.Decoder(_Line)
_RESULT = msgspec.json.Decoder(Result)


def refold(
    place: Path, verdict: Verdict, dsn: str | None = None, on_progress: Progress | None = None
) -> None:
    """Adds to `verdict` every statement that this program does not compute from the records of the export.

    dsn: of a database to work in, as its owner; without, one is started for the purpose. on_progress: told
    how many records were read, and then how many were counted.
    Raises: Unreadable.
    """
    with _database(dsn) as owner_dsn:
        migrate(owner_dsn, SCHEMA)
        try:
            with (place / "records.ndjson").open("rb") as source:
                _load(owner_dsn, source, on_progress)
            with (place / "statements.ndjson").open("rb") as source:
                for month in recompute(owner_dsn, SCHEMA, _released(source), on_progress):
                    _judge(month, verdict)
        except UnfoldableFact as unfoldable:
            verdict.add(KIND, f"{unfoldable}", unfoldable.position)
        except UnknownMonth as unknown:
            verdict.add(KIND, f"{unknown}")
        except OSError as error:
            raise Unreadable(f"{error.filename}: {error.strerror}.") from None
        except msgspec.MsgspecError as error:
            verdict.add(KIND, f"The records cannot be loaded: {error}.")
    verdict.valid = not verdict.findings


@contextmanager
def _database(dsn: str | None) -> Generator[str]:
    if dsn is not None:
        yield dsn
        return
    with tempfile.TemporaryDirectory(prefix="meritbook-verify-") as place:
        # As root the server is another user's, who has to pass.
        Path(place).chmod(0o711)
        with EmbeddedPostgres(Path(place) / "home") as server:
            yield server.dsn


def _load(dsn: str, source: BinaryIO, on_progress: Progress | None) -> None:
    """The records as they are, each at the position that it names."""
    with connect(dsn, SCHEMA, service=False) as connection, connection.cursor() as cursor:
        with cursor.copy(COPY) as copy:
            copy.set_types(COLUMN_TYPES)
            for lines in lines_of(source):
                records = [_LINE.decode(line) for line in lines]
                for record in records:
                    copy.write_row(record.row())
                if on_progress is not None and records:
                    on_progress(records[-1].position)
        cursor.execute("analyze journal")


def _released(source: BinaryIO) -> Iterator[Released]:
    """The statements as the export has them, whatever their digests say."""
    for lines in lines_of(source):
        for line in lines:
            found = _RESULT.decode(line)
            yield Released(found.period, found.employee, found.closed_position, found.read())


def _judge(month: MonthRecomputed, verdict: Verdict) -> None:
    for changed in month.changed:
        for said in _differences(changed, month.period):
            detail = f"{changed.employee} {month.period}: {said}."
            verdict.add(KIND, detail, month.closed_position)
    if not month.is_same:
        detail = f"The records do not come to what the close of {month.period} says, by this program."
        verdict.add(KIND, f"{detail} It was closed by {month.engine}.", month.closed_position)


def _differences(changed: ChangedStatement, period: str) -> Iterator[str]:
    """What the export says and what the records come to, line by line."""
    if changed.before_digest is None or changed.after_digest is None:
        yield (
            "the records come to a statement, the export has none"
            if changed.after_digest
            else ("the export has a statement, the records come to none")
        )
    for line in changed.lines:
        told, due = (major_text(minor, line.currency) for minor in (line.before_minor, line.after_minor))
        about = f" about {line.about}" if line.about != period else ""
        named = f"line {line.plan}.{line.component}{about}"
        yield f"{named} is {told} {line.currency} in the export, {due} by the records"
    if not changed.lines and changed.before_digest and changed.after_digest:
        yield "the statement has another form in the export than by the records"

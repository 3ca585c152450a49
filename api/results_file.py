"""`statements.ndjson`: every statement of every closed month, one canonical line each, streamed both ways."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import msgspec
from psycopg import Cursor

from domain.journal.canonical import canonical
from domain.plan.statement import Statement
from domain.refusals import Malformed
from projections.late import closed_periods
from projections.statements import closed_payslips

LINE_BYTES = 16 * 1024 * 1024
"""No line is longer: a statement has some dozens of lines of about a kilobyte."""


class Result(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of the file: a statement that a close made final.

    known_at: the last position that it takes into account. closed_position: of the close. engine: name and
    version of what computed it. digest: SHA-256 of `statement`, which is its canonical JSON, byte for byte.
    """

    period: str
    employee: str
    known_at: int
    closed_position: int
    engine: str
    digest: str
    statement: msgspec.Raw

    def read(self) -> Statement:
        """The statement itself.

        Raises: msgspec.ValidationError for one that this program cannot read.
        """
        return msgspec.json.decode(self.statement, type=Statement)


class _Head(msgspec.Struct):
    """What the line and the statement in it must both say."""

    employee: str
    period: str


_RESULT = msgspec.json.Decoder(Result)


def closed_results(cursor: Cursor[Any], known_at: int | None = None) -> Iterator[Result]:
    """The statements of all months that are closed, or were at `known_at`, by month and employee."""
    for closed in closed_periods(cursor, known_at):
        for slip in closed_payslips(cursor, closed):
            yield Result(
                period=slip.statement.period,
                employee=slip.statement.employee,
                known_at=slip.known_at,
                closed_position=closed.position,
                engine=slip.engine,
                digest=slip.digest,
                statement=msgspec.Raw(canonical(slip.statement)),
            )


def result_line(result: Result) -> bytes:
    """`result` as a line of the file, without its line end."""
    return canonical(result)


def write_results(sink: BinaryIO, results: Iterable[Result]) -> int:
    """Writes a line for each of `results`; how many."""
    written = 0
    for result in results:
        sink.write(result_line(result) + b"\n")
        written += 1
    return written


def read_results(source: BinaryIO, name: str = "statements.ndjson") -> Iterator[Result]:
    """The lines of the file in their order, which is that of months and, in a month, of employees.

    Raises: Malformed naming the first line that is not as `write_results` writes it.
    """
    before = ("", "")
    number = 0
    while line := source.readline(LINE_BYTES + 1):
        number += 1
        try:
            found = _result(line)
            if (found.period, found.employee) <= before:
                raise ValueError(f"{found.employee} in {found.period} does not come after {' '.join(before)}")
        except (ValueError, msgspec.MsgspecError, RecursionError) as error:
            raise Malformed(
                field=f"{name}, line {number}",
                detail=f"It is no line of a results file: {error}.",
                remedy="Take the file as meritbook export wrote it.",
            ) from None
        before = (found.period, found.employee)
        yield found


def _result(line: bytes) -> Result:
    """What `line` says, once it is sure that it says it in the one canonical form."""
    if len(line) > LINE_BYTES:
        raise ValueError(f"it is longer than {LINE_BYTES} bytes")
    if not line.endswith(b"\n"):
        raise ValueError("it has no line end, so the file was cut")
    found = _RESULT.decode(line)
    if result_line(found) != line[:-1] or canonical(msgspec.json.decode(found.statement)) != bytes(
        found.statement
    ):
        raise ValueError("it is not canonical JSON")
    if hashlib.sha256(found.statement).hexdigest() != found.digest:
        raise ValueError("the digest is not that of the statement")
    head = msgspec.json.decode(found.statement, type=_Head)
    if (head.period, head.employee) != (found.period, found.employee):
        raise ValueError(f"the statement in it is that of {head.employee} for {head.period}")
    return found

"""Receipts: one file that proves a closed statement and the facts behind it, and shows nobody else's."""

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from psycopg import Cursor

from api.ops import ENGINE
from api.people import Asked, nothing_due
from api.problems import NotFinal, NotSealedYet
from api.reading import EmployeeInPath, PeriodInPath, Reading, month
from domain.journal import sealed
from domain.journal.canonical import canonical
from domain.journal.lookup import at_positions
from domain.journal.merkle import hashes_of, inclusion_proof, inclusion_spans, leaf_hash, reading
from domain.journal.record import Record, record_line
from domain.journal.sealed import Signed
from domain.period import Period
from domain.plan.components.rank import Rank
from domain.plan.statement import Statement
from projections.behind import behind
from projections.plans_used import PlanUsed
from projections.statements import Payslip, leaves
from projections.statements import statement as payslip

FORMAT = "meritbook-receipt/1"

PEOPLE = "select distinct employee from roster_change"

# What a close and a plan say holds for everybody, and without them nothing is proven.
_GOVERNANCE = frozenset({"period_closed", "plan_adopted"})

WITHHELD = "it also names somebody else."

_NAMES = re.compile(r"[\w.\-/@]+")
_SEPARATOR = re.compile(r"[.\-/@]")


class ProvenRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record under the seal. proof: audit path, in base64, from its leaf to the root of the checkpoint.

    line: the record, byte for byte; None for one that is not shown, with `leaf`, its hash, and `why`.
    """

    position: int
    line: str | None
    leaf: str | None
    why: str | None
    proof: tuple[str, ...]


class PlaceLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line that pays a place. It rests on what others did too, of which a receipt holds nothing."""

    plan: str
    component: str
    period: str


class StatementReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """All that proves one statement to somebody who has only this.

    keys: verifier keys that signed the checkpoint. statement_index, statement_proof: from the statement to
    the digest that its close names. plans: the versions that its lines rest on. places: lines that nobody can
    compute again from this file alone. records: the close, those plans and every fact behind the lines.
    """

    format: str = FORMAT
    origin: str
    keys: tuple[str, ...]
    employee: str
    period: str
    closed_position: int
    digest: str
    statement: Statement
    statement_index: int
    statement_proof: tuple[str, ...]
    plans: tuple[PlanUsed, ...]
    places: tuple[PlaceLine, ...]
    checkpoint: str
    records: tuple[ProvenRecord, ...]


@get(
    "/employees/{employee:str}/statements/{period:str}/receipt",
    summary="The proof of what a person was paid",
    tags=["pay"],
    opt={"action": "read_pay", "personal": "person"},
)
async def read_receipt(
    request: Asked, reading: NamedDependency[Reading], employee: EmployeeInPath, period: PeriodInPath
) -> Response[StatementReceipt]:
    """A file that proves the statement of a closed month, and every fact behind it, without anybody else's.

    `python verify.py FILE` verifies it, with neither this service nor its database.
    """
    request.auth.require_about(employee)
    asked = month(period)
    made = await reading.ask(lambda cursor: receipt(cursor, employee, asked))
    headers = {"Content-Disposition": f'attachment; filename="receipt-{period}.json"'}
    content = receipt_file(made)
    return Response(content, media_type="application/json", headers=headers)  # type: ignore[arg-type]


def receipt(cursor: Cursor[Any], employee: str, period: Period) -> StatementReceipt:
    """The receipt of `employee` for a closed month.

    Raises: NotFound, NotFinal, NotSealedYet.
    """
    slip = payslip(cursor, employee, period, engine=ENGINE)
    if slip is None:
        raise nothing_due(cursor, employee, str(period))
    if slip.state != "closed" or slip.closed_position is None:
        raise NotFinal(
            field="period",
            detail=f"{period} is still open, so what {employee} is paid for it can change.",
            remedy="Ask for the receipt once the month is closed.",
        )
    plans = {used.adopted_at for used in slip.plans}
    wanted = sorted({slip.closed_position, *plans, *behind(cursor, employee, period, slip.known_at)})
    signed = sealed.covering(cursor, wanted[-1])
    if signed is None:
        raise NotSealedYet(
            field="period",
            detail=f"The close of {period} is not sealed yet.",
            remedy="Ask again in a second; /health/ready says whether the sealing stands still.",
        )
    index, path = _path(cursor, employee, period)
    keys = [each.key for each in sealed.keys(cursor)]
    return StatementReceipt(
        origin=signed.checkpoint.origin,
        keys=tuple(str(key) for key in signed.note.signers(keys)),
        employee=employee,
        period=str(period),
        closed_position=slip.closed_position,
        digest=slip.digest,
        statement=slip.statement,
        statement_index=index,
        statement_proof=path,
        plans=slip.plans,
        places=tuple(_places(slip)),
        checkpoint=str(signed.note),
        records=tuple(_proven(cursor, wanted, signed, _others(cursor, employee))),
    )


def receipt_file(made: StatementReceipt) -> bytes:
    """The file that is handed over."""
    return msgspec.json.format(canonical(made), indent=1) + b"\n"


def _places(slip: Payslip) -> Iterator[PlaceLine]:
    for line in slip.statement.lines:
        if line.kind == Rank.KIND:
            about = line.about or slip.statement.period
            yield PlaceLine(plan=line.plan, component=line.component, period=about)


def _path(cursor: Cursor[Any], employee: str, period: Period) -> tuple[int, tuple[str, ...]]:
    """Where the statement stands among those of the close, and its audit path to their digest."""
    everybody = leaves(cursor, period)
    index = [each for each, _ in everybody].index(employee)
    hashes = [leaf for _, leaf in everybody]
    return index, _texts(inclusion_proof(index, len(hashes), reading(hashes)))


def _proven(
    cursor: Cursor[Any], positions: Sequence[int], signed: Signed, others: frozenset[str]
) -> Iterator[ProvenRecord]:
    """The records at `positions`, each with its way to the root of one checkpoint."""
    size = signed.checkpoint.size
    paths = [inclusion_spans(position - 1, size) for position in positions]
    hashes = iter(hashes_of([span for path in paths for span in path], sealed.read(cursor)))
    for record, path in zip(at_positions(cursor, positions), paths, strict=True):
        line = record_line(record)
        shown = record.type in _GOVERNANCE or not _names(record, others)
        yield ProvenRecord(
            position=record.position,
            line=line.decode() if shown else None,
            leaf=None if shown else leaf_hash(line).hex(),
            why=None if shown else WITHHELD,
            proof=_texts([next(hashes) for _ in path]),
        )


def _others(cursor: Cursor[Any], employee: str) -> frozenset[str]:
    return frozenset(each for (each,) in cursor.execute(PEOPLE)) - {employee}


def _names(record: Record, others: frozenset[str]) -> bool:
    """Whether anything in the record names one of `others`, whole or as a part of a longer name."""
    for word in set(_NAMES.findall(record_line(record).decode())):
        if word in others:
            return True
        cuts = [-1, *(met.start() for met in _SEPARATOR.finditer(word)), len(word)]
        if any(word[start + 1 : end] in others for start, end in combinations(cuts[:20], 2)):
            return True
    return False


def _texts(hashes: Sequence[bytes]) -> tuple[str, ...]:
    return tuple(b64encode(each).decode() for each in hashes)

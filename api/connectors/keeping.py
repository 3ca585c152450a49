"""What of refused records goes into quarantine, and in which form; the same for every way in."""

import datetime as dt
from collections.abc import Iterable, Sequence

import msgspec

from api.connectors.quarantine import Kept, Refusing
from api.connectors.taking import Told
from api.connectors.wrong import WrongInRecord, held, wrong
from api.importing.compiling import Compiled
from api.importing.fields import BadCell
from api.importing.json_paths import JsonCells
from api.importing.report import Fault
from api.importing.rows import Row
from api.importing.translating import Made
from api.intake import Submission
from api.problems import problem_of
from domain.refusals import Refusal

NOT_FOR_KEEPING = frozenset("not-allowed contended withheld unreadable-row".split())
"""Refusals that say nothing of the record itself, or of one that could not be read at all."""

LONGEST_KEY = 200

_JSON = msgspec.json.Encoder(decimal_format="number", order="deterministic")


def refusing(told: Told, mapping: Compiled) -> Refusing | None:
    """What is to be kept of a record that was refused; None where there is nothing to mend in it."""
    return refused_row(told.row, told.made, told.faults, mapping) if isinstance(told.row, Row) else None


def refused_row(
    row: Row, made: Sequence[Made], faults: Sequence[Fault], mapping: Compiled
) -> Refusing | None:
    """What is to be kept of a row that was refused; None where there is nothing to mend in it."""
    why = [held(wrong(fault)) for fault in faults]
    if not why or any(each.kind in NOT_FOR_KEEPING for each in why):
        return None
    try:
        kept = _kept(row, mapping)
    except (UnicodeError, msgspec.MsgspecError):
        return None
    return Refusing(kept, _key(row, mapping), why, subjects(each.submission for each in made))


def refused_fact(submission: Submission, refusal: Refusal) -> Refusing | None:
    """What is to be kept of a fact that was sent as one; None where there is nothing to mend in it."""
    problem = problem_of(refusal)
    if refusal.kind in NOT_FOR_KEEPING or problem.status >= 500:
        return None
    said = submission.data
    try:
        data = msgspec.json.decode(said) if isinstance(said, bytes) else said
        sent = {
            "type": submission.type,
            "source": submission.source,
            "key": submission.key,
            "occurred_at": submission.occurred_at,
            "data": data,
        }
        if submission.causation is not None:
            sent["causation"] = submission.causation
        if submission.refers_to is not None:
            sent["refers_to"] = dict(zip(("source", "key"), submission.refers_to, strict=True))
        text = _JSON.encode(sent).decode()
    except (UnicodeError, msgspec.MsgspecError):
        return None
    why = WrongInRecord(kind=refusal.kind, detail=refusal.detail, remedy=refusal.remedy, field=refusal.field)
    key = submission.key[:LONGEST_KEY].replace("\x00", "")
    named = data if isinstance(data, dict) else {}
    return Refusing(Kept(form="fact", text=text), key, [held(why)], _subjects(named))


def subjects(submissions: Iterable[Submission]) -> list[str]:
    """Of whom facts speak, as the vault names them."""
    found: dict[str, None] = {}
    for each in submissions:
        if not isinstance(each.data, bytes):
            found |= dict.fromkeys(_subjects(dict(each.data)))
    return list(found)


def _subjects(said: dict[str, object]) -> list[str]:
    named = ((kind, said.get(kind)) for kind in ("employee", "customer"))
    return [f"{kind}:{value}" for kind, value in named if isinstance(value, str) and "\x00" not in value]


def _kept(row: Row, mapping: Compiled) -> Kept:
    if not isinstance(row.cells, JsonCells):
        cells = {
            name: cell if isinstance(cell, str) else cell.isoformat(" ") for name, cell in row.cells.items()
        }
        return Kept(form="cells", text=_JSON.encode(cells).decode())
    form = "statement" if mapping.mapping.format == "xapi" else "json"
    return Kept(form=form, text=_JSON.encode(row.cells.record).decode(), shared=_shared(row.cells, mapping))


def _shared(cells: JsonCells, mapping: Compiled) -> dict[str, str]:
    """What the mapping reads of the body around the record, which is not kept."""
    found: dict[str, str] = {}
    for column in sorted(name for name in mapping.columns if name.startswith("$$")):
        try:
            value = cells[column]
        except BadCell:
            continue
        found[column] = value.isoformat() if isinstance(value, dt.datetime) else value
    return found


def _key(row: Row, mapping: Compiled) -> str:
    """The record's own id; empty where it has none that can be read."""
    columns = mapping.makers[0].key.columns if mapping.makers else ()
    try:
        parts = [str(row.cells.get(column, "")) for column in columns]
    except BadCell:
        return ""
    return "/".join(parts)[:LONGEST_KEY].replace("\x00", "")

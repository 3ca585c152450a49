"""From a row of a file to the facts that it gives, all of them or none."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from api.importing import cells, splitting
from api.importing.compiling import Compiled, FactMaker, KeyReader
from api.importing.fields import BadCell, Cells, Field, Said, shown
from api.importing.report import Fault
from api.importing.rows import BadRow, Row
from api.intake import Refused, Submission
from domain.facts.personal import personal_fields
from domain.facts.registry import FACT_TYPES


class Made(NamedTuple):
    """A submission, and the rule and row that it was made by."""

    submission: Submission
    maker: FactMaker
    row: Row


class Untold(NamedTuple):
    """A fact that a faulty row would have given. amount_minor, currency: as far as the row can be read."""

    type: str
    currency: str
    amount_minor: int


class Translation(NamedTuple):
    """What a row gives: facts, or faults and the facts that they cost."""

    made: tuple[Made, ...] = ()
    faults: tuple[Fault, ...] = ()
    untold: tuple[Untold, ...] = ()


class Translator:
    """The rows of one file made into submissions; it counts rows that have no id of their own."""

    def __init__(self, compiled: Compiled, file: str) -> None:
        self._compiled = compiled
        self._file = file
        self._seen: Counter[bytes] = Counter()

    def unread(self, row: BadRow) -> Fault:
        """The fault of a record that the reader could not read."""
        return Fault(
            file=self._file, line=row.line, kind="unreadable-row", detail=row.detail, remedy=row.remedy
        )

    def translate(self, row: Row) -> Translation:
        """The facts of `row`; none when the mapping says to ignore it."""
        try:
            if self._compiled.ignores(row.cells):
                return Translation()
            makers = [maker for maker in self._compiled.makers if maker.applies(row.cells)]
        except BadCell as bad:
            return Translation(faults=(self._bad_cell(bad, "when", row),))
        if not makers:
            return Translation(faults=(self._unmatched(row),))
        made: list[Made] = []
        faults: list[Fault] = []
        keys: dict[KeyReader, str] = {}
        for maker in makers:
            found: list[Fault] = []
            submission = self._submission(maker, row, keys, found)
            for fault in found:
                if (fault.column, fault.detail) not in {(told.column, told.detail) for told in faults}:
                    faults.append(fault)
            if submission is not None:
                made.append(Made(submission, maker, row))
        if faults:
            return Translation(
                faults=tuple(faults), untold=tuple(_untold(maker, row.cells) for maker in makers)
            )
        return Translation(made=tuple(made))

    def fault(self, made: Made, refused: Refused) -> Fault:
        """The fault of a submission that the intake refused, told in terms of the file."""
        refusal, maker, row = refused.refusal, made.maker, made.row
        place = refusal.field.removeprefix("data.")
        name = place.partition(".")[0].partition("[")[0]
        columns = splitting.blamed(maker.credits, row.cells, place) if maker.credits else None
        if columns is None:
            place, columns = name, self._blamed(maker, name)
        return Fault(
            file=self._file,
            line=row.line,
            kind=refusal.kind,
            column=", ".join(columns),
            field=place,
            value="" if name in personal_fields(FACT_TYPES[maker.type]) else shown(columns, row.cells),
            detail=refusal.detail,
            remedy=refusal.remedy,
        )

    def _unmatched(self, row: Row) -> Fault:
        columns = tuple(dict.fromkeys(name for rule in self._compiled.mapping.facts for name in rule.when))
        return Fault(
            file=self._file,
            line=row.line,
            kind="unmatched-row",
            column=", ".join(columns),
            value=shown(columns, row.cells),
            detail="The mapping makes no fact of it.",
            remedy="Mend the row, or list it under `ignore` or `when` in the mapping.",
        )

    def _blamed(self, maker: FactMaker, name: str) -> tuple[str, ...]:
        match name:
            case "occurred_at":
                return maker.occurred_columns
            case "key":
                return maker.key.columns
            case "refers_to" | "position" if maker.target is not None:
                return maker.target.columns
            case _:
                found = maker.fields.get(name)
                return found.columns if found else ()

    def _submission(
        self, maker: FactMaker, row: Row, keys: dict[KeyReader, str], faults: list[Fault]
    ) -> Submission | None:
        fact: dict[str, object] = {}
        occurred_at: dt.datetime | None = None
        refers_to: tuple[str, str] | None = None
        try:
            occurred_at = maker.occurred_at(row.cells)
        except BadCell as bad:
            faults.append(self._bad_cell(bad, "occurred_at", row))
        for name, field in maker.fields.items():
            self._put(fact, name, field, name in maker.required, row, faults)
        attributes: dict[str, object] = {}
        for name, field in maker.attributes.items():
            self._put(attributes, name, field, False, row, faults)
        if attributes:
            fact["attributes"] = attributes
        unread: list[tuple[str, BadCell]] = []
        if parts := splitting.read(maker.credits, row.cells, unread):
            fact["credits"] = parts
        faults += [self._bad_cell(bad, place, row) for place, bad in unread]
        try:
            if maker.key not in keys:
                keys[maker.key] = self._key(maker.key, row.cells)
            if maker.target is not None:
                refers_to = (
                    maker.target.source,
                    f"{_joined(maker.target.columns, row.cells)}#{maker.target.suffix}",
                )
        except BadCell as bad:
            faults.append(self._bad_cell(bad, "key", row))
        if faults or occurred_at is None:
            return None
        return Submission(
            type=maker.type,
            source=self._compiled.mapping.source,
            key=f"{keys[maker.key]}#{maker.suffix}",
            occurred_at=occurred_at,
            data=fact,
            refers_to=refers_to,
            group=row.line,
        )

    def _put(
        self, into: dict[str, object], name: str, field: Field, required: bool, row: Row, faults: list[Fault]
    ) -> None:
        try:
            value = field.read(row.cells)
            if value is None and required:
                column = field.columns[0] if field.columns else ""
                raise BadCell(column, "", "It is empty, and the fact needs it.", "Fill the cell.")
        except BadCell as bad:
            faults.append(self._bad_cell(bad, name, row))
        else:
            if value is not None:
                into[name] = value

    def _key(self, key: KeyReader, row: Cells) -> str:
        if not key.hashed:
            return _joined(key.columns, row)
        said = "\x1f".join(cells.text(row.get(column, "")) for column in key.columns)
        digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest()[:16]
        self._seen[digest] += 1
        return f"{digest.hex()}.{self._seen[digest]}"

    def _bad_cell(self, bad: BadCell, field: str, row: Row) -> Fault:
        return Fault(
            file=self._file,
            line=row.line,
            kind="bad-cell",
            column=bad.column,
            field=field,
            value=bad.shown,
            detail=bad.detail,
            remedy=bad.remedy,
        )


def _joined(columns: tuple[str, ...], row: Cells) -> str:
    return "/".join(_part(column, row) for column in columns)


def _part(column: str, row: Cells) -> str:
    cell = row.get(column, "")
    try:
        text = cells.identity(cell)
    except ValueError as error:
        remedy = "Format the column as text in the source, and export it again."
        raise BadCell(column, cells.text(cell), f"{error}.", remedy) from None
    if not text:
        raise BadCell(column, "", "It is empty, and the row's key is made of it.", "Fill the cell.")
    return text


def _untold(maker: FactMaker, row: Mapping[str, cells.Cell]) -> Untold:
    amount, currency = (_glance(maker.fields.get(name), row) for name in ("amount_minor", "currency"))
    if isinstance(amount, int) and isinstance(currency, str):
        return Untold(maker.type, currency, amount)
    return Untold(maker.type, "", 0)


def _glance(field: Field | None, row: Cells) -> Said | None:
    try:
        return field.read(row) if field else None
    except BadCell:
        return None

"""What an import tells: every fault with its place, and source and ledger set against each other."""

from typing import Literal

import msgspec

MAX_FAULTS = 1_000
"""So many faults of a file are told one by one; the rest is counted."""

Mode = Literal["stored", "dry-run", "withheld"]


class Fault(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a row was refused. line: where it starts; column: of the file; field: of the fact; value: cut."""

    file: str
    line: int
    kind: str
    detail: str
    remedy: str
    column: str = ""
    field: str = ""
    value: str = ""


class Sum(msgspec.Struct, kw_only=True):
    """Facts and their amounts. amount_minor: 0 where the facts bear none."""

    facts: int = 0
    amount_minor: int = 0

    def add(self, amount_minor: int) -> None:
        """One more fact."""
        self.facts += 1
        self.amount_minor += amount_minor


class Balance(msgspec.Struct, kw_only=True):
    """The facts of one type and currency: what the source has, and where it went.

    It balances when source = refused + repeated + ledger, in facts and in amounts.
    repeated: given again by a later row of the file. ledger: asked of the journal by source and key.
    """

    type: str
    currency: str
    source: Sum = msgspec.field(default_factory=Sum)
    refused: Sum = msgspec.field(default_factory=Sum)
    repeated: Sum = msgspec.field(default_factory=Sum)
    ledger: Sum = msgspec.field(default_factory=Sum)

    @property
    def even(self) -> bool:
        """Whether nothing is missing and nothing too much."""
        parts = (self.refused, self.repeated, self.ledger)
        return self.source == Sum(
            facts=sum(part.facts for part in parts), amount_minor=sum(part.amount_minor for part in parts)
        )


class FileReport(msgspec.Struct, kw_only=True):
    """One file.

    sha256: of its bytes. rows_read = rows_passed_over + rows_refused + rows that gave facts.
    hits: facts that the ledger held before. contradictions: facts whose key it holds with other content.
    digest_source, digest_ledger: sums modulo 2^256 of the content hashes of the facts, whatever their order.
    reconciled: None where nothing was to be stored.
    """

    file: str
    mapping: str
    source: str
    sha256: str
    encoding: str = ""
    rows_read: int = 0
    rows_passed_over: int = 0
    rows_refused: int = 0
    facts_made: int = 0
    stored: int = 0
    hits: int = 0
    repeated: int = 0
    refused: int = 0
    contradictions: int = 0
    balances: list[Balance] = []
    digest_source: str = ""
    digest_ledger: str = ""
    reconciled: bool | None = None
    broke_off: str = ""
    unused_columns: list[str] = []
    faults: list[Fault] = []
    faults_left_out: int = 0

    def tell(self, fault: Fault) -> None:
        """Adds a fault, or counts it once the list is full."""
        if fault.kind == "key-reused":
            self.contradictions += 1
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(fault)
        else:
            self.faults_left_out += 1


class ImportReport(msgspec.Struct, kw_only=True):
    """The import of some files. mode: stored, only tried, or all withheld since one row was refused."""

    mode: Mode
    files: list[FileReport]

    @property
    def exit_status(self) -> int:
        """0 when every row went in, 1 when some were refused, 2 when a file could not be read to its end."""
        if any(file.broke_off or file.reconciled is False for file in self.files):
            return 2
        return 1 if any(file.rows_refused for file in self.files) else 0

"""Source and ledger set against each other: counts, sums and digests (R25)."""

from collections.abc import Sequence
from typing import Any

import msgspec
from psycopg import Cursor

from api.importing.report import Balance, FileReport
from api.importing.translating import Made, Untold
from api.intake import Intake, Stored, Submission
from api.intake.encrypting import Told
from domain.facts.base import Fact
from domain.facts.registry import from_builtins
from domain.journal.canonical import canonical
from domain.journal.lookup import at_positions, stored_keys
from domain.journal.record import content_hash

# The fence makes the planner look keys up one by one, whatever it believes about the journal's size.
IN_LEDGER = """
select type, stored.source, stored.key, occurred_at, causation, data::text
from unnest(%(sources)s::text[], %(keys)s::text[]) as wanted (source, key)
cross join lateral (
    select * from journal j where j.source = wanted.source and j.key = wanted.key offset 0
) stored"""

_MODULUS = 2**256
_PAGE = 1 << 16


class Reconciliation:
    """The balance of one file, kept while its rows go by."""

    def __init__(self) -> None:
        self._balances: dict[tuple[str, str], Balance] = {}
        self._met: dict[int, bytearray] = {}
        self._source = 0
        self._ledger = 0

    def missed(self, untold: Untold) -> None:
        """A fact that a faulty row did not give."""
        balance = self._balance(untold.type, untold.currency)
        balance.source.add(untold.amount_minor)
        balance.refused.add(untold.amount_minor)

    def refused(self, made: Made) -> None:
        """A fact that the intake refused."""
        balance, amount_minor = self._said(made.submission)
        balance.source.add(amount_minor)
        balance.refused.add(amount_minor)

    def repeats(self, stored: Stored) -> bool:
        """Whether an earlier row of this file gave the fact at this position."""
        page, offset = divmod(stored.position, _PAGE)
        bits = self._met.setdefault(page, bytearray(_PAGE // 8))
        byte, mask = offset // 8, 1 << offset % 8
        met = bool(bits[byte] & mask)
        bits[byte] |= mask
        return met

    def repeated(self, made: Made) -> None:
        """A fact that an earlier row gave."""
        balance, amount_minor = self._said(made.submission)
        balance.source.add(amount_minor)
        balance.repeated.add(amount_minor)

    def accepted(self, batch: Sequence[Made], intake: Intake, cursor: Cursor[Any]) -> None:
        """Facts that the ledger should hold: what the file says against what stands there."""
        if not batch:
            return
        submissions = [made.submission for made in batch]
        targets = stored_keys(cursor, [said.refers_to for said in submissions if said.refers_to])
        told: list[Told] = []
        for said in submissions:
            balance, amount_minor = self._said(said)
            balance.source.add(amount_minor)
            target = targets.get(said.refers_to) if said.refers_to else None
            told.append(_told(said, target.position if target else None))
        for said, fact in zip(submissions, intake.as_stored(cursor, told), strict=True):
            self._source += _hash(said, fact)
        keys = {"sources": [said.source for said in submissions], "keys": [said.key for said in submissions]}
        rows = cursor.execute(IN_LEDGER, keys).fetchall()
        if len(rows) < len(submissions):
            rows += _in_cold(cursor, {(said.source, said.key) for said in submissions}, rows)
        for kind, source, key, occurred_at, causation, text in rows:
            held = msgspec.json.decode(text)
            self._balance(kind, held.get("currency", "")).ledger.add(held.get("amount_minor", 0))
            stood = content_hash(kind, source, key, occurred_at, causation, text.encode())
            self._ledger += int.from_bytes(stood, "big")

    def close(self, report: FileReport, stored: bool) -> None:
        """Writes the result into `report`. stored: whether the ledger was to take the facts."""
        report.balances = [self._balances[key] for key in sorted(self._balances)]
        if stored:
            report.digest_source = f"{self._source % _MODULUS:064x}"
            report.digest_ledger = f"{self._ledger % _MODULUS:064x}"
            even = all(balance.even for balance in report.balances)
            report.reconciled = even and report.digest_source == report.digest_ledger

    def _said(self, said: Submission) -> tuple[Balance, int]:
        assert not isinstance(said.data, bytes), "rows give members, not bytes"
        currency, amount_minor = said.data.get("currency", ""), said.data.get("amount_minor", 0)
        assert isinstance(currency, str) and isinstance(amount_minor, int)
        return self._balance(said.type, currency), amount_minor

    def _balance(self, kind: str, currency: str) -> Balance:
        key = kind, currency
        if key not in self._balances:
            self._balances[key] = Balance(type=kind, currency=currency)
        return self._balances[key]


def _told(said: Submission, position: int | None) -> Told:
    assert not isinstance(said.data, bytes), "rows give members, not bytes"
    members = said.data if position is None else {**said.data, "position": position}
    return Told(from_builtins(said.type, members), said.source, said.key)


def _hash(said: Submission, fact: Fact) -> int:
    hashed = content_hash(said.type, said.source, said.key, said.occurred_at, said.causation, canonical(fact))
    return int.from_bytes(hashed, "big")


def _in_cold(
    cursor: Cursor[Any], wanted: set[tuple[str, str]], rows: Sequence[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """Those of the wanted keys whose facts are in cold storage, as IN_LEDGER has the others."""
    stored = stored_keys(cursor, sorted(wanted - {(row[1], row[2]) for row in rows}))
    return [
        (each.type, each.source, each.key, each.occurred_at, each.causation, each.data.decode())
        for each in at_positions(cursor, [said.position for said in stored.values()])
    ]

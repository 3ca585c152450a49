"""What a sender of records, or whoever tries a mapping, is told of each of them."""

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec

from api.connectors.documents import Connector
from api.connectors.quarantine import SETTLED, Found
from api.connectors.taking import Told
from api.connectors.wrong import WrongInRecord, wrong
from api.importing.translating import Made
from api.intake import Outcome, Stored


class FactOfRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fact that a record gives. data: what it says, in a dry run only. position: where it stands."""

    type: str
    key: str
    occurred_at: dt.datetime
    position: int | None = None
    hit: bool | None = None
    data: dict[str, object] | None = None
    refers_to: tuple[str, str] | None = None


class RecordOutcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one record. record: its number from 1.

    quarantine: the entry that keeps it, which somebody has `settled_as` if it came before.
    """

    record: int
    facts: list[FactOfRecord] = []
    problems: list[WrongInRecord] = []
    passed_over: bool = False
    quarantine: str | None = None
    settled_as: str | None = None


class ConnectorReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the records of one request.

    mapping_position: of the fact that set the mapping. stored, hits: facts; refused, passed_over,
    quarantined: records, of which those in quarantine are refused too.
    """

    connector: str
    mapping_position: int
    dry_run: bool
    records: int
    stored: int
    hits: int
    refused: int
    passed_over: int
    quarantined: int
    outcomes: list[RecordOutcome]

    @property
    def status(self) -> int:
        """201, 200, 207 as for a batch of facts; where all were refused 202 if they are kept, else 422."""
        if self.dry_run:
            return 200
        if not self.refused:
            return 201 if self.stored else 200
        if self.stored or self.hits or self.passed_over:
            return 207
        return 202 if self.quarantined == self.refused else 422


def receipt(
    connector: Connector, told: Sequence[Told], kept: Mapping[int, Found], dry_run: bool
) -> ConnectorReceipt:
    """What became of `told`. kept: the entries in quarantine, by the number of the record.

    A record that somebody has released since it first came is as good as stored.
    """
    settled = {line: found for line, found in kept.items() if found.state in SETTLED}
    refused = [each for each in told if each.faults and each.row.line not in settled]
    stored = [outcome for each in told if not each.faults for outcome in each.stored]
    hits = sum(outcome.hit for outcome in stored)
    return ConnectorReceipt(
        connector=connector.name,
        mapping_position=connector.position,
        dry_run=dry_run,
        records=len(told),
        stored=len(stored) - hits,
        hits=hits + sum(len(found.positions) for found in settled.values()),
        refused=len(refused),
        passed_over=sum(each.is_passed_over for each in told),
        quarantined=len(kept) - len(settled),
        outcomes=[_outcome(each, kept.get(each.row.line), dry_run) for each in told],
    )


def _outcome(told: Told, kept: Found | None, dry_run: bool) -> RecordOutcome:
    outcomes: Sequence[Outcome | None] = told.outcomes or (None,) * len(told.made)
    shown = zip(told.made, outcomes, strict=True) if dry_run or not told.faults else ()
    is_settled = kept is not None and kept.state != "held"
    return RecordOutcome(
        record=told.row.line,
        facts=[_fact(made, outcome, dry_run) for made, outcome in shown],
        problems=[] if kept and kept.state in SETTLED else [wrong(fault) for fault in told.faults],
        passed_over=told.is_passed_over,
        quarantine=kept.entry if kept else None,
        settled_as=kept.state if kept and is_settled else None,
    )


def _fact(made: Made, outcome: Outcome | None, dry_run: bool) -> FactOfRecord:
    said = made.submission
    stored = outcome if isinstance(outcome, Stored) else None
    assert not isinstance(said.data, bytes), "records give members, not bytes"
    return FactOfRecord(
        type=said.type,
        key=said.key,
        occurred_at=said.occurred_at,
        position=stored.position or None if stored else None,
        hit=stored.hit if stored else None,
        data=dict(said.data) if dry_run else None,
        refers_to=said.refers_to if dry_run else None,
    )

"""The bytes of every fact type are frozen: what was written once is read, hashed and sealed alike for ever.

`frozen/records.txt` holds a line for each type: the content hash, then the record's canonical JSON. Lines are
added for new types, and for types that were given another field, and never changed.
"""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from domain.facts.registry import FACT_TYPES, decode
from domain.journal.canonical import canonical
from domain.journal.record import Record, draft, record_line

FROZEN = Path(__file__).parent / "frozen" / "records.txt"
LINES = [line.split(" ", 1) for line in FROZEN.read_text(encoding="utf-8").splitlines()]
RECORDS: dict[str, tuple[str, str, dict[str, Any]]] = {
    f"{record['type']} {record['position']}": (content_hash, line, record)
    for content_hash, line in LINES
    for record in [json.loads(line)]
}


def test_every_fact_type_is_frozen_with_all_its_fields() -> None:
    """The last line of a type has every field that it has now."""
    last = {record["type"]: set(record["data"]) for _, _, record in RECORDS.values()}
    assert last == {type: set(fact.__struct_fields__) for type, fact in FACT_TYPES.items()}


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_a_record_keeps_its_bytes_and_hash(name: str) -> None:
    content_hash, line, record = RECORDS[name]
    made = draft(
        decode(record["type"], canonical(record["data"])),
        source=record["source"],
        key=record["key"],
        occurred_at=dt.datetime.fromisoformat(record["occurred_at"]),
        actor=record["actor"],
        causation=record["causation"],
    )
    written = Record(record["position"], dt.datetime.fromisoformat(record["recorded_at"]), *made[:-1])
    assert made.content_hash.hex() == content_hash
    assert record_line(written).decode() == line


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_another_program_finds_the_same_canonical_json(name: str) -> None:
    _, line, record = RECORDS[name]
    assert rfc8785.dumps(record) == line.encode()

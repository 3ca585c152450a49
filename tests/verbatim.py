"""Journals that are put down as they were: record lines into rows, positions and instants included."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import msgspec

from domain.journal.connection import connect
from domain.journal.record import Record, content_hash, record_line

INSERT = """
insert into journal (
    position, type, source, key, content_hash, tags, occurred_at, recorded_at, actor, causation, data
) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""


class _Said(msgspec.Struct):
    """A record line, taken apart."""

    actor: str
    causation: int | None
    data: msgspec.Raw
    key: str
    occurred_at: dt.datetime
    position: int
    recorded_at: dt.datetime
    source: str
    tags: tuple[str, ...]
    type: str


def record_of(line: bytes) -> Record:
    """The record that a line of an export says."""
    said = msgspec.json.decode(line, type=_Said)
    fields = {name: getattr(said, name) for name in Record._fields}
    record = Record(**{**fields, "data": bytes(said.data)})
    assert record_line(record) == line, f"position {said.position} is not canonical"
    return record


def records_in(file: Path) -> list[Record]:
    """The records of a file of lines."""
    return [record_of(line) for line in file.read_bytes().splitlines()]


def put(dsn: str, schema: str, records: Iterable[Record]) -> None:
    """Writes `records` into the empty journal of `schema`, each where it stood and when it was recorded."""
    rows = [
        (
            record.position,
            record.type,
            record.source,
            record.key,
            content_hash(
                record.type, record.source, record.key, record.occurred_at, record.causation, record.data
            ),
            list(record.tags),
            record.occurred_at,
            record.recorded_at,
            record.actor,
            record.causation,
            record.data.decode(),
        )
        for record in records
    ]
    with connect(dsn, schema, service=False) as connection, connection.cursor() as cursor:
        cursor.executemany(INSERT, rows)

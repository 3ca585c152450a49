"""The file of a partition: its records and their leaf hashes in Parquet, readable by any tool that knows it.

Columns are those of the journal and `leaf`; rows stand in order of position, without a gap. The metadata say
which positions of which log they are. A file that is there is whole: it appears under its name at the end.
"""

# The library for Parquet says nothing of its types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportMissingTypeStubs=false

import datetime as dt
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from domain.journal.cold import GROUP_RECORDS, ColdRecord, FileDamaged
from domain.journal.durable import sync_directory
from domain.journal.record import Record

FORMAT = "meritbook-cold/1"

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_INSTANT = pa.timestamp("us", tz="UTC")
_READ_BYTES = 1 << 20

SCHEMA = pa.schema(
    [
        pa.field("position", pa.int64(), nullable=False),
        pa.field("recorded_at", _INSTANT, nullable=False),
        pa.field("type", pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field("source", pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field("key", pa.string(), nullable=False),
        pa.field("occurred_at", _INSTANT, nullable=False),
        pa.field("actor", pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field("causation", pa.int64()),
        pa.field("data", pa.string(), nullable=False),
        pa.field("tags", pa.list_(pa.string()), nullable=False),
        pa.field("content_hash", pa.binary(32), nullable=False),
        pa.field("leaf", pa.binary(32), nullable=False),
    ]
)
"""What each column is. data: canonical JSON. leaf: SHA-256 of a zero byte and the record line."""


def write(
    file: Path, after: int, upto: int, pages: Iterable[Sequence[ColdRecord]], said: Mapping[str, str]
) -> None:
    """Writes the records of (after, upto], which `pages` bring in order, durably and in one step.

    said: further metadata, such as which log it is.
    """
    beside = file.with_name(f".{file.name}.{os.getpid()}.new")
    told = {"format": FORMAT, "after": str(after), "upto": str(upto), **said}
    schema = SCHEMA.with_metadata({f"meritbook.{name}": value for name, value in told.items()})
    try:
        with parquet.ParquetWriter(beside, schema, compression="zstd", compression_level=6) as sink:
            for group in _grouped(pages):
                sink.write_table(_table(group, schema), row_group_size=GROUP_RECORDS)
        with beside.open("rb") as written:
            os.fsync(written.fileno())
        beside.replace(file)
        sync_directory(file.parent)
    finally:
        beside.unlink(missing_ok=True)


def read(file: Path, begun: int, after: int, upto: int) -> Iterator[ColdRecord]:
    """The records of (after, upto] from the file of the partition that has begun behind `begun`.

    Raises: FileDamaged
    """
    for group in range((after - begun) // GROUP_RECORDS, (upto - 1 - begun) // GROUP_RECORDS + 1):
        start = begun + group * GROUP_RECORDS
        yield from _group(file, group, max(after - start, 0), min(upto - start, GROUP_RECORDS))


def sha256_of(file: Path) -> bytes:
    """SHA-256 of the file.

    Raises: FileDamaged
    """
    digest = hashlib.sha256()
    try:
        with file.open("rb") as opened:
            while block := opened.read(_READ_BYTES):
                digest.update(block)
    except OSError as error:
        raise FileDamaged(f"{file}: {error.strerror}.") from None
    return digest.digest()


def _grouped(pages: Iterable[Sequence[ColdRecord]]) -> Iterator[list[ColdRecord]]:
    held: list[ColdRecord] = []
    for page in pages:
        held += page
        while len(held) >= GROUP_RECORDS:
            yield held[:GROUP_RECORDS]
            held = held[GROUP_RECORDS:]
    if held:
        yield held


def _table(group: Sequence[ColdRecord], schema: pa.Schema) -> pa.Table:
    rows = [
        (*each.record[:8], each.record.data.decode(), list(each.record.tags), each.content_hash, each.leaf)
        for each in group
    ]
    columns = [
        pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), schema, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _group(file: Path, number: int, first: int, last: int) -> list[ColdRecord]:
    """The rows [first, last) of a group."""
    try:
        table = _opened(file).read_row_group(number).slice(first, last - first)
        columns = [_values(table.column(name)) for name in SCHEMA.names]
    except (OSError, pa.ArrowException, IndexError, KeyError) as error:
        raise FileDamaged(f"{file}: {error}.") from None
    return [
        ColdRecord(
            Record(
                position, _instant(recorded), type, source, key, _instant(occurred), actor, causation,
                data.encode(), tuple(tags),
            ),
            content_hash,
            leaf,
        )
        for position, recorded, type, source, key, occurred, actor, causation, data, tags, content_hash, leaf
        in zip(*columns, strict=True)
    ]  # fmt: skip


def _values(column: Any) -> list[Any]:
    return (column.cast(pa.int64()) if column.type == _INSTANT else column).to_pylist()


def _instant(microseconds: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(microseconds=microseconds)


def _opened(file: Path) -> parquet.ParquetFile:
    """The file, its footer read once for as long as the file is the same."""
    try:
        stat = file.stat()
        return parquet.ParquetFile(file, metadata=_footer(file, stat.st_mtime_ns, stat.st_size))
    except (OSError, pa.ArrowException) as error:
        raise FileDamaged(f"{file}: {error}.") from None


@lru_cache(maxsize=64)
def _footer(file: Path, changed_ns: int, size: int) -> parquet.FileMetaData:
    del changed_ns, size  # they make another file of one that was put in its place
    return parquet.read_metadata(file)

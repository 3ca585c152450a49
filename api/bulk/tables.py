"""What a period's files hold, batch by batch: its facts as the journal has them, its results row by row."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from psycopg import Cursor

from api.ops import ENGINE
from api.payroll_files import parquet_kind
from domain.journal import cold
from domain.journal.canonical import canonical
from domain.journal.leaves import LINE
from domain.journal.lookup import at_positions
from domain.journal.read import page
from domain.journal.record import Record, record_line
from domain.period import Period
from projections import payroll_pages
from projections.opening import opening
from projections.payroll import PayrollRow
from projections.payroll_pages import After

POSITIONS = 10_000
"""So many are looked through for one batch of facts."""

ROWS = 2_000

# Whatever says of a fact of the period that it counts for nothing belongs to the period, too.
FACTS = f"""
select {LINE} from journal
where position > %(after)s and position <= %(upto)s and (
    (occurred_at >= %(from)s and occurred_at < %(until)s)
    or (type = 'fact_voided' and exists (
        select from journal voided where voided.position = (journal.data::json ->> 'position')::bigint
            and voided.occurred_at >= %(from)s and voided.occurred_at < %(until)s
    ))
)
order by position"""

PASSED = """
select count(distinct employee) filter (where employee <= %(employee)s), count(distinct employee)
from roster_change"""

Progress = Callable[[float], None]
"""Told what share is read."""

Ask = Callable[[Callable[[Cursor[Any]], Any]], Any]
"""Answers a question in a transaction of its own."""

Row = Mapping[str, Any]


class Table(NamedTuple):
    """columns: names and types of Parquet. batches: canonical JSON of each row, an object of columns."""

    columns: Mapping[str, str]
    batches: Callable[[Ask, Period, int, Progress], Iterator[list[bytes]]]


def _facts(ask: Ask, period: Period, known_at: int, told: Progress) -> Iterator[list[bytes]]:
    """The record lines of a period, as they are hashed and sealed."""
    if not known_at:
        return
    bounds = ask(lambda cursor: _instants(cursor, period, known_at))
    lines = _lines_of_all if ask(lambda cursor: cold.parts(cursor, 0, known_at)) else _lines
    for after in range(0, known_at, POSITIONS):
        row = {**bounds, "after": after, "upto": min(known_at, after + POSITIONS)}
        found = ask(lambda cursor, row=row: lines(cursor, row))
        if found:
            yield found
        told(row["upto"] / known_at)


def _lines(cursor: Cursor[Any], span: Mapping[str, Any]) -> list[bytes]:
    return [line.encode() for (line,) in cursor.execute(FACTS, span)]


def _lines_of_all(cursor: Cursor[Any], span: Mapping[str, Any]) -> list[bytes]:
    """What `_lines` finds, where some facts are in cold storage."""
    records = page(cursor, span["after"], span["upto"] - span["after"])
    voids = {
        each.position: msgspec.json.decode(each.data)["position"]
        for each in records
        if each.type == "fact_voided"
    }
    voided = {each.position: each for each in at_positions(cursor, voids.values())}

    def belongs(record: Record) -> bool:
        about = voided.get(voids.get(record.position, 0), record)
        return any(span["from"] <= each.occurred_at < span["until"] for each in (record, about))

    return [record_line(record) for record in records if belongs(record)]


def _instants(cursor: Cursor[Any], period: Period, known_at: int) -> dict[str, dt.datetime]:
    zone = ZoneInfo(opening(cursor, known_at).fact.zone)
    after = period.last_day + dt.timedelta(days=1)
    return {
        "from": dt.datetime.combine(period.first_day, dt.time(), zone),
        "until": dt.datetime.combine(after, dt.time(), zone),
    }


def _results(ask: Ask, period: Period, known_at: int, told: Progress) -> Iterator[list[bytes]]:
    """The rows of the run, without names, which an erasure would take out of them."""
    last: After | None = After(known_at)
    while last is not None:
        start = last

        def question(cursor: Cursor[Any], start: After = start) -> tuple[Any, After | None]:
            return payroll_pages.page(cursor, period, start, ROWS, engine=ENGINE)

        page, last = ask(question)
        if page.rows:
            yield [canonical({name: getattr(row, name) for name in RESULT_COLUMNS}) for row in page.rows]
        if last is not None:
            told(ask(partial(_passed, last.employee)))


def _passed(employee: str, cursor: Cursor[Any]) -> float:
    """What share of all people comes before `employee` or is them: in this order they are read."""
    row = cursor.execute(PASSED, {"employee": employee}).fetchone()
    return row[0] / row[1] if row and row[1] else 0.0


FACT_COLUMNS = MappingProxyType(
    {
        name: {"position": "int64", "causation": "int64"}.get(name, "string")
        for name in (
            "position", "type", "occurred_at", "recorded_at", "actor", "source", "key", "causation", "tags",
            "data",
        )
    }
)  # fmt: skip

RESULT_COLUMNS = MappingProxyType(
    {name: parquet_kind(name) for name in PayrollRow.__struct_fields__ if name != "name"}
)

TABLES: Mapping[str, Table] = MappingProxyType(
    {"facts": Table(FACT_COLUMNS, _facts), "results": Table(RESULT_COLUMNS, _results)}
)


def row_of(table: Table, line: bytes) -> list[Any]:
    """A row as a line of a table: what is an object or a list stays JSON."""
    found = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    return [_plain(found[name]) for name in table.columns]


def _plain(value: msgspec.Raw) -> Any:
    text = bytes(value)
    return text.decode() if text[:1] in b"{[" else msgspec.json.decode(text)

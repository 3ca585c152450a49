"""Facts out of the journal, structs into the tables of read models and out of them again."""

from collections.abc import Generator, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from itertools import chain
from typing import Any, LiteralString, Protocol, TypeVar, cast

import msgspec
from psycopg import sql

from domain.facts.base import Fact
from domain.facts.registry import decode
from projections.spans import Cursor, Span

Row = TypeVar("Row", bound=msgspec.Struct)
Told = TypeVar("Told", bound="OfEmployee")


class OfEmployee(Protocol):
    """Something that is about one person."""

    @property
    def employee(self) -> str:
        """Id of the person."""
        ...


FACTS_OF_SPAN = """
select position, type, data::text from journal
where position > %(after)s and position <= %(upto)s and type = any(%(types)s)
order by position"""

MOST_ROWS, MOST_READ = 1_000, 512
"""Of one question, so many answers of so many rows are kept until it is answered."""

COPY = "copy {table} ({columns}) from stdin"


def facts_of(cursor: Cursor, span: Span, *types: str) -> Iterator[tuple[int, Fact]]:
    """The facts of `span` that are of `types`, each with its position, in order."""
    for position, tag, said in cursor.execute(FACTS_OF_SPAN, {**span.bounds, "types": list(types)}):
        yield position, decode(tag, said)


def store(cursor: Cursor, table: str, rows: Iterable[msgspec.Struct]) -> None:
    """Adds `rows`, all of one kind, whose fields are columns of `table`, each as it is made."""
    coming = iter(rows)
    first = next(coming, None)
    if first is None:
        return
    statement = sql.SQL(COPY).format(table=sql.Identifier(table), columns=columns(type(first)))
    with cursor.copy(statement) as copy:
        for row in chain([first], coming):
            copy.write_row(msgspec.structs.astuple(row))


def fetch(
    cursor: Cursor, kind: type[Row], query: LiteralString, parameters: Mapping[str, Any], known_at: int | None
) -> list[Row]:
    """What `query` finds as known at `known_at`, or by all that is known.

    query: says {columns} for those of `kind`, and {known} for the condition on its rows.
    Within `read_once` the same is read once.
    """
    told = _TOLD.get()
    key = None if told is None else _key(kind, query, parameters, known_at)
    if told is not None and key in told:
        return [*told[key]]
    statement = _statement(query, kind, known_at is None)
    names = kind.__struct_fields__
    rows = cursor.execute(statement, {**parameters, "known_at": known_at}, prepare=False)
    found = [kind(**dict(zip(names, row, strict=True))) for row in rows]
    if told is not None and key is not None and len(found) <= MOST_ROWS and len(told) < MOST_READ:
        told[key] = found
        return [*found]
    return found


@contextmanager
def read_once() -> Generator[None]:
    """Whatever is asked twice in here and in this thread is read once, and is the same both times.

    It is for a question about what is committed: an answer is put together by many who know nothing of one
    another, and half of what they read of one person they read more than once.
    """
    token = _TOLD.set({})
    try:
        yield
    finally:
        _TOLD.reset(token)


_TOLD: ContextVar[dict[Hashable, list[Any]] | None] = ContextVar("read_once", default=None)


def _key(
    kind: type[msgspec.Struct], query: str, parameters: Mapping[str, Any], known_at: int | None
) -> Hashable | None:
    """What is asked; lists count by what stands in them. None for what cannot be compared."""
    said: list[tuple[str, Any]] = []
    for name, each in parameters.items():
        said.append((name, tuple(cast("list[Any]", each)) if isinstance(each, list) else each))
    try:
        hash(key := (kind, query, tuple(said), known_at))
    except TypeError:
        return None
    return key


@lru_cache(maxsize=1024)
def _statement(query: LiteralString, kind: type[msgspec.Struct], is_now: bool) -> bytes:
    known_then = known(None if is_now else 0)
    return sql.SQL(query).format(columns=columns(kind), known=known_then).as_bytes(None)


def by_employee(told: Iterable[Told]) -> dict[str, list[Told]]:
    """What was `told` about each person, in its order."""
    found: dict[str, list[Told]] = {}
    for each in told:
        found.setdefault(each.employee, []).append(each)
    return found


def known(known_at: int | None) -> sql.SQL:
    """That a row counts by what was known at the parameter `known_at`, or by all that is known."""
    if known_at is None:
        return sql.SQL("void_position is null")
    return sql.SQL("position <= %(known_at)s and (void_position is null or void_position > %(known_at)s)")


def columns(kind: type[msgspec.Struct]) -> sql.Composed:
    """The fields of `kind` as a list of columns."""
    return sql.SQL(", ").join(map(sql.Identifier, kind.__struct_fields__))

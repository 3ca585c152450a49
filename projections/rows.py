"""Facts out of the journal, structs into the tables of read models and out of them again."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, LiteralString, Protocol, TypeVar

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
    """
    statement = sql.SQL(query).format(columns=columns(kind), known=known(known_at))
    names = kind.__struct_fields__
    found = cursor.execute(statement, {**parameters, "known_at": known_at}, prepare=False)
    return [kind(**dict(zip(names, row, strict=True))) for row in found]


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

"""What a read model is, the span of facts that it folds at a time, and how any of them marks voided rows."""

from collections.abc import Collection, Iterable
from typing import NamedTuple, Protocol

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

Connection = psycopg.Connection[TupleRow]
Cursor = psycopg.Cursor[TupleRow]

SPAN_FACTS = 20_000
"""A span holds no more facts than this: enough to be set-based, little enough to be undone and locked for."""

FEW_FACTS = 200
"""Up to so many are looked at by statements that are kept: to work one out takes longer than to run it."""

SPAN_ENDS = ("ledger_opened", "period_closed")
"""Facts that are always the last of their span: they change how whatever follows is read."""

MARK_VOIDED = """
update {table} as row set void_position = void.position
from (
    select (data ->> 'position')::bigint as fact_position, min(position) as position
    from journal
    where type = 'fact_voided' and position > %(after)s and position <= %(upto)s
    group by 1
) as void
where row.position = void.fact_position and row.void_position is null"""

MOVED = """
exists (select from {table} where position > %(after)s and position <= %(upto)s)
    or exists (select from {table} where void_position > %(after)s and void_position <= %(upto)s)"""


class UnfoldableFact(Exception):
    """The read models stand still before this fact: the program does not know its type or cannot fold it."""

    def __init__(self, position: int, type: str, because: str) -> None:
        super().__init__(f"Stopped before position {position}, {type}: {because}")
        self.position = position
        self.type = type
        self.because = because


class Span(NamedTuple):
    """The facts at the positions (after, upto]. types: those among them; None where nobody has looked."""

    after: int
    upto: int
    types: Collection[str] | None = None

    @property
    def facts(self) -> int:
        """How many facts it has: positions leave no gap."""
        return self.upto - self.after

    @property
    def bounds(self) -> dict[str, int]:
        """Both ends, as the parameters of a statement."""
        return {"after": self.after, "upto": self.upto}

    def may_hold(self, types: Collection[str]) -> bool:
        """Whether there may be facts of one of `types` in it."""
        return self.types is None or any(type in self.types for type in types)


class Projection(Protocol):
    """A read model: one module that says all of it.

    NAME, VERSION: which model, and which form of its rows; another form is another version, built anew.
    SCHEMA: makes its tables, each with a primary key, and describes them. TABLES: their names.
    FACTS: the types it folds; it is not asked about a span that has none of them.
    """

    @property
    def NAME(self) -> str: ...
    @property
    def VERSION(self) -> int: ...
    @property
    def SCHEMA(self) -> str: ...
    @property
    def TABLES(self) -> tuple[str, ...]: ...
    @property
    def FACTS(self) -> frozenset[str]: ...

    def project(self, cursor: Cursor, span: Span) -> None:
        """Folds the facts of `span` into the tables."""
        ...


def mark_voided(cursor: Cursor, span: Span, *tables: str) -> None:
    """Sets `void_position` of the rows whose fact a void of `span` names; the first void of a fact counts."""
    if not span.may_hold(("fact_voided",)):
        return
    for table in tables:
        cursor.execute(sql.SQL(MARK_VOIDED).format(table=sql.Identifier(table)), span.bounds)


def moved(cursor: Cursor, tables: Iterable[str], span: Span) -> bool:
    """Whether a fact of `span` brought a row of `tables`, or voided one."""
    each = (sql.SQL(MOVED).format(table=sql.Identifier(table)) for table in tables)
    found = cursor.execute(sql.SQL("select ") + sql.SQL(" or ").join(each), span.bounds).fetchone()
    return found is not None and bool(found[0])

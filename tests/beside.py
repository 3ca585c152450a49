"""What tests of replays and rebuilds share: a look at the database past every read model."""

from typing import Any

import psycopg
from given import LEDGER

from domain.journal.connection import connect
from projections import registry


def tamper(dsn: str, statement: str) -> None:
    """Changes live rows behind everybody's back."""
    with connect(dsn, LEDGER, service=False) as connection:
        connection.execute(statement.encode())


def schemas(dsn: str) -> list[str]:
    with psycopg.connect(dsn) as connection:
        found = connection.execute("select nspname from pg_namespace where nspname like 'ledger%' order by 1")
        return [name for (name,) in found]


def content(dsn: str) -> dict[str, list[Any]]:
    """Every row of every read model."""
    tables = ["projection", *(table for model in registry.PROJECTIONS for table in model.TABLES)]
    with connect(dsn, LEDGER) as connection:
        return {
            table: connection.execute(f"select t::text from {table} t order by 1".encode()).fetchall()
            for table in tables
        }

"""PostgreSQL's programs for dumps, of the server's own version, sought as backups seek them."""

from pathlib import Path

import psycopg

from api import backup


def program(name: str, dsn: str) -> Path:
    """pg_dump or pg_restore for the server at `dsn`."""
    with psycopg.connect(dsn) as connection:
        return backup.program(connection.info.server_version // 10_000, name)

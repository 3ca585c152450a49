"""Where a benchmark writes: a database of its own, made for the run and dropped after it."""

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from api.embedded import EmbeddedPostgres

LEDGER = "ledger"


def options(description: str | None) -> argparse.ArgumentParser:
    """The options of a benchmark that needs a server: `--dsn`, to which its own are added."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    given = os.environ.get("MERITBOOK_TEST_DATABASE_URL")
    parser.add_argument("--dsn", default=given, help="a server to use; an embedded one when there is none")
    return parser


@contextmanager
def database(dsn: str | None) -> Iterator[str]:
    """A new database, on the server of `dsn` or on an embedded one that starts for this."""
    with ExitStack() as stack:
        if dsn is None:
            place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="merit-", dir="/tmp")))
            place.chmod(0o711)
            dsn = stack.enter_context(EmbeddedPostgres(place / "home")).dsn
        name = sql.Identifier(f"bench_{uuid4().hex}")
        server = stack.enter_context(psycopg.connect(dsn, autocommit=True))
        server.execute(sql.SQL("create database {}").format(name))
        try:
            yield make_conninfo(dsn, dbname=name.as_string().strip('"'))
        finally:
            server.execute(sql.SQL("drop database {} with (force)").format(name))

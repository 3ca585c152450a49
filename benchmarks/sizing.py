"""What a ledger takes: bytes on the disk for each fact, by part, and memory of the processes that serve it.

python -m benchmarks sizing --people 500 --days 60

A firm of the demonstration is loaded into an embedded database of its own, folded and sealed. Sizes hardly
depend on the machine or on what else runs there; memory is that of a service that has answered a few pages.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
import psutil
from psycopg import Cursor

from api.cli.terminal import settings as settings_of
from api.ops import open_ledger
from api.sealing import seal_up
from api.storage import TABLES
from domain.journal.connection import connect

MIB = 1024 * 1024
SEAL = ("tile_part", "checkpoint", "seal_key", "cosignature")
LEAST_BYTES = 64 * 1024
"""Smaller tables do not grow with the facts."""


def main() -> int:
    """Loads, measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--days", type=int, default=60)
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
            tell_memory()
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
    print(f"{'together':<20} {sum(parts.values()) / facts:8.1f} bytes a fact")


def tell_memory() -> None:
    """What a service takes that has answered, without what its processes share, and its database."""
    command = [sys.executable, "-m", "api.cli", "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as serving:
        assert serving.stderr is not None
        try:
            address = next(found[1] for line in serving.stderr if (found := re.search(r"on (http\S+)", line)))
            for _ in range(20):
                httpx.get(f"{address}/health/ready", timeout=60)
            own = psutil.Process(serving.pid).memory_full_info().uss
            servers = [each for each in psutil.process_iter(["name"]) if each.info["name"] == "postgres"]
            home = os.environ["MERITBOOK_HOME"]
            ours = [each for each in servers if each.cwd().startswith(str(Path(home).resolve()))]
            database = sum(each.memory_full_info().pss for each in ours)
        finally:
            serving.terminate()
    print(f"{'service':<20} {own / MIB:8.0f} MiB of its own")
    print(f"{'database':<20} {database / MIB:8.0f} MiB in {len(ours)} processes")


if __name__ == "__main__":
    raise SystemExit(main())

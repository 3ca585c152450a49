"""Verifying an export: against bare reading of its file and bare hashing of its lines, in one run.

The export is one of a ledger that was sealed in spans, as it comes. Verifying is all of it: lines to leaves,
tiles and roots, signatures, positions and times, digests of files. Bare reading takes the file a megabyte at
a time and makes nothing of it; bare hashing is SHA-256 of lines that are in memory already, in one thread.
Exporting is shown beside them.
"""

import hashlib
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from api.exporting import export
from api.ops import open_ledger
from api.settings import Settings
from api.verify import CHUNK_BYTES, verify
from benchmarks.scratch import LEDGER, database, options
from benchmarks.sealing import fill, verdict
from domain.journal.connection import connect
from domain.journal.migrate import migrate
from projections.runner import create

WANTED_RATE = 150_000
HASHED_LINES = 100_000


def seconds(work: Callable[[], object], repeats: int) -> float:
    """How long `work` takes: the median of runs, the first not counted."""
    taken: list[float] = []
    for _ in range(repeats + 1):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken[1:])


def read(file: Path) -> None:
    """Reads all bytes."""
    with file.open("rb") as source:
        while source.read(CHUNK_BYTES):
            pass


def hashed(lines: Sequence[bytes]) -> None:
    """Hashes every line as a leaf."""
    sha256 = hashlib.sha256
    for line in lines:
        sha256(b"\x00" + line).digest()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures all of it; 1 when the wanted rate is missed."""
    parser = options(__doc__)
    parser.add_argument("--facts", type=int, default=400_000, help="how many the export holds")
    parser.add_argument("--repeats", type=int, default=3, help="measured runs of each, after one that is not")
    chosen = parser.parse_args(arguments)
    facts, repeats = chosen.facts, chosen.repeats
    with database(chosen.dsn) as dsn, tempfile.TemporaryDirectory() as place:
        migrate(dsn, LEDGER)
        with connect(dsn, LEDGER, service=False) as connection:
            create(connection)
        fill(dsn, facts)
        directory, records = Path(place) / "export", Path(place) / "export" / "records.ndjson"
        home = Path(place) / "home"
        home.mkdir()
        with open_ledger(Settings(home=home, database_url=dsn, ledger=LEDGER)) as ledger:
            export(ledger, directory)
            exporting = facts / seconds(lambda: export(ledger, directory), repeats)
        found = verify(directory)
        assert found.valid, found.findings
        verifying = facts / seconds(lambda: verify(directory), repeats)
        reading = facts / seconds(lambda: read(records), repeats)
        with records.open("rb") as source:
            lines = [line[:-1] for line, _ in zip(source, range(HASHED_LINES), strict=False)]
        hashing = len(lines) / seconds(lambda: hashed(lines), repeats)
        size = records.stat().st_size
    print(f"{facts:,} records of {size / facts:.0f} bytes; load of the machine {os.getloadavg()[0]:.1f}")
    print(f"exporting, all sealed before: {exporting:,.0f} records/s")
    print(
        f"verifying / bare hashing in Python: {verifying:,.0f} / {hashing:,.0f} = {verifying / hashing:.2f}"
    )
    print(
        f"verifying / bare reading of the file: {verifying:,.0f} / {reading:,.0f} = {verifying / reading:.3f}"
    )
    return 0 if verdict("verifying", verifying, WANTED_RATE, "records/s") else 1


if __name__ == "__main__":
    raise SystemExit(main())

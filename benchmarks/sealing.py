"""Sealing: against bare hashing of the same bytes and bare reading of the journal, in one run.

The journal is that of 2,000 people. Sealing is all of it: leaf hashes, interior nodes, tiles stored,
checkpoints signed and kept twice. Bare hashing is SHA-256 of lines that are in memory already; bare reading
fetches the records into Python and makes nothing of them. Delay is from a fact's acknowledgement to the
commit of the checkpoint that covers it, while facts keep coming. Appends are the service's group commit,
with a sealer in a thread of the same process, and without.
"""

import hashlib
import os
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.append import drafted, grouped, visits
from benchmarks.projections import JOURNAL, OPENING
from benchmarks.scratch import LEDGER, database, options
from domain.journal import sealed
from domain.journal.append import Journal
from domain.journal.connection import connect
from domain.journal.lookup import RECORD_COLUMNS
from domain.journal.migrate import migrate
from domain.journal.record import record_line
from domain.journal.seal_home import SealHome
from domain.journal.sealer import Sealer, Sealing
from domain.journal.tiles import FullTiles

WANTED_RATE = 150_000
WANTED_DELAY_SECONDS = 1.0
WANTED_PROOF_MILLISECONDS = 5.0
WANTED_APPENDS = 0.9

PROOFS = 2_000
LINES = 50_000
PAGE = 20_000
DELAY_RUN_SECONDS = 12.0
DELAY_PAUSE_SECONDS = 0.02
APPENDS = 16_000
IN_FLIGHT = 64

READ = f"select {RECORD_COLUMNS} from journal where position > %(after)s and position <= %(upto)s"


def fill(dsn: str, facts: int) -> int:
    """Writes a journal of so many facts; its head."""
    with connect(dsn, LEDGER, service=False, autocommit=True) as connection:
        connection.execute(OPENING)
        connection.execute(JOURNAL, {"facts": facts - 1})
        connection.execute("vacuum analyze journal")
    return facts


def unseal(dsn: str) -> None:
    """Takes all seals away, as only the owner can."""
    with connect(dsn, LEDGER, service=False, autocommit=True) as owner:
        for table in ("tile_part", "checkpoint", "seal_key", "cosignature"):
            owner.execute(f"alter table {table} disable trigger user".encode())
        owner.execute("truncate tile_part, checkpoint, seal_key, cosignature")


def sealing_rate(dsn: str, facts: int) -> float:
    """Records a second from nothing sealed to all sealed."""
    unseal(dsn)
    with tempfile.TemporaryDirectory() as home:
        sealer = Sealer(dsn, LEDGER, SealHome(Path(home), LEDGER))
        began = time.perf_counter()
        assert sealer.catch_up() == facts
        return facts / (time.perf_counter() - began)


def reading_rate(dsn: str, facts: int) -> float:
    """Records a second that are merely fetched."""
    with connect(dsn, LEDGER, autocommit=True) as connection:
        began = time.perf_counter()
        for after in range(0, facts, PAGE):
            connection.execute(READ, {"after": after, "upto": after + PAGE}).fetchall()
        return facts / (time.perf_counter() - began)


def hashing_rate(journal: Journal) -> float:
    """Lines a second that are merely hashed."""
    lines = [record_line(record) for record in journal.read(limit=LINES)]
    sha256 = hashlib.sha256
    began = time.perf_counter()
    for line in lines:
        sha256(b"\x00" + line).digest()
    return len(lines) / (time.perf_counter() - began)


def proof_milliseconds(journal: Journal, facts: int) -> list[float]:
    """How long each of many proofs took, at places of every kind, with the tiles that a service keeps."""
    dice, taken, full = random.Random(5), list[float](), FullTiles()
    with journal.cursor() as cursor:
        for _ in range(PROOFS):
            position = dice.randint(1, facts)
            began = time.perf_counter()
            assert sealed.proof(cursor, position, full) is not None
            taken.append((time.perf_counter() - began) * 1000)
    return taken


@contextmanager
def following(dsn: str, home: Path, on_turn: Callable[[Sealing], None] | None = None) -> Generator[None]:
    """A sealer in a thread, as the service has it."""
    stop = threading.Event()
    sealer = Sealer(dsn, LEDGER, SealHome(home, LEDGER))
    thread = threading.Thread(target=lambda: sealer.follow(stop, on_turn=on_turn))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def delay_seconds(dsn: str, journal: Journal, home: Path) -> list[float]:
    """How long each fact of a steady stream waited for its checkpoint to be committed."""
    recorded: list[tuple[int, float]] = []
    turns: list[tuple[int, float]] = []
    with following(dsn, home, lambda done: turns.append((done.size, time.perf_counter()))):
        until = time.perf_counter() + DELAY_RUN_SECONDS
        while time.perf_counter() < until:
            batch = [drafted(key, fact) for key, fact in visits(4)]
            receipts = journal.append(batch, now=batch[0].occurred_at)
            recorded.append((receipts[-1].position, time.perf_counter()))
            time.sleep(DELAY_PAUSE_SECONDS)
        deadline = time.perf_counter() + 10
        while turns[-1][0] < recorded[-1][0] and time.perf_counter() < deadline:
            time.sleep(0.05)
    waits: list[float] = []
    for position, at in recorded:
        sealed_at = next(seen for size, seen in turns if size >= position)
        waits.append(max(0.0, sealed_at - at))
    return waits


def append_rates(dsn: str, journal: Journal, home: Path, repeats: int) -> tuple[float, float]:
    """Facts a second with the sealer and without, by turns; medians, the first runs not counted."""
    work = grouped(journal, IN_FLIGHT)

    def run() -> float:
        began = time.perf_counter()
        work(APPENDS)
        return APPENDS / (time.perf_counter() - began)

    rates: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats + 1):
        with following(dsn, home):
            rates[0].append(run())
        rates[1].append(run())
    return statistics.median(rates[0][1:]), statistics.median(rates[1][1:])


def verdict(name: str, value: float, wanted: float, unit: str, *, most: bool = False) -> bool:
    """Prints a figure beside what is wanted; whether it is met."""
    met = value <= wanted if most else value >= wanted
    bound = "at most" if most else "at least"
    print(f"{name:<44}{value:>12,.2f} {unit:<10} wanted {bound} {wanted:,.2f}   {'met' if met else 'MISSED'}")
    return met


def quantiles(values: Sequence[float]) -> tuple[float, float]:
    """p50 and p99."""
    cuts = statistics.quantiles(values, n=100)
    return cuts[49], cuts[98]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures all of it; 1 when something is missed."""
    parser = options(__doc__)
    parser.add_argument("--facts", type=int, default=200_000, help="in the journal that is sealed")
    parser.add_argument("--repeats", type=int, default=3, help="measured runs of each, after one that is not")
    chosen = parser.parse_args(arguments)
    facts, repeats = chosen.facts, chosen.repeats
    with database(chosen.dsn) as dsn, tempfile.TemporaryDirectory() as place:
        migrate(dsn, LEDGER)
        fill(dsn, facts)
        with Journal(dsn, LEDGER) as journal:
            rounds = [
                (sealing_rate(dsn, facts), reading_rate(dsn, facts), hashing_rate(journal))
                for _ in range(repeats)
            ]
            sealing, reading, hashing = (statistics.median(each) for each in zip(*rounds, strict=True))
            unseal(dsn)
            home = Path(place)
            Sealer(dsn, LEDGER, SealHome(home, LEDGER)).catch_up()
            proof_p50, proof_p99 = quantiles(proof_milliseconds(journal, facts))
            delay_p50, delay_p99 = quantiles(delay_seconds(dsn, journal, home))
            with_seal, without = append_rates(dsn, journal, home, repeats)
    print(f"{facts:,} records; load of the machine {os.getloadavg()[0]:.1f}")
    print(f"sealing / bare hashing in Python: {sealing:,.0f} / {hashing:,.0f} = {sealing / hashing:.2f}")
    print(f"sealing / bare reading into Python: {sealing:,.0f} / {reading:,.0f} = {sealing / reading:.2f}")
    print(f"proof p50 {proof_p50:.2f} ms; delay p50 {delay_p50:.2f} s; appends {with_seal:,.0f} facts/s")
    met = [
        verdict("sealing", sealing, WANTED_RATE, "records/s"),
        verdict("inclusion proof p99", proof_p99, WANTED_PROOF_MILLISECONDS, "ms", most=True),
        verdict("event to signed checkpoint p99", delay_p99, WANTED_DELAY_SECONDS, "s", most=True),
        verdict("appends, sealed / not sealed", with_seal / without, WANTED_APPENDS, ""),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    raise SystemExit(main())

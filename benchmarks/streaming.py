"""The live stream: how soon a fact reaches those who follow, and what thousands cost who hear nothing.

Clients and service are processes of their own on one machine and one clock; facts come in over HTTP, at a
steady rate, beside the clients. A wait is from the time at which the ledger recorded a fact, which is before
its commit, until a client has it; every client must be told every fact that it follows. Idle clients hear
signs of life only.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from api.ops import open_ledger
from api.settings import Settings
from api.tokens import Tokens, token_file
from benchmarks.listening import Heard, Listening
from benchmarks.load import TOKEN
from benchmarks.processor import database_process, load_of_machine, used
from benchmarks.scratch import LEDGER, database, options
from benchmarks.serving import Served, hire, serving

P50_MILLISECONDS = 8.0
P99_MILLISECONDS = 60.0
KIB_A_CLIENT = 64.0
"""The most memory that a client costs the service."""


@contextmanager
def listening(asked: Listening, token: str) -> Iterator["subprocess.Popen[str]"]:
    """A process of clients, all of them connected; it waits for a line before it begins."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.listening", json.dumps(asked)],
        env=os.environ | {TOKEN: token},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "listening\n", "the clients did not come in"
            yield process
        finally:
            process.kill()


def heard(process: "subprocess.Popen[str]") -> Heard:
    """What came of it, after the process was let go."""
    said, _ = process.communicate("go\n")
    return Heard(*json.loads(said))


def under_load(served: Served, database: psutil.Process | None, asked: Listening, token: str) -> bool:
    """Prints how long facts took to the clients; whether it is as wanted."""
    with listening(asked, token) as process:
        before = used(served.process, database)
        found = heard(process)
        spent = used(served.process, database).since(before)
    p50, p95, p99 = (found.waits[len(found.waits) * part // 100] for part in (50, 95, 99))
    print(
        f"{asked.own:,} clients of one person each and {asked.everybody:,} of everybody, "
        f"{asked.rate:,} facts a second: "
        f"{found.sent:,} facts, {len(found.waits):,} told, {found.missed} missed"
    )
    print(f"commit to client: p50 {p50:.1f} ms   p95 {p95:.1f} ms   p99 {p99:.1f} ms")
    each = 1e6 / found.sent
    print(
        f"µs of processor for each fact: clients {found.processor_seconds * each:.0f}, "
        f"loop {spent.loop * each:.0f}, other threads {(spent.service - spent.loop) * each:.0f}, "
        f"database {spent.database * each:.0f}"
    )
    met = p50 <= P50_MILLISECONDS and p99 <= P99_MILLISECONDS and not found.missed
    wanted = f"wanted p50 {P50_MILLISECONDS:.0f} ms, p99 {P99_MILLISECONDS:.0f} ms, none missed"
    print(f"500 clients: {'MET' if met else 'MISSED'} ({wanted})")
    return met


def at_rest(served: Served, database: psutil.Process | None, asked: Listening, token: str) -> bool:
    """Prints what clients cost who hear nothing; whether it is as wanted."""
    service = psutil.Process(served.process)
    memory, began = service.memory_info().rss, time.monotonic()
    with listening(asked, token) as process:
        entered = time.monotonic() - began
        before = used(served.process, database)
        found = heard(process)
        spent = used(served.process, database).since(before)
        kib = (service.memory_info().rss - memory) / 1024 / asked.own
    print(f"{asked.own:,} idle clients came in within {entered:.1f} s; {kib:.1f} KiB of the service for each")
    print(
        f"at rest for {asked.seconds:.0f} s: {found.signs - asked.own:,} signs of life, "
        f"{spent.service / asked.seconds:.1%} of a processor in the service, "
        f"{spent.database / asked.seconds:.1%} in the database"
    )
    met = kib <= KIB_A_CLIENT
    print(f"{asked.own:,} idle clients: {'MET' if met else 'MISSED'} (wanted {KIB_A_CLIENT:.0f} KiB each)")
    return met


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures; 1 when a wanted figure is missed."""
    parser = options(__doc__)
    parser.add_argument("--clients", type=int, default=480, help="of one person each")
    parser.add_argument("--everybody", type=int, default=20, help="clients who follow everybody")
    parser.add_argument("--rate", type=int, default=200, help="facts a second")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--idle", type=int, default=5_000, help="clients who hear nothing")
    chosen = parser.parse_args(arguments)
    with database(chosen.dsn) as dsn, tempfile.TemporaryDirectory(prefix="merit-") as place:
        settings = Settings(home=Path(place), database_url=dsn, ledger=LEDGER)
        token = Tokens(token_file(settings.home)).make("administrator", "bench", None)
        with open_ledger(settings, prepare_it=True) as ledger:
            hire(ledger)
        with serving(settings) as served:
            server = database_process(dsn)
            met = True
            if chosen.clients:
                busy = Listening(served.url, chosen.clients, chosen.everybody, chosen.rate, chosen.seconds)
                met = under_load(served, server, busy, token)
            if chosen.idle:
                met &= at_rest(served, server, Listening(served.url, chosen.idle, 0, 0, 17.0), token)
        print(f"load of the machine {load_of_machine():.1f}, {os.cpu_count()} processors")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())

"""What the processes of a service take: memory of each role at rest, under facts and streams, and processors.

Each role is a process of its own over one ledger; memory is what a process has for itself (USS), of the
database what its processes share out among them (PSS). Facts come in batches at a steady rate.
"""

import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import NamedTuple
from uuid import uuid4

import httpx
import psutil

from api.ops import Ledger, now
from api.tokens import Tokens, token_file
from benchmarks.listening import Listening
from benchmarks.processor import database_process
from benchmarks.serving import SERVE, Served, started
from benchmarks.streaming import heard, listening

MIB = 1024 * 1024
ROLES = ("api", "follower", "sealer", "webhooks", "drop")
DATABASE = "database"
RATES = (200, 2_000)
BATCHES_A_SECOND = 10
STREAMS = 1_000
SETTLED_SECONDS = 5.0
STREAMED_SECONDS = 17.0


class Taken(NamedTuple):
    """What processes take. bytes: for themselves. seconds: of processor, since they began."""

    bytes: int
    seconds: float


def tell_processes(ledger: Ledger, people: Sequence[str], seconds: float, streams: int = STREAMS) -> None:
    """Prints memory and processors of each role at rest, at each rate, and with streams.

    people: whom the facts are about. seconds: how long each rate lasts.
    """
    token = Tokens(token_file(ledger.settings.home)).make("administrator", f"sizing-{uuid4().hex[:8]}", None)
    server = database_process(ledger.owner_dsn)
    assert server is not None, "the embedded database runs on this machine"
    with ExitStack() as stack:
        served = {role: stack.enter_context(_role(ledger, role)) for role in ROLES}
        with httpx.Client(
            base_url=served["api"].url, headers={"Authorization": f"Bearer {token}"}, timeout=60
        ) as http:
            for employee in people[:20]:
                http.get(f"/v1/employees/{employee}")
            time.sleep(SETTLED_SECONDS)
            _tell("at rest", _taken(served, server))
            for rate in RATES:
                before, began = _taken(served, server), time.monotonic()
                sent = _send(http, people, rate, seconds)
                lasted = time.monotonic() - began
                time.sleep(SETTLED_SECONDS)
                after = _taken(served, server)
                _tell(f"{sent / lasted:,.0f} facts a second", after, before, lasted)
            _tell_people(http, served["api"], people)
        _tell_streams(served["api"], token, streams)


def _role(ledger: Ledger, role: str) -> AbstractContextManager[Served]:
    drop = ledger.settings.home / "drop"
    drop.mkdir(exist_ok=True)
    environment = {
        "MERITBOOK_HOME": str(ledger.settings.home),
        "MERITBOOK_LEDGER": ledger.schema,
        "MERITBOOK_PORT": "0",
        "MERITBOOK_DROP": str(drop),
    }
    return started([sys.executable, "-c", SERVE, "serve", "--role", role], environment)


def _taken(served: Mapping[str, Served], server: psutil.Process) -> dict[str, Taken]:
    found = {role: _of(psutil.Process(each.process)) for role, each in served.items()}
    parts = [server, *server.children()]
    pss = sum(each.memory_full_info().pss for each in parts)
    times = server.cpu_times()
    ended = times.children_user + times.children_system
    return found | {DATABASE: Taken(pss, ended + sum(sum(each.cpu_times()[:2]) for each in parts))}


def _of(process: psutil.Process) -> Taken:
    return Taken(process.memory_full_info().uss, sum(process.cpu_times()[:2]))


def _tell(
    when: str, after: Mapping[str, Taken], before: Mapping[str, Taken] | None = None, lasted: float = 1.0
) -> None:
    for name, taken in after.items():
        used = "" if before is None else f"{(taken.seconds - before[name].seconds) / lasted:9.2f} processors"
        print(f"{when:<24} {name:<10} {taken.bytes / MIB:8.0f} MiB{used}")


def _send(http: httpx.Client, people: Sequence[str], rate: int, seconds: float) -> int:
    """Sends visits in batches at the rate, as well as the service takes them; how many."""
    batch, source, sent = rate // BATCHES_A_SECOND, uuid4().hex, 0
    began = time.monotonic()
    while time.monotonic() < began + seconds:
        at = now().isoformat()
        facts = [
            {
                "type": "visit_recorded", "source": "sizing", "key": f"{source}-{number}", "occurred_at": at,
                "data": {"employee": people[number % len(people)], "customer": f"C{number % 3000}"},
            }
            for number in range(sent, sent + batch)
        ]  # fmt: skip
        http.post("/v1/facts:batch", json=facts).raise_for_status()
        sent += batch
        time.sleep(max(0.0, began + sent / rate - time.monotonic()))
    return sent


def _tell_people(http: httpx.Client, served: Served, people: Sequence[str]) -> None:
    """How much more the service has for itself once everybody's progress was asked for."""
    process = psutil.Process(served.process)
    before = _of(process)
    for employee in people:
        http.get(f"/v1/employees/{employee}/progress")
    after = _of(process)
    grown, spent = after.bytes - before.bytes, after.seconds - before.seconds
    print(
        f"progress of {len(people):,} people: {grown / MIB:.0f} MiB more, "
        f"{spent / len(people) * 1000:.1f} ms of the service's processor a person"
    )


def _tell_streams(served: Served, token: str, streams: int) -> None:
    """How much more the service has for itself while so many clients of the stream rest."""
    process = psutil.Process(served.process)
    before = _of(process).bytes
    with listening(Listening(served.url, 0, streams, 0, STREAMED_SECONDS), token) as clients:
        heard(clients)
        grown = _of(process).bytes - before
    print(f"{streams:,} clients of the stream: {grown / MIB:.0f} MiB more")

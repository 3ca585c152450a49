"""Clients of a service that breaks: they send until answered, and keep account of what was acknowledged."""

import datetime as dt
import random
import threading
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from faults.embedded_user import until
from given import LEDGER
from served import Service, fact

from domain.journal.append import Journal
from domain.journal.connection import connect
from domain.journal.merkle import CompactRange, leaf_hash
from domain.journal.record import Record, record_line
from projections.replay import replay

CLIENTS = 16
BACK_SECONDS = 60.0
"""The longest that a service may take to write again once whatever hindered it is gone."""

LARGE_BATCH = 300
"""Facts of a batch that is copied into the journal, not inserted."""

Sent = dict[str, Any]


class Client:
    """Sends visits, each again until it is answered; every fourth client sends batches.

    acknowledged: key to position. answered: how many requests were. turned_away: the last answers that said
    not now, by status.
    """

    def __init__(self, number: int, large_batch: int = LARGE_BATCH) -> None:
        self._dice = random.Random(number)
        self._large_batch = large_batch
        self._batches = number % 4 == 3
        self._unanswered: list[Sent] = []
        self._before: list[Sent] = []
        self.acknowledged: dict[str, int] = {}
        self.turned_away: dict[int, str] = {}
        self.answered = 0
        self.amiss: BaseException | None = None

    def write(self, http: httpx.Client, stop: threading.Event) -> None:
        """Goes on until the service is gone or `stop` is set."""
        try:
            while not stop.is_set():
                self._send(http, stop)
        except httpx.TransportError:
            return
        except BaseException as error:
            self.amiss = error
            raise

    def _send(self, http: httpx.Client, stop: threading.Event) -> None:
        again = bool(self._unanswered)
        sent = self._unanswered = self._unanswered or self._chosen()
        known_before = sent is self._before
        if self._batches:
            answer = http.post("/v1/facts:batch", json=sent)
        else:
            answer = http.post("/v1/facts", json=sent[0])
        if answer.status_code in (503, 507):
            self.turned_away[answer.status_code] = answer.text
            stop.wait(0.05)
            return
        assert answer.status_code in (200, 201), answer.text
        items = answer.json()["outcomes"] if self._batches else [answer.json()]
        for each, item in zip(sent, items, strict=True):
            known = self.acknowledged.setdefault(each["key"], item["position"])
            assert known == item["position"], f"{each['key']} stands at {known} and {item['position']}"
            assert again or item["hit"] is known_before, f"hit is wrong: {item}"
        self._before, self._unanswered = sent, []
        self.answered += 1

    def _chosen(self) -> list[Sent]:
        """Something new; now and then what was acknowledged just before."""
        if self._before and self._dice.random() < 0.1:
            return self._before
        few = self._dice.randrange(1, 40)
        number = self._dice.choice([few, few, few, self._large_batch]) if self._batches else 1
        return [self._visit() for _ in range(number)]

    def _visit(self) -> Sent:
        customer = f"H{self._dice.randrange(50)}"
        return fact("visit_recorded", {"employee": "E1", "customer": customer}, key=uuid4().hex)


@contextmanager
def writing(clients: Sequence[Client], service: Service) -> Generator[None]:
    """All of `clients` write while the block runs; then each has been answered or has lost the service."""
    stop, http = threading.Event(), service.client("integration")
    threads = [threading.Thread(target=client.write, args=[http, stop]) for client in clients]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(120)
    assert not any(thread.is_alive() for thread in threads), "a client waits for an answer for ever"
    assert not [client.amiss for client in clients if client.amiss]


def acknowledged_by(clients: Sequence[Client]) -> dict[str, int]:
    """Key to position of everything that was acknowledged."""
    return {key: at for client in clients for key, at in client.acknowledged.items()}


def until_acknowledged(clients: Sequence[Client]) -> float:
    """Waits until the service takes facts of every client again; how many seconds that took."""
    began, wanted = time.monotonic(), [client.answered + 2 for client in clients]
    until(
        lambda: all(client.answered >= least for client, least in zip(clients, wanted, strict=True)),
        seconds=BACK_SECONDS,
    )
    return time.monotonic() - began


@dataclass
class Books:
    """The journal, checked against what was acknowledged while it grows.

    lost: acknowledged and not where it was said to be. backwards: recorded before what stands before it.
    checkpoint: number of the last one. forked: checkpoints that are not of this journal, or fall back.
    """

    dsn: str
    head: int = 0
    lost: int = 0
    doubled: int = 0
    holes: int = 0
    backwards: int = 0
    checkpoint: int = 0
    forked: int = 0

    def __post_init__(self) -> None:
        self._stored: dict[str, int] = {}
        self._last: dt.datetime | None = None
        self._tree, self._unsealed = CompactRange(), list[bytes]()

    def check(self, acknowledged: Mapping[str, int]) -> None:
        """Reads what is new in the journal; what was acknowledged so far must stand where it was said to."""
        signed = self._signed()
        for record in self._new():
            self.holes += record.position != self.head + 1
            self.doubled += record.key in self._stored
            self.backwards += self._last is not None and record.recorded_at < self._last
            self._stored[record.key] = self.head = record.position
            self._last = record.recorded_at
            self._unsealed.append(leaf_hash(record_line(record)))
        for number, size, root in signed:
            grown = size - self._tree.size
            self._tree.extend(self._unsealed[:grown] if grown > 0 else ())
            del self._unsealed[: max(grown, 0)]
            self.forked += (self._tree.size, self._tree.root()) != (size, root)
            self.checkpoint = number
        self.lost = sum(self._stored.get(key) != at for key, at in acknowledged.items())

    def require_whole(self) -> None:
        """Nothing was lost, doubled or left out, and live rows equal rows computed from the facts again."""
        amiss = self.lost, self.doubled, self.holes, self.backwards, self.forked
        assert amiss == (0, 0, 0, 0, 0), str(self)
        self.require_replay()

    def await_sealed(self, acknowledged: Mapping[str, int]) -> None:
        """A service that runs seals all there is; every checkpoint, the last one too, is of this journal."""
        until(self._is_sealed, seconds=BACK_SECONDS)
        self.check(acknowledged)

    def _is_sealed(self) -> bool:
        with connect(self.dsn, LEDGER) as connection:
            sealed = connection.execute(
                "select (select max(size) from checkpoint) = (select max(position) from journal)"
            )
            return sealed.fetchone() == (True,)

    def require_replay(self) -> None:
        """Live rows equal rows computed from the facts again."""
        compared = replay(self.dsn, LEDGER, and_compare=True).compared
        assert compared is not None
        assert compared.difference is None

    def unacknowledged(self, acknowledged: Mapping[str, int]) -> int:
        """How many facts are stored of which no client knows."""
        return len(self._stored.keys() - acknowledged.keys())

    def _new(self) -> Iterator[Record]:
        with Journal(self.dsn, LEDGER) as journal:
            yield from journal.read(self.head)

    def _signed(self) -> list[tuple[int, int, bytes]]:
        """The checkpoints that were signed since."""
        with connect(self.dsn, LEDGER) as connection:
            return connection.execute(
                "select number, size, root from checkpoint where number > %s order by number",
                [self.checkpoint],
            ).fetchall()

    def __str__(self) -> str:
        counts = f"{self.lost} lost, {self.doubled} doubled, {self.holes} holes, {self.backwards} backwards"
        return f"{counts}, {self.forked} forked of {self.head:,} facts and {self.checkpoint} checkpoints"

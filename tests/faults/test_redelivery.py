"""Twenty clients deliver the same facts again and again, out of order, and contradict each other."""

import random
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from faults.acknowledged import Books
from faults.campaign import Tell, rounds
from given import LEDGER
from served import fact, open_shanghai, served

from domain.journal.append import Journal

pytestmark = pytest.mark.faults

CLIENTS = 20
KEYS = 40
"""New keys a round; every client delivers each of them, and some of the rounds before."""

Version = tuple[str, int]
"""A key, and which of two contents is said under it."""


@dataclass
class Answers:
    """What the service said of each version of each key, whoever sent it."""

    stored: dict[Version, set[int]] = field(default_factory=lambda: defaultdict(set))
    fresh: dict[Version, int] = field(default_factory=lambda: defaultdict(int))
    refused: dict[Version, int] = field(default_factory=lambda: defaultdict(int))
    deliveries: int = 0
    amiss: list[str] = field(default_factory=list)
    _mutex: threading.Lock = field(default_factory=threading.Lock)

    def note(self, version: Version, item: Mapping[str, object], kind: str) -> None:
        """kind: of the problem; empty if it was stored."""
        with self._mutex:
            self.deliveries += 1
            if kind:
                self.refused[version] += 1
                if kind != "/v1/problems/key-reused":
                    self.amiss.append(f"{version}: {kind}")
            else:
                self.stored[version].add(int(str(item["position"])))
                self.fresh[version] += item["hit"] is False


def said(version: Version) -> dict[str, object]:
    """The same for every client that says it."""
    key, which = version
    return fact("visit_recorded", {"employee": "E1", "customer": f"H{which}"}, key=key)


def deliver(http: httpx.Client, versions: list[Version], dice: random.Random, answers: Answers) -> None:
    """Sends `versions` in an order of one's own, one by one or some at a time."""
    dice.shuffle(versions)
    while versions:
        number = dice.choice([1, 1, 1, 7])
        some, versions = versions[:number], versions[number:]
        if number == 1:
            answer = http.post("/v1/facts", json=said(some[0]))
            body = answer.json()
            hit = answer.headers.get("Idempotency-Hit")
            expected = {201: (False, None), 200: (True, "true")}.get(answer.status_code, (None, None))
            assert (body.get("hit"), hit) == expected, answer.text
            answers.note(some[0], body, body["type"] if answer.status_code == 422 else "")
            continue
        answer = http.post("/v1/facts:batch?atomic=false", json=[said(version) for version in some])
        assert answer.status_code in (200, 201, 207, 422), answer.text
        for version, item in zip(some, answer.json()["outcomes"], strict=True):
            answers.note(version, item, item["problem"]["type"] if "problem" in item else "")


@rounds(4, soak=200)
def test_one_position_per_key_for_ever(ledger_dsn: str, tmp_path: Path, rounds: int, tell: Tell) -> None:
    """Whoever comes first is stored; the same again is a hit there, all else is refused and not stored."""
    answers, keys, failed = Answers(), list[str](), list[BaseException]()

    def work(http: httpx.Client, number: int, versions: list[Version]) -> None:
        try:
            deliver(http, versions, random.Random(number), answers)
        except BaseException as error:
            failed.append(error)
            raise

    with served(ledger_dsn, tmp_path, wait_seconds=60) as service:
        open_shanghai(service)
        http, dice = service.client("integration"), random.Random(rounds)
        for _ in range(rounds):
            older = dice.sample(keys, min(len(keys), KEYS // 2))
            new = [uuid4().hex for _ in range(KEYS)]
            keys += new
            brought = [[(key, dice.randrange(2)) for key in new + older] for _ in range(CLIENTS)]
            threads = [
                threading.Thread(target=work, args=[http, number, versions])
                for number, versions in enumerate(brought)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert not failed
    twice = [key for key in keys if answers.stored.keys() >= {(key, 0), (key, 1)}]
    first = {key: at for (key, _), positions in answers.stored.items() for at in positions}
    books = Books(ledger_dsn)
    books.check(first)
    tell(
        "redelivery",
        rounds=rounds,
        faults=answers.deliveries - len(keys),
        found=books,
        contradictions_refused=sum(answers.refused.values()),
        hits=answers.deliveries - len(keys) - sum(answers.refused.values()),
    )
    assert not answers.amiss
    assert not twice, "both of two contradictory contents were taken"
    assert all(len(positions) == 1 for positions in answers.stored.values())
    assert set(answers.fresh.values()) == {1}, "stored anew exactly once"
    with Journal(ledger_dsn, LEDGER) as journal:
        assert journal.head() == 3 + len(keys)
        content = {record.key: record.data for record in journal.read(after=3)}
    for key, which in answers.stored:
        assert f'"H{which}"'.encode() in content[key]
    books.require_whole()

"""The service is killed while clients write: what it acknowledged stands once, and nothing else is amiss."""

import random
import threading
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from given import LEDGER
from served import Service, fact, open_shanghai, served

from domain.journal.append import Journal
from projections.replay import replay

CLIENTS = 8


class Client:
    """Sends visits one by one, each again until it is answered, and notes what was acknowledged."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._unanswered: dict[str, object] | None = None
        self.acknowledged: dict[str, int] = {}

    def write_until_killed(self, service: Service) -> None:
        """Goes on until the service is gone."""
        http = service.client("integration")
        while True:
            customer = f"H{self._dice.randrange(50)}"
            sent = self._unanswered or fact(
                "visit_recorded", {"employee": "E1", "customer": customer}, key=uuid4().hex
            )
            self._unanswered = sent
            try:
                answer = http.post("/v1/facts", json=sent)
            except httpx.TransportError:
                return
            assert answer.status_code in (200, 201), answer.text
            self.acknowledged[str(sent["key"])] = answer.json()["position"]
            self._unanswered = None


def campaign(dsn: str, home: Path, rounds: int) -> None:
    """Kills the service so many times; 0 lost, 0 doubled, 0 holes, and live rows equal recomputed ones."""
    dice = random.Random(rounds)
    clients = [Client(seed) for seed in range(CLIENTS)]
    for number in range(rounds):
        with served(dsn, home) as service:
            if number == 0:
                open_shanghai(service)
            threads = [threading.Thread(target=each.write_until_killed, args=[service]) for each in clients]
            for thread in threads:
                thread.start()
            threading.Event().wait(dice.uniform(0.1, 1.5))
            service.kill()
            for thread in threads:
                thread.join()
    acknowledged = {key: at for client in clients for key, at in client.acknowledged.items()}
    with Journal(dsn, LEDGER) as journal:
        stored = [(record.key, record.position) for record in journal.read()]
    assert [position for _, position in stored] == list(range(1, len(stored) + 1)), "no holes"
    assert len({key for key, _ in stored}) == len(stored), "nothing doubled"
    assert acknowledged.items() <= dict(stored).items(), "nothing lost"
    assert len(stored) - 3 - len(acknowledged) <= CLIENTS * rounds, "at most one unanswered a client and kill"
    with served(dsn, home) as service:
        service.get("/v1/employees/E1")
    compared = replay(dsn, LEDGER, and_compare=True).compared
    assert compared is not None
    assert compared.difference is None
    print(f"{rounds} kills, {len(acknowledged)} acknowledged, 0 lost, 0 doubled, 0 holes")


@pytest.mark.faults
def test_a_few_kills_lose_and_double_nothing(ledger_dsn: str, tmp_path: Path) -> None:
    campaign(ledger_dsn, tmp_path, rounds=4)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_many_kills_lose_and_double_nothing(ledger_dsn: str, tmp_path: Path) -> None:
    campaign(ledger_dsn, tmp_path, rounds=100)

"""Figures of the running service, for Prometheus."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from psycopg import Cursor

from api.intake import Outcome, Refused, Stored
from api.seal import Seal, sealed_position

METHODS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS".split())

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """One registry a service, so that two in one process do not share their figures."""

    def __init__(self, counted_position: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "meritbook_request_seconds",
            "Time to answer a request.",
            ["method", "path", "status"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._answers: dict[tuple[str, str, int], Histogram] = {}
        facts = Counter(
            "meritbook_facts_total", "Facts brought over HTTP.", ["outcome"], registry=self.registry
        )
        self._stored, self._hit, self._refused = (
            facts.labels(outcome) for outcome in ("stored", "hit", "refused")
        )
        self._quarantined = Counter(
            "meritbook_quarantined_total",
            "Records of other systems that were refused, by whether they are kept.",
            ["connector", "outcome"],
            registry=self.registry,
        )
        position = Gauge(
            "meritbook_counted_position",
            "Position that the read models have reached.",
            registry=self.registry,
        )
        position.set_function(counted_position)

    def quarantined(self, connector: str, outcome: str) -> None:
        """Counts a refused record: kept in quarantine, or not kept as too many wait there."""
        self._quarantined.labels(connector, outcome).inc()

    def watch_stream(self, clients: Callable[[], int]) -> None:
        """Shows how many listen."""
        listening = Gauge("meritbook_stream_clients", "Clients of the live stream.", registry=self.registry)
        listening.set_function(clients)

    def watch_webhooks(self, figures: Callable[[], tuple[int, int, int]]) -> Callable[[str], None]:
        """Shows how webhooks fare; gives what counts the outcome of a try."""
        meanings = {
            "meritbook_webhook_waiting": "Deliveries on their way.",
            "meritbook_webhook_dead": "Deliveries that were given up.",
            "meritbook_webhooks_stopped": "Webhooks that are paused or disabled.",
        }
        for number, (name, meaning) in enumerate(meanings.items()):
            gauge = Gauge(name, meaning, registry=self.registry)
            gauge.set_function(partial(_figure, figures, number))
        tries = Counter(
            "meritbook_webhook_tries_total", "Tries to deliver.", ["outcome"], registry=self.registry
        )
        return lambda outcome: tries.labels(outcome).inc()

    def watch_seal(self, seal: Seal, ask: Callable[[Callable[[Cursor[Any]], float]], float]) -> None:
        """Shows how far the journal is sealed and cosigned, and whether somebody has to look after it."""
        figures: dict[str, tuple[str, Callable[[], float]]] = {
            "meritbook_sealed_position": (
                "Last position under a signed checkpoint.",
                lambda: ask(sealed_position),
            ),
            "meritbook_seal_delay_seconds": (
                "How long the first fact waits that is not sealed.",
                lambda: ask(seal.delay_seconds),
            ),
            "meritbook_seal_stands_still": (
                "1 when nothing can be signed until somebody mends it.",
                lambda: float(seal.thread is not None and seal.thread.stands_still),
            ),
            "meritbook_witness_away": (
                "1 when the witness does not cosign.",
                lambda: float(seal.witness is not None and seal.witness.trouble is not None),
            ),
            "meritbook_witness_disagrees": (
                "1 when the witness has seen another history.",
                lambda: float(seal.witness is not None and seal.witness.disagrees),
            ),
        }
        for name, (meaning, figure) in figures.items():
            Gauge(name, meaning, registry=self.registry).set_function(figure)

    def brought(self, outcomes: Sequence[Outcome]) -> None:
        """Counts what became of facts."""
        refused = sum(isinstance(outcome, Refused) for outcome in outcomes)
        hits = sum(isinstance(outcome, Stored) and outcome.hit for outcome in outcomes)
        counted = {self._stored: len(outcomes) - refused - hits, self._hit: hits, self._refused: refused}
        for counter, number in counted.items():
            if number:
                counter.inc(number)

    def answered(self, method: str, path: str, status: int, seconds: float) -> None:
        """Counts an answer under the template of its address, never under the address itself."""
        asked = (method if method in METHODS else "other", path, status)
        if asked not in self._answers:
            self._answers[asked] = self._seconds.labels(asked[0], path, str(status))
        self._answers[asked].observe(seconds)


def _figure(figures: Callable[[], tuple[int, int, int]], number: int) -> float:
    return float(figures()[number])

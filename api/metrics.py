"""Figures of the running service, for Prometheus."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
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

    def watch_read_models(self, lags: Callable[[], Mapping[str, tuple[int, bool]]]) -> None:
        """Shows of each read model how many facts it has still to fold, and whether it cannot go on."""
        self.registry.register(_ReadModels(lags))

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


class _ReadModels(Collector):
    """One look at the database for the figures of all read models."""

    def __init__(self, lags: Callable[[], Mapping[str, tuple[int, bool]]]) -> None:
        self._lags = lags

    def describe(self) -> Sequence[Metric]:
        """What is shown, without a look."""
        return self._families()

    def collect(self) -> Sequence[Metric]:
        """What is shown, as it is now."""
        lag, stopped = self._families()
        for name, (facts, stands_still) in self._lags().items():
            lag.add_metric([name], facts)
            stopped.add_metric([name], float(stands_still))
        return [lag, stopped]

    def _families(self) -> tuple[GaugeMetricFamily, GaugeMetricFamily]:
        behind, still = "Facts that are recorded and not folded.", "1 when it cannot go on."
        return (
            GaugeMetricFamily("meritbook_read_model_lag_facts", behind, labels=["read_model"]),
            GaugeMetricFamily("meritbook_read_model_stopped", still, labels=["read_model"]),
        )


LAGS = """
select name, greatest(0, (select coalesce(max(position), 0) from journal) - position),
    stopped_position is not null
from projection order by name"""


def lags(cursor: Cursor[Any]) -> dict[str, tuple[int, bool]]:
    """How many facts each read model has still to fold, and whether it cannot go on, by its name."""
    return {name: (facts, stopped) for name, facts, stopped in cursor.execute(LAGS).fetchall()}


def _figure(figures: Callable[[], tuple[int, int, int]], number: int) -> float:
    return float(figures()[number])

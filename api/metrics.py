"""Figures of the running service, for Prometheus.

What is counted, and what is shown of a process's memory, is that of all workers together. What is asked of
the database is the same whichever of them asks.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, Literal, NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from psycopg import Cursor

from api.intake import Outcome, Refused
from api.seal import Seal, sealed_position
from api.summed import is_summed, sums

METHODS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS".split())

Way = Literal["together", "alone"]

PUBLISH_SECONDS = 1.0

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """One registry a service, so that two in one process do not share their figures."""

    def __init__(self, counted_position: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        self._asked: list[Collector] = []
        self._published: list[tuple[Gauge, Callable[[], float]]] = []
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
        self._append_seconds = Histogram(
            "meritbook_append_seconds",
            "Time of a commit of facts: of those that arrived together, or of a batch that was decided on.",
            ["way"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._appended = Counter(
            "meritbook_appended_facts_total", "Facts of those commits.", ["way"], registry=self.registry
        )
        self._ways = {
            way: (self._append_seconds.labels(way), self._appended.labels(way))
            for way in ("together", "alone")
        }
        self._fold_seconds = Histogram(
            "meritbook_fold_seconds",
            "Time of the read models for a span of facts.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._refusals = Counter(
            "meritbook_refusals_total",
            "Requests that were refused, by kind.",
            ["kind"],
            registry=self.registry,
        )
        self._refused_facts = Counter(
            "meritbook_refused_facts_total",
            "Facts that were refused, by kind.",
            ["kind"],
            registry=self.registry,
        )
        self._quarantined = Counter(
            "meritbook_quarantined_total",
            "Records of other systems that were refused, by whether they are kept.",
            ["connector", "outcome"],
            registry=self.registry,
        )
        meaning = "Position that the read models have reached."
        self._show("meritbook_counted_position", meaning, counted_position)

    def quarantined(self, connector: str, outcome: str) -> None:
        """Counts a refused record: kept in quarantine, or not kept as too many wait there."""
        self._quarantined.labels(connector, outcome).inc()

    def refused(self, kind: str) -> None:
        """Counts a request that was refused."""
        self._refusals.labels(kind).inc()

    def appended(self, way: Way, facts: int, seconds: float) -> None:
        """Counts a commit of so many facts."""
        took, counted = self._ways[way]
        took.observe(seconds)
        counted.inc(facts)

    def committed(self, facts: int, seconds: float) -> None:
        """Counts a commit of facts that arrived together."""
        self.appended("together", facts, seconds)

    def folded(self, _: int, seconds: float) -> None:
        """Counts a span that the read models folded."""
        self._fold_seconds.observe(seconds)

    def watch_writing(self, queued_facts: Callable[[], int], waiting: Callable[[], int]) -> None:
        """Shows how many facts wait for a commit, and how many requests for room or for a decision."""
        self._publish("meritbook_commit_queue_facts", "Facts that wait for the next commit.", queued_facts)
        self._publish("meritbook_intake_waiting", "Requests that wait to bring their facts.", waiting)

    def watch_stream(self, clients: Callable[[], int], queued_bytes: Callable[[], int]) -> None:
        """Shows how many listen, and how much waits to be sent to them."""
        self._publish("meritbook_stream_clients", "Clients of the live stream.", clients)
        self._publish("meritbook_stream_queue_bytes", "What waits to be sent to them all.", queued_bytes)

    def _show(self, name: str, meaning: str, figure: Callable[[], float]) -> None:
        """Shows what the database says, or what is the same in all processes."""
        self._asked.append(_Figure(name, meaning, figure))
        self.registry.register(self._asked[-1])

    def _publish(self, name: str, meaning: str, figure: Callable[[], float]) -> None:
        """Shows what only this process knows; of several, the sum."""
        gauge = Gauge(name, meaning, registry=self.registry, multiprocess_mode="livesum")
        if is_summed():
            self._published.append((gauge, figure))
        else:
            gauge.set_function(figure)

    @asynccontextmanager
    async def published(self) -> AsyncGenerator[None]:
        """Lets the other workers know what only this one knows, every second; and that it is gone."""
        task = asyncio.create_task(self._publish_all())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            for gauge, _ in self._published:
                gauge.set(0)

    async def _publish_all(self) -> None:
        while self._published:
            for gauge, figure in self._published:
                gauge.set(figure())
            await asyncio.sleep(PUBLISH_SECONDS)

    def text(self) -> bytes:
        """All figures, as Prometheus reads them."""
        if not is_summed():
            return generate_latest(self.registry)
        for gauge, figure in self._published:
            gauge.set(figure())
        registry = sums()
        for asked in self._asked:
            registry.register(asked)
        return generate_latest(registry)

    def watch_read_models(self, lags: Callable[[], Mapping[str, "Lag"]]) -> None:
        """Shows of each read model how far it is behind, and whether it cannot go on."""
        self._asked.append(_ReadModels(lags))
        self.registry.register(self._asked[-1])

    def watch_webhooks(self, figures: Callable[[], tuple[int, int, int]]) -> Callable[[str], None]:
        """Shows how webhooks fare; gives what counts the outcome of a try."""
        meanings = {
            "meritbook_webhook_waiting": "Deliveries on their way.",
            "meritbook_webhook_dead": "Deliveries that were given up.",
            "meritbook_webhooks_stopped": "Webhooks that are paused or disabled.",
        }
        for number, (name, meaning) in enumerate(meanings.items()):
            self._show(name, meaning, partial(_figure, figures, number))
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
        }
        of_who_seals: dict[str, tuple[str, Callable[[], float]]] = {
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
            self._show(name, meaning, figure)
        for name, (meaning, figure) in of_who_seals.items():
            self._publish(name, meaning, figure)

    def brought(self, outcomes: Sequence[Outcome]) -> None:
        """Counts what became of facts."""
        refused = hits = 0
        for outcome in outcomes:
            if isinstance(outcome, Refused):
                refused += 1
                self._refused_facts.labels(type(outcome.refusal).kind).inc()
            elif outcome.hit:
                hits += 1
        stored = len(outcomes) - refused - hits
        for counter, number in (self._stored, stored), (self._hit, hits), (self._refused, refused):
            if number:
                counter.inc(number)

    def answered(self, method: str, path: str, status: int, seconds: float) -> None:
        """Counts an answer under the template of its address, never under the address itself."""
        asked = (method if method in METHODS else "other", path, status)
        counted = self._answers.get(asked)
        if counted is None:
            counted = self._answers[asked] = self._seconds.labels(asked[0], path, str(status))
        counted.observe(seconds)


class _Figure(Collector):
    """One figure, asked for when it is shown."""

    def __init__(self, name: str, meaning: str, figure: Callable[[], float]) -> None:
        self._name, self._meaning, self._figure = name, meaning, figure

    def describe(self) -> Sequence[Metric]:
        """What is shown, without asking."""
        return [GaugeMetricFamily(self._name, self._meaning)]

    def collect(self) -> Sequence[Metric]:
        """What is shown, as it is now."""
        return [GaugeMetricFamily(self._name, self._meaning, value=self._figure())]


class Lag(NamedTuple):
    """How far a read model is behind. seconds: how long the first fact waits that it has not folded."""

    facts: int
    seconds: float
    stopped: bool


class _ReadModels(Collector):
    """One look at the database for the figures of all read models."""

    def __init__(self, lags: Callable[[], Mapping[str, Lag]]) -> None:
        self._lags = lags

    def describe(self) -> Sequence[Metric]:
        """What is shown, without a look."""
        return self._families()

    def collect(self) -> Sequence[Metric]:
        """What is shown, as it is now."""
        shown = self._families()
        for name, lag in self._lags().items():
            for family, figure in zip(shown, lag, strict=True):
                family.add_metric([name], float(figure))
        return shown

    def _families(self) -> list[GaugeMetricFamily]:
        meanings = {
            "meritbook_read_model_lag_facts": "Facts that are recorded and not folded.",
            "meritbook_read_model_lag_seconds": "How long the first of them waits.",
            "meritbook_read_model_stopped": "1 when it cannot go on.",
        }
        return [GaugeMetricFamily(name, said, labels=["read_model"]) for name, said in meanings.items()]


LAGS = """
select p.name, greatest(0, (select coalesce(max(position), 0) from journal) - p.position),
    coalesce(greatest(0, extract(epoch from clock_timestamp() - (
        select recorded_at from journal where position = p.position + 1
    ))), 0)::float8,
    p.stopped_position is not null
from projection p order by p.name"""


def lags(cursor: Cursor[Any]) -> dict[str, Lag]:
    """How far each read model is behind, by its name."""
    return {name: Lag(*figures) for name, *figures in cursor.execute(LAGS).fetchall()}


def _figure(figures: Callable[[], tuple[int, int, int]], number: int) -> float:
    return float(figures()[number])

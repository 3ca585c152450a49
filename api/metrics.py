"""Figures of the running service, for Prometheus."""

from collections.abc import Callable, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from api.intake import Outcome, Refused

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
        self._facts = Counter(
            "meritbook_facts_total", "Facts brought over HTTP.", ["outcome"], registry=self.registry
        )
        position = Gauge(
            "meritbook_counted_position",
            "Position that the read models have reached.",
            registry=self.registry,
        )
        position.set_function(counted_position)

    def brought(self, outcomes: Sequence[Outcome]) -> None:
        """Counts what became of facts."""
        for outcome in outcomes:
            name = "refused" if isinstance(outcome, Refused) else "hit" if outcome.hit else "stored"
            self._facts.labels(name).inc()

    def answered(self, method: str, path: str, status: int, seconds: float) -> None:
        """Counts an answer under the template of its address, never under the address itself."""
        asked = (method if method in METHODS else "other", path, status)
        if asked not in self._answers:
            self._answers[asked] = self._seconds.labels(asked[0], path, str(status))
        self._answers[asked].observe(seconds)

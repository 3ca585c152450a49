"""The figures of a running service, put together."""

from api import seal
from api.metrics import Metrics, lags
from api.reading import Reading, counted_position
from api.streaming.hub import Hub


def figures(reading: Reading, hub: Hub, sealing: seal.Seal) -> Metrics:
    """The figures of a service, with those of its stream and its seal."""
    metrics = Metrics(lambda: reading.ask_here(counted_position))
    metrics.watch_read_models(lambda: reading.ask_here(lags))
    metrics.watch_stream(lambda: len(hub), hub.queued_bytes)
    metrics.watch_seal(sealing, reading.ask_here)
    return metrics

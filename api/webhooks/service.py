"""Webhooks of a running service, put together: what its addresses take, and the deliverer behind them."""

import threading
from collections.abc import Callable
from functools import partial

from api.metrics import Metrics
from api.noting import note
from api.ops import Ledger, now
from api.reading import Reading
from api.tokens import Tokens, token_file
from api.traces import TracesKept
from api.tracing import Spans
from api.webhooks import queue
from api.webhooks.addresses import Desk
from api.webhooks.courier import Courier
from api.webhooks.guard import guard_of
from api.webhooks.placing import Boards
from api.webhooks.posting import TIMEOUT_SECONDS
from api.webhooks.sending import Sending

AT_THE_DATABASE = 2
"""So many of the readers' connections may be used for deliveries at once."""


def webhooks_of(
    ledger: Ledger, reading: Reading, metrics: Metrics, traces: TracesKept, spans: Spans | None = None
) -> tuple[Desk, Courier]:
    """What the addresses of webhooks take, and what delivers.

    traces: of the facts that the service wrote. spans: where tries are noted.
    """
    tell = metrics.watch_webhooks(lambda: reading.ask_here(queue.figures))
    sending = sending_of(ledger, tell, traces)._replace(spans=spans)
    tokens = Tokens(token_file(ledger.settings.home), ledger=ledger.schema)
    courier = Courier(ledger.dsn, ledger.schema, sending, ledger.today, tokens.has_ended, Boards(reading))
    desk = Desk(ledger.pool, ledger.vault, sending.guard, now, courier.ring, sending.note)
    return desk, courier


def sending_of(
    ledger: Ledger, tell: Callable[[str], None] = lambda _: None, traces: TracesKept | None = None
) -> Sending:
    """What sending takes. tell: told the verdict on each delivery."""
    guard = guard_of(ledger.settings.webhook_hosts)
    room = threading.BoundedSemaphore(AT_THE_DATABASE)
    traced = (traces or TracesKept()).of
    noting = partial(note, ledger)
    return Sending(ledger.pool, ledger.vault, guard, now, tell, noting, TIMEOUT_SECONDS, room, traced)

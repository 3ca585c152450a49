"""Logs for whoever runs the service: static event names, keywords, ids instead of people.

A log is not the audit trail; the journal is.
"""

import logging
import sys
from contextvars import ContextVar
from typing import Literal

import msgspec
import structlog
from structlog.typing import EventDict

from api.traces import TRACE

_ENCODER = msgspec.json.Encoder(enc_hook=str)

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request under way; every line that is logged meanwhile bears it."""


def configure_logs(form: Literal["json", "console"], level: str) -> None:
    """Sends our own events and those of the libraries to standard error, one a line."""
    shared: list[structlog.typing.Processor] = [
        _with_ids,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    ending: list[structlog.typing.Processor]
    if form == "json":
        # A local variable may hold what somebody sent, which is not to be kept in a log.
        tracebacks = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        ending = [
            structlog.processors.ExceptionRenderer(tracebacks),
            structlog.processors.JSONRenderer(serializer=_json),
        ]
    else:
        ending = [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(number)
    for library in ("uvicorn.error", "uvicorn.access", "psycopg.pool", "litestar"):
        logging.getLogger(library).setLevel(max(number, logging.WARNING))


def _with_ids(_: object, __: str, event: EventDict) -> EventDict:
    if request_id := REQUEST_ID.get():
        event.setdefault("request_id", request_id)
    if trace := TRACE.get():
        event.setdefault("trace_id", trace.trace_id)
    return event


def _json(event: object, **_: object) -> str:
    return _ENCODER.encode(event).decode()

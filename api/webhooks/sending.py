"""Sends what is due: a task for each endpoint, so that a slow one delays nobody else.

At an endpoint at most a few requests are under way, begun in the order in which the events came up. What came
of them is written down after each handful; who is killed before that sends them again, under the same ids.
"""

import asyncio
import datetime as dt
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple, TypeVar

import structlog
from psycopg import Cursor
from psycopg_pool import ConnectionPool

from api.traces import Trace
from api.tracing import Spans
from api.webhooks import queue, robots, signing, subscriptions
from api.webhooks.guard import Guard, Ip, Target
from api.webhooks.lines import IDLE_SECONDS, Lines
from api.webhooks.noted import Note, stop
from api.webhooks.posting import Answer, failed, post, resolved
from api.webhooks.queue import Due, Outcome
from api.webhooks.schedule import verdict
from api.webhooks.subscriptions import Sealed, Webhook
from domain.journal.master import KeysUnavailable
from domain.journal.vault import Vault
from domain.refusals import Refusal

log = structlog.get_logger("meritbook")

AT_ONCE = 4
"""Requests under way at one endpoint."""
HANDFUL = 16
"""So many deliveries are sent before what came of them is written down."""
THROTTLED = frozenset({429, 502, 503, 504})
REST_SECONDS = 5.0
"""So long is an endpoint left alone that says it is overloaded, if it does not say for how long."""
MOST_REST_SECONDS = 3_600.0

_Found = TypeVar("_Found")


class Sending(NamedTuple):
    """What sending takes. clock: now. tell: told each verdict. note: writes into the trail.

    seconds: for a whole answer. room: how many endpoints ask the database at once; its connections are the
    readers'. traced: the next step of the trace that wrote the fact at a position. spans: where tries go.
    """

    pool: ConnectionPool[Any]
    vault: Vault
    guard: Guard
    clock: Callable[[], dt.datetime]
    tell: Callable[[str], None]
    note: Note
    seconds: float
    room: threading.BoundedSemaphore
    traced: Callable[[int | None], Trace]
    spans: Spans | None = None

    def trace_of(self, position: int | None) -> Trace:
        """The next step of the trace that wrote the fact at `position`, recorded if its turn has come."""
        trace = self.traced(position)
        return trace if self.spans is None else self.spans.begun(trace)


class _Round(NamedTuple):
    """What is to be sent next to one endpoint."""

    webhook: Webhook
    sealed: Sealed
    due: list[Due]


class Endpoint:
    """One endpoint and what is under way there."""

    def __init__(self, name: str, sending: Sending) -> None:
        self._name, self._sending = name, sending
        self._rest_until: dt.datetime | None = None
        self.lines = Lines()

    async def serve(self, only: str | None = None) -> None:
        """Sends all that is due by now; or one delivery, once. Connections are kept for what comes soon."""
        try:
            await self._serve(only)
        finally:
            if only is not None:
                self.lines.close()
            else:
                asyncio.get_running_loop().call_later(IDLE_SECONDS, self.lines.drop_idle)

    async def _serve(self, only: str | None) -> None:
        while True:
            await self._rest()
            try:
                found = await asyncio.to_thread(self._asked, partial(self._next, only=only))
            except KeysUnavailable as refusal:
                named = {"note": self._sending.note, "name": self._name, "because": refusal.detail}
                await asyncio.to_thread(self._asked, partial(stop, **named))
                return
            if found is None:
                return
            if isinstance(found, _Round):
                await self._send(found)
                if only is not None:
                    return
            else:
                self._rest_until = found

    async def _rest(self) -> None:
        if self._rest_until is not None:
            wait = (self._rest_until - self._sending.clock()).total_seconds()
            self._rest_until = None
            await asyncio.sleep(max(0.0, min(wait, MOST_REST_SECONDS)))

    def _next(self, cursor: Cursor[Any], only: str | None) -> _Round | dt.datetime | None:
        """What is to be sent now; or when to ask again, as a robot takes nothing earlier."""
        asked = subscriptions.webhook(cursor, self._name)
        if asked is None or asked.state != "active":
            return None
        now = self._sending.clock()
        most = HANDFUL if asked.form == "standard" else robots.MOST_LINES
        due = queue.due(cursor, self._name, now, most, only)
        if not due:
            return None
        if asked.form != "standard" and asked.sent_at is not None:
            earliest = asked.sent_at + dt.timedelta(seconds=robots.SPACING_SECONDS)
            if now < earliest:
                return earliest
        return _Round(asked, subscriptions.unsealed(cursor, self._sending.vault, self._name), due)

    async def _send(self, found: _Round) -> None:
        try:
            target = self._sending.guard.target(found.sealed.url)
            address = await resolved(self._sending.guard, target)
        except (Refusal, OSError, TimeoutError) as why:
            outcomes = [(each, failed(why)) for each in found.due]
        else:
            tell = self._by_standard if found.webhook.form == "standard" else self._to_robot
            outcomes = await tell(found, target, address)
        await asyncio.to_thread(self._asked, lambda cursor: self._settle(cursor, outcomes))

    async def _by_standard(self, found: _Round, target: Target, address: Ip) -> list[tuple[Due, Answer]]:
        room = asyncio.Semaphore(AT_ONCE)

        async def one(due: Due) -> tuple[Due, Answer]:
            async with room:
                at, body = self._sending.clock(), due.body.encode()
                held = signing.signing(found.sealed.secrets, at)
                headers = signing.headers(held, due.message, at, body)
                trace = self._sending.trace_of(due.position)
                headers["traceparent"] = trace.header
                answer = await post(
                    target, address, body, headers, seconds=self._sending.seconds, lines=self.lines
                )
                self._traced(trace, answer)
                said = {"message": due.message, "position": due.position, "status": answer.status}
                log.debug("webhook_tried", webhook=self._name, trace_id=trace.trace_id, **said)
                return due, answer

        return await asyncio.gather(*(one(due) for due in found.due))

    async def _to_robot(self, found: _Round, target: Target, address: Ip) -> list[tuple[Due, Answer]]:
        """One message of as many lines as it holds."""
        asked = found.webhook
        made = robots.message(asked.form, [each.line for each in found.due], asked.language)
        if asked.form == "dingtalk" and found.sealed.secrets:
            at_ms = int(self._sending.clock().timestamp() * 1000)
            target = target._replace(
                path=target.path + robots.signed_query(found.sealed.secrets[0].text, at_ms)
            )
        answer = robots.judged(await post(target, address, made.body, {}, seconds=self._sending.seconds))
        self._traced(self._sending.trace_of(found.due[0].position), answer)
        return [(each, answer) for each in found.due[: made.told]]

    def _traced(self, trace: Trace, answer: Answer) -> None:
        if self._sending.spans is not None:
            self._sending.spans.delivered(trace, self._name, answer.status, answer.ms / 1000)

    def _settle(self, cursor: Cursor[Any], tried: Sequence[tuple[Due, Answer]]) -> None:
        at = self._sending.clock()
        outcomes = [Outcome(due, answer, verdict(answer.status)) for due, answer in tried]
        because = queue.settle(cursor, self._name, outcomes, at)
        for each in outcomes:
            self._sending.tell(each.verdict)
        if because is not None:
            gone = any(each.verdict == "gone" for each in outcomes)
            stop(cursor, self._sending.note, self._name, because, gone=gone)
        if overloaded := [each.answer for each in outcomes if _is_overloaded(each.answer)]:
            asked = max(each.asked_seconds for each in overloaded) or REST_SECONDS
            self._rest_until = at + dt.timedelta(seconds=asked)

    def _asked(self, question: Callable[[Cursor[Any]], _Found]) -> _Found:
        with self._sending.room, self._sending.pool.connection() as connection, connection.cursor() as cursor:
            return question(cursor)


class Endpoints:
    """The endpoints that something is being sent to."""

    def __init__(self, sending: Sending) -> None:
        self._sending = sending
        self._known: dict[str, Endpoint] = {}
        self._serving: dict[str, asyncio.Task[None]] = {}

    def serve(self, name: str) -> None:
        """Sees to it that one endpoint is served."""
        task = self._serving.get(name)
        if task is None or task.done():
            if task is not None and not task.cancelled() and (error := task.exception()) is not None:
                log.error("webhook_failed", webhook=name, error=repr(error))
            endpoint = self._known.setdefault(name, Endpoint(name, self._sending))
            self._serving[name] = asyncio.create_task(endpoint.serve())

    async def close(self) -> None:
        """Gives up what is under way; it is sent again by whoever comes next."""
        for task in self._serving.values():
            task.cancel()
        for endpoint in self._known.values():
            endpoint.lines.close()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*self._serving.values(), return_exceptions=True)


def _is_overloaded(answer: Answer) -> bool:
    return answer.status in THROTTLED or bool(answer.asked_seconds)

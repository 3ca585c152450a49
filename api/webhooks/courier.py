"""The one deliverer of a ledger: follows the journal and sends, while it holds the lock of PostgreSQL."""

import asyncio
import datetime as dt
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import structlog

from api.reading import counted_position
from api.webhooks import deriving, placing, queue, subscriptions
from api.webhooks.events import BOARD
from api.webhooks.noted import stop
from api.webhooks.placing import Boards
from api.webhooks.sending import Endpoints, Sending
from api.webhooks.standing import STANDING, standing, tell
from api.webhooks.subscriptions import Webhook
from domain.journal.connection import connect, folded_channel
from domain.journal.listen import Wakeup
from projections.spans import Connection

log = structlog.get_logger("meritbook")

LOCK = "select pg_try_advisory_lock(hashtextextended('webhooks ' || current_schema(), 0))"

POLL_SECONDS = 1.0
RETRY_SECONDS = 2.0
JOIN_SECONDS = 10.0
LEAST_REST_SECONDS = 0.025
THREADS = 24

STANDING_SECONDS = 60.0
"""So often is looked at what comes about with the day alone."""
STANDING_SHARE = 10
"""After facts sooner, but for each second that it takes to look there are so many of rest."""
FORGET_SECONDS = 3_600.0


class Courier:
    """A thread that delivers for a ledger as long as no other process does.

    today: the business day. ended: whether the token of this name counts no longer.
    """

    def __init__(
        self,
        dsn: str,
        schema: str,
        sending: Sending,
        today: Callable[[], dt.date],
        ended: Callable[[str], bool],
        boards: Boards,
    ) -> None:
        self._dsn, self._schema, self._sending = dsn, schema, sending
        self._today, self._ended, self._boards = today, ended, boards
        self._stop = threading.Event()
        self._wakeup = Wakeup(dsn, schema, folded_channel)
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._standing_at, self._looked_at, self._forget_at = 0.0, -1, 0.0
        self._earliest_standing, self._makers_at = 0.0, 0.0
        self._active: list[Webhook] = []

    def start(self) -> None:
        """Begins to deliver."""
        self._thread.start()

    def ring(self) -> None:
        """Says that there may be something to do."""
        self._wakeup.ring()

    def stop(self) -> None:
        """Ends; what is under way is sent again by whoever comes next."""
        self._stop.set()
        self._wakeup.ring()
        self._thread.join(JOIN_SECONDS)
        self._wakeup.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with connect(self._dsn, self._schema, autocommit=True) as connection:
                    if connection.execute(LOCK).fetchone() == (True,):
                        asyncio.run(self._deliver(connection))
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                log.warning("webhooks_wait_for_database", error=type(error).__name__)
            except Exception:
                log.exception("webhooks_failed")
            self._stop.wait(RETRY_SECONDS)

    async def _deliver(self, connection: Connection) -> None:
        """Follows and sends until told to stop, or until the connection that holds the lock is gone."""
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "webhooks"))
        endpoints = Endpoints(self._sending)
        try:
            while not self._stop.is_set():
                more, due = await asyncio.to_thread(self._look, connection)
                now = self._sending.clock()
                for name, at in due.items():
                    if at <= now:
                        endpoints.serve(name)
                if not self._active:  # facts are nobody's business
                    await asyncio.to_thread(self._stop.wait, POLL_SECONDS)
                elif not more:
                    await asyncio.sleep(LEAST_REST_SECONDS)
                    first = min((at for at in due.values() if at > now), default=now)
                    wait = (first - now).total_seconds() or POLL_SECONDS
                    await asyncio.to_thread(self._wakeup.wait, min(wait, POLL_SECONDS))
        finally:
            await endpoints.close()

    def _look(self, connection: Connection) -> tuple[bool, dict[str, dt.datetime]]:
        """Makes deliveries of what is new; whether there is more of it, and when what is to be sent."""
        with connection.cursor() as cursor:
            self._active = active = subscriptions.webhooks(cursor, active=True)
            if not active:
                return False, {}
            upto = counted_position(cursor)
        today, now = self._today(), self._sending.clock()
        if looks_at_makers := time.monotonic() >= self._makers_at:
            self._makers_at = time.monotonic() + POLL_SECONDS
        more = False
        for each in active:
            if looks_at_makers and self._is_over(connection, each, today):
                continue
            if each.told_position < upto:
                with connection.transaction(), connection.cursor() as cursor:
                    more |= deriving.derive(cursor, each.webhook, upto, today, now)
        self._look_at_what_stands(connection, active, upto)
        self._look_at_boards(connection, active, upto)
        self._forget(connection)
        with connection.cursor() as cursor:
            return more, queue.next_due(cursor)

    def _is_over(self, connection: Connection, asked: Webhook, today: dt.date) -> bool:
        """Pauses a webhook whose maker may ask for nothing any more; whether it did."""
        with connection.transaction(), connection.cursor() as cursor:
            if not self._ended(asked.maker) and not deriving.is_over(cursor, asked, today):
                return False
            because = f"{asked.maker}, who made it, may ask for nothing any more."
            stop(cursor, self._sending.note, asked.webhook, because)
        return True

    def _look_at_what_stands(self, connection: Connection, active: list[Webhook], upto: int) -> None:
        wanted = [each for each in active if STANDING.intersection(each.events)]
        started = time.monotonic()
        due = started >= self._standing_at or (upto != self._looked_at and started >= self._earliest_standing)
        if not wanted or not due:
            return
        today, now = self._today(), self._sending.clock()
        with connection.cursor() as cursor:
            found = standing(cursor, wanted, today, now)
        for each in wanted:
            with connection.transaction(), connection.cursor() as cursor:
                tell(cursor, each.webhook, found, today, now)
        over = time.monotonic()
        self._looked_at, self._standing_at = upto, over + STANDING_SECONDS
        self._earliest_standing = over + STANDING_SHARE * (over - started)

    def _look_at_boards(self, connection: Connection, active: list[Webhook], upto: int) -> None:
        wanted = [each for each in active if BOARD in each.events]
        today = self._today()
        found = self._boards.look(upto, today) if wanted else None
        for each in wanted if found is not None else ():
            with connection.transaction(), connection.cursor() as cursor:
                placing.tell(cursor, each.webhook, found or (), today, self._sending.clock())

    def _forget(self, connection: Connection) -> None:
        if time.monotonic() >= self._forget_at:
            self._forget_at = time.monotonic() + FORGET_SECONDS
            with connection.transaction(), connection.cursor() as cursor:
                queue.forget(cursor, self._sending.clock())

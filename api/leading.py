"""What only one process of a ledger does at a time: whoever holds its advisory lock leads.

The locks are held by a connection of their own, which does nothing else. When the leader's process ends,
however it ends, PostgreSQL frees them with the connection, and somebody else takes over within a second or
two. When the connection ends and the process lives, the leader notices within a second, or five if nothing
answers, and stops its works before it tries again. Should two work for a moment, what they do takes turns by
locks of its own transactions.
"""

import threading
from collections.abc import Mapping
from typing import Protocol

import psycopg
import structlog
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from domain.journal.connection import ledger_conninfo

log = structlog.get_logger("meritbook")

LOCK = "select pg_try_advisory_lock(hashtextextended('leads ' || %(work)s || ' ' || current_schema(), 0))"

ALIVE = "select"

LOOK_SECONDS = 1.0
JOIN_SECONDS = 40.0

# A machine that went away says nothing: the server frees its locks, and it learns of it, within five seconds.
SERVERS_PATIENCE = {
    "tcp_keepalives_idle": 2,
    "tcp_keepalives_interval": 1,
    "tcp_keepalives_count": 2,
    "statement_timeout": 3_000,
}
OUR_PATIENCE = {
    "connect_timeout": 3,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 4_000,
}


class Work(Protocol):
    """What is led: begun and ended from any thread, and maybe begun again."""

    def start(self) -> None:
        """Begins."""
        ...

    def stop(self) -> None:
        """Ends, and waits for that."""
        ...


class Leading:
    """A thread that has each of some works done, by name, whenever this process leads it."""

    def __init__(self, dsn: str, schema: str, works: Mapping[str, Work]) -> None:
        self._conninfo, self._works = _conninfo(dsn, schema), works
        self._led: dict[str, Work] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="leading", daemon=True)

    @property
    def leads(self) -> list[str]:
        """The works that this process leads."""
        return sorted(self._led)

    def start(self) -> None:
        """Begins to try."""
        if self._works:
            self._thread.start()

    def stop(self) -> None:
        """Ends the works, then gives the locks back."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(JOIN_SECONDS)

    def _run(self) -> None:
        told = ""
        while not self._stop.is_set():
            try:
                with psycopg.connect(self._conninfo, autocommit=True) as connection:
                    told = ""
                    try:
                        self._lead(connection)
                    finally:
                        self._leave()
            except psycopg.Error as error:
                if type(error).__name__ != told:
                    told = type(error).__name__
                    log.warning("leader_waits_for_database", error=told)
                self._stop.wait(LOOK_SECONDS)

    def _lead(self, connection: Connection[TupleRow]) -> None:
        """Leads what nobody else leads, until told to stop.

        Raises: psycopg.Error when the connection is lost, and the locks with it.
        """
        while not self._stop.is_set():
            connection.execute(ALIVE)
            for name in self._works.keys() - self._led.keys():
                if connection.execute(LOCK, {"work": name}).fetchone() == (True,):
                    log.info("leads", work=name)
                    self._led[name] = self._works[name]
                    self._led[name].start()
            self._stop.wait(LOOK_SECONDS)

    def _leave(self) -> None:
        """Ends all that is led, at the same time, so that none waits for another to notice."""
        ending = [threading.Thread(target=work.stop, daemon=True) for work in self._led.values()]
        for thread in ending:
            thread.start()
        for thread in ending:
            thread.join(JOIN_SECONDS)
        if self._led:
            log.info("leads_no_longer", works=self.leads)
        self._led = {}


def _conninfo(dsn: str, schema: str) -> str:
    patient = make_conninfo("", **{**OUR_PATIENCE, **conninfo_to_dict(dsn)})
    given = conninfo_to_dict(ledger_conninfo(patient, schema))
    options = " ".join(f"-c {name}={value}" for name, value in SERVERS_PATIENCE.items())
    return make_conninfo("", **{**given, "options": f"{given.get('options', '')} {options}"})

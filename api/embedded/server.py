"""The supervisor: many processes share one embedded PostgreSQL, which stops with its last user."""

import fcntl
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self
from urllib.parse import quote

from api.embedded.account import Account, choose_account
from api.embedded.binaries import best_wal_compression, find_binaries, runnable
from api.embedded.cluster import OWNER, Places, clear_socket, make_cluster, recorded_socket, socket_directory
from api.embedded.failure import EmbeddedFailed
from api.embedded.keeper import Order, send_keeper, trim
from api.embedded.locks import Patience, is_held, lock, locked, try_lock
from api.embedded.process import (
    clear_remains,
    cluster_name,
    lives_in,
    postmaster,
    process_of,
    status,
    stop_server,
)

DATABASE = "meritbook"
CONNECT_SECONDS = 10
STOP_SECONDS = 330.0
NO_SETTINGS: Mapping[str, str] = MappingProxyType({})
TUNED = {
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    # So many bytes of log files are used again after quiet hours: everybody waits while a new one is filled.
    "min_wal_size": "512MB",
    "fsync": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_destination": "stderr",
    "logging_collector": "off",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
}


class EmbeddedPostgres:
    """One user's hold on the embedded server of `home`; the server lives while anyone holds on.

    run_as: the unprivileged user that runs the server when we are root; default the owner of the data, else
    postgres, else nobody. settings: PostgreSQL settings over the tuned ones; they count when this user is the
    one who starts the server. on_wait: told every few seconds what a long start waits for.
    """

    def __init__(
        self,
        home: Path,
        *,
        bin_dir: Path | None = None,
        start_timeout_seconds: float = 300.0,
        on_wait: Callable[[str], None] | None = None,
        settings: Mapping[str, str] = NO_SETTINGS,
        run_as: str | None = None,
    ) -> None:
        self._places = Places(home)
        self._bin_dir = bin_dir
        self._timeout_seconds = start_timeout_seconds
        self._on_wait = on_wait
        self._settings = dict(settings)
        self._run_as = run_as
        self._mutex = threading.Lock()
        self._hold: int | None = None
        self._dsn: str | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def dsn(self) -> str:
        """The owner's address of the database, with its password: never log it.

        Raises: EmbeddedFailed before start()
        """
        if self._dsn is None:
            raise EmbeddedFailed("The embedded PostgreSQL is not started.", remedy="call start() first.")
        return self._dsn

    def start(self) -> str:
        """Holds on to the server, starting or adopting it if need be, and gives its DSN.

        May be called again: after a crash of the server it starts it anew. Waits for crash recovery.

        Raises: EmbeddedFailed
        """
        with self._mutex:
            held_before = self._hold is not None
            try:
                self._dsn = self._start(Patience(self._timeout_seconds, self._on_wait))
            except BaseException as error:
                if not held_before:
                    self._let_go()
                if isinstance(error, OSError):
                    raise _not_ours(error, self._places) from error
                raise
            return self._dsn

    def is_alive(self) -> bool:
        """Whether the server lives, ready or not."""
        return postmaster(self._places.data) is not None

    def stop(self) -> None:
        """Leaves; the last user stops the server and returns when it has stopped.

        Raises: EmbeddedFailed
        """
        with self._mutex:
            if self._hold is None:
                return
            self._let_go()
            self._dsn = None
            alone = try_lock(self._places.users_lock, fcntl.LOCK_EX)
            if alone is None:
                self._await_keeper()
                return
            try:
                stop_server(self._places.data)
            finally:
                os.close(alone)

    def _await_keeper(self) -> None:
        """Returns at once if other users remain; else when the keeper has stopped the server."""
        patience = Patience(STOP_SECONDS, self._on_wait)
        os.close(lock(self._places.users_lock, fcntl.LOCK_SH, patience, "the server is stopping"))

    def _let_go(self) -> None:
        if self._hold is not None:
            os.close(self._hold)
            self._hold = None

    def _start(self, patience: Patience) -> str:
        places = self._places
        account = choose_account(self._run_as, places.data)
        places.open_to(account)
        if self._hold is None:
            self._hold = lock(
                places.users_lock, fcntl.LOCK_SH, patience, "the previous server is still stopping"
            )
        with locked(places.start_lock, patience, "another process is starting the server") as start_lock:
            server = postmaster(places.data)
            while server is not None and status(server.pid, places.data) == "stopping":
                patience.wait(f"the server {server.pid} is stopping", remedy="see its log.", log=places.log)
                server = postmaster(places.data)
            if server is None:
                pid = self._launch(account, start_lock)
            else:
                pid = server.pid
                if not is_held(places.keeper_lock):
                    send_keeper(self._order(account, start_lock, pid=pid))
            self._await_ready(pid, patience)
            return self._connect()

    def _launch(self, account: Account, start_lock: int) -> int:
        """Starts a server where none lives, making its cluster if need be; gives its pid."""
        places = self._places
        clear_remains(places.data)
        binaries = runnable(find_binaries(self._bin_dir, account), account, places.top)
        make_cluster(places, binaries, account)
        trim(places.log)
        socket = socket_directory(places, account)
        clear_socket(socket)
        settings = {
            **TUNED,
            "wal_compression": best_wal_compression(binaries, account, places.data),
            **self._settings,
            "unix_socket_directories": _quoted(socket),
            "cluster_name": cluster_name(places.data),
        }
        command = [str(binaries.directory / "postgres"), "-D", str(places.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return send_keeper(self._order(account, start_lock, command=tuple(command)))

    def _order(
        self, account: Account, start_lock: int, *, command: tuple[str, ...] = (), pid: int = 0
    ) -> Order:
        places = self._places
        return Order(
            data=str(places.data),
            users_lock=str(places.users_lock),
            keeper_lock=str(places.keeper_lock),
            log=str(places.log),
            start_lock=start_lock,
            uid=account.uid,
            gid=account.gid,
            switched=account.switched,
            command=command,
            pid=pid,
        )

    def _await_ready(self, pid: int, patience: Patience) -> None:
        """Waits until the server says that it is ready; recovery after a crash may take minutes."""
        data, log = self._places.data, self._places.log
        while status(pid, data) != "ready":
            server = process_of(pid)
            if server is None or not lives_in(server, data):
                raise EmbeddedFailed(
                    f"The embedded PostgreSQL in {data} ended while it was starting.",
                    remedy="correct what its log says and start again.",
                    log=log,
                )
            patience.wait(
                f"the database in {data} is starting up or recovering from a crash",
                remedy="start again and wait longer; an interrupted recovery is simply repeated.",
                log=log,
            )

    def _connect(self) -> str:
        """Proves that the database answers, making it on the first call."""
        import psycopg  # Here, so that the keeper, which needs no client, starts in a third of the time.

        try:
            with psycopg.connect(
                self._address("postgres"), autocommit=True, connect_timeout=CONNECT_SECONDS
            ) as session:
                found = session.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone()
                if found is None:
                    session.execute(f"create database {DATABASE}")
        except psycopg.Error as error:
            raise EmbeddedFailed(
                f"The embedded PostgreSQL in {self._places.data} runs but does not let us in: {error}",
                remedy="see its log; if the password file was lost, restore it from the backup of the home.",
                log=self._places.log,
            ) from error
        return self._address(DATABASE)

    def _address(self, database: str) -> str:
        password = self._places.password.read_text()
        socket = quote(str(recorded_socket(self._places)), safe="")
        return f"postgresql://{OWNER}:{password}@/{database}?host={socket}&port=5432"


def _quoted(path: Path) -> str:
    """A path as one item of a PostgreSQL list setting."""
    return '"' + str(path).replace('"', '""') + '"'


def _not_ours(error: OSError, places: Places) -> EmbeddedFailed:
    return EmbeddedFailed(
        f"The embedded PostgreSQL cannot use {error.filename or places.top}: {error.strerror}.",
        remedy="start it as the user who made the home, or set MERITBOOK_HOME to a directory of your own.",
    )

"""A PgBouncer before the server of the tests: in transaction mode, with fewer sessions than clients."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from faults.embedded_user import until
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row

SESSIONS = 2
"""So many sessions of the server are there for all clients."""

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")

CONFIGURED = """
[databases]
{databases}
[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = {folder}
auth_type = any
admin_users = {admin}
pool_mode = transaction
default_pool_size = {sessions}
max_client_conn = 500
query_wait_timeout = 60
logfile = {folder}/log
pidfile = {folder}/pid
{user}
"""


class Bouncer(NamedTuple):
    """A running one. folder: of its socket, which nobody else has."""

    folder: Path

    def address(self, database: str) -> str:
        """Of one of its databases."""
        return make_conninfo("", host=str(self.folder), port=6432, dbname=database, user="client")

    def shows(self, what: str) -> list[Mapping[str, Any]]:
        """What its console tells."""
        with psycopg.connect(self.address("pgbouncer"), autocommit=True, row_factory=dict_row) as console:
            return console.execute(f"show {what}".encode(), prepare=False).fetchall()


@contextmanager
def bouncer(dsn: str, begins: Mapping[str, str]) -> Generator[Bouncer]:
    """One in front of the database of `dsn`. begins: what each database says first to a session."""
    assert PROGRAM is not None, "whoever asks has looked"
    server = conninfo_to_dict(dsn)
    folder = Path(tempfile.mkdtemp(prefix="bouncer-", dir="/tmp"))
    try:
        # It does not run as root; whoever runs the server may reach its socket.
        owner = Path(str(server["host"])).stat().st_uid if os.geteuid() == 0 else os.geteuid()
        os.chown(folder, owner, -1)
        there = " ".join(
            f"{key}='{server[key]}'" for key in ("host", "port", "user", "password") if key in server
        )
        databases = [
            f"{name} = {there} dbname='{server['dbname']}'" + (f" connect_query='{said}'" if said else "")
            for name, said in begins.items()
        ]
        file = folder / "pgbouncer.ini"
        file.write_text(
            CONFIGURED.format(
                databases="\n".join(databases),
                folder=folder,
                admin="client",
                sessions=SESSIONS,
                user=f"user = {pwd.getpwuid(owner).pw_name}" if os.geteuid() == 0 else "",
            )
        )
        os.chown(file, owner, -1)
        process = subprocess.Popen([PROGRAM, "-q", str(file)], cwd="/", stdin=subprocess.DEVNULL)
        try:
            until(lambda: (folder / ".s.PGSQL.6432").exists() or process.poll() is not None)
            assert process.poll() is None, (folder / "log").read_text()
            yield Bouncer(folder)
        finally:
            process.terminate()
            process.wait(timeout=60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)

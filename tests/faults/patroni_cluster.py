"""Three PostgreSQL nodes under Patroni and one etcd, on the loopback address, for tests to kill."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import psutil
import yaml
from faults.embedded_user import until

from api.embedded.account import Account
from api.embedded.binaries import find_binaries

NODES = 3
LOOPBACK = "127.0.0.1"
PASSWORD = "of-a-test"
START_SECONDS = 120.0

# Patroni's least: a leader that is gone is replaced once its lease has run out.
BOOTSTRAP = {
    "ttl": 20,
    "loop_wait": 2,
    "retry_timeout": 5,
    "synchronous_mode": True,
    "postgresql": {
        "use_pg_rewind": True,
        "parameters": {"max_connections": 100, "wal_log_hints": "on", "shared_buffers": "64MB"},
    },
}


def lacking() -> str | None:
    """What this machine has not got that a cluster needs; None when all is there."""
    if not shutil.which("etcd"):
        return "etcd is not on this machine (on Debian: apt install etcd-server)"
    if find_spec("patroni") is None:
        return "Patroni is not installed (pip install -e '.[ha]')"
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        return "PostgreSQL does not run as root, and setpriv is not on this machine"
    return None


class Cluster:
    """The nodes of `place`. ports: of their databases."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._etcd = (free_port(), free_port())
        self.ports = [free_port() for _ in range(NODES)]
        self._rests = [free_port() for _ in range(NODES)]
        self._started: dict[str, psutil.Popen] = {}
        self._binaries = find_binaries(None, Account(name="", uid=0, gid=0, switched=False)).directory

    @property
    def dsn(self) -> str:
        """Leads to whichever node is written to."""
        hosts, ports = ",".join([LOOPBACK] * NODES), ",".join(map(str, self.ports))
        return f"postgresql://postgres:{PASSWORD}@/postgres?host={hosts}&port={ports}&target_session_attrs=read-write"

    def start(self) -> None:
        """Starts all, and waits until there are a leader and a synchronous standby."""
        client, peer = (f"http://{LOOPBACK}:{port}" for port in self._etcd)
        urls = [f"--listen-client-urls={client}", f"--advertise-client-urls={client}"]
        peers = [f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}"]
        own = [f"--data-dir={self._place / 'etcd'}", f"--initial-cluster=default={peer}"]
        self._run("etcd", ["etcd", *own, *urls, *peers])
        for number in range(NODES):
            self.start_node(number)
        self.await_whole()

    def start_node(self, number: int) -> None:
        """Starts a node, anew or again."""
        config = self._place / f"node{number}.yaml"
        config.write_text(yaml.safe_dump(self._config(number)))
        command = [sys.executable, "-m", "patroni", str(config)]
        self._run(f"node{number}", [*as_database_user(), *command] if os.geteuid() == 0 else command)

    def leader(self) -> int | None:
        """The number of the node that is written to."""
        for number, port in enumerate(self._rests):
            with suppress(httpx.TransportError):
                if httpx.get(f"http://{LOOPBACK}:{port}/primary", timeout=2).status_code == 200:
                    return number
        return None

    def await_whole(self) -> None:
        """Waits until all nodes follow a leader, one of them synchronously."""
        until(self._is_whole, seconds=START_SECONDS)

    def kill_database(self, number: int) -> None:
        """Ends the node's database without warning; its Patroni goes on."""
        for process in self._databases(number):
            with suppress(psutil.NoSuchProcess):  # the end of one ends others
                process.kill()

    def kill_node(self, number: int) -> None:
        """Ends the node's database and its Patroni without warning, as a loss of power does."""
        node = self._started.pop(f"node{number}")
        node.kill()
        self.kill_database(number)
        node.wait()

    def stop(self) -> None:
        """Ends everything."""
        for name, process in reversed(self._started.items()):
            process.send_signal(signal.SIGKILL)
            process.wait()
            if name.startswith("node"):
                self.kill_database(int(name.removeprefix("node")))

    def log(self, number: int) -> str:
        """The last of what a node said."""
        return self._place.joinpath(f"node{number}.log").read_text()[-2000:]

    def _databases(self, number: int) -> list[psutil.Process]:
        data, found = str(self._data(number)), list[psutil.Process]()
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.name() == "postgres" and process.cwd() == data:
                    found.append(process)
        return found

    def _is_whole(self) -> bool:
        number = self.leader()
        if number is None:
            return False
        with suppress(httpx.TransportError):
            answer = httpx.get(f"http://{LOOPBACK}:{self._rests[number]}/cluster", timeout=2).json()
            states = sorted((each["role"], each["state"]) for each in answer["members"])
            return [role for role, _ in states] == ["leader", "replica", "sync_standby"] and all(
                state in ("running", "streaming") for _, state in states
            )
        return False

    def _data(self, number: int) -> Path:
        return self._place / f"data{number}"

    def _config(self, number: int) -> dict[str, Any]:
        users = {
            "superuser": {"username": "postgres", "password": PASSWORD},
            "replication": {"username": "replicator", "password": PASSWORD},
            "rewind": {"username": "rewinder", "password": PASSWORD},
        }
        return {
            "scope": "meritbook",
            "name": f"node{number}",
            "restapi": {"listen": f"{LOOPBACK}:{self._rests[number]}"},
            "etcd3": {"host": f"{LOOPBACK}:{self._etcd[0]}"},
            "bootstrap": {
                "dcs": BOOTSTRAP,
                "initdb": ["data-checksums", {"encoding": "UTF8"}, {"locale": "C.UTF-8"}],
            },
            "postgresql": {
                "listen": f"{LOOPBACK}:{self.ports[number]}",
                "connect_address": f"{LOOPBACK}:{self.ports[number]}",
                "data_dir": str(self._data(number)),
                "bin_dir": str(self._binaries),
                "pgpass": str(self._place / f"pgpass{number}"),
                "authentication": users,
                "pg_hba": [
                    f"host all all {LOOPBACK}/32 scram-sha-256",
                    f"host replication all {LOOPBACK}/32 scram-sha-256",
                ],
                # Shared memory lies with the data: of a killed server nobody else would clear it away.
                "parameters": {
                    "unix_socket_directories": str(self._place),
                    "dynamic_shared_memory_type": "mmap",
                },
            },
        }

    def _run(self, name: str, command: Sequence[str]) -> None:
        with self._place.joinpath(f"{name}.log").open("ab") as sink:
            self._started[name] = psutil.Popen(command, stdout=sink, stderr=subprocess.STDOUT, cwd="/")


def as_database_user() -> list[str]:
    """Runs what follows as a user who may be PostgreSQL's, and may read our Python wherever it lies."""
    uid = pwd.getpwnam("nobody").pw_uid
    who = [f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
    return ["setpriv", *who, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


@contextmanager
def cluster() -> Generator[Cluster]:
    """A cluster that runs, and is gone afterwards."""
    place = Path(tempfile.mkdtemp(prefix="merit-ha-", dir="/tmp"))
    if os.geteuid() == 0:
        os.chown(place, pwd.getpwnam("nobody").pw_uid, -1)
    made = Cluster(place)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(place, ignore_errors=True)

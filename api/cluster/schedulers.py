"""Where Dask's scheduler is: processes begun for one command, or a cluster that the firm runs."""

import ipaddress
import logging
import re
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from api.cluster.failure import ClusterFailed
from api.settings import Settings, variable_of

if TYPE_CHECKING:
    from distributed import Client

LOCAL = re.compile(r"local:([1-9][0-9]{0,2})\Z")
REMOTE = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:.]+\]|[^\[\]:/@\s]+):([0-9]{1,5})\Z")
CONNECT_SECONDS = 10.0


@contextmanager
def client_of(scheduler: str, settings: Settings, dsn: str) -> Generator["Client"]:
    """A client of `scheduler`, which is local:N, tcp://host:port or tls://host:port.

    dsn: the database, for workers that are begun here; others know it by their own environment.
    Raises: ClusterFailed.
    """
    local, remote = LOCAL.match(scheduler), REMOTE.match(scheduler)
    if not local and not remote:
        raise ClusterFailed(
            f"{scheduler!r} is no scheduler.", "Write local:2, tls://host:8786, or tcp://127.0.0.1:8786."
        )
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise ClusterFailed(
            "Dask is not installed here.", "Install it: pip install 'meritbook[cluster]'."
        ) from None
    # What it says of lost workers is told by whoever asked, in our own words.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    if local:
        with _local(int(local[1]), dsn) as client:
            yield client
        return
    assert remote is not None
    protocol, host, _ = remote.groups()
    if protocol == "tcp" and not _is_here(host) and settings.scheduler_plain == "off":
        raise ClusterFailed(
            f"Pay and plans would go to {host} unencrypted, and whoever reaches the port could run programs.",
            f"Use tls://, with Dask's certificates, or set {variable_of('scheduler_plain')}=on where the "
            "network is trusted.",
        )
    with _remote(scheduler) as client:
        yield client


@contextmanager
def _local(workers: int, dsn: str) -> Generator["Client"]:
    """Processes on this machine, over TLS with a certificate that lives as long as they do.

    For whoever reaches a scheduler can have it run anything, and a port is open to every account here.
    """
    from dask import config as dask_settings
    from distributed import Client, LocalCluster, Security

    with (
        # Its pages would show everybody on this machine what is computed.
        dask_settings.set({"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}),
        tempfile.TemporaryDirectory(prefix="meritbook-workers-") as folder,
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            protocol="tls://",
            security=Security.temporary(),
            dashboard_address="127.0.0.1:0",
            memory_limit=0,
            local_directory=folder,
            silence_logs=logging.CRITICAL,
            env={variable_of("database_url"): dsn},
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


@contextmanager
def _remote(scheduler: str) -> Generator["Client"]:
    from distributed import Client

    try:
        client = Client(scheduler, timeout=CONNECT_SECONDS)
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        raise ClusterFailed(
            f"The scheduler {scheduler} does not answer: {type(error).__name__}.",
            "Start it (dask scheduler), or check address and, for tls://, Dask's certificates.",
        ) from None
    try:
        yield client
    finally:
        with suppress(OSError, TimeoutError):
            client.close(timeout=CONNECT_SECONDS)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"

"""The database's leader is killed under load: another takes over, and what was acknowledged stands once."""

import threading
from pathlib import Path

import pytest
from faults.acknowledged import CLIENTS, Books, Client, acknowledged_by, until_acknowledged, writing
from faults.campaign import Tell
from faults.patroni_cluster import cluster, lacking
from served import open_shanghai, served
from stream_client import StreamClient

pytestmark = [pytest.mark.faults, pytest.mark.soak, pytest.mark.timeout(3600)]

KILLS = ("database", "node", "database", "node")
ON_SECONDS = 1.5


@pytest.mark.skipif(lacking() is not None, reason=lacking() or "")
def test_a_killed_leader_loses_and_doubles_nothing(tmp_path: Path, tell: Tell) -> None:
    """Three nodes, one of them a synchronous standby; the service finds the new leader by itself."""
    clients = [Client(number) for number in range(CLIENTS)]
    waits: dict[str, list[float]] = {"database": [], "node": []}
    with cluster() as nodes:
        books = Books(nodes.dsn)
        with served(nodes.dsn, tmp_path, wait_seconds=60) as service:
            open_shanghai(service)
            stream = StreamClient(service, period="2025-03")
            stream.follow(0)
            for how in KILLS:
                nodes.await_whole()
                before = nodes.leader()
                assert before is not None
                with writing(clients, service):
                    threading.Event().wait(ON_SECONDS)
                    if how == "node":
                        nodes.kill_node(before)
                    else:
                        nodes.kill_database(before)
                    waits[how].append(until_acknowledged(clients))
                    threading.Event().wait(ON_SECONDS)
                books.check(acknowledged_by(clients))
                stream.follow(books.head)
                if how == "node":
                    nodes.start_node(before)
            service.get("/v1/employees/E1")
            fresh = StreamClient(service, period="2025-03")
            fresh.follow(books.head)
            assert fresh.rows == stream.rows
            books.await_sealed(acknowledged_by(clients))
        books.require_whole()
    tell(
        "leader killed",
        rounds=len(KILLS),
        faults=len(KILLS),
        acknowledged=len(acknowledged_by(clients)),
        found=books,
        writes_back_after=", ".join(
            f"{how} {' '.join(f'{wait:.1f}' for wait in found)} s" for how, found in waits.items()
        ),
    )

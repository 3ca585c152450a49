"""The disk of the embedded database fills up: nothing acknowledged is lost, and room is all that it needs."""

import os
import subprocess
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from faults.acknowledged import Books, Client, acknowledged_by, until_acknowledged, writing
from faults.campaign import Tell, rounds
from faults.embedded_user import new_home, until
from served import open_shanghai, served

from api.embedded import EmbeddedPostgres

pytestmark = pytest.mark.faults

CLIENTS = 8
DISK_MIB = 160
FULL_SECONDS = 20.0
VISIT = {"employee": "E1", "customer": "H1"}
SMALL = {"shared_buffers": "16MB", "min_wal_size": "32MB", "max_wal_size": "64MB"}


@contextmanager
def small_disk(place: Path) -> Generator[Path]:
    """A file system of its own with little room, at `place`."""
    place.mkdir(mode=0o711)
    given = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m,mode=0711", "meritbook-test", str(place)]
    try:
        done = subprocess.run(given, capture_output=True, text=True, check=False)
        reason = done.stderr.strip()
    except FileNotFoundError:
        reason = "there is no mount"
    if reason:
        place.rmdir()
        pytest.skip(f"no small file system can be mounted here: {reason}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
        place.rmdir()


def fill(disk: Path) -> Path:
    """Takes all the room that is left on `disk`."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            with suppress(OSError):
                while True:
                    file.write(bytes(size))
    return ballast


def exhaust_log(dsn: str) -> int:
    """Writes until the server's own log has no room left, which the server does not survive; 1 if it died."""
    for _ in range(50):
        try:
            with psycopg.connect(dsn, autocommit=True) as session:
                while True:
                    session.execute("select pg_logical_emit_message(false, 'test', repeat('x', 1000000))")
        except psycopg.errors.DiskFull:
            continue
        except psycopg.OperationalError:
            return 1
    return 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small file system")
@rounds(2, soak=30)
def test_a_full_disk_loses_nothing_and_needs_only_room(rounds: int, tmp_path: Path, tell: Tell) -> None:
    """Facts are turned away with the reason; when there is room again, the service goes on as it is."""
    clients = [Client(number) for number in range(CLIENTS)]
    statuses, outages = dict[int, str](), list[float]()
    with (
        new_home() as beside,
        small_disk(beside.parent / "disk") as disk,
        EmbeddedPostgres(disk / "home", settings=SMALL) as server,
        served(None, disk / "home", wait_seconds=60) as service,
    ):
        open_shanghai(service)
        books, deaths = Books(server.dsn), 0
        for number in range(rounds):
            with writing(clients, service):
                threading.Event().wait(0.5)
                ballast = fill(disk)
                until(lambda: any(client.turned_away for client in clients), seconds=FULL_SECONDS)
                if number % 2:
                    deaths += exhaust_log(server.dsn)
                threading.Event().wait(1.0)
                assert service.http.get("/health/live").status_code == 200
                ballast.unlink()
                outages.append(until_acknowledged(clients))
            for client in clients:
                statuses |= client.turned_away
                client.turned_away = {}
        acknowledged = acknowledged_by(clients)
        books.await_sealed(acknowledged)
        tell(
            "disk full",
            rounds=rounds,
            faults=rounds,
            found=books,
            acknowledged=len(acknowledged),
            turned_away_with=sorted(statuses),
            database_died=deaths,
            longest_after_there_was_room_seconds=round(max(outages), 1),
        )
        assert 507 in statuses
        assert set(statuses) <= {503, 507}
        assert deaths == rounds // 2
        service.get("/v1/employees/E1")
        books.require_replay()

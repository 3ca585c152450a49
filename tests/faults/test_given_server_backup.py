"""A base backup of a PostgreSQL of one's own comes back by PostgreSQL's own means, and the seal holds."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from commanded import ran
from faults.embedded_user import ORDINARY_UID, as_root
from faults.test_base_backups import written

from api.base_backup import OtherServer, restored_base, take_base
from api.ops import open_book, open_ledger
from api.sealing import seal_up
from api.settings import Settings

DEBIAN = Path("/usr/lib/postgresql/15/bin")


def program(name: str, *arguments: str) -> None:
    """Runs one of the server's programs as somebody who is not root, whom it would refuse."""
    user = ORDINARY_UID if as_root else None
    done = subprocess.run([DEBIAN / name, *arguments], user=user, cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def running(data: Path) -> Generator[str]:
    """The address of a server over `data`, reachable through a socket beside it alone."""
    place = data.parent
    log = str(place / "log")
    program("pg_ctl", "start", "-w", "-D", str(data), "-l", log, "-o", f"-k {place} -c listen_addresses=")
    try:
        yield f"postgresql:///postgres?user=owner&host={place}"
    finally:
        program("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(data))


@pytest.fixture
def place() -> Generator[Path]:
    """A directory of the server's user, by a path that is short enough for a socket."""
    made = Path(tempfile.mkdtemp(prefix="merit-", dir="/tmp"))
    for name in ("own", "back"):
        made.joinpath(name).mkdir(mode=0o700)
        if as_root:
            os.chown(made / name, ORDINARY_UID, -1)
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.mark.skipif(not DEBIAN.joinpath("initdb").exists(), reason="Debian's PostgreSQL 15 is not installed")
def test_a_base_backup_of_a_given_server_comes_back(place: Path) -> None:
    program("initdb", "-D", str(place / "own" / "data"), "-U", "owner", "--auth=trust", "--no-sync")
    home = place / "home"
    home.mkdir()
    with running(place / "own" / "data") as dsn:
        settings = Settings(home=home, database_url=dsn)
        with open_ledger(settings, prepare_it=True) as ledger:
            open_book(ledger, name="Firm", zone="Asia/Shanghai", currency="CNY", actor="t")
            written(ledger, 3)
            seal_up(ledger)
            base, made = take_base(settings, dsn, place / "bases")
            written(ledger, 2)
    assert (made.server, [held.position for held in made.ledgers]) == (15, [4])
    with pytest.raises(OtherServer), restored_base(settings, base, archive=None, until=None):
        pass
    back = place / "back" / "data"
    shutil.copytree(base / "data", back)
    back.chmod(0o700)
    if as_root:
        subprocess.run(["chown", "-R", str(ORDINARY_UID), str(back)], check=True)
    with running(back) as dsn:
        environment = {"MERITBOOK_HOME": str(home), "MERITBOOK_DATABASE_URL": dsn}
        for command in (("seal", "check"), ("replay", "--compare")):
            done = ran(environment, *command)
            assert done.returncode == 0, done.stdout + done.stderr
        with open_ledger(Settings(home=home, database_url=dsn)) as ledger:
            assert ledger.journal.head() == 4
            assert written(ledger, 1) == 5

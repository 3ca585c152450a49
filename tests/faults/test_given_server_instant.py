"""The guide's own commands bring a PostgreSQL of one's own back to an instant; the seal tells what lacks."""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from documented import shell
from faults.embedded_user import as_root, until
from faults.test_base_backups import SWITCH, written
from faults.test_given_server_backup import DEBIAN

from api.base_backup import bases
from api.ops import now, open_book, open_ledger
from api.sealing import seal_up
from api.settings import Settings

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "howto" / "back-up.md"
SERVER = "postgres"
NAMED_BASE, NAMED_INSTANT = "base-20251201T020000Z", "2025-12-03T09:30:00+08:00"

SUDO = """#!/bin/sh
unset MERITBOOK_HOME MERITBOOK_DATABASE_URL MERITBOOK_OWNER_URL
[ "$1" != -u ] || shift 2
exec "$@"
"""
SYSTEMCTL = """#!/bin/sh
act=$1; shift
case "$*" in *postgresql@15-main*)
    exec runuser -u {user} -- {programs}/pg_ctl $act -D {data} -w -m fast -l {place}/log \\
        -o "-k {place} -c listen_addresses="
esac
"""
"""What stands in the PATH for the programs that act on a machine's own server; this test's is elsewhere."""

ROLES = (
    "create role meritbook_owner login createrole",
    "create database meritbook owner meritbook_owner",
)


class Machine(NamedTuple):
    """A server's machine: its data, archive and base backups are below `place`."""

    place: Path
    settings: Settings
    environment: dict[str, str]

    def type(self, typed: list[str], **stands_for: str) -> list[shell.Ran]:
        """Runs statements of the guide where the machine's own places are this test's."""
        here = {
            "/var/lib/postgresql/15/main": f"{self.place}/own/main",
            "/var/backups": f"{self.place}/backups",
            **stands_for,
        }
        for there, ours in here.items():
            typed = [each.replace(there, ours) for each in typed]
        return shell.run(typed, self.place, self.environment)


def typed_of_a_given_server() -> list[str]:
    """The statements of the guide's last section."""
    [_, section] = GUIDE.read_text("utf-8").split("## With a PostgreSQL of your own\n")
    blocks = [each.split("```")[0] for each in section.split("```sh\n")[1:]]
    return [statement for block in blocks for statement in shell.statements(block)]


@pytest.fixture
def machine() -> Iterator[Machine]:
    place = Path(tempfile.mkdtemp(prefix="merit-", dir="/tmp"))
    place.chmod(0o711)
    account = pwd.getpwnam(SERVER)
    for name in ("own", "programs", "home", "backups"):
        place.joinpath(name).mkdir()
    os.chown(place / "own", account.pw_uid, account.pw_gid)
    os.chown(place, account.pw_uid, -1)
    named = {"user": SERVER, "programs": DEBIAN, "data": place / "own" / "main", "place": place}
    for name, text in {"sudo": SUDO, "systemctl": SYSTEMCTL.format(**named)}.items():
        place.joinpath("programs", name).write_text(text)
        place.joinpath("programs", name).chmod(0o755)
    place.joinpath("programs", "pg_isready").symlink_to(DEBIAN / "pg_isready")
    initdb = [DEBIAN / "initdb", "-D", place / "own" / "main", "-U", SERVER, "--auth=trust", "--no-sync"]
    subprocess.run(["runuser", "-u", SERVER, "--", *initdb], cwd="/", check=True, capture_output=True)
    control = [place / "programs" / "systemctl", "start", "postgresql@15-main"]
    subprocess.run(control, check=True, capture_output=True)
    try:
        yield _told(place)
    finally:
        control[1] = "stop"
        subprocess.run(control, check=False, capture_output=True)
        shutil.rmtree(place)


def _told(place: Path) -> Machine:
    with psycopg.connect(f"postgresql:///postgres?user={SERVER}&host={place}", autocommit=True) as server:
        for statement in ROLES:
            server.execute(statement.encode())
    owner, service = (
        f"postgresql:///meritbook?user={user}&host={place}" for user in ("meritbook_owner", "meritbook")
    )
    settings = Settings(home=place / "home", database_url=owner)
    with open_ledger(settings, prepare_it=True) as ledger:
        open_book(ledger, name="Firm", zone="Asia/Shanghai", currency="CNY", actor="t")
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("create role meritbook login in role meritbook_service")
    environment = {
        **{name: text for name, text in os.environ.items() if not name.startswith("MERITBOOK_")},
        "PATH": f"{place}/programs{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
        "PGHOST": str(place),
        "PGUSER": SERVER,
        "HOME": str(place),
        "MERITBOOK_HOME": str(settings.home),
        "MERITBOOK_DATABASE_URL": service,
        "MERITBOOK_OWNER_URL": owner,
    }
    return Machine(place, settings, environment)


@pytest.mark.skipif(not as_root, reason="an administrator of the machine is needed")
@pytest.mark.skipif(not DEBIAN.joinpath("initdb").exists(), reason="Debian's PostgreSQL 15 is not installed")
@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.rule("R24")
def test_the_guide_brings_a_given_server_back_to_an_instant(machine: Machine) -> None:
    """Facts 2 to 4 are in the base backup, 5 and 6 came before the instant, 7 and 8 after; all are signed."""
    typed = typed_of_a_given_server()
    stop = next(at for at, each in enumerate(typed) if each.startswith("sudo systemctl stop"))
    checks = typed.index("meritbook migrate")
    taking, back, checking = typed[: stop - 1], typed[stop:checks], typed[checks:]
    assert typed[stop - 1].startswith("sudo -u postgres") and "base-backup" in typed[stop - 1]
    _require(machine.type(taking))
    with open_ledger(machine.settings) as ledger:
        written(ledger, 3)
        seal_up(ledger)
    _require(machine.type([typed[stop - 1], "meritbook doctor --json --backups /var/backups/base || true"]))
    instant = _go_on(machine)
    [base] = bases(machine.place / "backups" / "base")
    places = {NAMED_BASE: base.name, NAMED_INSTANT: instant}
    _require(machine.type(back, **places))
    found = machine.type(checking)
    assert [each.status for each in found] == [0, 1, 0, 1, 1], _said(found)
    assert "ends at position 6, but 8 records were signed" in found[1].said, _said(found)
    assert "covers more: the end is missing" in found[4].said, _said(found)
    shutil.rmtree(machine.place / "own" / "main.before")
    _require(machine.type(_without_instant(back), **places))
    found = machine.type(checking)
    assert not any(each.status for each in found), _said(found)
    with open_ledger(machine.settings) as ledger:
        head = ledger.journal.head()
        assert head >= 8 and written(ledger, 1) == head + 1


def _go_on(machine: Machine) -> str:
    """Two facts, an instant, two facts; all signed, the checkpoint kept, the WAL archived. The instant."""
    with open_ledger(machine.settings) as ledger:
        written(ledger, 2)
        instant = now().isoformat()
        assert written(ledger, 2) == 8
        seal_up(ledger)
    _require(machine.type(["meritbook export kept", "cp kept/checkpoint kept.checkpoint"]))
    dsn = f"postgresql:///meritbook?user={SERVER}&host={machine.place}"
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute(SWITCH).fetchone()
    assert row is not None
    until((machine.place / "backups" / "wal" / row[0]).exists)
    return instant


def _without_instant(typed: list[str]) -> list[str]:
    """Statements without the line of the guide that names an instant."""
    return [re.sub(r"^recovery_target_time = .*\n", "", each, flags=re.MULTILINE) for each in typed]


def _require(ran: list[shell.Ran]) -> None:
    assert not any(each.status for each in ran), _said(ran)


def _said(ran: list[shell.Ran]) -> str:
    return "\n".join(f"$ {each.statement}\n{each.said}(status {each.status})" for each in ran)

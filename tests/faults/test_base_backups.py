"""A server is brought back from a base backup and its WAL, of an instant or whole; what lacks is noticed."""

import datetime as dt
import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from commanded import ran
from faults.embedded_user import new_home, until

from api.base_backup import archive_wal, read_base, take_base
from api.embedded import EmbeddedPostgres
from api.intake import Stored, Submission
from api.ops import Ledger, now, open_book, open_ledger
from api.sealing import seal_up
from api.settings import Settings

SWITCH = "select pg_walfile_name(pg_switch_wal())"


class Kept(NamedTuple):
    """A firm's home, its base backup, its archive; what it held at an instant, and at the end."""

    home: Path
    base: Path
    archive: Path
    instant: dt.datetime
    position: int
    head: int


def written(ledger: Ledger, times: int) -> int:
    """So many branches are opened; the last position."""
    at, position = now(), 0
    for number in range(times):
        branch = Submission(
            type="branch_opened",
            source="t",
            key=f"{at:%M%S%f}-{number}",
            occurred_at=at,
            data={"branch": f"B{at:%M%S%f}{number}", "title": "Branch", "opened_on": "2024-06-03"},
        )
        [stored] = ledger.intake.submit([branch], actor="t", now=now(), atomic=True)
        assert isinstance(stored, Stored)
        position = stored.position
    return position


@pytest.fixture(scope="module")
def kept() -> Iterator[Kept]:
    """Facts before a base backup, after it, and after an instant; all of their WAL is archived."""
    with new_home() as home:
        settings, archive = Settings(home=home), home.parent / "wal"
        with open_ledger(settings, prepare_it=True) as ledger:
            open_book(ledger, name="Firm", zone="Asia/Shanghai", currency="CNY", actor="t")
            assert not archive_wal(ledger.owner_dsn, archive, home)
        with open_ledger(settings) as ledger:
            assert archive_wal(ledger.owner_dsn, archive, home)
            written(ledger, 3)
            seal_up(ledger)
            base, made = take_base(settings, ledger.owner_dsn, home.parent / "bases")
            [held] = made.ledgers
            assert (held.ledger, held.position) == ("main", 4) and held.checkpoint is not None
            position = written(ledger, 2)
            time.sleep(0.05)
            instant = now()
            time.sleep(0.05)
            head = written(ledger, 2)
            seal_up(ledger)
            with psycopg.connect(ledger.owner_dsn, autocommit=True) as connection:
                row = connection.execute(SWITCH).fetchone()
            assert row is not None
            until((archive / row[0]).exists, seconds=30.0)
        yield Kept(home, base, archive, instant, position, head)


@pytest.fixture
def elsewhere(kept: Kept) -> Iterator[Path]:
    """A new home with copies of the keys, as an operator makes it."""
    with new_home() as home:
        home.mkdir(mode=0o711)
        shutil.copy(kept.home / "master.key", home) if (kept.home / "master.key").exists() else None
        shutil.copytree(kept.home / "seal", home / "seal")
        yield home


def back(home: Path, *arguments: object, status: int) -> dict[str, int]:
    done = ran({"MERITBOOK_HOME": str(home)}, "restore-base", *map(str, arguments), "--json")
    assert done.returncode == status, done.stderr
    [ledger] = json.loads(done.stdout)["ledgers"]
    return ledger


@pytest.mark.rule("R24")
def test_an_instant_is_brought_back_and_the_seal_notices_what_came_after(kept: Kept, elsewhere: Path) -> None:
    """Facts 5 and 6 came after the backup, 7 and 8 after the instant: six are back, and two are missed."""
    said = back(
        elsewhere, kept.base, "--archive", kept.archive, "--until", kept.instant.isoformat(), status=1
    )
    assert said == {"ledger": "main", "position": 6, "checked": 4, "missing": 2}
    assert (kept.position, kept.head) == (6, 8)
    checked = ran({"MERITBOOK_HOME": str(elsewhere)}, "seal", "check")
    assert checked.returncode == 1 and "ends at position 6, but 8 records were signed" in checked.stderr
    again = ran({"MERITBOOK_HOME": str(elsewhere)}, "restore-base", str(kept.base))
    assert again.returncode == 1 and "is there already" in again.stderr


@pytest.mark.soak
@pytest.mark.rule("R24")
def test_all_that_was_archived_is_brought_back_and_goes_on(kept: Kept, elsewhere: Path) -> None:
    before = sorted(each.name for each in kept.archive.iterdir())
    said = back(elsewhere, kept.base, "--archive", kept.archive, status=0)
    assert said == {"ledger": "main", "position": 8, "checked": 8, "missing": 0}
    environment = {"MERITBOOK_HOME": str(elsewhere)}
    assert ran(environment, "seal", "check").returncode == 0
    assert ran(environment, "replay", "--compare").returncode == 0
    with open_ledger(Settings(home=elsewhere)) as ledger:
        assert written(ledger, 1) == 9
    assert sorted(each.name for each in kept.archive.iterdir()) == before


@pytest.mark.soak
def test_what_cannot_be_brought_back_leaves_nothing_behind(
    kept: Kept, elsewhere: Path, tmp_path: Path
) -> None:
    """An instant that the archive does not reach, and a backup of which a file was changed."""
    data = elsewhere / "postgres" / "data"
    tomorrow = (now() + dt.timedelta(days=1)).isoformat()
    asked = ["restore-base", str(kept.base), "--archive", str(kept.archive), "--until", tomorrow]
    done = ran({"MERITBOOK_HOME": str(elsewhere)}, *asked)
    assert done.returncode == 1 and "does not come back" in done.stderr and not data.exists()
    damaged = tmp_path / "base"
    shutil.copytree(kept.base, damaged, symlinks=True)
    with (damaged / "data" / "PG_VERSION").open("a") as opened:
        opened.write("x")
    done = ran({"MERITBOOK_HOME": str(elsewhere)}, "restore-base", str(damaged))
    assert done.returncode == 1 and "is not what was written" in done.stderr and not data.exists()


@pytest.mark.soak
def test_older_bases_and_the_wal_that_only_they_need_are_removed(kept: Kept, tmp_path: Path) -> None:
    archive = tmp_path / "wal"
    shutil.copytree(kept.archive, archive)
    settings = Settings(home=kept.home)
    with EmbeddedPostgres(kept.home) as server:
        for _ in range(2):
            take_base(settings, server.dsn, tmp_path / "bases", keep=1, archive=archive)
            time.sleep(1.1)
    [left] = (tmp_path / "bases").iterdir()
    first = read_base(left).wal_from
    assert all(each.name >= first for each in archive.iterdir() if len(each.name) == 24)


@pytest.mark.parametrize("text", ["yesterday", "2025-12-01T09:30:00"])
def test_an_instant_without_its_zone_is_refused(
    text: str, tmp_path: Path, say: Callable[[str], None]
) -> None:
    done = ran({"MERITBOOK_HOME": str(tmp_path)}, "restore-base", str(tmp_path), "--until", text)
    assert done.returncode == 2 and "with the zone" in done.stderr

"""Files that are put into a folder are taken once they are whole, whatever happens meanwhile."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from conftest import new_database
from given import LEDGER

from api.connectors.documents import set_connector
from api.connectors.drop import Drop, Dropped
from api.connectors.quarantine import Quarantine
from api.intake import Submission
from api.ops import Ledger, now, open_book, open_ledger, submit_one
from api.settings import Settings

MAPPING = """
source: shop
key: id
facts:
  - type: customer_registered
    occurred_at: day
    data: {employee: seller, customer: client}
"""
ROWS = 40

KILLED = """
import os, signal, sys
from pathlib import Path
from api.connectors import drop as module
from api.connectors.quarantine import Quarantine
from api.intake import Intake
from api.ops import open_ledger
from api.settings import Settings
import api.importing.importing as importing

home, dsn, folder, at = sys.argv[1:]
importing.BATCH = 10
steps = 0

def stepping(work):
    def step(*given, **more):
        global steps
        steps += 1
        if steps == int(at):
            os.kill(os.getpid(), signal.SIGKILL)
        return work(*given, **more)
    return step

Path.rename = stepping(Path.rename)
Path.replace = stepping(Path.replace)
Intake.submit = stepping(Intake.submit)
with open_ledger(Settings(home=Path(home), database_url=dsn, ledger="{ledger}", drop=Path(folder))) as ledger:
    dropping = module.Drop(ledger, Quarantine(ledger.vault, 90), settle_seconds=0)
    dropping.look()
    dropping.look()
print("done", steps)
"""


@pytest.fixture(scope="module")
def ledger(
    postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Ledger, str]]:
    """A firm with one seller and the connector `shop`."""
    home = tmp_path_factory.mktemp("home")
    with new_database(postgres, template) as dsn:
        chosen = Settings(home=home, database_url=dsn, ledger=LEDGER, drop=home / "drop")
        with open_ledger(chosen, prepare_it=True) as opened:
            open_book(opened, name="firm", zone="Asia/Shanghai", currency="CNY", actor="test")
            tell(opened, "branch_opened", branch="SH", title="SH", opened_on="2020-01-01")
            tell(opened, "employee_hired", employee="E1", hired_on="2020-01-01", branch="SH", post="seller")
            file = home / "shop.yaml"
            file.write_text(MAPPING)
            set_connector(opened, "shop", file, actor="it", reason=None)
            opened.runner().catch_up()
            yield opened, dsn


def tell(ledger: Ledger, type: str, **said: Any) -> None:
    submission = Submission(type=type, source="test", key=type, occurred_at=now(), data=said)
    submit_one(ledger, submission, "test")


def put(ledger: Ledger, name: str, content: str, connector: str = "shop") -> Path:
    assert ledger.settings.drop is not None
    folder = ledger.settings.drop / connector
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(content)
    return path


def rows(prefix: str, number: int, seller: str = "E1") -> str:
    told = [f"{prefix}{n},2025-03-04,{seller},{prefix}C{n}" for n in range(number)]
    return "\n".join(("id,day,seller,client", *told, ""))


def taken(ledger: Ledger) -> list[Dropped]:
    """What two looks take, without the wait between them."""
    drop = Drop(ledger, Quarantine(ledger.vault, 90), settle_seconds=0)
    return [*drop.look(), *drop.look()]


def clients(ledger: Ledger, prefix: str) -> int:
    keys = [record.key for record in ledger.journal.read(types=("customer_registered",))]
    return sum(key.startswith(prefix) for key in keys)


def test_a_file_is_imported_once_and_put_away_with_its_report(ledger: tuple[Ledger, str]) -> None:
    """Also under the same name again; of its rows, the one that is refused goes into quarantine."""
    firm, _ = ledger
    for expected in ("once.csv", "once.2.csv"):
        put(firm, "once.csv", rows("A", 3) + "A9,2025-03-04,nobody,C9\n")
        [found] = taken(firm)
        assert (found.state, found.quarantined) == ("done", 1), found
        assert found.report is not None and found.report.rows_refused == 1
        assert firm.settings.drop is not None
        done = firm.settings.drop / "shop" / "done"
        assert (done / expected).is_file()
        told = msgspec.json.decode((done / f"{expected}.report.json").read_bytes())
        assert told["report"]["faults"][0]["kind"] == "unknown-employee"
    assert clients(firm, "A") == 3
    with firm.pool.connection() as connection, connection.cursor() as cursor:
        [entry] = Quarantine(firm.vault, 90).page(cursor, 10, connector="shop")
    assert (entry.key, entry.times) == ("A9", 2)


def test_a_file_is_left_until_it_is_whole(ledger: tuple[Ledger, str]) -> None:
    firm, _ = ledger
    drop = Drop(firm, Quarantine(firm.vault, 90), settle_seconds=0)
    growing = put(firm, "growing.csv", rows("B", 1))
    for name in ("other.csv.part", "other.csv.tmp", ".other.csv"):
        put(firm, name, rows("BX", 1))
    assert drop.look() == []
    growing.write_text(rows("B", 2))
    assert drop.look() == [] and drop.waits()
    [found] = drop.look()
    assert found.report is not None and found.report.stored == 2
    assert clients(firm, "BX") == 0 and not drop.waits()


def test_what_is_no_file_of_its_own_is_refused(ledger: tuple[Ledger, str], tmp_path: Path) -> None:
    """A link, a second name of a file elsewhere, a file without a connector or with other columns."""
    firm, _ = ledger
    secret = tmp_path / "secret.csv"
    secret.write_text(rows("S", 1))
    folder = put(firm, "wrong.csv", "a,b\n1,2\n").parent
    (folder / "link.csv").symlink_to(secret)
    os.link(secret, folder / "second.csv")
    os.mkfifo(folder / "pipe.csv")
    put(firm, "any.csv", rows("S", 1), connector="unheard-of")
    assert firm.settings.drop is not None
    (firm.settings.drop / "elsewhere").symlink_to(tmp_path)
    found = {each.file: each for each in taken(firm)}
    assert {name: each.state for name, each in found.items()} == dict.fromkeys(
        ("wrong.csv", "link.csv", "second.csv", "pipe.csv", "any.csv"), "refused"
    )
    assert all(each.why for each in found.values())
    assert clients(firm, "S") == 0 and secret.read_text() == rows("S", 1)
    assert (folder / "refused" / "wrong.csv.report.json").is_file()


@pytest.mark.faults
def test_a_kill_at_any_step_loses_and_doubles_nothing(ledger: tuple[Ledger, str]) -> None:
    """Killed at the first batch, at the report, and at the last move; then the next one finishes."""
    firm, dsn = ledger
    path = put(firm, "killed.csv", rows("K", ROWS))
    program = textwrap.dedent(KILLED).replace("{ledger}", LEDGER)
    arguments = [str(firm.settings.home), dsn, str(firm.settings.drop)]
    for at in (2, 5, 6):
        run = subprocess.run(
            [sys.executable, "-c", program, *arguments, str(at)], capture_output=True, text=True, timeout=60
        )
        assert run.returncode == -signal.SIGKILL, run.stderr
        left = [path, path.parent / ".work" / path.name]
        assert sum(each.exists() for each in left) == 1
    [found] = taken(firm)
    assert found.state == "done" and clients(firm, "K") == ROWS
    assert not any((path.parent / ".work").iterdir())

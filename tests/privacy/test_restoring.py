"""A copy of the database brings nobody back who was erased, and what it lacks is told rather than made up."""

import subprocess
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from conftest import new_database
from dumping import program
from given import LEDGER

from api.erasing import erase
from api.intake import Stored, Submission
from api.keys import bring_keys, copy_keys, give_up, rotate, status
from api.names import personal_text
from api.ops import Ledger, now, open_book, open_ledger, prepare, submit_one
from api.settings import Settings
from domain.journal.master import KeysUnavailable
from projections.replay import replay

KEYLESS = ["--exclude-table-data=*.subject_key"]


class Firm:
    """A ledger with a home, in which E1 and E2 have names and E2 has left."""

    def __init__(self, dsn: str, home: Path) -> None:
        self.settings = Settings(home=home, database_url=dsn, ledger=LEDGER)
        self.dumps = home.parent
        prepare(dsn, LEDGER)
        with open_ledger(self.settings) as ledger:
            open_book(ledger, name="firm", zone="Asia/Shanghai", currency="CNY", actor="test")
            tell(ledger, "branch_opened", branch="SH", title="Shanghai", opened_on="2024-06-03")
            for employee in ("E1", "E2"):
                hire(ledger, employee)
            tell(ledger, "employee_left", employee="E2", left_on="2025-03-31", cause="other")

    def dump(self, *options: str) -> Path:
        """A dump of the database as it stands."""
        file = self.dumps / f"{uuid4().hex}.dump"
        assert self.settings.database_url is not None
        command = [
            program("pg_dump", self.settings.database_url),
            "-Fc",
            *options,
            "-f",
            file,
            self.settings.database_url,
        ]
        subprocess.run(command, check=True, capture_output=True)
        return file

    def erase(self) -> int:
        """E2 is erased."""
        with open_ledger(self.settings) as ledger:
            return erase_e2(ledger)


def erase_e2(ledger: Ledger) -> int:
    return erase(ledger, employee="E2", customer=None, reason="asked", actor="hr", approver="boss")[
        1
    ].position


def hire(ledger: Ledger, employee: str) -> Stored:
    hired = {"hired_on": "2024-06-03", "branch": "SH", "post": "seller", "name": f"name of {employee}"}
    return tell(ledger, "employee_hired", employee=employee, **hired)


def tell(ledger: Ledger, type: str, **data: str) -> Stored:
    key = f"{type}/{data.get('employee', '')}"
    return submit_one(
        ledger, Submission(type=type, source="hr", key=key, occurred_at=now(), data=data), "test"
    )


def name_of(ledger: Ledger, employee: str) -> str | None:
    with ledger.journal.cursor() as cursor:
        record = ledger.journal.find("hr", f"employee_hired/{employee}")
        assert record is not None
        found = personal_text(cursor, ledger.vault, record)
    assert found is not None
    return found.texts["name"]


@pytest.fixture
def firm(ledger_dsn: str, tmp_path: Path) -> Iterator[Firm]:
    yield Firm(ledger_dsn, tmp_path / "home")


@pytest.fixture
def elsewhere(postgres: str) -> Iterator[str]:
    """A database to restore into."""
    with new_database(postgres) as dsn:
        yield dsn


def restored(firm: Firm, dump: Path, dsn: str, home: Path | None = None) -> Settings:
    """`dump` restored into another database, for the home of the firm or another one."""
    subprocess.run([program("pg_restore", dsn), "-d", dsn, dump], check=True, capture_output=True)
    return Settings(home=home or firm.settings.home, database_url=dsn, ledger=LEDGER)


def test_a_full_dump_from_before_an_erasure_heals_itself_on_its_home(firm: Firm, elsewhere: str) -> None:
    dump = firm.dump()
    position = firm.erase()
    settings = restored(firm, dump, elsewhere)
    with psycopg.connect(elsewhere) as owner:
        there = owner.execute(
            f"select wrapped is not null from {LEDGER}.subject_key where subject = 'employee:E2'"
        )
        assert there.fetchone() == (True,), "the dump brings the key"
    with open_ledger(settings) as ledger:
        assert name_of(ledger, "E2") is None
        assert name_of(ledger, "E1") == "name of E1"
        assert [record.position for record in ledger.journal.read(types=["subject_erased"])] == [position]
        assert erase_e2(ledger) == position
    compared = replay(elsewhere, LEDGER, and_compare=True).compared
    assert compared is not None and compared.difference is None


def test_keys_brought_back_by_hand_do_not_bring_the_erased_back(firm: Firm) -> None:
    with open_ledger(firm.settings) as ledger:
        copy = copy_keys(ledger)
    firm.erase()
    with psycopg.connect(str(firm.settings.database_url), autocommit=True) as owner:
        owner.execute(f"delete from {LEDGER}.subject_key")
    with open_ledger(firm.settings) as ledger:
        assert bring_keys(ledger, copy) == 2, "that of E1, and the probe"
        assert (name_of(ledger, "E1"), name_of(ledger, "E2")) == ("name of E1", None)
        assert bring_keys(ledger, copy) == 0


def test_a_dump_without_keys_is_read_again_with_a_copy_of_them(firm: Firm, elsewhere: str) -> None:
    with open_ledger(firm.settings) as ledger:
        copy = copy_keys(ledger)
    settings = restored(firm, firm.dump(*KEYLESS), elsewhere)
    with open_ledger(settings) as ledger:
        for refused in (lambda: name_of(ledger, "E1"), lambda: hire(ledger, "E3")):
            with pytest.raises(KeysUnavailable, match="keys import"):
                refused()
        compared = replay(elsewhere, LEDGER, and_compare=True).compared
        assert compared is not None and compared.difference is None
        assert bring_keys(ledger, copy) == 3
        assert name_of(ledger, "E1") == "name of E1"
        hire(ledger, "E3")


def test_lost_keys_are_given_up_and_the_ledger_goes_on(firm: Firm, elsewhere: str) -> None:
    settings = restored(firm, firm.dump(*KEYLESS), elsewhere, home=firm.dumps / "new home")
    with open_ledger(settings) as ledger:
        with pytest.raises(KeysUnavailable, match="which is not here"):
            hire(ledger, "E3")
        assert give_up(ledger) == 0
        hire(ledger, "E3")
        assert name_of(ledger, "E3") == "name of E3"
        with pytest.raises(KeysUnavailable):
            name_of(ledger, "E1")


def test_a_copy_that_left_the_house_is_of_no_use_once_its_master_key_is_destroyed(
    firm: Firm, elsewhere: str
) -> None:
    dump = firm.dump()
    with open_ledger(firm.settings) as ledger:
        copy = copy_keys(ledger)
        rotate(ledger, None, destroy_old=False)
        assert len(status(ledger).at_hand) == 2
        assert bring_keys(ledger, copy) == 0, "the old master key is still at hand"
        rotate(ledger, None, destroy_old=True)
        assert len(status(ledger).at_hand) == 1
        with pytest.raises(KeysUnavailable, match="of no use"):
            bring_keys(ledger, copy)
        assert name_of(ledger, "E1") == "name of E1"
    with open_ledger(restored(firm, dump, elsewhere)) as ledger, pytest.raises(KeysUnavailable):
        name_of(ledger, "E2")


def test_a_master_key_that_another_ledger_needs_is_not_destroyed(firm: Firm) -> None:
    dsn = str(firm.settings.database_url)
    prepare(dsn, "second")
    second = Settings(home=firm.settings.home, database_url=dsn, ledger="second")
    with open_ledger(second) as ledger:
        open_book(ledger, name="second", zone="Asia/Shanghai", currency="CNY", actor="test")
        tell(ledger, "branch_opened", branch="SH", title="Shanghai", opened_on="2024-06-03")
        hire(ledger, "E1")
    with open_ledger(firm.settings) as ledger, pytest.raises(KeysUnavailable, match="second"):
        rotate(ledger, None, destroy_old=True)
    for settings in (firm.settings, second):
        with open_ledger(settings) as ledger:
            assert name_of(ledger, "E1") == "name of E1"


def test_erasures_of_another_ledger_are_left_alone(firm: Firm, elsewhere: str) -> None:
    """Two firms may both have an E2, and one home may serve both."""
    firm.erase()
    other = Firm(elsewhere, firm.settings.home)
    with open_ledger(other.settings) as ledger:
        assert name_of(ledger, "E2") == "name of E2"


@contextmanager
def snapshot_for(seconds: float, dsn: str) -> Generator[None]:
    """Somebody reads the database in a transaction that lasts so long from now on."""
    with psycopg.connect(dsn) as reader:
        reader.execute("set transaction isolation level repeatable read")
        reader.execute("select count(*) from pg_class")
        ends = threading.Timer(seconds, reader.rollback)
        ends.start()
        yield
        ends.join()


def test_the_file_of_keys_holds_nothing_of_a_destroyed_key(firm: Firm) -> None:
    """Even where somebody's old snapshot keeps the row in sight for a while."""
    with snapshot_for(0.4, str(firm.settings.database_url)), open_ledger(firm.settings) as ledger:
        with ledger.journal.cursor() as cursor:
            row = cursor.execute("select wrapped from subject_key where subject = 'employee:E2'").fetchone()
        assert row is not None
        erase_e2(ledger)
    with psycopg.connect(str(firm.settings.database_url), autocommit=True) as owner:
        owner.execute("checkpoint")
        found = owner.execute(
            "select current_setting('data_directory'), pg_relation_filepath(%s)", [f"{LEDGER}.subject_key"]
        ).fetchone()
    assert found is not None
    if not Path(found[0]).is_dir():
        pytest.skip("the server's files are on another machine")
    assert row[0] not in (Path(found[0]) / found[1]).read_bytes()

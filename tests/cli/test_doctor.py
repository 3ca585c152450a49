"""The doctor says in two languages what is well, what is not and what to do, and changes nothing."""

import datetime as dt
import inspect
import json
import re
import shutil
import string
from collections.abc import Generator
from pathlib import Path

import msgspec
import psycopg
import pytest
from book import Book
from commanded import environment_of, ran
from given import LEDGER
from msgspec.structs import replace
from sealed_book import SealedBook

from api import doctor
from api.base_backup import BaseBackup, Held
from api.doctor import ledger as of_ledger
from api.doctor import server as of_server
from api.doctor.finding import told
from api.doctor.home import Looked
from api.doctor.words import WORDS
from api.ops import now, open_ledger
from api.settings import Settings
from domain.journal.append import Journal

SOURCES = [Path(module).read_text() for module in map(str, Path(doctor.__file__).parent.glob("*.py"))]


@pytest.fixture
def firm(journal: Journal, ledger_dsn: str, tmp_path: Path) -> Generator[SealedBook]:
    """A ledger of a few facts, sealed, with a master key."""
    sealed = SealedBook(Book(journal, ledger_dsn, LEDGER), ledger_dsn, tmp_path)
    sealed.book.hire("E1")
    sealed.seal()
    with open_ledger(sealed.settings) as ledger:
        ledger.vault.require(ledger.journal)
        ledger.runner().catch_up()
    sealed.settings.home.chmod(0o700)
    yield sealed


def states(settings: Settings, **where: Path) -> dict[str, str]:
    """Under which words each check tells what it found, and its state."""
    return {f"{each.check}: {each.words}": each.state for each in doctor.examined(settings, now(), **where)}


def altered(firm: SealedBook, statement: str) -> None:
    with psycopg.connect(firm.dsn, autocommit=True, options=f"-c search_path={LEDGER}") as connection:
        connection.execute(statement.encode())


def fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_finding_has_its_words_and_every_words_a_finding() -> None:
    asked = set(re.findall(r"\b(?:ok|warn|fail)\(\s*\"\w+\",\s*\"(\w+)\"", "\n".join(SOURCES)))
    asked |= set(re.findall(r"fail\(check\.__name__, \"(\w+)\"", "\n".join(SOURCES)))
    assert asked == WORDS.keys()


@pytest.mark.parametrize("words", WORDS)
def test_both_languages_name_the_same_things_and_the_same_remedy(words: str) -> None:
    (english, remedy), (chinese, chinese_remedy) = WORDS[words]["en"], WORDS[words]["zh"]
    assert fields(english + remedy) == fields(chinese + chinese_remedy)
    assert bool(remedy) == bool(chinese_remedy)
    assert re.search(r"[\u4e00-\u9fff]", chinese) and not re.search(r"[\u4e00-\u9fff]", english + remedy)


def test_a_healthy_ledger_with_copies_is_all_well(firm: SealedBook, tmp_path: Path) -> None:
    place, safe = tmp_path / "kept", tmp_path / "safe"
    assert ran(environment_of(firm.settings.home, firm.dsn), "backup", str(place)).returncode == 0
    shutil.copytree(firm.settings.home, safe)
    found = states(firm.settings, backups=place, keys_copy=safe)
    worse = {name for name, state in found.items() if state != "ok"}
    assert worse <= {"disk: disk_nearly_full", "disk: disk_full", "settings: setting_off"}, worse
    assert {"roles: roles_sound", "seal: seal_in_time", "keys_copy: keys_copy_whole"} <= found.keys()
    shutil.rmtree(safe / "seal")
    assert states(firm.settings, backups=place, keys_copy=safe)["keys_copy: keys_copy_lacks"] == "fail"
    late = doctor.examined(firm.settings, now() + dt.timedelta(days=2), backups=place)
    [backup] = [told(each) for each in late if each.words == "backup_old"]
    assert (
        backup.state == "warn" and "48 hours old" in backup.detail["en"] and "48 小时" in backup.detail["zh"]
    )


def test_a_base_backup_counts_for_a_week_where_there_is_no_dump(firm: SealedBook, tmp_path: Path) -> None:
    made = BaseBackup(
        made_at=f"{now():%Y-%m-%dT%H:%M:%SZ}",
        server=15,
        wal_from="0" * 24,
        ledgers=[Held(ledger=firm.settings.ledger, position=7, checkpoint=None)],
    )
    base = tmp_path / "base-20251201T020000Z"
    base.mkdir()
    base.joinpath("base.json").write_bytes(msgspec.json.encode(made))
    assert states(firm.settings, backups=tmp_path)["backups: backup_new"] == "ok"
    late = doctor.examined(firm.settings, now() + dt.timedelta(days=9), backups=tmp_path)
    [old] = [told(each) for each in late if each.words == "base_old"]
    assert old.state == "warn" and "up to position 7" in old.detail["en"]
    elsewhere = replace(firm.settings, ledger="another")
    assert states(elsewhere, backups=tmp_path)["backups: backups_none"] == "fail"
    base.joinpath("base.json").write_text("{}")
    assert states(firm.settings, backups=tmp_path)["backups: backup_damaged"] == "fail"


def test_what_is_wrong_with_a_ledger_is_found(firm: SealedBook) -> None:
    """Each is broken in its turn, by whoever owns the tables."""
    altered(firm, "alter table journal disable trigger journal_is_append_only")
    altered(firm, "update projection set version = 0 where name = 'roster'")
    altered(firm, "delete from migration where number = (select max(number) from migration)")
    firm.settings.home.joinpath("master.key").chmod(0o644)
    found = states(firm.settings)
    assert {
        "roles: journal_unguarded",
        "read_models: rebuild_needed",
        "migrations: migrations_lacking",
        "permissions: secrets_open",
        "master_key: key_unusable",
    } <= {name for name, state in found.items() if state == "fail"}
    altered(firm, "grant update on journal to meritbook_service")
    altered(firm, "insert into migration (number, name, sha256) values (9999, 'x', 'x')")
    altered(
        firm,
        "update projection set stopped_position = position + 1, stopped_type = 'x', stopped_because = 'y'",
    )
    found = states(firm.settings)
    assert {
        "roles: role_may_alter",
        "migrations: migrated_by_newer",
        "read_models: read_models_stopped",
    } <= found.keys()


def test_keys_of_another_ledger_and_an_old_journal_are_found(firm: SealedBook, tmp_path: Path) -> None:
    altered(firm, "insert into master_key (fingerprint) values ('0123456789abcdef')")
    elsewhere = replace(firm.settings, home=tmp_path / "other")
    found = states(elsewhere)
    assert (found["master_key: master_key_other"], found["seal: seal_key_other"]) == ("fail", "fail")
    assert not elsewhere.home.exists()
    memory = firm.settings.home / "seal" / f"{LEDGER}.checkpoint"
    first, size, *rest = memory.read_text().split("\n")
    memory.write_text("\n".join([first, str(int(size) + 3), *rest]))
    assert states(firm.settings)["seal: journal_is_old"] == "fail"


def test_a_database_that_is_away_or_empty_is_told_and_nothing_is_made(
    firm: SealedBook, empty_dsn: str, tmp_path: Path
) -> None:
    away = replace(firm.settings, database_url="postgresql://x@127.0.0.1:1/x?connect_timeout=2")
    found = states(away)
    assert found["database: database_away"] == "fail" and "backups: backups_unknown" in found
    assert states(replace(firm.settings, database_url=empty_dsn))["migrations: ledger_none"] == "warn"
    with psycopg.connect(empty_dsn) as connection:
        made = connection.execute("select 1 from pg_namespace where nspname = %s", [LEDGER]).fetchone()
    assert made is None


def test_an_empty_home_stays_empty_and_exits_with_0(tmp_path: Path) -> None:
    home = tmp_path / "none"
    done = ran({"MERITBOOK_HOME": str(home)}, "doctor", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["state"] == "warn" and not home.exists()
    by_check = {each["check"]: each for each in said["findings"]}
    assert (
        by_check["database"]["state"] == "warn" and "meritbook init" in by_check["database"]["remedy"]["zh"]
    )


def test_the_command_exits_with_1_when_something_fails_and_2_when_wrongly_called(firm: SealedBook) -> None:
    firm.settings.home.joinpath("master.key").chmod(0o644)
    environment = environment_of(firm.settings.home, firm.dsn)
    failed = ran(environment, "doctor", "--language", "zh")
    assert failed.returncode == 1 and "其他用户能读取" in failed.stdout and "Others" not in failed.stdout
    assert "Others of this machine may read" in ran(environment, "doctor").stdout
    assert ran({**environment, "MERITBOOK_PORT": "x"}, "doctor").returncode == 2


def test_a_cold_file_that_is_lost_is_found(firm: SealedBook, tmp_path: Path) -> None:
    file = tmp_path / "part.parquet"
    altered(
        firm,
        "insert into journal_part (number, after, upto, file, sha256, bytes, facts, recorded_from, "
        "recorded_until, stored_at) values (99, 1000000, 1000010, "
        f"'{file}', sha256('x'), 3, 0, now(), now(), now())",
    )
    assert states(firm.settings)["cold_files: cold_lost"] == "fail"
    file.write_bytes(b"abc")
    assert states(firm.settings)["cold_files: cold_there"] == "ok"


def test_an_archive_that_fails_is_found(firm: SealedBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's own word, as of one that archives and could not for an hour."""
    monkeypatch.setattr(of_server, "_setting", lambda cursor, name: "on")
    failing = "select now() - interval '2h', now() - interval '1h', '000000010000000000000007'"
    with psycopg.connect(firm.dsn) as connection, connection.cursor() as cursor:
        looked = Looked(firm.settings, now(), None, None)
        assert [each.state for each in of_server.archive(cursor, looked)] == ["ok"]
        monkeypatch.setattr(of_server, "ARCHIVER", failing)
        [found] = of_server.archive(cursor, looked)
    assert found.state == "fail" and "000000010000000000000007" in told(found).detail["zh"]


def test_no_check_writes() -> None:
    source = (inspect.getsource(of_ledger) + inspect.getsource(of_server)).lower()
    assert not re.search(r"\b(insert into|update \w+ set|delete from|create|drop)\b", source)

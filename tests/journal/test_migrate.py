"""A ledger's schema: made once, forward only, in whatever schema it is told."""

import re
import subprocess
import threading
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from dumping import program
from given import LEDGER, NOW, visits
from psycopg import sql
from psycopg.conninfo import make_conninfo

from domain.journal.append import Journal
from domain.journal.connection import BadSchemaName, connect
from domain.journal.migrate import MigrationFailed, migrate, migrations


def test_the_files_are_numbered_without_a_gap() -> None:
    assert [step.number for step in migrations()] == list(range(1, len(migrations()) + 1))


def test_a_second_time_changes_nothing(empty_dsn: str) -> None:
    assert migrate(empty_dsn, LEDGER) == [step.name for step in migrations()]
    assert migrate(empty_dsn, LEDGER) == []


def test_four_at_once_make_one_ledger(empty_dsn: str) -> None:
    applied: list[list[str]] = []
    threads = [threading.Thread(target=lambda: applied.append(migrate(empty_dsn, LEDGER))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(applied) == [[], [], [], [step.name for step in migrations()]]


def test_ledgers_of_one_database_know_nothing_of_each_other(empty_dsn: str) -> None:
    schemas = ["north", "south"]
    for schema in schemas:
        migrate(empty_dsn, schema)
    drafts = visits(2)
    for schema in schemas:
        with Journal(empty_dsn, schema) as journal:
            assert [receipt.position for receipt in journal.append(drafts, now=NOW)] == [1, 2]
            assert [record.key for record in journal.read()] == [draft.key for draft in drafts]


def test_ledgers_do_not_wait_for_each_other(empty_dsn: str) -> None:
    for schema in ("north", "south"):
        migrate(empty_dsn, schema)
    with connect(empty_dsn, "north") as holder:
        holder.execute("select journal_open('{}', now())")
        with Journal(empty_dsn, "south") as journal:
            assert journal.append(visits(1), now=NOW)[0].position == 1


def test_a_ledger_is_not_taken_back_to_an_older_program(ledger_dsn: str) -> None:
    with connect(ledger_dsn, LEDGER, service=False) as owner:
        owner.execute("insert into migration (number, name, sha256) values (9000, '9000_later.sql', 'x')")
    with pytest.raises(MigrationFailed, match="newer program \\(to 9000\\)"):
        migrate(ledger_dsn, LEDGER)


def test_an_altered_file_is_noticed(ledger_dsn: str) -> None:
    with connect(ledger_dsn, LEDGER, service=False) as owner:
        owner.execute("update migration set sha256 = 'other' where number = 1")
    with pytest.raises(MigrationFailed, match=r"0001_journal\.sql differs"):
        migrate(ledger_dsn, LEDGER)


def test_half_a_migration_leaves_nothing(empty_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = migrations()[0]._replace(number=9000, name="9000_broken.sql", script=b"select 1 from nowhere")
    monkeypatch.setattr("domain.journal.migrate.migrations", lambda: [*migrations(), broken])
    with pytest.raises(psycopg.errors.UndefinedTable):
        migrate(empty_dsn, LEDGER)
    with psycopg.connect(empty_dsn) as connection:
        assert connection.execute("select from pg_namespace where nspname = %s", [LEDGER]).fetchone() is None


def test_a_ledger_that_grew_release_by_release_is_the_one_that_is_made_today(
    empty_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file is applied to a ledger with facts; tables, checks, triggers and grants are equal."""
    steps, facts = migrations(), visits(3)
    for upto in range(1, len(steps) + 1):
        monkeypatch.setattr("domain.journal.migrate.migrations", lambda upto=upto: steps[:upto])
        assert migrate(empty_dsn, "grown") == [steps[upto - 1].name]
        if upto == 1:
            with Journal(empty_dsn, "grown") as journal:
                journal.append(facts, now=NOW)
    migrate(empty_dsn, "fresh")
    with Journal(empty_dsn, "grown") as journal:
        assert [record.key for record in journal.read()] == [draft.key for draft in facts]
    assert definitions(empty_dsn, "grown").replace("grown", "fresh") == definitions(empty_dsn, "fresh")


def definitions(dsn: str, schema: str) -> str:
    """All that makes up `schema` but its rows, as pg_dump says it."""
    command = [program("pg_dump", dsn), "--schema-only", f"--schema={schema}", f"--dbname={dsn}"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return "\n".join(line for line in said.splitlines() if not re.match(r"--|\\(un)?restrict", line))


@pytest.mark.parametrize(
    "schema",
    ["", "Ledger", "1ledger", "a-b", "a b", 'a"b', "a,b", "pg_ledger", "public", "a" * 49, "a\n", "é"],
)
def test_a_ledger_has_a_plain_name(schema: str) -> None:
    with pytest.raises(BadSchemaName, match="1 to 48"):
        connect("", schema)


def test_the_longest_name_still_wakes_followers(empty_dsn: str) -> None:
    schema = "a" * 48
    migrate(empty_dsn, schema)
    with Journal(empty_dsn, schema) as journal:
        assert journal.append(visits(1), now=NOW)[0].position == 1


def test_a_connection_is_the_services_and_in_utc(ledger_dsn: str) -> None:
    with connect(ledger_dsn, LEDGER, autocommit=True) as connection:
        row = connection.execute(
            "select current_user, current_schema, current_setting('timezone'), "
            "current_setting('application_name')"
        ).fetchone()
        assert row == ("meritbook_service", LEDGER, "UTC", f"meritbook {LEDGER}")
        connection.execute("reset role")
        assert connection.execute("select current_user").fetchone() == ("meritbook_service",)


def test_settings_of_the_address_are_kept(ledger_dsn: str) -> None:
    address = make_conninfo(ledger_dsn, options="-c statement_timeout=12345")
    with connect(address, LEDGER) as connection:
        assert connection.execute("show statement_timeout").fetchone() == ("12345ms",)
        assert connection.execute("select current_schema").fetchone() == (LEDGER,)


@pytest.fixture
def stranger(postgres: str, empty_dsn: str) -> Iterator[tuple[str, str]]:
    """The name and address of a user with no rights at all."""
    name = f"stranger_{uuid4().hex[:12]}"
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute(sql.SQL("create role {} login password 'secret'").format(sql.Identifier(name)))
        yield name, make_conninfo(empty_dsn, user=name, password="secret")
        with psycopg.connect(empty_dsn, autocommit=True) as owner:
            owner.execute(sql.SQL("drop owned by {} cascade").format(sql.Identifier(name)))
        server.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))


def run_remedy(dsn: str, message: str) -> None:
    """Does as the message says."""
    with psycopg.connect(dsn, autocommit=True) as superuser:
        superuser.execute(message.partition("run once: ")[2].encode())


def test_a_user_without_rights_is_told_what_to_run_and_then_gets_through(
    stranger: tuple[str, str], template: str, empty_dsn: str
) -> None:
    """template: it has made the service's role before."""
    name, dsn = stranger
    with pytest.raises(MigrationFailed, match=f"{name} may not create the role") as without_role:
        migrate(dsn, LEDGER)
    with psycopg.connect(empty_dsn, autocommit=True) as superuser:
        superuser.execute(sql.SQL("grant meritbook_service to {}").format(sql.Identifier(name)))
    assert f"grant meritbook_service to {name};" in str(without_role.value)
    with pytest.raises(MigrationFailed, match=f"{name} may not create the schema {LEDGER}") as without_schema:
        migrate(dsn, LEDGER)
    run_remedy(empty_dsn, str(without_schema.value))
    assert migrate(dsn, LEDGER)
    with Journal(dsn, LEDGER) as journal:
        assert journal.append(visits(1), now=NOW)[0].position == 1

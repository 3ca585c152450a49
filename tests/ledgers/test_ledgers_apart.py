"""Several ledgers of one database: what happens in one is nothing to another, and a group is their union."""

import os
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import psycopg
import pytest
from book import Book
from commanded import environment_of, ran
from conftest import new_database
from given import NOW, drafted, visits

from api.groups import GROUP, BoardsDiffer, GroupExport, group_board, group_export
from api.ledgers import LedgerExists, UnknownLedger, create, known, ledgers, put_away, take_up
from api.master_keys import masters
from api.ops import Ledger
from api.settings import Settings
from api.tokens import Tokens, token_file
from api.verify import verify
from domain.journal.append import Journal
from domain.journal.archive import LedgerArchived
from domain.journal.cipher import new_key
from domain.journal.connection import connect
from domain.journal.listen import Wakeup
from domain.journal.master import KeysUnavailable
from domain.period import Period
from domain.refusals import BadField
from projections.boards import board
from projections.put_away import put_away as put_models_away
from projections.replay import replay
from projections.scratch import HERE

CITUS = os.environ.get("MERITBOOK_TEST_CITUS_URL")
CITUS_SETTINGS = (
    "enable_schema_based_sharding",
    "enable_unsafe_triggers",
    "allow_nested_distributed_execution",
)
"""As docs/howto/ledgers.md asks for."""

EAST, WEST = "east", "west"
MARCH = Period.parse("2025-03")
BOARDS = """
boards:
  - {id: followers, title: Follow-ups, measure: followed, size: 2}
  - {id: best, title: Best, measure: MEASURE}
"""


class Firm(NamedTuple):
    """Two legal entities: a ledger each, in one database."""

    settings: Settings
    dsn: str
    east: Book
    west: Book


class Noted(list[tuple[str, int | None]]):
    """What was noted of readings: the ledger, and about how many people."""

    def __call__(self, ledger: Ledger, people: int | None) -> None:
        self.append((ledger.schema, people))


@contextmanager
def database(kind: str, postgres: str) -> Generator[str]:
    """A new database of plain PostgreSQL, or of Citus where each schema is placed on a node."""
    if kind == "plain":
        with new_database(postgres) as dsn:
            yield dsn
        return
    if CITUS is None:
        pytest.skip("MERITBOOK_TEST_CITUS_URL names no Citus")
    with new_database(CITUS) as dsn:
        with psycopg.connect(dsn, autocommit=True) as owner:
            owner.execute("create extension citus")
            for setting in CITUS_SETTINGS:
                owner.execute(f"alter database {owner.info.dbname} set citus.{setting} to on".encode())
        yield dsn


@pytest.fixture(scope="module", params=["plain", "citus"])
def firm(
    request: pytest.FixtureRequest, postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Firm]:
    """People of the same ids work in both."""
    home = tmp_path_factory.mktemp("home")
    with database(request.param, postgres) as dsn:
        settings = Settings(home=home, database_url=dsn)
        for ledger in (EAST, WEST):
            create(settings, ledger, name=ledger, zone="Asia/Shanghai", currency="CNY", actor="test")
        with Journal(dsn, EAST) as in_east, Journal(dsn, WEST) as in_west:
            east, west = Book(in_east, dsn, EAST), Book(in_west, dsn, WEST)
            for book, measure in ((east, "revenue"), (west, "clients")):
                book.adopt(BOARDS.replace("MEASURE", measure))
                for employee in ("E1", "E2", "E3"):
                    book.hire(employee)
            east.follow("C1", "C2", "C3", employee="E1")
            east.follow("C1", employee="E2")
            west.follow("C1", "C2", "C3", employee="E2")
            west.follow("C1", "C2", employee="E1")
            yield Firm(settings, dsn, east, west)


def test_a_group_ranks_the_people_of_all_its_ledgers(firm: Firm) -> None:
    """Equal values share a place; an id is a person of one ledger."""
    noted = Noted()
    found = group_board(firm.settings, (WEST, EAST), "followers", MARCH, 3, noted)
    assert noted == [(WEST, 2), (EAST, 2)]
    assert found is not None and found.people == 6 and found.lacking == ()
    assert [(p.place, p.ledger, p.employee, p.value, p.tied) for p in found.places] == [
        (1, WEST, "E2", "3", True),
        (1, EAST, "E1", "3", True),
        (3, WEST, "E1", "2", False),
    ]
    assert group_board(firm.settings, (WEST, EAST), "nothing", MARCH, None, noted) is None
    assert len(noted) == 2, "a board that no ledger has shows nobody"


def test_a_group_does_not_rank_what_cannot_be_compared(firm: Firm) -> None:
    with pytest.raises(BoardsDiffer, match=r"of west ranks by number, .* of east by money CNY"):
        group_board(firm.settings, (EAST, WEST), "best", MARCH, None, Noted())


def test_a_group_is_exported_ledger_by_ledger(firm: Firm, tmp_path: Path) -> None:
    noted = Noted()
    done = group_export(firm.settings, (EAST, WEST), tmp_path / "audit", noted)
    assert noted == [(EAST, None), (WEST, None)]
    assert [each.ledger for each in done.ledgers] == [EAST, WEST]
    verdicts = [verify(tmp_path / "audit" / each.directory) for each in done.ledgers]
    assert [(each.valid, each.records) for each in verdicts] == [(True, one.records) for one in done.ledgers]
    assert len({each.origin for each in verdicts}) == 2
    written = (tmp_path / "audit" / GROUP).read_bytes()
    assert msgspec.json.decode(written, type=GroupExport) == done


def test_what_one_ledger_counts_no_other_sees(firm: Firm) -> None:
    """Neither rows nor boards, whatever comes to the other meanwhile."""
    with firm.west.cursor() as cursor:
        before, head = board(cursor, "followers", MARCH), firm.west.journal.head()
    firm.east.follow("N1", employee="E3", on=30)
    firm.east.runner.catch_up()
    with firm.west.cursor() as cursor:
        assert (board(cursor, "followers", MARCH), firm.west.journal.head()) == (before, head)
    for ledger, book in ((EAST, firm.east), (WEST, firm.west)):
        with connect(firm.dsn, ledger) as service:
            assert service.execute("show search_path").fetchone() == (ledger,)
            assert service.execute("select max(position) from journal").fetchone() == (book.journal.head(),)


def test_a_token_counts_in_one_ledger(firm: Firm) -> None:
    """Its name may be taken again in another, and who ends it there ends nothing here."""
    file = token_file(firm.settings.home)
    here, there = Tokens(file, ledger=EAST), Tokens(file, ledger=WEST)
    token, other = here.make("auditor", "audit"), there.make("payroll", "audit")
    assert (here.caller(other), there.caller(token)) == (None, None)
    there.revoke("audit")
    there.bar("oidc:wang")
    caller = Tokens(file, ledger=EAST).caller(token)
    assert caller is not None and caller.role == "auditor"
    assert Tokens(file, ledger=WEST).caller(other) is None
    assert not here.is_barred("oidc:wang") and not here.has_ended("audit")
    assert [entry.ledger for entry in here.entries()] == [EAST]


def test_who_follows_one_ledger_is_not_woken_by_another(firm: Firm) -> None:
    with Wakeup(firm.dsn, WEST) as wakeup:
        wakeup.wait(0)
        for ledger, seconds in ((EAST, 0.3), (WEST, 20.0)):
            with Journal(firm.dsn, ledger) as journal:
                journal.append([drafted()], now=NOW)
            began = time.monotonic()
            wakeup.wait(seconds)
            assert (time.monotonic() - began >= 0.3) == (ledger == EAST)


def test_a_key_of_one_ledger_opens_nothing_in_another(firm: Firm) -> None:
    """Even copied there by whoever may write both, and under the same master key."""
    [master] = masters(firm.settings).held()
    key = new_key()
    wrapped = master.wrap(key, EAST, "employee:E1")
    assert master.unwrap(wrapped, EAST, "employee:E1") == key
    with pytest.raises(KeysUnavailable):
        master.unwrap(wrapped, WEST, "employee:E1")


def test_an_archived_ledger_is_read_replayed_and_verified_while_others_go_on(
    firm: Firm, tmp_path: Path
) -> None:
    [west] = [each for each in ledgers(firm.settings) if each.ledger == WEST]
    done = put_away(firm.settings, WEST, actor="os:wang", reason="merged")
    try:
        assert (done.facts, done.archived_by, done.reason) == (west.facts, "os:wang", "merged")
        with pytest.raises(LedgerArchived):
            firm.west.journal.append(visits(1), now=NOW)
        firm.east.journal.append(visits(1), now=NOW)
        with firm.west.cursor() as cursor:
            assert board(cursor, "followers", MARCH) is not None
        assert replay(firm.dsn, WEST, and_compare=True).compared == (None, ())
        [exported] = group_export(firm.settings, (WEST,), tmp_path, Noted()).ledgers
        assert verify(tmp_path / exported.directory).valid
    finally:
        assert take_up(firm.settings, WEST, actor="os:wang").archived_at is None
    firm.west.journal.append(visits(1), now=NOW)


def test_citus_is_told_what_the_guide_says() -> None:
    """The guide asks for what the tests of a Citus set, and a scratch schema is not placed."""
    guide = (Path(__file__).resolve().parents[2] / "docs" / "howto" / "ledgers.md").read_text("utf-8")
    assert all(f"set citus.{setting} = on" in guide for setting in CITUS_SETTINGS)
    assert HERE == "set citus.enable_schema_based_sharding = off"


def test_what_an_upgrade_puts_away_is_not_placed_either(firm: Firm) -> None:
    """A schema of its own, made in the session that moves the tables there."""
    with connect(firm.dsn, WEST, service=False) as connection, connection.cursor() as cursor:
        put_models_away(cursor, WEST, ())
        found = cursor.execute(
            "select current_setting('citus.enable_schema_based_sharding', true)"
        ).fetchone()
        connection.rollback()
    assert found == ("off",)


def test_a_ledger_has_a_name_that_nobody_has(firm: Firm) -> None:
    for name, refusal in (
        (EAST, LedgerExists),
        ("Ost", BadField),
        ("pg_east", BadField),
        ("public", BadField),
    ):
        with pytest.raises(refusal):
            create(firm.settings, name, name="x", zone="Asia/Shanghai", currency="CNY", actor="test")
    for asked in (known, take_up, put_away):
        more: dict[str, Any] = {} if asked is known else {"actor": "test"}
        more |= {"reason": "x"} if asked is put_away else {}
        with pytest.raises(UnknownLedger):
            asked(firm.settings, "north", **more)


@pytest.mark.rule("R24")
def test_the_ledgers_of_a_database_on_the_command_line(firm: Firm, tmp_path: Path) -> None:
    """What is read of several at once leaves its trace in each."""
    environment = environment_of(firm.settings.home, firm.dsn)
    told = ran(environment, "ledger", "list", "--json")
    assert [(each["ledger"], each["name"]) for each in msgspec.json.decode(told.stdout)] == [
        (EAST, EAST),
        (WEST, WEST),
    ]
    shown = ran(environment, "group", "board", "followers", "--period", "2025-03", "--size", "1")
    assert shown.returncode == 0, shown.stderr
    assert "6 people in 2 ledgers" in shown.stdout
    exported = ran(environment, "group", "export", str(tmp_path / "audit"))
    assert exported.returncode == 0, exported.stderr
    for book in (firm.east, firm.west):
        read = [bytes(record.data) for record in book.journal.read(types=("personal_data_read",))]
        operations = {msgspec.json.decode(data)["operation"] for data in read}
        assert operations >= {"meritbook group board", "meritbook group export"}
    refused = ran(environment, "ledger", "archive", "north", "--reason", "x")
    assert (refused.returncode, "has no ledger north" in refused.stderr) == (1, True)

"""The journal in partitions: made ahead, one journal to whoever writes and reads, and nobody's to drop."""

from collections.abc import Iterator

import psycopg
import pytest
from given import LEDGER, NOW, visits
from psycopg.conninfo import make_conninfo
from psycopg.errors import InsufficientPrivilege

from domain.journal.append import Journal
from domain.journal.connection import connect
from domain.journal.migrate import migrate, migrations
from domain.refusals import KeyReused

SIZE = 4
PARTS = "select after, upto from journal_part order by number"
LIES_IN = "select distinct tableoid::regclass::text from journal order by 1"


@pytest.fixture
def small(empty_dsn: str) -> Iterator[Journal]:
    """A journal with partitions of four positions."""
    migrate(make_conninfo(empty_dsn, options=f"-c meritbook.partition_positions={SIZE}"), LEDGER)
    with Journal(empty_dsn, LEDGER) as journal:
        yield journal


def test_there_is_always_an_empty_one_behind_the_one_that_is_written(small: Journal, empty_dsn: str) -> None:
    drafts = visits(14)
    for draft in drafts:
        small.append([draft], now=NOW)
    with connect(empty_dsn, LEDGER) as service:
        parts = service.execute(PARTS).fetchall()
        assert parts[:4] == [(0, 4), (4, 8), (8, 12), (12, 16)]
        assert parts[-1][0] >= 14 - 1
        lie_in = [name.split(".")[-1] for (name,) in service.execute(LIES_IN)]
        assert lie_in == ["journal_1", "journal_2", "journal_3", "journal_4"]
    assert [record.key for record in small.read()] == [draft.key for draft in drafts]
    assert small.at(5) is not None and small.head() == 14


def test_a_key_is_known_in_whichever_partition_it_stands(small: Journal) -> None:
    drafts = visits(11)
    for draft in drafts:
        small.append([draft], now=NOW)
    again = small.append(drafts[::-1], now=NOW)
    assert [receipt.position for receipt in again] == list(range(11, 0, -1))
    assert all(receipt.hit for receipt in again) and small.head() == 11
    with pytest.raises(KeyReused, match="position 2"):
        small.append([drafts[1]._replace(content_hash=bytes(32))], now=NOW)


def test_a_batch_goes_over_the_edge_of_a_partition(small: Journal) -> None:
    drafts = visits(7)
    assert [receipt.position for receipt in small.append(drafts, now=NOW)] == list(range(1, 8))


def test_facts_that_are_there_become_the_first_partition(
    empty_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a row is moved: the file of the table stays."""
    steps, facts = migrations(), visits(6)
    monkeypatch.setattr("domain.journal.migrate.migrations", lambda: steps[:10])
    migrate(empty_dsn, LEDGER)
    with Journal(empty_dsn, LEDGER) as journal:
        journal.append(facts, now=NOW)
    with connect(empty_dsn, LEDGER, service=False) as owner:
        file = owner.execute("select pg_relation_filenode('journal')").fetchone()
    monkeypatch.undo()
    migrate(make_conninfo(empty_dsn, options=f"-c meritbook.partition_positions={SIZE}"), LEDGER)
    with connect(empty_dsn, LEDGER, service=False) as owner:
        assert owner.execute("select pg_relation_filenode('journal_1')").fetchone() == file
        assert owner.execute(PARTS).fetchall() == [(0, 8), (8, 12)]
    with Journal(empty_dsn, LEDGER) as journal:
        assert [record.key for record in journal.read()] == [fact.key for fact in facts]
        assert [receipt.hit for receipt in journal.append(facts, now=NOW)] == [True] * 6


def test_an_archived_ledger_is_archived_still(empty_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from domain.journal.archive import LedgerArchived, archive

    steps = migrations()
    monkeypatch.setattr("domain.journal.migrate.migrations", lambda: steps[:10])
    migrate(empty_dsn, LEDGER)
    archive(empty_dsn, LEDGER, now=NOW, actor="test", reason="over")
    monkeypatch.undo()
    migrate(empty_dsn, LEDGER)
    with Journal(empty_dsn, LEDGER) as journal, pytest.raises(LedgerArchived):
        journal.append(visits(1), now=NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "drop table journal_1",
        "alter table journal detach partition journal_1",
        "select * from journal_1",
        "insert into journal_1 table journal",
        "select journal_part_made('journal_9')",
        "insert into journal_part (number, after, upto) values (9, 90, 91)",
        "insert into cold_key (digest, position) values (cold_digest('a', 'b'), 1)",
    ],
)
def test_the_service_has_no_way_to_a_partition(ledger_dsn: str, statement: str) -> None:
    with connect(ledger_dsn, LEDGER) as service, pytest.raises(InsufficientPrivilege):
        service.execute(statement)


def test_the_service_cannot_make_more_partitions_than_are_needed(ledger_dsn: str, journal: Journal) -> None:
    journal.append(visits(2), now=NOW)
    with connect(ledger_dsn, LEDGER, autocommit=True) as service:
        before = service.execute(PARTS).fetchall()
        service.execute("select journal_extend()")
        assert service.execute(PARTS).fetchall() == before


def test_nothing_in_a_partition_is_altered_by_its_owner(ledger_dsn: str, journal: Journal) -> None:
    journal.append(visits(2), now=NOW)
    with (
        connect(ledger_dsn, LEDGER, service=False) as owner,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="never altered or removed"),
    ):
        owner.execute("delete from journal_1")

"""What the planner is told of a long journal: only of the parts that grew, of the whole when it doubled."""

from collections.abc import Iterator

import psycopg
import pytest
from given import LEDGER, NOW, visits
from psycopg.conninfo import make_conninfo

from domain.journal.append import Journal
from domain.journal.connection import connect
from domain.journal.migrate import migrate
from projections import runner
from projections.learning import LEARN_SIZES

PART = 200
LOOKED_AT = """
select relname, analyze_count from pg_stat_user_tables
where schemaname = %s and relname ~ '^(journal_[0-9]+|credit)$' and analyze_count > 0"""
KNOWN = "select reltuples::int from pg_class where oid = 'journal'::regclass"


@pytest.fixture
def owner(empty_dsn: str) -> Iterator[psycopg.Connection]:
    """The owner of a ledger with read models, whose journal has parts of PART positions."""
    migrate(make_conninfo(empty_dsn, options=f"-c meritbook.partition_positions={PART}"), LEDGER)
    with connect(empty_dsn, LEDGER, service=False, autocommit=True) as owner:
        runner.create(owner)
        yield owner


def counts(owner: psycopg.Connection) -> dict[str, int]:
    """How often stock was taken of credits and of each part of the journal."""
    return dict(owner.execute(LOOKED_AT, [LEDGER]).fetchall())


def test_a_part_that_is_full_is_not_looked_at_again(empty_dsn: str, owner: psycopg.Connection) -> None:
    with Journal(empty_dsn, LEDGER) as journal:
        for _ in range(3):
            journal.append(visits(150), now=NOW)
        owner.execute(LEARN_SIZES)
        before = counts(owner)
        journal.append(visits(130), now=NOW)
    assert before["journal_1"] > 0 and "journal_4" not in before
    owner.execute(LEARN_SIZES)
    after = counts(owner)
    grew = {name for name, times in after.items() if times > before.get(name, 0)}
    assert grew == {"credit", "journal_3"}
    assert owner.execute(KNOWN).fetchone() == (450,), "the whole has not doubled since"


def test_the_whole_is_looked_at_once_it_doubled(empty_dsn: str, owner: psycopg.Connection) -> None:
    known = list[int]()
    with Journal(empty_dsn, LEDGER) as journal:
        for _ in range(6):
            journal.append(visits(100), now=NOW)
            owner.execute(LEARN_SIZES)
            known.extend(owner.execute(KNOWN).fetchone() or ())
    assert known == [100, 100, 300, 300, 300, 300]


def test_what_a_ledger_has_from_before_learns_as_this_release_does(owner: psycopg.Connection) -> None:
    owner.execute("create or replace function learn_sizes() returns void language sql as ''")
    runner.create(owner)
    owner.execute(LEARN_SIZES)
    assert counts(owner)["credit"] == 1


def test_what_is_being_cleaned_is_passed_over(empty_dsn: str, owner: psycopg.Connection) -> None:
    """To wait for a table would send away whoever cleans it."""
    with connect(empty_dsn, LEDGER, service=False) as cleaner:
        cleaner.execute("lock table statement in share update exclusive mode")
        owner.execute("set lock_timeout = '1s'")
        owner.execute(LEARN_SIZES)
    assert counts(owner)["credit"] == 1

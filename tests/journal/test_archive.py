"""An archived ledger: no fact comes in by any way, what the trail notes does, and reading goes on."""

import asyncio
from collections.abc import Callable

import psycopg
import pytest
from given import LEDGER, NOW, drafted, visits

from domain.facts import trail
from domain.facts.registry import FACT_TYPES
from domain.facts.trail import PersonalDataRead
from domain.journal.append import Journal
from domain.journal.archive import TRAIL, LedgerArchived, LedgerInUse, archive, archived, restore
from domain.journal.connection import connect
from domain.journal.group_commit import GroupCommit
from domain.journal.query import Selector
from domain.journal.record import Draft

READ = PersonalDataRead(
    reader="audit", role="auditor", operation="GET /v1/payroll", day=NOW.date(), readings=1
)


def grouped(journal: Journal, *drafts: Draft) -> list[object]:
    """What becomes of each of `drafts`, which arrive at the same time."""

    async def run() -> list[object]:
        async with GroupCommit(journal, clock=lambda: NOW) as group:
            return await asyncio.gather(*map(group.append, drafts), return_exceptions=True)

    return asyncio.run(run())


DOORS: dict[str, Callable[[Journal], object]] = {
    "one": lambda journal: journal.append(visits(1), now=NOW),
    "copied": lambda journal: journal.append(visits(300), now=NOW),
    "each": lambda journal: journal.append_each(visits(2), now=NOW),
    "new": lambda journal: journal.append_new(visits(2), now=NOW),
    "decided": lambda journal: journal.decide((Selector(("visit_recorded",)),), lambda _: visits(1), now=NOW),
}


def test_an_archived_ledger_takes_no_fact_by_any_way_until_it_is_in_use_again(
    journal: Journal, ledger_dsn: str
) -> None:
    journal.append(visits(3), now=NOW)
    before = list(journal.read())
    archive(ledger_dsn, LEDGER, now=NOW, actor="os:wang", reason="merged")
    for door, way in DOORS.items():
        with pytest.raises(LedgerArchived, match="takes no more facts"):
            way(journal)
            pytest.fail(f"{door} let it in")
    refused, noted = grouped(journal, drafted(), drafted(READ))
    assert isinstance(refused, LedgerArchived)
    assert noted == (4, False, NOW)
    assert list(journal.read())[:3] == before
    assert journal.append([drafted(READ)], now=NOW)[0].position == 5
    with journal.cursor() as cursor:
        assert archived(cursor) == (NOW, "os:wang", "merged")
    restore(ledger_dsn, LEDGER, now=NOW, actor="os:li")
    assert grouped(journal, drafted()) == [(6, False, NOW)]
    with journal.cursor() as cursor:
        assert archived(cursor) is None


def test_a_ledger_is_archived_once_and_restored_once(journal: Journal, ledger_dsn: str) -> None:
    """And again later: each time is remembered."""
    for day in (1, 2):
        archive(ledger_dsn, LEDGER, now=NOW.replace(day=day), actor="os:wang", reason="merged")
        with pytest.raises(LedgerArchived):
            archive(ledger_dsn, LEDGER, now=NOW, actor="os:wang", reason="again")
        restore(ledger_dsn, LEDGER, now=NOW, actor="os:li")
        with pytest.raises(LedgerInUse):
            restore(ledger_dsn, LEDGER, now=NOW, actor="os:li")
    with connect(ledger_dsn, LEDGER) as service:
        assert service.execute("select count(*) from archive where restored_by = 'os:li'").fetchone() == (2,)


def test_the_service_can_neither_archive_nor_let_facts_in_again(journal: Journal, ledger_dsn: str) -> None:
    archive(ledger_dsn, LEDGER, now=NOW, actor="os:wang", reason="merged")
    for attempt in (
        "drop trigger ledger_is_archived on journal",
        "alter table journal disable trigger ledger_is_archived",
        "delete from archive",
        "update archive set restored_at = now(), restored_by = 'me'",
    ):
        with connect(ledger_dsn, LEDGER) as service, pytest.raises(psycopg.errors.InsufficientPrivilege):
            service.execute(attempt)
    with pytest.raises(LedgerArchived):
        journal.append(visits(1), now=NOW)


def test_what_an_archived_ledger_takes_is_the_whole_trail() -> None:
    assert {tag for tag, fact in FACT_TYPES.items() if fact.__module__ == trail.__name__} == {*TRAIL}

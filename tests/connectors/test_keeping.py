"""The store of quarantine: bounded, forgotten after its time, and emptied of whoever is erased."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from firm import LEDGER, NOW, Firm
from psycopg import Cursor

from api.connectors import quarantine as module
from api.connectors.quarantine import Kept, Quarantine, Refusing
from api.connectors.wrong import WrongInRecord
from api.problems import NotFound
from domain.journal.append import Journal
from domain.journal.connection import connect
from domain.journal.master import InMemory
from domain.journal.vault import Vault

WHY = [WrongInRecord(kind="bad-cell", detail="It is no day.", remedy="Write one.", path="$.day")]


def refused(text: str, about: str = "employee:E1") -> Refusing:
    return Refusing(Kept(form="json", text=f'{{"note": "{text}"}}'), text[:10], WHY, [about])


@pytest.fixture
def quarantine() -> Quarantine:
    return Quarantine(Vault(LEDGER, InMemory()), days=90)


@pytest.fixture
def cursor(ledger_dsn: str) -> Iterator[Cursor[Any]]:
    with connect(ledger_dsn, LEDGER) as connection, connection.cursor() as found:
        yield found


def test_what_is_too_large_or_too_many_is_not_held(
    quarantine: Quarantine, cursor: Cursor[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_HELD", 2)
    heard: list[tuple[str, str]] = []
    quarantine._told = lambda *said: heard.append(said)
    found = quarantine.keep(
        cursor, "crm", [refused("x" * module.MOST_BYTES), refused("a"), refused("b")], NOW
    )
    assert [each is not None for each in found] == [False, True, True]
    later = quarantine.keep(cursor, "crm", [refused("c"), refused("a")], NOW)
    assert later[0] is None and later[1] == found[1]
    assert quarantine.keep(cursor, "other", [refused("c")], NOW) != [None]
    assert [said for _, said in heard] == ["full", "kept", "kept", "full", "kept", "kept"]
    assert sorted(each.times for each in quarantine.page(cursor, 10, connector="crm")) == [1, 2]


def test_what_has_waited_too_long_is_forgotten(quarantine: Quarantine, cursor: Cursor[Any]) -> None:
    [old] = quarantine.keep(cursor, "crm", [refused("old")], NOW)
    quarantine.keep(cursor, "crm", [refused("new")], NOW + dt.timedelta(days=91))
    assert old is not None
    with pytest.raises(NotFound):
        quarantine.one(cursor, old.entry)
    assert len(quarantine.page(cursor, 10)) == 1


def test_whoever_is_erased_is_gone_from_quarantine_at_once(
    quarantine: Quarantine, cursor: Cursor[Any], journal: Journal, tmp_path: Any
) -> None:
    firm = Firm(journal, tmp_path)
    entries = quarantine.keep(cursor, "crm", [refused("one"), refused("two", "employee:E2")], NOW)
    cursor.connection.commit()
    left = {"employee": "E1", "left_on": "2021-01-01", "cause": "other"}
    firm.tell("employee_left", **left)
    firm.tell_by("other", "subject_erased", employee="E1", approver="E2", reason="asked")
    found = [each.entry for each in quarantine.page(cursor, 10)]
    assert entries[1] is not None and found == [entries[1].entry]

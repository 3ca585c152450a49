"""The people of the ledger as a directory sees them: kept in memory, and kept up with what changed."""

import asyncio
import datetime as dt
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import msgspec
from psycopg import Cursor

from api.names import read
from api.reading import Reading
from domain.journal.vault import ERASED_SO_FAR, Stored, Vault
from domain.people.roster import RosterChange, posting, stretches
from projections import directory, roster
from projections.roster import Branch

CHANGED = """
select employee from roster_change where position > %(upto)s or void_position > %(upto)s
union select employee from directory_entry where position > %(upto)s or void_position > %(upto)s"""

LAST = """
select greatest(
    (select max(position) from roster_change), (select max(void_position) from roster_change),
    (select max(position) from directory_entry), (select max(void_position) from directory_entry), 0
)"""

RECORDED = "select position, recorded_at from journal where position = any(%(positions)s)"


SOURCE = "scim"
"""Of the facts that a directory's word gives."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who works here, or has. held: branch, department, post … as of today, or of the last day.

    active: works here today and is not told to leave. left_at: position of the leaving that ended it, where
    it may still be taken back, because the day after it has not come. listed: the directory keeps them;
    removed: it did, and does no more.
    """

    employee: str
    user_name: str
    external_id: str | None
    name: str | None
    held: Mapping[str, str | None]
    active: bool
    left_at: int | None
    left_on: dt.date | None
    listed: bool
    removed: bool
    created_at: dt.datetime
    changed_at: dt.datetime


class Known(NamedTuple):
    """Everybody, with the branches there are and the groups that the directory keeps."""

    today: dt.date
    people: Mapping[str, Person]
    branches: Mapping[str, Branch]
    groups: Mapping[str, directory.Group]


class People:
    """Knows everybody, names in clear. An erased person's names are forgotten with the next question."""

    def __init__(self, reading: Reading, vault: Vault) -> None:
        self.reading, self._vault = reading, vault
        self._people: dict[str, Person] = {}
        self._as_of: tuple[dt.date, int] | None = None
        self._upto = 0
        self._one_at_a_time = asyncio.Lock()
        self._changing = asyncio.Lock()

    @asynccontextmanager
    async def changing(self) -> AsyncGenerator[None]:
        """Held from the look at who is there until a change is counted, so that no two give one name."""
        async with self._changing, self.reading.alone("changes of the directory"):
            yield

    async def known(self) -> Known:
        """Everybody, as the read models know them now."""
        async with self._one_at_a_time:
            return await self.reading.ask(self._known)

    def _known(self, cursor: Cursor[Any]) -> Known:
        today = self.reading.today()
        as_of = today, _number(cursor, ERASED_SO_FAR)
        last = _number(cursor, LAST)
        if as_of != self._as_of:
            self._people, self._upto = {}, 0
        if last > self._upto:
            changed = [row[0] for row in cursor.execute(CHANGED, {"upto": self._upto})]
            self._people = {who: p for who, p in self._people.items() if who not in set(changed)}
            self._people |= {each.employee: each for each in self._looked_up(cursor, changed, today)}
        self._as_of, self._upto = as_of, last
        merged = {merge.branch for merge in roster.merges(cursor)}
        branches = {each.branch: each for each in roster.branches(cursor) if each.branch not in merged}
        return Known(today, self._people, branches, directory.groups(cursor))

    def _looked_up(self, cursor: Cursor[Any], employees: list[str], today: dt.date) -> Iterable[Person]:
        by_person: dict[str, list[RosterChange]] = {}
        for change in roster.changes(cursor, employees):
            by_person.setdefault(change.employee, []).append(change)
        entries = directory.entries(cursor, employees)
        said = read(cursor, self._vault, list(_tokens(by_person.values(), entries.values())))
        texts = {(each.position, each.field): text for each, text in said.items()}
        ends = [position for own in by_person.values() for position in (own[0].position, own[-1].position)]
        ends += [entry.position for entry in entries.values()]
        recorded = dict(cursor.execute(RECORDED, {"positions": ends}).fetchall())
        for employee, own in by_person.items():
            if any(change.kind == "hired" for change in own):
                yield _person(employee, own, entries.get(employee), texts, recorded, today)


def _person(
    employee: str,
    own: list[RosterChange],
    entry: directory.Entry | None,
    texts: Mapping[tuple[int, str], str | None],
    recorded: Mapping[int, dt.datetime],
    today: dt.date,
) -> Person:
    here = posting(own, today)
    past = [each for each in stretches(own) if each.first_day <= today] or stretches(own)[:1]
    held = past[-1].held
    leavings = [change for change in own if change.kind == "left"]
    left = max(leavings, key=lambda change: (change.effective_on, change.position), default=None)
    ends_later = left is not None and left.effective_on >= today
    kept = entry is not None and entry.user_name is not None
    at = entry.position if entry is not None else 0
    named = next(
        (change for change in reversed(own) if change.name and change.name == held.get("name")), None
    )
    upcoming = here is None and all(change.effective_on > today for change in own if change.kind == "hired")
    return Person(
        employee=employee,
        user_name=(texts.get((at, "user_name")) if kept else None) or employee,
        external_id=texts.get((at, "external_id")) if kept else (employee if entry is None else None),
        name=texts.get((named.position, "name")) if named else None,
        held=held,
        active=(here is not None or upcoming) and not (left is not None and left.effective_on == today),
        left_at=left.position if left is not None and ends_later else None,
        left_on=None if left is None else left.effective_on,
        listed=kept,
        removed=entry is not None and entry.user_name is None,
        created_at=recorded[own[0].position],
        changed_at=max(recorded[own[-1].position], recorded.get(at, recorded[own[0].position])),
    )


def _tokens(changed: Iterable[list[RosterChange]], entries: Iterable[directory.Entry]) -> Iterable[Stored]:
    for own in changed:
        for change in own:
            if change.name is not None:
                yield Stored(change.position, f"employee:{change.employee}", "name", change.name)
    for entry in entries:
        for field, text in (("user_name", entry.user_name), ("external_id", entry.external_id)):
            if text is not None:
                yield Stored(entry.position, f"employee:{entry.employee}", field, text)


def _number(cursor: Cursor[Any], query: str) -> int:
    row = cursor.execute(query.encode()).fetchone()
    assert row is not None, "an aggregate always answers"
    return int(row[0])

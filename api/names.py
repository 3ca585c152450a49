"""What only readers who may are shown: names and other personal text, decrypted on their way out."""

from collections.abc import Collection, Iterable
from typing import Any, TypeVar

import msgspec
import structlog
from psycopg import Cursor

from domain.facts.personal import is_token, personal_texts, subject_of
from domain.facts.registry import decode
from domain.journal.record import Record
from domain.journal.vault import Stored, Undecipherable, Vault
from domain.people.credentials import Credential
from domain.people.roster import Posting, RosterChange
from projections import roster
from projections.payroll import PayrollRow, PayrollRun
from projections.reconciling import Outstanding, PersonPaid

log = structlog.get_logger("meritbook")

TOLD = """
select position, 'employee:' || employee, 'name', name
from roster_change where name = any(%(tokens)s)
union all
select position, 'employee:' || employee, 'number', number
from credential_change where number = any(%(tokens)s)"""


_Row = TypeVar("_Row", PayrollRow, PersonPaid, Outstanding)
"""What a read model says of a person, with their name."""


class PersonalText(msgspec.Struct, frozen=True, kw_only=True):
    """What a fact says about a person, readable.

    subject: employee:ID or customer:ID. texts: by field; null where nobody can read it any more.
    erased: whether the subject's key was destroyed.
    """

    position: int
    type: str
    subject: str
    erased: bool
    texts: dict[str, str | None]


def names(cursor: Cursor[Any], vault: Vault, tokens: Iterable[str | None]) -> dict[str, str | None]:
    """What `tokens` of the read models stand for, names and numbers; None for those of whoever was erased.

    Raises: KeysUnavailable.
    """
    wanted = [token for token in dict.fromkeys(tokens) if token is not None and is_token(token)]
    if not wanted:
        return {}
    rows = cursor.execute(TOLD, {"tokens": wanted}).fetchall()
    stored = [Stored(*row) for row in rows]
    return {each.text: said for each, said in read(cursor, vault, stored).items()}


def read(cursor: Cursor[Any], vault: Vault, stored: Collection[Stored]) -> dict[Stored, str | None]:
    """What `stored` says; None for the erased, and for text that no key here was made for, which is logged.

    Raises: KeysUnavailable.
    """
    try:
        return vault.reveal(cursor, stored)
    except Undecipherable:
        return {each: _read_one(cursor, vault, each) for each in stored}


def named(changes: Iterable[RosterChange], said: dict[str, str | None]) -> list[RosterChange]:
    """`changes` with the names in clear."""
    return [msgspec.structs.replace(change, name=_name(change.name, said)) for change in changes]


def named_posting(here: Posting | None, said: dict[str, str | None]) -> Posting | None:
    """`here` with the name in clear."""
    return here and msgspec.structs.replace(here, name=_name(here.name, said))


def numbered(cursor: Cursor[Any], vault: Vault, held: Iterable[Credential]) -> list[Credential]:
    """Credentials with their numbers in clear.

    Raises: KeysUnavailable.
    """
    shown = list(held)
    said = names(cursor, vault, (each.number for each in shown))
    return [msgspec.structs.replace(each, number=_name(each.number, said)) for each in shown]


def named_run(cursor: Cursor[Any], vault: Vault, run: PayrollRun) -> PayrollRun:
    """`run` with the names in clear; whoever was erased has none.

    Raises: KeysUnavailable.
    """
    return _with_names(run, names(cursor, vault, (total.name for total in run.totals)))


def with_names(cursor: Cursor[Any], vault: Vault, rows: tuple[_Row, ...]) -> tuple[_Row, ...]:
    """`rows` of read models with the names in clear.

    Raises: KeysUnavailable.
    """
    said = names(cursor, vault, (row.name for row in rows))
    return tuple(msgspec.structs.replace(row, name=_name(row.name, said)) for row in rows)


def named_people(
    cursor: Cursor[Any], vault: Vault, people: tuple[_Row, ...], known_at: int | None
) -> tuple[_Row, ...]:
    """`people` with the names that they had last, in clear.

    Raises: KeysUnavailable.
    """
    changes = roster.changes(cursor, sorted({each.employee for each in people}), known_at)
    last = {change.employee: change.name for change in changes if change.name is not None}
    told = tuple(msgspec.structs.replace(each, name=last.get(each.employee)) for each in people)
    return with_names(cursor, vault, told)


def names_of(
    cursor: Cursor[Any], vault: Vault, employees: Iterable[str], known_at: int | None
) -> dict[str, str]:
    """The last names of people, in clear, of those who have one and were not erased.

    Raises: KeysUnavailable.
    """
    changes = roster.changes(cursor, sorted(set(employees)), known_at)
    last = {change.employee: change for change in changes if change.name is not None}
    said = names_said(cursor, vault, last.values())
    return {employee: name for employee, name in said.items() if name is not None}


def names_said(
    cursor: Cursor[Any], vault: Vault, changes: Iterable[RosterChange | None]
) -> dict[str, str | None]:
    """The names that `changes` gave, in clear, by person; None for whoever was erased.

    Raises: KeysUnavailable.
    """
    stored = {
        each.employee: Stored(each.position, f"employee:{each.employee}", "name", each.name)
        for each in changes
        if each is not None and each.name is not None
    }
    said = read(cursor, vault, stored.values())
    return {employee: said[place] for employee, place in stored.items()}


def nameless_run(run: PayrollRun) -> PayrollRun:
    """`run` without the names that are encrypted, for where the keys are not at hand."""
    held = (total.name for total in run.totals)
    return _with_names(run, {name: None for name in held if name is not None and is_token(name)})


def personal_text(cursor: Cursor[Any], vault: Vault, record: Record) -> PersonalText | None:
    """What `record` says about a person; None if it says nothing personal.

    Raises: KeysUnavailable.
    """
    fact = decode(record.type, record.data)
    texts, subject = personal_texts(fact), subject_of(fact)
    if not texts or subject is None:
        return None
    stored = {Stored(record.position, subject, field, text): field for field, text in texts.items()}
    said = read(cursor, vault, stored.keys())
    return PersonalText(
        position=record.position,
        type=record.type,
        subject=subject,
        erased=vault.is_erased(cursor, subject),
        texts={field: said[each] for each, field in stored.items()},
    )


def _with_names(run: PayrollRun, said: dict[str, str | None]) -> PayrollRun:
    return msgspec.structs.replace(
        run,
        totals=tuple(msgspec.structs.replace(each, name=_name(each.name, said)) for each in run.totals),
        rows=tuple(msgspec.structs.replace(each, name=_name(each.name, said)) for each in run.rows),
    )


def _name(name: str | None, said: dict[str, str | None]) -> str | None:
    return said.get(name, name) if name is not None else None


def _read_one(cursor: Cursor[Any], vault: Vault, stored: Stored) -> str | None:
    try:
        return vault.reveal(cursor, [stored])[stored]
    except Undecipherable as why:
        log.error("personal_text_unreadable", position=stored.position, field=stored.field, why=str(why))
        return None

"""Credentials: what was granted, renewed, suspended, reinstated and revoked, and how they stand on a day."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

import msgspec

from domain.people.credentials import (
    Credential,
    CredentialChange,
    Share,
    State,
    credential_change,
    credentials,
    expired_share,
)
from projections import roster
from projections.rows import facts_of, fetch, store
from projections.spans import Cursor, Span, mark_voided

NAME = "credentials"
VERSION = 2
TABLES = ("credential_change",)
FACTS = frozenset(
    """credential_granted credential_renewed credential_suspended credential_revoked credential_reinstated
    fact_voided""".split()
)

SCHEMA = """
create table credential_change (
    position      bigint primary key,
    credential    text   not null collate "C",
    employee      text   not null collate "C",
    kind          text   not null collate "C"
        check (kind in ('granted', 'renewed', 'suspended', 'reinstated', 'revoked')),
    effective_on  date   not null,
    expires_on    date   check (expires_on >= effective_on),
    type          text   collate "C" check ((type is null) = (kind <> 'granted')),
    number        text,
    issued_by     text   collate "C",
    reason        text,
    void_position bigint check (void_position > position)
);
comment on table credential_change is 'What happened to the credentials that people hold, one row a fact.';
comment on column credential_change.position is 'Of the fact in the journal.';
comment on column credential_change.effective_on is 'First day of the change.';
comment on column credential_change.expires_on is
    'Last day on which the credential holds, of a grant or renewal; null where it does not expire.';
comment on column credential_change.type is 'Which kind of credential, of a grant.';
comment on column credential_change.number is 'As the journal holds it: personal data is not in clear there.';
comment on column credential_change.void_position is 'Position of the void that cancelled the fact.';

create index credential_change_by_employee on credential_change (employee, credential, position);
create index credential_change_voided on credential_change (void_position) where void_position is not null;
"""

CHANGES = """
select {columns} from credential_change
where (%(employees)s::text[] is null or employee = any(%(employees)s)) and {known}
order by employee, credential, position"""


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """How the credentials stand on a day, of everybody who works here then, in all and by kind."""

    day: dt.date
    total: Share
    kinds: dict[str, Share]


def project(cursor: Cursor, span: Span) -> None:
    """Adds the changes of the span, and marks those voided in it."""
    facts = facts_of(cursor, span, *FACTS - {"fact_voided"})
    store(cursor, "credential_change", [credential_change(position, fact) for position, fact in facts])
    mark_voided(cursor, span, *TABLES)


def changes(
    cursor: Cursor, employees: Sequence[str] | None = None, known_at: int | None = None
) -> list[CredentialChange]:
    """What happened to the credentials of `employees`, or of everybody, by person, id and position."""
    return fetch(cursor, CredentialChange, CHANGES, {"employees": employees}, known_at)


def held(
    cursor: Cursor,
    day: dt.date,
    employees: Sequence[str] | None = None,
    *,
    kind: str | None = None,
    state: State | None = None,
    known_at: int | None = None,
) -> list[Credential]:
    """The credentials of `employees`, or of everybody who works here on `day`, as they stand then."""
    found = credentials(changes(cursor, employees, known_at), day)
    if employees is None:
        here = roster.here(cursor, day, known_at=known_at)
        found = [each for each in found if each.employee in here]
    return [each for each in found if kind in (None, each.kind) and state in (None, each.state)]


def summary(
    cursor: Cursor, day: dt.date, known_at: int | None = None, within: Collection[str] | None = None
) -> Summary:
    """What share of the credentials of everybody here on `day`, or of those `within`, has expired by then."""
    return summed(day, held(cursor, day, known_at=known_at), within)


def summed(day: dt.date, everybodys: Iterable[Credential], within: Collection[str] | None = None) -> Summary:
    """As `summary`, of `everybodys` credentials as they stand on `day`."""
    found = [each for each in everybodys if within is None or each.employee in within]
    kinds = sorted({each.kind for each in found})
    return Summary(
        day=day,
        total=expired_share(found),
        kinds={kind: expired_share(each for each in found if each.kind == kind) for kind in kinds},
    )

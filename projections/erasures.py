"""Erasures: whose personal data nobody can read any more, since which position, and who decided so."""

from collections.abc import Iterable

import msgspec

from domain.facts.erasure import SubjectErased
from domain.facts.personal import subject_of
from projections.rows import facts_of, store
from projections.spans import Cursor, Span

NAME = "erasures"
VERSION = 1
TABLES = ("erasure",)
FACTS = frozenset({"subject_erased"})

SCHEMA = """
create table erasure (
    position        bigint primary key,
    subject         text   not null unique collate "C",
    reason          text   not null,
    approver        text   not null collate "C",
    key_fingerprint text   collate "C"
);
comment on table erasure is 'Whose key was destroyed, one row a fact; such a fact is never voided.';
comment on column erasure.position is 'Of the fact in the journal.';
comment on column erasure.subject is 'employee:ID or customer:ID.';
comment on column erasure.key_fingerprint is 'Of the key that was destroyed; null if there was none.';
"""

ERASED = "select subject, position from erasure where subject = any(%(subjects)s)"


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody was erased, and on whose word. subject: employee:ID or customer:ID."""

    position: int
    subject: str
    reason: str
    approver: str
    key_fingerprint: str | None


def project(cursor: Cursor, span: Span) -> None:
    """Adds the erasures of the span."""
    store(cursor, "erasure", [_row(at, fact) for at, fact in facts_of(cursor, span, *FACTS)])


def erased(cursor: Cursor, subjects: Iterable[str]) -> dict[str, int]:
    """Those of `subjects` who were erased, each with the position of the fact."""
    return dict(cursor.execute(ERASED, {"subjects": list(subjects)}).fetchall())


def _row(position: int, fact: object) -> Erasure:
    assert isinstance(fact, SubjectErased), "no other type is asked for"
    return Erasure(
        position=position,
        subject=subject_of(fact) or "",
        reason=fact.reason,
        approver=fact.approver,
        key_fingerprint=fact.key_fingerprint,
    )

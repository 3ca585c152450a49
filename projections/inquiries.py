"""Inquiries about pay: what was asked, what was answered, how it was settled."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import msgspec

from domain.facts.base import Fact
from domain.facts.inquiries import InquiryAnswered, InquiryKind, InquiryOpened, InquiryResolved, Outcome
from projections.rows import facts_of, fetch, store
from projections.spans import Cursor, Span, mark_voided

NAME = "inquiries"
VERSION = 1
TABLES = ("inquiry", "inquiry_answer", "inquiry_resolution")
FACTS = frozenset({"inquiry_opened", "inquiry_answered", "inquiry_resolved", "fact_voided"})

SCHEMA = """
create table inquiry (
    position       bigint primary key,
    inquiry        text   not null collate "C",
    employee       text   not null collate "C",
    period         text   not null collate "C",
    kind           text   not null collate "C",
    note           text   not null,
    plan           text   collate "C",
    component      text   collate "C",
    expected_minor bigint,
    expected_count text   collate "C",
    void_position  bigint check (void_position > position)
);
comment on table inquiry is 'Questions and disputes about what somebody is paid for a month.';
comment on column inquiry.position is 'Of the fact in the journal.';
comment on column inquiry.note is 'As the journal holds it: personal data is not in clear there.';
comment on column inquiry.component is 'Of the line that is meant; null for the whole statement.';
comment on column inquiry.expected_count is 'An exact number, such as 12 or 3/25.';
comment on column inquiry.void_position is 'Position of the void that cancelled the fact.';

create table inquiry_answer (
    position      bigint primary key,
    inquiry       text   not null collate "C",
    employee      text   not null collate "C",
    note          text   not null,
    void_position bigint check (void_position > position)
);
comment on table inquiry_answer is 'What was answered to inquiries.';
comment on column inquiry_answer.position is 'Of the fact in the journal.';
comment on column inquiry_answer.note is 'As the journal holds it: personal data is not in clear there.';
comment on column inquiry_answer.void_position is 'Position of the void that cancelled the fact.';

create table inquiry_resolution (
    position      bigint   primary key,
    inquiry       text     not null collate "C",
    employee      text     not null collate "C",
    outcome       text     not null collate "C",
    corrections   bigint[] not null,
    note          text,
    signature     text     collate "C",
    void_position bigint   check (void_position > position)
);
comment on table inquiry_resolution is 'How inquiries were settled.';
comment on column inquiry_resolution.position is 'Of the fact in the journal.';
comment on column inquiry_resolution.corrections is 'Positions of the facts that mend what was upheld.';
comment on column inquiry_resolution.note is 'As the journal holds it: personal data is not in clear there.';
comment on column inquiry_resolution.signature is 'Where a signed paper is filed.';
comment on column inquiry_resolution.void_position is 'Position of the void that cancelled the fact.';

create index inquiry_by_period on inquiry (period, employee);
create index inquiry_answer_by_inquiry on inquiry_answer (inquiry, position);
create index inquiry_resolution_by_inquiry on inquiry_resolution (inquiry, position);
"""

OPENED = """
select {columns}
from inquiry join (select position, actor, recorded_at from journal) as said using (position)
where (%(inquiry)s::text is null or inquiry = %(inquiry)s)
    and (%(employees)s::text[] is null or employee = any(%(employees)s))
    and (%(period)s::text is null or period = %(period)s) and {known}
order by position"""

ANSWERS = """
select {columns}
from inquiry_answer join (select position, actor, recorded_at from journal) as said using (position)
where inquiry = any(%(inquiries)s) and {known}
order by position"""

RESOLUTIONS = """
select {columns}
from inquiry_resolution join (select position, actor, recorded_at from journal) as said using (position)
where inquiry = any(%(inquiries)s) and {known}
order by position"""

State = Literal["open", "answered", "resolved"]


class _OpenedRow(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    inquiry: str
    employee: str
    period: str
    kind: InquiryKind
    note: str
    plan: str | None
    component: str | None
    expected_minor: int | None
    expected_count: str | None


class _AnswerRow(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    inquiry: str
    employee: str
    note: str


class _ResolutionRow(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    inquiry: str
    employee: str
    outcome: Outcome
    corrections: list[int]
    note: str | None
    signature: str | None


class _Opened(_OpenedRow, frozen=True, kw_only=True):
    actor: str
    recorded_at: dt.datetime


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What was answered to an inquiry. actor: who answered. note: as the journal holds it."""

    position: int
    inquiry: str
    employee: str
    note: str | None
    actor: str
    recorded_at: dt.datetime


class Resolution(msgspec.Struct, frozen=True, kw_only=True):
    """How an inquiry was settled. corrections: positions of the facts that mend what was upheld."""

    position: int
    inquiry: str
    employee: str
    outcome: Outcome
    corrections: list[int]
    note: str | None
    signature: str | None
    actor: str
    recorded_at: dt.datetime


class Inquiry(msgspec.Struct, frozen=True, kw_only=True):
    """A question or dispute about what a person is paid for a month, with all that followed.

    note: as the journal holds it; None where it is not to be read. plan, component: of the line that is
    meant. expected_minor, expected_count: what it should come to, in their view.
    """

    inquiry: str
    employee: str
    period: str
    state: State
    kind: InquiryKind
    note: str | None
    plan: str | None
    component: str | None
    expected_minor: int | None
    expected_count: str | None
    position: int
    actor: str
    recorded_at: dt.datetime
    answers: tuple[Answer, ...]
    resolution: Resolution | None


def project(cursor: Cursor, span: Span) -> None:
    """Adds what the span says of inquiries; marks what is voided in it."""
    rows = [_row(position, fact) for position, fact in facts_of(cursor, span, *FACTS - {"fact_voided"})]
    store(cursor, "inquiry", [row for row in rows if isinstance(row, _OpenedRow)])
    store(cursor, "inquiry_answer", [row for row in rows if isinstance(row, _AnswerRow)])
    store(cursor, "inquiry_resolution", [row for row in rows if isinstance(row, _ResolutionRow)])
    mark_voided(cursor, span, *TABLES)


def inquiries(
    cursor: Cursor,
    known_at: int | None = None,
    *,
    inquiry: str | None = None,
    employees: Sequence[str] | None = None,
    period: str | None = None,
    state: State | None = None,
) -> list[Inquiry]:
    """The inquiries with this id, of these people, about this month, that stand so; in order of opening."""
    asked = {"inquiry": inquiry, "employees": employees, "period": period}
    opened = fetch(cursor, _Opened, OPENED, asked, known_at)
    if not opened:
        return []
    named = {"inquiries": [each.inquiry for each in opened]}
    answers = fetch(cursor, Answer, ANSWERS, named, known_at)
    resolutions = {each.inquiry: each for each in fetch(cursor, Resolution, RESOLUTIONS, named, known_at)}
    return [
        found for found in _followed(opened, answers, resolutions) if state is None or found.state == state
    ]


def _followed(
    opened: list[_Opened], answers: list[Answer], resolutions: dict[str, Resolution]
) -> Iterator[Inquiry]:
    said: dict[str, list[Answer]] = {}
    for answer in answers:
        said.setdefault(answer.inquiry, []).append(answer)
    for each in opened:
        own, resolution = tuple(said.get(each.inquiry, ())), resolutions.get(each.inquiry)
        state: State = "resolved" if resolution else "answered" if own else "open"
        yield Inquiry(state=state, answers=own, resolution=resolution, **msgspec.structs.asdict(each))


def _row(position: int, fact: Fact) -> msgspec.Struct:
    match fact:
        case InquiryOpened():
            return _OpenedRow(position=position, **msgspec.structs.asdict(fact))
        case InquiryAnswered():
            return _AnswerRow(position=position, **msgspec.structs.asdict(fact))
        case InquiryResolved():
            said: dict[str, Any] = msgspec.structs.asdict(fact) | {"corrections": fact.corrections or []}
            return _ResolutionRow(position=position, **said)
        case _:
            raise TypeError(f"inquiries have no row for {fact.TYPE}")

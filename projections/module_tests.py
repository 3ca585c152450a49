"""Tests of training modules: the banks that they are drawn from, and what people began and handed in."""

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec

from domain.learning.bank import Bank, read_bank
from projections.rows import fetch
from projections.spans import Cursor, Span, mark_voided

NAME = "module_tests"
VERSION = 1
TABLES = ("question_bank", "test_begun", "test_handed_in")
FACTS = frozenset({"question_bank_published", "test_drawn", "test_answered", "fact_voided"})

SCHEMA = """
create table question_bank (
    position      bigint primary key,
    bank          text   not null collate "C",
    module        text   not null collate "C",
    document      text   not null,
    document_hash text   not null collate "C",
    void_position bigint check (void_position > position)
);
comment on table question_bank is 'Versions of question banks; of each bank the last one is in use.';
comment on column question_bank.position is 'Of the fact in the journal.';
comment on column question_bank.document is 'The bank as JSON, with the right answers.';
comment on column question_bank.void_position is 'Position of the void that cancelled the fact.';

create table test_begun (
    position      bigint      primary key,
    employee      text        not null collate "C",
    test          text        not null collate "C",
    bank          text        not null collate "C",
    module        text        not null collate "C",
    published_at  bigint      not null check (published_at < position),
    attempt       int         not null check (attempt > 0),
    seed          text        not null collate "C",
    questions     text[]      not null,
    begun_at      timestamptz not null,
    due_at        timestamptz,
    void_position bigint      check (void_position > position)
);
comment on table test_begun is 'Tests that people began.';
comment on column test_begun.position is 'Of the fact in the journal.';
comment on column test_begun.published_at is 'Position of the version of the bank that it was drawn from.';
comment on column test_begun.due_at is 'Until when it may be handed in; null for no limit.';
comment on column test_begun.void_position is 'Position of the void that cancelled the fact.';

create table test_handed_in (
    position      bigint      primary key,
    employee      text        not null collate "C",
    test          text        not null collate "C",
    answers       text        not null,
    score         text        not null,
    handed_in_at  timestamptz not null,
    void_position bigint      check (void_position > position)
);
comment on table test_handed_in is 'What people answered in their tests.';
comment on column test_handed_in.position is 'Of the fact in the journal.';
comment on column test_handed_in.answers is 'The choices made, by question, as JSON.';
comment on column test_handed_in.void_position is 'Position of the void that cancelled the fact.';

create index test_begun_by_employee on test_begun (employee, position);
create index test_handed_in_by_employee on test_handed_in (employee, position);
"""

BANK_SPAN = """
insert into question_bank (position, bank, module, document, document_hash)
select position, data ->> 'bank', data ->> 'module', data ->> 'document', data ->> 'document_hash'
from journal
where position > %(after)s and position <= %(upto)s and type = 'question_bank_published'"""

BEGUN_SPAN = """
insert into test_begun (
    position, employee, test, bank, module, published_at, attempt, seed, questions, begun_at, due_at
)
select
    position, said.employee, said.test, said.bank, said.module, said.published_at, said.attempt, said.seed,
    array(select json_array_elements_text(said.questions)), occurred_at, said.due_at
from journal
cross join lateral json_to_record(data) as said (
    employee text, test text, bank text, module text, published_at bigint, attempt int, seed text,
    questions json, due_at timestamptz
)
where position > %(after)s and position <= %(upto)s and type = 'test_drawn'"""

HANDED_IN_SPAN = """
insert into test_handed_in (position, employee, test, answers, score, handed_in_at)
select
    position, data ->> 'employee', data ->> 'test', data ->> 'answers', data ->> 'score', occurred_at
from journal
where position > %(after)s and position <= %(upto)s and type = 'test_answered'"""

BANKS = """
select {columns} from question_bank
where position in (
    select max(position) from question_bank
    where (%(bank)s::text is null or bank = %(bank)s) and {known}
    group by bank
)
order by bank"""

VERSIONS = "select {columns} from question_bank where position = any(%(positions)s)"

BEGUN = """
select {columns} from test_begun
where (%(employees)s::text[] is null or employee = any(%(employees)s)) and {known}
order by employee, position"""

HANDED_IN = """
select {columns} from test_handed_in
where (%(employees)s::text[] is null or employee = any(%(employees)s)) and {known}
order by employee, position"""


class BankVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a question bank, right answers and all."""

    position: int
    bank: str
    module: str
    document: str
    document_hash: str

    def parsed(self) -> Bank:
        """What it says."""
        return _parsed(self.document)


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `test_begun` that counts."""

    position: int
    employee: str
    test: str
    bank: str
    module: str
    published_at: int
    attempt: int
    seed: str
    questions: list[str]
    begun_at: dt.datetime
    due_at: dt.datetime | None


class HandedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `test_handed_in` that counts. answers: JSON."""

    position: int
    employee: str
    test: str
    answers: str
    score: str
    handed_in_at: dt.datetime


class Told(NamedTuple):
    """A test with the version it was drawn from; said: what was handed in, if anything was."""

    version: BankVersion
    begun: Begun
    said: HandedIn | None


def project(cursor: Cursor, span: Span) -> None:
    """Adds the banks, tests and answers of the span, and marks what was voided in it."""
    for statement in (BANK_SPAN, BEGUN_SPAN, HANDED_IN_SPAN):
        cursor.execute(statement, span.bounds)
    mark_voided(cursor, span, *TABLES)


def banks_in_use(cursor: Cursor, bank: str | None = None, known_at: int | None = None) -> list[BankVersion]:
    """The last version of every bank, or of `bank`; by id."""
    return fetch(cursor, BankVersion, BANKS, {"bank": bank}, known_at)


def told(cursor: Cursor, employees: Sequence[str] | None, known_at: int | None) -> list[Told]:
    """Every test that `employees`, or anybody, began; by person, in order. A voided bank still marks."""
    asked = {"employees": employees}
    begun = fetch(cursor, Begun, BEGUN, asked, known_at)
    answered = {
        (each.employee, each.test): each for each in fetch(cursor, HandedIn, HANDED_IN, asked, known_at)
    }
    positions = {"positions": sorted({each.published_at for each in begun})}
    versions = {each.position: each for each in fetch(cursor, BankVersion, VERSIONS, positions, None)}
    return [
        Told(versions[each.published_at], each, answered.get((each.employee, each.test))) for each in begun
    ]


@lru_cache(maxsize=64)
def _parsed(document: str) -> Bank:
    return read_bank(msgspec.json.decode(document))

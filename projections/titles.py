"""Titles: what branches, posts, kinds of credential and other ids are called, and which have no title yet."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, get_args

import msgspec

from domain.facts.titles import TitledKind, TitleSet, titled_kind
from domain.plan.fields import Title
from domain.plan.measures import FactMeasure
from projections import policy
from projections.rows import facts_of, fetch, store
from projections.spans import Cursor, Span, mark_voided

NAME = "titles"
VERSION = 1
TABLES = ("title",)
FACTS = frozenset({"title_set", "fact_voided"})

SCHEMA = """
create table title (
    position      bigint primary key,
    kind          text   not null collate "C",
    id            text   not null collate "C",
    en            text   not null,
    zh            text   not null,
    void_position bigint check (void_position > position)
);
comment on table title is 'What ids are called, one row a fact; of a kind and id the last row holds.';
comment on column title.position is 'Of the fact in the journal.';
comment on column title.kind is 'What the id stands for: a post, a team, a kind of credential.';
comment on column title.void_position is 'Position of the void that cancelled the fact.';
"""

# A branch, a shift and a group of the directory bring a name of their own; a title goes before it.
TITLES = """
select distinct on (kind, id) {columns}
from (
    select position, kind, id, en, zh, true as is_set from title where {known}
    union all select position, 'branch', branch, title, title, false from branch where {known}
    union all select position, 'shift', pattern, title, title, false from shift_pattern where {known}
    union all (
        select position, 'team', team, title, title, false from (
            select distinct on (team) position, team, title from directory_group
            where {known} order by team, position desc
        ) as kept where title is not null
    )
) as named
order by kind, id, is_set desc, position desc"""

USED = """
select distinct {columns}
from (
    select 'branch' as kind, branch as id from branch where {known}
    union all select 'department', department from roster_change where {known}
    union all select 'team', team from roster_change where {known}
    union all select 'post', post from roster_change where {known}
    union all select 'department', department from posts_change where {known}
    union all select 'post', post from posts_change where {known}
    union all select 'credential', type from credential_change where {known}
    union all select 'skill', about from training_record where kind = 'graded' and {known}
    union all select 'client', kind from customer_change where fact = 'customer_registered' and {known}
    union all select 'stage', kind from customer_change where fact = 'stage_reached' and {known}
    union all select 'shift', pattern from shift_pattern where {known}
) as used
where id is not null"""

Language = Literal["en", "zh"]

_HAN = re.compile(r"[\u3400-\u9fff]")


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """What an id is called. position: of the fact that says so."""

    position: int
    kind: str
    id: str
    en: str
    zh: str
    is_set: bool


class _Used(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    id: str


class Titled(msgspec.Struct, frozen=True, kw_only=True):
    """An id that facts or plans use, and what it is called. title: None where nobody has said it.

    position: of the fact that says it. lacks: languages in which whoever reads it reads no word of theirs.
    """

    kind: TitledKind
    id: str
    title: Title | None
    position: int | None
    lacks: tuple[Language, ...]


class Titles(msgspec.Struct, frozen=True):
    """What ids are called, by kind and id."""

    held: Mapping[tuple[str, str], Title] = {}

    def of(self, kind: str, id: str) -> Title:
        """What it is called; by its id where it has no title."""
        found = self.held.get((kind, id))
        return Title(id, id) if found is None else found


def project(cursor: Cursor, span: Span) -> None:
    """Adds the titles of the span, and marks those voided in it."""
    rows: list[_Row] = []
    for position, fact in facts_of(cursor, span, "title_set"):
        assert isinstance(fact, TitleSet)
        rows.append(_Row(position=position, kind=fact.kind, id=fact.id, en=fact.en, zh=fact.zh))
    store(cursor, "title", rows)
    mark_voided(cursor, span, *TABLES)


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    kind: str
    id: str
    en: str
    zh: str


def titles(cursor: Cursor, known_at: int | None = None) -> Titles:
    """What every id is called that has a title."""
    return Titles({(row.kind, row.id): Title(row.en, row.zh) for row in _named(cursor, known_at)})


def titled(cursor: Cursor, known_at: int | None = None) -> list[Titled]:
    """Every id that people may meet on a page, in the order of TitledKind, with its title."""
    named = {(row.kind, row.id): row for row in _named(cursor, known_at)}
    used = {(row.kind, row.id) for row in fetch(cursor, _Used, USED, {}, known_at)}
    used |= set(_in_plans(cursor, known_at))
    order: Sequence[str] = get_args(TitledKind)
    return [
        _titled(kind, id, named.get((kind, id)))
        for kind, id in sorted(used | named.keys(), key=lambda each: (order.index(each[0]), each[1]))
    ]


def _named(cursor: Cursor, known_at: int | None) -> list[Named]:
    return fetch(cursor, Named, TITLES, {}, known_at)


def _titled(kind: str, id: str, named: Named | None) -> Titled:
    title = None if named is None else Title(named.en, named.zh)
    lacks: tuple[Language, ...] = ()
    if named is None or not named.is_set:
        lacks = ("en",) if _HAN.search(title.zh if title else id) else ("zh",)
    return Titled(
        kind=msgspec.convert(kind, TitledKind),
        id=id,
        title=title,
        position=None if named is None else named.position,
        lacks=lacks,
    )


def _in_plans(cursor: Cursor, known_at: int | None) -> Iterator[tuple[str, str]]:
    """The ids that the last version of each plan names: for whom it is, and which facts it counts."""
    plans = {each.plan: each for each in policy.plan_versions(cursor, known_at)}
    for version in plans.values():
        plan = version.parsed()
        for field in ("post", "department", "team"):
            yield from ((field, each) for each in getattr(plan.population, field))
        for measure in plan.measures.values():
            if not isinstance(measure, FactMeasure):
                continue
            if measure.licensed is not None:
                yield "credential", measure.licensed
            if measure.confirmed_by is not None:
                yield "role", measure.confirmed_by
            for condition in measure.where:
                kind = titled_kind(measure.fact, condition.column)
                if kind is not None:
                    yield from ((kind, word) for word in condition.words)

"""The life of a plan: drafts, what is said of them, who proposed, accepted and acknowledged which."""

import datetime as dt
from typing import Any, Literal

import msgspec

from domain.facts.base import Fact
from domain.facts.governance import PlanAdopted
from domain.facts.plans import AdoptionProposed, PlanAcknowledged, PlanCommented, PlanDrafted
from domain.journal.canonical import canonical
from projections.rows import facts_of, fetch, store
from projections.spans import Cursor, Span, mark_voided

NAME = "plan_life"
VERSION = 2
TABLES = ("plan_draft", "plan_proposal", "plan_comment", "plan_acceptance", "plan_acknowledgement")
FACTS = frozenset(
    "plan_drafted adoption_proposed plan_commented plan_adopted plan_acknowledged fact_voided".split()
)

SCHEMA = """
create table plan_draft (
    position       bigint primary key,
    plan           text   not null collate "C",
    draft          text   not null collate "C",
    effective_from date   not null,
    document       text   not null,
    document_hash  text   not null collate "C",
    reason         text,
    replaces       text   collate "C",
    void_position  bigint check (void_position > position)
);
comment on table plan_draft is 'Plan documents that were put up for comment.';
comment on column plan_draft.position is 'Of the fact in the journal.';
comment on column plan_draft.document is 'Canonical JSON, of which document_hash is the SHA-256.';
comment on column plan_draft.replaces is 'The draft that this one closes.';
comment on column plan_draft.void_position is 'Position of the void that cancelled the fact.';

create table plan_proposal (
    position      bigint primary key,
    draft         text   not null collate "C",
    void_position bigint check (void_position > position)
);
comment on table plan_proposal is 'Proposals to adopt a draft.';
comment on column plan_proposal.position is 'Of the fact in the journal.';
comment on column plan_proposal.void_position is 'Position of the void that withdrew it.';

create table plan_comment (
    position      bigint primary key,
    draft         text   not null collate "C",
    employee      text   not null collate "C",
    path          text   collate "C",
    note          text   not null,
    void_position bigint check (void_position > position)
);
comment on table plan_comment is 'What people say about drafts.';
comment on column plan_comment.position is 'Of the fact in the journal.';
comment on column plan_comment.path is 'Part of the document that is meant; null for all of it.';
comment on column plan_comment.note is 'As the journal holds it: personal data is not in clear there.';
comment on column plan_comment.void_position is 'Position of the void that cancelled the fact.';

create table plan_acceptance (
    position      bigint primary key,
    draft         text   not null collate "C",
    void_position bigint check (void_position > position)
);
comment on table plan_acceptance is 'Adoptions of plans that name the draft they accept.';
comment on column plan_acceptance.position is 'Of the fact in the journal.';
comment on column plan_acceptance.void_position is 'Position of the void that cancelled the fact.';

create table plan_acknowledgement (
    position      bigint primary key,
    adopted_at    bigint not null,
    employee      text   not null collate "C",
    plan          text   not null collate "C",
    signature     text   collate "C",
    void_position bigint check (void_position > position)
);
comment on table plan_acknowledgement is 'Who has acknowledged which version of a plan.';
comment on column plan_acknowledgement.position is 'Of the fact in the journal.';
comment on column plan_acknowledgement.adopted_at is 'Position of the adoption of the version.';
comment on column plan_acknowledgement.signature is 'Where a signed paper is filed.';
comment on column plan_acknowledgement.void_position is 'Position of the void that cancelled the fact.';

create index plan_comment_by_draft on plan_comment (draft, position);
create index plan_acknowledgement_by_version on plan_acknowledgement (adopted_at, employee);
"""

DRAFTS = """
select {columns}
from plan_draft join (select position, actor, recorded_at from journal) as said using (position)
where (%(plan)s::text is null or plan = %(plan)s) and {known}
order by position"""

DOCUMENT = "select {columns} from plan_draft where draft = %(draft)s and {known}"

PROPOSED = """
select {columns}
from plan_proposal join (select position, actor, recorded_at from journal) as said using (position)
where {known}
order by position"""

ACCEPTED = "select {columns} from plan_acceptance where {known} order by position"

COMMENTS = """
select {columns} from plan_comment join (select position, recorded_at from journal) as said using (position)
where (%(draft)s::text is null or draft = %(draft)s) and {known}
order by position"""

DraftState = Literal["open", "adopted", "replaced"]


class _DraftRow(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    plan: str
    draft: str
    effective_from: dt.date
    document: str
    document_hash: str
    reason: str | None
    replaces: str | None


class _PutUp(msgspec.Struct, frozen=True, kw_only=True):
    """A draft with who put it up, without its document."""

    position: int
    plan: str
    draft: str
    effective_from: dt.date
    document_hash: str
    reason: str | None
    replaces: str | None
    actor: str
    recorded_at: dt.datetime


class _CommentRow(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    draft: str
    employee: str
    path: str | None
    note: str


class _Acceptance(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    draft: str


class _ProposalRow(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    draft: str


class _Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal with who made it."""

    position: int
    draft: str
    actor: str
    recorded_at: dt.datetime


class _AcknowledgementRow(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    adopted_at: int
    employee: str
    plan: str
    signature: str | None


class _Document(msgspec.Struct, frozen=True, kw_only=True):
    document: str


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said about a draft. note: as the journal holds it. path: None for the whole document."""

    position: int
    draft: str
    employee: str
    path: str | None
    note: str | None
    recorded_at: dt.datetime


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """That a draft be adopted, which takes somebody else. actor: who proposed it."""

    position: int
    actor: str
    recorded_at: dt.datetime


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A draft and what became of it. closed_at: position of what closed it. comments: how many there are.

    proposal: the last one to adopt it, if it was not withdrawn.
    """

    position: int
    plan: str
    draft: str
    state: DraftState
    effective_from: dt.date
    document_hash: str
    reason: str | None
    replaces: str | None
    actor: str
    recorded_at: dt.datetime
    closed_at: int | None
    comments: int
    proposal: Proposal | None


def project(cursor: Cursor, span: Span) -> None:
    """Adds the drafts, comments, acceptances and acknowledgements of the span; marks those voided in it."""
    rows = [row(position, fact) for position, fact in facts_of(cursor, span, *FACTS - {"fact_voided"})]
    store(cursor, "plan_draft", [row for row in rows if isinstance(row, _DraftRow)])
    store(cursor, "plan_proposal", [row for row in rows if isinstance(row, _ProposalRow)])
    store(cursor, "plan_comment", [row for row in rows if isinstance(row, _CommentRow)])
    store(cursor, "plan_acceptance", [row for row in rows if isinstance(row, _Acceptance)])
    store(cursor, "plan_acknowledgement", [row for row in rows if isinstance(row, _AcknowledgementRow)])
    mark_voided(cursor, span, *TABLES)


def row(position: int, fact: Fact) -> msgspec.Struct | None:
    """The row that `fact` brings; None for an adoption that names no draft."""
    match fact:
        case PlanDrafted():
            document = canonical(fact.document).decode()
            return _DraftRow(position=position, document=document, **_but(fact, "document"))
        case PlanCommented():
            return _CommentRow(position=position, **_but(fact, "plan"))
        case AdoptionProposed():
            return _ProposalRow(position=position, draft=fact.draft)
        case PlanAdopted():
            return _Acceptance(position=position, draft=fact.draft) if fact.draft is not None else None
        case PlanAcknowledged():
            return _AcknowledgementRow(position=position, **_but(fact, "document_hash"))
        case _:
            raise TypeError(f"the life of plans has no row for {fact.TYPE}")


def drafts(cursor: Cursor, plan: str | None = None, known_at: int | None = None) -> list[Draft]:
    """The drafts of `plan`, or of every plan, in the order in which they were put up."""
    put_up = fetch(cursor, _PutUp, DRAFTS, {"plan": plan}, known_at)
    closed: dict[str, tuple[DraftState, int]] = {
        each.replaces: ("replaced", each.position) for each in put_up if each.replaces is not None
    }
    closed |= {
        each.draft: ("adopted", each.position) for each in fetch(cursor, _Acceptance, ACCEPTED, {}, known_at)
    }
    proposed = {
        each.draft: Proposal(position=each.position, actor=each.actor, recorded_at=each.recorded_at)
        for each in fetch(cursor, _Proposed, PROPOSED, {}, known_at)
    }
    said = [comment.draft for comment in comments(cursor, None, known_at)]
    return [
        Draft(
            state=closed[each.draft][0] if each.draft in closed else "open",
            closed_at=closed[each.draft][1] if each.draft in closed else None,
            comments=said.count(each.draft),
            proposal=proposed.get(each.draft),
            **msgspec.structs.asdict(each),
        )
        for each in put_up
    ]


def draft_document(cursor: Cursor, draft: str, known_at: int | None = None) -> dict[str, object] | None:
    """The document of a draft; None where there is no such draft."""
    found = fetch(cursor, _Document, DOCUMENT, {"draft": draft}, known_at)
    return msgspec.json.decode(found[0].document, type=dict[str, object]) if found else None


def comments(cursor: Cursor, draft: str | None = None, known_at: int | None = None) -> list[Comment]:
    """What was said about a draft, or about all, in order."""
    return fetch(cursor, Comment, COMMENTS, {"draft": draft}, known_at)


def _but(fact: Fact, name: str) -> dict[str, Any]:
    """The fields of `fact` except one."""
    return {field: said for field, said in msgspec.structs.asdict(fact).items() if field != name}

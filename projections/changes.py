"""Changes that take two: what was proposed and by whom, and who approved, refused or withdrew it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from domain.decide.changes import LAPSE_DAYS
from domain.facts.base import Fact
from domain.facts.changes import ChangeKind, ChangeProposed, ChangeRefused
from domain.journal.canonical import canonical
from domain.journal.read import LAST
from projections.opening import opening
from projections.rows import facts_of, store
from projections.spans import Cursor, Span, mark_voided

NAME = "changes"
VERSION = 1
TABLES = ("change_proposal", "change_answer")
FACTS = frozenset(
    """change_proposed change_refused target_changed override_set balance_written_off subject_erased
    fact_voided""".split()
)

SCHEMA = """
create table change_proposal (
    position      bigint primary key,
    changes       text   not null collate "C",
    change        text   not null,
    employee      text   collate "C",
    customer      text   collate "C",
    branch        text   collate "C",
    void_position bigint check (void_position > position)
);
comment on table change_proposal is 'Changes that somebody proposed and a second person is to approve.';
comment on column change_proposal.position is 'Of the fact in the journal.';
comment on column change_proposal.changes is 'Type of the fact that is asked for.';
comment on column change_proposal.change is 'What that fact is to say, as canonical JSON.';
comment on column change_proposal.void_position is 'Position of the void that withdrew it.';

create table change_answer (
    position bigint primary key,
    proposal bigint  not null,
    approved boolean not null,
    reason   text
);
comment on table change_answer is 'What second persons answered; one that was taken back stays an answer.';
comment on column change_answer.position is 'Of the fact in the journal.';
comment on column change_answer.proposal is 'Where the proposal stands.';
comment on column change_answer.reason is 'Of a refusal.';

create index change_answer_to on change_answer (proposal);
"""

PROPOSED = """
select
    p.position, p.changes, p.change, p.employee, p.customer, p.branch, j.actor, j.recorded_at,
    (j.recorded_at at time zone %(zone)s)::date,
    case when p.void_position <= coalesce(%(known_at)s, p.void_position) then p.void_position end,
    a.position, a.approved, a.reason, said.actor, said.recorded_at
from change_proposal p
join journal j on j.position = p.position
left join lateral (
    select position, approved, reason from change_answer
    where proposal = p.position and position <= coalesce(%(known_at)s, position)
    order by position limit 1
) a on true
left join journal said on said.position = coalesce(a.position, p.void_position)
    and said.position <= coalesce(%(known_at)s, said.position)
where p.position <= coalesce(%(known_at)s, p.position)
    and (%(position)s::bigint is null or p.position = %(position)s)
order by p.position"""

ProposalState = Literal["open", "approved", "refused", "withdrawn", "lapsed"]


class _ProposalRow(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    changes: ChangeKind
    change: str
    employee: str | None
    customer: str | None
    branch: str | None


class _AnswerRow(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    proposal: int
    approved: bool
    reason: str | None


class ProposedChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change that was proposed, and what became of it.

    changes: type of the fact that is asked for; change: what that is to say. actor: who proposed it.
    lapses_on: the last day on which it can be answered. answered_at: position of the approval, refusal or
    withdrawal, by answered_by. reason: of a refusal.
    """

    position: int
    changes: ChangeKind
    change: dict[str, Any]
    employee: str | None
    customer: str | None
    branch: str | None
    state: ProposalState
    actor: str
    recorded_at: dt.datetime
    lapses_on: dt.date
    answered_at: int | None
    answered_by: str | None
    answered_on: dt.datetime | None
    reason: str | None


def project(cursor: Cursor, span: Span) -> None:
    """Adds the proposals of the span and the answers to them; marks proposals that were withdrawn in it."""
    rows = [row(position, fact) for position, fact in facts_of(cursor, span, *FACTS - {"fact_voided"})]
    store(cursor, "change_proposal", [each for each in rows if isinstance(each, _ProposalRow)])
    store(cursor, "change_answer", [each for each in rows if isinstance(each, _AnswerRow)])
    mark_voided(cursor, span, "change_proposal")


def row(position: int, fact: Fact) -> msgspec.Struct | None:
    """The row that `fact` brings; None for a change that names no proposal."""
    if isinstance(fact, ChangeProposed):
        return _ProposalRow(
            position=position,
            changes=fact.changes,
            change=canonical(fact.change).decode(),
            employee=fact.employee,
            customer=fact.customer,
            branch=fact.branch,
        )
    if isinstance(fact, ChangeRefused):
        return _AnswerRow(position=position, proposal=fact.proposal, approved=False, reason=fact.reason)
    proposal: int | None = getattr(fact, "proposal", None)
    if proposal is None:
        return None
    return _AnswerRow(position=position, proposal=proposal, approved=True, reason=None)


def proposed(
    cursor: Cursor, today: dt.date, known_at: int | None = None, position: int | None = None
) -> Sequence[ProposedChange]:
    """Every proposal of a change, or that at `position`, and how each stands on the business day `today`."""
    zone = opening(cursor, LAST if known_at is None else known_at).fact.zone
    asked = {"known_at": known_at, "position": position, "zone": zone}
    return [_told(found, today) for found in cursor.execute(PROPOSED, asked, prepare=False)]


def _told(found: tuple[Any, ...], today: dt.date) -> ProposedChange:
    at, changes, change, employee, customer, branch, actor, recorded_at, day, withdrawn, *answer = found
    answered_at, approved, reason, answered_by, answered_on = answer
    lapses_on = day + dt.timedelta(days=LAPSE_DAYS)
    state: ProposalState = "lapsed" if today > lapses_on else "open"
    if answered_at is not None:
        state = "approved" if approved else "refused"
    elif withdrawn is not None:
        state, answered_at = "withdrawn", withdrawn
    return ProposedChange(
        position=at,
        changes=changes,
        change=msgspec.json.decode(change),
        employee=employee,
        customer=customer,
        branch=branch,
        state=state,
        actor=actor,
        recorded_at=recorded_at,
        lapses_on=lapses_on,
        answered_at=answered_at,
        answered_by=answered_by,
        answered_on=answered_on,
        reason=reason,
    )

"""Approvals: what was asked for, what was decided, and how long that took between two dates."""

import datetime as dt
from collections.abc import Iterable, Sequence
from fractions import Fraction

import msgspec

from domain.averages import mean, median
from domain.period import Period
from domain.plan.exact import exact_text
from domain.plan.insight import change
from projections.closing import head
from projections.opening import opening
from projections.rows import fetch
from projections.spans import Cursor, Span, mark_voided

NAME = "approvals"
VERSION = 1
TABLES = ("approval_request", "approval_decision")
FACTS = frozenset({"approval_asked", "approval_decided", "fact_voided"})

SCHEMA = """
create table approval_request (
    position      bigint      primary key,
    approval      text        not null collate "C",
    employee      text        not null collate "C",
    kind          text        not null collate "C",
    amount_minor  bigint      check (amount_minor > 0),
    currency      text        collate "C" check ((currency is null) = (amount_minor is null)),
    day           date        not null,
    at            timestamptz not null,
    void_position bigint      check (void_position > position)
);
comment on table approval_request is 'What people asked an approval for.';
comment on column approval_request.position is 'Of the fact in the journal.';
comment on column approval_request.day is 'Business day on which it was asked for.';
comment on column approval_request.amount_minor is 'Money in minor units of currency.';
comment on column approval_request.void_position is 'Position of the void that cancelled the fact.';

create table approval_decision (
    position      bigint      primary key,
    approval      text        not null collate "C",
    employee      text        not null collate "C",
    outcome       text        not null collate "C",
    approver      text        collate "C",
    day           date        not null,
    at            timestamptz not null,
    void_position bigint      check (void_position > position)
);
comment on table approval_decision is 'How approvals were decided.';
comment on column approval_decision.position is 'Of the fact in the journal.';
comment on column approval_decision.approver is 'Who decided; null for what was withdrawn.';
comment on column approval_decision.day is 'Business day on which it was decided.';
comment on column approval_decision.void_position is 'Position of the void that cancelled the fact.';

create index approval_request_by_id on approval_request (approval, position);
create index approval_decision_by_day on approval_decision (day);
"""

ASKED_SPAN = """
insert into approval_request (position, approval, employee, kind, amount_minor, currency, day, at)
select
    position, said.approval, said.employee, said.kind, said.amount_minor, said.currency,
    (occurred_at at time zone %(zone)s)::date, occurred_at
from journal
cross join lateral json_to_record(data) as said (
    approval text, employee text, kind text, amount_minor bigint, currency text
)
where position > %(after)s and position <= %(upto)s and type = 'approval_asked'"""

DECIDED_SPAN = """
insert into approval_decision (position, approval, employee, outcome, approver, day, at)
select
    position, said.approval, said.employee, said.outcome, said.approver,
    (occurred_at at time zone %(zone)s)::date, occurred_at
from journal
cross join lateral json_to_record(data) as said (approval text, employee text, outcome text, approver text)
where position > %(after)s and position <= %(upto)s and type = 'approval_decided'"""

REQUESTS = """
select {columns} from approval_request
where day <= %(last)s and {known}
order by position"""

DECISIONS = """
select {columns} from approval_decision
where day <= %(last)s and {known}
order by position"""


class _Request(msgspec.Struct, frozen=True, kw_only=True):
    approval: str
    kind: str
    day: dt.date
    at: dt.datetime


class _Decision(msgspec.Struct, frozen=True, kw_only=True):
    approval: str
    outcome: str
    day: dt.date
    at: dt.datetime


class ApprovalTimes(msgspec.Struct, frozen=True, kw_only=True):
    """How long approvals took that were decided in a period; minutes are exact.

    asked: in the period. decided: in it, approved or refused. open: asked for by its end, and not decided by
    then. out_of_order: decided, by their instants, before they were asked for; and left out of the times.
    """

    period: str
    asked: int
    decided: int
    approved: int
    refused: int
    withdrawn: int
    open: int
    out_of_order: int
    median_minutes: str | None
    mean_minutes: str | None
    longest_minutes: str | None


class ApprovalsCompared(msgspec.Struct, frozen=True, kw_only=True):
    """Approvals of one kind in two periods. median_change, mean_change: as a share of the first; exact."""

    kind: str
    first: ApprovalTimes
    second: ApprovalTimes
    median_change: str | None
    mean_change: str | None


def project(cursor: Cursor, span: Span) -> None:
    """Adds what was asked for and decided in the span, and marks what was voided in it."""
    zone = opening(cursor, span.after).fact.zone
    for statement in (ASKED_SPAN, DECIDED_SPAN):
        cursor.execute(statement, {**span.bounds, "zone": zone})
    mark_voided(cursor, span, *TABLES)


def approvals(
    cursor: Cursor, first: Period, second: Period, known_at: int | None = None
) -> list[ApprovalsCompared]:
    """How long approvals of each kind took in two periods, by kind."""
    known_at = head(cursor) if known_at is None else known_at
    last = {"last": max(first.last_day, second.last_day)}
    requests = fetch(cursor, _Request, REQUESTS, last, known_at)
    decisions = {each.approval: each for each in fetch(cursor, _Decision, DECISIONS, last, known_at)}
    return [
        _compared(kind, [each for each in requests if each.kind == kind], decisions, first, second)
        for kind in sorted({each.kind for each in requests})
    ]


def _compared(
    kind: str, requests: Sequence[_Request], decisions: dict[str, _Decision], first: Period, second: Period
) -> ApprovalsCompared:
    pairs = [(each, decisions.get(each.approval)) for each in requests]
    then, now = (_minutes(pairs, period) for period in (first, second))
    return ApprovalsCompared(
        kind=kind,
        first=_times(pairs, then, first),
        second=_times(pairs, now, second),
        median_change=exact_text(change(median(then), median(now))),
        mean_change=exact_text(change(mean(then), mean(now))),
    )


def _minutes(pairs: Iterable[tuple[_Request, _Decision | None]], period: Period) -> list[Fraction]:
    """How long each took that was approved or refused in `period`."""
    return [
        Fraction((end.at - asked.at) // dt.timedelta(microseconds=1), 60_000_000)
        for asked, end in pairs
        if end is not None and end.outcome != "withdrawn" and period.has(end.day) and end.at >= asked.at
    ]


def _times(
    pairs: Sequence[tuple[_Request, _Decision | None]], minutes: Sequence[Fraction], period: Period
) -> ApprovalTimes:
    ended = [(asked, end) for asked, end in pairs if end is not None and period.has(end.day)]
    outcomes = [end.outcome for _, end in ended]
    last = period.last_day
    return ApprovalTimes(
        period=str(period),
        asked=sum(period.has(asked.day) for asked, _ in pairs),
        decided=len(outcomes) - outcomes.count("withdrawn"),
        approved=outcomes.count("approved"),
        refused=outcomes.count("refused"),
        withdrawn=outcomes.count("withdrawn"),
        open=sum(asked.day <= last and (end is None or end.day > last) for asked, end in pairs),
        out_of_order=sum(end.at < asked.at for asked, end in ended if end.outcome != "withdrawn"),
        median_minutes=exact_text(median(minutes)),
        mean_minutes=exact_text(mean(minutes)),
        longest_minutes=exact_text(max(minutes, default=None)),
    )

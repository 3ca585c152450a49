"""What becomes of a closed month: its run is approved and released, pay is held, payments are confirmed."""

import datetime as dt

import msgspec

from domain.facts.base import Fact
from domain.facts.runs import HoldReleased, HoldScope, PayHeld, PaymentConfirmed, RunApproved, RunReleased
from projections.rows import facts_of, fetch, store
from projections.spans import Cursor, Span, mark_voided

NAME = "paying"
VERSION = 1
TABLES = ("run_step", "pay_hold", "hold_release", "payment")
FACTS = frozenset("run_approved run_released pay_held hold_released payment_confirmed fact_voided".split())

SCHEMA = """
create table run_step (
    position          bigint primary key,
    period            text   not null collate "C",
    step              text   not null check (step in ('approved', 'released')),
    statements_digest text   not null collate "C",
    approver          text   collate "C",
    void_position     bigint check (void_position > position)
);
comment on table run_step is 'What was decided about the runs of closed months.';
comment on column run_step.position is 'Of the fact in the journal.';
comment on column run_step.void_position is 'Position of the void that cancelled the fact.';

create table pay_hold (
    position      bigint primary key,
    hold          text   not null collate "C",
    employee      text   not null collate "C",
    scope         text   not null check (scope in ('person', 'deal', 'line')),
    reason        text   not null,
    period        text   collate "C",
    deal          text   collate "C",
    plan          text   collate "C",
    component     text   collate "C",
    approver      text   collate "C",
    void_position bigint check (void_position > position)
);
comment on table pay_hold is 'Pay that is kept back.';
comment on column pay_hold.position is 'Of the fact in the journal.';
comment on column pay_hold.period is 'The month whose run it is about; null for all not released before it.';
comment on column pay_hold.void_position is 'Position of the void that cancelled the fact.';

create table hold_release (
    position      bigint primary key,
    hold          text   not null collate "C",
    employee      text   not null collate "C",
    reason        text   not null,
    approver      text   collate "C",
    void_position bigint check (void_position > position)
);
comment on table hold_release is 'Holds that are over.';
comment on column hold_release.position is 'Of the fact in the journal.';
comment on column hold_release.void_position is 'Position of the void that cancelled the fact.';

create table payment (
    position      bigint primary key,
    period        text   not null collate "C",
    employee      text   not null collate "C",
    amount_minor  bigint not null,
    currency      text   not null collate "C",
    paid_on       date   not null,
    reference     text   not null collate "C",
    void_position bigint check (void_position > position)
);
comment on table payment is 'What a bank or payroll says was paid; below 0 for money that came back.';
comment on column payment.position is 'Of the fact in the journal.';
comment on column payment.void_position is 'Position of the void that cancelled the fact.';

create index run_step_by_period on run_step (period, position);
create index pay_hold_by_employee on pay_hold (employee, position);
create index payment_by_period on payment (period, employee);
"""

STEPS = """
select {columns}
from run_step join (select position, actor, recorded_at from journal) as said using (position)
where (%(period)s::text is null or period = %(period)s) and {known}
order by position"""

HOLDS = """
select {columns}
from pay_hold join (select position, actor, recorded_at from journal) as said using (position)
where (%(employees)s::text[] is null or employee = any(%(employees)s)) and {known}
order by position"""

RELEASES = """
select {columns} from hold_release
where (%(employees)s::text[] is null or employee = any(%(employees)s)) and {known}
order by position"""

PAYMENTS = """
select {columns} from payment
where period = %(period)s and (%(employees)s::text[] is null or employee = any(%(employees)s)) and {known}
order by employee, position"""


class _StepRow(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    period: str
    step: str
    statements_digest: str
    approver: str | None


class RunStep(_StepRow, frozen=True, kw_only=True):
    """A run was approved or released. actor: who recorded it; approver: who approved."""

    actor: str
    recorded_at: dt.datetime


class _HoldRow(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    hold: str
    employee: str
    scope: HoldScope
    reason: str
    period: str | None
    deal: str | None
    plan: str | None
    component: str | None
    approver: str | None


class _HoldSet(_HoldRow, frozen=True, kw_only=True):
    actor: str
    recorded_at: dt.datetime


class _ReleaseRow(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    hold: str
    employee: str
    reason: str
    approver: str | None


class Hold(_HoldSet, frozen=True, kw_only=True):
    """Pay that is kept back, or was. released_at: position of what let it go; None while it holds."""

    released_at: int | None
    released_because: str | None


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """A payment that a bank or payroll confirmed; below 0 for money that came back."""

    position: int
    period: str
    employee: str
    amount_minor: int
    currency: str
    paid_on: dt.date
    reference: str


def project(cursor: Cursor, span: Span) -> None:
    """Adds the steps, holds, releases and payments of the span; marks those voided in it."""
    rows = [_row(position, fact) for position, fact in facts_of(cursor, span, *FACTS - {"fact_voided"})]
    store(cursor, "run_step", [row for row in rows if isinstance(row, _StepRow)])
    store(cursor, "pay_hold", [row for row in rows if isinstance(row, _HoldRow)])
    store(cursor, "hold_release", [row for row in rows if isinstance(row, _ReleaseRow)])
    store(cursor, "payment", [row for row in rows if isinstance(row, Payment)])
    mark_voided(cursor, span, *TABLES)


def steps(cursor: Cursor, period: str | None = None, known_at: int | None = None) -> list[RunStep]:
    """The approvals and releases of a month's run, or of every run, in order."""
    return fetch(cursor, RunStep, STEPS, {"period": period}, known_at)


def holds(cursor: Cursor, known_at: int | None = None, employees: list[str] | None = None) -> list[Hold]:
    """Every hold on the pay of `employees`, or of everybody, in order; those that are over say so."""
    asked = {"employees": employees}
    over = {each.hold: each for each in fetch(cursor, _ReleaseRow, RELEASES, asked, known_at)}
    return [
        Hold(
            released_at=over[each.hold].position if each.hold in over else None,
            released_because=over[each.hold].reason if each.hold in over else None,
            **msgspec.structs.asdict(each),
        )
        for each in fetch(cursor, _HoldSet, HOLDS, asked, known_at)
    ]


def payments(
    cursor: Cursor, period: str, known_at: int | None = None, employees: list[str] | None = None
) -> list[Payment]:
    """The payments for a month, to `employees` or to everybody, by employee."""
    return fetch(cursor, Payment, PAYMENTS, {"period": period, "employees": employees}, known_at)


def _row(position: int, fact: Fact) -> msgspec.Struct:
    match fact:
        case RunApproved():
            return _StepRow(position=position, step="approved", **msgspec.structs.asdict(fact))
        case RunReleased():
            said = msgspec.structs.asdict(fact)
            return _StepRow(position=position, step="released", approver=None, **said)
        case PayHeld():
            return _HoldRow(position=position, **msgspec.structs.asdict(fact))
        case HoldReleased():
            return _ReleaseRow(position=position, **msgspec.structs.asdict(fact))
        case PaymentConfirmed():
            return Payment(position=position, **msgspec.structs.asdict(fact))
        case _:
            raise TypeError(f"paying has no row for {fact.TYPE}")

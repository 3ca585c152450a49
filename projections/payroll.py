"""The payroll run: one row a line of every statement of a month, for whoever pays."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from domain.money import major_text
from domain.people.roster import Posting
from domain.period import Period
from projections import closing, roster, statements
from projections.holding import Kept, in_effect, kept, payable_minor
from projections.late import ClosedPeriod, closed_periods
from projections.paying import Hold
from projections.plans_used import PlanUsed
from projections.reconciling import RunStanding, RunState, standing
from projections.run_totals import PayrollTotal, Previous, RunSum, Settled, previous, sums, total_of
from projections.spans import Cursor
from projections.statements import Payslip


def says(description: str) -> Meta:
    """What the column says; the reference page lists it."""
    return Meta(description=description)


class PayrollRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a statement. These names and their order are those of every exported file."""

    period: Annotated[str, says("The month that it is paid with.")]
    employee: Annotated[str, says("Id of the person.")]
    name: Annotated[
        str | None,
        Meta(description="Their name; null where it was erased or cannot be read."),
    ]
    branch: Annotated[
        str | None, Meta(description="Where they work at the end of the month, or worked last.")
    ]
    plan: Annotated[str, says("Id of the plan that pays the line.")]
    component: Annotated[str, says("Id of the component of that plan.")]
    clause: Annotated[str, says("Clause of the plan that says so.")]
    about_period: Annotated[str, says("The month that it is for; an earlier one for a delta.")]
    amount_minor: Annotated[int, says("What the statement settles, in minor units.")]
    amount: Annotated[str, says("The same in major units, as plain digits.")]
    currency: Annotated[str, says("ISO 4217.")]
    statement_digest: Annotated[str, says("SHA-256 of the whole statement.")]
    state: Annotated[Literal["open", "closed"], says("`closed` and final, or `open`.")]
    plan_hash: Annotated[str | None, Meta(description="SHA-256 of the plan document of about_period.")]
    known_at: Annotated[int, says("The last position that the statement takes into account.")]
    closed_position: Annotated[
        int | None, Meta(description="Position of the close; null while the month is open.")
    ]
    engine: Annotated[str, says("Name and version of what computed the statement.")]
    line: Annotated[int, says("Number of the line in the statement, from 1 on.")]
    run_state: Annotated[RunState, says("`open`, `closed`, `approved`, `released` or `paid`.")]
    held: Annotated[bool, says("Whether the line or a part of it is kept back.")]
    hold_ids: Annotated[str, Meta(description="By which holds: ids with blanks between, empty for none.")]
    payable_minor: Annotated[
        int, Meta(description="What may be paid of it: the amount less what is kept back.")
    ]
    payable: Annotated[str, says("The same in major units, as plain digits.")]


class HoldInRun(msgspec.Struct, frozen=True, kw_only=True):
    """A hold that bears on the run. rows: of which it keeps something back; 0 where it meets no line.

    held_minor: what is kept back of these, by other holds, too.
    """

    hold: str
    employee: str
    scope: str
    reason: str
    position: int
    rows: int
    held_minor: int


class PayrollRun(msgspec.Struct, frozen=True, kw_only=True):
    """All that is paid with one month. known_at: the last position that its statements take into account.

    closed_position: of the close; None while the month is open. engine: name and version of the program that
    computed it. run: how far it has been taken. plans: behind its lines, by month and plan. totals, rows: in
    order of employee.
    """

    period: str
    state: Literal["open", "closed"]
    known_at: int
    closed_position: int | None
    statements_digest: str
    engine: str
    run: RunStanding
    plans: tuple[PlanUsed, ...]
    sums: tuple[RunSum, ...]
    holds: tuple[HoldInRun, ...]
    totals: tuple[PayrollTotal, ...]
    rows: tuple[PayrollRow, ...]


class Paying(NamedTuple):
    """What rows need beside the statements.

    holds: in effect, by employee. here: where people work.
    """

    run: RunStanding
    closed: ClosedPeriod | None
    holds: Mapping[str, Sequence[Hold]]
    here: Mapping[str, Posting] = {}


class _Paid(NamedTuple):
    """The rows and the total of one statement."""

    rows: tuple[PayrollRow, ...]
    total: PayrollTotal


def run(cursor: Cursor, period: Period, known_at: int | None = None, *, engine: str) -> PayrollRun:
    """Everything that is paid with `period`: final once it is closed, until then as it stands.

    engine: name and version of this program.
    """
    asked = closing.head(cursor) if known_at is None else known_at
    around = paying_with(cursor, period, asked, engine=engine)
    around = around._replace(here=posts(cursor, period, around, asked))
    closed, before = around.closed, previous(cursor, period.previous(), asked)
    slips = list(statements.payslips(cursor, period, asked, engine=engine))
    paid = [_paid(cursor, slip, around, before) for slip in slips]
    rows = tuple(row for each in paid for row in each.rows)
    totals = tuple(each.total for each in paid)
    return PayrollRun(
        period=str(period),
        state="closed" if closed else "open",
        known_at=closed.known_at if closed else asked,
        closed_position=closed.position if closed else None,
        statements_digest=closing.digest_of([slip.statement for slip in slips]),
        engine=closed.engine if closed else engine,
        run=around.run,
        plans=_plans(slips),
        sums=tuple(sums(totals, before)),
        holds=tuple(_in_run(hold, rows) for own in around.holds.values() for hold in own),
        totals=totals,
        rows=rows,
    )


def paying_with(cursor: Cursor, period: Period, known_at: int, *, engine: str) -> Paying:
    """What the rows of `period` need beside its statements, as known at a position."""
    closed = next((c for c in closed_periods(cursor, known_at) if c.period == period), None)
    run = standing(cursor, period, known_at, engine=engine)
    return Paying(run=run, closed=closed, holds=in_effect(cursor, period, run.release, known_at))


def posts(
    cursor: Cursor, period: Period, around: Paying, known_at: int, employees: list[str] | None = None
) -> Mapping[str, Posting]:
    """Where `employees`, or all, work in `period`, by what its statements take into account."""
    at = around.closed.known_at if around.closed else known_at
    return roster.told(cursor, employees, at).last(period)


def rows_of(cursor: Cursor, slip: Payslip, around: Paying) -> tuple[PayrollRow, ...]:
    """The rows of one statement, in the order of its lines."""
    return tuple(_rows(slip, around, kept(cursor, slip, around.holds.get(slip.statement.employee, ()))))


def _paid(cursor: Cursor, slip: Payslip, around: Paying, before: Previous) -> _Paid:
    back = kept(cursor, slip, around.holds.get(slip.statement.employee, ()))
    made, here = slip.statement, around.here.get(slip.statement.employee)
    total = total_of(
        Settled(made.employee, made.currency, made.total_minor, slip.digest),
        here,
        payable_minor(slip, back),
        before,
    )
    return _Paid(tuple(_rows(slip, around, back)), total)


def _rows(slip: Payslip, around: Paying, back: Kept) -> Iterator[PayrollRow]:
    made, here = slip.statement, around.here.get(slip.statement.employee)
    hashes = {(used.period, used.plan): used.document_hash for used in slip.plans}
    for number, line in enumerate(made.lines, start=1):
        held = back.get(number)
        payable = line.amount_minor - (held.held_minor if held else 0)
        yield PayrollRow(
            period=made.period,
            employee=made.employee,
            name=here.name if here else None,
            branch=here.branch if here else None,
            plan=line.plan,
            component=line.component,
            clause=line.clause,
            about_period=line.about or made.period,
            amount_minor=line.amount_minor,
            amount=major_text(line.amount_minor, line.currency),
            currency=line.currency,
            statement_digest=slip.digest,
            state=slip.state,
            plan_hash=hashes.get((line.about or made.period, line.plan)),
            known_at=slip.known_at,
            closed_position=slip.closed_position,
            engine=slip.engine,
            line=number,
            run_state=around.run.state,
            held=held is not None,
            hold_ids=" ".join(held.holds if held else ()),
            payable_minor=payable,
            payable=major_text(payable, line.currency),
        )


def _in_run(hold: Hold, rows: Sequence[PayrollRow]) -> HoldInRun:
    own = [row for row in rows if row.held and hold.hold in row.hold_ids.split()]
    return HoldInRun(
        hold=hold.hold,
        employee=hold.employee,
        scope=hold.scope,
        reason=hold.reason,
        position=hold.position,
        rows=len(own),
        held_minor=sum(row.amount_minor - row.payable_minor for row in own),
    )


def _plans(slips: Iterable[Payslip]) -> tuple[PlanUsed, ...]:
    """The versions behind all `slips`, each once."""
    found = {(used.period, used.plan): used for slip in slips for used in slip.plans}
    return tuple(found[key] for key in sorted(found))

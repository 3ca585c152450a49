"""The payroll run: one row a line of every statement of a month, for whoever pays."""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from domain.money import major_text
from domain.people.roster import Posting, RosterChange, posting
from domain.period import Period
from projections import closing, roster, statements
from projections.late import closed_periods
from projections.members import deciding_postings
from projections.plans_used import PlanUsed
from projections.spans import Cursor
from projections.statements import Payslip


class PayrollRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a statement. These names and their order are those of every exported file.

    period: the month that it is paid with. about_period: the month that it is for, earlier for a delta.
    amount: in major units, as plain digits. statement_digest: SHA-256 of the whole statement. state: `closed`
    and final, or `open`. plan_hash: SHA-256 of the plan document in force in about_period. known_at: the last
    position taken into account. closed_position: of the close. engine: what computed the statement.
    """

    period: str
    employee: str
    name: str | None
    branch: str | None
    plan: str
    component: str
    clause: str
    about_period: str
    amount_minor: int
    amount: str
    currency: str
    statement_digest: str
    state: Literal["open", "closed"]
    plan_hash: str | None
    known_at: int
    closed_position: int | None
    engine: str


class PayrollTotal(msgspec.Struct, frozen=True, kw_only=True):
    """What a person is paid in all: the sum of their rows."""

    employee: str
    name: str | None
    branch: str | None
    amount_minor: int
    amount: str
    currency: str
    statement_digest: str


class PayrollRun(msgspec.Struct, frozen=True, kw_only=True):
    """All that is paid with one month. known_at: the last position taken into account.

    closed_position: of the close; None while the month is open. engine: name and version of the program that
    computed it. plans: behind its lines, by month and plan. rows, totals: in order of employee.
    """

    period: str
    state: Literal["open", "closed"]
    known_at: int
    closed_position: int | None
    statements_digest: str
    engine: str
    plans: tuple[PlanUsed, ...]
    totals: tuple[PayrollTotal, ...]
    rows: tuple[PayrollRow, ...]


def run(cursor: Cursor, period: Period, known_at: int | None = None, *, engine: str) -> PayrollRun:
    """Everything that is paid with `period`: final once it is closed, until then as it stands.

    engine: name and version of this program.
    """
    asked = closing.head(cursor) if known_at is None else known_at
    closed = next((c for c in closed_periods(cursor, asked) if c.period == period), None)
    slips = list(statements.payslips(cursor, period, asked, engine=engine))
    at = closed.known_at if closed else asked
    here = _last_postings(roster.changes(cursor, None, at), period)
    return PayrollRun(
        period=str(period),
        state="closed" if closed else "open",
        known_at=at,
        closed_position=closed.position if closed else None,
        statements_digest=closing.digest_of([slip.statement for slip in slips]),
        engine=closed.engine if closed else engine,
        plans=_plans(slips),
        totals=tuple(_total(slip, here.get(slip.statement.employee)) for slip in slips),
        rows=tuple(row for slip in slips for row in _rows(slip, here.get(slip.statement.employee))),
    )


def _rows(slip: Payslip, here: Posting | None) -> Iterator[PayrollRow]:
    made = slip.statement
    hashes = {(used.period, used.plan): used.document_hash for used in slip.plans}
    for line in made.lines:
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
        )


def _total(slip: Payslip, here: Posting | None) -> PayrollTotal:
    made = slip.statement
    return PayrollTotal(
        employee=made.employee,
        name=here.name if here else None,
        branch=here.branch if here else None,
        amount_minor=made.total_minor,
        amount=major_text(made.total_minor, made.currency),
        currency=made.currency,
        statement_digest=slip.digest,
    )


def _plans(slips: Iterable[Payslip]) -> tuple[PlanUsed, ...]:
    """The versions behind all `slips`, each once."""
    found = {(used.period, used.plan): used for slip in slips for used in slip.plans}
    return tuple(found[key] for key in sorted(found))


def _last_postings(changes: Iterable[RosterChange], period: Period) -> dict[str, Posting]:
    """Where people work at the end of `period`; of those who left before, where they worked last."""
    told = list(changes)
    gone: dict[str, list[RosterChange]] = {}
    here = deciding_postings(told, period)
    for change in told:
        if change.employee not in here:
            gone.setdefault(change.employee, []).append(change)
    for employee, own in gone.items():
        left = [c.effective_on for c in own if c.kind == "left" and c.effective_on <= period.last_day]
        last = posting(own, max(left)) if left else None
        if last is not None:
            here[employee] = last
    return here

"""Statements: frozen by the close of their month, computed on the spot as long as it is open."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Literal

import msgspec

from domain.facts.governance import PeriodClosed
from domain.journal.canonical import canonical
from domain.journal.merkle import leaf_hash
from domain.period import Period
from domain.plan.account_terms import ACCOUNT, ALLOWANCE
from domain.plan.statement import Line, Statement, make_statement
from projections import closing
from projections.late import ClosedPeriod, closed_periods
from projections.plans_used import PlanUsed, Versions, plans_used
from projections.rows import facts_of, store
from projections.spans import Cursor, Span, UnfoldableFact

NAME = "statements"
VERSION = 4
TABLES = ("closed_period", "statement", "statement_line")
FACTS = frozenset({"period_closed"})

SCHEMA = """
create table closed_period (
    period            text   primary key collate "C",
    first_day         date   not null,
    last_day          date   not null,
    position          bigint not null unique,
    known_at          bigint not null check (known_at < position),
    statements        bigint not null,
    total_minor       bigint not null,
    currency          text   not null collate "C",
    statements_digest text   not null collate "C",
    engine            text   not null
);
comment on table closed_period is 'Months whose statements are final.';
comment on column closed_period.position is 'Of the close in the journal.';
comment on column closed_period.known_at is 'Last position that the statements take into account.';
comment on column closed_period.statements_digest is
    'Merkle root (RFC 6962) over the canonical JSON of the statements, in order of employee.';
comment on column closed_period.total_minor is 'The sum of the statements, which the close does not say.';
comment on column closed_period.engine is 'Name and version of the program that closed it.';

create table statement (
    period      text   collate "C",
    employee    text   collate "C",
    currency    text   not null collate "C",
    total_minor bigint not null,
    digest      text   not null collate "C",
    leaf        text   not null collate "C",
    position    bigint not null,
    primary key (period, employee)
);
comment on table statement is 'What a person is paid for a closed month: the sum of its lines.';
comment on column statement.position is 'Of the close in the journal, by which it became known.';
comment on column statement.digest is 'SHA-256 of the canonical JSON of the statement.';
comment on column statement.leaf is 'Its leaf hash (RFC 6962) below the digest of the close.';

create table statement_line (
    period       text   collate "C",
    employee     text   collate "C",
    line         int    check (line > 0),
    about_period text   not null collate "C",
    plan         text   not null collate "C",
    component    text   not null collate "C",
    kind         text   not null collate "C",
    clause       text   not null,
    amount_minor bigint not null,
    currency     text   not null collate "C",
    detail       json   not null,
    position     bigint not null,
    primary key (period, employee, line)
);
comment on table statement_line is 'The lines of closed statements.';
comment on column statement_line.position is 'Of the close in the journal, by which it became known.';
comment on column statement_line.about_period is
    'The month that the pay is for; an older one for a retro delta.';
comment on column statement_line.kind is
    'Kind of the component; account for a line that moves a balance, allowance for one that merely pays.';
comment on column statement_line.detail is 'The whole line: inputs, rule, rounding.';

create index statement_line_about on statement_line (about_period, employee);
create index statement_line_account on statement_line (employee) where kind = 'account';
"""

LINES = """
select detail::text from statement_line
where period = %(period)s and employee = %(employee)s order by line"""

HEADER = """
select p.position, p.known_at, p.engine, s.currency, s.digest
from closed_period p left join statement s on s.period = p.period and s.employee = %(employee)s
where p.period = %(period)s and p.position <= coalesce(%(known_at)s, p.position)"""

ALL_LINES = """
select s.employee, s.currency, s.digest, l.detail::text
from (
    select period, employee, currency, digest from statement
    where period = %(period)s and employee > %(after)s
    order by employee limit %(people)s
) as s
left join statement_line l on l.period = s.period and l.employee = s.employee
order by s.employee, l.line"""

PAGE_PEOPLE = 1_000
"""So many closed statements are in memory at a time."""

LEAVES = "select employee, leaf from statement where period = %s order by employee"

_LINE = msgspec.json.Decoder(Line)


class ClosedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `closed_period`."""

    period: str
    first_day: dt.date
    last_day: dt.date
    position: int
    known_at: int
    statements: int
    total_minor: int
    currency: str
    statements_digest: str
    engine: str


class StatementRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `statement`."""

    period: str
    employee: str
    currency: str
    total_minor: int
    digest: str
    leaf: str
    position: int


class LineRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `statement_line`."""

    period: str
    employee: str
    line: int
    about_period: str
    plan: str
    component: str
    kind: str
    clause: str
    amount_minor: int
    currency: str
    detail: str
    position: int


class Payslip(msgspec.Struct, frozen=True, kw_only=True):
    """A statement as it is read, with what it takes to compute it again.

    state: `closed` and frozen, or `open` and computed now. known_at: the last position taken into account.
    closed_position: of the close in the journal. plans: behind the lines. engine: name and version of the
    program that computed it; digest: SHA-256 of the statement. accounts_as_of: of an open one with lines
    of accounts, the closed month that these begin from; months in between that are open do not count.
    """

    statement: Statement
    state: Literal["open", "closed"]
    known_at: int
    closed_position: int | None
    plans: tuple[PlanUsed, ...]
    engine: str
    digest: str
    accounts_as_of: str | None = None


def project(cursor: Cursor, span: Span) -> None:
    """Computes and freezes the statements of each month that the span closes.

    Raises: UnfoldableFact when they do not come out as the close says.
    """
    for position, fact in list(facts_of(cursor, span, "period_closed")):
        assert isinstance(fact, PeriodClosed)
        made = closing.closed_by(cursor, fact)
        if not made.says(fact):
            raise UnfoldableFact(position, fact.TYPE, _difference(fact, made))
        freeze(cursor, position, made, fact.engine)


def statement(
    cursor: Cursor, employee: str, period: Period, known_at: int | None = None, *, engine: str
) -> Payslip | None:
    """What `employee` is paid for `period`, as known at a position or by now; None where nothing is due.

    The frozen statement if the month was closed by then; else what a close would freeze that knows as much.
    engine: name and version of this program.
    """
    known_at = closing.head(cursor) if known_at is None else known_at
    asked = {"employee": employee, "period": str(period), "known_at": known_at}
    found = cursor.execute(HEADER, asked).fetchone()
    if found is None:
        return next(open_payslips(cursor, period, known_at, [employee], engine=engine), None)
    position, closed_at, closed_by, currency, digest = found
    if digest is None:
        return None
    lines = [_LINE.decode(detail) for (detail,) in cursor.execute(LINES, asked)]
    return Payslip(
        statement=make_statement(employee, str(period), currency, lines),
        state="closed",
        known_at=closed_at,
        closed_position=position,
        plans=plans_used(cursor, str(period), lines, closed_at),
        engine=closed_by,
        digest=digest,
    )


def leaves(cursor: Cursor, period: Period) -> list[tuple[str, bytes]]:
    """Everybody in the close of `period`, in its order, with the leaf hash of the statement."""
    return [(employee, bytes.fromhex(leaf)) for employee, leaf in cursor.execute(LEAVES, [str(period)])]


def payslips(
    cursor: Cursor, period: Period, known_at: int | None = None, *, engine: str
) -> Iterator[Payslip]:
    """Everybody's statements for `period`, in order of employee; frozen or open as for one `statement`."""
    known_at = closing.head(cursor) if known_at is None else known_at
    closed = next((c for c in closed_periods(cursor, known_at) if c.period == period), None)
    if closed is None:
        return open_payslips(cursor, period, known_at, engine=engine)
    return closed_payslips(cursor, closed)


def closed_payslips(cursor: Cursor, closed: ClosedPeriod, after: str = "") -> Iterator[Payslip]:
    """The frozen statements of a month after that of `after`, by employee, a page in memory at a time."""
    period, versions, last = str(closed.period), Versions(), after
    while rows := cursor.execute(
        ALL_LINES, {"period": period, "after": last, "people": PAGE_PEOPLE}
    ).fetchall():
        for employee, found in groupby(rows, key=itemgetter(0)):
            told = list(found)
            _, currency, digest, _ = told[0]
            lines = [_LINE.decode(detail) for *_, detail in told if detail is not None]
            yield Payslip(
                statement=make_statement(employee, period, currency, lines),
                state="closed",
                known_at=closed.known_at,
                closed_position=closed.position,
                plans=plans_used(cursor, period, lines, closed.known_at, versions),
                engine=closed.engine,
                digest=digest,
            )
            last = employee


def open_payslips(
    cursor: Cursor,
    period: Period,
    known_at: int,
    employees: Sequence[str] | None = None,
    *,
    engine: str,
) -> Iterator[Payslip]:
    """The statements of a month that is open, of `employees` or of everybody, in order of employee."""
    versions = Versions()
    closed = [c.period for c in closed_periods(cursor, known_at) if c.period.first_day < period.first_day]
    for batch in closing.batches(cursor, period, known_at, employees):
        for made in batch:
            moves_accounts = any(line.kind in (ACCOUNT, ALLOWANCE) for line in made.lines)
            yield Payslip(
                statement=made,
                state="open",
                known_at=known_at,
                closed_position=None,
                plans=plans_used(cursor, made.period, made.lines, known_at, versions),
                engine=engine,
                digest=made.digest(),
                accounts_as_of=str(closed[-1]) if closed and moves_accounts else None,
            )


def freeze(cursor: Cursor, position: int, made: closing.Closing, engine: str) -> None:
    """Makes the statements of a month final by the close at `position`, which `engine` made."""
    closed = ClosedRow(
        period=str(made.period),
        first_day=made.period.first_day,
        last_day=made.period.last_day,
        position=position,
        known_at=made.known_at,
        statements=len(made.statements),
        total_minor=made.total_minor,
        currency=made.currency,
        statements_digest=made.digest,
        engine=engine,
    )
    store(cursor, "closed_period", [closed])
    headers: list[StatementRow] = []
    store(cursor, "statement_line", _rows(made, position, headers))
    store(cursor, "statement", headers)


def _rows(made: closing.Closing, position: int, headers: list[StatementRow]) -> Iterator[LineRow]:
    """The lines of all statements; each statement is added to `headers`, told by the same text."""
    for each in made.statements:
        told = [canonical(line) for line in each.lines]
        headers.append(_header(each, told, position))
        for number, (line, detail) in enumerate(zip(each.lines, told, strict=True), start=1):
            yield LineRow(
                period=each.period,
                employee=each.employee,
                line=number,
                about_period=line.about or each.period,
                plan=line.plan,
                component=line.component,
                kind=line.kind,
                clause=line.clause,
                amount_minor=line.amount_minor,
                currency=line.currency,
                detail=detail.decode(),
                position=position,
            )


def _header(made: Statement, lines: Sequence[bytes], position: int) -> StatementRow:
    told = canonical(msgspec.structs.asdict(made) | {"lines": [*map(msgspec.Raw, lines)]})
    return StatementRow(
        period=made.period,
        employee=made.employee,
        currency=made.currency,
        total_minor=made.total_minor,
        digest=hashlib.sha256(told).hexdigest(),
        leaf=leaf_hash(told).hex(),
        position=position,
    )


def _difference(fact: PeriodClosed, made: closing.Closing) -> str:
    return (
        f"the statements of {fact.period} as known at {fact.known_at} come to digest {made.digest} "
        f"({len(made.statements)} in {made.currency}), but were closed with "
        f"{fact.statements_digest} ({fact.statements} in {fact.currency}); "
        f"the close was made by {fact.engine}. "
        f"To see whose pay differs and why: meritbook recompute --against the statements.ndjson of an export."
    )

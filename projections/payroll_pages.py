"""A payroll run page by page: what was known when its reading began, however long the reading takes."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from domain.period import Period
from projections.payroll import Paying, PayrollRow, paying_with, posts, rows_of
from projections.reconciling import RunState
from projections.spans import Cursor
from projections.statements import Payslip, closed_payslips, open_payslips

PAGE_PEOPLE = 500

PEOPLE = """
select distinct employee from roster_change
where employee > %(after)s and position <= %(known_at)s
order by employee limit %(people)s"""

SAME = "select coalesce(max(employee), '') from roster_change where employee < %(employee)s"


class After(NamedTuple):
    """The row that was read last, of a reading that takes into account what was known at a position."""

    known_at: int
    employee: str = ""
    line: int = 0


class RowsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some rows of a run. known_at: what the whole reading takes into account. next: where it goes on."""

    period: str
    run_state: RunState
    known_at: int
    rows: tuple[PayrollRow, ...]
    next: str | None = None


def page(
    cursor: Cursor, period: Period, after: After, limit: int, *, engine: str
) -> tuple[RowsPage, After | None]:
    """At most `limit` rows after one, and the last of them if there are more."""
    around = paying_with(cursor, period, after.known_at, engine=engine)
    slips: list[Payslip] = []
    wanted = limit + 1 + after.line
    for slip in _slips(cursor, period, after, around, engine):
        slips.append(slip)
        wanted -= len(slip.statement.lines)
        if wanted <= 0:
            break
    people = [slip.statement.employee for slip in slips]
    around = around._replace(here=posts(cursor, period, around, after.known_at, people))
    found = [
        row
        for slip in slips
        for row in rows_of(cursor, slip, around)
        if (row.employee, row.line) > (after.employee, after.line)
    ]
    read = found[:limit]
    made = RowsPage(period=str(period), run_state=around.run.state, known_at=after.known_at, rows=tuple(read))
    return made, After(after.known_at, read[-1].employee, read[-1].line) if len(found) > limit else None


def _slips(cursor: Cursor, period: Period, after: After, around: Paying, engine: str) -> Iterator[Payslip]:
    """The statements from that of `after` on."""
    row = cursor.execute(SAME, {"employee": after.employee}).fetchone()
    last = row[0] if row else ""
    if around.closed is not None:
        yield from closed_payslips(cursor, around.closed, last)
        return
    asked = {"known_at": after.known_at, "people": PAGE_PEOPLE}
    while people := cursor.execute(PEOPLE, {**asked, "after": last}).fetchall():
        employees = [employee for (employee,) in people]
        yield from open_payslips(cursor, period, after.known_at, employees, engine=engine)
        last = employees[-1]

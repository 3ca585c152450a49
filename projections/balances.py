"""Who owes what out of their pay, and what is held for whom, as known at a position."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from domain.plan.account_checks import title_of
from domain.plan.fields import Title
from projections import policy, roster
from projections.accounts import accounts
from projections.late import closed_periods
from projections.spans import Cursor


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody owes out of their pay, or what is held for them.

    balance_minor: owed by the person, or, below 0, held for them. since: the month of the account's first
    line. left_on: their last day of work, if they have left or will.
    """

    employee: str
    plan: str
    account: str
    title: Title
    balance_minor: int
    currency: str
    since: str
    left_on: dt.date | None


def balances(
    cursor: Cursor, known_at: int | None, employees: Sequence[str] | None = None
) -> tuple[Balance, ...]:
    """Every account of `employees`, or of anybody, that is not at 0 by the closed statements."""
    closed = closed_periods(cursor, known_at)
    if not closed:
        return ()
    until = closed[-1].period.next()
    found: list[Balance] = []
    stood = accounts(cursor, until, known_at, employees)
    gone = _last_days(cursor, list(stood), known_at)
    for employee, own in stood.items():
        for (plan, account), held in own.items():
            if held.balance_minor:
                version = policy.last_version(cursor, plan, closed[-1].period.last_day, known_at)
                found.append(
                    Balance(
                        employee=employee,
                        plan=plan,
                        account=account,
                        title=title_of(version.parsed(), account) if version else Title(account, account),
                        balance_minor=held.balance_minor,
                        currency=closed[-1].currency,
                        since=str(held.since),
                        left_on=gone.get(employee),
                    )
                )
    return tuple(found)


def _last_days(cursor: Cursor, employees: Sequence[str], known_at: int | None) -> dict[str, dt.date]:
    """The last day of work of those of `employees` who were not hired again after it."""
    told = roster.changes(cursor, employees, known_at)
    stays = sorted(
        (change for change in told if change.kind in ("hired", "left")),
        key=lambda change: (change.effective_on, change.kind == "left", change.position),
    )
    last = {change.employee: change for change in stays}
    return {who: change.effective_on for who, change in last.items() if change.kind == "left"}

"""What people's accounts stand at by the closed statements, and the account lines of a month."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from psycopg.sql import SQL

from domain.period import Period
from domain.plan.account_checks import has_accounts, most_months_held
from domain.plan.accounts import Account, Amount, Key, Terms, settle
from domain.plan.components.base import Stay
from domain.plan.resolve import set_by_firm
from domain.plan.statement import Line
from projections import policy
from projections.members import Members, Roll
from projections.rows import known
from projections.spans import Cursor

STOOD = """
select l.employee, l.plan, l.component, sum(l.amount_minor)::bigint, min(p.first_day),
    array_agg(p.first_day) filter (where l.amount_minor < 0 and p.first_day >= %(since)s),
    array_agg(-l.amount_minor) filter (where l.amount_minor < 0 and p.first_day >= %(since)s)
from statement_line l join closed_period p on p.period = l.period
where l.kind = 'account' and p.first_day < %(until)s
    and (%(employees)s::text[] is null or l.employee = any(%(employees)s))
    and p.position <= coalesce(%(known_at)s, p.position)
group by l.employee, l.plan, l.component
order by l.employee, l.plan, l.component"""

# What was owed when a write-off was told: it takes no more than that.
MOVED = SQL(
    """
with written as (
    select position, employee, plan, account, amount_minor from balance_write_off
    where (%(employees)s::text[] is null or employee = any(%(employees)s)) and {known}
)
select employee, plan, account, position, amount_minor, true from written
union all
select l.employee, l.plan, l.component, p.position, sum(l.amount_minor)::bigint, false
from statement_line l join closed_period p on p.period = l.period
where l.kind = 'account' and p.first_day < %(until)s
    and (l.employee, l.plan, l.component) in (select employee, plan, account from written)
    and p.position <= coalesce(%(known_at)s, p.position)
group by l.employee, l.plan, l.component, p.position
order by employee, plan, account, position"""
)

HISTORY = """
select p.period, p.position, sum(l.amount_minor)::bigint
from statement_line l join closed_period p on p.period = l.period
where l.kind = 'account' and l.employee = %(employee)s and l.plan = %(plan)s and l.component = %(account)s
    and p.first_day < %(until)s and p.position <= coalesce(%(known_at)s, p.position)
group by p.period, p.position
union all
select null, position, amount_minor
from balance_write_off
where employee = %(employee)s and plan = %(plan)s and account = %(account)s
    and position <= coalesce(%(known_at)s, position)
    and (void_position is null or void_position > %(known_at)s)
order by 2"""

BEHIND = """
select p.position from statement_line l join closed_period p on p.period = l.period
where l.kind = 'account' and l.employee = %(employee)s and p.first_day < %(until)s
    and p.position <= %(known_at)s
union
select at from balance_write_off, unnest(array[position, void_position]) as at
where employee = %(employee)s and at <= %(known_at)s"""

Accounts = Mapping[str, Mapping[Key, Account]]
"""Of each person that has any."""


class Accounting:
    """What the account lines of a month take, asked of the read models before its other lines are made.

    here, groups: the month's. employees: of whom. named: the plans of lines that are about older months.
    stood: what their accounts stand at before it; by the closed statements if not given.
    """

    def __init__(
        self,
        cursor: Cursor,
        here: Roll,
        groups: Sequence[Members],
        employees: Sequence[str],
        named: Collection[str],
        known_at: int | None,
        stood: Accounts | None = None,
    ) -> None:
        self._here, self._groups, self._employees = here, groups, employees
        self._stood = accounts(cursor, here.period, known_at, employees) if stood is None else stood
        self._others: dict[str, Terms] = {}
        self._any = bool(self._stood) or any(has_accounts(group.plan) for group in groups)
        if self._any:
            others = {plan for own in self._stood.values() for plan, _ in own}.union(named)
            told = {name: _firms_terms(cursor, name, here.period, known_at) for name in sorted(others)}
            self._others = {name: terms for name, terms in told.items() if terms is not None}

    def lines(self, earned: Mapping[str, Sequence[Amount]]) -> dict[str, tuple[Line, ...]]:
        """The account lines of those who have some. earned: all their other lines."""
        found: dict[str, tuple[Line, ...]] = {}
        for employee in self._employees if self._any else ():
            own, lines = self._stood.get(employee, {}), earned.get(employee, ())
            terms = self._terms(employee, {line.plan for line in lines} | {plan for plan, _ in own})
            if not own and not any(has_accounts(each.plan) for each in terms.values()):
                continue
            posting, last = self._here.here.get(employee), self._here.period.last_day
            stays = posting is not None and (posting.left_on is None or posting.left_on > last)
            told = settle(self._here.period, lines, terms, own, is_here=stays)
            if told:
                found[employee] = told
        return found

    def _terms(self, employee: str, named: set[str]) -> dict[str, Terms]:
        """Of the plans that pay the person, with the numbers that hold for them, and of those `named`."""
        found = {
            group.plan.plan: Terms(held.plan, held.settings, held.stay, is_paid=True)
            for group in self._groups
            if (held := group.resolved.get(employee)) is not None
        }
        others = {name for name in named if name not in found and name in self._others}
        return found | {name: self._others[name] for name in others}


def _firms_terms(cursor: Cursor, name: str, period: Period, known_at: int | None) -> Terms | None:
    """The version of a plan in force, or the last one that was, with the numbers of the firm."""
    version = policy.last_version(cursor, name, period.last_day, known_at)
    plan = version.parsed() if version else None
    return Terms(plan, set_by_firm(plan), Stay(), is_paid=False) if plan else None


def accounts(
    cursor: Cursor, until: Period, known_at: int | None, employees: Sequence[str] | None = None
) -> Accounts:
    """What the accounts of `employees`, or of everybody, stand at by the statements before `until`."""
    months = max((most_months_held(v.parsed()) for v in policy.plan_versions(cursor, known_at)), default=0)
    first = until.first_day
    asked = {
        "employees": None if employees is None else list(employees),
        "known_at": known_at,
        "until": first,
        "since": _months_before(first, months),
    }
    found: dict[str, dict[Key, Account]] = {}
    for employee, plan, account, balance, since, held_on, held in cursor.execute(STOOD, asked).fetchall():
        by_month: dict[Period, int] = {}
        for day, amount in zip(held_on or (), held or (), strict=True):
            month = Period.containing(day)
            by_month[month] = by_month.get(month, 0) + int(amount)
        own = found.setdefault(employee, {})
        own[plan, account] = Account(balance, Period.containing(since), by_month)
    for employee, key, left in _written_off(cursor, asked, known_at):
        own = found.get(employee, {})
        if key in own:
            own[key] = own[key]._replace(balance_minor=left)
    return found


class AccountMove(msgspec.Struct, frozen=True, kw_only=True):
    """What changed the balance of an account before a statement.

    period: of the closed statement that did; None for a write-off. position: of the close or the write-off.
    balance_minor: after it; owed by the person, or, below 0, held for them.
    """

    period: str | None
    position: int
    amount_minor: int
    balance_minor: int


def moves(
    cursor: Cursor, employee: str, key: Key, until: Period, known_at: int | None
) -> tuple[AccountMove, ...]:
    """All that moved an account before the statement of `until`, in order of position."""
    plan, account = key
    asked = {"employee": employee, "plan": plan, "account": account, "until": until.first_day}
    found: list[AccountMove] = []
    balance = 0
    for period, position, amount in cursor.execute(HISTORY, {**asked, "known_at": known_at}).fetchall():
        moved = amount if period is not None else -min(amount, max(balance, 0))
        balance += moved
        found.append(AccountMove(period=period, position=position, amount_minor=moved, balance_minor=balance))
    return tuple(found)


def behind_accounts(cursor: Cursor, employee: str, period: Period, known_at: int) -> set[int]:
    """The positions of the closes and write-offs that the account lines of a statement rest on.

    What lies behind these closes is told by the receipts of their own months.
    """
    asked = {"employee": employee, "until": period.first_day, "known_at": known_at}
    return {position for (position,) in cursor.execute(BEHIND, asked)}


def _written_off(
    cursor: Cursor, asked: Mapping[str, Any], known_at: int | None
) -> Iterator[tuple[str, Key, int]]:
    """What is left of the accounts of which something was written off."""
    left: dict[tuple[str, Key], int] = {}
    rows = cursor.execute(MOVED.format(known=known(known_at)), asked, prepare=False).fetchall()
    for employee, plan, account, _, amount, is_written in rows:
        before = left.get((employee, (plan, account)), 0)
        after = before - min(amount, max(before, 0)) if is_written else before + amount
        left[employee, (plan, account)] = after
    for (employee, key), balance in left.items():
        yield employee, key, balance


def _months_before(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, 1)

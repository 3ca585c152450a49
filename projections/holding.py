"""What holds keep back of the lines of a statement; the statement itself stays as it is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import msgspec

from domain.period import Period
from domain.plan.account_terms import ACCOUNT, ALLOWANCE
from domain.plan.statement import Line, Statement
from projections import paying, policy
from projections.accounts import Accounting
from projections.earned import earned
from projections.late import closed_periods
from projections.members import paid_by, roll
from projections.paying import Hold, RunStep
from projections.sight import leaving_out
from projections.spans import Cursor
from projections.statements import Payslip

Holds = Mapping[str, Sequence[Hold]]
"""The holds on the pay of each person."""


class KeptLine(msgspec.Struct, frozen=True):
    """By which holds a line is kept back, and how much of it; below 0 of a line that takes something off."""

    holds: tuple[str, ...]
    held_minor: int


Kept = Mapping[int, KeptLine]
"""What is kept back of the lines of a statement, by their number, from 1 on; all others may be paid."""

_Key = tuple[str | None, str, str, str]
"""The month that a line is about, if another; plan and component; of accounts the rule, for some have two."""

_Made = Mapping[_Key, int]
"""What lines come to, in minor units."""


def in_effect(
    cursor: Cursor,
    period: Period,
    released: RunStep | None,
    known_at: int | None,
    employees: list[str] | None = None,
) -> dict[str, list[Hold]]:
    """The holds that keep pay of `period` back, by employee.

    released: the release of its run; a hold that names no month leaves what was released before it alone.
    """
    return bearing(paying.holds(cursor, known_at, employees), period, released)


def bearing(holds: Iterable[Hold], period: Period, released: RunStep | None) -> dict[str, list[Hold]]:
    """Those of `holds` that keep pay of `period` back, by employee; `released` as of `in_effect`."""
    found: dict[str, list[Hold]] = {}
    for hold in holds:
        named = hold.period == str(period)
        coming = hold.period is None and (released is None or hold.position < released.position)
        if hold.released_at is None and (named or coming):
            found.setdefault(hold.employee, []).append(hold)
    return found


def kept(cursor: Cursor, slip: Payslip, holds: Sequence[Hold]) -> dict[int, KeptLine]:
    """What `holds` keep back of `slip`: of a person every line, of a component its lines.

    Of a deal what it makes: each line as it is, less what it would be without the deal, as rates, caps and
    gates bear on all that a line counts. Of several deals each makes what comes off with those before it.
    """
    lines = slip.statement.lines
    found: dict[int, KeptLine] = {}
    for number, line in enumerate(lines, start=1):
        if by := tuple(hold.hold for hold in holds if _keeps(hold, line)):
            found[number] = KeptLine(by, line.amount_minor)
    left = [line.amount_minor for line in lines]
    for hold, rest in _without(cursor, slip, [hold for hold in holds if hold.scope == "deal"]):
        for number, line in enumerate(lines, start=1):
            own = left[number - 1] - rest[number - 1]
            before = found.get(number, KeptLine((), 0))
            if own:
                whole = any(_keeps(each, line) for each in holds)
                held = before.held_minor if whole else before.held_minor + own
                found[number] = KeptLine((*before.holds, hold.hold), held)
        left = rest
    return found


def payable_minor(slip: Payslip, kept: Kept) -> int:
    """What may be paid of `slip`: the sum of its lines, less what is kept back of them."""
    return slip.statement.total_minor - sum(each.held_minor for each in kept.values())


def _keeps(hold: Hold, line: Line) -> bool:
    """Whether `hold` keeps all of `line`."""
    match hold.scope:
        case "person":
            return True
        case "line":
            return (line.plan, line.component) == (hold.plan, hold.component)
        case "deal":
            return False


def _without(cursor: Cursor, slip: Payslip, holds: Sequence[Hold]) -> Iterator[tuple[Hold, list[int]]]:
    """What the lines of `slip` come to without the deals of the first hold; of the first two; and so on.

    A deal without which no less would be paid keeps nothing back.
    """
    deals: list[str] = []
    trying = _Trying(cursor, slip) if holds else None
    for hold in holds:
        assert trying is not None and hold.deal is not None, "it is on a deal"
        rest = trying.without([*deals, hold.deal])
        if sum(rest) < sum(trying.without(deals)):
            deals.append(hold.deal)
            yield hold, rest


class _Trying:
    """One statement, tried without some deals by what it takes into account."""

    def __init__(self, cursor: Cursor, slip: Payslip) -> None:
        self._cursor, self._slip, made = cursor, slip, slip.statement
        self._period, self._employee, self._lines = Period.parse(made.period), made.employee, made.lines
        self._asked: dict[tuple[tuple[str, ...], Period, int], _Made] = {}

    def without(self, deals: Sequence[str]) -> list[int]:
        """What each line comes to without `deals`."""
        if not deals:
            return [line.amount_minor for line in self._lines]
        rest = list(self._lines)
        for index, line in enumerate(self._lines):
            if not _is_account(line):
                made = line.amount_minor - self._makes(deals, line)
                rest[index] = msgspec.structs.replace(line, amount_minor=made)
        accounts = self._accounts([line for line in rest if not _is_account(line)])
        return [
            _between(accounts.get(_key(line), 0), line.amount_minor)
            if _is_account(line)
            else line.amount_minor
            for line in rest
        ]

    def _makes(self, deals: Sequence[str], line: Line) -> int:
        """What `deals` make of a line: of a delta, what of it came or went since the last close."""
        at, key = self._slip.known_at, (None, line.plan, line.component, "")
        if line.about is None:
            return self._worth(deals, self._period, at, key)
        about, before = Period.parse(line.about), closed_periods(self._cursor, at)[-1].known_at
        return self._worth(deals, about, at, key) - self._worth(deals, about, before, key)

    def _worth(self, deals: Sequence[str], month: Period, known_at: int, key: _Key) -> int:
        return self._earned((), month, known_at).get(key, 0) - self._earned(deals, month, known_at).get(
            key, 0
        )

    def _earned(self, deals: Sequence[str], month: Period, known_at: int) -> _Made:
        """What a month comes to without `deals`, line by line."""
        asked = (tuple(deals), month, known_at)
        if asked not in self._asked:
            with leaving_out(deals):
                found = earned(self._cursor, month, known_at, [self._employee])
            self._asked[asked] = _made(found.get(self._employee))
        return self._asked[asked]

    def _accounts(self, earned: Sequence[Line]) -> _Made:
        """What the lines of accounts would be with `earned`."""
        if not any(map(_is_account, self._lines)):
            return {}
        moved = self._accounting.lines({self._employee: earned})
        return {_key(line): line.amount_minor for line in moved.get(self._employee, ())}

    @cached_property
    def _accounting(self) -> Accounting:
        cursor, at, own = self._cursor, self._slip.known_at, [self._employee]
        here = roll(cursor, self._period, at, own)
        groups = [paid_by(v, here) for v in policy.plans_in_force(cursor, self._period.last_day, at)]
        return Accounting(cursor, here, groups, own, {line.plan for line in self._lines}, at)


def _is_account(line: Line) -> bool:
    return line.kind in (ACCOUNT, ALLOWANCE)


def _key(line: Line) -> _Key:
    return line.about, line.plan, line.component, line.rule.key if _is_account(line) else ""


def _made(statement: Statement | None) -> _Made:
    return {_key(line): line.amount_minor for line in statement.lines} if statement else {}


def _between(minor: int, whole_minor: int) -> int:
    """`minor`, but of the sign of the whole and no more: no account gives or takes more without a deal."""
    return max(0, min(minor, whole_minor)) if whole_minor > 0 else min(0, max(minor, whole_minor))

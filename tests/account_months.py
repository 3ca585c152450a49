"""Months of a person with accounts, one after the other, for tests: what each statement pays and leaves."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
from given_plan import entitled, resolved

from domain.period import Period
from domain.plan.account_terms import ACCOUNT
from domain.plan.accounts import Account, Key, Terms, settle
from domain.plan.document import Plan
from domain.plan.statement import Line, compute_statement

LONG_AGO = Period.parse("2024-01")
FIRST = Period.parse("2025-01")


class Month(NamedTuple):
    """A statement. lines: those of accounts, by id; of several of one id the sum. balances: after it."""

    period: Period
    earned: int
    paid: int
    lines: dict[str, int]
    told: tuple[Line, ...]
    balances: dict[str, int]


def months(
    plan: Plan,
    earned: Sequence[int],
    *,
    leaves_in: int | None = None,
    paid_until: int | None = None,
    before: Mapping[Key, int] | None = None,
) -> list[Month]:
    """The statements of months with these earnings, in minor units. leaves_in: number of the last month.

    paid_until: the last month in which the plan pays the person. before: balances of long ago.
    """
    moved: dict[Key, list[tuple[Period, int]]] = defaultdict(list)
    for key, amount in (before or {}).items():
        moved[key].append((LONG_AGO, amount))
    found: list[Month] = []
    period, held, [bare, *_] = FIRST, resolved(plan), compute_statement("E1", [entitled(plan)]).lines
    for number, amount in enumerate(earned, start=1):
        terms = Terms(held.plan, held.settings, held.stay, paid_until is None or number <= paid_until)
        lines = [msgspec.structs.replace(bare, amount_minor=amount)]
        is_here = leaves_in is None or number < leaves_in
        told = settle(period, lines, {plan.plan: terms}, accounts(moved), is_here=is_here)
        by_id: dict[str, int] = defaultdict(int)
        for line in told:
            by_id[line.component] += line.amount_minor
            if line.kind == ACCOUNT:
                moved[plan.plan, line.component].append((period, line.amount_minor))
        balances = {key[1]: sum(amount for _, amount in moves) for key, moves in moved.items()}
        paid = amount + sum(line.amount_minor for line in told)
        found.append(Month(period, amount, paid, dict(by_id), told, balances))
        period = period.next()
    return found


def accounts(moved: dict[Key, list[tuple[Period, int]]]) -> dict[Key, Account]:
    """What the moves of earlier months leave of each account."""
    found: dict[Key, Account] = {}
    for key, moves in moved.items():
        held: dict[Period, int] = defaultdict(int)
        for period, amount in moves:
            held[period] += max(-amount, 0)
        found[key] = Account(sum(amount for _, amount in moves), moves[0][0], dict(held))
    return found

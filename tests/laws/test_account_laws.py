"""Accounts over long random months: within limits and shares, and nothing is lost from month to month."""

from fractions import Fraction
from itertools import permutations

import msgspec
from account_months import Month, months
from given_plan import plan
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.plan.account_terms import ACCOUNT, ALLOWANCE, NEGATIVE_BALANCE
from domain.plan.accounts import settle
from domain.plan.document import Plan

EARN = "components: [{id: pay, title: Pay, kind: per_unit, measure: clients, rate: 1}]\n"

amounts = st.integers(-900_000, 1_200_000) | st.sampled_from((0, 1, -1, 33, 300_000, 299_999, 300_001))
earnings = st.lists(amounts, min_size=1, max_size=20)
shares = st.sampled_from(("100 %", "50 %", "33 %", "12.5 %"))
drawn = st.fixed_dictionaries(
    {
        "pays": st.sampled_from((3000, "0.01", "1234.56")),
        "form": st.sampled_from(("guarantee", "advance")),
        "recoverable": st.just(True),
    },
    optional={
        "recovery": st.fixed_dictionaries(
            {"at_most": shares}, optional={"starts_after_months": st.integers(0, 4)}
        ),
        "limit": st.sampled_from((0, 2500, 9000)),
    },
)
forgiven = st.fixed_dictionaries(
    {
        "pays": st.just(3000),
        "form": st.sampled_from(("guarantee", "advance")),
        "recoverable": st.just(False),
    }
)
held = st.fixed_dictionaries(
    {"id": st.just("kept"), "share": shares, "released_after_months": st.integers(1, 4)},
    optional={"on_leaving": st.sampled_from(("released", "forfeited"))},
)


@st.composite
def plans(draw: st.DrawFn, negative: tuple[str, ...] = ("paid", "carried")) -> Plan:
    """A plan with a draw, a holdback, or both, taking in some order."""
    written: dict[str, object] = {"negative_balance": draw(st.sampled_from(negative))}
    accounts = [NEGATIVE_BALANCE]
    if draw(st.booleans()):
        written["draw"] = draw(drawn | forgiven)
        accounts.append("draw")
    if draw(st.booleans()):
        written["holdbacks"] = [draw(held)]
        accounts.append("kept")
    return plan(EARN, account_order=draw(st.permutations(accounts)), **written)


def sums(found: list[Month], kind: str, component: str = "") -> int:
    """All lines of a kind, or those of one account."""
    told = [line for month in found for line in month.told if line.kind == kind]
    return sum(line.amount_minor for line in told if not component or line.component == component)


@given(plan=plans(), earned=earnings, leaves_in=st.none() | st.integers(1, 30))
@settings(max_examples=150, deadline=None)
def test_money_is_neither_made_nor_lost(plan: Plan, earned: list[int], leaves_in: int | None) -> None:
    """What was paid, less what is owed, plus what is held, is what was earned and allowed."""
    found = months(plan, earned, leaves_in=leaves_in)
    owed = sum(found[-1].balances.values())
    assert sum(month.paid for month in found) == sum(earned) + owed + sums(found, ALLOWANCE)
    for account, balance in found[-1].balances.items():
        assert balance == sums(found, ACCOUNT, account)
    assert all(line.amount_minor for month in found for line in month.told)


@given(plan=plans(), earned=earnings, leaves_in=st.none() | st.integers(1, 30))
@settings(max_examples=150, deadline=None)
def test_accounts_stay_within_their_bounds(plan: Plan, earned: list[int], leaves_in: int | None) -> None:
    """A draw is owed up to its limit, what is held is never below nothing, and nobody is overdrawn."""
    limit = plan.draw.limit if plan.draw is not None else None
    for month in months(plan, earned, leaves_in=leaves_in):
        assert 0 <= month.balances.get("draw", 0) <= (limit * 100 if limit is not None else 10**12)
        assert month.balances.get("kept", 0) <= 0
        assert month.balances.get(NEGATIVE_BALANCE, 0) >= 0
        if plan.negative_balance == "carried":
            assert month.paid >= 0
        else:
            assert month.paid >= min(month.earned, 0)
    if leaves_in is not None and leaves_in <= len(earned):
        assert month.balances.get("kept", 0) == 0


@given(plan=plans(), earned=earnings)
@settings(max_examples=150, deadline=None)
def test_no_more_is_recovered_than_the_share(plan: Plan, earned: list[int]) -> None:
    """Of an advance's earnings, of a guarantee's earnings above the draw, and not before it starts."""
    if plan.draw is None or not plan.draw.recoverable:
        return
    found, draw = months(plan, earned), plan.draw
    share = draw.recovery.at_most if draw.recovery is not None else Fraction(1)
    starts = draw.recovery.starts_after_months if draw.recovery is not None else 0
    first = next((n for n, month in enumerate(found) if "draw" in month.lines), 0)
    for number, month in enumerate(found):
        taken = sum(-line.amount_minor for line in month.told
                    if line.component == "draw" and line.amount_minor < 0)  # fmt: skip
        base = month.earned - (draw.pays * 100 if draw.form == "guarantee" else 0)
        assert taken <= max(base, 0) * share
        assert not taken or number - first >= starts


@given(plan=plans(("carried",)), earned=st.lists(st.integers(0, 1_200_000), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_where_enough_is_left_no_order_matters(plan: Plan, earned: list[int]) -> None:
    """Months in which something is paid in the end take the same from each account in every order."""
    before: dict[str, int] = {}
    for number, amount in enumerate(earned):
        owed = {("selling", name): balance for name, balance in before.items()}
        told = [months(_in_order(plan, order), [amount], before=owed) for order in _orders(plan)]
        [chosen] = months(plan, [amount], before=owed)
        if chosen.paid > 0:
            assert all(month.lines == chosen.lines for [month] in told), number
        before = chosen.balances


@given(plan=plans(), earned=earnings)
@settings(max_examples=40, deadline=None)
def test_a_plan_without_accounts_adds_nothing(plan: Plan, earned: list[int]) -> None:
    """And what comes of accounts does not depend on how often it is asked."""
    bare = _bare(plan)
    assert all(month.told == () and month.paid == month.earned for month in months(bare, earned))
    assert months(plan, earned) == months(plan, earned)


def test_nobody_gets_a_statement_for_a_debt_alone() -> None:
    """Somebody who owes and to whom nothing is due has no lines."""
    assert settle(months(plan(EARN), [0])[0].period, [], {}, {}, is_here=False) == ()


def _orders(plan: Plan) -> list[tuple[str, ...]]:
    return list(permutations(plan.account_order))


def _in_order(plan: Plan, order: tuple[str, ...]) -> Plan:
    return msgspec.structs.replace(plan, account_order=order)


def _bare(plan: Plan) -> Plan:
    return msgspec.structs.replace(plan, draw=None, holdbacks=(), negative_balance="paid", account_order=())

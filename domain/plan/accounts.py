"""The accounts of a statement: draws, what is held back, and what is carried below zero.

An account's balance is the sum of its lines in closed statements, less what was written off: above 0 it is
owed by the person, below 0 it is held for them. Account lines come after all that was earned, the month's own
lines and retro deltas. They depend on the statements before and are never computed again for a closed month;
what changes about it later flows into the accounts of the first month that is open.

First every plan gives, in order of id: what was held back is released, draws are paid. Then every plan takes,
account by account in the order that it names, and nothing takes more than is left: no account makes a
statement fall below 0. What is below 0 because earnings are is carried where a plan says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from domain.money import minor_per_major, rounded
from domain.period import Period
from domain.plan.account_checks import accounts_in_order, months_held
from domain.plan.account_lines import account_line
from domain.plan.account_terms import ACCOUNT, ALLOWANCE, NEGATIVE_BALANCE, Draw, Holdback, Named, Recovery
from domain.plan.arithmetic import ALL
from domain.plan.components.base import Stay
from domain.plan.document import Plan
from domain.plan.statement import Line
from domain.plan.targets import Sourced

_LEAVING = {"released": "hold_released_leaving", "forfeited": "hold_forfeited"}
Key = tuple[str, str]
"""An account: the plan that it is of, and its id there."""


class Amount(Protocol):
    """What a component earned: a line, or as much of one as accounts look at."""

    @property
    def plan(self) -> str:
        """The plan that pays it."""
        ...

    @property
    def component(self) -> str:
        """The component of that plan."""
        ...

    @property
    def amount_minor(self) -> int:
        """In minor units."""
        ...


class Account(NamedTuple):
    """What the closed statements left of one account.

    balance_minor: owed by the person, or, below 0, held for them. since: the month of its first line.
    held_minor: what was held back in each recent month.
    """

    balance_minor: int = 0
    since: Period | None = None
    held_minor: Mapping[Period, int] = {}


class Terms(NamedTuple):
    """A plan with the numbers that hold for one person, and whether it pays them in the period."""

    plan: Plan
    settings: Mapping[str, Sourced]
    stay: Stay
    is_paid: bool


def after(accounts: Mapping[Key, Account], period: Period, lines: Iterable[Line]) -> dict[Key, Account]:
    """What `accounts` stand at once the account lines of `period` are settled."""
    found = dict(accounts)
    for line in lines:
        if line.kind == ACCOUNT:
            key = line.plan, line.component
            balance, since, held = found.get(key, Account())
            if line.amount_minor < 0:
                held = {**held, period: held.get(period, 0) - line.amount_minor}
            found[key] = Account(balance + line.amount_minor, since or period, held)
    return found


def settle(
    period: Period,
    earned: Sequence[Amount],
    plans: Mapping[str, Terms],
    accounts: Mapping[Key, Account],
    *,
    is_here: bool,
) -> tuple[Line, ...]:
    """The account lines of one person's statement of `period`.

    earned: its other lines. plans: those of the lines and of the accounts. is_here: beyond the period's end.
    """
    book = _Book(period, earned, accounts, is_here)
    ordered = [plans[name] for name in sorted(plans)]
    for terms in ordered:
        book.release(terms)
        book.pay_draw(terms)
    if not earned and not book.lines:
        return ()
    for terms in ordered:
        for name in accounts_in_order(terms.plan):
            book.take(terms, name)
    book.carry(ordered)
    return tuple(book.lines)


class _Book:
    """One statement on its way. left: what is paid of it so far; what is brought forward may take of it."""

    def __init__(
        self, period: Period, earned: Sequence[Amount], accounts: Mapping[Key, Account], is_here: bool
    ) -> None:
        self.period, self.earned, self.accounts, self.is_here = period, earned, accounts, is_here
        self.left = sum(line.amount_minor for line in earned)
        self.balances = {key: account.balance_minor for key, account in accounts.items()}
        self.due: dict[str, int] = {}
        self.brought: dict[str, int] = {}
        self.lines: list[Line] = []

    def release(self, terms: Terms) -> None:
        """Pays what was held back long enough; whoever leaves is paid all of it, or forfeits it."""
        said = {held.id: held for held in terms.plan.holdbacks}
        for key in sorted(key for key in self.accounts if key[0] == terms.plan.plan):
            in_all = -self.balances[key]
            if in_all <= 0:
                continue
            held = said.get(key[1]) or Holdback(id=key[1], share=ALL)
            if key[1] not in said:
                self.write(terms, held, "hold_dropped", in_all)
            elif not self.is_here:
                self.write(terms, held, _LEAVING[held.on_leaving], in_all)
                if held.on_leaving == "forfeited":
                    self.write(terms, held, "hold_lost", -in_all, ALLOWANCE)
            elif (due := in_all - self._recent(terms, held)) > 0:
                self.write(terms, held, "hold_released", due, held=in_all - due)
        for held in terms.plan.holdbacks:
            base, in_all = self._earned(terms, held.of), -self._balance(terms, held)
            back = min(rounded(-base * held.share, terms.plan.rounding), in_all)
            if back > 0:
                self.write(terms, held, "hold_returned", back, earned=base, share=held.share)

    def pay_draw(self, terms: Terms) -> None:
        """Pays a draw: an advance, or what is missing to a guarantee."""
        draw, stay = terms.plan.draw, terms.stay
        if draw is None or not terms.is_paid:
            return
        if draw.tenure_months is not None and not draw.tenure_months.has(stay.months):
            return
        share = stay.share(draw.prorate) if draw.prorate is not None else ALL
        due = rounded(draw.pays * share, terms.plan.rounding, minor_per_major(terms.plan.pays_in))
        earned = self._earned(terms)
        amount = due if draw.form == "advance" else due - max(earned, 0)
        if draw.limit is not None:
            limit = rounded(draw.limit, "down", minor_per_major(terms.plan.pays_in))
            amount = min(amount, limit - self._balance(terms, draw))
        self.due[terms.plan.plan] = due if draw.form == "guarantee" else max(amount, 0)
        if amount <= 0:
            return
        rule = "draw_advanced" if draw.form == "advance" else "draw_topped_up"
        if draw.recoverable:
            owed = self._balance(terms, draw) + amount
            self.write(terms, draw, rule, amount, earned=earned, pays=due, owed=owed)
        else:
            self.write(terms, draw, f"{rule}_free", amount, ALLOWANCE, earned=earned, pays=due)

    def take(self, terms: Terms, name: str) -> None:
        """Takes what the account `name` may take of what is left."""
        draw = terms.plan.draw
        if name == NEGATIVE_BALANCE:
            self._bring(terms)
        elif draw is not None and name == draw.id:
            self._recover(terms, draw)
        else:
            self._hold(terms, next(held for held in terms.plan.holdbacks if held.id == name))

    def carry(self, plans: Sequence[Terms]) -> None:
        """Carries what is still owed, and what is below 0 where a plan of the statement says so."""
        told = {line.plan for line in (*self.earned, *self.lines)}
        below = [p for p in plans if p.plan.negative_balance == "carried" and p.plan.plan in told]
        if self.left < 0 and below:
            name = below[0].plan.plan
            self.brought[name] = self.brought.get(name, 0) - self.left
        for terms in plans:
            rest = self.brought.get(terms.plan.plan, 0)
            if rest > 0:
                self._put(terms, Named(id=NEGATIVE_BALANCE), "carried_forward", rest, ACCOUNT, owed=rest)

    def _bring(self, terms: Terms) -> None:
        owed = self.balances.get((terms.plan.plan, NEGATIVE_BALANCE), 0)
        if owed > 0:
            self._put(terms, Named(id=NEGATIVE_BALANCE), "brought_forward", -owed, ACCOUNT, owed=owed)
            taken = min(owed, max(self.left, 0))
            self.left -= taken
            self.brought[terms.plan.plan] = owed - taken

    def _recover(self, terms: Terms, draw: Draw) -> None:
        earned, due = self._earned(terms), self.due.get(terms.plan.plan, 0)
        most = max(self.left, 0)
        if not draw.recoverable:
            netted = min(earned, due, most) if draw.form == "advance" else 0
            if netted > 0:
                self.write(terms, draw, "draw_netted", -netted, ALLOWANCE, earned=earned, pays=due)
            return
        recovery = draw.recovery or Recovery()
        since = self.accounts.get((terms.plan.plan, draw.id), Account()).since or self.period
        if _months_between(since, self.period) < recovery.starts_after_months:
            return
        base = earned if draw.form == "advance" else earned - due
        owed = self._balance(terms, draw)
        taken = min(owed, rounded(max(base, 0) * recovery.at_most, "down"), most)
        if taken > 0:
            rule = "draw_recovered" if draw.form == "advance" else "draw_recovered_above"
            owed, share = owed - taken, recovery.at_most
            self.write(terms, draw, rule, -taken, earned=earned, pays=due, share=share, owed=owed)

    def _hold(self, terms: Terms, held: Holdback) -> None:
        base = self._earned(terms, held.of)
        if base <= 0 or not self.is_here:
            return
        amount = min(rounded(base * held.share, terms.plan.rounding), max(self.left, 0))
        if amount > 0:
            in_all = amount - self._balance(terms, held)
            self.write(terms, held, "held_back", -amount, earned=base, share=held.share, held=in_all)

    def write(
        self, terms: Terms, of: Named, rule: str, amount_minor: int, kind: str = ACCOUNT, **said: object
    ) -> None:
        """Adds a line and what it changes about what is paid."""
        self.left += amount_minor
        self._put(terms, of, rule, amount_minor, kind, **said)

    def _put(self, terms: Terms, of: Named, rule: str, amount_minor: int, kind: str, **said: object) -> None:
        if kind == ACCOUNT:
            key = (terms.plan.plan, of.id)
            self.balances[key] = self.balances.get(key, 0) + amount_minor
        self.lines.append(account_line(terms.plan, terms.settings, of, kind, rule, amount_minor, said))

    def _balance(self, terms: Terms, of: Named) -> int:
        return self.balances.get((terms.plan.plan, of.id), 0)

    def _earned(self, terms: Terms, components: tuple[str, ...] = ()) -> int:
        return sum(
            line.amount_minor
            for line in self.earned
            if line.plan == terms.plan.plan and (not components or line.component in components)
        )

    def _recent(self, terms: Terms, held: Holdback) -> int:
        """What was held back too lately to be released."""
        months = months_held(terms.plan, held) or 0
        by_month = self.accounts[terms.plan.plan, held.id].held_minor
        return sum(by_month[month] for month in by_month if _months_between(month, self.period) < months)


def _months_between(earlier: Period, later: Period) -> int:
    first, last = earlier.first_day, later.first_day
    return (last.year - first.year) * 12 + last.month - first.month

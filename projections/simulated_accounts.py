"""What a simulation comes to once draws, holdbacks and balances have given and taken.

The accounts begin with what the closed statements before the first month left, alike on both sides; then each
side goes its own way, month by month.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from domain.period import Period
from domain.plan.account_checks import has_accounts, title_of
from domain.plan.accounts import after
from domain.plan.fields import Title
from domain.plan.trial import Pay, Trials
from projections.accounts import Accounting, Accounts, accounts
from projections.earned import entitlements
from projections.members import roll
from projections.scenario import Answers, Scenario
from projections.simulated import add_pairs, nothing
from projections.spans import Cursor

Sides = Callable[[Answers], Sequence[Scenario]]


class Moved(NamedTuple):
    """What all accounts give and take before and under the draft, by month, and by plan and account."""

    months: dict[str, list[int]]
    accounts: dict[tuple[str, str], list[int]]
    titles: dict[tuple[str, str], Title]

    @classmethod
    def none(cls, months: Sequence[Period]) -> "Moved":
        """Nothing yet."""
        return cls({str(month): nothing() for month in months}, {}, {})

    def join(self, more: "Moved") -> None:
        """Adds what the accounts of other people give and take."""
        add_pairs(self.months, more.months)
        add_pairs(self.accounts, more.accounts)
        self.titles.update(more.titles)


class _Earned(NamedTuple):
    plan: str
    component: str
    amount_minor: int


def moved(
    cursor: Cursor, sides: Sides, months: Sequence[Period], batches: Sequence[list[str]], known_at: int
) -> Moved:
    """What the accounts of the people in `batches` give and take in `months`."""
    found = Moved.none(months)
    for batch in batches:
        opening = accounts(cursor, months[0], known_at, batch)
        stood = [opening, opening]
        for month in months:
            answers = Answers()
            for number, side in enumerate(sides(answers)):
                stood[number] = _month(cursor, side, number, month, batch, known_at, stood[number], found)
    return found


def _month(
    cursor: Cursor,
    side: Scenario,
    number: int,
    month: Period,
    people: list[str],
    known_at: int,
    stood: Accounts,
    found: Moved,
) -> Accounts:
    """Adds one month of one side to `found`. What the accounts stand at after it."""
    plans = {version.plan: version.parsed() for version in side.in_force(cursor, month, known_at)}
    if not stood and not any(map(has_accounts, plans.values())):
        return stood
    groups = side.members(cursor, month, known_at, people)
    due = entitlements(cursor, groups, month, known_at, asking=side)
    trials = Trials()
    earned = {who: list(_earned(trials.pay(own))) for who, own in due.items()}
    here = roll(cursor, month, known_at, people)
    told = Accounting(cursor, here, groups, people, (), known_at, stood).lines(earned)
    left = dict(stood)
    for who, lines in told.items():
        left[who] = after(stood.get(who, {}), month, lines)
        for line in lines:
            key = line.plan, line.component
            found.months[str(month)][number] += line.amount_minor
            found.accounts.setdefault(key, nothing())[number] += line.amount_minor
            found.titles[key] = (
                title_of(plans[line.plan], line.component) if line.plan in plans else line.title
            )
    return left


def _earned(pay: Pay) -> Iterator[_Earned]:
    for name, held in pay.items():
        for component, amount in zip(held.plan.components, held.amounts, strict=True):
            yield _Earned(name, component.id, amount)

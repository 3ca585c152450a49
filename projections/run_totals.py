"""What each person is paid with a month, and all of them, beside what they were due with the month before."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from domain.money import major_text
from domain.people.roster import Posting
from domain.period import Period
from projections.late import closed_periods
from projections.spans import Cursor

PREVIOUS = """
select employee, currency, total_minor from statement
where period = %(period)s and position <= coalesce(%(known_at)s, position)"""


class PayrollTotal(msgspec.Struct, frozen=True, kw_only=True):
    """What a person is paid in all: the sum of their rows.

    held_minor: of it, kept back; payable_minor: the rest. previous_minor: what they were due with the month
    before, 0 for nothing, None while that month is open; difference_minor: what is more now, or less.
    """

    employee: str
    name: str | None
    branch: str | None
    amount_minor: int
    amount: str
    currency: str
    statement_digest: str
    held_minor: int
    payable_minor: int
    payable: str
    previous_minor: int | None
    difference_minor: int | None


class RunSum(msgspec.Struct, frozen=True, kw_only=True):
    """The sums of a run in one currency. previous_minor, difference_minor: as of a total.

    gone: ids of those who were due something with the month before and have no statement now.
    """

    currency: str
    people: int
    amount_minor: int
    held_minor: int
    payable_minor: int
    previous_minor: int | None
    difference_minor: int | None
    gone: tuple[str, ...]


Previous = Mapping[tuple[str, str], int] | None
"""What the month before came to, by employee and currency; None while it is open."""


class Settled(NamedTuple):
    """What a statement comes to. digest: of it."""

    employee: str
    currency: str
    total_minor: int
    digest: str


def total_of(settled: Settled, here: Posting | None, payable: int, previous: Previous) -> PayrollTotal:
    """What a person is paid in all, of whose statement these are the sums."""
    employee, currency, minor, digest = settled
    before = None if previous is None else previous.get((employee, currency), 0)
    return PayrollTotal(
        employee=employee,
        name=here.name if here else None,
        branch=here.branch if here else None,
        amount_minor=minor,
        amount=major_text(minor, currency),
        currency=currency,
        statement_digest=digest,
        held_minor=minor - payable,
        payable_minor=payable,
        payable=major_text(payable, currency),
        previous_minor=before,
        difference_minor=None if before is None else minor - before,
    )


def sums(totals: Sequence[PayrollTotal], previous: Previous) -> Iterator[RunSum]:
    """The sums of `totals`, currency by currency, beside those of the month before."""
    before: Mapping[tuple[str, str], int] = previous or {}
    now = {(each.employee, each.currency) for each in totals}
    for currency in sorted({c for _, c in (*now, *before)}):
        own = [each for each in totals if each.currency == currency]
        amount, payable = sum(x.amount_minor for x in own), sum(x.payable_minor for x in own)
        came = sum(minor for (_, c), minor in before.items() if c == currency)
        gone = sorted(e for (e, c), minor in before.items() if c == currency and minor and (e, c) not in now)
        yield RunSum(
            currency=currency,
            people=len(own),
            amount_minor=amount,
            held_minor=amount - payable,
            payable_minor=payable,
            previous_minor=None if previous is None else came,
            difference_minor=None if previous is None else amount - came,
            gone=tuple(gone),
        )


def previous(cursor: Cursor, before: Period, known_at: int) -> dict[tuple[str, str], int] | None:
    """What everybody was due with the month `before`; None while it is open."""
    if all(each.period != before for each in closed_periods(cursor, known_at)):
        return None
    found = cursor.execute(PREVIOUS, {"period": str(before), "known_at": known_at})
    return {(employee, currency): minor for employee, currency, minor in found}

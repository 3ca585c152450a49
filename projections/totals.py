"""What people have of each fact over a stretch of days, as it is now: the standings, added up."""

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction

import msgspec

from projections.spans import FEW_FACTS, Cursor, Span

TOTALS = """
select
    employee, fact,
    sum(count - others), sum(quantity)::bigint, sum(minutes)::bigint, sum(amount_minor)
from standing
where day between %(first_day)s and %(last_day)s
    and (%(employees)s::text[] is null or employee = any(%(employees)s))
group by employee, fact
order by employee, fact
limit %(most)s"""

# Looked up person by person, so that a few facts cost little however many people there are.
MOVED = """
select moved.employee, moved.fact, total.count, total.quantity, total.minutes, total.amount_minor
from (
    select employee, fact from credit
    where position > %(after)s and position <= %(upto)s and day between %(first_day)s and %(last_day)s
    union
    select employee, fact from credit
    where void_position > %(after)s and void_position <= %(upto)s
        and day between %(first_day)s and %(last_day)s
) as moved
cross join lateral (
    select
        coalesce(sum(s.count - s.others), 0) as count,
        coalesce(sum(s.quantity), 0)::bigint as quantity,
        coalesce(sum(s.minutes), 0)::bigint as minutes,
        coalesce(sum(s.amount_minor), 0) as amount_minor
    from standing s
    where s.employee = moved.employee and s.fact = moved.fact
        and s.day between %(first_day)s and %(last_day)s
) as total
where %(employees)s::text[] is null or moved.employee = any(%(employees)s)
order by moved.employee, moved.fact"""


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """What a person has of one type of fact over the days asked about; all 0 when nothing is left.

    count: of a fact that several share in, the person's share; exact text.
    amount_minor: in the currency of the ledger; what came in others is left out.
    """

    employee: str
    fact: str
    count: str
    quantity: int
    minutes: int
    amount_minor: int


def totals(
    cursor: Cursor, first_day: dt.date, last_day: dt.date, employees: Collection[str] | None, most: int
) -> list[Total]:
    """The first `most` totals of `employees`, or of everybody, over the days, both ends counting."""
    asked = _asked(first_day, last_day, employees) | {"most": most}
    return [_total(*row) for row in cursor.execute(TOTALS, asked, prepare=False)]


def moved(
    cursor: Cursor, span: Span, first_day: dt.date, last_day: dt.date, employees: Collection[str] | None
) -> list[Total]:
    """The totals, as they are now, that the facts of `span` moved."""
    asked = _asked(first_day, last_day, employees) | span.bounds
    # A plan that is kept serves a few facts well; for many it is better made anew than taken over.
    return [_total(*row) for row in cursor.execute(MOVED, asked, prepare=span.facts <= FEW_FACTS)]


def _asked(first_day: dt.date, last_day: dt.date, employees: Collection[str] | None) -> dict[str, object]:
    return {
        "first_day": first_day,
        "last_day": last_day,
        "employees": None if employees is None else sorted(employees),
    }


def _total(
    employee: str, fact: str, count: Decimal, quantity: int, minutes: int, amount_minor: Decimal
) -> Total:
    return Total(
        employee=employee,
        fact=fact,
        count=str(Fraction(count)),
        quantity=quantity,
        minutes=minutes,
        amount_minor=int(amount_minor),
    )

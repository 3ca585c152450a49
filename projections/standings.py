"""Standings: each person's totals of each day and fact, as they are now; voided facts are not in them."""

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction

import msgspec
from psycopg.sql import SQL, Composed, Identifier, Literal

from domain.facts.registry import CREDITED
from projections.opening import UNOPENED, opening
from projections.spans import Cursor, Span

NAME = "standings"
VERSION = 2
TABLES = ("standing",)
FACTS = CREDITED | {"fact_voided"}

SCHEMA = """
create table standing (
    employee     text   collate "C",
    day          date,
    fact         text   collate "C",
    count        bigint not null check (count > 0),
    others       numeric not null check (others between 0 and count),
    quantity     bigint not null check (quantity >= 0),
    minutes      bigint not null check (minutes >= 0),
    amount_minor numeric not null check (amount_minor >= 0),
    primary key (employee, day, fact)
);
comment on table standing is
    'Totals of the credits that count now, of each person, business day and type of fact.';
comment on column standing.count is 'How many credits.';
comment on column standing.others is 'What of the facts so counted is others'', who share in them.';
comment on column standing.amount_minor is
    'In minor units of the currency of the ledger; other currencies are left out.';

create index standing_by_day on standing (day);
"""

# A void takes away what its credit brought when it came, in this span or long before.
STANDING_SPAN = """
merge into standing as total
using (
    select
        employee, day, fact,
        sum(sign) as count,
        coalesce(sum(sign * (1 - share)), 0) as others,
        sum(sign * coalesce(quantity, 0)) as quantity,
        sum(sign * coalesce(minutes, 0)) as minutes,
        coalesce(sum(sign * amount_minor) filter (
            where currency = case when position > %(opened_at)s then %(currency)s else %(unopened)s end
        ), 0) as amount_minor
    from (
        select 1 as sign, position, employee, day, fact, share, quantity, minutes, amount_minor, currency
        from credit where position > %(after)s and position <= %(upto)s
        union all
        select -1, position, employee, day, fact, share, quantity, minutes, amount_minor, currency
        from credit where void_position > %(after)s and void_position <= %(upto)s
    ) as moved
    group by employee, day, fact
) as change
on total.employee = change.employee and total.day = change.day and total.fact = change.fact
when matched and total.count + change.count = 0 then delete
when matched then update set
    count = total.count + change.count,
    others = total.others + change.others,
    quantity = total.quantity + change.quantity,
    minutes = total.minutes + change.minutes,
    amount_minor = total.amount_minor + change.amount_minor
when not matched and change.count > 0 then
    insert (employee, day, fact, count, others, quantity, minutes, amount_minor)
    values (
        change.employee, change.day, change.fact,
        change.count, change.others, change.quantity, change.minutes, change.amount_minor
    )
"""

# The totals have no past of their own: what they were is added up from the credits as known then.
AS_KNOWN = SQL(
    """
select
    c.employee, c.day, c.fact,
    count(*) as count,
    coalesce(sum(1 - c.share), 0) as others,
    coalesce(sum(c.quantity), 0)::bigint as quantity,
    coalesce(sum(c.minutes), 0)::bigint as minutes,
    coalesce(
        sum(c.amount_minor) filter (where c.currency = coalesce(opening.currency, {unopened})), 0
    ) as amount_minor
from {credit} c
left join (
    select position, data ->> 'currency' as currency from journal
    where type = 'ledger_opened' and position <= %(known_at)s
    order by position limit 1
) as opening on opening.position < c.position
where c.position <= %(known_at)s and (c.void_position is null or c.void_position > %(known_at)s)
group by c.employee, c.day, c.fact"""
)

STANDINGS = """
select employee, day, fact, count - others, quantity, minutes, amount_minor
from standing
where day between %(first_day)s and %(last_day)s
    and (%(employees)s::text[] is null or employee = any(%(employees)s))
order by employee, day, fact"""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What a person has of one type of fact on one business day.

    count: of a fact that several share in, the person's share.
    amount_minor: in the currency of the ledger; what came in others is left out.
    """

    employee: str
    day: dt.date
    fact: str
    count: Fraction
    quantity: int
    minutes: int
    amount_minor: int


def project(cursor: Cursor, span: Span) -> None:
    """Adds the credits of the span, and takes away those voided in it."""
    opened = opening(cursor, span.after)
    parameters = {
        "opened_at": opened.position,
        "currency": opened.fact.currency,
        "unopened": UNOPENED.fact.currency,
    }
    cursor.execute(STANDING_SPAN, {**span.bounds, **parameters})


def as_known(schema: str) -> Composed:
    """The rows of `standing` as known at the parameter `known_at`, out of the credits of `schema`."""
    return AS_KNOWN.format(credit=Identifier(schema, "credit"), unopened=Literal(UNOPENED.fact.currency))


PAST = {"standing": as_known}
"""How a comparison with the past finds the rows of a table that keeps no history."""


def standings(
    cursor: Cursor, first_day: dt.date, last_day: dt.date, employees: Sequence[str] | None = None
) -> list[Standing]:
    """The totals of `employees`, or of everybody, from `first_day` to `last_day`, both counting."""
    rows = cursor.execute(
        STANDINGS, {"first_day": first_day, "last_day": last_day, "employees": employees}, prepare=False
    )
    return [
        Standing(
            employee=employee,
            day=day,
            fact=fact,
            count=Fraction(count),
            quantity=quantity,
            minutes=minutes,
            amount_minor=int(amount_minor),
        )
        for employee, day, fact, count, quantity, minutes, amount_minor in rows
    ]

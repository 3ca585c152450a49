"""Credits: each performance fact as it counts for the person it names, in the columns that measures read."""

from domain.facts.registry import CREDITED
from projections.opening import opening
from projections.spans import Cursor, Span, mark_voided

NAME = "credits"
VERSION = 2
TABLES = ("credit",)
FACTS = CREDITED | {"fact_voided"}

SCHEMA = """
create table credit (
    position      bigint      not null,
    employee      text        not null collate "C",
    fact          text        not null collate "C",
    day           date        not null,
    deal_day      date        check (deal_day is null or fact = 'deal_reversed'),
    at            timestamptz not null,
    customer      text        collate "C",
    deal          text        collate "C",
    kind          text        collate "C",
    channel       text        collate "C",
    product       text        collate "C",
    quantity      bigint      check (quantity > 0),
    minutes       bigint      check (minutes >= 0),
    amount_minor  bigint      check (amount_minor > 0),
    currency      text        collate "C" check ((currency is null) = (amount_minor is null)),
    score         numeric     check (score >= 0),
    attributes    jsonb,
    void_position bigint      check (void_position > position),
    primary key (position, employee)
);
comment on table credit is 'Performance facts, one row for each fact and the person it counts for.';
comment on column credit.position is 'Of the fact in the journal.';
comment on column credit.fact is 'Type of the fact, such as deal_closed.';
comment on column credit.day is 'Business day of the fact, in the zone of the ledger.';
comment on column credit.deal_day is 'Of a reversal: business day on which its deal was closed.';
comment on column credit.at is 'When it happened.';
comment on column credit.amount_minor is 'Money in minor units of currency.';
comment on column credit.void_position is 'Position of the void that cancelled the fact.';

create index credit_by_employee on credit (employee, day);
create index credit_by_day on credit using brin (day);
create index credit_by_deal_day on credit using brin ((coalesce(deal_day, day)));
create index credit_of_deal on credit (deal, position) where fact = 'deal_closed';
create index credit_voided on credit (void_position) where void_position is not null;
"""

# json_to_record reads each fact's text once for all columns, an arrow would read it once for each.
CREDIT_SPAN = """
insert into credit (
    position, employee, fact, day, at, customer, deal, kind, channel, product,
    quantity, minutes, amount_minor, currency, score, attributes
)
select
    position, said.employee, type, (occurred_at at time zone %(zone)s)::date, occurred_at,
    said.customer, said.deal, said.kind, said.channel, said.product,
    said.quantity, said.minutes, said.amount_minor, said.currency, said.score, said.attributes
from journal
cross join lateral json_to_record(data) as said (
    employee text, customer text, deal text, kind text, channel text, product text,
    quantity bigint, minutes bigint, amount_minor bigint, currency text, score numeric, attributes jsonb
)
where position > %(after)s and position <= %(upto)s and type = any(%(credited)s)"""

# The last deal of that name: one that was voided and closed anew had not come back before.
DEAL_DAYS = """
update credit as back set deal_day = (
    select sold.day from credit sold
    where sold.fact = 'deal_closed' and sold.deal = back.deal and sold.position < back.position
    order by sold.position desc limit 1
)
where back.fact = 'deal_reversed' and back.position > %(after)s and back.position <= %(upto)s"""


def project(cursor: Cursor, span: Span) -> None:
    """Credits every performance fact of the span to its employee."""
    zone = opening(cursor, span.after).fact.zone
    cursor.execute(CREDIT_SPAN, {**span.bounds, "zone": zone, "credited": sorted(CREDITED)})
    cursor.execute(DEAL_DAYS, span.bounds)
    mark_voided(cursor, span, "credit")

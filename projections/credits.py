"""Credits: performance facts as they count for those who have a part in them, in the columns of measures."""

from domain.facts.registry import CREDITED
from projections.opening import opening
from projections.spans import Cursor, Span, mark_voided

NAME = "credits"
VERSION = 4
TABLES = ("credit",)
FACTS = CREDITED | {"fact_voided"}

SCHEMA = """
create table credit (
    position      bigint      not null,
    part          smallint    not null check (part >= 0),
    employee      text        not null collate "C",
    role          text        not null collate "C",
    share         numeric     check ((share is null) = (part = 0) and share between 0 and 1),
    fact          text        not null collate "C",
    day           date        not null,
    deal_day      date        check (deal_day is null or fact = 'deal_reversed'),
    at            timestamptz not null,
    customer      text        collate "C",
    deal          text        collate "C",
    contract      text        collate "C",
    kind          text        collate "C",
    channel       text        collate "C",
    product       text        collate "C",
    quantity      bigint      check (quantity >= 0),
    minutes       bigint      check (minutes >= 0),
    amount_minor  bigint      check (amount_minor >= 0),
    currency      text        collate "C" check ((currency is null) = (amount_minor is null)),
    score         numeric     check (score >= 0),
    attributes    jsonb,
    void_position bigint      check (void_position > position),
    primary key (position, part)
) with (autovacuum_analyze_scale_factor = 0.02);  -- else a month would be over before its days are known
comment on table credit is 'Performance facts, one row for each fact and the person it counts for.';
comment on column credit.position is 'Of the fact in the journal.';
comment on column credit.part is 'Which part of the fact, in its own order; 0 for all of it.';
comment on column credit.role is 'Role of the person in the fact; `sole` for who did it alone.';
comment on column credit.share is 'Of the fact; 0 for a fixed amount, null for all of it.';
comment on column credit.fact is 'Type of the fact, such as deal_closed.';
comment on column credit.day is 'Business day of the fact, in the zone of the ledger.';
comment on column credit.deal_day is 'Of a reversal: business day on which its deal was closed.';
comment on column credit.at is 'When it happened.';
comment on column credit.quantity is 'What the person has of the whole, as of minutes and amount_minor.';
comment on column credit.amount_minor is 'Money in minor units of currency.';
comment on column credit.void_position is 'Position of the void that cancelled the fact.';

create index credit_by_employee on credit (employee, day);
create index credit_by_day on credit (day);
create index credit_by_deal_day on credit (deal_day) where deal_day is not null;
create index credit_of_deal on credit (deal, position) where fact = 'deal_closed';
create index credit_voided on credit (void_position) where void_position is not null;
"""

# `domain.people.sharing` is the reference: fixed amounts first, the rest by weight; each part is rounded
# down, and the units that are left go one each to the parts that lost most, in the order of the fact.
_PORTIONS = """
select
    part, employee, role, share,
    coalesce(fixed, whole_units + (row_number() over (
        order by lost_units desc nulls last, part) <= amount_minor - sum(whole_units) over ())::int
    )::bigint as amount_minor,
    (whole_pieces + (row_number() over (
        order by lost_pieces desc nulls last, part) <= said.quantity - sum(whole_pieces) over ())::int
    )::bigint as quantity,
    (whole_minutes + (row_number() over (
        order by lost_minutes desc nulls last, part) <= said.minutes - sum(whole_minutes) over ())::int
    )::bigint as minutes
from (
    select
        part, employee, role, share, fixed, amount_minor,
        div(amount_minor * weight, of_weight) as whole_units,
        mod(amount_minor * weight, of_weight) as lost_units,
        div(said.quantity * nullif(share, 0), 1) as whole_pieces,
        mod(said.quantity * nullif(share, 0), 1) as lost_pieces,
        div(said.minutes * nullif(share, 0), 1) as whole_minutes,
        mod(said.minutes * nullif(share, 0), 1) as lost_minutes
    from ({parts}) as parts
) as rounded"""

_NAMED = """
select
    part, employee, role, coalesce(rtrim(share, '%% ')::numeric * 0.01, 0) as share, amount_minor as fixed,
    rtrim(share, '%% ')::numeric * 0.01 as weight, 1 as of_weight,
    said.amount_minor - coalesce(sum(amount_minor) over (), 0) as amount_minor
from rows from (
    json_to_recordset(said.credits) as (employee text, role text, share text, amount_minor bigint)
) with ordinality as named (employee, role, share, amount_minor, part)"""

_SOLD = """
select
    part, employee, role, share, null::bigint as fixed, credited.amount_minor::numeric as weight,
    sum(credited.amount_minor) over () as of_weight, said.amount_minor
from credit credited
where credited.position = sold.position and credited.part > 0"""

# json_to_record reads each fact's text once for all columns, an arrow would read it once for each. `offset 0`
# keeps the parts behind one test of the row, so that a fact without any is done with at once.
_SPAN = """
insert into credit (
    position, part, employee, role, share, fact, day, deal_day, at, customer, deal, contract, kind, channel,
    product,
    quantity, minutes, amount_minor, currency, score, attributes
)
select
    journal.position, coalesce(own.part, 0), coalesce(own.employee, said.employee),
    coalesce(own.role, said.role, 'sole'), own.share,
    type, (occurred_at at time zone %(zone)s)::date, sold.day, occurred_at,
    said.customer, said.deal, said.contract, said.kind, said.channel, said.product,
    case when own.part is null then said.quantity else own.quantity end,
    case when own.part is null then said.minutes else own.minutes end,
    case when own.part is null then said.amount_minor else own.amount_minor end,
    said.currency, said.score, said.attributes
from journal
cross join lateral json_to_record(data) as said (
    employee text, role text, customer text, deal text, contract text, kind text, channel text, product text,
    quantity bigint, minutes bigint, amount_minor bigint, currency text, score numeric, attributes jsonb,
    credits json
)
left join lateral ({sold}) as sold on true
left join lateral (select * from ({portions}) as portions where {is_split} offset 0) as own on true
where journal.position > %(after)s and journal.position <= %(upto)s and type = any(%(credited)s)"""

CREDIT_SPAN = _SPAN.format(
    sold="select null::bigint as position, null::date as day",
    portions=_PORTIONS.format(parts=_NAMED),
    is_split="said.credits is not null",
)
"""Everything but what comes back."""

# The last deal of that name: one that was voided and closed anew had not come back before.
RETURN_SPAN = _SPAN.format(
    sold="""
select position, day from credit
where fact = 'deal_closed' and deal = said.deal and position < journal.position
order by position desc limit 1""",
    portions=_PORTIONS.format(parts=_SOLD),
    is_split="sold.position is not null",
)
"""What comes back: on the day and by the credits of the deal that was closed, which must be there before."""

RETURNS = frozenset({"deal_reversed"})


def project(cursor: Cursor, span: Span) -> None:
    """Credits every performance fact of the span to those who have a part in it."""
    asked = {**span.bounds, "zone": opening(cursor, span.after).fact.zone}
    if span.may_hold(CREDITED - RETURNS):
        cursor.execute(CREDIT_SPAN, {**asked, "credited": sorted(CREDITED - RETURNS)})
    if span.may_hold(RETURNS):
        cursor.execute(RETURN_SPAN, {**asked, "credited": sorted(RETURNS)})
    mark_voided(cursor, span, "credit")

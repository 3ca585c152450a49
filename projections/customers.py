"""Clients: who looks after each, and the last stage of the sale that it has reached."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from domain.facts.selling import Stage
from projections.rows import fetch
from projections.spans import Cursor, Span, mark_voided

NAME = "customers"
VERSION = 1
TABLES = ("customer_change",)
FACTS = frozenset({"customer_registered", "customer_assigned", "stage_reached", "fact_voided"})

SCHEMA = """
create table customer_change (
    position      bigint      primary key,
    customer      text        not null collate "C",
    employee      text        not null collate "C",
    fact          text        not null collate "C",
    kind          text        collate "C",
    at            timestamptz not null,
    void_position bigint      check (void_position > position)
);
comment on table customer_change is 'What happened to clients: won over, assigned, brought to a stage.';
comment on column customer_change.position is 'Of the fact in the journal.';
comment on column customer_change.kind is 'Of a stage: which; of a new client: what kind it is.';
comment on column customer_change.void_position is 'Position of the void that cancelled the fact.';

create index customer_change_by_customer on customer_change (customer, at, position);
"""

CHANGE_SPAN = """
insert into customer_change (position, customer, employee, fact, kind, at)
select position, data ->> 'customer', data ->> 'employee', type, data ->> 'kind', occurred_at
from journal
where position > %(after)s and position <= %(upto)s
    and type in ('customer_registered', 'customer_assigned', 'stage_reached')"""

CHANGES = """
select {columns} from customer_change
where customer = any(%(customers)s) and {known}
order by customer, at, position"""


OWNED = """
select {columns} from (
    select distinct on (customer) customer, employee
    from customer_change
    where fact <> 'stage_reached' and {known}
        and (%(owners)s::text[] is null or customer in (
            select customer from customer_change where employee = any(%(owners)s)
        ))
    order by customer, at desc, position desc
) last
where %(owners)s::text[] is null or employee = any(%(owners)s)
order by customer"""


class _Owned(msgspec.Struct, frozen=True):
    customer: str


class _Change(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    customer: str
    employee: str
    fact: str
    kind: str | None
    at: dt.datetime


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """A client as it stands. owner: who looks after it; None where nobody was told.

    kind: hospital, clinic …; stage: the last one reached; reached_at, position: when, and by which fact.
    """

    customer: str
    owner: str | None
    kind: str | None
    stage: Stage | None
    reached_at: dt.datetime | None
    position: int | None


def project(cursor: Cursor, span: Span) -> None:
    """Adds what happened to clients in the span, and marks what was voided in it."""
    cursor.execute(CHANGE_SPAN, span.bounds)
    mark_voided(cursor, span, *TABLES)


def customers(cursor: Cursor, names: Sequence[str], known_at: int | None = None) -> dict[str, Customer]:
    """Those of the clients `names` that facts speak of, by id."""
    told: dict[str, list[_Change]] = {}
    for each in fetch(cursor, _Change, CHANGES, {"customers": list(names)}, known_at):
        told.setdefault(each.customer, []).append(each)
    return {name: _customer(name, changes) for name, changes in told.items()}


def owned(cursor: Cursor, owners: Sequence[str] | None, known_at: int | None = None) -> list[str]:
    """The clients whom `owners`, or anybody, look after; by id."""
    asked = {"owners": None if owners is None else list(owners)}
    return [each.customer for each in fetch(cursor, _Owned, OWNED, asked, known_at)]


def _customer(name: str, changes: Sequence[_Change]) -> Customer:
    owned = [each for each in changes if each.fact != "stage_reached"]
    kinds = [each.kind for each in changes if each.fact == "customer_registered" and each.kind]
    reached = [each for each in changes if each.fact == "stage_reached"]
    last = reached[-1] if reached else None
    return Customer(
        customer=name,
        owner=owned[-1].employee if owned else None,
        kind=kinds[-1] if kinds else None,
        stage=None if last is None else msgspec.convert(last.kind, Stage),
        reached_at=last.at if last else None,
        position=last.position if last else None,
    )

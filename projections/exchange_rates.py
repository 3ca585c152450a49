"""Exchange rates: what one currency was worth in another from which day on, as known at a position."""

import datetime as dt
from typing import Any

from domain.facts.currencies import ExchangeRateSet
from domain.plan.exchange import Rate
from projections.rows import facts_of, fetch, store
from projections.spans import Cursor, Span, mark_voided

NAME = "exchange_rates"
VERSION = 2
TABLES = ("exchange_rate",)
FACTS = frozenset({"exchange_rate_set", "fact_voided"})

SCHEMA = """
create table exchange_rate (
    position      bigint primary key,
    base          text   not null collate "C",
    quote         text   not null collate "C" check (quote <> base),
    rate          text   not null collate "C",
    effective_on  date   not null,
    quoted_by     text,
    void_position bigint check (void_position > position)
);
comment on table exchange_rate is 'What a unit of one currency is worth in another, from a day on.';
comment on column exchange_rate.position is 'Of the fact in the journal.';
comment on column exchange_rate.rate is 'Units of quote for one of base: a decimal as text, as it was given.';
comment on column exchange_rate.effective_on is 'First day; it holds until the next rate of the two.';
comment on column exchange_rate.void_position is 'Position of the void that cancelled the fact.';

create index exchange_rate_by_pair on exchange_rate (base, quote, effective_on);
create index exchange_rate_voided on exchange_rate (void_position) where void_position is not null;
"""

RATES = """
select {columns} from exchange_rate told
where effective_on <= coalesce(%(until)s::date, effective_on)
    and (%(currency)s::text is null or %(currency)s in (base, quote)) and {known}
    and (%(since)s::date is null or effective_on > %(since)s or not exists (
        select from exchange_rate
        where (base, quote) = (told.base, told.quote)
            and effective_on > told.effective_on and effective_on <= %(since)s and {known}
    ))
order by base, quote, effective_on, position"""


def project(cursor: Cursor, span: Span) -> None:
    """Adds the rates of the span, and marks those voided in it."""
    store(
        cursor,
        "exchange_rate",
        [
            _row(position, fact)
            for position, fact in facts_of(cursor, span, "exchange_rate_set")
            if isinstance(fact, ExchangeRateSet)
        ],
    )
    mark_voided(cursor, span, *TABLES)


def told(
    cursor: Cursor,
    known_at: int | None,
    *,
    currency: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> list[Rate]:
    """Every live rate, of `currency` if given, that holds on some day of `since` to `until`, both included.

    In order of pair and day.
    """
    asked: dict[str, Any] = {"currency": currency, "since": since, "until": until}
    return fetch(cursor, Rate, RATES, asked, known_at)


def in_force(cursor: Cursor, day: dt.date, known_at: int | None, currency: str | None = None) -> list[Rate]:
    """The last rate of each pair, as quoted, on `day`."""
    last = {
        (rate.base, rate.quote): rate
        for rate in told(cursor, known_at, currency=currency, since=day, until=day)
    }
    return list(last.values())


def _row(position: int, fact: ExchangeRateSet) -> Rate:
    return Rate(
        position=position,
        base=fact.base,
        quote=fact.quote,
        rate=fact.rate,
        effective_on=fact.effective_on,
        quoted_by=fact.quoted_by,
    )

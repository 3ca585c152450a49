"""The market: what others pay for a post, by whose figures, as of any day."""

import datetime as dt

import msgspec

from domain.facts.market import MarketPaySurveyed
from domain.people.market import Survey
from projections.rows import facts_of, fetch, store
from projections.spans import Cursor, Span, mark_voided

NAME = "market"
VERSION = 1
TABLES = ("market_pay",)
FACTS = frozenset({"market_pay_surveyed", "fact_voided"})

SCHEMA = """
create table market_pay (
    position      bigint   primary key,
    post          text     not null collate "C",
    branch        text     collate "C",
    surveyed_on   date     not null,
    surveyed_by   text     not null,
    currency      text     not null collate "C",
    percents      int[]    not null,
    amounts_minor bigint[] not null check (cardinality(amounts_minor) = cardinality(percents)),
    void_position bigint   check (void_position > position)
);
comment on table market_pay is 'What the market pays for a month of a post, one row a survey.';
comment on column market_pay.position is 'Of the fact in the journal.';
comment on column market_pay.branch is 'The place that it is about; null for everywhere.';
comment on column market_pay.surveyed_by is 'Whose figures they are.';
comment on column market_pay.amounts_minor is 'Of each of percents, in minor units of currency.';
comment on column market_pay.void_position is 'Position of the void that cancelled the fact.';
"""

SURVEYS = """
select {columns} from market_pay
where surveyed_on <= %(day)s and {known}
order by surveyed_on, position"""


def project(cursor: Cursor, span: Span) -> None:
    """Adds the surveys of the span, and marks those voided in it."""
    rows: list[Survey] = []
    for position, fact in facts_of(cursor, span, "market_pay_surveyed"):
        assert isinstance(fact, MarketPaySurveyed)
        said = {name: value for name, value in msgspec.structs.asdict(fact).items() if name != "percentiles"}
        rows.append(
            Survey(
                position=position,
                percents=[each.percent for each in fact.percentiles],
                amounts_minor=[each.amount_minor for each in fact.percentiles],
                **said,
            )
        )
    store(cursor, "market_pay", rows)
    mark_voided(cursor, span, *TABLES)


def surveys(cursor: Cursor, day: dt.date, known_at: int | None = None) -> list[Survey]:
    """The surveys up to `day`, in the order of their days."""
    return fetch(cursor, Survey, SURVEYS, {"day": day}, known_at)

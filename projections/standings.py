"""Standings: each person's totals of each day and fact, as they are now; voided facts are not in them."""

from projections.spans import Cursor, Span

NAME = "standings"
VERSION = 1
TABLES = ("standing",)

SCHEMA = """
create table standing (
    employee     text   collate "C",
    day          date,
    fact         text   collate "C",
    count        bigint not null check (count > 0),
    quantity     bigint not null check (quantity >= 0),
    minutes      bigint not null check (minutes >= 0),
    amount_minor bigint not null check (amount_minor >= 0),
    primary key (employee, day, fact)
);
comment on table standing is 'Totals of the credits that count now, of each person, business day and type of fact.';
comment on column standing.count is 'How many facts.';
comment on column standing.amount_minor is 'In minor units of the currency of the ledger; other currencies are left out.';
"""

INDEXES = "create index standing_by_day on standing (day);"


def project(cursor: Cursor, span: Span) -> None:
    """Folds the facts of `span`."""

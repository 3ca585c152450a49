"""Confirmations: who answers for a metric, and which facts they have confirmed."""

from projections.spans import Cursor, Span, mark_voided

NAME = "confirmations"
VERSION = 2
TABLES = ("confirmation",)
FACTS = frozenset({"fact_confirmed", "fact_voided"})

SCHEMA = """
create table confirmation (
    position      bigint primary key,
    fact_position bigint not null check (fact_position < position),
    role          text   not null collate "C",
    void_position bigint check (void_position > position)
);
comment on table confirmation is 'Facts that somebody who answers for them has confirmed.';
comment on column confirmation.position is 'Of the confirmation in the journal.';
comment on column confirmation.fact_position is 'Of the fact that is confirmed.';
comment on column confirmation.role is 'As what it was confirmed: production, rd, manager …';
comment on column confirmation.void_position is 'Position of the void that cancelled the confirmation.';

create index confirmation_by_fact on confirmation (fact_position, role);
create index confirmation_voided on confirmation (void_position) where void_position is not null;
"""

CONFIRM_SPAN = """
insert into confirmation (position, fact_position, role)
select position, (data ->> 'position')::bigint, data ->> 'role'
from journal
where position > %(after)s and position <= %(upto)s and type = 'fact_confirmed'"""


def project(cursor: Cursor, span: Span) -> None:
    """Notes the confirmations of the span, and which of any span were voided in it."""
    cursor.execute(CONFIRM_SPAN, span.bounds)
    mark_voided(cursor, span, "confirmation")

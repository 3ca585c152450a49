"""Surveys: how people felt, week by week."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from projections.opening import opening
from projections.rows import fetch
from projections.spans import Cursor, Span, mark_voided

NAME = "surveys"
VERSION = 1
TABLES = ("survey",)
FACTS = frozenset({"survey_answered", "fact_voided"})

SCHEMA = """
create table survey (
    position              bigint      primary key,
    employee              text        not null collate "C",
    day                   date        not null,
    at                    timestamptz not null,
    stress                numeric     not null check (stress between 0 and 10),
    training_satisfaction numeric     not null check (training_satisfaction between 0 and 10),
    belonging             numeric     not null check (belonging between 0 and 10),
    void_position         bigint      check (void_position > position)
);
comment on table survey is 'Answers to the weekly survey, one row a fact.';
comment on column survey.position is 'Of the fact in the journal.';
comment on column survey.stress is 'From 0 to 10, the most.';
comment on column survey.void_position is 'Position of the void that cancelled the fact.';

create index survey_by_employee on survey (employee, day);
"""

SURVEY_SPAN = """
insert into survey (position, employee, day, at, stress, training_satisfaction, belonging)
select
    position, said.employee, (occurred_at at time zone %(zone)s)::date, occurred_at,
    said.stress, said.training_satisfaction, said.belonging
from journal
cross join lateral json_to_record(data) as said (
    employee text, stress numeric, training_satisfaction numeric, belonging numeric
)
where position > %(after)s and position <= %(upto)s and type = 'survey_answered'"""

ANSWERS = """
select {columns} from survey
where (%(employees)s::text[] is null or employee = any(%(employees)s))
    and day between %(first)s and %(last)s and {known}
order by employee, at, position"""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to the survey, each degree from 0 to 10 exactly as given."""

    position: int
    employee: str
    day: dt.date
    stress: Decimal
    training_satisfaction: Decimal
    belonging: Decimal


def project(cursor: Cursor, span: Span) -> None:
    """Adds the answers of the span, and marks those voided in it."""
    zone = opening(cursor, span.after).fact.zone
    cursor.execute(SURVEY_SPAN, {**span.bounds, "zone": zone})
    mark_voided(cursor, span, *TABLES)


def answers(
    cursor: Cursor,
    first: dt.date,
    last: dt.date,
    employees: Sequence[str] | None = None,
    known_at: int | None = None,
) -> list[Answer]:
    """What `employees`, or everybody, answered on the days from `first` to `last`; by person and time."""
    asked = {"employees": employees, "first": first, "last": last}
    return fetch(cursor, Answer, ANSWERS, asked, known_at)

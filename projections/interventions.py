"""Care: which warnings were seen, and what is done for whom, by whom, until when, with what outcome."""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

import msgspec

from domain.facts.base import Fact
from domain.facts.interventions import AlertAcknowledged, InterventionClosed, InterventionOpened
from projections.rows import facts_of, fetch, store
from projections.spans import Cursor, Span, mark_voided

NAME = "interventions"
VERSION = 1
TABLES = ("alert_seen", "intervention", "intervention_end")
FACTS = frozenset({"alert_acknowledged", "intervention_opened", "intervention_closed", "fact_voided"})

SCHEMA = """
create table alert_seen (
    position      bigint primary key,
    employee      text   not null collate "C",
    plan          text   not null collate "C",
    alert         text   not null collate "C",
    period        text   not null collate "C",
    void_position bigint check (void_position > position)
);
comment on table alert_seen is 'Warnings that somebody acknowledged.';
comment on column alert_seen.position is 'Of the fact in the journal.';
comment on column alert_seen.period is 'In which the warning was raised.';
comment on column alert_seen.void_position is 'Position of the void that cancelled the fact.';

create table intervention (
    position      bigint primary key,
    intervention  text   not null collate "C",
    employee      text   not null collate "C",
    owner         text   not null collate "C",
    actions       text[] not null,
    due_on        date   not null,
    plan          text   collate "C",
    alert         text   collate "C",
    period        text   collate "C",
    void_position bigint check (void_position > position)
);
comment on table intervention is 'What is done for people.';
comment on column intervention.position is 'Of the fact in the journal.';
comment on column intervention.owner is 'Who sees to it.';
comment on column intervention.period is 'In which the warning behind it was raised.';
comment on column intervention.void_position is 'Position of the void that cancelled the fact.';

create table intervention_end (
    position      bigint primary key,
    intervention  text   not null collate "C",
    employee      text   not null collate "C",
    outcome       text   not null collate "C",
    void_position bigint check (void_position > position)
);
comment on table intervention_end is 'How interventions ended.';
comment on column intervention_end.position is 'Of the fact in the journal.';
comment on column intervention_end.void_position is 'Position of the void that cancelled the fact.';

create index alert_seen_by_employee on alert_seen (employee, plan, alert);
create index intervention_by_employee on intervention (employee, position);
create index intervention_end_by_intervention on intervention_end (intervention, position);
"""

SEEN = "select {columns} from alert_seen where {known} order by position"

OPENED = """
select {columns} from intervention
where (%(employees)s::text[] is null or employee = any(%(employees)s)) and {known}
order by position"""

ENDED = """
select {columns} from intervention_end
where (%(employees)s::text[] is null or employee = any(%(employees)s)) and {known}
order by position"""


class AlertSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A warning that somebody acknowledged."""

    position: int
    employee: str
    plan: str
    alert: str
    period: str


class _OpenedRow(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    intervention: str
    employee: str
    owner: str
    actions: list[str]
    due_on: dt.date
    plan: str | None
    alert: str | None
    period: str | None


class _EndedRow(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    intervention: str
    employee: str
    outcome: str


class Intervention(_OpenedRow, frozen=True, kw_only=True):
    """What is done for a person, by `owner`, until `due_on`. closed_at: position of its end, if it ended.

    plan, alert, period: the warning behind it. overdue: it is open, and `due_on` has passed.
    """

    state: Literal["open", "overdue", "closed"]
    outcome: str | None
    closed_at: int | None


def project(cursor: Cursor, span: Span) -> None:
    """Adds what was seen, begun and ended in the span, and marks what was voided in it."""
    rows = [row(position, fact) for position, fact in facts_of(cursor, span, *FACTS - {"fact_voided"})]
    store(cursor, "alert_seen", [each for each in rows if isinstance(each, AlertSeen)])
    store(cursor, "intervention", [each for each in rows if isinstance(each, _OpenedRow)])
    store(cursor, "intervention_end", [each for each in rows if isinstance(each, _EndedRow)])
    mark_voided(cursor, span, *TABLES)


def row(position: int, fact: Fact) -> AlertSeen | _OpenedRow | _EndedRow:
    """The row that `fact` brings."""
    match fact:
        case AlertAcknowledged():
            return AlertSeen(position=position, **msgspec.structs.asdict(fact))
        case InterventionOpened():
            said = {name: getattr(fact, name) for name in _OpenedRow.__struct_fields__ if name != "position"}
            return _OpenedRow(position=position, **said)
        case InterventionClosed():
            return _EndedRow(
                position=position,
                intervention=fact.intervention,
                employee=fact.employee,
                outcome=fact.outcome,
            )
        case _:
            raise TypeError(f"interventions have no row for {fact.TYPE}")


def acknowledged(cursor: Cursor, known_at: int | None = None) -> list[AlertSeen]:
    """The warnings that were acknowledged, by position."""
    return fetch(cursor, AlertSeen, SEEN, {}, known_at)


def interventions(
    cursor: Cursor, day: dt.date, employees: Sequence[str] | None = None, known_at: int | None = None
) -> list[Intervention]:
    """What is done for `employees`, or for everybody, as it stands on `day`; by position."""
    asked = {"employees": employees}
    ends = {each.intervention: each for each in fetch(cursor, _EndedRow, ENDED, asked, known_at)}
    found: list[Intervention] = []
    for opened in fetch(cursor, _OpenedRow, OPENED, asked, known_at):
        end = ends.get(opened.intervention)
        state = "closed" if end else "overdue" if opened.due_on < day else "open"
        found.append(
            Intervention(
                **msgspec.structs.asdict(opened),
                state=state,
                outcome=end.outcome if end else None,
                closed_at=end.position if end else None,
            )
        )
    return found

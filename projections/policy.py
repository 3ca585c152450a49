"""Policy: the versions of plans and their ends, what branches and people override, and changed targets."""

from projections.spans import Cursor, Span, mark_voided

NAME = "policy"
VERSION = 1
TABLES = ("plan_version", "plan_end", "override", "target_change")
FACTS = frozenset("plan_adopted plan_ended override_set target_changed fact_voided".split())

SCHEMA = """
create table plan_version (
    position        bigint primary key,
    plan            text   not null collate "C",
    effective_from  date   not null,
    effective_until date,
    document        json   not null,
    document_hash   text   not null collate "C",
    void_position   bigint check (void_position > position)
);
comment on table plan_version is 'Plan documents that were adopted.';
comment on column plan_version.position is 'Of the fact in the journal.';
comment on column plan_version.effective_until is 'Last day that the document itself states; null for none.';
comment on column plan_version.document is 'As adopted; json and not jsonb, because its hash is of these bytes.';
comment on column plan_version.document_hash is 'SHA-256 of the canonical document, in hexadecimal.';
comment on column plan_version.void_position is 'Position of the void that cancelled the fact.';

create table plan_end (
    position      bigint primary key,
    plan          text   not null collate "C",
    ended_on      date   not null,
    void_position bigint check (void_position > position)
);
comment on table plan_end is 'Plans that no longer apply after a day, unless adopted anew from a later day.';
comment on column plan_end.position is 'Of the fact in the journal.';
comment on column plan_end.void_position is 'Position of the void that cancelled the fact.';

create table override (
    position        bigint primary key,
    plan            text   not null collate "C",
    parameter       text   not null collate "C",
    level           text   not null collate "C" check (level in ('branch', 'team', 'person')),
    scope           text   not null collate "C",
    value           text   not null collate "C",
    effective_from  date   not null,
    effective_until date,
    void_position   bigint check (void_position > position)
);
comment on table override is 'Parameters that a branch, team or person has set.';
comment on column override.position is 'Of the fact in the journal.';
comment on column override.scope is 'Id of the branch, team or person.';
comment on column override.value is 'A number or percentage as text, as it was given.';
comment on column override.effective_until is 'Last day; null for no end.';
comment on column override.void_position is 'Position of the void that cancelled the fact.';

create table target_change (
    position        bigint primary key,
    employee        text   not null collate "C",
    target          text   not null collate "C",
    value           text   not null collate "C",
    within_days     bigint,
    effective_from  date   not null,
    effective_until date,
    void_position   bigint check (void_position > position)
);
comment on table target_change is 'Targets and milestones changed for one person.';
comment on column target_change.position is 'Of the fact in the journal.';
comment on column target_change.value is 'A number or percentage as text, as it was given.';
comment on column target_change.within_days is 'New length of a milestone''s window, counted from the hire day.';
comment on column target_change.effective_until is 'Last day; null for no end.';
comment on column target_change.void_position is 'Position of the void that cancelled the fact.';
"""

INDEXES = """
create index plan_version_by_plan on plan_version (plan, effective_from);
create index override_by_plan on override (plan, effective_from);
create index target_change_by_employee on target_change (employee, effective_from);
"""


def project(cursor: Cursor, span: Span) -> None:
    """Folds the facts of `span`."""

"""Policy: the versions of plans and their ends, what branches and people override, and changed targets."""

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from domain.facts.base import Fact
from domain.facts.governance import OverrideSet, PlanAdopted, PlanEnded, TargetChanged
from domain.journal.canonical import canonical
from domain.plan.document import Plan
from domain.plan.overrides import Override, TargetChange
from domain.plan.parse import parse_plan
from projections.rows import facts_of, fetch, store
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
    document        text   not null,
    document_hash   text   not null collate "C",
    void_position   bigint check (void_position > position)
);
comment on table plan_version is 'Plan documents that were adopted.';
comment on column plan_version.position is 'Of the fact in the journal.';
comment on column plan_version.effective_until is 'Last day that the document itself states; null for none.';
comment on column plan_version.document is 'Canonical JSON, of which document_hash is the SHA-256.';
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
comment on column target_change.within_days is
    'New length of a milestone''s window, counted from the hire day.';
comment on column target_change.effective_until is 'Last day; null for no end.';
comment on column target_change.void_position is 'Position of the void that cancelled the fact.';

create index plan_version_by_plan on plan_version (plan, effective_from);
create index override_by_plan on override (plan, effective_from);
create index target_change_by_employee on target_change (employee, effective_from);
"""

VERSIONS = "select {columns} from plan_version where {known} order by plan, effective_from, position"

# An end is an end for the versions that started before it; a later one starts the plan anew.
IN_FORCE = """
with version as (
    select distinct on (plan) {columns} from plan_version
    where effective_from <= %(day)s and {known}
    order by plan, effective_from desc, position desc
)
select {columns} from version
where (effective_until is null or effective_until >= %(day)s) and not exists (
    select from plan_end
    where plan_end.plan = version.plan and ended_on < %(day)s and ended_on >= effective_from and {known}
)
order by plan"""

ENDS = "select {columns} from plan_end where {known} order by plan, position"

OVERRIDES = "select {columns} from override where {known} order by position"

TARGET_CHANGES = """
select {columns} from target_change
where (%(employees)s::text[] is null or employee = any(%(employees)s)) and {known}
order by employee, position"""


class PlanVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A plan document that was adopted. document: canonical JSON. effective_until: as the document says."""

    position: int
    plan: str
    effective_from: dt.date
    effective_until: dt.date | None
    document: str
    document_hash: str

    def parsed(self) -> Plan:
        """What the document says."""
        return _parsed(self.document, self.plan)


class PlanEnd(msgspec.Struct, frozen=True, kw_only=True):
    """A plan no longer applies after `ended_on`."""

    position: int
    plan: str
    ended_on: dt.date


def project(cursor: Cursor, span: Span) -> None:
    """Adds the plans, ends, overrides and target changes of the span, and marks what was voided in it."""
    rows = [row(position, fact) for position, fact in facts_of(cursor, span, *FACTS - {"fact_voided"})]
    store(cursor, "plan_version", [row for row in rows if isinstance(row, PlanVersion)])
    store(cursor, "plan_end", [row for row in rows if isinstance(row, PlanEnd)])
    store(cursor, "override", [row for row in rows if isinstance(row, Override)])
    store(cursor, "target_change", [row for row in rows if isinstance(row, TargetChange)])
    mark_voided(cursor, span, *TABLES)


def row(position: int, fact: Fact) -> PlanVersion | PlanEnd | Override | TargetChange:
    """The row that `fact` brings."""
    match fact:
        case PlanAdopted():
            return _version(position, fact)
        case PlanEnded():
            return PlanEnd(position=position, plan=fact.plan, ended_on=fact.ended_on)
        case OverrideSet():
            return Override(position=position, **_said(fact, Override))
        case TargetChanged():
            return TargetChange(position=position, **_said(fact, TargetChange))
        case _:
            raise TypeError(f"policy has no row for {fact.TYPE}")


def plan_versions(cursor: Cursor, known_at: int | None = None) -> list[PlanVersion]:
    """Every version of every plan, by plan, first day and position."""
    return fetch(cursor, PlanVersion, VERSIONS, {}, known_at)


def plans_in_force(cursor: Cursor, day: dt.date, known_at: int | None = None) -> list[PlanVersion]:
    """The version of each plan that holds on `day`: the one that took effect last, unless it has ended."""
    return fetch(cursor, PlanVersion, IN_FORCE, {"day": day}, known_at)


def plan_ends(cursor: Cursor, known_at: int | None = None) -> list[PlanEnd]:
    """Every end of a plan, by plan and position."""
    return fetch(cursor, PlanEnd, ENDS, {}, known_at)


def last_version(cursor: Cursor, plan: str, day: dt.date, known_at: int | None = None) -> PlanVersion | None:
    """The version of `plan` that took effect last by `day`, ended or not; None where there is none."""
    begun = [v for v in plan_versions(cursor, known_at) if v.plan == plan and v.effective_from <= day]
    return begun[-1] if begun else None


def overrides(cursor: Cursor, known_at: int | None = None) -> list[Override]:
    """What branches, teams and people have set, in order of position."""
    return fetch(cursor, Override, OVERRIDES, {}, known_at)


def target_changes(
    cursor: Cursor, employees: Sequence[str] | None = None, known_at: int | None = None
) -> list[TargetChange]:
    """The targets changed for `employees`, or for anybody, by employee and position."""
    return fetch(cursor, TargetChange, TARGET_CHANGES, {"employees": employees}, known_at)


def _version(position: int, fact: PlanAdopted) -> PlanVersion:
    until = fact.document.get("effective_until")
    return PlanVersion(
        position=position,
        plan=fact.plan,
        effective_from=fact.effective_from,
        effective_until=dt.date.fromisoformat(str(until)) if until is not None else None,
        document=canonical(fact.document).decode(),
        document_hash=fact.document_hash,
    )


def _said(fact: Fact, kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The fields of `kind` that `fact` has."""
    return {name: getattr(fact, name) for name in kind.__struct_fields__ if name in fact.__struct_fields__}


@lru_cache(maxsize=256)
def _parsed(document: str, plan: str) -> Plan:
    return parse_plan(msgspec.json.decode(document), file=plan)

"""Reminders: probations and their reviews, and with credentials and newcomers what is due on a day."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from domain.facts.base import Fact
from domain.facts.probation import ProbationAgreed, ProbationReviewed
from domain.people import reminders as rules
from domain.people.notices import rules_on
from domain.people.reminders import Probation, Reminder
from projections import credentials, notice_rules, roster
from projections.closing import head
from projections.rows import facts_of, fetch, store
from projections.spans import Cursor, Span, mark_voided

NAME = "reminders"
VERSION = 1
TABLES = ("probation", "probation_review")
FACTS = frozenset({"probation_agreed", "probation_reviewed", "fact_voided"})

SCHEMA = """
create table probation (
    position      bigint primary key,
    employee      text   not null collate "C",
    ends_on       date   not null,
    void_position bigint check (void_position > position)
);
comment on table probation is 'Until when people are on probation.';
comment on column probation.position is 'Of the fact in the journal.';
comment on column probation.ends_on is 'Its last day.';
comment on column probation.void_position is 'Position of the void that cancelled the fact.';

create table probation_review (
    position      bigint   primary key,
    employee      text     not null collate "C",
    reviewer      text     not null collate "C",
    outcome       text     not null collate "C",
    evidence      bigint[] not null,
    void_position bigint   check (void_position > position)
);
comment on table probation_review is 'How probations were found to end.';
comment on column probation_review.position is 'Of the fact in the journal.';
comment on column probation_review.evidence is 'Positions of the facts behind it.';
comment on column probation_review.void_position is 'Position of the void that cancelled the fact.';

create index probation_by_employee on probation (employee, position);
create index probation_review_by_employee on probation_review (employee, position);
"""

AGREED = """
select {columns} from probation
where (%(employees)s::text[] is null or employee = any(%(employees)s)) and {known}
order by employee, position"""

REVIEWED = """
select {columns} from probation_review
where (%(employees)s::text[] is null or employee = any(%(employees)s)) and {known}
order by employee, position"""


class _Agreed(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    employee: str
    ends_on: dt.date


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """How a probation was found to end. position, evidence: of facts."""

    position: int
    employee: str
    reviewer: str
    outcome: str
    evidence: list[int]


def project(cursor: Cursor, span: Span) -> None:
    """Adds the probations and reviews of the span, and marks those voided in it."""
    rows = [row(position, fact) for position, fact in facts_of(cursor, span, *FACTS - {"fact_voided"})]
    store(cursor, "probation", [each for each in rows if isinstance(each, _Agreed)])
    store(cursor, "probation_review", [each for each in rows if isinstance(each, Review)])
    mark_voided(cursor, span, *TABLES)


def row(position: int, fact: Fact) -> _Agreed | Review:
    """The row that `fact` brings."""
    match fact:
        case ProbationAgreed():
            return _Agreed(position=position, employee=fact.employee, ends_on=fact.ends_on)
        case ProbationReviewed():
            return Review(
                position=position,
                employee=fact.employee,
                reviewer=fact.reviewer,
                outcome=fact.outcome,
                evidence=fact.evidence,
            )
        case _:
            raise TypeError(f"reminders have no row for {fact.TYPE}")


def reviews(
    cursor: Cursor, employees: Sequence[str] | None = None, known_at: int | None = None
) -> list[Review]:
    """All reviews of `employees`, or of everybody, by employee and position."""
    return fetch(cursor, Review, REVIEWED, {"employees": employees}, known_at)


def probations(
    cursor: Cursor, employees: Sequence[str] | None = None, known_at: int | None = None
) -> list[Probation]:
    """The last agreed probation of each of `employees`, or of everybody, with the review that came after."""
    asked = {"employees": employees}
    agreed = {each.employee: each for each in fetch(cursor, _Agreed, AGREED, asked, known_at)}
    reviewed = {each.employee: each for each in reviews(cursor, employees, known_at)}
    found: list[Probation] = []
    for employee, each in agreed.items():
        review = reviewed.get(employee)
        is_of_it = review is not None and review.position > each.position
        found.append(
            Probation(
                employee=employee,
                ends_on=each.ends_on,
                agreed_at=each.position,
                reviewed_at=review.position if review and is_of_it else None,
                outcome=review.outcome if review and is_of_it else None,
            )
        )
    return found


def reminders(
    cursor: Cursor,
    day: dt.date,
    employees: Sequence[str] | None = None,
    known_at: int | None = None,
    *,
    lead_months: int | None = None,
) -> list[Reminder]:
    """What is due about `employees`, or about everybody who works here on `day`: the most urgent first.

    lead_months: so long before it expires a credential is told of; as the rules on notices say if absent.
    """
    known_at = head(cursor) if known_at is None else known_at
    if lead_months is None:
        lead_months = rules_on(notice_rules.notice_rules(cursor, known_at), day).lead_months
    here = roster.here(cursor, day, employees, known_at)
    on_probation = {each.employee: each for each in probations(cursor, employees, known_at)}
    held = credentials.held(cursor, day, list(here), known_at=known_at)
    found: list[Reminder] = []
    for employee, posting in here.items():
        found += rules.onboarding(posting, day)
        if employee in on_probation:
            found += rules.probation_review(posting, on_probation[employee], day)
    for credential in held:
        found += rules.credential_expiry(here[credential.employee], [credential], day, lead_months)
    return sorted(found, key=lambda each: (each.due_on, each.employee, each.kind, each.about or ""))

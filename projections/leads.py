"""Leads: who came, whom they reach, what the plan advises on each and why, and how soon it was answered."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Literal

import msgspec

from domain.money import CURRENCIES, minor_per_major
from domain.people.roster import posting
from domain.period import Period
from domain.plan.document import Plan
from domain.plan.fields import Title
from domain.plan.leads import LeadRules, LeadTold, reasons
from projections import roster
from projections.closing import head
from projections.members import members
from projections.opening import opening
from projections.rows import by_employee, fetch
from projections.spans import Cursor, Span, mark_voided
from projections.ties import kin

NAME = "leads"
VERSION = 1
TABLES = ("lead",)
FACTS = frozenset({"lead_received", "fact_voided"})

SCHEMA = """
create table lead (
    position       bigint      primary key,
    lead           text        not null collate "C",
    employee       text        not null collate "C",
    customer       text        not null collate "C",
    day            date        not null,
    at             timestamptz not null,
    amount_minor   bigint      check (amount_minor > 0),
    currency       text        collate "C" check ((currency is null) = (amount_minor is null)),
    industry       text        collate "C",
    decision_chain text[]      not null,
    channel        text        collate "C",
    void_position  bigint      check (void_position > position)
);
comment on table lead is 'Leads that came in, one row a fact.';
comment on column lead.position is 'Of the fact in the journal.';
comment on column lead.employee is 'The seller whom it is for.';
comment on column lead.day is 'Business day on which it came, in the zone of the ledger.';
comment on column lead.amount_minor is 'What it may bring, in minor units of currency.';
comment on column lead.decision_chain is 'Who has a say there, the first one first.';
comment on column lead.void_position is 'Position of the void that cancelled the fact.';

create index lead_by_employee on lead (employee, day);
"""

LEAD_SPAN = """
insert into lead (
    position, lead, employee, customer, day, at, amount_minor, currency, industry, decision_chain, channel
)
select
    position, said.lead, said.employee, said.customer,
    (occurred_at at time zone %(zone)s)::date, occurred_at,
    said.amount_minor, said.currency, said.industry, coalesce(said.decision_chain, '{}'), said.channel
from journal
cross join lateral json_to_record(data) as said (
    lead text, employee text, customer text, amount_minor bigint, currency text, industry text,
    decision_chain text[], channel text
)
where position > %(after)s and position <= %(upto)s and type = 'lead_received'"""

LEADS = """
select {columns} from lead
where employee = any(%(employees)s) and day <= %(day)s and {known}
order by at, position"""

ANSWERS = """
select {columns} from credit
where fact in ('follow_up_recorded', 'visit_recorded') and customer = any(%(customers)s)
    and day <= %(day)s and {known}
order by at, position"""

LeadState = Literal["open", "answered", "late"]


class _Lead(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    lead: str
    employee: str
    customer: str
    day: dt.date
    at: dt.datetime
    amount_minor: int | None
    currency: str | None
    industry: str | None
    decision_chain: list[str]
    channel: str | None


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    employee: str
    customer: str
    at: dt.datetime


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan advises on a lead. why: each condition that the lead meets, with what it says."""

    plan: str
    advice: str
    title: Title
    does: tuple[Title, ...]
    why: tuple[Title, ...]


class AdvisedLead(_Lead, frozen=True, kw_only=True):
    """A lead with what is advised on it.

    within_hours: so soon it should be answered, by the most urgent advice; due_at: when that is over.
    state: `open`, `answered` in time, or answered `late`. answered_at: position of the first follow-up or
    visit to the client since it came; minutes: how long that took.
    """

    advice: tuple[Advice, ...]
    within_hours: int | None
    due_at: dt.datetime | None
    state: LeadState
    answered_at: int | None
    minutes: int | None


def project(cursor: Cursor, span: Span) -> None:
    """Adds the leads of the span, and marks those voided in it."""
    zone = opening(cursor, span.after).fact.zone
    cursor.execute(LEAD_SPAN, {**span.bounds, "zone": zone})
    mark_voided(cursor, span, *TABLES)


def leads_of(cursor: Cursor, assistant: str, day: dt.date, known_at: int | None = None) -> list[AdvisedLead]:
    """The leads up to `day` of the sellers whom `assistant` serves on it, the latest first.

    Advised is what the assistant's plans of that day say.
    """
    known_at = head(cursor) if known_at is None else known_at
    sellers = served(cursor, assistant, day, known_at)
    found = fetch(cursor, _Lead, LEADS, {"employees": sellers, "day": day}, known_at)
    told = _answers(cursor, [each.customer for each in found], day, known_at)
    plans = [
        group.plan
        for group in members(cursor, Period.containing(day), known_at, [assistant])
        if group.plan.leads is not None and assistant in group.postings
    ]
    advised = [_advised(each, plans, told.get(each.customer, ())) for each in found]
    return sorted(advised, key=lambda each: (each.at, each.position), reverse=True)


def served(cursor: Cursor, assistant: str, day: dt.date, known_at: int | None) -> list[str]:
    """The sellers whom `assistant` serves on `day`, by id; nobody where the assistant is not here."""
    people = sorted(kin(cursor, "assisted", [assistant]))
    here = {
        employee: posting(moves, day)
        for employee, moves in by_employee(roster.changes(cursor, people, known_at)).items()
    }
    if here.get(assistant) is None:
        return []
    return sorted(e for e, held in here.items() if held is not None and held.assistant == assistant)


def _answers(
    cursor: Cursor, customers: Sequence[str], day: dt.date, known_at: int | None
) -> Mapping[str, list[_Answer]]:
    found: dict[str, list[_Answer]] = {}
    for each in fetch(cursor, _Answer, ANSWERS, {"customers": list(customers), "day": day}, known_at):
        found.setdefault(each.customer, []).append(each)
    return found


def _advised(lead: _Lead, plans: Sequence[Plan], answers: Sequence[_Answer]) -> AdvisedLead:
    advice = [found for plan in plans for found in _advice(lead, plan)]
    hours = min((hours for _, hours in advice), default=None)
    due_at = None if hours is None else lead.at + dt.timedelta(hours=hours)
    answer = next((each for each in answers if each.at >= lead.at), None)
    is_late = answer is not None and due_at is not None and answer.at > due_at
    return AdvisedLead(
        **msgspec.structs.asdict(lead),
        advice=tuple(each for each, _ in advice),
        within_hours=hours,
        due_at=due_at,
        state="open" if answer is None else "late" if is_late else "answered",
        answered_at=answer.position if answer else None,
        minutes=(answer.at - lead.at) // dt.timedelta(minutes=1) if answer else None,
    )


def _advice(lead: _Lead, plan: Plan) -> Iterator[tuple[Advice, int]]:
    """What `plan` advises on `lead`, each with the hours that it leaves."""
    rules = plan.leads or LeadRules(advice=())
    told = LeadTold(_amount(lead), lead.currency, lead.industry, tuple(lead.decision_chain))
    for each in rules.advice:
        why = reasons(each, told, plan.currency)
        if why is not None:
            said = Advice(plan=plan.plan, advice=each.id, title=each.title, does=each.does, why=tuple(why))
            yield said, rules.within_hours if each.within_hours is None else each.within_hours


def _amount(lead: _Lead) -> Fraction | None:
    if lead.amount_minor is None or lead.currency not in CURRENCIES:
        return None
    return Fraction(lead.amount_minor, minor_per_major(lead.currency))

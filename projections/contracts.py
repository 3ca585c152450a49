"""Contracts on their way: how far each has come, and how long each step took."""

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec

from domain.people import contracts as rules
from domain.people.contracts import ContractState, Step
from domain.people.roster import RosterChange, posting
from domain.plan.fields import Title
from projections import roster
from projections.opening import opening
from projections.rows import by_employee, fetch
from projections.spans import Cursor, Span, mark_voided
from projections.ties import kin

NAME = "contracts"
VERSION = 1
TABLES = ("contract_step",)
FACTS = frozenset(
    {"contract_uploaded", "contract_passed", "contract_returned", "contract_told", "fact_voided"}
)

SCHEMA = """
create table contract_step (
    position      bigint      primary key,
    contract      text        not null collate "C",
    employee      text        not null collate "C",
    step          text        not null collate "C" check (step in (
        'uploaded', 'legal_passed', 'legal_returned', 'finance_passed', 'finance_returned', 'told')),
    day           date        not null,
    at            timestamptz not null,
    customer      text        collate "C",
    deal          text        collate "C",
    assistant     text        collate "C",
    reviewer      text        collate "C",
    reason        text,
    void_position bigint      check (void_position > position)
);
comment on table contract_step is 'Steps that contracts took on their way, one row a fact.';
comment on column contract_step.position is 'Of the fact in the journal.';
comment on column contract_step.employee is 'The seller whose contract it is.';
comment on column contract_step.day is 'Business day of the step, in the zone of the ledger.';
comment on column contract_step.assistant is 'Who prepared the contract, if that was said.';
comment on column contract_step.reason is 'Why it was returned.';
comment on column contract_step.void_position is 'Position of the void that cancelled the fact.';

create index contract_step_by_contract on contract_step (contract, position);
create index contract_step_by_employee on contract_step (employee, contract);
"""

STEP_SPAN = """
insert into contract_step (
    position, contract, employee, step, day, at, customer, deal, assistant, reviewer, reason
)
select
    position, said.contract, said.employee,
    case type
        when 'contract_uploaded' then 'uploaded'
        when 'contract_passed' then said.kind || '_passed'
        when 'contract_returned' then said.kind || '_returned'
        else 'told'
    end,
    (occurred_at at time zone %(zone)s)::date, occurred_at,
    said.customer, said.deal, said.assistant, said.reviewer, said.reason
from journal
cross join lateral json_to_record(data) as said (
    contract text, employee text, kind text, customer text, deal text, assistant text, reviewer text,
    reason text
)
where position > %(after)s and position <= %(upto)s and type = any(%(types)s)"""

STEPS = """
select {columns} from contract_step
where (%(contracts)s::text[] is null or contract = any(%(contracts)s))
    and (%(employees)s::text[] is null or employee = any(%(employees)s) or contract in (
        select contract from contract_step where assistant = any(%(assistants)s)))
    and {known}
order by contract, position"""


class _Step(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    contract: str
    employee: str
    step: Step
    day: dt.date
    at: dt.datetime
    customer: str | None
    deal: str | None
    assistant: str | None
    reviewer: str | None
    reason: str | None


class ContractStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step that a contract took. minutes: since the step before it, whole ones; None of the first."""

    position: int
    step: Step
    at: dt.datetime
    minutes: int | None
    reviewer: str | None
    reason: str | None


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """How far a contract has come.

    employee: the seller. assistant: who prepared it, or else served the seller on that day. said: how it
    stands, in words. done, of: stages: upload, lawyers, finance, seller. due: the steps that may come next.
    since: when the last step was taken. first_review_error: its first review found errors. minutes: from
    the first step to the last.
    """

    contract: str
    employee: str
    assistant: str | None
    customer: str | None
    deal: str | None
    state: ContractState
    said: Title
    done: int
    of: int
    due: tuple[Step, ...]
    since: dt.datetime
    first_review_error: bool
    minutes: int
    steps: tuple[ContractStep, ...]


def project(cursor: Cursor, span: Span) -> None:
    """Adds the steps of the span, and marks those voided in it."""
    zone = opening(cursor, span.after).fact.zone
    types = sorted(FACTS - {"fact_voided"})
    cursor.execute(STEP_SPAN, {**span.bounds, "zone": zone, "types": types})
    mark_voided(cursor, span, *TABLES)


def contract(cursor: Cursor, name: str, known_at: int | None = None) -> Contract | None:
    """How far the contract `name` has come; None where there is none."""
    return next(iter(_contracts(cursor, known_at, names=[name])), None)


def contracts_of(cursor: Cursor, assistant: str, known_at: int | None = None) -> list[Contract]:
    """The contracts that `assistant` has prepared, by id."""
    sellers = sorted(kin(cursor, "assisted", [assistant]))
    found = _contracts(cursor, known_at, employees=sellers, assistants=[assistant])
    return [each for each in found if each.assistant == assistant]


def _contracts(
    cursor: Cursor,
    known_at: int | None,
    names: Sequence[str] | None = None,
    employees: Sequence[str] | None = None,
    assistants: Sequence[str] = (),
) -> list[Contract]:
    asked = {"contracts": names, "employees": employees, "assistants": list(assistants)}
    told: dict[str, list[_Step]] = {}
    for step in fetch(cursor, _Step, STEPS, asked, known_at):
        told.setdefault(step.contract, []).append(step)
    sellers = sorted({step.employee for steps in told.values() for step in steps})
    moves = by_employee(roster.changes(cursor, sellers, known_at))
    return [_contract(steps, moves) for steps in told.values()]


def _contract(steps: Sequence[_Step], moves: Mapping[str, Sequence[RosterChange]]) -> Contract:
    first, last = steps[0], steps[-1]
    state = rules.state_after(last.step)
    taken = rules.timed([(each.position, each.step, each.at) for each in steps])
    here = posting(moves.get(first.employee, ()), first.day)
    prepared = [each.assistant for each in steps if each.assistant is not None]
    return Contract(
        contract=first.contract,
        employee=first.employee,
        assistant=prepared[0] if prepared else here.assistant if here else None,
        customer=next((each.customer for each in steps if each.customer is not None), None),
        deal=next((each.deal for each in steps if each.deal is not None), None),
        state=state,
        said=Title(*rules.SAID[state]),
        done=rules.stages_done(state),
        of=len(rules.STAGES),
        due=rules.NEXT[state],
        since=last.at,
        first_review_error=rules.was_returned_first([each.step for each in steps]),
        minutes=sum(each.minutes or 0 for each in taken),
        steps=tuple(
            ContractStep(
                position=each.position,
                step=each.step,
                at=each.at,
                minutes=waited.minutes,
                reviewer=each.reviewer,
                reason=each.reason,
            )
            for each, waited in zip(steps, taken, strict=True)
        ),
    )

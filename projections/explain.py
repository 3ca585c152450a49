"""From an amount to the facts behind it: statement → line → measures → facts, in parts that sum exactly."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from domain.period import Period
from domain.plan.account_terms import ACCOUNT
from domain.plan.components.component import Component
from domain.plan.document import Plan
from domain.plan.exchange import Exchange, RateUsed
from domain.plan.exchange_words import say_missed, say_used
from domain.plan.explain import Explanation
from domain.plan.explain import explain as explain_line
from domain.plan.fields import Title
from domain.plan.measures import FactMeasure, days_of
from domain.plan.mentions import named_in, with_parts
from domain.plan.spells import Spells, within
from domain.plan.statement import Line, Sentence
from domain.plan.words import say
from projections import policy, roster
from projections.accounts import AccountMove, moves
from projections.behind import Spans, board_spans, milestone_spans
from projections.closing import head
from projections.evidence import PAGE_FACTS, Evidence, counted_facts, licence_facts
from projections.late import LateFact, closed_periods, late_facts
from projections.members import Members, members
from projections.spans import Cursor
from projections.statements import Payslip, statement

LATE_FACTS = 50
"""So many facts are listed under a retro delta; a receipt has them all."""


class SaidRate(msgspec.Struct, frozen=True, kw_only=True):
    """A rate on a line, in words. measure: that it converted; None where it is that of pay."""

    measure: str | None
    used: RateUsed
    said: Title


class ExplainedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line taken apart, and said in words.

    parts: what is said of each of the explanation's amounts; empty where nothing is. rates: by which other
    currencies were converted, each with the position of its fact. missed: rates that lack. late: under a
    retro delta, the first facts that may have caused it, of `late_total`. milestones, boards: that the line
    looks at; evidence names them. A place on a board rests on what others did as well, which is not shown.
    moves: what moved the account of a line before.
    """

    explanation: Explanation
    said: Title
    parts: tuple[Title, ...] = ()
    rates: tuple[SaidRate, ...] = ()
    missed: tuple[Title, ...] = ()
    late: tuple[LateFact, ...] = ()
    late_total: int = 0
    milestones: tuple[str, ...] = ()
    boards: tuple[str, ...] = ()
    moves: tuple[AccountMove, ...] = ()


class ExplainedPayslip(msgspec.Struct, frozen=True, kw_only=True):
    """A payslip with all that made it so.

    evidence: the facts below each measure that a line names, once for each plan, measure and period;
    and those below the milestones and boards that it looks at.
    """

    payslip: Payslip
    lines: tuple[ExplainedLine, ...]
    evidence: tuple[Evidence, ...]


class _Month(NamedTuple):
    """The plans that lines of a month may name, since when the person is here, the plans that pay them."""

    period: Period
    plans: Mapping[str, Plan]
    hired_on: dt.date | None
    groups: Mapping[str, Members]


class _Looked(NamedTuple):
    """A measure of a plan as a line looks at it: over its own window, for a milestone, or for a board."""

    period: Period
    plan: str
    measure: str
    milestone: str | None = None
    board: str | None = None


def explain(
    cursor: Cursor,
    employee: str,
    period: Period,
    known_at: int | None = None,
    *,
    engine: str,
    page_facts: int = PAGE_FACTS,
) -> ExplainedPayslip | None:
    """Why `employee` is paid what the statement of `period` says; None where nothing is due.

    A closed statement is explained by what its close knew. engine: name and version of this program.
    """
    payslip = statement(cursor, employee, period, known_at, engine=engine)
    if payslip is None:
        return None
    at, lines = payslip.known_at, payslip.statement.lines
    months = {
        about: _month(cursor, employee, about, at, {x.plan for x in lines if _about(x, period) == about})
        for about in {_about(line, period) for line in lines}
    }
    found = (
        _evidence(cursor, employee, months[looked.period], looked, at, 0, page_facts)
        for looked in _looked_at(lines, period, months)
    )
    return ExplainedPayslip(
        payslip=payslip,
        lines=tuple(
            _explained(cursor, line, months[_about(line, period)].plans[line.plan], payslip) for line in lines
        ),
        evidence=tuple(page for page in found if page is not None),
    )


def evidence(
    cursor: Cursor,
    employee: str,
    period: Period,
    plan: str,
    measure: str,
    known_at: int | None = None,
    *,
    milestone: str | None = None,
    board: str | None = None,
    offset: int = 0,
    limit: int = PAGE_FACTS,
) -> Evidence | None:
    """A page of the facts that a measure of a plan in force in `period` counts for `employee`.

    milestone, board: over the days that this one looks at, up to the day on which a milestone was reached.
    """
    known_at = head(cursor) if known_at is None else known_at
    month = _month(cursor, employee, period, known_at)
    looked = _Looked(period, plan, measure, milestone, board)
    return _evidence(cursor, employee, month, looked, known_at, offset, limit)


def _month(
    cursor: Cursor, employee: str, period: Period, known_at: int, named: Collection[str] = ()
) -> _Month:
    versions = policy.plans_in_force(cursor, period.last_day, known_at)
    here = roster.told(cursor, [employee], known_at).deciding(period).get(employee)
    plans = {version.plan: version.parsed() for version in versions}
    for name in {*named} - plans.keys():
        ended = policy.last_version(cursor, name, period.last_day, known_at)
        assert ended is not None, "an account is of a plan that was in force"
        plans[name] = ended.parsed()
    groups = {
        group.plan.plan: group
        for group in members(cursor, period, known_at, [employee])
        if employee in group.resolved
    }
    return _Month(period, plans, here.hired_on if here else None, groups)


def _explained(cursor: Cursor, line: Line, plan: Plan, payslip: Payslip) -> ExplainedLine:
    explanation = explain_line(line, plan)
    late: Sequence[LateFact] = ()
    if line.about is not None:
        statement = payslip.statement
        last = next(
            closed
            for closed in closed_periods(cursor, payslip.known_at)
            if closed.period.next() == Period.parse(statement.period)
        )
        about = Period.parse(line.about)
        late = late_facts(cursor, last, about, payslip.known_at, statement.employee, None)
    component = _component(plan, line)
    return ExplainedLine(
        explanation=explanation,
        said=_said(line.rule, plan),
        parts=tuple(
            _said(amount.sentence, plan) if amount.kind == "part" and amount.sentence else Title("", "")
            for amount in explanation.amounts
        ),
        rates=tuple(_rates(line)),
        missed=tuple(say_missed(missed) for missed in line.missed),
        late=tuple(late[:LATE_FACTS]),
        late_total=len(late),
        milestones=named_in(component, "milestones") if component else (),
        boards=named_in(component, "boards") if component else (),
        moves=_moves(cursor, line, payslip),
    )


def _moves(cursor: Cursor, line: Line, payslip: Payslip) -> tuple[AccountMove, ...]:
    """What moved the account of a line before."""
    if line.kind != ACCOUNT:
        return ()
    until, whose = Period.parse(payslip.statement.period), payslip.statement.employee
    return moves(cursor, whose, (line.plan, line.component), until, payslip.known_at)


def _component(plan: Plan, line: Line) -> Component | None:
    """What earned the line; None where another version of the plan has it no more."""
    return next((each for each in plan.components if each.id == line.component), None)


def _rates(line: Line) -> Iterator[SaidRate]:
    """The rates of a line: those behind its measures, then that of pay."""
    if not isinstance(line.exchange, Exchange):
        return
    for name, rates in line.exchange.measured.items():
        yield from (SaidRate(measure=name, used=rate, said=say_used(rate)) for rate in rates)
    if line.exchange.paid is not None:
        yield SaidRate(measure=None, used=line.exchange.paid, said=say_used(line.exchange.paid))


def _said(sentence: Sentence, plan: Plan) -> Title:
    key, words = sentence.key, sentence.words
    return Title(say(key, words, plan, "en"), say(key, words, plan, "zh"))


def _looked_at(lines: Sequence[Line], period: Period, months: Mapping[Period, _Month]) -> list[_Looked]:
    """What the lines look at, each once: their measures, and those of their milestones and boards."""
    found: dict[_Looked, None] = {}
    for line in lines:
        month = months[_about(line, period)]
        plan = month.plans[line.plan]
        found |= dict.fromkeys(_Looked(month.period, line.plan, name) for name in line.inputs)
        component = _component(plan, line)
        for kind, over in (("milestone", plan.milestones), ("board", plan.boards)):
            named = named_in(component, f"{kind}s") if component else ()
            for each in over:
                if each.id in named:
                    for part in with_parts(plan.measures, (each.measure,)):
                        found[_Looked(month.period, line.plan, part, **{kind: each.id})] = None
    return list(found)


def _evidence(
    cursor: Cursor,
    employee: str,
    month: _Month,
    looked: _Looked,
    known_at: int,
    offset: int,
    limit: int,
) -> Evidence | None:
    """A page of evidence; None for a ratio, for what is unknown, and for somebody who was not here."""
    plan = month.plans.get(looked.plan)
    measure = plan.measures.get(looked.measure) if plan else None
    days = _days(cursor, employee, month, looked, known_at) if isinstance(measure, FactMeasure) else None
    if not isinstance(measure, FactMeasure) or not days:
        return None
    total, facts = counted_facts(cursor, measure, employee, days, known_at, offset=offset, limit=limit)
    return Evidence(
        plan=looked.plan,
        measure=looked.measure,
        period=str(month.period),
        first_day=days[0].first,
        last_day=days[-1].last,
        total=total,
        facts=facts,
        milestone=looked.milestone,
        board=looked.board,
        licence=licence_facts(cursor, measure, employee, days[-1].last, known_at),
    )


def _days(cursor: Cursor, employee: str, month: _Month, looked: _Looked, known_at: int) -> Spells | None:
    """The days that are looked at; None for somebody who was not here or is not paid by the plan."""
    group = month.groups.get(looked.plan)
    if looked.milestone is None and looked.board is None:
        measure = month.plans[looked.plan].measures[looked.measure]
        assert isinstance(measure, FactMeasure), "the caller has looked"
        if month.hired_on is None:
            return None
        spells = group.spells.get(employee) if group is not None else None
        return within(days_of(measure.window, month.period, month.hired_on), spells)
    if group is None:
        return None
    spans: Spans = {}
    if looked.milestone and looked.milestone in group.resolved[employee].milestones:
        until = month.period.last_day
        spans = milestone_spans(cursor, group, employee, looked.milestone, until, known_at)
    for board in group.plan.boards:
        if board.id == looked.board:
            spans = board_spans(group.plan, board, group.postings[employee], month.period)
    return spans.get(looked.measure)


def _about(line: Line, period: Period) -> Period:
    return period if line.about is None else Period.parse(line.about)

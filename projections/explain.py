"""From an amount to the facts behind it: statement → line → measures → facts, in parts that sum exactly."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from domain.period import Period
from domain.plan.document import Plan
from domain.plan.explain import Explanation
from domain.plan.explain import explain as explain_line
from domain.plan.fields import Title
from domain.plan.measures import FactMeasure, days_of
from domain.plan.statement import Line, Sentence
from domain.plan.words import say
from projections import policy, roster
from projections.evidence import PAGE_FACTS, Evidence, counted_facts
from projections.late import LateFact, closed_periods, late_facts
from projections.members import deciding_postings
from projections.spans import Cursor
from projections.statements import Payslip, statement

LATE_FACTS = 50
"""So many facts are listed under a retro delta; who needs more asks for the facts of the person."""


class ExplainedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line taken apart, and said in words.

    parts: what is said of each of the explanation's amounts; empty where nothing is. late: under a retro
    delta, the facts that may have caused it.
    """

    explanation: Explanation
    said: Title
    parts: tuple[Title, ...] = ()
    late: tuple[LateFact, ...] = ()


class ExplainedPayslip(msgspec.Struct, frozen=True, kw_only=True):
    """A payslip with all that made it so.

    evidence: the facts below each measure that a line names, once for each plan, measure and period.
    """

    payslip: Payslip
    lines: tuple[ExplainedLine, ...]
    evidence: tuple[Evidence, ...]


class _Month(NamedTuple):
    """The plans in force in a month, and since when the person is here."""

    period: Period
    plans: Mapping[str, Plan]
    hired_on: dt.date | None


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
        about: _month(cursor, employee, about, at) for about in {_about(line, period) for line in lines}
    }
    found = (
        _evidence(cursor, employee, months[about], plan, name, at, 0, page_facts)
        for about, plan, name in _measured(lines, period)
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
    offset: int = 0,
    limit: int = PAGE_FACTS,
) -> Evidence | None:
    """A page of the facts that a measure of a plan in force in `period` counts for `employee`."""
    month = _month(cursor, employee, period, known_at)
    return _evidence(cursor, employee, month, plan, measure, known_at, offset, limit)


def _month(cursor: Cursor, employee: str, period: Period, known_at: int | None) -> _Month:
    versions = policy.plans_in_force(cursor, period.last_day, known_at)
    here = deciding_postings(roster.changes(cursor, [employee], known_at), period).get(employee)
    plans = {version.plan: version.parsed() for version in versions}
    return _Month(period, plans, here.hired_on if here else None)


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
        late = late_facts(cursor, last, about, payslip.known_at, statement.employee, LATE_FACTS)
    return ExplainedLine(
        explanation=explanation,
        said=_said(line.rule, plan),
        parts=tuple(
            _said(amount.sentence, plan) if amount.kind == "part" and amount.sentence else Title("", "")
            for amount in explanation.amounts
        ),
        late=tuple(late),
    )


def _said(sentence: Sentence, plan: Plan) -> Title:
    key, words = sentence.key, sentence.words
    return Title(say(key, words, plan, "en"), say(key, words, plan, "zh"))


def _measured(lines: Iterable[Line], period: Period) -> list[tuple[Period, str, str]]:
    """The measures that the lines name: of which period and which plan."""
    named = ((_about(line, period), line.plan, name) for line in lines for name in line.inputs)
    return list(dict.fromkeys(named))


def _evidence(
    cursor: Cursor,
    employee: str,
    month: _Month,
    plan: str,
    name: str,
    known_at: int | None,
    offset: int,
    limit: int,
) -> Evidence | None:
    """A page of evidence; None for a ratio, for an unknown measure, and for somebody who was not here."""
    measure = month.plans[plan].measures.get(name) if plan in month.plans else None
    if month.hired_on is None or not isinstance(measure, FactMeasure):
        return None
    days = days_of(measure.window, month.period, month.hired_on)
    total, facts = counted_facts(cursor, measure, employee, days, known_at, offset=offset, limit=limit)
    read = offset + len(facts)
    return Evidence(
        plan=plan,
        measure=name,
        period=str(month.period),
        first_day=days.first,
        last_day=days.last,
        total=total,
        facts=facts,
        next_offset=read if read < total else None,
    )


def _about(line: Line, period: Period) -> Period:
    return period if line.about is None else Period.parse(line.about)

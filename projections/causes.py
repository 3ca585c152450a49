"""The facts that bring about that a statement is another than it was."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from domain.facts.base import Fact
from domain.facts.credentials import CredentialFact
from domain.facts.governance import FactConfirmed, OverrideSet, PlanAdopted, PlanEnded, TargetChanged
from domain.facts.registry import CREDITED, decode
from domain.journal.lookup import at_positions
from domain.journal.record import Record
from domain.period import Period
from domain.plan.account_terms import ACCOUNT
from domain.plan.change_words import Effect, say_fact
from domain.plan.document import Plan
from domain.plan.fields import Title
from domain.plan.licence import licensed_measures
from domain.plan.measures import Days, FactMeasure, days_of
from domain.plan.mentions import named_in, with_parts
from domain.plan.spells import Spells, within
from domain.plan.statement import Line
from projections import policy, roster
from projections.evidence import counted_positions
from projections.late import LateFact, closed_periods, facts_between
from projections.members import members
from projections.spans import Cursor
from projections.statements import Payslip
from projections.write_offs import write_offs_between


class CausingFact(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that became known in between and that the statement touches.

    about_position: of the fact that was voided or confirmed. day: the first that it can have changed.
    measures: those that count it, as `plan.measure`; none for what changed the roster or the rules.
    """

    position: int
    type: str
    source: str
    key: str
    recorded_at: dt.datetime
    effect: Effect
    about_position: int | None
    day: dt.date | None
    measures: tuple[str, ...]
    said: Title


class Sight(NamedTuple):
    """What a statement looks at.

    plans: by month and id. counted: positions of the facts that count, by month, plan and measure. upto: the
    last position that it takes into account.
    """

    plans: Mapping[tuple[str, str], Plan]
    counted: Mapping[tuple[str, str, str], set[int]]
    upto: int


def sight(cursor: Cursor, slip: Payslip | None, employee: str, period: Period, known_at: int) -> Sight:
    """What the lines of `slip` look at, by what it takes into account; `known_at` if there is no slip."""
    plans: dict[tuple[str, str], Plan] = {}
    counted: dict[tuple[str, str, str], set[int]] = {}
    lines = slip.statement.lines if slip else ()
    at = slip.known_at if slip else known_at
    told = roster.told(cursor, [employee], at)
    for about in dict.fromkeys(line.about or str(period) for line in lines):
        month = Period.parse(about)
        here = told.deciding(month).get(employee)
        spells = {
            group.plan.plan: group.spells.get(employee) for group in members(cursor, month, at, [employee])
        }
        for version in policy.plans_in_force(cursor, month.last_day, at):
            own = [x for x in lines if (x.about or str(period), x.plan) == (about, version.plan)]
            if own:
                plans[about, version.plan] = plan = version.parsed()
                days = looked_at(plan, own, month, here.hired_on, spells.get(plan.plan)) if here else {}
                for name, span in days.items():
                    measure = plan.measures[name]
                    assert isinstance(measure, FactMeasure), "ratios are taken apart"
                    found = counted_positions(cursor, measure, employee, span, at)
                    counted[about, version.plan, name] = found
    return Sight(plans, counted, at)


def looked_at(
    plan: Plan, lines: Sequence[Line], month: Period, hired_on: dt.date, spells: Spells | None = None
) -> dict[str, Spells]:
    """The measures over facts behind `lines` of `plan`, milestones' too, and the days that each looks at.

    spells: on which the person belongs to the plan, where it pays by days.
    """
    milestones = {name for part in plan.components for name in named_in(part, "milestones")}
    behind = {m.measure for m in plan.milestones if m.id in milestones}
    named = with_parts(
        plan.measures, tuple(name for x in lines for name in x.inputs if name in plan.measures)
    )
    found = {
        name: within(days_of(measure.window, month, hired_on), spells)
        for name in named
        if isinstance(measure := plan.measures[name], FactMeasure)
    }
    for name in with_parts(plan.measures, tuple(sorted(behind))):
        if isinstance(plan.measures[name], FactMeasure):
            # From the hire on, as far as the month goes: the widest that a milestone can look.
            first = min([hired_on, *(run.first for run in found.get(name, ()))])
            found[name] = (Days(first, month.last_day),)
    return found


def causes(
    cursor: Cursor, employee: str, period: Period, sights: tuple[Sight, Sight]
) -> Iterator[CausingFact]:
    """The facts about `employee` between what two statements take into account, as far as they touch them.

    One that was recorded and voided in between changed nothing.
    """
    after, upto = sorted(sight.upto for sight in sights)
    late = [
        fact
        for fact in (
            *facts_between(cursor, after, upto, period.last_day, employee),
            *write_offs_between(cursor, after, upto, employee),
        )
        if fact.position <= after or fact.void_position is None
    ]
    positions = {at for fact in late for at in (fact.position, fact.void_position) if at is not None}
    records = {record.position: record for record in at_positions(cursor, sorted(positions))}
    counting = _counting(sights)
    plans = {plan.plan: plan for sight in sights for plan in sight.plans.values()}
    is_known = sights[0].upto <= sights[1].upto
    for fact in late:
        told = decode(fact.type, records[fact.position].data)
        about = told.position if isinstance(told, FactConfirmed) else fact.position
        measures = counting.get(about, ())
        if measures or (not isinstance(told, FactConfirmed) and _touches(told, plans)):
            yield _causing(fact, told, records[fact.void_position or fact.position], measures, is_known)


def _counting(sights: tuple[Sight, Sight]) -> dict[int, tuple[str, ...]]:
    """The facts that count on one side only, and for which measures."""
    found: dict[int, list[str]] = {}
    old, new = (sight.counted for sight in sights)
    for key in dict.fromkeys((*old, *new)):
        for position in old.get(key, set[int]()) ^ new.get(key, set[int]()):
            name = f"{key[1]}.{key[2]}"
            if name not in found.setdefault(position, []):
                found[position].append(name)
    return {position: tuple(sorted(names)) for position, names in found.items()}


def _touches(fact: Fact, plans: Mapping[str, Plan]) -> bool:
    """Whether a fact about the roster or the rules bears on a statement by `plans`."""
    match fact:
        case PlanAdopted() | PlanEnded() | OverrideSet():
            return fact.plan in plans
        case TargetChanged():
            return any(
                fact.target in plan.targets or fact.target in {milestone.id for milestone in plan.milestones}
                for plan in plans.values()
            )
        case _ if isinstance(fact, CredentialFact):
            return any(licensed_measures(plan.measures) for plan in plans.values())
        case _:
            return fact.TYPE not in CREDITED


def _causing(
    fact: LateFact, told: Fact, record: Record, measures: tuple[str, ...], is_known: bool
) -> CausingFact:
    about: int | None = None
    effect: Effect = "counted"
    if fact.void_position is not None:
        effect, about = "voided", fact.position
    elif isinstance(told, FactConfirmed):
        effect, about = "confirmed", told.position
    if not is_known:
        effect = "left_out"
    words = {"type": fact.type, "day": fact.day, "position": record.position, "about": about}
    return CausingFact(
        position=record.position,
        type=record.type,
        source=record.source,
        key=record.key,
        recorded_at=record.recorded_at,
        effect=effect,
        about_position=about,
        day=fact.day,
        measures=measures,
        said=say_fact(effect, words),
    )


def closes(
    cursor: Cursor, period: Period, before: int, after: int, slips: Sequence[Payslip | None]
) -> Iterator[CausingFact]:
    """The closes in between that made `period` final, or an earlier month that its lines settle."""
    settles = any(
        line.about is not None or line.kind == ACCOUNT
        for slip in slips
        if slip is not None
        for line in slip.statement.lines
    )
    low, high = sorted((before, after))
    closed = [
        each
        for each in closed_periods(cursor, high)
        if each.position > low
        and (each.period == period or (settles and each.period.first_day < period.first_day))
    ]
    records = at_positions(cursor, [each.position for each in closed])
    for each, record in zip(closed, sorted(records, key=lambda record: record.position), strict=True):
        yield CausingFact(
            position=record.position,
            type=record.type,
            source=record.source,
            key=record.key,
            recorded_at=record.recorded_at,
            effect="closed",
            about_position=None,
            day=each.period.last_day,
            measures=(),
            said=say_fact("closed", {"period": str(each.period), "position": each.position}),
        )

"""What lies behind the largest changes of a simulation: the lines, their grounds, and the facts counted."""

from collections.abc import Iterator
from fractions import Fraction

import msgspec

from domain.period import Period
from domain.plan.change_words import say_change, say_line
from domain.plan.differences import Computed, Version, line_changes
from domain.plan.document import Plan
from domain.plan.measures import FactMeasure
from domain.plan.statement import Line, lines_of
from projections.causes import looked_at
from projections.diff import SaidChange, SaidLine
from projections.earned import entitlements
from projections.evidence import CountedFact, counted_facts
from projections.members import Members
from projections.scenario import Scenario
from projections.spans import Cursor

SHOWN_FACTS = 5
LOOKED_AT_FACTS = 1_000
"""The greatest are looked for among so many of a measure's facts, in order of time."""


class MeasureFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The facts that a measure counted, those first that add or take most. total: how many there are."""

    measure: str
    total: int
    facts: tuple[CountedFact, ...]


class LargestChange(msgspec.Struct, frozen=True, kw_only=True):
    """A line of one person and month that comes out otherwise. A draft's version has position 0."""

    employee: str
    period: str
    line: SaidLine
    measures: tuple[MeasureFacts, ...]


def largest(
    cursor: Cursor,
    sides: tuple[Scenario, Scenario],
    employee: str,
    period: Period,
    component: tuple[str, str],
    known_at: int,
) -> Iterator[LargestChange]:
    """The line of `component`, named with its plan, under both `sides`."""
    told = [_lines(cursor, side, employee, period, known_at) for side in sides]
    plans = {plan.plan: plan for _, _, held in told for plan in held.values()}
    for change in line_changes(
        str(period), Computed(told[0][0], told[0][1]), Computed(told[1][0], told[1][1])
    ):
        if (change.plan, change.component) != component:
            continue
        grounds = tuple(
            SaidChange(change=ground, said=say_change(ground, plans.get(change.plan)))
            for ground in change.changes
        )
        sights = [
            (held[change.plan], [x for x in lines if (x.plan, x.component) == component])
            for lines, _, held in told
            if change.plan in held
        ]
        yield LargestChange(
            employee=employee,
            period=str(period),
            line=SaidLine(line=change, said=say_line(change), grounds=grounds),
            measures=tuple(_facts(cursor, sides, sights, employee, period, known_at)),
        )


_Told = tuple[list[Line], dict[tuple[str, str], Version], dict[str, Plan]]
"""Lines, the versions behind them, and the plans by id."""


def _lines(cursor: Cursor, side: Scenario, employee: str, period: Period, known_at: int) -> _Told:
    groups = _groups(cursor, side, employee, period, known_at)
    own = entitlements(cursor, groups, period, known_at, asking=side).get(employee, [])
    lines = [line for entitlement in own for line in lines_of(entitlement)]
    held = {group.plan.plan: group for group in groups}
    versions = {
        (str(period), name): Version(group.version.position, group.version.document_hash)
        for name, group in held.items()
    }
    return lines, versions, {name: group.plan for name, group in held.items()}


def _groups(cursor: Cursor, side: Scenario, employee: str, period: Period, known_at: int) -> list[Members]:
    groups = side.members(cursor, period, known_at, [employee])
    return [group for group in groups if employee in group.resolved]


def _facts(
    cursor: Cursor,
    sides: tuple[Scenario, Scenario],
    sights: list[tuple[Plan, list[Line]]],
    employee: str,
    period: Period,
    known_at: int,
) -> Iterator[MeasureFacts]:
    """The facts of each measure of either side; one that both name alike is told once."""
    groups = [group for side in sides for group in _groups(cursor, side, employee, period, known_at)]
    spells = {group.plan.plan: group.spells.get(employee) for group in groups}
    hired_on = groups[0].hired[employee]
    seen: list[tuple[str, FactMeasure]] = []
    for plan, lines in reversed(sights):
        for name, days in looked_at(plan, lines, period, hired_on, spells.get(plan.plan)).items():
            measure = plan.measures[name]
            if not isinstance(measure, FactMeasure) or (name, measure) in seen:
                continue
            seen.append((name, measure))
            total, facts = counted_facts(cursor, measure, employee, days, known_at, limit=LOOKED_AT_FACTS)
            shown = sorted(facts, key=lambda fact: (-_weight(fact), fact.position))[:SHOWN_FACTS]
            yield MeasureFacts(measure=name, total=total, facts=tuple(shown))


def _weight(fact: CountedFact) -> Fraction:
    """How much a fact adds or takes."""
    return abs(Fraction(fact.adds)) if fact.adds is not None else Fraction(0)

"""What waits to be confirmed: work that a measure counts only once somebody who answers for it says so."""

from collections.abc import Mapping, Sequence

import msgspec

from domain.period import Period
from domain.plan.fields import Title
from domain.plan.measures import FactMeasure
from projections import sight
from projections.closing import head
from projections.evidence import CountedFact, counted_facts, counted_positions
from projections.members import Members, members
from projections.spans import Cursor

MOST = 200
"""So many facts of one person and measure are told; whoever confirmed them sees the next."""


class Awaited(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that does not count for `employee` in `measure` before somebody confirms it as `role`."""

    employee: str
    plan: str
    measure: str
    title: Title
    role: str
    fact: CountedFact


def awaited(
    cursor: Cursor, period: Period, employees: Sequence[str] | None = None, known_at: int | None = None
) -> list[Awaited]:
    """What of `employees`, or of everybody, waits for that in `period`; by person, the oldest first."""
    known_at = head(cursor) if known_at is None else known_at
    found = [
        each
        for group in members(cursor, period, known_at, employees)
        for name, measure in _confirmed(group).items()
        for each in _of_measure(cursor, group, period, name, measure, known_at)
    ]
    return sorted(found, key=lambda each: (each.employee, each.fact.position, each.role, each.measure))


def _confirmed(group: Members) -> Mapping[str, FactMeasure]:
    """The measures of a plan that count confirmed work only."""
    return {
        name: measure
        for name, measure in group.plan.measures.items()
        if isinstance(measure, FactMeasure) and measure.confirmed_by is not None
    }


def _of_measure(
    cursor: Cursor, group: Members, period: Period, name: str, measure: FactMeasure, known_at: int
) -> list[Awaited]:
    told = msgspec.structs.replace(measure, confirmed_by=None)
    hired = {employee: group.hired[employee] for employee in group.resolved}
    days_of = sight.windows([measure], period, hired, spells=group.spells)[measure.window]
    found: list[Awaited] = []
    for employee in sorted(group.resolved):
        days = days_of[employee]
        if not days:
            continue
        counts = counted_positions(cursor, measure, employee, days, known_at)
        _, facts = counted_facts(cursor, told, employee, days, known_at, limit=MOST + len(counts))
        found.extend(
            Awaited(
                employee=employee,
                plan=group.plan.plan,
                measure=name,
                title=measure.title,
                role=measure.confirmed_by or "",
                fact=each,
            )
            for each in facts
            if each.position not in counts and each.type == measure.fact
        )
    return found

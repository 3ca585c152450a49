"""Which lines of a statement are kept back, and by which holds; the statement itself stays as it is."""

from collections.abc import Iterable, Mapping, Sequence

from domain.period import Period
from domain.plan.mentions import named_in, with_parts
from domain.plan.statement import Line
from projections import paying
from projections.causes import Sight, sight
from projections.paying import Hold, RunStep
from projections.spans import Cursor
from projections.statements import Payslip

DEAL_FACTS = """
select position from credit
where deal = %(deal)s and position <= %(known_at)s
    and (void_position is null or void_position > %(known_at)s)"""

Holds = Mapping[str, Sequence[Hold]]
"""The holds on the pay of each person."""

Kept = Mapping[int, tuple[str, ...]]
"""The holds on lines of a statement, by their number, from 1 on; a line that is not there may be paid."""


def in_effect(
    cursor: Cursor,
    period: Period,
    released: RunStep | None,
    known_at: int | None,
    employees: list[str] | None = None,
) -> dict[str, list[Hold]]:
    """The holds that keep pay of `period` back, by employee.

    released: the release of its run; a hold that names no month leaves what was released before it alone.
    """
    found: dict[str, list[Hold]] = {}
    for hold in paying.holds(cursor, known_at, employees):
        named = hold.period == str(period)
        coming = hold.period is None and (released is None or hold.position < released.position)
        if hold.released_at is None and (named or coming):
            found.setdefault(hold.employee, []).append(hold)
    return found


def kept(cursor: Cursor, slip: Payslip, holds: Sequence[Hold]) -> dict[int, tuple[str, ...]]:
    """The lines of `slip` that `holds` keep back.

    A hold on a deal keeps the whole of each line that rests on it, as rates, caps and gates bear on all that
    a line counts: no part of it is the deal's own.
    """
    if not holds:
        return {}
    made = slip.statement
    seen: Sight | None = None
    if any(hold.scope == "deal" for hold in holds):
        seen = sight(cursor, slip, made.employee, Period.parse(made.period), slip.known_at)
    found: dict[int, tuple[str, ...]] = {}
    for hold in holds:
        facts: set[int] = set()
        if hold.scope == "deal":
            asked = {"deal": hold.deal, "known_at": slip.known_at}
            facts = {position for (position,) in cursor.execute(DEAL_FACTS, asked)}
        for number, line in enumerate(made.lines, start=1):
            if _keeps(hold, line, made.period, seen, facts):
                found[number] = (*found.get(number, ()), hold.hold)
    return found


def payable_minor(slip: Payslip, kept: Iterable[int]) -> int:
    """What may be paid of `slip`: the sum of the lines that are not kept back."""
    back = set(kept)
    return sum(
        line.amount_minor for number, line in enumerate(slip.statement.lines, start=1) if number not in back
    )


def _keeps(hold: Hold, line: Line, period: str, seen: Sight | None, facts: set[int]) -> bool:
    match hold.scope:
        case "person":
            return True
        case "line":
            return (line.plan, line.component) == (hold.plan, hold.component)
        case "deal":
            return seen is not None and bool(_counted(line, line.about or period, seen) & facts)


def _counted(line: Line, about: str, seen: Sight) -> set[int]:
    """The facts that the measures of `line` counted, and those of the milestones that it looks at."""
    plan = seen.plans.get((about, line.plan))
    if plan is None:
        return set()
    component = next((each for each in plan.components if each.id == line.component), None)
    milestones = named_in(component, "milestones") if component else ()
    named = (
        *(name for name in line.inputs if name in plan.measures),
        *(each.measure for each in plan.milestones if each.id in milestones),
    )
    found: set[int] = set()
    for name in with_parts(plan.measures, named):
        found |= seen.counted.get((about, line.plan, name), set())
    return found

"""What everybody earned in a period by the facts known at a position, whatever was settled before."""

import datetime as dt
from collections.abc import Mapping, Sequence

from domain.period import Period
from domain.plan.components.base import Standing
from domain.plan.mentions import named_in
from domain.plan.placements import Placement
from domain.plan.population import deciding_day
from domain.plan.statement import Entitlement, Statement, compute_statement
from domain.plan.stay import day_measures, with_days
from projections import sight
from projections.asking import STRAIGHT, Asking
from projections.converted import exchanged
from projections.earlier import NOTHING, Earlier, earlier
from projections.flagged import freezings
from projections.members import Members, members
from projections.places import Standings
from projections.spans import Cursor


def earned(
    cursor: Cursor, period: Period, known_at: int | None, employees: Sequence[str] | None = None
) -> dict[str, Statement]:
    """The statements of those of `employees`, or of everybody, whom a plan pays in `period`."""
    return earned_by(cursor, members(cursor, period, known_at, employees), period, known_at)


def earned_by(
    cursor: Cursor, groups: Sequence[Members], period: Period, known_at: int | None
) -> dict[str, Statement]:
    """The statements of the people of `groups`, the plans that pay them in `period`."""
    due = entitlements(cursor, groups, period, known_at)
    return {employee: compute_statement(employee, own) for employee, own in due.items()}


def entitlements(
    cursor: Cursor,
    groups: Sequence[Members],
    period: Period,
    known_at: int | None,
    until: dt.date | None = None,
    asking: Asking = STRAIGHT,
) -> dict[str, list[Entitlement]]:
    """Each person's plans with what was measured for them, by employee; nothing after the day `until`."""
    last = period.last_day if until is None else min(period.last_day, until)
    found: dict[str, list[Entitlement]] = {}
    for group in groups:
        before = earlier(cursor, group, period, known_at, asking, _entitled)
        for employee, own in _entitled(cursor, group, period, known_at, last, asking, before).items():
            found.setdefault(employee, []).append(own)
    return found


def _entitled(
    cursor: Cursor,
    group: Members,
    period: Period,
    known_at: int | None,
    last: dt.date,
    asking: Asking,
    before: Mapping[str, Earlier],
) -> dict[str, Entitlement]:
    """What one plan measured for each of its people up to the day `last`, and what `before` left to them.

    Over all their days in the plan, and over those of each placement where its numbers differ.
    """
    found = _measured(cursor, group, period, known_at, last, asking, before)
    parts: dict[str, list[tuple[Placement, Entitlement]]] = {}
    for number, part in enumerate(group.placements()):
        for employee, own in _measured(cursor, part, period, known_at, last, asking, before).items():
            each = group.placed[employee].each
            held = parts.setdefault(employee, [])
            reached = {name for _, one in held for name, day in one.attained.items() if period.has(day)}
            own = own._replace(
                # Once is enough, whatever the next placement asks for.
                attained={name: day for name, day in own.attained.items() if name not in reached},
                # What a cap left over comes in once, at the end.
                carried=own.carried if number == len(each) - 1 else {},
            )
            held.append((each[number], own))
    for employee, placed in group.placed.items():
        found[employee] = found[employee]._replace(
            resolved=placed.resolved,
            placements=tuple(parts[employee]),
            placement=placed.holding(last),
        )
    return found


def _measured(
    cursor: Cursor,
    group: Members,
    period: Period,
    known_at: int | None,
    last: dt.date,
    asking: Asking,
    before: Mapping[str, Earlier],
) -> dict[str, Entitlement]:
    """The same for all days that the group says, by the numbers that it says."""
    opened = sight.windows(group.plan.measures.values(), period, group.hired, last, group.spells)
    values = asking.values(cursor, group.plan.measures, opened, known_at)
    rewarded = {name for part in group.plan.components for name in named_in(part, "milestones")}
    attained = asking.attained(cursor, group, sorted(rewarded), last, known_at)
    standings = asking.places(cursor, group.plan, period, last, known_at)
    everybody, own_rates = exchanged(cursor, group.plan, period, opened, known_at)
    licences = freezings(cursor, group.plan.measures, opened, last, known_at)
    counts_days = bool(day_measures(group.plan.measures))
    found: dict[str, Entitlement] = {}
    for employee, resolved in group.resolved.items():
        carried, months, is_last = before.get(employee, NOTHING)
        found[employee] = Entitlement(
            resolved,
            with_days(group.plan.measures, values[employee], resolved.stay)
            if counts_days
            else values[employee],
            _attained(attained.get(employee, {}), group, employee, period),
            places=_places(standings, group, employee, period) if standings else {},
            carried=carried,
            months=months,
            is_last=is_last,
            exchanged=own_rates.get(employee, everybody),
            **(licences[employee]._asdict() if employee in licences else {}),
        )
    return found


def _attained(
    reached: Mapping[str, dt.date], group: Members, employee: str, period: Period
) -> Mapping[str, dt.date]:
    """The milestones that count here: not one that was reached this month on a day in another plan."""
    return {
        name: day for name, day in reached.items() if not period.has(day) or group.belongs_on(employee, day)
    }


def _places(standings: Standings, group: Members, employee: str, period: Period) -> dict[str, Standing]:
    """The places that are paid here: none to somebody who belongs to another plan in the end."""
    left_on = group.postings[employee].left_on
    if group.resolved[employee].decided_on != deciding_day(period, left_on):
        return {}
    return {board: held[employee] for board, held in standings.items() if employee in held}

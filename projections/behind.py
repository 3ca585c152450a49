"""The facts that a person's statement rests on, by position: take one of them away, and it may be another.

They are the person's own, and the rules that hold for them. What others did decides places on boards too;
that is theirs, and is not looked up here.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping

from domain.people.roster import Posting
from domain.period import Period
from domain.plan.components.true_up import TrueUp
from domain.plan.document import Board, Plan
from domain.plan.licence import whatever_the_licence
from domain.plan.measures import Days, FactMeasure, days_of
from domain.plan.mentions import named_in, with_parts
from domain.plan.milestones import last_day
from domain.plan.spells import Spells, within
from projections.accounts import behind_accounts
from projections.asking import STRAIGHT
from projections.attainment import courses_to, first_reached
from projections.conversion import bounds
from projections.converted import currencies_of, rate_positions
from projections.evidence import counted_positions
from projections.late import ClosedPeriod, closed_periods, late_facts, touched
from projections.members import Members, members
from projections.places import opened_for, ranks_people
from projections.sight import sight
from projections.spans import Cursor
from projections.ties import kin

Spans = Mapping[str, Spells]
"""Measures over facts, by name, and the days that each looks at."""

# What was taken back counts as well: without its void it would be there again.
VOIDED = """
with own as (
    select c.position, c.void_position
    from unnest(%(employees)s::text[], %(firsts)s::date[], %(lasts)s::date[]) as run (employee, first, last)
    join credit c on c.employee = run.employee
        and (case when %(by_deal)s then coalesce(c.deal_day, c.day) else c.day end) between first and last
    where c.fact = any(%(facts)s) and c.position <= %(known_at)s
)
select unnest(array[position, void_position]) from own where void_position <= %(known_at)s
union
select unnest(array[f.fact_position, f.position, f.void_position])
from confirmation f join own on own.position = f.fact_position
where f.void_position <= %(known_at)s"""

CONFIRMED = """
select position from confirmation
where fact_position = any(%(facts)s) and position <= %(known_at)s
    and (void_position is null or void_position > %(known_at)s)"""

LICENCES = """
select at from credential_change, unnest(array[position, void_position]) as at
where employee = any(%(employees)s) and at <= %(known_at)s"""

ROSTER = """
select at from roster_change, unnest(array[position, void_position]) as at
where employee = any(%(employees)s) and at <= %(known_at)s"""

OWN_RULES = """
with place (level, scope) as (
    select 'person', %(employee)s
    union select 'branch', branch from roster_change where employee = %(employee)s
    union select 'team', team from roster_change where employee = %(employee)s
),
told as (
    select position, void_position from roster_change where employee = %(employee)s
    union all
    select position, void_position from leave where employee = %(employee)s
    union all
    select position, void_position from target_change where employee = %(employee)s
    union all
    select position, void_position from override join place using (level, scope)
    where plan = any(%(plans)s)
)
select at from told, unnest(array[position, void_position]) as at where at <= %(known_at)s"""


def behind(cursor: Cursor, employee: str, period: Period, known_at: int) -> set[int]:
    """The positions of what the statement of `employee` for `period` rests on, as known at `known_at`.

    Where something came late for closed months, these months count as well: as known now, and as known when
    they were last settled, with the closes that settled them; also where nothing came of it.
    """
    plans: set[str] = set()
    found = _month(cursor, employee, period, known_at, plans)
    for closed, before in _reopened(cursor, employee, period, known_at):
        found.add(closed.position)
        for at in (before.known_at, known_at):
            found |= _month(cursor, employee, closed.period, at, plans)
        for late in late_facts(cursor, before, closed.period, known_at, employee, None):
            found |= {at for at in (late.position, late.void_position) if at is not None}
    found |= behind_accounts(cursor, employee, period, known_at)
    asked = {"employee": employee, "plans": sorted(plans), "known_at": known_at}
    return found | {position for (position,) in cursor.execute(OWN_RULES, asked)}


def milestone_spans(
    cursor: Cursor, group: Members, employee: str, name: str, until: dt.date, known_at: int | None
) -> Spans:
    """What the milestone `name` looks at: since the hire, up to the day on which it was reached.

    While it is not, up to its last day or to `until`.
    """
    milestone, here = group.resolved[employee].milestones[name], group.postings[employee]
    course = courses_to(cursor, group, name, until, known_at).get(employee, [])
    last = first_reached(course, milestone.reaches) or min(last_day(milestone, here.hired_on), until)
    parts = with_parts(group.plan.measures, (milestone.measure,))
    named = (part for part in parts if isinstance(group.plan.measures[part], FactMeasure))
    return dict.fromkeys(named, (Days(here.hired_on, last),))


def board_spans(plan: Plan, board: Board, here: Posting, month: Period) -> Spans:
    """What the place of somebody on `board` looks at; nothing before the period of the board ends."""
    over = Period.containing(month.last_day, board.period)
    if over.last_day != month.last_day:
        return {}
    leaves, opened = opened_for(plan, board.measure, over, [here], over.last_day)
    return {name: opened[measure.window][here.employee] for name, measure in leaves.items()}


def _reopened(
    cursor: Cursor, employee: str, period: Period, known_at: int
) -> Iterator[tuple[ClosedPeriod, ClosedPeriod]]:
    """The closed months that the statement settles anew, each with the last close before it."""
    closed = closed_periods(cursor, known_at)
    if not closed or period != closed[-1].period.next():
        return
    whose = None if ranks_people(cursor, known_at) else [employee]
    since = touched(cursor, closed[-1], known_at, whose).values()
    for each in closed if since else ():
        if min(since) <= each.period.last_day:
            yield each, closed[-1]


def _month(cursor: Cursor, employee: str, month: Period, known_at: int, plans: set[str]) -> set[int]:
    """What `employee` earned in `month` rests on; adds the plans to `plans`."""
    found: set[int] = set()
    for group in members(cursor, month, known_at, [employee]):
        if employee in group.resolved:
            plans.add(group.plan.plan)
            found |= _of_plan(cursor, group, employee, month, known_at)
    return found


def _of_plan(
    cursor: Cursor,
    group: Members,
    employee: str,
    month: Period,
    known_at: int,
    only: Collection[str] | None = None,
) -> set[int]:
    """What one plan counted. only: the components that matter, where a later month looks back at them."""
    plan, found = group.plan, {group.version.position}
    for spans in _spans(cursor, group, employee, month, known_at, only):
        for name, days in spans.items():
            measure = plan.measures[name]
            assert isinstance(measure, FactMeasure), "ratios are taken apart"
            found |= _counted(cursor, measure, employee, days, known_at)
            if measure.convert_at is not None and days:
                over = bounds(days, measure.convert_at)
                whose = sight(cursor, measure, {employee: days}, known_at).employees
                others = currencies_of(cursor, whose, plan.currency, over, known_at)
                found |= rate_positions(cursor, plan.currency, others, over, known_at)
    if plan.pays_in != plan.currency:
        day = Days(month.last_day, month.last_day)
        found |= rate_positions(cursor, plan.currency, [plan.pays_in], day, known_at)
    for before, names in _looked_back(cursor, group, employee, month, known_at, only):
        for earlier in members(cursor, before, known_at, [employee]):
            if earlier.plan.plan == plan.plan and employee in earlier.resolved:
                found |= _of_plan(cursor, earlier, employee, before, known_at, names)
    return found


def _looked_back(
    cursor: Cursor,
    group: Members,
    employee: str,
    month: Period,
    known_at: int,
    only: Collection[str] | None,
) -> Iterator[tuple[Period, set[str]]]:
    """The earlier months that pay in `month` rests on, each with its components: by caps and true-ups."""
    before, parts = month.previous(), group.plan.components
    carried = {part.id for part in parts if part.cap and part.cap.carries_from(before, month)}
    if carried:
        yield before, carried
    # A later month that looks back looks at all months in between itself.
    true_ups = [part for part in parts if isinstance(part, TrueUp)] if only is None else []
    staying = STRAIGHT.staying(cursor, group, month, known_at) if true_ups else ()
    for part in true_ups:
        span = Period.containing(month.last_day, part.over)
        earlier = before
        while span.has(earlier.first_day) and (employee not in staying or span.last_day == month.last_day):
            yield earlier, {*part.of, part.id}
            earlier = earlier.previous()


def _spans(
    cursor: Cursor,
    group: Members,
    employee: str,
    month: Period,
    known_at: int,
    only: Collection[str] | None,
) -> Iterator[Spans]:
    plan, here, spells = group.plan, group.postings[employee], group.spells.get(employee)
    boards = {board.id: board for board in plan.boards}
    for component, uses in zip(plan.components, group.resolved[employee].uses, strict=True):
        if only is not None and component.id not in only:
            continue
        yield {
            name: within(days_of(measure.window, month, here.hired_on), spells)
            for name in uses.measures
            if isinstance(measure := plan.measures[name], FactMeasure)
        }
        for name in named_in(component, "milestones"):
            yield milestone_spans(cursor, group, employee, name, month.last_day, known_at)
        for name in named_in(component, "boards"):
            yield board_spans(plan, boards[name], here, month)


def _counted(cursor: Cursor, measure: FactMeasure, employee: str, days: Spells, known_at: int) -> set[int]:
    """The facts that `measure` counts, with what confirms them; those that were voided, with the voids.

    Work without the licence that it asks for is among them, since the line tells it, and so are credentials.
    """
    found = counted_positions(cursor, whatever_the_licence(measure), employee, days, known_at)
    looked = sight(cursor, measure, {employee: days}, known_at)
    asked = {
        **looked.asked(),
        "facts": [fact for fact in (measure.fact, measure.less) if fact],
        "known_at": known_at,
        "by_deal": measure.counted == "when_closed",
    }
    voided = {position for (position,) in cursor.execute(VOIDED, asked)}
    confirmed = cursor.execute(CONFIRMED, {"facts": sorted(found), "known_at": known_at})
    found |= voided | {position for (position,) in confirmed}
    if measure.licensed is not None:
        told = cursor.execute(LICENCES, {"employees": sorted(looked.employees), "known_at": known_at})
        found |= {position for (position,) in told}
    if measure.credited != "own":
        # Where everybody was who might have been held: of whom it is told, and of whom it is not.
        near = kin(cursor, measure.credited, [employee])
        told = cursor.execute(ROSTER, {"employees": sorted(near), "known_at": known_at})
        found |= {position for (position,) in told}
    return found

"""Laws of measures, milestones and boards: SQL and plain Python see the same people in the same order."""

import datetime as dt
from fractions import Fraction
from itertools import pairwise
from random import Random

from laws.simulation.plan_documents import plan_document
from laws.simulation.reference import Known
from laws.simulation.world import World

from domain.period import Period
from domain.plan.document import Plan
from domain.plan.parse import parse_plan
from domain.plan.population import belongs, deciding_day
from domain.plan.resolve import Resolver
from projections import boards, measures, sight
from projections.attainment import courses_to, first_reached
from projections.boards import measure_board, rank
from projections.members import Members


def measured(world: World, random: Random) -> None:
    """Measures that no plan has agree too, for anybody, in any period, known at any position."""
    known_at = random.randint(1, world.memory.head)
    known = Known(world.memory, known_at)
    plan = parse_plan(plan_document(random, "other", dt.date(2025, 1, 1), world.memory.opened.currency))
    today = world.memory.day(world.clock)
    period = Period.containing(today, random.choice(("week", "month", "quarter", "year")))
    hired = {employee: today - dt.timedelta(days=random.randint(0, 80)) for employee in world.memory.people}
    with world.cursor() as cursor:
        opened = sight.windows(plan.measures.values(), period, hired)
        found = measures.evaluate(cursor, plan.measures, opened, known_at)
    for employee, hired_on in hired.items():
        due = known.measured(plan, employee, period, hired_on)
        assert found[employee] == due, f"measures of {employee} in {period} at {known_at}"


def reached(world: World, random: Random) -> None:
    """Milestones of any plan are reached on the day on which the reference says so."""
    known = Known(world.memory)
    plan = parse_plan(plan_document(random, "other", dt.date(2025, 1, 1), world.memory.opened.currency))
    day = world.memory.day(world.clock)
    period = Period.containing(day)
    resolver, here = Resolver(plan, period), known.postings(period)
    resolved = {employee: resolver(posting) for employee, posting in here.items()}
    group = Members(None, plan, resolved, here)  # type: ignore[arg-type]
    with world.cursor() as cursor:
        told = courses_to(cursor, group, "start", day, None)
    for employee, posting in here.items():
        due = known.standing(plan, resolved[employee], "start", posting, day)
        found = first_reached(told.get(employee, []), due.needed)
        assert found == due.attained_on, f"start of {employee}: {found}, not {due.attained_on}"


def ranked(world: World) -> None:
    """A board places everybody once, by value, then by who came first, then by id; equals share a place."""
    known, today = Known(world.memory), world.memory.day(world.clock)
    for kind in ("week", "month"):
        period = Period.containing(today, kind)
        for plan in known.plans(period.last_day):
            for name in (*plan.measures, "top"):
                board = plan.boards[0] if name == "top" else measure_board(plan, name, period)
                with world.cursor() as cursor:
                    _total(rank(cursor, plan, board, period), known, plan, period, board.first == "lowest")


def _total(ranked: boards.Ranked, known: Known, plan: Plan, period: Period, lowest_first: bool) -> None:
    places = ranked.places
    due: dict[str, Fraction | None] = {}
    for employee, here in known.postings(period).items():
        if belongs(plan.population, here, deciding_day(period, here.left_on)):
            due[employee] = known.measured(plan, employee, period, here.hired_on)[ranked.measure]
    found = {p.employee: None if p.value is None else Fraction(p.value) for p in places}
    assert found == due and len(places) == ranked.people == len(due), (
        f"board of {ranked.measure}: {found}, {due}"
    )
    values = [value for value in due.values() if value is not None]
    for place in places:
        value = found[place.employee]
        ahead = [v for v in values if value is not None and (v < value if lowest_first else v > value)]
        assert place.place == (None if value is None else len(ahead) + 1), place
        assert place.tied == (value is not None and values.count(value) > 1), place
    keys = [
        (p.place is None, p.place or 0, p.reached_at is None, p.reached_at, p.employee)
        if p.tied else (p.place is None, p.place or 0, True, None, p.employee)
        for p in places
    ]  # fmt: skip
    assert [k[:2] for k in keys] == sorted(k[:2] for k in keys), "places do not rise"
    for one, other in pairwise(keys):
        if one[:2] == other[:2]:
            assert one[2:] == other[2:] or _before(one, other), f"{one} stands before {other}"


def _before(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Whether `one` comes first among equals: known times before unknown ones, then time, then id."""
    if one[2] != other[2]:
        return not one[2]
    latest = dt.datetime.max.replace(tzinfo=dt.UTC)
    return (one[3] or latest, str(one[4])) < (other[3] or latest, str(other[4]))  # type: ignore[operator]

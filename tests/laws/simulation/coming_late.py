"""What comes to light about a month once it is closed: told alone, so that nothing else makes up for it."""

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import islice
from random import Random

from laws.simulation import governing, pay_laws
from laws.simulation.expected import refusal
from laws.simulation.makers import TARGETED, Maker
from laws.simulation.memory import Told
from laws.simulation.reference import Known
from laws.simulation.world import World

from api import ops
from domain.facts.base import Fact
from domain.facts.governance import FactConfirmed, FactVoided, OverrideSet, PlanEnded, TargetChanged
from domain.facts.people import EmployeePromoted, EmployeeTransferred, LeaveTaken
from domain.period import Period

TRIES = 10
"""So many facts of a kind are thought of, in search of one that changes what somebody is due."""

AT_ONCE = 4
"""So many facts come to light about one month."""


def settle(world: World, random: Random) -> str:
    """A month of some work is closed; things come to light about it, each settled before the next."""
    period = governing.next_month(world)
    over = dt.datetime.combine(period.last_day, dt.time(12), dt.UTC) + dt.timedelta(days=2)
    world.clock = max(world.clock, over)
    _work(world, random, period)
    with world.by_this_clock():
        _, stored = ops.close_period(world.ledger, period, actor="payroll")
    world.learn(stored.position, "payroll")
    told = list[str]()
    for kind in random.sample(list(LATE), len(LATE)):
        if len(told) == AT_ONCE:
            break
        fact = _that_matters(world, LATE[kind](world, random, period), period)
        if fact is not None:
            world.tell(fact)
            world.caught_up()
            pay_laws.settled_is_due(world)
            told.append(f"{kind} {fact}")
    return f"{period}, then {'; '.join(told)}"


def _work(world: World, random: Random, period: Period) -> None:
    """What targets count, and who was away or had other targets, so that there is something to take back."""
    maker, days = Maker(world.memory, random, world.clock), _days(random, period)
    for _ in range(6):
        at = dt.datetime.combine(next(days), dt.time(12), world.memory.zone)
        world.tell(maker.fact(random.choice(TARGETED)), at=at)
    if random.random() < 0.25:
        over = period.previous().last_day
        world.tell(PlanEnded(plan=random.choice(governing.PLANS), ended_on=over, reason="over"))
    for known in (_away, _overridden, _targeted):
        for fact in islice(known(world, random, period), 2):
            world.tell(fact)


def _that_matters(world: World, thought_of: Iterator[Fact], period: Period) -> Fact | None:
    """The first of the facts that may be told and changes what is due for `period`."""
    before = _due(world, period)
    for fact in islice(thought_of, TRIES):
        told = Told(fact, "", "", world.clock, "hr")
        if refusal(world.memory, told, world.clock) is None:
            world.memory.told.append(told)
            changes = _due(world, period) != before
            world.memory.told.pop()
            if changes:
                return fact
    return None


def _due(world: World, period: Period) -> dict[str, int]:
    return {e: made.total_minor for e, made in Known(world.memory).statements(period).items()}


def _away(world: World, random: Random, period: Period) -> Iterator[Fact]:
    for from_on in _days(random, period):
        employee, until_on = random.choice(world.memory.people), from_on + dt.timedelta(random.choice((0, 9)))
        yield LeaveTaken(employee=employee, kind="sick", from_on=from_on, until_on=until_on)


def _overridden(world: World, random: Random, period: Period) -> Iterator[Fact]:
    for day in islice(_days(random, period), 2 * TRIES):
        fact = governing.override_from(world, random, day)
        if fact is not None:
            yield fact


def _targeted(world: World, random: Random, period: Period) -> Iterator[Fact]:
    for day in _days(random, period):
        yield governing.target_from(world, random, day)


def _moved(world: World, random: Random, period: Period) -> Iterator[Fact]:
    maker = Maker(world.memory, random, world.clock)
    for day in _days(random, period):
        tag = random.choice((EmployeeTransferred.TYPE, EmployeePromoted.TYPE))
        yield maker.fact(tag, effective_on=day)


def _confirmed(world: World, random: Random, period: Period) -> Iterator[Fact]:
    scored = [n for n, told in enumerate(world.memory.told, 1) if told.fact.TYPE == "compliance_scored"]
    for position in random.sample(scored, len(scored)):
        yield FactConfirmed(position=position, role="rd")


def _voided(*kinds: type[Fact]) -> Callable[[World, Random, Period], Iterator[Fact]]:
    def void(world: World, random: Random, _: Period) -> Iterator[Fact]:
        live = [position for position, _ in world.memory.live(*kinds)]
        for position in random.sample(live, len(live)):
            yield FactVoided(position=position, reason="written in error")

    return void


def _days(random: Random, period: Period) -> Iterator[dt.date]:
    while True:
        yield period.first_day + dt.timedelta(random.randrange(period.last_day.day))


LATE: dict[str, Callable[[World, Random, Period], Iterator[Fact]]] = {
    "leave": _away,
    "override": _overridden,
    "target": _targeted,
    "move": _moved,
    "confirmation": _confirmed,
    "no leave": _voided(LeaveTaken),
    "no override": _voided(OverrideSet),
    "no target": _voided(TargetChanged),
    "no confirmation": _voided(FactConfirmed),
    "no move": _voided(EmployeeTransferred, EmployeePromoted),
    "no end": _voided(PlanEnded),
}
"""What may come to light."""

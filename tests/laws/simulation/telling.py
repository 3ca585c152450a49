"""Operations that tell the ledger of work and people, and tell it again, and tell it wrongly."""

import datetime as dt
from random import Random
from unittest.mock import patch

import msgspec
from laws.simulation.expected import EITHER, refusal
from laws.simulation.makers import ORDINARY, Maker
from laws.simulation.memory import Told
from laws.simulation.world import World, submission

from api.intake import Stored
from domain.facts.governance import FactConfirmed, FactVoided
from domain.facts.people import EmployeeHired, EmployeeLeft, LeaveTaken
from domain.facts.selling import DealReversed
from domain.refusals import Refusal

OWN = "meritbook"
"""The source of what the program's own commands write."""


def tell(world: World, random: Random) -> str:
    """Some facts of any type, one by one, all or none, or by the short way past the rules."""
    items = [_made(world, random) for _ in range(random.choice((1, 1, 3, 6)))]
    wanted = [refusal(world.memory, told, world.clock) for told in items]
    if EITHER in wanted:
        items = [items[wanted.index(EITHER)]]
    if len(items) > 2 and random.random() < 0.3:
        items.append(random.choice(items))
    if len(items) == 1 and random.random() < 0.5:
        return f"{_shortly(world, items[0])} {items[0].fact}"
    # Journal batches of this size and more are copied, smaller ones inserted.
    with patch("domain.journal.append.COPY_FROM", random.choice((2, 250))):
        world.bring(items, atomic=random.random() < 0.4, as_bytes=random.random() < 0.3)
    return ", ".join(str(told.fact) for told in items)


def work(world: World, random: Random) -> str:
    """Some performance facts of a few people."""
    maker = Maker(world.memory, random, world.clock)
    items = [world.say(maker.performance(), at=maker.instant()) for _ in range(random.randint(3, 15))]
    world.bring(items)
    return ", ".join(str(told.fact) for told in items)


def move(world: World, random: Random) -> str:
    """Somebody is hired, comes back, leaves, moves, is promoted or is away."""
    maker, people = Maker(world.memory, random, world.clock), world.memory.people
    employee = random.choice((*people, f"E{len(people) + 1}"))
    here, day = world.memory.employed(employee)
    if not here:
        on = maker.day() if day is None else max(maker.day(), day + dt.timedelta(days=1))
        world.tell(made := maker.hire(employee, on))
        return str(made)
    tags = "employee_left employee_transferred employee_promoted leave_taken mentor_assigned"
    world.tell(fact := maker.fact(random.choice(tags.split()), employee=employee))
    return str(fact)


def redeliver(world: World, random: Random) -> str:
    """Earlier facts come once more, unchanged, by another carrier."""
    chosen = random.sample(world.memory.told, min(6, world.memory.head))
    items = [told._replace(actor="another") for told in chosen if told.source != OWN]
    head = world.memory.head
    outcomes = world.bring(items) if items else []
    assert world.memory.head == head and all(isinstance(found, Stored) and found.hit for found in outcomes)
    return f"{len(items)} facts again"


def contradict(world: World, random: Random) -> str:
    """An earlier key comes with other content, or a new key with two."""
    if random.random() < 0.4:
        maker = Maker(world.memory, random, world.clock)
        one = world.say(maker.performance(), at=maker.instant())
        other = one._replace(occurred_at=one.occurred_at - dt.timedelta(seconds=1))
        world.bring([one, random.choice((one, other)), other], atomic=random.random() < 0.3)
        return f"twice under {one.key}"
    told = random.choice(world.memory.told)
    if told.source == OWN:
        return "nothing"
    other = told._replace(occurred_at=told.occurred_at - dt.timedelta(seconds=1))
    world.bring([other], atomic=random.random() < 0.5)
    return f"another {told.fact.TYPE} under {told.key}"


def break_a_rule(world: World, random: Random) -> str:
    """Something that no ledger may store."""
    maker, memory = Maker(world.memory, random, world.clock), world.memory
    employee, sold = random.choice(memory.people), memory.deals()
    leave = dict.fromkeys(("from_on", "until_on"), maker.today)
    facts = [
        maker.fact("visit_recorded", employee="nobody"),
        maker.fact("employee_hired", employee=employee, hired_on=maker.today, manager=None),
        EmployeeLeft(employee=employee, left_on=dt.date(1999, 1, 1), cause="pay"),
        LeaveTaken(employee=employee, kind="sick", **leave | {"until_on": dt.date(2020, 1, 1)}),
        FactVoided(position=memory.head + 1, reason="too early"),
        FactVoided(position=random.randint(1, memory.head), reason="whatever it is"),
        FactConfirmed(position=random.randint(1, memory.head), role="rd"),
        EmployeeHired(employee="E1", hired_on=maker.today, branch="nowhere", post="seller"),
    ]
    if sold:
        _, deal, back = memory.deal(random.choice(sold)) or (0, None, 0)
        assert deal is not None
        rest = deal.amount_minor - back
        again = msgspec.structs.asdict(deal) | {"amount_minor": min(rest + 1, 2**53 - 1)}
        facts += [deal, DealReversed(**again)]
    fact = random.choice(facts)
    ahead = dt.timedelta(days=2) if random.random() < 0.1 else dt.timedelta()
    cause = memory.head + 1 if random.random() < 0.1 else None
    world.tell(fact, at=world.clock + ahead, causation=cause)
    return str(fact)


def _made(world: World, random: Random) -> Told:
    maker = Maker(world.memory, random, world.clock)
    fact = maker.fact(random.choice(ORDINARY)) if random.random() < 0.5 else maker.performance()
    cause = random.randint(1, world.memory.head) if random.random() < 0.1 else None
    return world.say(fact, at=maker.instant(), causation=cause, source=random.choice(("crm", "his")))


def _shortly(world: World, told: Told) -> str:
    """By the way of a single fact in the service: past the look at the journal, where none is needed."""
    awaited = world.awaited([told], atomic=False)
    intake, journal = world.ledger.intake, world.ledger.journal
    try:
        draft = intake.plain(submission(told), actor=told.actor, now=world.clock)
    except Refusal as refused:
        assert awaited[0] in (type(refused).__name__, EITHER), (told, refused, awaited)
        return "refused at once:"
    if draft is None:
        world.bring([told])
        return "at length:"
    [receipt] = journal.append([draft], now=world.clock)
    world.check([told], [Stored(*receipt)], awaited)
    return "shortly:"

"""Operations on the rules themselves: plans, overrides, targets, closes, honours, voids and corrections."""

import datetime as dt
from random import Random
from typing import Any

import msgspec
from laws.simulation.expected import latest, names_of
from laws.simulation.makers import APPROVER, BRANCHES, Maker
from laws.simulation.plan_documents import plan_document
from laws.simulation.world import ENGINE, World

from api import ops
from api.intake import Stored
from domain.decide.proposed import proposal_of
from domain.facts.base import Fact
from domain.facts.changes import ChangeRefused
from domain.facts.governance import (
    FactConfirmed,
    FactVoided,
    OverrideSet,
    PlanAdopted,
    PlanEnded,
    TargetChanged,
)
from domain.facts.registry import CREDITED
from domain.period import Period
from domain.plan.parse import document_hash
from domain.refusals import Refusal
from projections import closing

PLANS = ("selling", "caring")
FIRST_MONTH = Period.parse("2025-02")
AGAIN = frozenset("deal_closed deal_reversed employee_hired employee_left plan_adopted override_set".split())
"""Types of which a second fact is judged by what the first has left behind."""


def next_month(world: World) -> Period:
    """The first month that is still open."""
    closes = world.memory.closes()
    return Period.parse(closes[-1][1].period).next() if closes else FIRST_MONTH


def adopt(world: World, random: Random) -> str:
    """A new version of a plan takes effect, now and then from a month that is closed."""
    first = next_month(world).first_day
    earlier = Period.containing(first).previous().first_day
    effective_from = random.choice((first, first, Period.containing(first).next().first_day, earlier))
    written = plan_document(random, random.choice(PLANS), effective_from, world.memory.opened.currency)
    fact = PlanAdopted(
        plan=written["plan"],
        effective_from=effective_from,
        document=written,
        document_hash=document_hash(written),
        approver=random.choice((APPROVER,) * 9 + ("hr",)),
    )
    world.tell(fact)
    return f"{fact.plan} from {effective_from}"


def propose(world: World, random: Random) -> str:
    """A change is proposed to a second person, who approves or refuses it, or it is withdrawn, or nothing."""
    day = Maker(world.memory, random, world.clock).day()
    change = random.choice((override_from, target_from))(world, random, day)
    if change is None:
        return "nothing is open"
    asked = proposal_of(change)
    about: dict[str, Any] = {
        name: getattr(asked, name) for name in ("changes", "employee", "customer", "branch")
    }
    proposed = world.tell(asked)
    if not isinstance(proposed, Stored):
        return "refused"
    answers = {
        "approved": msgspec.structs.replace(change, approver=APPROVER, proposal=proposed.position),
        "refused": ChangeRefused(proposal=proposed.position, reason="too early", **about),
        "withdrawn": FactVoided(position=proposed.position, reason="not wanted any more"),
    }
    chosen = random.choice(("approved", "approved", "refused", "withdrawn", ""))
    for answer in (chosen, "approved") if chosen else ():
        world.tell(answers[answer], actor=random.choice((APPROVER,) * 9 + ("hr",)))
    return f"{chosen} {change}"


def end_plan(world: World, random: Random) -> str:
    """A plan is told to end at the end of some month."""
    period = random.choice(
        (next_month(world), next_month(world).next(), next_month(world).previous().previous())
    )
    world.tell(fact := PlanEnded(plan=random.choice(PLANS), ended_on=period.last_day, reason="over"))
    return str(fact)


def override(world: World, random: Random) -> str:
    """A branch, team or person sets what the version in force opened to it."""
    fact = override_from(world, random, Maker(world.memory, random, world.clock).day())
    if fact is None:
        return "nothing is open"
    world.tell(fact)
    return str(fact)


def override_from(world: World, random: Random, day: dt.date) -> OverrideSet | None:
    """An override from `day` on; None where nothing is open to one."""
    plan = random.choice(PLANS)
    started = [(at, v) for at, v in world.memory.versions(plan) if v.effective_from <= day]
    if not started:
        return None
    _, version = max(started, key=lambda found: (found[1].effective_from, found[0]))
    opened = version.document["parameters"]["aim"].get("open")  # type: ignore[index]
    if opened is None:
        return None
    level = random.choice(opened["to"])
    scope = {"branch": BRANCHES, "team": ("north", "south"), "person": world.memory.people}[level]
    return OverrideSet(
        plan=plan, parameter="aim", level=level, scope=random.choice(scope), value=str(random.randint(0, 9)),
        effective_from=day, effective_until=random.choice((None, day + dt.timedelta(days=40))),
        reason="pilot", approver=random.choice((APPROVER,) * 9 + ("hr",)),
    )  # fmt: skip


def change_target(world: World, random: Random) -> str:
    """A target or milestone of the latest versions is changed for one person."""
    fact = target_from(world, random, Maker(world.memory, random, world.clock).day())
    world.tell(fact)
    return str(fact)


def target_from(world: World, random: Random, day: dt.date) -> TargetChanged:
    """A target or milestone of one person, changed from `day` on."""
    names = sorted({name for version in latest(world.memory) for name in names_of(version)} - {"rate"})
    target = random.choice((*names, *names, "unheard_of"))
    return TargetChanged(
        employee=random.choice(world.memory.people), target=target, value=str(random.randint(0, 4)),
        effective_from=day, within_days=random.choice((None, 30)) if target == "start" else None,
        reason="a long leave", approver=APPROVER,
    )  # fmt: skip


def void(world: World, random: Random) -> str:
    """Some fact, mostly one that may be voided, was written in error."""
    position = random.choice(_voidable(world) or [1])
    world.tell(FactVoided(position=position, reason="written in error"))
    return f"{position}: {world.memory.at(position).fact}"


def correct(world: World, random: Random) -> str:
    """A fact is voided and recorded anew, in two deliveries or one."""
    memory = world.memory
    types = CREDITED | AGAIN if random.random() < 0.5 else AGAIN
    found = [at for at in _voidable(world) if memory.at(at).fact.TYPE in types]
    if not found:
        return "nothing"
    position = random.choice(found)
    wrong = memory.at(position)
    right = wrong.fact
    if right.TYPE in CREDITED | {"employee_hired", "employee_left"}:
        right = Maker(memory, random, world.clock).fact(right.TYPE, **_kept(right))
    elif isinstance(right, PlanAdopted) and random.random() < 0.3:
        right = PlanEnded(plan=right.plan, ended_on=next_month(world).last_day, reason="over")
    items = [
        world.say(FactVoided(position=position, reason="written in error")),
        world.say(right, at=wrong.occurred_at),
    ]
    if random.random() < 0.3:
        for told in items:
            world.bring([told])
    else:
        world.bring(items, atomic=random.random() < 0.5)
    return f"{position}: {right} for {wrong.fact}"


def confirm(world: World, random: Random) -> str:
    """Somebody confirms performance facts."""
    found = [at for at, told in enumerate(world.memory.told, 1) if told.fact.TYPE in CREDITED]
    chosen = random.sample(found, min(len(found), 4))
    for position in chosen:
        world.tell(FactConfirmed(position=position, role=random.choice(("rd", "manager"))))
    return f"{chosen}"


def close(world: World, random: Random) -> str:
    """The program's own command closes the next month, which may not be over yet; or another one."""
    due = next_month(world)
    period = random.choice((due,) * 8 + (due.next(), due.previous()))
    if random.random() < 0.7:
        midnight = dt.datetime.combine(due.last_day, dt.time(), world.memory.zone) + dt.timedelta(days=1)
        ahead = dt.timedelta(minutes=random.choice((-1, 1, 1, 9_000)))
        world.clock = max(world.clock, midnight.astimezone(dt.UTC) + ahead)
    today = world.memory.day(world.clock)
    closed = [Period.parse(fact.period) for _, fact in world.memory.closes()]
    wanted = (
        "PeriodAlreadyClosed" if closed and period.first_day <= closed[-1].first_day
        else "PeriodOutOfOrder" if closed and period != closed[-1].next()
        else "PeriodNotOver" if today <= period.last_day
        else None
    )  # fmt: skip
    try:
        with world.by_this_clock():
            _, stored = ops.close_period(world.ledger, period, actor="payroll")
    except Refusal as refused:
        assert type(refused).__name__ == wanted, f"closing {period}: {refused!r}, expected {wanted}"
        return f"{period}: {wanted}"
    assert wanted is None, f"{period} was closed in spite of {wanted}"
    world.learn(stored.position, "payroll")
    return f"{period} at {stored.position}"


def close_behind(world: World, random: Random) -> str:
    """A month is closed by figures that others have gone beyond before the close is written."""
    period = next_month(world)
    if world.memory.day(world.clock) <= period.last_day:
        return "not over"
    known_at = world.caught_up()
    with world.cursor() as cursor:
        made = closing.compute(cursor, period, known_at)
    maker = Maker(world.memory, random, world.clock)
    for _ in range(random.randint(0, 3)):
        world.tell(maker.performance(), at=maker.instant())
    void(world, random)
    world.tell(made.fact(ENGINE))
    return f"{period} as known at {known_at}"


def honour(world: World, random: Random) -> str:
    """Whoever is first on a board of a past month is honoured; again, and nothing changes."""
    period = next_month(world).previous()
    with world.by_this_clock():
        told = ops.award(world.ledger, "top", period, actor="hr")
        again = ops.award(world.ledger, "top", period, actor="hr") if told else told
    for _, stored in told or ():
        if not stored.hit:
            world.learn(stored.position, "hr")
    assert [stored.position for _, stored in again or ()] == [stored.position for _, stored in told or ()]
    return f"{[fact.employee for fact, _ in told or ()]}"


def _voidable(world: World) -> list[int]:
    voided = world.memory.voids()
    return [
        position
        for position, told in enumerate(world.memory.told, 1)
        if position not in voided and told.fact.TYPE not in ("fact_voided", "branch_opened", "ledger_opened")
    ]


def _kept(fact: Fact) -> dict[str, object]:
    """What stays when a fact is corrected: whom and which thing it is about."""
    said = msgspec.structs.asdict(fact)
    return {name: said[name] for name in ("employee", "customer", "deal", "currency") if name in said}

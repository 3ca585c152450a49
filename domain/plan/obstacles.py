"""What keeps work from being paid: a shut gate, a cap, a floor, a frozen licence, a missing confirmation.

None of these is something to do more of; each is told with what it holds back.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from domain.plan.components.base import Part
from domain.plan.components.component import Component
from domain.plan.components.terms import MISSED
from domain.plan.doing import ALONE, Amounts, Contest, Doing
from domain.plan.hints import is_shut
from domain.plan.measures import FactMeasure
from domain.plan.statement import Entitlement, Sentence, Values


class Obstacle(NamedTuple):
    """What stands in the way. component: that pays less for it; None where it is a measure's.

    gain_minor: what would be paid more without it; 0 where more work simply earns nothing more. amounts: what
    each component would then pay.
    """

    component: str | None
    said: Sentence
    now_minor: int
    gain_minor: int
    amounts: Amounts


def obstacles(entitlement: Entitlement, contests: Mapping[str, Contest] = ALONE) -> tuple[Obstacle, ...]:
    """What keeps the components of a plan from paying more, in their order."""
    doing = Doing(entitlement, contests)
    told = (each for part in doing.plan.components for each in _of(doing, part))
    return (*told, *_licences(doing))


def awaited(entitlement: Entitlement, confirmed: Values, waiting: Mapping[str, int]) -> tuple[Obstacle, ...]:
    """What is paid once somebody confirms the records that wait, measure by measure, if that is more.

    confirmed: each measure's value with all of them confirmed. waiting: how many records that are.
    """
    doing = Doing(entitlement)
    found: list[Obstacle] = []
    for measure, records in waiting.items():
        value, held = confirmed[measure], doing.plan.measures[measure]
        if not records or value is None or value == doing.seen.values[measure]:
            continue
        seen = doing.at(measure, value, "recomputed")
        amounts = doing.amounts(doing.touched([measure]), seen)
        gain = sum(amounts.values()) - doing.total_minor
        role = held.confirmed_by if isinstance(held, FactMeasure) else None
        words = {"records": str(records), "measure": measure, "role": role or ""}
        if gain > 0:
            said = Sentence("awaits_confirmation", words)
            found.append(Obstacle(None, said, doing.total_minor, gain, amounts))
    return tuple(found)


def _licences(doing: Doing) -> Iterator[Obstacle]:
    """The licences without which more work is flagged and earns nothing, measure by measure."""
    looked_at = {name for uses in doing.entitlement.resolved.uses for name in uses.measures}
    for name, freeze in doing.entitlement.frozen.items():
        measure = doing.plan.measures[name]
        if name in looked_at and isinstance(measure, FactMeasure):
            words = {"measure": name, "credential": measure.licensed or ""}
            key = "licence_never"
            if freeze.since is not None:
                key, words = "licence_frozen", words | freeze.words()
            yield Obstacle(None, Sentence(key, words), doing.total_minor, 0, doing.now)


def _of(doing: Doing, part: Component) -> Iterator[Obstacle]:
    part, seen = part.current(doing.seen)
    told = {each.rule: each for each in part.pay(seen).parts}
    if is_shut(part, seen):
        opened = doing.minor(msgspec.structs.replace(part, gates=()), seen)
        gain = opened - doing.minor(part, seen)
        missed = [each for each in part.pay(seen).parts if each.rule in MISSED]
        if gain > 0:
            amounts = {**doing.now, part.id: doing.now[part.id] + gain}
            yield from (Obstacle(part.id, _said(each), doing.total_minor, gain, amounts) for each in missed)
    elif part.cap is not None and "cap" in told:
        words = {"pays": str(part.cap.pays), "left": str(-told["cap"].amount)}
        period = doing.entitlement.resolved.period
        is_carried = part.cap.carries_from(period, period.next())
        said = Sentence("cap_carries" if is_carried else "cap_loses", words)
        yield Obstacle(part.id, said, doing.total_minor, 0, doing.now)
    elif part.floor is not None and "floor" in told:
        words = {"pays": str(part.floor.pays), "left": str(told["floor"].amount)}
        yield Obstacle(part.id, Sentence("floor_holds", words), doing.total_minor, 0, doing.now)


def _said(part: Part) -> Sentence:
    return Sentence(part.rule, {name: str(word) for name, word in part.words.items()})

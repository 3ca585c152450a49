"""What every component of pay is: some fields of the document, a rule that earns, and terms upon it."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar

import msgspec

from domain.money import Rounding
from domain.plan.components.base import Earned, Fault, Part, Seen
from domain.plan.components.terms import (
    Cap,
    Floor,
    Gate,
    Multiplier,
    capped,
    floored,
    gated,
    multiplied,
    placed,
    prorated,
)
from domain.plan.fields import Identifier, Prorate, Title


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of pay. clause: of the contract or policy that it implements. rounding: the plan's if absent.

    The terms apply to what the rule earns in this order: multipliers one after the other, floor, cap, the
    share of the days, gates. prorate: by the days of the period on which the person belongs to the plan,
    `employed`, or is not on leave either, `present`. What a cap left over before comes in right before it.
    """

    KIND: ClassVar[str]
    AFTER_OTHERS: ClassVar[bool] = False
    id: Identifier
    title: Title
    clause: str = ""
    rounding: Rounding | None = None
    multipliers: tuple[Multiplier, ...] = ()
    floor: Floor | None = None
    cap: Cap | None = None
    prorate: Prorate | None = None
    gates: tuple[Gate, ...] = ()

    @property
    def kind(self) -> str:
        """What a plan document calls it."""
        return self.KIND

    def earn(self, seen: Seen) -> Earned:
        """What this component is worth to the person that `seen` describes, before its terms."""
        raise NotImplementedError

    def pay(self, seen: Seen) -> Earned:
        """What it pays: what it earns, under its terms, each a part of its own."""
        earned = self.earn(seen)
        if not (self.multipliers or self.floor or self.cap or self.prorate or self.gates):
            return earned
        steps = tuple(self._steps(earned.amount, seen))
        if not steps:
            return earned
        amount = sum((part.amount for part in steps), earned.amount)
        return earned._replace(amount=amount, parts=(*earned.as_parts(), *steps))

    def _steps(self, amount: Fraction, seen: Seen) -> Iterator[Part]:
        """What each term adds to `amount` or takes off it; terms that change nothing are left out."""
        for number, multiplier in enumerate(self.multipliers, start=1):
            step = multiplied(multiplier, f"multiplier {number}", amount, seen)
            amount += step.amount
            yield step
        if self.floor is not None and (step := floored(self.floor, amount, seen.stay.months)):
            amount += step.amount
            yield step
        carried = seen.carried.get(self.id)
        if carried:
            amount += carried
            yield Part("carried in", carried, {}, "carried_in")
        if self.cap is not None and (step := capped(self.cap, amount)):
            amount += step.amount
            yield step
        if self.prorate is not None and (step := prorated(self.prorate, amount, seen.stay)):
            amount += step.amount
            yield step
        for number, gate in enumerate(self.gates, start=1):
            step = gated(gate, f"gate {number}", amount, seen)
            amount += step.amount
            yield step

    def current(self, seen: Seen) -> "tuple[Component, Seen]":
        """The rule by which more that is done now is paid, and what it looks at."""
        return self, seen

    def looks_at(self) -> tuple[str, ...]:
        """The components whose pay this one follows from; none by default."""
        return ()

    def inner(self) -> "tuple[Component, ...]":
        """The rules inside this one; nothing by default."""
        return ()

    def faults(self) -> Iterator[Fault]:
        """What is wrong with its numbers, read or overridden; nothing by default."""
        return iter(())

    def all_faults(self) -> Iterator[Fault]:
        """What is wrong with its numbers or its terms."""
        yield from self.faults()
        for number, multiplier in enumerate(self.multipliers):
            yield from placed(f"multipliers[{number}]", multiplier.faults())
        for number, gate in enumerate(self.gates):
            yield from placed(f"gates[{number}]", gate.faults())
        if self.floor is not None and self.cap is not None and self.floor.pays > self.cap.pays:
            yield Fault("cap.pays", "The cap lies below the floor.", "Lower the floor or raise the cap.")

"""A weighted scorecard: sales 60 %, satisfaction 20 %, compliance 10 %, teamwork 10 %."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal

import msgspec

from domain.plan.arithmetic import NOTHING, is_below, product_of_three, ratio
from domain.plan.components.bands import Stretch, along, band_faults, held_in
from domain.plan.components.base import Earned, Fault, Part, Seen, Words, attainment, total
from domain.plan.components.component import Component
from domain.plan.exact import shown
from domain.plan.fields import Amount, Share, TargetName


class ScorePart(msgspec.Struct, frozen=True, kw_only=True):
    """How far a target is attained, from nothing to `cap`, and how much that weighs."""

    target: TargetName
    weight: Share
    cap: Share | None = None


class PayoutBand(Stretch, frozen=True, kw_only=True):
    """The share of the base that a score pays, from `from` up to but not including `until`: 50 %."""

    pays: Share


class Scorecard(Component, frozen=True, kw_only=True):
    """`base` times the weighted attainment of all parts; a part without a value attains nothing.

    payout: what each score pays of the base, where that is not the score itself; nothing below the first
    band. interpolated: it moves in a straight line from the beginning of each band to that of the next.
    """

    KIND: ClassVar[str] = "scorecard"
    base: Amount
    parts: tuple[ScorePart, ...]
    payout: tuple[PayoutBand, ...] = ()
    method: Literal["steps", "interpolated"] = "steps"

    def earn(self, seen: Seen) -> Earned:
        """The base times the score; each part shows what it adds."""
        parts = tuple(self._part(part, seen) for part in self.parts)
        amount = total(parts)
        score = ratio(amount, self.base) if self.base else NOTHING
        words: Words = {"score": score, "base": self.base}
        if not self.payout:
            return Earned(amount, "scorecard", words, parts)
        paid = self._paid_of(score)
        curve = Part("payout", self.base * (paid - score), {"score": score, "paid": paid}, "payout")
        return Earned(self.base * paid, "scorecard_paid", words | {"paid": paid}, (*parts, curve))

    def _paid_of(self, score: Fraction) -> Fraction:
        if self.method == "interpolated":
            return along([(band.from_, band.pays) for band in self.payout], score) or Fraction(0)
        band = held_in(self.payout, score)
        return Fraction(band.pays) if band else Fraction(0)

    def _part(self, part: ScorePart, seen: Seen) -> Part:
        measure, target = seen.aims[part.target]
        value = seen.values[measure]
        reached = attainment(value, target)
        counted = reached if part.cap is None or not is_below(part.cap, reached) else part.cap
        if counted.numerator < 0:
            counted = NOTHING
        return Part(
            part.target,
            product_of_three(self.base, part.weight, counted),
            {
                "measure": measure,
                "value": "" if value is None else value,
                "target": target,
                "attained": reached,
                "counted": counted,
                "weight": part.weight,
            },
        )

    def faults(self) -> Iterator[Fault]:
        """Weights must sum to 100 %, and no part may weigh nothing or less."""
        if self.payout:
            faults = band_faults(self.payout, "pays: 50 %")
            yield from (fault._replace(where=fault.where.replace("bands", "payout")) for fault in faults)
        weights = sum((part.weight for part in self.parts), Fraction(0))
        if weights != 1:
            yield Fault(
                "parts",
                f"The weights sum to {shown(weights, 'percent')}, not to 100 %.",
                "Change the weights until they sum to 100 %.",
            )
        for index, part in enumerate(self.parts):
            if part.weight <= 0:
                yield Fault(
                    f"parts[{index}].weight", "A weight must be more than 0 %.", "Leave the part out."
                )

"""A bonus for a milestone, paid once: in the period in which it is attained."""

from fractions import Fraction
from typing import ClassVar

from domain.plan.components.base import Earned, Seen
from domain.plan.components.component import Component
from domain.plan.fields import Amount, MilestoneName


class MilestoneBonus(Component, frozen=True, kw_only=True):
    """`pays` when `milestone` was attained on a day of the period."""

    KIND: ClassVar[str] = "milestone"
    milestone: MilestoneName
    pays: Amount

    def earn(self, seen: Seen) -> Earned:
        """The whole bonus in one period, nothing in any other."""
        attained_on = seen.attained.get(self.milestone)
        if attained_on is None:
            return Earned(Fraction(0), "milestone_open", {"milestone": self.milestone})
        words = {"milestone": self.milestone, "on": attained_on.isoformat(), "pays": self.pays}
        if seen.period.has(attained_on):
            return Earned(self.pays, "milestone_attained", words)
        return Earned(Fraction(0), "milestone_attained_elsewhen", words)

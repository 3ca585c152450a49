"""A component whose numbers are not the same in each branch or team where somebody worked in the period."""

from typing import ClassVar

from domain.plan.components.base import Earned, Seen, total
from domain.plan.components.component import Component


class ByPlacement(Component, frozen=True, kw_only=True):
    """What one component pays by the numbers of each placement, for the days of each.

    No author writes it: it stands for the component in the plan as resolved for somebody who moved. rules:
    the component with the numbers of each placement, in the order of `Seen.placements`. places: what each
    placement is called.
    """

    KIND: ClassVar[str] = "by_placement"
    rules: tuple[Component, ...]
    places: tuple[str, ...]

    @property
    def kind(self) -> str:
        """That of the component that it stands for."""
        return self.rules[-1].kind

    def earn(self, seen: Seen) -> Earned:
        """The pay of all placements; each part says whose it is. Terms are those of each placement."""
        parts = tuple(
            part._replace(name=f"{place}: {part.name}", words={**part.words, "placement": place})
            for rule, own, place in zip(self.rules, seen.placements, self.places, strict=True)
            for part in rule.pay(own).as_parts()
        )
        return Earned(total(parts), "by_placement", {"placements": str(len(self.rules))}, parts)

    def current(self, seen: Seen) -> tuple[Component, Seen]:
        """The rule of the placement that is looked at, and what it looks at."""
        return self.rules[seen.placement], seen.placements[seen.placement]

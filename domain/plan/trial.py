"""What rules would pay: amounts alone, and only of components that can differ from a first trial."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from domain.money import rounded
from domain.plan.components.base import Seen
from domain.plan.components.component import Component
from domain.plan.document import Plan
from domain.plan.exchange import minor_worth
from domain.plan.statement import Entitlement, after_others, seen_by


class PlanPay(NamedTuple):
    """What each component of one plan pays a person in a period. amounts: in minor units, in their order."""

    plan: Plan
    seen: Seen
    amounts: tuple[int, ...]

    @property
    def by_component(self) -> dict[str, int]:
        """Each by its component."""
        return {part.id: amount for part, amount in zip(self.plan.components, self.amounts, strict=True)}

    @property
    def total_minor(self) -> int:
        """All of them."""
        return sum(self.amounts)


Pay = Mapping[str, PlanPay]
"""What a person is paid in a period, by plan."""

NOTHING: Pay = {}


class Trials:
    """Tries several sets of rules on the same people; a component that is the same is not asked again."""

    def __init__(self) -> None:
        self._alike: dict[tuple[int, int], tuple[Plan, Plan, tuple[int | None, ...]]] = {}

    def pay(self, entitlements: Iterable[Entitlement], first: Pay = NOTHING) -> Pay:
        """What `entitlements`, all of one person, pay. first: what another trial paid the same person."""
        found: dict[str, PlanPay] = {}
        for entitlement in entitlements:
            plan, seen = entitlement.resolved.plan, seen_by(entitlement)
            before = first.get(plan.plan)
            if before is not None and before.seen == seen:
                alike = self._places(before.plan, plan)
                held = [None if place is None else before.amounts[place] for place in alike]
            else:
                held = [None] * len(plan.components)
            scale = minor_worth(entitlement.exchanged, plan.currency, plan.pays_in)

            def amount(
                component: Component, seen: Seen, plan: Plan = plan, scale: int | Fraction = scale
            ) -> int:
                return rounded(component.pay(seen).amount, component.rounding or plan.rounding, scale)

            known = {
                component.id: amount(component, seen) if minor is None else minor
                for component, minor in zip(plan.components, held, strict=True)
                if not component.AFTER_OTHERS
            }
            late = after_others(seen, known, scale) if len(known) < len(plan.components) else seen
            amounts = tuple(
                known[component.id] if component.id in known else amount(component, late)
                for component in plan.components
            )
            found[plan.plan] = PlanPay(plan, seen, amounts)
        return found

    def _places(self, before: Plan, plan: Plan) -> tuple[int | None, ...]:
        """Where each component of `plan` is among those of `before`, if it is there as it is."""
        key = (id(before), id(plan))
        if key not in self._alike:
            comparable = (before.rounding, before.currency, before.pays_in) == (
                plan.rounding,
                plan.currency,
                plan.pays_in,
            )
            numbered = {part.id: (place, part) for place, part in enumerate(before.components)}
            places = tuple(
                numbered[part.id][0]
                if comparable and part.id in numbered and numbered[part.id][1] == part
                else None
                for part in plan.components
            )
            # Both plans are held, so that no other one can take an id that is known here.
            self._alike[key] = before, plan, places
        return self._alike[key][2]


def sums_by_component(pays: Iterable[Pay]) -> dict[tuple[str, str], int]:
    """What each component pays all of them, by plan and component."""
    rows: dict[int, tuple[Plan, list[tuple[int, ...]]]] = {}
    for pay in pays:
        for held in pay.values():
            rows.setdefault(id(held.plan), (held.plan, []))[1].append(held.amounts)
    found = defaultdict[tuple[str, str], int](int)
    for plan, amounts in rows.values():
        for component, column in zip(plan.components, zip(*amounts, strict=True), strict=True):
            found[plan.plan, component.id] += sum(column)
    return found


def total_minor(pay: Pay) -> int:
    """What all plans pay together."""
    return sum(held.total_minor for held in pay.values())

"""What parts of plans are called on pages: their titles, and ids only where nothing better is known."""

from collections.abc import Mapping
from typing import NamedTuple

from api.pages.page import Page
from api.pages.wording import Wording
from domain.plan.document import Plan
from domain.plan.fields import Title


class PlanWords(NamedTuple):
    """The titles of plans and of their parts, in the language of a page."""

    plans: Mapping[str, Plan]
    wording: Wording

    def plan(self, plan: str) -> str:
        """What the plan is called."""
        found = self.plans.get(plan)
        return plan if found is None else self.wording.title(found.title)

    def component(self, plan: str, component: str) -> str:
        """What pays, and by which plan: New clients · Sellers' monthly bonus."""
        found = self.plans.get(plan)
        parts = found.components if found else ()
        title = next((each.title for each in parts if each.id == component), None)
        return f"{self._said(title, component)} · {self.plan(plan)}"

    def parameter(self, plan: str, parameter: str) -> str:
        """What a number of a plan is called."""
        found = self.plans.get(plan)
        held = found.parameters.get(parameter) if found else None
        return self._said(held.title if held else None, parameter)

    def target(self, target: str) -> str:
        """What a target or milestone is called, of whichever plan has it."""
        for plan in self.plans.values():
            aim = plan.targets.get(target)
            if aim is not None:
                return self.wording.title(aim.title or plan.measures[aim.measure].title)
            for milestone in plan.milestones:
                if milestone.id == target:
                    return self.wording.title(milestone.title)
        return target

    def _said(self, title: Title | None, id: str) -> str:
        return id if title is None else self.wording.title(title)


async def plan_words(page: Page) -> PlanWords:
    """The titles of all plans, each of its last version."""
    return PlanWords(await page.plans(), page.wording)

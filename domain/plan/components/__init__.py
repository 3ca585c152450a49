"""The kinds of component: a struct and its rule in a module each, and a line in this table."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.plan.components.component import Component
from domain.plan.components.milestone_bonus import MilestoneBonus
from domain.plan.components.per_point import PerPoint
from domain.plan.components.per_unit import PerUnit
from domain.plan.components.rank import Rank
from domain.plan.components.rate_table import RateTable
from domain.plan.components.scorecard import Scorecard
from domain.plan.components.step import Step
from domain.plan.components.threshold import Threshold
from domain.plan.components.true_up import TrueUp

KINDS: Mapping[str, type[Component]] = MappingProxyType(
    {
        kind.KIND: kind
        for kind in (PerUnit, Threshold, PerPoint, Step, RateTable, Scorecard, MilestoneBonus, Rank, TrueUp)
    }
)
"""What a plan document writes after `kind:`, and the struct that is meant."""

RULES: Mapping[str, type[Component]] = MappingProxyType(
    {kind.KIND: kind for kind in (PerUnit, Threshold, PerPoint, Step, RateTable, Scorecard)}
)
"""Those that follow from numbers of any length of time, so that a true-up can follow them."""

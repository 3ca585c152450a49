"""Whether pay can only rise as its measures rise, so that a search may leap.

Told from the kind and the numbers of a component; where it is not certain, the answer is no.
"""

from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction
from itertools import pairwise

from domain.plan.components.component import Component
from domain.plan.components.graded import Counted
from domain.plan.components.per_point import PerPoint
from domain.plan.components.per_unit import PerUnit
from domain.plan.components.rate_table import RateTable
from domain.plan.components.scorecard import Scorecard
from domain.plan.components.step import Step
from domain.plan.components.threshold import Threshold


def only_rises(part: Component, measured: Iterable[Fraction | None], aims: Collection[Fraction]) -> bool:
    """Whether `part` never pays less when measures rise from what was `measured`.

    measured: what it looks at now; below 0 nothing is certain, and an aim must be above 0 to be approached.
    """
    return (
        all(value is None or value >= 0 for value in measured)
        and all(aim > 0 for aim in aims)
        and _rule_rises(part)
        and all(term.times is not None and term.times >= 0 for term in part.multipliers)
        and all(gate.at_most is None and gate.less_than is None for gate in part.gates)
    )


def _rule_rises(part: Component) -> bool:
    if isinstance(part, Counted) and part.running:
        return False
    match part:
        case PerUnit():
            return part.rate >= 0
        case PerPoint():
            return part.rate >= 0
        case Threshold():
            return part.pays >= 0
        case Step():
            return _rise([band.pays for band in part.bands])
        case RateTable(method="marginal"):
            return all(band.rate >= 0 for band in part.bands)
        case RateTable():
            return _rise([band.rate for band in part.bands])
        case Scorecard():
            return part.base >= 0 and _rise([band.pays for band in part.payout])
        case _:
            return False


def _rise(numbers: Sequence[Fraction]) -> bool:
    return all(number >= 0 for number in numbers[:1]) and all(low <= high for low, high in pairwise(numbers))

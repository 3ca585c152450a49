"""People on a board about whom facts came since they were measured, and the best they may have come to.

They need be measured only once this best reaches the places that are shown, and few ever do.
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import takewhile
from typing import NamedTuple

from domain.plan import bounds
from domain.plan.bounds import Range, Told
from domain.plan.measures import FactMeasure, Measure
from projections.ordered import Ordered


class Best(NamedTuple):
    """Where the measures over facts of somebody lie, and what of these comes first at best."""

    leaves: tuple[Range, ...]
    first: int | Fraction


class Waiting:
    """Those who wait. measures: what `measure`, the board's own, follows from; leaves: those over facts.

    before: of two values, the better one has the lesser of these. is_low: whether the lowest value is best.
    """

    def __init__(
        self,
        measures: Mapping[str, Measure],
        leaves: Mapping[str, FactMeasure],
        measure: str,
        before: Callable[[Fraction], int | Fraction],
        is_low: bool,
    ) -> None:
        self._measures, self._leaves, self._measure = measures, leaves, measure
        self._before, self._is_low = before, is_low
        self._best: dict[str, Best] = {}
        self._order = Ordered()

    def __contains__(self, employee: str) -> bool:
        return employee in self._best

    def __iter__(self) -> Iterator[str]:
        return iter(self._best)

    def put(self, employee: str, known: tuple[Range, ...], told: Told) -> bool:
        """Lets somebody wait whose measures lay within `known` before `told`; not if all is possible now."""
        leaves = tuple(
            bounds.moved(measure, before, told)
            for measure, before in zip(self._leaves.values(), known, strict=True)
        )
        named = dict(zip(self._leaves, leaves, strict=True))
        whole = bounds.range_of(self._measures, named, self._measure)
        best = whole.low if self._is_low else whole.high
        if best is None:
            return False
        first = self._before(best)
        self._best[employee] = Best(leaves, first)
        self._order.add((first, employee))
        return True

    def take(self, employee: str) -> tuple[Range, ...]:
        """Takes out somebody who waits; where their measures lie."""
        best = self._best.pop(employee)
        self._order.remove((best.first, employee))
        return best.leaves

    def upto(self, last: int | Fraction) -> list[str]:
        """Those who may be as good as `last` or better."""
        return [employee for _, employee in takewhile(lambda key: key[0] <= last, self._order)]

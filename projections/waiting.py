"""People on a board about whom facts came since they were measured, and the best they may have come to.

They need be measured only once this best reaches the places that are shown, and few ever do. Of those who at
best share the last value that is shown, only such need be measured as may have reached it early enough.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import islice

import msgspec

from domain.people.ranking import Lead, lead
from domain.plan import bounds
from domain.plan.bounds import Range, Told
from domain.plan.measures import FactMeasure, Measure
from projections.cut import Moment, micros
from projections.ordered import Ordered

BestKey = tuple[int, int | Fraction, int, str]
"""The lead of the best, the earliest moment at which it may have been reached, and who it is."""

AT_ANY_TIME = -(1 << 63)
"""Before every moment."""


class Best(msgspec.Struct, frozen=True, gc=False):
    """Where the measures over facts of somebody lie, and by which key they wait.

    was: the lead that was measured. since: the earliest moment at which a better one may have been reached.
    """

    leaves: tuple[Range, ...]
    was: Lead
    since: int
    key: BestKey


class Waiting:
    """Those who wait. measures: what `measure`, the board's own, follows from; leaves: those over facts.

    sign: what a value is multiplied by so that the better comes first, 1 or -1.
    """

    def __init__(
        self, measures: Mapping[str, Measure], leaves: Mapping[str, FactMeasure], measure: str, sign: int
    ) -> None:
        self._measures, self._leaves, self._measure, self._sign = measures, leaves, measure, sign
        own = measures[measure]
        # Of how many there are, the most that can be is reached only if each fact that came counts.
        counts = isinstance(own, FactMeasure) and own.kind in ("count", "distinct") and sign < 0
        self._each_of = own.fact if isinstance(own, FactMeasure) and counts else None
        self._best: dict[str, Best] = {}
        self._order = Ordered[BestKey]()

    def __contains__(self, employee: str) -> bool:
        return employee in self._best

    def __iter__(self) -> Iterator[str]:
        return iter(self._best)

    def put(
        self,
        employee: str,
        measured: tuple[Range, ...],
        was: Lead,
        told: Told,
        reached: dt.datetime | None = None,
    ) -> bool:
        """Lets somebody wait who was `measured` before what is `told`; not if all is possible now.

        reached: when the value was, if that is known.
        """
        held = None if reached is None or self._each_of is None else micros(reached)
        return self._put(employee, measured, was, self._since(held, told), told)

    def more(self, employee: str, told: Told) -> bool:
        """Lets somebody wait on of whom more is `told`; not if all is possible now."""
        held = self.take(employee)
        return self._put(employee, held.leaves, held.was, self._since(held.since, told), told)

    def take(self, employee: str) -> Best:
        """Takes out somebody who waits."""
        held = self._best.pop(employee)
        self._order.remove(held.key)
        return held

    def first(self, number: int) -> list[str]:
        """The `number` of them who may be best."""
        return [employee for *_, employee in islice(self._order, number)]

    def upto(self, last: Lead, until: Moment | None, number: int) -> list[str]:
        """The first `number` who may be better than `last`, or as good and there by `until`, where told."""
        found: list[str] = []
        for whole, rest, since, employee in islice(self._order, number):
            if (whole, rest) > last or (until and (whole, rest) == last and (since, employee) > until):
                break
            found.append(employee)
        return found

    def _put(self, employee: str, known: tuple[Range, ...], was: Lead, since: int, told: Told) -> bool:
        leaves = tuple(
            bounds.moved(measure, before, told)
            for measure, before in zip(self._leaves.values(), known, strict=True)
        )
        named = dict(zip(self._leaves, leaves, strict=True))
        whole = bounds.range_of(self._measures, named, self._measure)
        best = whole.low if self._sign > 0 else whole.high
        if best is None:
            return False
        top, bottom = best.as_integer_ratio()
        first = lead(self._sign * top, bottom)
        # Where it may be what it was, nothing says when it was reached.
        key = (*first, since if first < was else AT_ANY_TIME, employee)
        self._best[employee] = Best(leaves, was, since, key)
        self._order.add(key)
        return True

    def _since(self, held: int | None, told: Told) -> int:
        """The earliest moment of the best value, which was not before `held` without what is `told`."""
        if told.first_at is None or held == AT_ANY_TIME:
            return AT_ANY_TIME
        if self._each_of is None:
            first = micros(told.first_at)
            return first if held is None else min(held, first)
        known = [] if held is None else [held]
        if each := told.came.get(self._each_of):
            known.append(micros(each.first_at))
        return max(known, default=AT_ANY_TIME)

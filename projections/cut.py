"""Those who share the last value that is shown on a board: of a crowd, only the first of them are shown.

They stand in the order in which they reached the value, an unknown time last, and then in that of their ids.
On the first day of a month nearly everybody shares one value, so the crowd is not sorted for each who asks.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import islice

from projections.ordered import Key, Ordered

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
LAST = dt.datetime.max.replace(tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)


class Cut:
    """People whose keys on a board begin with `last`; None for no board yet."""

    def __init__(self, last: int | Fraction | None = None, employees: Iterable[str] = ()) -> None:
        self.last = last
        self._lacking = set(employees)
        self._reached: dict[str, dt.datetime | None] = {}
        self._order = Ordered()

    def __len__(self) -> int:
        return len(self._lacking) + len(self._reached)

    def came(self, key: Key) -> None:
        """Takes somebody in, if they share the value."""
        if key[0] == self.last:
            self._lacking.add(key[1])

    def drop(self, employee: str) -> None:
        """Takes somebody out, if they are here."""
        self._lacking.discard(employee)
        if employee in self._reached:
            self._order.remove(_key(employee, self._reached.pop(employee)))

    def lacking(self) -> list[str]:
        """Of whom it is to be asked when they reached the value; of one alone it does not matter."""
        return sorted(self._lacking) if len(self) > 1 else []

    def learn(self, employees: Iterable[str], found: Mapping[str, dt.datetime]) -> None:
        """Notes when `employees` reached the value; never, by no fact, where that is not `found`."""
        learnt = {employee: found.get(employee) for employee in employees}
        self._lacking -= learnt.keys()
        if self._reached:
            for employee, at in learnt.items():
                self._order.add(_key(employee, at))
        else:
            self._order = Ordered(_key(employee, at) for employee, at in learnt.items())
        self._reached |= learnt

    def first(self, number: int) -> dict[str, dt.datetime | None]:
        """The first of them, and when each reached the value, if several share it."""
        if len(self) <= 1:
            return dict.fromkeys([*self._lacking, *self._reached])
        return {employee: self._reached[employee] for _, employee in islice(self._order, number)}


def _key(employee: str, at: dt.datetime | None) -> Key:
    return ((at or LAST) - EPOCH) // MICROSECOND, employee

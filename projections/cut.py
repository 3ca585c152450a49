"""Those who share the last value that is shown on a board: of a crowd, only the first of them are shown.

They stand in the order in which they reached the value, an unknown time last, and then in that of their ids.
On the first day of a month nearly everybody shares one value, so the crowd is not sorted for each who asks.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from itertools import islice

from domain.people.ranking import Lead
from projections.ordered import Key, Ordered

Moment = tuple[int, str]
"""When somebody reached a value, in microseconds, and who it is."""

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
LAST = dt.datetime.max.replace(tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)


class Cut:
    """People whose keys on a board begin with `last`."""

    def __init__(self, last: Lead, employees: Iterable[str] = ()) -> None:
        self.last = last
        self._lacking = set(employees)
        self._reached: dict[str, dt.datetime | None] = {}
        self._order = Ordered[Moment]()

    def __len__(self) -> int:
        return len(self._lacking) + len(self._reached)

    def came(self, key: Key) -> None:
        """Takes somebody in, if they share the value."""
        *last, employee = key
        if tuple(last) == self.last:
            self._lacking.add(employee)

    def drop(self, employee: str) -> None:
        """Takes somebody out, if they are here."""
        self._lacking.discard(employee)
        if employee in self._reached:
            self._order.remove(_key(employee, self._reached.pop(employee)))

    def lacking(self, number: int | None = None) -> list[str]:
        """Of whom it is to be asked when they reached the value, `number` at most; of one alone it is not."""
        return list(islice(self._lacking, number)) if len(self) > 1 else []

    def learn(self, learnt: Mapping[str, dt.datetime | None]) -> None:
        """Notes when some of them reached the value; None for never, by no fact."""
        self._lacking -= learnt.keys()
        if self._reached:
            for employee, at in learnt.items():
                self._order.add(_key(employee, at))
        else:
            self._order = Ordered(_key(employee, at) for employee, at in learnt.items())
        self._reached |= learnt

    def until(self, number: int) -> Moment | None:
        """The moment of the last of the first `number`; None where so many are not known."""
        return self._order.at(number - 1) if 0 < number <= len(self._reached) else None

    def first(self, number: int) -> dict[str, dt.datetime | None]:
        """The first of them, and when each reached the value, if several share it."""
        if len(self) <= 1:
            return dict.fromkeys([*self._lacking, *self._reached])
        return {employee: self._reached[employee] for _, employee in islice(self._order, number)}


def micros(at: dt.datetime) -> int:
    """The microseconds of `at`."""
    return (at - EPOCH) // MICROSECOND


def _key(employee: str, at: dt.datetime | None) -> Moment:
    return micros(at or LAST), employee

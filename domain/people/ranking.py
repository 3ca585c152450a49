"""Competition ranking: equal values share a place, and the places after it stay empty (1, 2, 2, 4)."""

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from typing import Literal, NamedTuple

Movement = Literal["up", "down", "same", "new"]


class Entry(NamedTuple):
    """A person's value on a board. reached_at: when the value was reached; None when that is unknown."""

    employee: str
    value: Fraction | None
    reached_at: dt.datetime | None = None


class Place(NamedTuple):
    """A person's place on a board. place: None where nothing was measured. tied: others share the place."""

    place: int | None
    employee: str
    value: Fraction | None
    tied: bool


def ranking(entries: Iterable[Entry], lowest_first: bool = False) -> tuple[Place, ...]:
    """Everybody's place, the best first.

    Those who share a place stand in the order in which they reached the value, an unknown time last, and then
    in the order of their ids. Those without a value come at the end, without a place.
    """
    everybody = sorted(entries, key=lambda entry: entry.employee)
    ranked = [entry for entry in everybody if entry.value is not None]
    unranked = [entry for entry in everybody if entry.value is None]
    ranked.sort(key=lambda entry: (entry.reached_at is None, entry.reached_at or _LATEST))
    ranked.sort(key=lambda entry: entry.value or Fraction(0), reverse=not lowest_first)
    values = [entry.value for entry in ranked]
    first_of = {value: index for index, value in reversed(list(enumerate(values, start=1)))}
    shared = {value for value, after in pairwise(values) if value == after}
    return (
        *(Place(first_of[e.value], e.employee, e.value, e.value in shared) for e in ranked),
        *(Place(None, e.employee, None, False) for e in unranked),
    )


def movement(before: int | None, now: int | None) -> Movement | None:
    """How a place moved since the one `before`; None without a place now."""
    if now is None:
        return None
    if before is None:
        return "new"
    return "same" if now == before else "up" if now < before else "down"


_LATEST = dt.datetime.max.replace(tzinfo=dt.UTC)

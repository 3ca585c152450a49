"""Competition ranking: equal values share a place, and the places after it stay empty (1, 2, 2, 4)."""

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Literal, NamedTuple

Movement = Literal["up", "down", "same", "new"]


Lead = tuple[int, int | Fraction]
"""An exact number in two parts, which are in order as it is: the first alone tells nearly all apart."""

SHARP = 32
"""Bits of a fraction that the first part of a lead tells: apart are any with denominators up to 65,536."""

LEADS_KEPT = 65_536
"""So many fractions are parted once: equal ones are then the same object, which is compared at once."""


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
    ranked = [(lead(*e.value.as_integer_ratio()), e) for e in everybody if e.value is not None]
    ranked.sort(key=lambda each: (each[1].reached_at is None, each[1].reached_at or _LATEST))
    ranked.sort(key=itemgetter(0), reverse=not lowest_first)
    places: list[Place] = []
    for _, equal in groupby(ranked, key=itemgetter(0)):
        sharing, place = [entry for _, entry in equal], len(places) + 1
        places += [Place(place, e.employee, e.value, len(sharing) > 1) for e in sharing]
    return (*places, *(Place(None, e.employee, None, False) for e in everybody if e.value is None))


def lead(top: int, bottom: int) -> Lead:
    """The lead of `top` / `bottom`, the second above 0."""
    return (top << SHARP, 0) if bottom == 1 else _parted(top, bottom)


@lru_cache(LEADS_KEPT)
def _parted(top: int, bottom: int) -> Lead:
    whole, rest = divmod(top << SHARP, bottom)
    return whole, Fraction(rest, bottom) if rest else 0


def movement(before: int | None, now: int | None) -> Movement | None:
    """How a place moved since the one `before`; None without a place now."""
    if now is None:
        return None
    if before is None:
        return "new"
    return "same" if now == before else "up" if now < before else "down"


_LATEST = dt.datetime.max.replace(tzinfo=dt.UTC)

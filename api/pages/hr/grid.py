"""A roster as a grid: people by days, the shifts in letters and colours, and what is wrong about them."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from domain.people.roster_check import Proposed
from domain.people.shifts import Pattern
from projections.rosters import Roster, RosterFault, RosterNeed

COLOURS = 6
"""So many shifts have a colour of their own; all have their letters."""

FREE_DAYS = (5, 6)


class Column(NamedTuple):
    """A day. is_free: of a weekend."""

    on: dt.date
    is_free: bool
    is_today: bool


class Cell(NamedTuple):
    """What somebody has on a day. look: the classes of the shift, and whether it is only proposed.

    faults: their numbers in the list of faults.
    """

    pattern: str | None
    look: str
    is_swapped: bool
    faults: tuple[int, ...]

    @property
    def is_plain(self) -> bool:
        """Whether the letter of the shift says all of it."""
        return not (self.is_swapped or self.faults)


class Line(NamedTuple):
    """A person. shifts, nights: so many in the days shown."""

    employee: str
    cells: list[Cell]
    shifts: int
    nights: int


class Need(NamedTuple):
    """What is needed of a shift, and how many have it, day by day; None where nothing is asked."""

    pattern: str
    days: list[RosterNeed | None]


class Shown(NamedTuple):
    """A shift as the legend explains it."""

    pattern: str
    title: str
    hours: str
    look: str
    is_night: bool


class Grid(NamedTuple):
    """All of it. faults: numbered from 1, as the cells name them."""

    columns: list[Column]
    lines: list[Line]
    needs: list[Need]
    legend: list[Shown]
    faults: list[RosterFault]

    @property
    def short(self) -> int:
        """How many shifts lack people, as the rows of what is needed show."""
        return sum(each.kind == "need" for each in self.faults)

    @property
    def listed(self) -> list[tuple[int, RosterFault]]:
        """All other faults, each with its number."""
        return [(number, each) for number, each in enumerate(self.faults, 1) if each.kind != "need"]


def grid(
    roster: Roster, patterns: Sequence[Pattern], today: dt.date, proposed: Iterable[Proposed] = ()
) -> Grid:
    """`roster` as a grid; with what is `proposed`, whose faults have been looked for already."""
    used = {each.pattern for each in roster.shifts} | {each.pattern for each in roster.needs}
    new = {(employee, on): pattern for employee, on, pattern in proposed}
    legend = _legend(patterns, used | set(new.values()))
    looks = {each.pattern: each.look for each in legend}
    nights = {each.pattern for each in legend if each.is_night}
    days = [
        roster.from_on + dt.timedelta(days=number)
        for number in range((roster.until_on - roster.from_on).days + 1)
    ]
    has = {(each.employee, each.on): each for each in roster.shifts}
    faults = [] if new else list(roster.faults)
    wrong: dict[tuple[str, dt.date], list[int]] = {}
    for number, each in enumerate(faults, 1):
        if each.employee is not None:
            wrong.setdefault((each.employee, each.on), []).append(number)

    def cell(employee: str, on: dt.date) -> Cell:
        own = has.get((employee, on))
        pattern = own.pattern if own else new.get((employee, on))
        found = tuple(wrong.get((employee, on), ()))
        look = looks.get(pattern, "") if pattern else "free" if on.weekday() in FREE_DAYS else ""
        if pattern and own is None:
            look += " new"
        return Cell(pattern, look, bool(own and own.swap), found)

    lines: list[Line] = []
    for employee in roster.people:
        cells = [cell(employee, on) for on in days]
        held = [each.pattern for each in cells if each.pattern]
        lines.append(Line(employee, cells, len(held), sum(pattern in nights for pattern in held)))
    return Grid(
        columns=[Column(on, on.weekday() in FREE_DAYS, on == today) for on in days],
        lines=lines,
        needs=_needs(roster.needs, days, new),
        legend=legend,
        faults=faults,
    )


def _legend(patterns: Sequence[Pattern], used: Iterable[str]) -> list[Shown]:
    """The shifts that are `used`, by the hour at which they begin."""
    known = {each.pattern: each for each in patterns}
    ordered = sorted(used, key=lambda name: (known[name].spans[0].from_time if name in known else "", name))
    return [
        Shown(
            pattern=name,
            title=known[name].title if name in known else "",
            hours=_hours(known[name]) if name in known else "",
            look=f"s{number % COLOURS}",
            is_night=name in known and known[name].night,
        )
        for number, name in enumerate(ordered)
    ]


def _hours(pattern: Pattern) -> str:
    return f"{pattern.spans[0].from_time}–{pattern.spans[-1].until_time}"


def _needs(
    needs: Iterable[RosterNeed], days: Sequence[dt.date], new: Mapping[tuple[str, dt.date], str]
) -> list[Need]:
    """What is needed of each shift by day, with those counted who would have it by what is proposed."""
    added: dict[tuple[dt.date, str], int] = {}
    for (_, on), pattern in new.items():
        added[on, pattern] = added.get((on, pattern), 0) + 1
    found: dict[str, dict[dt.date, RosterNeed]] = {}
    for each in needs:
        more = added.get((each.on, each.pattern), 0)
        counted = msgspec.structs.replace(each, assigned=each.assigned + more) if more else each
        found.setdefault(each.pattern, {})[each.on] = counted
    return [Need(pattern, [own.get(on) for on in days]) for pattern, own in sorted(found.items())]

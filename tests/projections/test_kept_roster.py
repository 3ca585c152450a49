"""A kept roster that is moved on by those who changed is the one made anew, for every day and period."""

import datetime as dt
from random import Random

import pytest

from domain.people.roster import ChangeKind, RosterChange
from domain.period import Period
from projections.kept_roster import Roster
from projections.rows import by_employee

PEOPLE = ("A", "B", "C", "D", "E")
KINDS: tuple[ChangeKind, ...] = ("hired", "hired", "transferred", "mentored", "named", "left")
DAYS = [dt.date(2025, month, 15) for month in (1, 3, 6)]
PERIODS = [Period.parse("2025-03"), Period.parse("2025-Q2")]


def told(random: Random, position: int) -> RosterChange:
    kind = random.choice(KINDS)
    return RosterChange(
        position=position,
        employee=random.choice(PEOPLE),
        kind=kind,
        effective_on=dt.date(2025, random.randint(1, 6), random.randint(1, 28)),
        name=f"n{position}" if kind in ("hired", "named") else None,
        branch=random.choice(["SH", "BJ"]) if kind in ("hired", "transferred") else None,
        mentor="E" if kind == "mentored" else None,
        cause="pay" if kind == "left" else None,
    )


def in_order(changes: list[RosterChange]) -> list[RosterChange]:
    return sorted(changes, key=lambda each: (each.employee, each.position))


def answers(roster: Roster) -> list[object]:
    """All that can be asked, with the order in which people come."""
    found = [ask(day) for day in DAYS for ask in (roster.here, roster.standings)]
    found += [ask(period) for period in PERIODS for ask in (roster.deciding, roster.last)]
    return [[*each.items()] for each in (roster.moves, *found)]


@pytest.mark.parametrize("seed", range(30))
def test_a_roster_moved_on_is_the_one_made_anew(seed: int) -> None:
    """By changes and voids of a few people at a time, whether or not something was asked between."""
    random = Random(seed)
    known: list[RosterChange] = []
    moved = Roster({})
    for position in range(1, 60, 2):
        fresh = [told(random, position), told(random, position + 1)]
        voided = random.sample(known, k=min(len(known), random.choice([0, 0, 1])))
        known = in_order([each for each in [*known, *fresh] if each not in voided])
        changed = sorted({each.employee for each in (*fresh, *voided)})
        moved = moved.moved([each for each in known if each.employee in changed], changed)
        if random.random() < 0.7:
            assert answers(moved) == answers(Roster(by_employee(known)))

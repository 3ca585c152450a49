"""How long a roster of 40 nurses over 28 days takes, beside one made day by day without looking ahead.

The ward has three shifts, more people by day than at night and fewer at weekends, a senior on every shift,
licences, leave, five wishes a nurse, two nights in a row, 11 hours of rest and 40 hours a week. The limit is
a first roster within 10 s; what it loses by wishes and unevenness is compared with what the greedy one loses.
"""

import argparse
import datetime as dt
import os
import time
from fractions import Fraction
from random import Random

from domain.facts.rostering import MixPart
from domain.facts.shifts import ShiftSpan
from domain.people.credentials import CredentialChange
from domain.people.eligibility import Background
from domain.people.roster import Leave, RosterChange
from domain.people.roster_check import Proposed, faults
from domain.people.roster_quality import fairness, wishes_met
from domain.people.rostering import Need, Problem, Unit, Wish, problem
from domain.people.shifts import Pattern
from domain.people.unit_rules import UnitRules

LIMIT_SECONDS = 10
FIRST = dt.date(2025, 3, 3)
BEGAN = dt.date(2024, 1, 1)
CLOCKS = {"E": ("07:00", "15:00"), "L": ("15:00", "23:00"), "N": ("23:00", "07:00")}
NEEDED = {"E": 11, "L": 8, "N": 6}
"""Of 40 nurses; of more or fewer in proportion."""


def ward(people: int = 40, days: int = 28, seed: int = 7) -> Unit:
    """A ward as hospitals have them; another seed draws other leave and wishes."""
    random = Random(seed)
    nurses = [f"N{number:02}" for number in range(people)]
    backgrounds: dict[str, Background] = {}
    wishes: list[Wish] = []
    for number, nurse in enumerate(nurses):
        held = [_held(nurse, "licence")] + ([_held(nurse, "senior")] if number % 4 == 0 else [])
        leaves: list[Leave] = []
        if random.random() < 0.3:
            first = random.randrange(days)
            leaves = [_leave(nurse, first, first + random.randrange(1, 6))]
        backgrounds[nurse] = Background(held, (), leaves)
        for day in random.sample(range(days), min(5, days)):
            name, weight = random.choice((None, None, "E", "L")), random.randint(1, 5)
            wishes.append(Wish(position=60, employee=nurse, on=_day(day), pattern=name, weight=weight))
    return Unit(
        branch="BJ",
        department=None,
        first=FIRST,
        last=_day(days - 1),
        patterns=[_pattern(name) for name in CLOCKS],
        rules=[_rules()],
        needs=_needs(Fraction(people, 40)),
        wishes=wishes,
        changes={nurse: [_hired(nurse)] for nurse in nurses},
        backgrounds=backgrounds,
        duties={},
    )


def _needs(scale: Fraction) -> list[Need]:
    mix = (MixPart(count=1, credential="senior"),)
    usual = [
        Need(position=20 + at, pattern=name, count=round(count * scale), effective_on=BEGAN, mix=mix)
        for at, (name, count) in enumerate(NEEDED.items())
    ]
    weekend = frozenset({6, 7})
    few = round(8 * scale)
    return [*usual, Need(position=23, pattern="E", count=few, effective_on=BEGAN, mix=mix, weekdays=weekend)]


def _rules() -> UnitRules:
    return UnitRules(
        position=9,
        branch=None,
        department=None,
        effective_on=BEGAN,
        nights_in_a_row=2,
        rest_minutes=660,
        week_minutes=2400,
        credentials=("licence",),
    )


def _pattern(name: str) -> Pattern:
    since, until = CLOCKS[name]
    spans = (ShiftSpan(from_time=since, until_time=until, activity="ward"),)
    return Pattern(position=1, pattern=name, title=name, spans=spans, effective_on=BEGAN, night=name == "N")


def _held(nurse: str, kind: str) -> CredentialChange:
    name = f"{kind}-{nurse}"
    return CredentialChange(
        position=3, credential=name, employee=nurse, kind="granted", effective_on=BEGAN, type=kind
    )


def _hired(nurse: str) -> RosterChange:
    return RosterChange(position=2, employee=nurse, kind="hired", effective_on=BEGAN, branch="BJ")


def _leave(nurse: str, first: int, last: int) -> Leave:
    return Leave(position=40, employee=nurse, kind="annual", from_on=_day(first), until_on=_day(last))


def _day(number: int) -> dt.date:
    return FIRST + dt.timedelta(days=number)


def lost(asked: Problem, roster: list[Proposed] | tuple[Proposed, ...]) -> int:
    """What a roster loses, by the weights of the search."""
    from api.rostering.model import NIGHTS, SHIFTS, WEEKENDS, WISH

    fair, met = fairness(asked, roster), wishes_met(asked, roster)
    uneven = ((NIGHTS, fair.nights), (WEEKENDS, fair.weekends), (SHIFTS, fair.shifts))
    return WISH * (met.weight - met.met_weight) + sum(
        factor * (each.most - each.least) for factor, each in uneven
    )


def main() -> int:
    """Prints both; 1 when the first roster took longer than the limit, or a roster breaks a rule."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rostering", description=__doc__)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--days", type=int, default=28)
    parser.add_argument("--effort", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=60)
    given = parser.parse_args()
    from api.rostering.greedy import greedy
    from api.rostering.proposal import Search
    from api.rostering.solving import solve

    unit = ward(given.people, given.days)
    began = time.perf_counter()
    asked = problem(unit)
    made = time.perf_counter()
    simple = greedy(asked)
    took = time.perf_counter() - made
    found = solve(asked, Search(effort=given.effort, seconds=given.seconds))
    print(
        f"{given.people} people, {given.days} days, {len(unit.wishes)} wishes; load {os.getloadavg()[0]:.1f}"
    )
    print(f"problem       {made - began:6.2f} s")
    met, peer = wishes_met(asked, found.shifts), wishes_met(asked, simple)
    print(f"greedy        {took:6.2f} s  loses {lost(asked, simple)}, wishes {peer.share} by weight")
    if found.first_seconds is None:
        print(f"search        {found.seconds:6.2f} s  {found.status}")
        return 1
    print(f"first roster  {found.first_seconds:6.2f} s  limit {LIMIT_SECONDS} s")
    print(
        f"search        {found.seconds:6.2f} s  {found.status} by {found.stopped_by}, gap {found.gap}, "
        f"loses {lost(asked, found.shifts)}, wishes {met.share} by weight"
    )
    ratio = lost(asked, simple) / max(lost(asked, found.shifts), 1)
    print(f"the greedy roster loses {ratio:.1f} times as much, in {took / found.seconds:.2f} of the time")
    return int(found.first_seconds > LIMIT_SECONDS or bool(faults(unit, found.shifts)))


if __name__ == "__main__":
    raise SystemExit(main())

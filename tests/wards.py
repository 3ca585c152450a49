"""Wards for tests of rosters: nurses, three shifts, and what is needed, wished and forbidden."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.rostering import CLOCKS
from domain.facts.rostering import MixPart
from domain.facts.shifts import ShiftSpan
from domain.people.credentials import CredentialChange
from domain.people.eligibility import Background
from domain.people.roster import Leave, RosterChange
from domain.people.rostering import Need, Unit, Wish
from domain.people.shifts import Duty, Pattern
from domain.people.unit_rules import UnitRules

MONDAY = dt.date(2025, 3, 3)
BEGAN = dt.date(2024, 1, 1)
LICENCE = "licence"


def pattern(name: str, **fields: Any) -> Pattern:
    """A shift of eight hours; N is a night."""
    since, until = CLOCKS[name]
    spans = (ShiftSpan(from_time=since, until_time=until, activity="ward"),)
    said = {"position": 1, "title": name, "effective_on": BEGAN, "night": name == "N"}
    return Pattern(pattern=name, spans=spans, **(said | fields))


def rules(**numbers: Any) -> UnitRules:
    """What holds on the ward."""
    return UnitRules(position=9, branch=None, department=None, effective_on=BEGAN, **numbers)


def hired(employee: str, on: dt.date = BEGAN) -> list[RosterChange]:
    """A nurse of the ward."""
    change = RosterChange(position=2, employee=employee, kind="hired", effective_on=on, branch="BJ")
    return [change]


def licensed(employee: str, until: dt.date | None = None) -> CredentialChange:
    """A licence, which may end."""
    return CredentialChange(
        position=3,
        credential=f"L-{employee}",
        employee=employee,
        kind="granted",
        effective_on=BEGAN,
        expires_on=until,
        type=LICENCE,
    )


def away(employee: str, first: int, last: int) -> Leave:
    """Leave from a day of the period to another, counted from 0."""
    ends = {"from_on": on(first), "until_on": on(last)}
    return Leave(position=40 + first, employee=employee, kind="annual", **ends)


def need(name: str, count: int, *mix: MixPart, position: int = 20, **fields: Any) -> Need:
    """So many on a shift, every day unless said otherwise."""
    said = {"effective_on": BEGAN} | fields
    return Need(position=position, pattern=name, count=count, mix=mix, **said)


def wish(employee: str, day: int, name: str | None = None, weight: int = 1) -> Wish:
    """A wish for a day of the period, counted from 0."""
    return Wish(position=60, employee=employee, on=on(day), pattern=name, weight=weight)


def on(day: int) -> dt.date:
    """A day of the period, counted from 0."""
    return MONDAY + dt.timedelta(days=day)


def ward(
    people: Sequence[str],
    days: int,
    needs: Sequence[Need],
    *,
    limits: UnitRules | None = None,
    wishes: Sequence[Wish] = (),
    backgrounds: Mapping[str, Background] | None = None,
    held: Mapping[str, Mapping[int, str]] | None = None,
    patterns: Sequence[Pattern] = (),
) -> Unit:
    """A ward over so many days from a Monday. held: shifts that people have, by day counted from 0."""
    return Unit(
        branch="BJ",
        department=None,
        first=MONDAY,
        last=on(days - 1),
        patterns=patterns or [pattern(name) for name in CLOCKS],
        rules=[limits] if limits is not None else [],
        needs=needs,
        wishes=wishes,
        changes={employee: hired(employee) for employee in people},
        backgrounds=backgrounds or {},
        duties={
            employee: {on(day): Duty(5, name) for day, name in own.items()}
            for employee, own in (held or {}).items()
        },
    )

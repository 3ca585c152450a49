"""A roster held to every hard rule, without regard to how it was found."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from domain.people.eligibility import Background
from domain.people.rostering import Need, Slot, Unit, bars, fills, needs_on
from domain.people.shifts import Shift, breaches

FaultKind = Literal["need", "mix", "hours", "place", "double", "leave", "credential", "skill", "rule"]


class Proposed(NamedTuple):
    """A shift for a person on a day."""

    employee: str
    on: dt.date
    pattern: str


class Fault(NamedTuple):
    """What is wrong about a roster on a day. employee: None for a need that is not met."""

    kind: FaultKind
    on: dt.date
    employee: str | None
    detail: str


def faults(unit: Unit, added: Iterable[Proposed] = ()) -> list[Fault]:
    """What is wrong with what people of `unit` have in its period, with `added`; nothing if all is well."""
    new = list(added)
    found: list[Fault] = []
    rosters: dict[str, dict[dt.date, Shift]] = {employee: unit.held(employee) for employee in unit.changes}
    for each in new:
        own = rosters.setdefault(each.employee, {})
        shift = unit.shift(each.on, each.pattern)
        if each.on in own or each.on in unit.duties.get(each.employee, {}):
            found.append(
                Fault("double", each.on, each.employee, f"{each.employee} has a shift on {each.on} already")
            )
        elif shift is None:
            found.append(
                Fault("hours", each.on, each.employee, f"shift {each.pattern} has no hours on {each.on}")
            )
        elif unit.here(each.employee, each.on) is None or not unit.first <= each.on <= unit.last:
            found.append(
                Fault("place", each.on, each.employee, f"{each.employee} does not work in the unit then")
            )
        else:
            own[each.on] = shift
    for employee in sorted(rosters):
        found += _of_person(unit, employee, rosters[employee])
    for day in unit.days:
        found += _of_day(unit, day, rosters)
    return sorted(found, key=lambda each: (each.on, each.employee or "", each.kind, each.detail))


def _of_person(unit: Unit, employee: str, own: Mapping[dt.date, Shift]) -> Iterator[Fault]:
    """What is wrong with the shifts that a person has in the unit."""
    for day in unit.days:
        here = unit.here(employee, day) if day in own else None
        if here is None:
            continue
        for bar in bars(unit, employee, here, own[day]):
            yield Fault(bar.kind, day, employee, bar.detail)
        for broken in breaches(own, day, unit.limits(here, day)):
            yield Fault("rule", day, employee, f"{employee} has {broken}")


def _of_day(unit: Unit, day: dt.date, rosters: Mapping[str, Mapping[dt.date, Shift]]) -> Iterator[Fault]:
    """Which needs of `day` are not met."""
    for pattern, need in needs_on(unit.needs, day).items():
        on_duty = [
            employee
            for employee, own in sorted(rosters.items())
            if day in own and own[day].pattern.pattern == pattern and unit.here(employee, day)
        ]
        if len(on_duty) < need.count:
            detail = f"{len(on_duty)} of {need.count} people on shift {pattern} (position {need.position})"
            yield Fault("need", day, None, detail)
        yield from _of_mix(unit, Slot(day, pattern), need, on_duty)


def _of_mix(unit: Unit, slot: Slot, need: Need, on_duty: list[str]) -> Iterator[Fault]:
    for part in need.mix:
        having = [each for each in on_duty if fills(part, unit.backgrounds.get(each, Background()), slot.on)]
        if len(having) < part.count:
            what = part.credential or (part.skill.kind if part.skill else "")
            detail = f"{len(having)} of {part.count} on shift {slot.pattern} with {what}"
            yield Fault("mix", slot.on, None, f"{detail} (position {need.position})")

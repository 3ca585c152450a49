"""How good a roster is: which share of the wishes it meets, and how evenly it shares out its burdens."""

import datetime as dt
from collections.abc import Iterable, Mapping
from fractions import Fraction

import msgspec

from domain.people.roster_check import Proposed
from domain.people.rostering import Problem, Wish
from domain.people.shifts import Shift

SATURDAY = 6


class WishesMet(msgspec.Struct, frozen=True, kw_only=True):
    """How many wishes are met, and by weight. share: the exact share by weight; None without a wish."""

    wishes: int
    met: int
    weight: int
    met_weight: int
    share: str | None
    unmet: tuple[Wish, ...]


class Burden(msgspec.Struct, frozen=True, kw_only=True):
    """What one person has in the period. weekends: shifts that begin on a Saturday or Sunday."""

    employee: str
    shifts: int
    minutes: int
    nights: int
    weekends: int


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """The least and the most of something that anybody of the unit has in the period."""

    least: int
    most: int


class Fairness(msgspec.Struct, frozen=True, kw_only=True):
    """How evenly shifts, nights and weekends are shared out, over the people whom the period is open to.

    people: how many these are; somebody who may not work on a quarter of the days is not compared.
    """

    people: int
    shifts: Spread
    nights: Spread
    weekends: Spread


def wishes_met(problem: Problem, proposed: Iterable[Proposed]) -> WishesMet:
    """Which wishes about the period are met by what people have and are to have."""
    rosters = after(problem, proposed)
    told = [wish for wish in problem.unit.wishes if wish.employee in rosters]
    unmet = [wish for wish in told if not _is_met(wish, rosters[wish.employee])]
    weight = sum(wish.weight for wish in told)
    met = weight - sum(wish.weight for wish in unmet)
    return WishesMet(
        wishes=len(told),
        met=len(told) - len(unmet),
        weight=weight,
        met_weight=met,
        share=str(Fraction(met, weight)) if weight else None,
        unmet=tuple(unmet),
    )


def burdens(problem: Problem, proposed: Iterable[Proposed]) -> list[Burden]:
    """What each person of the unit has in the period, by person."""
    return [_burden(employee, own) for employee, own in after(problem, proposed).items()]


def fairness(problem: Problem, proposed: Iterable[Proposed]) -> Fairness:
    """How evenly it is shared out."""
    compared = comparable(problem)
    found = [each for each in burdens(problem, proposed) if each.employee in compared]
    return Fairness(
        people=len(found),
        shifts=_spread(each.shifts for each in found),
        nights=_spread(each.nights for each in found),
        weekends=_spread(each.weekends for each in found),
    )


def comparable(problem: Problem) -> frozenset[str]:
    """Who may work on at least three quarters of the days of the period."""
    days = len(problem.unit.days)
    found: set[str] = set()
    for each in problem.candidates:
        can = {slot.on for slot, barred in each.open.items() if not barred}
        can |= {day for day in each.held if day in each.limits}
        if 4 * len(can) >= 3 * days:
            found.add(each.employee)
    return frozenset(found)


def after(problem: Problem, proposed: Iterable[Proposed]) -> dict[str, dict[dt.date, Shift]]:
    """What each person of the unit has in the period once the proposal holds."""
    unit = problem.unit
    found = {
        each.employee: {day: shift for day, shift in each.held.items() if unit.first <= day <= unit.last}
        for each in problem.candidates
    }
    for each in proposed:
        shift = unit.shift(each.on, each.pattern)
        if shift is not None:
            found[each.employee][each.on] = shift
    return found


def _is_met(wish: Wish, own: Mapping[dt.date, Shift]) -> bool:
    has = own[wish.on].pattern.pattern if wish.on in own else None
    return has == wish.pattern


def _burden(employee: str, own: Mapping[dt.date, Shift]) -> Burden:
    return Burden(
        employee=employee,
        shifts=len(own),
        minutes=sum(shift.pattern.minutes for shift in own.values()),
        nights=sum(shift.pattern.night for shift in own.values()),
        weekends=sum(day.isoweekday() >= SATURDAY for day in own),
    )


def _spread(numbers: Iterable[int]) -> Spread:
    found = list(numbers)
    return Spread(least=min(found, default=0), most=max(found, default=0))

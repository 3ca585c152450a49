"""Rules on shifts: one a day that keeps the unit's rules, and swaps that keep them, too, with consent."""

import datetime as dt
from collections.abc import Mapping

from domain.decide.eligibility import Place, require_eligible
from domain.decide.known import Known
from domain.decide.persons import require_second_person
from domain.facts.base import Fact
from domain.facts.shifts import (
    ShiftAssigned,
    ShiftPatternSet,
    ShiftRulesSet,
    ShiftWorked,
    SwapApproved,
    SwapAsked,
    SwapConsented,
    SwapRefused,
)
from domain.people import shifts as rules
from domain.people.roster import posting
from domain.people.shifts import DAY_MINUTES, Duty, Exchanged, Given, Pattern, Shift
from domain.people.unit_rules import UnitRules, limits, rules_of
from domain.refusals import (
    BadField,
    ConsentMissing,
    HasLeft,
    NotVoidable,
    ShiftExists,
    ShiftRuleBroken,
    SignatureNeeded,
    SwapExists,
    SwapOver,
    UnknownPattern,
    UnknownShift,
    UnknownSwap,
)

NEAR_DAYS = 40
"""No rule looks further from a day than this: a run of nights is limited to 31 at most."""

Swap = SwapAsked | SwapConsented | SwapApproved | SwapRefused


def set_pattern(fact: ShiftPatternSet) -> None:
    """The hours of a shift end within 24 hours.

    Raises: BadField.
    """
    spans = rules.clocked(fact.spans)
    if spans[-1][1] - spans[0][0] > DAY_MINUTES:
        raise BadField(
            field="data.spans",
            detail=f"From the first hour to the last it would take {spans[-1][1] - spans[0][0]} minutes.",
            remedy="Order the spans by time; only a shift past midnight goes on the next day.",
        )


def set_rules(fact: ShiftRulesSet) -> None:
    """A department is one of a branch.

    Raises: BadField.
    """
    if fact.department is not None and fact.branch is None:
        raise BadField(
            field="data.branch",
            detail=f"The branch of department {fact.department} is missing.",
            remedy="Name it, or leave the department out for rules that hold for everybody.",
        )


def work(fact: ShiftWorked, today: dt.date) -> None:
    """Nobody has worked in days to come.

    Raises: BadField.
    """
    if fact.on > today + dt.timedelta(days=1):
        raise BadField(
            field="data.on",
            detail=f"{fact.on} is still to come.",
            remedy="Record what was worked afterwards.",
        )


def assign(fact: ShiftAssigned, known: Known) -> None:
    """Who works here has one shift a day, which keeps the rules of their unit and is theirs to have.

    Raises: ShiftExists, UnknownPattern, HasLeft, ShiftRuleBroken, OnLeave, NotQualified.
    """
    held = _duties(fact.employee, known)
    if (stands := held.get(fact.on)) is not None:
        where = f"at position {stands.position}" if stands.position else "earlier in this batch"
        raise ShiftExists(
            field="data.on",
            detail=f"{fact.employee} has shift {stands.pattern} on {fact.on}, {where}.",
            remedy="Void it first to assign another, or have it swapped.",
        )
    held[fact.on] = Duty(0, fact.pattern)
    _require_rules_kept(fact.employee, fact.on, held, known, "data.on")


def ask(fact: SwapAsked, known: Known) -> None:
    """A swap is asked for once, by somebody who has the one shift, of another who has the other.

    Raises: SwapExists, BadField, UnknownShift, ShiftExists.
    """
    if known.told("swap", fact.swap):
        raise SwapExists(
            field="data.swap",
            detail=f"Swap {fact.swap} has been asked for already.",
            remedy="Give the new one an id of its own.",
        )
    if fact.employee == fact.colleague:
        raise BadField(
            field="data.colleague",
            detail=f"{fact.employee} cannot swap with themselves.",
            remedy="Name the colleague.",
        )
    _swapped(fact, known)


def consent(fact: SwapConsented, known: Known, actor: str) -> None:
    """The colleague who was asked consents once, or somebody records the paper that they signed.

    Raises: UnknownSwap, SwapOver, SignatureNeeded.
    """
    asked = _open_swap(fact, known)
    if fact.employee != asked.colleague:
        raise UnknownSwap(
            field="data.employee",
            detail=f"In swap {fact.swap} it is {asked.colleague} who was asked.",
            remedy="Their consent is the one that counts.",
        )
    if any(isinstance(step, SwapConsented) for _, step in known.told("swap", fact.swap)):
        raise SwapOver(
            field="data.swap",
            detail=f"{fact.employee} has consented to swap {fact.swap} already.",
            remedy="Nothing is left to do but to approve it.",
        )
    if actor != fact.employee and fact.signature is None:
        raise SignatureNeeded(
            field="data.signature",
            detail=f"{actor} consents for {fact.employee}.",
            remedy="Say where the signed paper is filed, or let them do it themselves.",
        )


def approve(fact: SwapApproved, known: Known, actor: str) -> None:
    """A third person approves a swap that the colleague consented to and that keeps the rules of both.

    Raises: UnknownSwap, SwapOver, ConsentMissing, SecondPersonNeeded, UnknownShift, ShiftExists, HasLeft,
    ShiftRuleBroken, OnLeave, NotQualified.
    """
    asked = _open_swap(fact, known)
    if (fact.employee, fact.colleague) != (asked.employee, asked.colleague):
        raise UnknownSwap(
            field="data.colleague",
            detail=f"Swap {fact.swap} is between {asked.employee}, who asked, and {asked.colleague}.",
            remedy="Name them as they were asked.",
        )
    if not any(isinstance(step, SwapConsented) for _, step in known.told("swap", fact.swap)):
        raise ConsentMissing(
            field="data.swap",
            detail=f"{asked.colleague} has not consented to swap {fact.swap}.",
            remedy="Have them record swap_consented first.",
        )
    for person in (asked.employee, asked.colleague):
        for who in (fact.approver, actor):
            require_second_person(who, person, "data.approver", "approves a swap of their own")
    own, other = _swapped(asked, known)
    _require_rules_kept(asked.employee, asked.colleague_on, own, known, "data.swap")
    _require_rules_kept(asked.colleague, asked.on, other, known, "data.swap")


def refuse(fact: SwapRefused, known: Known) -> None:
    """A swap that is not settled is refused about one of the two.

    Raises: UnknownSwap, SwapOver.
    """
    asked = _open_swap(fact, known)
    if fact.employee not in (asked.employee, asked.colleague):
        raise UnknownSwap(
            field="data.employee",
            detail=f"Swap {fact.swap} is between {asked.employee} and {asked.colleague}.",
            remedy="Name one of them.",
        )


def require_undisturbed(position: int, fact: ShiftAssigned | SwapApproved, known: Known) -> None:
    """Checks that nothing after `fact` speaks of the days on which it changed somebody's shift.

    Raises: NotVoidable.
    """
    people = [fact.employee] + ([fact.colleague] if isinstance(fact, SwapApproved) else [])
    for person in people:
        days = set(_days(_step(position, fact, person, known)))
        for at, later in known.told("shifts", person):
            after = at > position or at == 0
            if after and days & set(_days(_step(at, later, person, known))):
                where = f"Position {at}" if at else "A fact earlier in this batch"
                raise NotVoidable(
                    field="data.position",
                    detail=f"{where} goes on from the shift of {person} at position {position}.",
                    remedy="Void the later facts first, the last one before the others.",
                )


def _open_swap(fact: Swap, known: Known) -> SwapAsked:
    steps = known.told("swap", fact.swap)
    if not steps or not isinstance(steps[0][1], SwapAsked):
        raise UnknownSwap(
            field="data.swap",
            detail=f"Nobody has asked for swap {fact.swap!r}.",
            remedy="See /v1/shifts/swaps, or ask for it first.",
        )
    position, last = steps[-1]
    if isinstance(last, SwapApproved | SwapRefused):
        became = "approved" if isinstance(last, SwapApproved) else "refused"
        raise SwapOver(
            field="data.swap",
            detail=f"Swap {fact.swap} was {became} at position {position}.",
            remedy="Ask for another one, or have that voided.",
        )
    return steps[0][1]


def _swapped(asked: SwapAsked, known: Known) -> tuple[dict[dt.date, Duty], dict[dt.date, Duty]]:
    """What both would have after the swap.

    Raises: UnknownShift, ShiftExists.
    """
    found: list[dict[dt.date, Duty]] = []
    for person, on, pattern, field in (
        (asked.employee, asked.on, asked.pattern, "data.pattern"),
        (asked.colleague, asked.colleague_on, asked.colleague_pattern, "data.colleague_pattern"),
    ):
        held = _duties(person, known)
        stands = held.pop(on, None)
        if stands is None or stands.pattern != pattern:
            has = f"has shift {stands.pattern}" if stands else "has no shift"
            raise UnknownShift(
                field=field,
                detail=f"{person} {has} on {on}, not {pattern}.",
                remedy=f"See /v1/employees/{person}/shifts, and ask for a swap of what is there.",
            )
        taken = _step(0, asked, person, known)
        if isinstance(taken, Exchanged) and taken.takes_on in held:
            raise ShiftExists(
                field="data.colleague_on" if person == asked.employee else "data.on",
                detail=f"{person} has shift {held[taken.takes_on].pattern} on {taken.takes_on} already.",
                remedy="Swap shifts of a day, or of days on which the other is free.",
            )
        if isinstance(taken, Exchanged):
            held[taken.takes_on] = Duty(0, taken.pattern, asked.swap)
        found.append(held)
    return found[0], found[1]


def _require_rules_kept(
    employee: str, on: dt.date, held: Mapping[dt.date, Duty], known: Known, field: str
) -> None:
    """Checks the shift `on` among those `held`.

    Raises: UnknownPattern, HasLeft, ShiftRuleBroken, OnLeave, NotQualified.
    """
    patterns, told = _rulebook(known)
    found: dict[dt.date, Shift] = {}
    for day, duty in held.items():
        hours = rules.pattern_on(patterns, duty.pattern, day) if abs((day - on).days) <= NEAR_DAYS else None
        if hours is not None:
            found[day] = Shift(day, hours)
    if on not in found:
        raise UnknownPattern(
            field="data.pattern" if field == "data.on" else field,
            detail=f"Shift {held[on].pattern} has no hours on {on}.",
            remedy="Record shift_pattern_set first, effective on that day or before.",
        )
    here = posting(known.roster.get(employee, ()), on)
    if here is None:
        raise HasLeft(field=field, detail=f"{employee} does not work here on {on}.", remedy="Mend the day.")
    require_eligible(found[on], Place(here, told, field), known)
    broken = list(rules.breaches(found, on, limits(told, here.branch, here.department, on)))
    if broken:
        raise ShiftRuleBroken(
            field=field,
            detail=f"{employee} would have {'; and '.join(broken)}.",
            remedy="Choose another shift, day or colleague, or set the rules anew by shift_rules_set.",
        )


def _rulebook(known: Known) -> tuple[list[Pattern], list[UnitRules]]:
    told: tuple[tuple[int, Fact], ...] = known.told("shift rules")
    patterns = [rules.pattern_of(at, fact) for at, fact in told if isinstance(fact, ShiftPatternSet)]
    return patterns, [rules_of(at, fact) for at, fact in told if isinstance(fact, ShiftRulesSet)]


def _duties(employee: str, known: Known) -> dict[dt.date, Duty]:
    steps = (_step(at, fact, employee, known) for at, fact in known.told("shifts", employee))
    return rules.duties(step for step in steps if step is not None)


def _step(
    position: int, fact: ShiftAssigned | SwapAsked | SwapApproved, employee: str, known: Known
) -> Given | Exchanged | None:
    """What `fact` is for one of its people; None for a swap that nobody asked for."""
    if isinstance(fact, ShiftAssigned):
        return Given(position, fact.on, fact.pattern)
    asked = fact
    if isinstance(asked, SwapApproved):
        steps = known.told("swap", asked.swap)
        if not steps or not isinstance(steps[0][1], SwapAsked):
            return None
        asked = steps[0][1]
    return rules.exchanged(position, asked, employee)


def _days(step: Given | Exchanged | None) -> tuple[dt.date, ...]:
    match step:
        case Given():
            return (step.on,)
        case Exchanged():
            return step.gives_on, step.takes_on
        case None:
            return ()

"""Terms upon what a component earns: multipliers, a floor, a cap, gates."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Literal

import msgspec

from domain.period import Period
from domain.plan.arithmetic import difference, is_below
from domain.plan.components.bands import Stretch, band_faults, held_in
from domain.plan.components.base import Fault, Part, Seen, Stay, Words, attainment
from domain.plan.fields import (
    Amount,
    Level,
    MeasureName,
    MilestoneName,
    Months,
    Prorate,
    Share,
    TargetName,
)

MISSED = ("gate_missed", "gate_milestone_missed")
"""The sentences of gates that were not met."""
TESTS = ("at_least", "more_than", "at_most", "less_than")


MULTIPLIERS = (
    (True, False, False, False),
    (False, False, True, False),
    (False, True, True, False),
    (False, True, False, True),
)
"""Which of times, bands, measure and target say together what multiplies."""


class FactorBand(Stretch, frozen=True, kw_only=True):
    """What pay is multiplied by, from `from` up to but not including `until`: 120 %."""

    times: Share


class Multiplier(msgspec.Struct, frozen=True, kw_only=True):
    """Multiplies what was earned: by `times`, by a measure, or by bands of one or of a target's attainment.

    A measure without bands is the factor itself, such as a grade that is worth 150 %. Outside the bands, and
    where nothing was measured, pay stays as it is.
    """

    times: Share | None = None
    measure: MeasureName | None = None
    target: TargetName | None = None
    bands: tuple[FactorBand, ...] = ()

    def faults(self) -> Iterator[Fault]:
        """It has a number of its own, or bands of one thing."""
        given = (self.times is not None, bool(self.bands), self.measure is not None, self.target is not None)
        if given not in MULTIPLIERS:
            yield Fault(
                "",
                "It is not clear what multiplies.",
                "Give `times` or a `measure` alone, or `bands` of a `measure` or of a `target`.",
            )
        if self.bands:
            yield from band_faults(self.bands, "times: 120 %")


class Floor(msgspec.Struct, frozen=True, kw_only=True):
    """At least this much is paid, whatever was earned; if months since the hire are named, in those only."""

    pays: Amount
    tenure_months: Months | None = None


class Cap(msgspec.Struct, frozen=True, kw_only=True):
    """No more than this is paid. What was earned beyond it is lost, or carried into the next period.

    carried: until the quarter or year ends, and then lost. What a gate takes off is not carried.
    """

    pays: Amount
    carried: Literal["quarter", "year"] | None = None

    def carries_from(self, earlier: Period, later: Period) -> bool:
        """Whether what was left over at the end of `earlier` counts in `later`."""
        if self.carried is None:
            return False
        return Period.containing(earlier.last_day, self.carried).has(later.last_day)


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """The component pays only if this is met: a test of a measure, a target, or a milestone reached by then.

    attains: how much of the target is enough. Where nothing was measured no test is met, so what nobody has
    confirmed does not count. What is taken back is taken back whether the gate is met or not.
    """

    measure: MeasureName | None = None
    at_least: Level | None = None
    more_than: Level | None = None
    at_most: Level | None = None
    less_than: Level | None = None
    target: TargetName | None = None
    attains: Share = Fraction(1)
    milestone: MilestoneName | None = None

    def tests(self) -> list[tuple[str, Fraction]]:
        """The tests of its measure."""
        levels = ((test, getattr(self, test)) for test in TESTS)
        return [(test, level) for test, level in levels if level is not None]

    def faults(self) -> Iterator[Fault]:
        """It is one test of a measure, a target, or a milestone."""
        named = [name for name in ("measure", "target", "milestone") if getattr(self, name) is not None]
        tests = len(self.tests())
        if len(named) != 1 or tests != (named == ["measure"]):
            yield Fault(
                "",
                "It is not clear when the gate is open.",
                "Give a `measure` and one of at_least, more_than, at_most and less_than; or a `target`; "
                "or a `milestone`.",
            )


def placed(place: str, faults: Iterable[Fault]) -> Iterator[Fault]:
    """`faults` of something that stands at `place`."""
    return (fault._replace(where=f"{place}.{fault.where}" if fault.where else place) for fault in faults)


def multiplied(multiplier: Multiplier, name: str, amount: Fraction, seen: Seen) -> Part:
    """What a multiplier adds to `amount`."""
    if multiplier.times is not None:
        return Part(name, amount * (multiplier.times - 1), {"times": multiplier.times}, "multiplied")
    measure, aim = _looked_at(multiplier.measure, multiplier.target, seen)
    value = seen.values[measure]
    words: Words = {"measure": measure, "value": "" if value is None else value}
    level = value if aim is None or value is None else attainment(value, aim)
    if multiplier.bands:
        band = None if level is None else held_in(multiplier.bands, level)
        times = Fraction(1) if band is None else Fraction(band.times)
    else:
        times = Fraction(1) if value is None else Fraction(value)
    rule, words = "multiplied_by", words | {"factor": times}
    if aim is not None and level is not None:
        rule, words = "multiplied_attained", words | {"attained": level}
    return Part(name, amount * (times - 1), words, rule)


def floored(floor: Floor, amount: Fraction, months: int) -> Part | None:
    """What a floor adds to `amount` for somebody here for so many months, if anything."""
    if amount >= floor.pays or (floor.tenure_months is not None and not floor.tenure_months.has(months)):
        return None
    return Part("floor", floor.pays - amount, {"pays": floor.pays}, "floor")


def capped(cap: Cap, amount: Fraction) -> Part | None:
    """What a cap takes off `amount`, if anything."""
    if not is_below(cap.pays, amount):
        return None
    return Part("cap", difference(cap.pays, amount), {"pays": cap.pays}, "cap")


def prorated(prorate: Prorate, amount: Fraction, stay: Stay) -> Part | None:
    """What absence takes off `amount`, if anything."""
    share = stay.share(prorate)
    words: Words = {"days": share * stay.of, "of": Fraction(stay.of)}
    return Part("prorated", amount * (share - 1), words, "prorated") if share != 1 else None


def gated(gate: Gate, name: str, amount: Fraction, seen: Seen) -> Part:
    """What a gate takes off `amount`: all pay when it is not met, else nothing."""
    is_met, words, rule = _is_met(gate, seen)
    lost = Fraction(0) if is_met else max(amount, Fraction(0))
    return Part(name, -lost, words, f"{rule}_met" if is_met else f"{rule}_missed")


def left_over(parts: Iterable[Part]) -> Fraction:
    """What a cap took off, unless a gate took the rest; of each placement by itself."""
    placed: dict[object, dict[str, Fraction]] = {}
    for part in parts:
        placed.setdefault(part.words.get("placement"), {})[part.rule] = part.amount
    return sum(
        (
            -told.get("cap", Fraction(0))
            for told in placed.values()
            if not any(rule in told for rule in MISSED)
        ),
        Fraction(0),
    )


def _is_met(gate: Gate, seen: Seen) -> tuple[bool, Words, str]:
    if gate.milestone is not None:
        attained_on = seen.attained.get(gate.milestone)
        return attained_on is not None, {"milestone": gate.milestone}, "gate_milestone"
    measure, aim = _looked_at(gate.measure, gate.target, seen)
    [(test, level)] = gate.tests() if aim is None else [("at_least", gate.attains * aim)]
    value = seen.values[measure]
    words: Words = {"measure": measure, "value": "" if value is None else value, "test": test, "level": level}
    return value is not None and _passes(value, test, level), words, "gate"


def _passes(value: Fraction, test: str, level: Fraction) -> bool:
    match test:
        case "at_least":
            return value >= level
        case "more_than":
            return value > level
        case "at_most":
            return value <= level
        case _:
            return value < level


def _looked_at(measure: str | None, target: str | None, seen: Seen) -> tuple[str, Fraction | None]:
    return seen.aims[target] if target is not None else (measure or "", None)

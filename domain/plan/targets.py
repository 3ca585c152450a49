"""What a target comes to for one person: a quota spread over months, ramped, prorated, and relieved."""

from fractions import Fraction
from typing import Literal, NamedTuple

import msgspec

from domain.money import Rounding, rounded
from domain.period import Period
from domain.plan.components.base import Stay
from domain.plan.document import MONTHS, Spread, Target

Origin = Literal["national", "branch", "team", "person"]


class Sourced(NamedTuple):
    """A value and where it comes from.

    position: of the fact that set it; None for what the plan itself says. path: in the plan, such as
    `parameters.clients_target`, or the scope that set it, such as `branch SH`.
    """

    value: Fraction
    level: Origin
    position: int | None
    path: str


class ResolvedTarget(NamedTuple):
    """A target as it holds for one person: what was asked times each share, less relief.

    spread: share of a longer period's quota. ramp: of a newcomer's target. stayed: of the days of the period.
    leave_days: the days that lowered it.
    """

    measure: str
    value: Fraction
    asked: Sourced
    leave_days: int = 0
    spread: Fraction = Fraction(1)
    ramp: Fraction = Fraction(1)
    stayed: Fraction = Fraction(1)


class Source(msgspec.Struct, frozen=True, gc=False):
    """A number that a line rests on. position: of the fact that set it; None for the plan itself."""

    value: str
    level: Origin
    position: int | None
    path: str


class LineTarget(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A target that a line rests on. value: what was asked, times each share, less relief for `leave_days`.

    spread, ramp, stayed: shares of a quota, of a newcomer's target and of the days; empty where all of it.
    """

    value: str
    asked: Source
    leave_days: int
    spread: str = ""
    ramp: str = ""
    stayed: str = ""


class Grounds(NamedTuple):
    """What a component's line says of the plan's numbers behind it, the same for whoever shares these."""

    targets: dict[str, LineTarget]
    parameters: dict[str, Source]


def source(sourced: Sourced) -> Source:
    """How a line tells where a value comes from."""
    return Source(str(sourced.value), sourced.level, sourced.position, sourced.path)


def line_target(target: ResolvedTarget) -> LineTarget:
    """How a line tells what a target came to."""
    shares = ("" if share == 1 else str(share) for share in (target.spread, target.ramp, target.stayed))
    return LineTarget(str(target.value), source(target.asked), target.leave_days, *shares)


def resolved_target(target: Target, asked: Sourced, period: Period, stay: Stay) -> ResolvedTarget:
    """`target` with the number that was `asked` of the person, before relief."""
    spread = _share_of(target.spread, period) if target.spread is not None else Fraction(1)
    ramp = next((Fraction(step.share) for step in target.ramp if step.has(stay.months)), Fraction(1))
    stayed = stay.share(target.prorate) if target.prorate is not None else Fraction(1)
    value = asked.value * spread * ramp * stayed
    return ResolvedTarget(target.measure, value, asked, 0, spread, ramp, stayed)


def relieved(target: Fraction, days: int, per_day: Fraction, rounding: Rounding = "half_up") -> Fraction:
    """A target after `days` of leave, in whole numbers and never below 0."""
    return max(Fraction(rounded(target - days * per_day, rounding)), Fraction(0))


def _share_of(spread: Spread, period: Period) -> Fraction:
    """The share of `period`, a month, in the quota; with all months before it in a cumulative one."""
    months = MONTHS[spread.over]
    weights = spread.weights or (Fraction(1),) * months
    month = (period.last_day.month - 1) % months
    counted = weights[: month + 1] if spread.cumulative else weights[month : month + 1]
    return sum(counted, Fraction(0)) / sum(weights, Fraction(0))

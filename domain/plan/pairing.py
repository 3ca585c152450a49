"""How a plan of assistants judges whether an assistant and a seller work well together.

All that a pair does is credited to the seller, and counts for the assistant as `assisted` on the days on
which the one serves the other. So its indicators are measures that are credited `assisted`, and their value
for a pair is what they come to over that one seller on those days.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Literal

import msgspec

from domain.plan.alert import AlertCondition
from domain.plan.attaining import Indicator, Mean, indicator_faults, weighted
from domain.plan.components.base import Fault
from domain.plan.measures import DaysMeasure, FactMeasure, Measure
from domain.plan.mentions import with_parts

Verdict = Literal["high_synergy", "to_change"]

MOST_MONTHS = 36
MOST_SELLERS = 50


class PairingRules(msgspec.Struct, frozen=True, kw_only=True):
    """By what a pair is judged, and who may be paired.

    months: so long before the pairing, and so long up to the day, is looked at for its effect.
    history_months: pairs of that time tell who works well with whom. high_synergy, to_change: a pair that
    meets all of these conditions works, or is to be changed. sellers: posts of those who may be served; only
    who is served when absent. sellers_each: how many an assistant serves at most. within: assistant and
    seller are of one branch, or only of the firm.
    """

    indicators: tuple[Indicator, ...]
    high_synergy: tuple[AlertCondition, ...] = ()
    to_change: tuple[AlertCondition, ...] = ()
    months: int = 3
    history_months: int = 12
    sellers: tuple[str, ...] = ()
    sellers_each: int = 1
    within: Literal["branch", "firm"] = "branch"


def pair_score(rules: PairingRules, values: Mapping[str, Fraction | None]) -> Mean:
    """How much of the bars a pair attains by the `values` of the measures."""
    return weighted((each, each.attained(values.get(each.measure))) for each in rules.indicators)


def verdict(rules: PairingRules, values: Mapping[str, Fraction | None]) -> Verdict | None:
    """What is to be said of a pair; that it is to be changed goes first."""
    judged: tuple[tuple[Verdict, tuple[AlertCondition, ...]], ...] = (
        ("to_change", rules.to_change),
        ("high_synergy", rules.high_synergy),
    )
    for said, conditions in judged:
        if conditions and all(each.is_met(values.get(each.watched)) for each in conditions):
            return said
    return None


def pairing_measures(rules: PairingRules) -> tuple[str, ...]:
    """The measures that `rules` look at, each once."""
    conditions = (*rules.high_synergy, *rules.to_change)
    named = (*(each.measure for each in rules.indicators), *(each.watched for each in conditions))
    return tuple(dict.fromkeys(named))


def pairing_faults(rules: PairingRules | None, measures: Mapping[str, Measure]) -> Iterator[Fault]:
    """What is wrong with the rules of pairing of a plan."""
    if rules is None:
        return
    if not rules.indicators:
        yield Fault("pairing.indicators", "Nothing tells one pair from another.", "Add an indicator.")
    yield from indicator_faults("pairing.indicators", rules.indicators)
    for name, number, most in (
        ("months", rules.months, MOST_MONTHS),
        ("history_months", rules.history_months, MOST_MONTHS),
        ("sellers_each", rules.sellers_each, MOST_SELLERS),
    ):
        if not 1 <= number <= most:
            yield Fault(f"pairing.{name}", f"{number} is out of range.", f"Write 1 to {most}.")
    for index, each in enumerate(rules.indicators):
        yield from _credited_faults(f"pairing.indicators[{index}].measure", each.measure, measures)
    for name, conditions in (("high_synergy", rules.high_synergy), ("to_change", rules.to_change)):
        for index, condition in enumerate(conditions):
            path = f"pairing.{name}[{index}]"
            if condition.signal is not None:
                yield Fault(f"{path}.signal", "A pair has no signals.", "Name a measure.")
                continue
            if condition.falling is not None:
                yield Fault(f"{path}.falling", "A pair is looked at once.", "Give a level to compare with.")
            for where, message, remedy in condition.faults():
                yield Fault(f"{path}{where}", message, remedy)
            yield from _credited_faults(f"{path}.measure", condition.watched, measures)


def _credited_faults(path: str, name: str, measures: Mapping[str, Measure]) -> Iterator[Fault]:
    """A measure that does not tell what an assistant has of one seller."""
    for part in with_parts(measures, (name,)):
        measure = measures[part]
        is_own = isinstance(measure, FactMeasure) and (measure.credited != "assisted" or measure.with_own)
        if is_own or isinstance(measure, DaysMeasure):
            yield Fault(
                path,
                f"`{part}` does not count what the sellers assisted have done, and that alone.",
                f"Give `{part}` the field `credited: assisted`, or name another measure.",
            )
            return

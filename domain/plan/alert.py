"""Rules of warning: what a plan watches, for how long, and what is to be done about it."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal, get_args

import msgspec

from domain.people.warnings import Observed, falls
from domain.plan.components.base import Fault
from domain.plan.fields import Identifier, Level, MeasureName, Months, Title

Signal = Literal[
    "training_completion",
    "milestones_missed",
    "stress",
    "training_satisfaction",
    "belonging",
    "leaves",
    "competence",
]
"""What can be watched beside measures.

training_completion: mean share of the modules that everybody takes, as of the period's last day.
milestones_missed: how many milestones are behind an even pace then, or ran out in the period unreached.
stress, training_satisfaction, belonging: of the last survey that was answered in the period.
leaves: how often somebody began to be away in it, sick, for personal or for other reasons.
competence: how much of the plan's competence model is attained over its window up to the period's last day.
"""
SIGNALS: tuple[str, ...] = get_args(Signal)
TESTS = ("at_least", "more_than", "at_most", "less_than", "falling")
MOST_FALLING = 12
"""So many periods may a number have to fall in a row."""


class AlertCondition(msgspec.Struct, frozen=True, kw_only=True):
    """One test of a measure of the plan or of a signal. Where nothing was measured it is not met.

    falling: in so many periods in a row, this one included, it was lower than in the period before.
    """

    measure: MeasureName | None = None
    signal: Signal | None = None
    at_least: Level | None = None
    more_than: Level | None = None
    at_most: Level | None = None
    less_than: Level | None = None
    falling: int | None = None

    @property
    def watched(self) -> str:
        """The name of what is watched."""
        return self.measure or self.signal or ""

    @property
    def test(self) -> tuple[str, Fraction]:
        """Its test and level."""
        for test in TESTS:
            level: Fraction | int | None = getattr(self, test)
            if level is not None:
                # Trying a rule on the past asks this millions of times.
                return test, level if isinstance(level, Fraction) else Fraction(level)
        raise LookupError(f"a condition on {self.watched} without a test")

    def seen_in(self, observed: Observed) -> Fraction | None:
        """What is tested of the `observed`: the value, or in how many periods in a row it has fallen."""
        value = observed.get(self.watched)
        return value if self.falling is None or value is None else Fraction(falls(observed, self.watched))

    def is_met(self, value: Fraction | None, level: Fraction | None = None) -> bool:
        """Whether `value` meets the test, with another `level` if one is given."""
        if value is None:
            return False
        test, own = self.test
        asked = own if level is None else level
        match test:
            case "at_least" | "falling":
                return value >= asked
            case "more_than":
                return value > asked
            case "at_most":
                return value <= asked
            case _:
                return value < asked

    def faults(self) -> Iterator[Fault]:
        """It is one test of one thing."""
        tests = [test for test in TESTS if getattr(self, test) is not None]
        if (self.measure is None) == (self.signal is None) or len(tests) != 1:
            yield Fault(
                "",
                "It is not clear what warns.",
                f"Give a `measure` or a `signal`, and one of {', '.join(TESTS[:-1])} and {TESTS[-1]}.",
            )
        elif self.falling is not None and not 1 <= self.falling <= MOST_FALLING:
            yield Fault(
                ".falling", "So many periods cannot be looked back on.", f"Write 1 to {MOST_FALLING}."
            )


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """A warning about a person: raised when all conditions are met in so many periods in a row.

    every: how long a period is. at_once: a period counts before it is over, which suits what only a fact can
    set off. tenure_months: for people in these months since the hire. owner: who is to look after the person.
    suggests: what helps, as actions of an intervention. It ends with the first period that does not meet it.
    """

    id: Identifier
    title: Title
    when: tuple[AlertCondition, ...]
    every: Literal["week", "month"] = "week"
    periods: int = 1
    at_once: bool = False
    tenure_months: Months | None = None
    owner: Literal["manager", "mentor", "hr"] = "manager"
    suggests: tuple[Title, ...] = ()


def alert_faults(alerts: tuple[Alert, ...]) -> Iterator[Fault]:
    """What is wrong with the warnings of a plan."""
    for index, alert in enumerate(alerts):
        path = f"alerts[{index}]"
        if not alert.when:
            yield Fault(f"{path}.when", "Nothing is watched.", "Add a condition.")
        if not 1 <= alert.periods <= 60:
            yield Fault(f"{path}.periods", "So many periods cannot follow.", "Write 1 to 60.")
        for place, condition in enumerate(alert.when):
            for where, message, remedy in condition.faults():
                yield Fault(f"{path}.when[{place}]{where}", message, remedy)

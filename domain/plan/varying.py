"""One parameter of a plan over a range of values: each a document of its own."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from fractions import Fraction
from typing import Any, NamedTuple

from domain.plan.document import Plan
from domain.plan.exact import Exact, exact
from domain.plan.parse import parse_plan
from domain.plan.problems import did_you_mean
from domain.refusals import BadField

MAX_STEPS = 50
"""So many values are tried at a time."""


class Varied(NamedTuple):
    """A value, as an author writes it, and the document that says it."""

    value: str
    document: Mapping[str, object]


class Range(NamedTuple):
    """The values of `parameter` from `first` by `step` up to `last`, which is one of them if it is met."""

    parameter: str
    first: Exact
    last: Exact
    step: Exact

    def values(self) -> Iterator[Fraction]:
        """Each of them."""
        steps = (self.last.value - self.first.value) // self.step.value
        return (self.first.value + number * self.step.value for number in range(int(steps) + 1))


def read_range(text: str, field: str = "vary") -> Range:
    """The range that `text` names: `bonus=30..80/10`, or `rate=1 %..2 %/0.25 %`.

    Raises: BadField.
    """
    name, _, rest = text.partition("=")
    ends, _, by = rest.partition("/")
    low, _, high = ends.partition("..")
    numbers = [exact(part) for part in (low, high, by)]
    first, last, step = numbers
    if not name.strip() or first is None or last is None or step is None:
        raise _refused(
            field, f"{text[:80]!r} is no range.", "Write parameter=from..to/step, such as bonus=30..80/10."
        )
    if len({(number.unit, number.currency) for number in (first, last, step)}) > 1:
        raise _refused(field, "Its numbers are not all of one kind.", "Write 10 %..20 %/5 %, or 30..80/10.")
    if step.value <= 0 or last.value < first.value:
        raise _refused(field, "It does not rise.", "Let it begin with the lowest value, by a step above 0.")
    found = Range(name.strip(), first, last, step)
    if (last.value - first.value) // step.value >= MAX_STEPS:
        raise _refused(field, f"It has more than {MAX_STEPS} values.", "Take a longer step.")
    return found


def varied(document: Mapping[str, Any], plan: Plan, wanted: Range, field: str = "vary") -> list[Varied]:
    """The document with each value of `wanted`. plan: what it says as it is.

    Raises: BadField for a parameter that it does not have; PlanInvalid where a value breaks a rule.
    """
    parameter = plan.parameters.get(wanted.parameter)
    if parameter is None:
        raise _refused(
            field,
            f"Plan {plan.plan} has no parameter `{wanted.parameter}`.",
            did_you_mean(wanted.parameter, plan.parameters),
        )
    if (parameter.form == "percent") != (wanted.first.unit == "percent"):
        if parameter.form == "percent":
            detail = f"`{wanted.parameter}` is a percentage, and the range has no percent sign."
            raise _refused(field, detail, "Write it with a percent sign, such as 12 %.")
        detail = f"`{wanted.parameter}` is not a percentage, and the range is one."
        raise _refused(field, detail, "Write it without a percent sign, such as 30.")
    found: list[Varied] = []
    for value in wanted.values():
        text = _written(value, wanted.first)
        changed = deepcopy(dict(document))
        changed["parameters"][wanted.parameter]["value"] = text
        parse_plan(changed, file=f"{plan.plan} with {wanted.parameter} = {text}")
        found.append(Varied(text, changed))
    return found


def _written(value: Fraction, like: Exact) -> str:
    """`value` exactly, in the form of `like`; sums of decimal numbers are decimal numbers."""
    number = value * 100 if like.unit == "percent" else value
    places = 0
    while (number * 10**places).denominator != 1:
        places += 1
    digits = f"{int(number * 10**places):0{places + 1 + (number < 0)}d}"
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    behind = {"percent": " %", "money": f" {like.currency}", "number": ""}[like.unit]
    return f"{text}{behind}"


def _refused(field: str, detail: str, remedy: str) -> BadField:
    return BadField(field=field, detail=detail, remedy=remedy)

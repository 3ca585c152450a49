"""Where an amount comes from: a line, its parts, its measures and the numbers of the plan behind it.

A read model hangs the credits below the measures, and the facts below those.
"""

from fractions import Fraction
from typing import Literal

import msgspec

from domain.plan.document import Plan
from domain.plan.measures import FactMeasure, RatioMeasure
from domain.plan.statement import Line, Sentence
from domain.plan.targets import Source


class MeasureNode(msgspec.Struct, frozen=True, kw_only=True):
    """A measure's value, exact; None where nothing was measured. of, to: what a ratio divides.

    counted: the measure over facts whose credits belong below this node; None for a ratio and for days.
    """

    name: str
    value: str | None
    counted: FactMeasure | None = None
    parts: tuple["MeasureNode", ...] = ()


class AmountNode(msgspec.Struct, frozen=True, kw_only=True):
    """A summand of a line, exact and in minor units: what a rule or part of it earned, or the rounding."""

    kind: Literal["earned", "part", "rounding"]
    name: str
    amount_minor: str
    sentence: Sentence | None = None


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """A line, taken apart. amounts: they sum exactly to the line's amount."""

    line: Line
    amounts: tuple[AmountNode, ...]
    measures: tuple[MeasureNode, ...]
    parameters: dict[str, Source]


def explain(line: Line, plan: Plan) -> Explanation:
    """What made `line`, a line of `plan`."""
    inner = {
        part
        for name in line.inputs
        if isinstance(measure := plan.measures[name], RatioMeasure)
        for part in (measure.of, measure.to)
    }
    return Explanation(
        line=line,
        amounts=_amounts(line),
        measures=tuple(_measure(name, line, plan) for name in line.inputs if name not in inner),
        parameters=line.parameters,
    )


def _amounts(line: Line) -> tuple[AmountNode, ...]:
    scale = line.scale
    exact = Fraction(line.exact) * scale
    if line.parts:
        earned = [
            AmountNode(
                kind="part",
                name=part.name,
                amount_minor=str(Fraction(part.amount) * scale),
                sentence=Sentence(part.rule, part.words),
            )
            for part in line.parts
        ]
    else:
        earned = [AmountNode(kind="earned", name=line.component, amount_minor=str(exact), sentence=line.rule)]
    rounding = AmountNode(kind="rounding", name=line.rounding, amount_minor=str(line.amount_minor - exact))
    return (*earned, rounding)


def _measure(name: str, line: Line, plan: Plan) -> MeasureNode:
    measure = plan.measures[name]
    if not isinstance(measure, RatioMeasure):
        counted = measure if isinstance(measure, FactMeasure) else None
        return MeasureNode(name=name, value=line.inputs[name], counted=counted)
    parts = (_measure(measure.of, line, plan), _measure(measure.to, line, plan))
    return MeasureNode(name=name, value=line.inputs[name], parts=parts)

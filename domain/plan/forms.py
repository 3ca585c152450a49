"""Whether levels are written in the form of what they are compared with: 15 % for a rate, 20 for a count.

A threshold of 15 for a close rate would be 1500 %, and bands of attainment from 80 would begin at 8000 %:
both are sound numbers that nobody means.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

import msgspec
from msgspec import inspect

from domain.plan.components.base import Fault
from domain.plan.components.per_point import PerPoint
from domain.plan.components.rate_table import RateBand
from domain.plan.components.scorecard import PayoutBand
from domain.plan.document import Goal, Opening, Parameter, Plan, Spread
from domain.plan.exact import Exact, Setting, Unit, exact, shown
from domain.plan.measures import FactMeasure, RatioMeasure
from domain.plan.reading import below, is_derived, members, type_info

FREE = (Goal, Spread, FactMeasure, RatioMeasure)
"""What holds levels that are compared with no measure."""


SHARES = frozenset({"training_completion", "competence"})
"""The signals of warnings that are shares; the others are counts and scores."""


class _Subject(NamedTuple):
    """What levels are compared with. name: of the measure, or of the target whose attainment it is."""

    form: Unit
    name: str
    is_share: bool = False


def form_faults(plan: Plan, written: Mapping[str, object]) -> Iterator[Fault]:
    """Every level of `plan` in another form than its measure has. written: the document of the plan."""
    yield from _Forms(plan).struct(plan, written, "", None)
    for index, component in enumerate(plan.components):
        if isinstance(component, PerPoint) and "point" not in _item(written.get("components"), index):
            yield from _points(plan, component, f"components[{index}].point")


def _points(plan: Plan, component: PerPoint, path: str) -> Iterator[Fault]:
    target = plan.targets.get(component.target)
    measure = plan.measures.get(target.measure) if target else None
    if measure is not None and measure.form != "percent":
        yield Fault(
            path,
            f"`{component.target}` is no percentage, and a point is 1 % unless said otherwise.",
            "Say how much more a point is, such as `point: 1`.",
        )


class _Forms:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def struct(
        self, struct: msgspec.Struct, written: object, path: str, around: _Subject | None
    ) -> Iterator[Fault]:
        """The faults of the levels in `struct`. around: what levels around it are compared with."""
        if isinstance(struct, FREE):
            return
        subject = self._subject(struct, around)
        for field in cast(inspect.StructType, type_info(type(struct))).fields:
            place, held = below(path, field.encode_name), getattr(struct, field.name)
            raw = members(written).get(field.encode_name)
            if (
                raw is None
                or is_derived(field.type)
                or (isinstance(struct, RateBand) and field.name == "rate")
            ):
                continue
            yield from self._value(held, raw, place, field.type, subject)

    def _value(
        self, held: object, raw: object, path: str, kind: inspect.Type, subject: _Subject | None
    ) -> Iterator[Fault]:
        match held:
            case msgspec.Struct():
                yield from self.struct(held, raw, path, subject)
            case Mapping():
                for name, item in cast(Mapping[str, object], held).items():
                    own = self._measure(name) if path.endswith(".adds") else subject
                    yield from self._value(item, members(raw).get(name), below(path, name), kind, own)
            case tuple():
                for index, item in enumerate(cast(tuple[object, ...], held)):
                    place = f"{path}[{index}]"
                    yield from self._value(item, _entry(raw, index), place, kind, subject)
            case _ if subject is not None and (_is_level(kind) or path.rpartition(".")[0].endswith(".adds")):
                yield from self._level(held, raw, path, subject)
            case _:
                return

    def _level(self, held: object, raw: object, path: str, subject: _Subject) -> Iterator[Fault]:
        found = exact(raw)
        if isinstance(held, Setting):
            parameter = self.plan.parameters.get(held.parameter)
            found = Exact(held, parameter.form) if parameter else None
        if found is None or found.unit == subject.form or not found.value:
            return
        if subject.form == "percent":
            digits, percent = shown(found.value, places=6), shown(found.value, "percent", 6)
            what = f"`{subject.name}` is a percentage"
            if subject.is_share:
                what = f"It is a share of `{subject.name}`"
            yield Fault(path, f"{what}, and {digits} would be {percent}.", f"Write {digits} % or {percent}.")
        elif found.unit == "percent":
            yield Fault(
                path, f"`{subject.name}` is not counted in percent.", "Write the number itself, without %."
            )
        elif found.unit == "money" and subject.form == "number":
            yield Fault(path, f"`{subject.name}` is not an amount of money.", "Leave the currency out.")

    def _subject(self, struct: msgspec.Struct, around: _Subject | None) -> _Subject | None:
        """What the levels in `struct` are compared with."""
        if isinstance(struct, Parameter):
            return _Subject(struct.form, "value")
        if isinstance(struct, Opening):
            return around
        if isinstance(struct, PayoutBand):
            return _Subject("percent", "score")
        target: str | None = getattr(struct, "target", None)
        if target is not None:
            if hasattr(struct, "bands") or hasattr(struct, "counts_up_to"):
                return _Subject("percent", target, is_share=True)
            aimed = self.plan.targets.get(target)
            return self._measure(aimed.measure) if aimed else None
        if (signal := getattr(struct, "signal", None)) is not None:
            return _Subject("percent" if signal in SHARES else "number", signal)
        measure: str | None = getattr(struct, "measure", None)
        return around if measure is None else self._measure(measure)

    def _measure(self, name: str) -> _Subject | None:
        measure = self.plan.measures.get(name)
        return _Subject(measure.form, name) if measure else None


def _is_level(kind: inspect.Type) -> bool:
    match kind:
        case inspect.Metadata():
            return cast(dict[str, str], cast(Any, kind).extra or {}).get("number") == "level"
        case inspect.UnionType(types=options):
            return any(_is_level(option) for option in options)
        case _:
            return False


def _entry(written: object, index: int) -> object:
    entries = cast(list[object], written) if isinstance(written, list | tuple) else []
    return entries[index] if index < len(entries) else None


def _item(written: object, index: int) -> Mapping[object, object]:
    return members(_entry(written, index))

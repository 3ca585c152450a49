"""A plan taken apart: every item that has a name, and every value with its path and how it is said."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple, cast

import msgspec
from msgspec import inspect

from domain.money import minor_per_major
from domain.plan.account_terms import Draw
from domain.plan.attaining import Indicator
from domain.plan.checks import counted_measure
from domain.plan.components.bands import Stretch
from domain.plan.components.component import Component
from domain.plan.components.rate_table import RateBand
from domain.plan.crediting import SAID, Credited
from domain.plan.document import Goal, Parameter, Plan, Spread, Target
from domain.plan.exact import Setting, Unit, shown
from domain.plan.fields import Title
from domain.plan.measures import Condition, FactMeasure, Measure, Window
from domain.plan.reading import is_derived, type_info

PLACES = 6
"""Decimal places of a value that is said; more would only be noise, and are marked as such."""

_DERIVED = {"form", "currency", "scale", "unlicensed"}
"""Fields of a measure that follow from the others."""


class Leaf(NamedTuple):
    """One value of a plan. value: what is compared. said: None for what is absent."""

    value: object
    said: Title | None


class Number(NamedTuple):
    """One number of a plan. parameter: the one that it is taken from, if any. said: in its own form."""

    value: Fraction
    parameter: str | None
    said: str


class Taken(NamedTuple):
    """A plan taken apart. items: the named ones, each with its title, such as `components.per_client`.

    numbers: those among the leaves, and each of a list of them.
    """

    items: Mapping[str, Title]
    leaves: Mapping[str, Leaf]
    numbers: Mapping[str, Number]


class _Around(NamedTuple):
    """What a value stands in: the form of the levels there, and the structs from the outermost on."""

    form: Unit = "number"
    within: tuple[msgspec.Struct, ...] = ()


def take_apart(plan: Plan) -> Taken:
    """Every item and value of `plan`; what merely follows from others is left out."""
    items: dict[str, Title] = {}
    leaves: dict[str, Leaf] = {}
    numbers: dict[str, Number] = {}
    _Taking(plan, items, leaves, numbers).struct("", plan, _Around())
    return Taken(items, leaves, numbers)


class _Taking:
    def __init__(
        self, plan: Plan, items: dict[str, Title], leaves: dict[str, Leaf], numbers: dict[str, Number]
    ) -> None:
        self.plan, self.items, self.leaves, self.numbers = plan, items, leaves, numbers

    def struct(self, path: str, struct: msgspec.Struct, around: _Around) -> None:
        """Takes apart the fields of `struct`."""
        info = cast(inspect.StructType, type_info(type(struct)))
        inner = _Around(self._form(struct, around), (*around.within, struct))
        if isinstance(struct, Component):
            self.leaves[f"{path}.kind"] = Leaf(struct.KIND, _same(struct.KIND))
        for field in info.fields:
            follows = is_derived(field.type) or (_is_measure(struct) and self._follows(field.name, struct))
            if follows or field.name == "id":
                continue
            held, name = getattr(struct, field.name), f"{path}.{field.encode_name}".lstrip(".")
            is_rate = isinstance(struct, RateBand) and field.name == "rate"
            self.value(name, held, field.type, self._of_rate(inner) if is_rate else inner)

    def _follows(self, name: str, measure: msgspec.Struct) -> bool:
        """Whether a field of a measure says only what the plan says elsewhere."""
        return name in _DERIVED or (
            name == "convert_at" and getattr(measure, name) in (None, self.plan.convert_at)
        )

    def value(self, path: str, value: object, kind: inspect.Type, around: _Around) -> None:
        """Takes apart what a field holds."""
        match value:
            case Title():
                if value.en:  # a rule inside of a component has no name
                    self.leaves[path] = Leaf(value, value)
            case Condition() | Window():
                self.leaves[path] = Leaf(value, self._spoken(value))
            case Draw():
                self.items[path] = value.title
                self.struct(path, value, around)
            case msgspec.Struct():
                self.struct(path, value, around)
            case Mapping():
                for name, item in cast(Mapping[str, object], value).items():
                    if not (isinstance(item, FactMeasure) and item.window.ends_before):
                        self._item(
                            f"{path}.{name}", name, item, _inner(kind), self._of_lever(path, name, around)
                        )
            case tuple() if any(isinstance(item, msgspec.Struct) for item in cast(tuple[object, ...], value)):
                for number, item in enumerate(cast(tuple[msgspec.Struct, ...], value), start=1):
                    name = self._name(item, number, around)
                    self._item(f"{path}.{name}", name, item, _inner(kind), around)
            case tuple():
                told = cast(tuple[object, ...], value)
                words = [self._said(item, _inner(kind), around) for item in told]
                self.leaves[path] = Leaf(tuple(map(_compared, told)), _joined(words))
                for number, item in enumerate(told, start=1):
                    self._number(f"{path}.{number}", item, _inner(kind), around)
            case str() if path.endswith(".credited"):
                self.leaves[path] = Leaf(value, SAID[cast(Credited, value)])
            case _:
                said = None if value is None or value == "" else self._said(value, kind, around)
                self.leaves[path] = Leaf(_compared(value), said)
                self._number(path, value, kind, around)

    def _number(self, path: str, value: object, kind: inspect.Type, around: _Around) -> None:
        if isinstance(value, Fraction):
            plain = value if not isinstance(value, Setting) else Fraction(value.numerator, value.denominator)
            parameter = value.parameter if isinstance(value, Setting) else None
            self.numbers[path] = Number(plain, parameter, self._said(plain, kind, around).en)

    def _item(self, path: str, name: str, item: object, kind: inspect.Type, around: _Around) -> None:
        if isinstance(item, msgspec.Struct) and not isinstance(item, Condition):
            self.items[path] = _titled(item, name, self.plan)
        self.value(path, item, kind, around)

    def _name(self, item: msgspec.Struct, number: int, around: _Around) -> str:
        """What tells an item of a list from its neighbours in this version and in another."""
        match item:
            case Stretch():
                return (
                    f"from {self._level(item.from_, around)}" if item.from_ is not None else "from the start"
                )
            case Condition():
                return item.column if item.words else f"{item.column}.{item.test}"
            case _:
                own = getattr(item, "id", None) or (
                    getattr(item, "target", None) if hasattr(item, "weight") else None
                )
                return str(own or number)

    def _form(self, struct: msgspec.Struct, around: _Around) -> Unit:
        """The form of the levels in `struct`."""
        if isinstance(struct, Parameter):
            return struct.form
        if isinstance(struct, Goal | Spread):  # the months of a quota are weighed by plain numbers
            return "number"
        if isinstance(struct, FactMeasure):
            return struct.form
        target = self.plan.targets.get(getattr(struct, "target", None) or "")
        if target is not None and hasattr(struct, "bands"):
            return "percent"  # of the attainment
        measure = self.plan.measures.get(target.measure if target else getattr(struct, "measure", None) or "")
        return measure.form if measure is not None else around.form

    def _of_lever(self, path: str, name: str, around: _Around) -> _Around:
        if path.endswith(".adds") and name in self.plan.measures:
            return around._replace(form=self.plan.measures[name].form)
        return around

    def _said(self, value: object, kind: inspect.Type, around: _Around) -> Title:
        if isinstance(value, Setting):
            return Title(f"parameter {value.parameter}", f"参数 {value.parameter}")
        if not isinstance(value, Fraction):
            return _same(str(value).lower() if isinstance(value, bool) else str(value))
        match _number(kind):
            case "percentage":
                return _same(shown(value, "percent", PLACES))
            case "amount":
                return _same(f"{shown(value, places=PLACES)} {self.plan.currency}")
            case "level":
                return _same(self._level(value, around))
            case _:
                return _same(shown(value, places=PLACES))

    def _spoken(self, value: Condition | Window) -> Title:
        """A condition or a window in few words."""
        if isinstance(value, Window):
            return _same(f"{value.kind} {value.n}" if value.n else value.kind)
        if value.words:
            return Title(", ".join(value.words), "、".join(value.words))
        if value.column != "amount_minor":
            return _same(shown(value.number, places=PLACES))
        major = value.number / minor_per_major(self.plan.currency)
        return _same(f"{shown(major, places=PLACES)} {self.plan.currency}")

    def _level(self, value: Fraction, around: _Around) -> str:
        if around.form == "money":
            return f"{shown(value, places=PLACES)} {self.plan.currency}"
        return shown(value, around.form, PLACES)

    def _of_rate(self, around: _Around) -> _Around:
        """Rates of money are percentages; those of all else are money."""
        names = (counted_measure(self.plan, each) for each in around.within if isinstance(each, Component))
        measures = (self.plan.measures.get(name or "") for name in names)
        of_money = any(measure is not None and measure.form == "money" for measure in measures)
        return around._replace(form="percent" if of_money else "money")


def _compared(value: object) -> object:
    return ("parameter", value.parameter) if isinstance(value, Setting) else value


def _titled(item: msgspec.Struct, name: str, plan: Plan) -> Title:
    title: Title | None = getattr(item, "title", None)
    if title is not None:
        return title
    if isinstance(item, Indicator):
        return plan.measures[item.measure].title
    if isinstance(item, Stretch):
        begins = name.removeprefix("from ")
        return Title(name, f"{begins} 起" if item.from_ is not None else "最低档")
    if hasattr(item, "weight"):
        item = plan.targets.get(getattr(item, "target", "")) or item
    if isinstance(item, Target):
        return item.title or plan.measures[item.measure].title
    return _same(name)


def _is_measure(struct: msgspec.Struct) -> bool:
    return isinstance(struct, Measure)


def _number(kind: inspect.Type) -> str:
    match kind:
        case inspect.Metadata():
            return cast(dict[str, str], cast(Any, kind).extra or {}).get("number", "")
        case inspect.UnionType(types=options):
            return next((found for option in options if (found := _number(option))), "")
        case _:
            return ""


def _inner(kind: inspect.Type) -> inspect.Type:
    """The type of what a list or mapping holds."""
    match kind:
        case inspect.VarTupleType(item_type=inner) | inspect.DictType(value_type=inner):
            return inner
        case _:
            return inspect.AnyType()


def _joined(words: list[Title]) -> Title | None:
    if not words:
        return None
    return Title(", ".join(word.en for word in words), "、".join(word.zh for word in words))


def _same(text: str) -> Title:
    return Title(text, text)

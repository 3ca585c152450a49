"""Which measures, targets and milestones a component looks at, told from the types of its fields."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, cast

import msgspec
from msgspec import inspect

from domain.plan.measures import Measure, RatioMeasure
from domain.plan.reading import type_info


def named_in(part: msgspec.Struct, space: str) -> tuple[str, ...]:
    """The names of `space` (measures, targets, milestones) in `part`, each once, in the order of fields."""
    return tuple(dict.fromkeys(_names(type_info(type(part)), part, space)))


def with_parts(measures: Mapping[str, Measure], names: tuple[str, ...]) -> tuple[str, ...]:
    """`names`, each followed by the measures that it divides; those that a faulty plan lacks are left out."""
    found: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        measure = measures.get(name)
        if name not in found and measure is not None:
            found[name] = None
            waiting[:0] = (measure.of, measure.to) if isinstance(measure, RatioMeasure) else ()
    return tuple(found)


def _names(kind: inspect.Type, held: object, space: str) -> Iterator[str]:
    match kind:
        case inspect.Metadata():
            if cast(Any, kind).extra == {"names": space}:
                yield cast(str, held)
        case inspect.UnionType() if held is not None:
            for option in kind.types:
                yield from _names(option, held, space)
        case inspect.StructType() if isinstance(held, msgspec.Struct):
            # What is held may be more than its field says: any kind of component where one is asked for.
            for field in _fields(type(held), space):
                yield from _names(field.type, getattr(held, field.name), space)
        case inspect.VarTupleType():
            for item in cast(tuple[object, ...], held):
                yield from _names(kind.item_type, item, space)
        case _:
            return


@cache
def _fields(kind: type[msgspec.Struct], space: str) -> tuple[inspect.Field, ...]:
    """The fields of `kind` in which something of `space` can be named: few of them."""
    own = cast(inspect.StructType, type_info(kind))
    return tuple(field for field in own.fields if _may_name(field.type, space))


def _may_name(kind: inspect.Type, space: str) -> bool:
    match kind:
        case inspect.Metadata():
            return cast(Any, kind).extra == {"names": space}
        case inspect.UnionType():
            return any(_may_name(option, space) for option in kind.types)
        case inspect.VarTupleType():
            return _may_name(kind.item_type, space)
        case _:
            return isinstance(kind, inspect.StructType)

"""Which measures, targets and milestones a component looks at, told from the types of its fields."""

from collections.abc import Iterator, Mapping
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
            own = cast(inspect.StructType, type_info(type(held)))
            for field in own.fields:
                yield from _names(field.type, getattr(held, field.name), space)
        case inspect.VarTupleType():
            for item in cast(tuple[object, ...], held):
                yield from _names(kind.item_type, item, space)
        case _:
            return

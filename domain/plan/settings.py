"""Which parameters a part of a plan takes numbers from, and the same part with other numbers."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, TypeVar, cast

import msgspec

from domain.plan.exact import Setting

Part = TypeVar("Part")


def settings_in(part: object) -> Iterator[Setting]:
    """Every number in `part`, however deep, that comes from a parameter."""
    if isinstance(part, Setting):
        yield part
    for inner in _inside(part):
        yield from settings_in(inner)


def rebound(part: Part, values: Mapping[str, Fraction]) -> Part:
    """`part` with the numbers from parameters in `values` replaced; itself when there are none."""
    if not any(setting.parameter in values for setting in settings_in(part)):
        return part
    if isinstance(part, Setting):
        return cast(Part, Setting(part.parameter, values[part.parameter]))
    if isinstance(part, tuple):
        return cast(Part, tuple(rebound(inner, values) for inner in cast(tuple[object, ...], part)))
    if isinstance(part, Mapping):
        pairs = cast(Mapping[object, object], part).items()
        return cast(Part, {name: rebound(inner, values) for name, inner in pairs})
    struct = cast(msgspec.Struct, part)
    fields: dict[str, Any] = {
        name: rebound(getattr(struct, name), values) for name in struct.__struct_fields__
    }
    return cast(Part, msgspec.structs.replace(struct, **fields))


def _inside(part: object) -> Iterator[object]:
    if isinstance(part, msgspec.Struct):
        yield from (getattr(part, name) for name in part.__struct_fields__)
    elif isinstance(part, tuple):
        yield from cast(tuple[object, ...], part)
    elif isinstance(part, Mapping):
        yield from cast(Mapping[object, object], part).values()

"""Canonical JSON after RFC 8785, for the values that facts are made of.

Facts hold no floats, so numbers are plain integers. Member names are kept within the Basic Multilingual
Plane, where the order of UTF-16 code units that the RFC asks for is the order of code points.
"""

from typing import cast

import msgspec

from domain.refusals import BadField

_ENCODER = msgspec.json.Encoder(order="sorted")


def canonical(value: object) -> bytes:
    """The one JSON text of `value`: a struct, dict, list, string, integer, boolean or None."""
    return _ENCODER.encode(value)


def require_canonical(value: object, path: str) -> None:
    """Checks free-form JSON: no floats, integers below 2^53, no NUL, member names within the BMP.

    Raises: BadField naming the place below `path`.
    """
    match value:
        case float():
            raise BadField(
                field=path, detail=f"{value!r} is a binary float.", remedy='Write it as text, such as "8.5".'
            )
        case int() if abs(value) >= 2**53:
            raise BadField(field=path, detail=f"{value} is not below 2^53.", remedy="Write it as text.")
        case str() if "\x00" in value:
            raise BadField(field=path, detail="The text holds a NUL.", remedy="Remove it.")
        case dict():
            for name, member in cast(dict[str, object], value).items():
                if any(character > "\uffff" or character == "\x00" for character in name):
                    raise BadField(
                        field=path, detail=f"{name!r} cannot be a name.", remedy="Use letters and digits."
                    )
                require_canonical(member, f"{path}.{name}")
        case list():
            for index, member in enumerate(cast(list[object], value)):
                require_canonical(member, f"{path}[{index}]")
        case _:
            pass

"""Forms that people send: their fields as text, and facts made of them."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from litestar.datastructures import FormMultiDict

from api.bodies import place
from domain.refusals import BadField

_Made = TypeVar("_Made")


def text_of(form: FormMultiDict, name: str) -> str:
    """A field of a form, without spaces around it; empty where it is not filled in."""
    value = form.get(name)
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""


def converted(kind: type[_Made], said: Mapping[str, Any]) -> _Made:
    """What a form says, as `kind`; fields left empty are absent.

    Raises: BadField.
    """
    try:
        return msgspec.convert({name: value for name, value in said.items() if value is not None}, kind)
    except msgspec.ValidationError as error:
        field, message = place(error)
        raise BadField(field=field, detail=f"{message}.", remedy="Mend the field.") from None

"""Forms that people send: their fields as text and as money, and facts made of them."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from litestar.datastructures import FormMultiDict

from api.bodies import place
from domain.money import CURRENCIES, minor_per_major
from domain.refusals import BadField

_Made = TypeVar("_Made")


def text_of(form: FormMultiDict, name: str) -> str:
    """A field of a form, without spaces around it; empty where it is not filled in."""
    value = form.get(name)
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""


def typed_minor(text: str, currency: str, field: str, *, signed: bool = True) -> int:
    """Money as somebody writes it, in minor units; if `signed`, below 0 for what came back.

    Raises: BadField.
    """
    if currency not in CURRENCIES:
        known = ", ".join(sorted(CURRENCIES))
        raise BadField(
            field="currency",
            detail=f"{currency[:10]!r} is not a currency that is known here.",
            remedy=f"Use one of {known}.",
        )
    written = text.strip().replace(",", "").replace("，", "").lstrip("¥￥").replace("−", "-")
    sign, written = (-1, written[1:]) if signed and written.startswith("-") else (1, written)
    whole, _, rest = written.partition(".")
    per_major = minor_per_major(currency)
    digits = len(str(per_major)) - 1
    fits = whole.isascii() and whole.isdecimal() and len(whole) <= 12 and len(rest) <= digits
    if not fits or (rest and not (rest.isascii() and rest.isdecimal())):
        raise BadField(
            field=field, detail=f"{text[:40]!r} is not an amount of money.", remedy="Write it as 1234.50."
        )
    return sign * (int(whole) * per_major + int((rest + "0" * digits)[:digits] or "0"))


def converted(kind: type[_Made], said: Mapping[str, Any]) -> _Made:
    """What a form says, as `kind`; fields left empty are absent.

    Raises: BadField.
    """
    try:
        return msgspec.convert({name: value for name, value in said.items() if value is not None}, kind)
    except msgspec.ValidationError as error:
        field, message = place(error)
        raise BadField(field=field, detail=f"{message}.", remedy="Mend the field.") from None

"""What a form of a page asks for in the address: fields that are left empty ask for nothing."""

import datetime as dt
from typing import Annotated

from litestar.params import QueryParameter

from domain.refusals import BadField

Field = Annotated[str | None, QueryParameter(description="As the field of the same name in the form.")]


def word(said: str | None) -> str | None:
    """What is filled in; None for nothing."""
    return (said or "").strip() or None


def day(said: str | None, field: str) -> dt.date | None:
    """The day that is filled in; None for none.

    Raises: BadField.
    """
    written = word(said)
    try:
        return None if written is None else dt.date.fromisoformat(written)
    except ValueError:
        raise BadField(
            field=field, detail=f"{written!r:.40} is not a day.", remedy="Write it as 2025-03-31."
        ) from None


def number(said: str | None, field: str) -> int | None:
    """The whole number that is filled in; None for none.

    Raises: BadField.
    """
    written = word(said)
    if written is None:
        return None
    if not (written.isascii() and written.isdecimal() and len(written) <= 16):
        raise BadField(field=field, detail=f"{written[:40]!r} is no number.", remedy="Write digits only.")
    return int(written)

"""The form of an answer that a request asks for by its Accept header (RFC 9110)."""

from collections.abc import Mapping
from typing import TypeVar

from api.problems import NotAcceptable

_Form = TypeVar("_Form", bound=str)


def accepted(header: str | None, media_types: Mapping[_Form, str], usual: _Form) -> _Form:
    """The first form that the header names; `usual` where any will do, or any of an application.

    Raises: NotAcceptable.
    """
    said = header or "*/*"
    for choice in said.split(","):
        media_type = choice.partition(";")[0].strip().lower()
        if media_type in ("*/*", "application/*"):
            return usual
        for form, name in media_types.items():
            if media_type == name:
                return form
    raise NotAcceptable(
        field="Accept",
        detail=f"{said[:100]!r} names no form that this is had in.",
        remedy=f"Ask for one of {', '.join(media_types.values())}, or with ?format=.",
    )

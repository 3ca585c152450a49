"""Where the reading of a long list goes on: what was read last, as a text that a reader hands back."""

import base64
import binascii
from typing import TypeVar

import msgspec
from litestar import Request

from domain.refusals import BadField

_Last = TypeVar("_Last", bound=tuple[object, ...])
_Place = TypeVar("_Place", bound=msgspec.Struct)


def written(last: tuple[object, ...] | msgspec.Struct) -> str:
    """The cursor after `last`."""
    return base64.urlsafe_b64encode(msgspec.json.encode(last)).decode().rstrip("=")


def read_struct(cursor: str, kind: type[_Place]) -> _Place:
    """What `cursor` says, where that is a struct.

    Raises: BadField for what is no cursor of this list.
    """
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=kind)
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        raise bad_cursor() from None


def read(cursor: str, kind: type[_Last]) -> _Last:
    """What `cursor` says was read last.

    Raises: BadField for what is no cursor of this list.
    """
    try:
        said = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        found = msgspec.json.decode(said, type=kind)
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        raise bad_cursor() from None
    if any(part < 0 if isinstance(part, int) else "\0" in str(part) for part in found):
        raise bad_cursor()
    return found


def begun_at(known_at: int, asked: int | None, head: int) -> None:
    """Checks that a reading which began as known at a position goes on as it began.

    asked: by this request. head: the last position there is. Raises: BadField.
    """
    if asked not in (None, known_at):
        detail = f"This reading takes into account what was known at {known_at}."
        raise BadField(field="known_at", detail=detail, remedy="Leave it out, or begin a new reading.")
    if known_at > head:
        raise bad_cursor()


def bad_cursor() -> BadField:
    """It is not what a page before gave as `next`."""
    return BadField(
        field="after",
        detail="This cursor does not belong to this list.",
        remedy="Take `next` of the page before, or leave it out to begin.",
    )


def link(request: Request, cursor: str | None, **query: object) -> dict[str, str]:  # type: ignore[type-arg]
    """The header that names the next page, if there is one. query: what else the reader asked."""
    if cursor is None:
        return {}
    asked = "".join(f"&{name}={value}" for name, value in query.items())
    return {"Link": f'<{request.url.path}?after={cursor}{asked}>; rel="next"'}

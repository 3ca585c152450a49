"""The token of a form that has files: taken from its first field, with the whole body left to its reader."""

import asyncio
from typing import Any, cast

import pytest

from api.same_site import FIRST_PART_BYTES, brought

MARK = "----FormBoundaryABC"
FIRST = f'--{MARK}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n'
FILE = 'Content-Disposition: form-data; name="file"; filename="a.csv"'
REST = f"\r\n--{MARK}\r\n{FILE}\r\n\r\nx\r\n--{MARK}--\r\n"


def received(
    body: bytes, size: int, form: str = f"multipart/form-data; boundary={MARK}"
) -> tuple[str, bytes]:
    """The token that comes in pieces of a size, and what the reader of the body gets."""
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    waiting = list(pieces)

    async def receive() -> Any:
        piece = waiting.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(waiting)}

    async def ask() -> tuple[str, bytes]:
        scope = {"type": "http", "headers": [(b"content-type", form.encode())]}
        token, again = await brought(cast(Any, scope), receive)
        body, more = b"", True
        while more:
            message = cast(Any, await again())
            body, more = body + message["body"], message["more_body"]
        return token, body

    return asyncio.run(ask())


@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
def test_the_first_field_is_the_token_however_the_body_comes(size: int) -> None:
    body = f"{FIRST}abc-DEF_1{REST}".encode()
    assert received(body, size) == ("abc-DEF_1", body)
    assert received(body, size, f'multipart/form-data; boundary="{MARK}"')[0] == "abc-DEF_1"


@pytest.mark.parametrize(
    "body",
    [
        f"{FIRST}abc{REST}".replace("csrf_token", "other"),
        f"{FIRST}{REST}",
        f'--{MARK}\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n{FIRST}abc{REST}',
        FIRST + "a" * (2 * FIRST_PART_BYTES) + REST,
    ],
    ids=["other", "empty", "second", "long"],
)
def test_anything_else_brings_no_token_and_is_read_whole(body: str) -> None:
    assert received(body.encode(), 1000) == ("", body.encode())

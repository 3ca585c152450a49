"""How an address is taken leave of: told in its answers (RFC 9745, RFC 8594) long before it is gone."""

import datetime as dt
from email.utils import format_datetime
from typing import NamedTuple

from litestar.types import Message, Send

DEPRECATED = "deprecated"
"""The name in the `opt` of a handler under which its Farewell stands."""


class Farewell(NamedTuple):
    """since: when the address was deprecated. until: when it will be gone. instead: what to ask then."""

    since: dt.datetime
    until: dt.datetime
    instead: str

    def headers(self) -> list[tuple[bytes, bytes]]:
        """What an answer tells of it."""
        return [
            (b"deprecation", b"@%d" % int(self.since.timestamp())),
            (b"sunset", format_datetime(self.until.astimezone(dt.UTC), usegmt=True).encode()),
            (b"link", f'<{self.instead}>; rel="successor-version"'.encode()),
        ]

    def told(self, send: Send) -> Send:
        """`send`, with the headers on what begins an answer."""

        async def send_told(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self.headers()]
            await send(message)

        return send_told

"""Events as they go over the line (WHATWG HTML, server-sent events). id: a position of the journal."""

from collections.abc import Iterable
from typing import Literal

import msgspec

Event = Literal["snapshot", "delta", "progress", "must-refetch"]

Reason = Literal["too-slow", "rebuilt", "people-moved", "service-stops", "token-ended"]

RETRY = b"retry: 2000\n"
"""How long a client waits before it comes back, in milliseconds; a line of whatever event comes first."""


def rows_frame(
    event: Literal["snapshot", "delta"], after: int | None, position: int, rows: Iterable[bytes]
) -> bytes:
    """Rows, each encoded already. after: what a client stands at for whom they are news."""
    head = b"" if after is None else b'"after":%d,' % after
    body = b",".join(rows)
    return b'event: %b\nid: %d\ndata: {%b"position":%d,"rows":[%b]}\n\n' % (
        event.encode(),
        position,
        head,
        position,
        body,
    )


def part_frame(position: int, rows: Iterable[bytes]) -> bytes:
    """Rows of a snapshot of which more follow. It has no id: who loses the line here begins anew."""
    return b'event: snapshot\ndata: {"position":%d,"more":true,"rows":[%b]}\n\n' % (position, b",".join(rows))


def progress_frame(position: int) -> bytes:
    """Nothing that the client follows has changed up to `position`; it shows that the line is alive, too."""
    return b'event: progress\nid: %d\ndata: {"position":%d}\n\n' % (position, position)


def refetch_frame(reason: Reason) -> bytes:
    """What the client has is worth nothing. The empty id makes it begin anew when it comes back."""
    return b"event: must-refetch\nid:\ndata: %b\n\n" % msgspec.json.encode({"reason": reason})

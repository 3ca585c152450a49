"""The live stream: its events, one after another, however often the line breaks."""

import http.client
import json
from collections.abc import Generator, Iterator, Mapping
from typing import Any, NamedTuple

from .refused import Refused, Unreachable
from .wire import Wire, pause

REFETCH = "must-refetch"


class Event(NamedTuple):
    """What changed, up to the position `id`. name: `snapshot`, `delta`, `progress` or `must-refetch`."""

    name: str
    id: str | None
    said: dict[str, Any]


def follow(wire: Wire, query: Mapping[str, object], after: int | None) -> Generator[Event]:
    """Events after position `after`, or from a snapshot on; without end, until the iterator is closed.

    A broken line is opened again where it broke. After `must-refetch` it is opened anew: a snapshot follows.

    Raises: Refused, Unreachable when it cannot be opened as often as `wire` tries.
    """
    last, failures = None if after is None else str(after), 0
    while True:
        wanted_seconds = 0.0
        wanted = {"Accept": "text/event-stream"} | ({} if last is None else {"Last-Event-ID": last})
        try:
            with wire.open("/v1/stream", query, wanted) as answer:
                for event in events(answer):
                    failures = 0
                    last = event.id or last
                    yield event
                    if event.name == REFETCH:
                        last = None
                        break
        except Refused as refusal:
            if not refusal.may_pass or failures >= wire.tries:
                raise
            wanted_seconds = refusal.retry_seconds
        except (OSError, http.client.HTTPException) as error:
            if failures >= wire.tries:
                raise Unreachable(f"the stream cannot be opened: {error!r}") from error
        failures += 1
        pause(failures, wanted_seconds)


def events(lines: Iterator[bytes] | http.client.HTTPResponse) -> Iterator[Event]:
    """The server-sent events in these lines; one that was cut off is none."""
    name, number, said = "message", None, list[str]()
    for line in lines:
        field, _, value = line.decode().rstrip("\r\n").partition(":")
        value = value.removeprefix(" ")
        match field:
            case "event":
                name = value
            case "id":
                number = value
            case "data":
                said.append(value)
            case "" if said and not line.startswith(b":"):
                yield Event(name, number, json.loads("\n".join(said)))
                name, number, said = "message", None, []
            case _:
                pass

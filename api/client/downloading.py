"""A file of a service on one's own disk: whole and as its digest says, however often the line breaks."""

from __future__ import annotations

import hashlib
import http.client
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .refused import Refused, Unreachable
from .wire import Wire, pause

CHUNK = 1024 * 1024


class Damaged(Exception):
    """What came is not what the manifest says; it was thrown away."""


def download(wire: Wire, file: dict[str, Any], target: Path) -> Path:
    """Brings a file of an export; what is on disk already, as `.part`, is gone on from.

    Raises: Damaged, Refused, Unreachable, OSError.
    """
    part = target.with_name(f"{target.name}.part")
    tries = wire.tries
    while True:
        try:
            _go_on(wire, file, part)
            break
        except Refused as problem:
            tries -= 1
            if not tries or not problem.may_pass:
                raise
            pause(wire.tries - tries, problem.retry_seconds)
        except (ConnectionError, TimeoutError, http.client.HTTPException) as error:
            tries -= 1
            if not tries:
                raise Unreachable(f"The line broke again and again: {error!r}") from error
            pause(wire.tries - tries)
    digest = hashlib.sha256()
    with part.open("rb") as opened:
        while piece := opened.read(CHUNK):
            digest.update(piece)
    if digest.hexdigest() != file["sha256"]:
        part.unlink()
        raise Damaged(f"{target.name} has not the digest {file['sha256']}; download it again.")
    os.replace(part, target)
    return target


def _go_on(wire: Wire, file: dict[str, Any], part: Path) -> None:
    """Adds what is lacking."""
    address = urlsplit(file["address"])
    have = part.stat().st_size if part.exists() else 0
    if have >= file["bytes"] > 0:
        return
    headers = {"If-Range": f'"{file["sha256"]}"', **({"Range": f"bytes={have}-"} if have else {})}
    with (
        wire.open(address.path, dict(parse_qsl(address.query)), headers) as answer,
        part.open("ab" if answer.status == 206 else "wb") as opened,
    ):
        while piece := answer.read(CHUNK):
            opened.write(piece)
    if part.stat().st_size < file["bytes"]:
        raise ConnectionError("the answer was cut")

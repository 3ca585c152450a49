"""The one error of the embedded server."""

import os
from pathlib import Path

TAIL_BYTES = 2_000


class EmbeddedFailed(Exception):
    """The embedded PostgreSQL cannot serve; the message says what, where and the remedy."""

    def __init__(self, what: str, *, remedy: str, log: Path | None = None) -> None:
        self.what = what
        self.remedy = remedy
        self.log = log
        super().__init__(f"{what} Remedy: {remedy}{_tail(log) if log else ''}")


def _tail(log: Path) -> str:
    """The end of `log`, ready to stand below a message."""
    try:
        with log.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - TAIL_BYTES))
            text = file.read().decode("utf-8", "replace").strip()
    except OSError:
        return ""
    return f"\n--- end of {log} ---\n{text}" if text else ""

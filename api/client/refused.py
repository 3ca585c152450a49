"""What goes wrong: the service says no, or does not answer."""

import json
from typing import Any

MOST_WAIT_SECONDS = 60.0
"""A service that asks to be left alone for longer is not waited for."""


class Refused(Exception):
    """The service said no (RFC 9457). Nothing of the request was stored.

    kind: which refusal, such as `key-reused`; docs/reference/refusals.md lists them. field: path of the field
    to blame. remedy: what to do. request_id: under which the log of the service speaks of it.
    retry_seconds: how long the service asks to be left alone.
    """

    def __init__(self, problem: dict[str, Any], retry_seconds: float = 0) -> None:
        self.status = int(problem.get("status", 0))
        self.kind = str(problem.get("type", "")).rpartition("/")[2]
        self.title, self.detail = str(problem.get("title", "")), str(problem.get("detail", ""))
        self.field, self.remedy = str(problem.get("field", "")), str(problem.get("remedy", ""))
        self.request_id = str(problem.get("request_id", ""))
        self.retry_seconds = retry_seconds
        about = f"{self.field}: " if self.field else ""
        super().__init__(" ".join(filter(None, (f"{self.status} {about}{self.detail}", self.remedy))))

    @property
    def may_pass(self) -> bool:
        """Whether the same request may be taken in a while."""
        return self.status in (429, 503) and self.retry_seconds <= MOST_WAIT_SECONDS


class Unreachable(ConnectionError):
    """The service did not answer. A fact may have been stored or not: send it again, unchanged."""


def refused(status: int, content: bytes, retry_after: str | None = None) -> Refused:
    """The refusal in an answer; whatever stands between here and the service may have written another."""
    try:
        problem = json.loads(content)
    except ValueError:
        problem = None
    if not isinstance(problem, dict) or "detail" not in problem:
        problem = {"detail": content[:200].decode("utf-8", "replace")}
    seconds = float(retry_after) if retry_after and retry_after.isdecimal() else 0
    return Refused({**problem, "status": status}, seconds)

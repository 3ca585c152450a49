"""A service, from Python."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NotRequired, Self, TypedDict, cast

from .addresses import Addresses
from .answers import BatchReceipt, Export, Receipt
from .downloading import download
from .following import Event, follow
from .refused import Refused
from .wire import Wire


class Reference(TypedDict):
    """A stored fact, by its identity."""

    source: str
    key: str


class Fact(TypedDict):
    """A fact as it is sent. source and key are its identity, for ever: sent again it is stored once."""

    type: str
    source: str
    key: str
    occurred_at: str
    data: Mapping[str, Any]
    causation: NotRequired[int]
    refers_to: NotRequired[Reference]


class BatchRefused(Refused):
    """Facts of a batch were refused. It tells of the first; `receipt` says what became of each."""

    def __init__(self, receipt: BatchReceipt) -> None:
        first = next(each for each in receipt["outcomes"] if "problem" in each)
        super().__init__(cast(dict[str, Any], first.get("problem")))
        self.receipt = receipt


class Client(Addresses):
    """A service, by the rights of a token. One thread at a time.

    Every address has a method under its subject: `client.pay.read_statement("E1", "2025-03")`. Lists are
    iterators over all their pages. Readings, and facts, which are stored once however often they come, are
    sent again, up to `tries` times, while the service does not answer or says to come back; anything else is
    sent once.
    """

    def __init__(self, url: str, token: str, *, timeout_seconds: float = 60, tries: int = 5) -> None:
        self._wire = Wire(url, token, timeout_seconds=timeout_seconds, tries=tries)
        super().__init__(self._wire)

    def append(
        self,
        type: str,
        data: Mapping[str, Any],
        *,
        source: str,
        key: str,
        occurred_at: str | dt.datetime,
        refers_to: Reference | None = None,
        causation: int | None = None,
    ) -> Receipt:
        """Records one fact; `hit` in the receipt: it was stored before.

        Raises: Refused, Unreachable.
        """
        instant = occurred_at.isoformat() if isinstance(occurred_at, dt.datetime) else occurred_at
        fact = Fact(type=type, source=source, key=key, occurred_at=instant, data=data)
        if refers_to is not None:
            fact["refers_to"] = refers_to
        if causation is not None:
            fact["causation"] = causation
        return self._wire.json("POST", "/v1/facts", body=fact, again=True)

    def append_batch(self, facts: Sequence[Fact], *, atomic: bool = True) -> BatchReceipt:
        """Records many facts. atomic: all or none; otherwise the receipt says which were refused.

        Raises: BatchRefused if atomic and one is refused, Refused, Unreachable.
        """
        receipt: BatchReceipt = self._wire.json(
            "POST", "/v1/facts:batch", {"atomic": atomic}, facts, again=True, taken=(422,)
        )
        if atomic and receipt["refused"]:
            raise BatchRefused(receipt)
        return receipt

    def follow(
        self,
        *,
        period: str | None = None,
        employee: Sequence[str] | None = None,
        branch: Sequence[str] | None = None,
        board: str | None = None,
        plan: str | None = None,
        after: int | None = None,
    ) -> Generator[Event]:
        """What changes, as it is counted, for as long as it is listened to; broken lines are mended.

        after: go on after this position, the `id` of the last event that was heeded.

        Raises: Refused, Unreachable.
        """
        query = {"period": period, "employee": employee, "branch": branch, "board": board, "plan": plan}
        return follow(self._wire, query, after)

    def download(
        self,
        period: str,
        folder: Path,
        *,
        format: Literal["ndjson", "csv", "parquet"] = "ndjson",
        known_at: int | str | None = None,
    ) -> Export:
        """Brings the facts and results of a month to `folder`, and gives their manifest.

        Called again after it was broken off, with the `known_at` of before, it goes on where it was.

        Raises: Damaged, Refused, Unreachable, OSError.
        """
        query = {"format": format, "known_at": known_at}
        manifest: Export = self._wire.json("GET", f"/v1/exports/{period}", query)
        for file in manifest["files"]:
            download(self._wire, dict(file), folder / file["name"])
        return manifest

    def close(self) -> None:
        """Closes the connection; the next request opens another."""
        self._wire.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

"""The addresses about audit.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from ..answers import StatementDiff, TrailEntry
from ..wire import Wire, part


class AuditAddresses:
    """What is asked and sent about audit."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read_diff(
        self, employee: str, period: str, *, from_: str, to: str | None = None, at_least: int | None = None
    ) -> StatementDiff:
        """What changed in a statement, and why."""
        return self._wire.json(
            "GET",
            f"/v1/audit/statements/{part(employee)}/{part(period)}/diff",
            {"from": from_, "to": to, "at_least": at_least},
        )

    def read_trail(
        self,
        *,
        employee: str | None = None,
        actor: str | None = None,
        type: Sequence[str] | None = None,
        from_: str | None = None,
        until: str | None = None,
        upto: int | None = None,
        limit: int | None = None,
        lang: Literal["en", "zh"] | None = None,
        at_least: int | None = None,
    ) -> Iterator[TrailEntry]:
        """Who did what."""
        return self._wire.rows(
            "/v1/audit/trail",
            {
                "employee": employee,
                "actor": actor,
                "type": type,
                "from": from_,
                "until": until,
                "upto": upto,
                "limit": limit,
                "lang": lang,
                "at_least": at_least,
            },
            field="entries",
            cursor="next_after",
        )

    def read_trail_file(
        self,
        *,
        media_type: Literal["text/csv", "application/x-ndjson"],
        employee: str | None = None,
        actor: str | None = None,
        type: Sequence[str] | None = None,
        from_: str | None = None,
        until: str | None = None,
        after: int | None = None,
        upto: int | None = None,
        limit: int | None = None,
        lang: Literal["en", "zh"] | None = None,
        at_least: int | None = None,
    ) -> bytes:
        """Who did what."""
        return self._wire.file(
            "/v1/audit/trail",
            {
                "employee": employee,
                "actor": actor,
                "type": type,
                "from": from_,
                "until": until,
                "after": after,
                "upto": upto,
                "limit": limit,
                "lang": lang,
                "at_least": at_least,
            },
            accept=media_type,
        )

"""The addresses about audit.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from ..answers import Export, Moment, Provenance, StatementDiff, TrailEntry
from ..wire import Wire, part


class AuditAddresses:
    """What is asked and sent about audit."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read_provenance(
        self,
        position: int,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        lang: Literal["en", "zh"] | None = None,
    ) -> Provenance:
        """What became of a fact."""
        return self._wire.json(
            "GET",
            f"/v1/facts/{part(position)}/provenance",
            {"known_at": known_at, "at_least": at_least, "lang": lang},
        )

    def read_diff(
        self, employee: str, period: str, *, from_: str, to: str | None = None, at_least: int | None = None
    ) -> StatementDiff:
        """What changed in a statement, and why."""
        return self._wire.json(
            "GET",
            f"/v1/audit/statements/{part(employee)}/{part(period)}/diff",
            {"from": from_, "to": to, "at_least": at_least},
        )

    def read_moments(
        self, employee: str, period: str, *, known_at: int | str | None = None, at_least: int | None = None
    ) -> list[Moment]:
        """When a statement may have changed."""
        return self._wire.json(
            "GET",
            f"/v1/audit/statements/{part(employee)}/{part(period)}/moments",
            {"known_at": known_at, "at_least": at_least},
        )

    def read_trail(
        self,
        *,
        employee: str | None = None,
        actor: str | None = None,
        type: Sequence[str] | None = None,
        source: str | None = None,
        key: str | None = None,
        from_: str | None = None,
        until: str | None = None,
        happened_from: str | None = None,
        happened_until: str | None = None,
        upto: int | None = None,
        newest: bool | None = None,
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
                "source": source,
                "key": key,
                "from": from_,
                "until": until,
                "happened_from": happened_from,
                "happened_until": happened_until,
                "upto": upto,
                "newest": newest,
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
        source: str | None = None,
        key: str | None = None,
        from_: str | None = None,
        until: str | None = None,
        happened_from: str | None = None,
        happened_until: str | None = None,
        after: int | None = None,
        upto: int | None = None,
        newest: bool | None = None,
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
                "source": source,
                "key": key,
                "from": from_,
                "until": until,
                "happened_from": happened_from,
                "happened_until": happened_until,
                "after": after,
                "upto": upto,
                "newest": newest,
                "limit": limit,
                "lang": lang,
                "at_least": at_least,
            },
            accept=media_type,
        )

    def read_export(
        self,
        period: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        format: Literal["ndjson", "csv", "parquet"] | None = None,
    ) -> Export:
        """The files of a month and their digests."""
        return self._wire.json(
            "GET",
            f"/v1/exports/{part(period)}",
            {"known_at": known_at, "at_least": at_least, "format": format},
        )

    def download_facts_file(
        self,
        period: str,
        *,
        media_type: Literal["application/x-ndjson", "text/csv", "application/vnd.apache.parquet"],
        known_at: int | str | None = None,
        at_least: int | None = None,
    ) -> bytes:
        """The facts of a month as a file."""
        return self._wire.file(
            f"/v1/exports/{part(period)}/facts",
            {"known_at": known_at, "at_least": at_least},
            accept=media_type,
        )

    def download_results_file(
        self,
        period: str,
        *,
        media_type: Literal["application/x-ndjson", "text/csv", "application/vnd.apache.parquet"],
        known_at: int | str | None = None,
        at_least: int | None = None,
    ) -> bytes:
        """What a month pays, as a file."""
        return self._wire.file(
            f"/v1/exports/{part(period)}/results",
            {"known_at": known_at, "at_least": at_least},
            accept=media_type,
        )

"""The addresses about credentials.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from ..answers import Credential, FlaggedPage, Summary
from ..wire import Wire, part


class CredentialsAddresses:
    """What is asked and sent about credentials."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read_credentials(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        kind: str | None = None,
        state: Literal["valid", "expiring", "expired", "suspended", "revoked"] | None = None,
        employee: Sequence[str] | None = None,
        order: Literal["person", "expiry"] | None = None,
        day: str | None = None,
    ) -> Iterator[Credential]:
        """Credentials as they stand."""
        return self._wire.rows(
            "/v1/credentials",
            {
                "known_at": known_at,
                "at_least": at_least,
                "limit": limit,
                "kind": kind,
                "state": state,
                "employee": employee,
                "order": order,
                "day": day,
            },
        )

    def read_summary(
        self, *, known_at: int | str | None = None, at_least: int | None = None, day: str | None = None
    ) -> Summary:
        """What share of credentials has expired."""
        return self._wire.json(
            "GET", "/v1/credentials/summary", {"known_at": known_at, "at_least": at_least, "day": day}
        )

    def read_flagged_work(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        period: str | None = None,
        employee: Sequence[str] | None = None,
    ) -> Iterator[FlaggedPage]:
        """Work done without the licence for it."""
        return self._wire.pages(
            "/v1/credentials/flagged-work",
            {
                "known_at": known_at,
                "at_least": at_least,
                "limit": limit,
                "period": period,
                "employee": employee,
            },
        )

    def read_own(
        self,
        employee: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        day: str | None = None,
    ) -> Iterator[Credential]:
        """A person's credentials."""
        return self._wire.rows(
            f"/v1/employees/{part(employee)}/credentials",
            {"known_at": known_at, "at_least": at_least, "limit": limit, "day": day},
        )

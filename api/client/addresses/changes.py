"""The addresses about changes.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from ..answers import ProposedChange, Receipt
from ..wire import Wire, part


class ChangesAddresses:
    """What is asked and sent about changes."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read_proposals(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        state: Literal["open", "approved", "refused", "withdrawn", "lapsed"] | None = None,
        day: str | None = None,
    ) -> Iterator[ProposedChange]:
        """Changes that were proposed."""
        return self._wire.rows(
            "/v1/proposals",
            {"known_at": known_at, "at_least": at_least, "limit": limit, "state": state, "day": day},
        )

    def approve_change(self, proposal: int) -> Receipt:
        """Approve a change that somebody else has proposed."""
        return self._wire.json("POST", f"/v1/proposals/{part(proposal)}/approval")

    def refuse_change(self, proposal: int, body: Mapping[str, Any]) -> Receipt:
        """Refuse a change that somebody else has proposed."""
        return self._wire.json("POST", f"/v1/proposals/{part(proposal)}/refusal", body=body)

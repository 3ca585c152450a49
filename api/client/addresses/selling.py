"""The addresses about selling.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..answers import (
    CheckedIn,
    Customer,
    DealMargin,
)
from ..wire import Wire, part


class SellingAddresses:
    """What is asked and sent about selling."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read_clients(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        customer: Sequence[str] | None = None,
    ) -> Iterator[Customer]:
        """Clients and who looks after them."""
        return self._wire.rows(
            "/v1/customers",
            {"known_at": known_at, "at_least": at_least, "limit": limit, "customer": customer},
        )

    def read_margins(
        self, customer: str, *, known_at: int | str | None = None, at_least: int | None = None
    ) -> list[DealMargin]:
        """What the deals of a client cost and leave."""
        return self._wire.json(
            "GET", f"/v1/customers/{part(customer)}/margins", {"known_at": known_at, "at_least": at_least}
        )

    def check_in(self, employee: str, body: Mapping[str, Any]) -> CheckedIn:
        """Check in at a client."""
        return self._wire.json("POST", f"/v1/employees/{part(employee)}/visits", body=body)

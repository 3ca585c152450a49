"""The addresses about practices.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from collections.abc import Iterator
from typing import Literal

from ..answers import DecisionMaker, NextAction, Practice
from ..wire import Wire, part


class PracticesAddresses:
    """What is asked and sent about practices."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read_practices(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        stage: Literal["contact", "needs", "demo", "objections", "close"] | None = None,
        step: Literal["department_request", "equipment_review", "presidents_approval"] | None = None,
        kind: str | None = None,
    ) -> Iterator[Practice]:
        """Practices, with the results behind them."""
        return self._wire.rows(
            "/v1/practices",
            {
                "known_at": known_at,
                "at_least": at_least,
                "limit": limit,
                "stage": stage,
                "step": step,
                "kind": kind,
            },
        )

    def read_next(
        self, customer: str, *, known_at: int | str | None = None, at_least: int | None = None
    ) -> NextAction:
        """The next step with a client."""
        return self._wire.json(
            "GET", f"/v1/customers/{part(customer)}/next", {"known_at": known_at, "at_least": at_least}
        )

    def read_decision_makers(
        self,
        customer: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
    ) -> Iterator[DecisionMaker]:
        """Who decides at a client."""
        return self._wire.rows(
            f"/v1/customers/{part(customer)}/decision-makers",
            {"known_at": known_at, "at_least": at_least, "limit": limit},
        )

"""The addresses about assistants.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from ..answers import AdvisedLead, Competence, Contract, Pairing, ProposalsProposal
from ..wire import Wire, part


class AssistantsAddresses:
    """What is asked and sent about assistants."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read_competence(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        plan: str | None = None,
        employee: Sequence[str] | None = None,
        day: str | None = None,
    ) -> Iterator[Competence]:
        """People against a competence model."""
        return self._wire.rows(
            "/v1/competence",
            {
                "known_at": known_at,
                "at_least": at_least,
                "limit": limit,
                "plan": plan,
                "employee": employee,
                "day": day,
            },
        )

    def read_leads(
        self,
        employee: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        day: str | None = None,
    ) -> Iterator[AdvisedLead]:
        """The leads that reach an assistant."""
        return self._wire.rows(
            f"/v1/assistants/{part(employee)}/leads",
            {"known_at": known_at, "at_least": at_least, "limit": limit, "day": day},
        )

    def read_contracts(
        self,
        employee: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
    ) -> Iterator[Contract]:
        """The contracts of an assistant."""
        return self._wire.rows(
            f"/v1/assistants/{part(employee)}/contracts",
            {"known_at": known_at, "at_least": at_least, "limit": limit},
        )

    def read_contract(
        self, contract: str, *, known_at: int | str | None = None, at_least: int | None = None
    ) -> Contract:
        """A contract on its way."""
        return self._wire.json(
            "GET", f"/v1/contracts/{part(contract)}", {"known_at": known_at, "at_least": at_least}
        )

    def read_pairings(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        employee: Sequence[str] | None = None,
        verdict: Literal["high_synergy", "to_change"] | None = None,
        day: str | None = None,
    ) -> Iterator[Pairing]:
        """Who serves whom, and with what effect."""
        return self._wire.rows(
            "/v1/pairings",
            {
                "known_at": known_at,
                "at_least": at_least,
                "limit": limit,
                "employee": employee,
                "verdict": verdict,
                "day": day,
            },
        )

    def read_proposals(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        plan: str | None = None,
        day: str | None = None,
    ) -> Iterator[ProposalsProposal]:
        """The best assignment of assistants to sellers."""
        return self._wire.rows(
            "/v1/pairings/proposals",
            {"known_at": known_at, "at_least": at_least, "limit": limit, "plan": plan, "day": day},
        )

"""The addresses about shifts.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from ..answers import (
    OvertimeRun,
    Roster,
    RosteringProposalProposal,
    RulesInForce,
    Shifts,
    Swap,
    SwapCheck,
)
from ..wire import Wire, part


class ShiftsAddresses:
    """What is asked and sent about shifts."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read_shifts(
        self,
        employee: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        from_: str | None = None,
        to: str | None = None,
    ) -> Shifts:
        """A person's shifts."""
        return self._wire.json(
            "GET",
            f"/v1/employees/{part(employee)}/shifts",
            {"known_at": known_at, "at_least": at_least, "from": from_, "to": to},
        )

    def check_swap(self, swap: str) -> SwapCheck:
        """Whether a swap could be approved."""
        return self._wire.json("GET", f"/v1/shifts/swaps/{part(swap)}/check")

    def read_overtime(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        day: str | None = None,
        days: int | None = None,
        more_than_minutes: int | None = None,
        within_days: int | None = None,
        employee: Sequence[str] | None = None,
    ) -> Iterator[OvertimeRun]:
        """Much overtime on days on end."""
        return self._wire.rows(
            "/v1/shifts/overtime",
            {
                "known_at": known_at,
                "at_least": at_least,
                "limit": limit,
                "day": day,
                "days": days,
                "more_than_minutes": more_than_minutes,
                "within_days": within_days,
                "employee": employee,
            },
        )

    def read_swaps(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        state: Literal["asked", "consented", "approved", "refused"] | None = None,
        employee: Sequence[str] | None = None,
    ) -> Iterator[Swap]:
        """Swaps of shifts."""
        return self._wire.rows(
            "/v1/shifts/swaps",
            {
                "known_at": known_at,
                "at_least": at_least,
                "limit": limit,
                "state": state,
                "employee": employee,
            },
        )

    def read_rules(
        self, *, known_at: int | str | None = None, at_least: int | None = None, day: str | None = None
    ) -> RulesInForce:
        """Shift patterns and rules in force."""
        return self._wire.json(
            "GET", "/v1/shifts/rules", {"known_at": known_at, "at_least": at_least, "day": day}
        )

    def read_roster(
        self,
        *,
        branch: str,
        from_: str,
        to: str,
        known_at: int | str | None = None,
        at_least: int | None = None,
        department: str | None = None,
    ) -> Roster:
        """A unit's roster as it was assigned."""
        return self._wire.json(
            "GET",
            "/v1/rosters",
            {
                "known_at": known_at,
                "at_least": at_least,
                "branch": branch,
                "from": from_,
                "to": to,
                "department": department,
            },
        )

    def propose_roster(self, body: Mapping[str, Any]) -> RosteringProposalProposal:
        """Search for a roster."""
        return self._wire.json("POST", "/v1/rosters", body=body)

    def read_calendar(
        self,
        employee: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        from_: str | None = None,
        to: str | None = None,
    ) -> bytes:
        """A person's shifts as a calendar."""
        return self._wire.file(
            f"/v1/employees/{part(employee)}/shifts.ics",
            {"known_at": known_at, "at_least": at_least, "from": from_, "to": to},
            accept="text/calendar",
        )

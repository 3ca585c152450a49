"""The addresses about plans.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from ..answers import (
    Acknowledgements,
    AlertBacktest,
    Amendment,
    ChangedTarget,
    Draft,
    DraftDetail,
    GoalSum,
    PlanCheck,
    PlanDetail,
    PlanExample,
    PlanExampleDetail,
    PlanExchangeRate,
    PlanRow,
    PlanStanding,
    PlanTold,
    Simulation,
)
from ..wire import Wire, part


class PlansAddresses:
    """What is asked and sent about plans."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read_plans(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        day: str | None = None,
    ) -> Iterator[PlanRow]:
        """The plans in force."""
        return self._wire.rows(
            "/v1/plans", {"known_at": known_at, "at_least": at_least, "limit": limit, "day": day}
        )

    def read_plan(
        self,
        plan: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        day: str | None = None,
    ) -> PlanDetail:
        """A plan."""
        return self._wire.json(
            "GET", f"/v1/plans/{part(plan)}", {"known_at": known_at, "at_least": at_least, "day": day}
        )

    def read_standings(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        day: str | None = None,
    ) -> Iterator[PlanStanding]:
        """How each plan stands."""
        return self._wire.rows(
            "/v1/plan-standings", {"known_at": known_at, "at_least": at_least, "limit": limit, "day": day}
        )

    def read_words(
        self,
        plan: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        day: str | None = None,
        version: int | None = None,
    ) -> PlanTold:
        """What a plan says, in words."""
        return self._wire.json(
            "GET",
            f"/v1/plans/{part(plan)}/words",
            {"known_at": known_at, "at_least": at_least, "day": day, "version": version},
        )

    def check_text(
        self, body: Mapping[str, Any], *, known_at: int | str | None = None, at_least: int | None = None
    ) -> PlanCheck:
        """Check a plan document."""
        return self._wire.json(
            "POST", "/v1/plans/checks", {"known_at": known_at, "at_least": at_least}, body=body
        )

    def read_examples(self) -> list[PlanExample]:
        """Example plans."""
        return self._wire.json("GET", "/v1/plan-examples")

    def read_example(self, example: str) -> PlanExampleDetail:
        """An example plan."""
        return self._wire.json("GET", f"/v1/plan-examples/{part(example)}")

    def simulate_plan(self, body: Mapping[str, Any]) -> Simulation:
        """Try a plan on past months."""
        return self._wire.json("POST", "/v1/plans/simulations", body=body)

    def read_drafts(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        plan: str | None = None,
        state: Literal["open", "adopted", "replaced"] | None = None,
    ) -> Iterator[Draft]:
        """Drafts of plans."""
        return self._wire.rows(
            "/v1/plans/drafts",
            {"known_at": known_at, "at_least": at_least, "limit": limit, "plan": plan, "state": state},
        )

    def read_draft(
        self, draft: str, *, known_at: int | str | None = None, at_least: int | None = None
    ) -> DraftDetail:
        """A draft and what is said about it."""
        return self._wire.json(
            "GET", f"/v1/plans/drafts/{part(draft)}", {"known_at": known_at, "at_least": at_least}
        )

    def read_acknowledgements(
        self,
        plan: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        day: str | None = None,
    ) -> Iterator[Acknowledgements]:
        """Who has acknowledged a plan, and who has not."""
        return self._wire.pages(
            f"/v1/plans/{part(plan)}/acknowledgements",
            {"known_at": known_at, "at_least": at_least, "limit": limit, "day": day},
        )

    def read_plan_diff(
        self,
        plan: str,
        *,
        from_: int,
        known_at: int | str | None = None,
        at_least: int | None = None,
        to: int | None = None,
    ) -> Amendment:
        """What changes from one version of a plan to another."""
        return self._wire.json(
            "GET",
            f"/v1/plans/{part(plan)}/diff",
            {"known_at": known_at, "at_least": at_least, "from": from_, "to": to},
        )

    def read_goals(
        self, *, known_at: int | str | None = None, at_least: int | None = None, day: str | None = None
    ) -> dict[str, list[GoalSum]]:
        """Goals beside the sums of their parts."""
        return self._wire.json("GET", "/v1/goals", {"known_at": known_at, "at_least": at_least, "day": day})

    def read_backtest(
        self,
        plan: str,
        alert: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        from_: str | None = None,
        to: str | None = None,
        within_days: int | None = None,
        try_: Sequence[str] | None = None,
    ) -> AlertBacktest:
        """How a rule of warning would have done."""
        return self._wire.json(
            "GET",
            f"/v1/plans/{part(plan)}/alerts/{part(alert)}/backtest",
            {
                "known_at": known_at,
                "at_least": at_least,
                "from": from_,
                "to": to,
                "within_days": within_days,
                "try": try_,
            },
        )

    def read_exchange_rates(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        currency: str | None = None,
        day: str | None = None,
    ) -> Iterator[PlanExchangeRate]:
        """Exchange rates in force."""
        return self._wire.rows(
            "/v1/exchange-rates",
            {"known_at": known_at, "at_least": at_least, "limit": limit, "currency": currency, "day": day},
        )

    def read_target_changes(
        self,
        employee: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
    ) -> Iterator[ChangedTarget]:
        """How a person's targets were changed."""
        return self._wire.rows(
            f"/v1/employees/{part(employee)}/target-changes",
            {"known_at": known_at, "at_least": at_least, "limit": limit},
        )

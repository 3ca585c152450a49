"""The addresses about insight.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from ..answers import ApprovalsCompared, Compared, Forecast, Leavers, Outcomes, PayRange, Risks, Split
from ..wire import Wire


class InsightAddresses:
    """What is asked and sent about insight."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read_leavers(
        self, *, period: str, known_at: int | str | None = None, at_least: int | None = None
    ) -> Leavers:
        """Who left, by cause."""
        return self._wire.json(
            "GET", "/v1/insight/leavers", {"known_at": known_at, "at_least": at_least, "period": period}
        )

    def read_outcomes(
        self, *, first: str, second: str, known_at: int | str | None = None, at_least: int | None = None
    ) -> Outcomes:
        """How things stood in two periods."""
        return self._wire.json(
            "GET",
            "/v1/insight/outcomes",
            {"known_at": known_at, "at_least": at_least, "first": first, "second": second},
        )

    def read_compared(
        self,
        *,
        plan: str,
        measure: str,
        before: str,
        after: str,
        known_at: int | str | None = None,
        at_least: int | None = None,
    ) -> Compared:
        """A measure in two periods."""
        return self._wire.json(
            "GET",
            "/v1/insight/compare",
            {
                "known_at": known_at,
                "at_least": at_least,
                "plan": plan,
                "measure": measure,
                "before": before,
                "after": after,
            },
        )

    def read_split(
        self,
        *,
        plan: str,
        measure: str,
        by: str,
        level: str,
        period: str,
        known_at: int | str | None = None,
        at_least: int | None = None,
        test: Literal["at_least", "more_than", "at_most", "less_than"] | None = None,
    ) -> Split:
        """Two groups of people side by side."""
        return self._wire.json(
            "GET",
            "/v1/insight/split",
            {
                "known_at": known_at,
                "at_least": at_least,
                "plan": plan,
                "measure": measure,
                "by": by,
                "level": level,
                "period": period,
                "test": test,
            },
        )

    def read_risks(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        employee: Sequence[str] | None = None,
        tried_days: int | None = None,
        within_days: int | None = None,
        day: str | None = None,
    ) -> Iterator[Risks]:
        """Who may leave, and why."""
        return self._wire.pages(
            "/v1/insight/risks",
            {
                "known_at": known_at,
                "at_least": at_least,
                "limit": limit,
                "employee": employee,
                "tried_days": tried_days,
                "within_days": within_days,
                "day": day,
            },
        )

    def read_staffing(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        months: int | None = None,
        day: str | None = None,
    ) -> Forecast:
        """How many people will be lacking."""
        return self._wire.json(
            "GET",
            "/v1/insight/staffing",
            {"known_at": known_at, "at_least": at_least, "months": months, "day": day},
        )

    def read_approval_times(
        self,
        *,
        first: str,
        second: str,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
    ) -> Iterator[ApprovalsCompared]:
        """How long approvals take."""
        return self._wire.rows(
            "/v1/insight/approvals",
            {"known_at": known_at, "at_least": at_least, "limit": limit, "first": first, "second": second},
        )

    def read_pay_ranges(
        self,
        *,
        plan: str,
        measure: str,
        period: str,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        better: Literal["highest", "lowest"] | None = None,
    ) -> Iterator[PayRange]:
        """Suggested pay."""
        return self._wire.rows(
            "/v1/insight/pay-ranges",
            {
                "known_at": known_at,
                "at_least": at_least,
                "limit": limit,
                "plan": plan,
                "measure": measure,
                "period": period,
                "better": better,
            },
        )

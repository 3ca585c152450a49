"""The addresses about pay.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from collections.abc import Iterator
from typing import Literal

from ..answers import BalancesBalance, Evidence, ExplainedPayslip, Inquiry, PaidSlip, StatementReceipt
from ..wire import Wire, part


class PayAddresses:
    """What is asked and sent about pay."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read_statement(
        self, employee: str, period: str, *, known_at: int | str | None = None, at_least: int | None = None
    ) -> PaidSlip:
        """What a person is paid for a month."""
        return self._wire.json(
            "GET",
            f"/v1/employees/{part(employee)}/statements/{part(period)}",
            {"known_at": known_at, "at_least": at_least},
        )

    def print_statement(
        self,
        employee: str,
        period: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        lang: Literal["en", "zh"] | None = None,
    ) -> bytes:
        """A payslip to print."""
        return self._wire.file(
            f"/v1/employees/{part(employee)}/statements/{part(period)}/print",
            {"known_at": known_at, "at_least": at_least, "lang": lang},
            accept="text/html",
        )

    def explain_statement(
        self, employee: str, period: str, *, known_at: int | str | None = None, at_least: int | None = None
    ) -> ExplainedPayslip:
        """Why a person is paid that."""
        return self._wire.json(
            "GET",
            f"/v1/employees/{part(employee)}/statements/{part(period)}/explain",
            {"known_at": known_at, "at_least": at_least},
        )

    def read_evidence(
        self,
        employee: str,
        period: str,
        *,
        plan: str,
        measure: str,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        milestone: str | None = None,
        board: str | None = None,
    ) -> Iterator[Evidence]:
        """The facts that a measure counted."""
        return self._wire.pages(
            f"/v1/employees/{part(employee)}/statements/{part(period)}/evidence",
            {
                "known_at": known_at,
                "at_least": at_least,
                "limit": limit,
                "plan": plan,
                "measure": measure,
                "milestone": milestone,
                "board": board,
            },
        )

    def read_receipt(self, employee: str, period: str) -> StatementReceipt:
        """The proof of what a person was paid."""
        return self._wire.json("GET", f"/v1/employees/{part(employee)}/statements/{part(period)}/receipt")

    def read_inquiries(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        employee: str | None = None,
        period: str | None = None,
        state: Literal["open", "answered", "resolved"] | None = None,
    ) -> Iterator[Inquiry]:
        """Questions and disputes about pay."""
        return self._wire.rows(
            "/v1/inquiries",
            {
                "known_at": known_at,
                "at_least": at_least,
                "limit": limit,
                "employee": employee,
                "period": period,
                "state": state,
            },
        )

    def read_inquiry(
        self, inquiry: str, *, known_at: int | str | None = None, at_least: int | None = None
    ) -> Inquiry:
        """A question or dispute about pay."""
        return self._wire.json(
            "GET", f"/v1/inquiries/{part(inquiry)}", {"known_at": known_at, "at_least": at_least}
        )

    def read_balances(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        left: bool | None = None,
    ) -> Iterator[BalancesBalance]:
        """Outstanding balances of everybody."""
        return self._wire.rows(
            "/v1/balances", {"known_at": known_at, "at_least": at_least, "limit": limit, "left": left}
        )

    def read_balances_of(
        self,
        employee: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
    ) -> Iterator[BalancesBalance]:
        """Outstanding balances of a person."""
        return self._wire.rows(
            f"/v1/employees/{part(employee)}/balances",
            {"known_at": known_at, "at_least": at_least, "limit": limit},
        )

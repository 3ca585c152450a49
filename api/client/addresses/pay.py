"""The addresses about pay.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from ..answers import (
    Balance,
    CloseStep,
    Evidence,
    ExplainedPayslip,
    Hold,
    Inquiry,
    Outstanding,
    PaidSlip,
    PayrollRow,
    PayrollRun,
    Reconciliation,
    RunSummary,
    StatementReceipt,
)
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
        milestone: str | None = None,
        board: str | None = None,
        offset: int | None = None,
        limit: int | None = None,
    ) -> Evidence:
        """The facts that a measure counted."""
        return self._wire.json(
            "GET",
            f"/v1/employees/{part(employee)}/statements/{part(period)}/evidence",
            {
                "known_at": known_at,
                "at_least": at_least,
                "plan": plan,
                "measure": measure,
                "milestone": milestone,
                "board": board,
                "offset": offset,
                "limit": limit,
            },
        )

    def read_receipt(self, employee: str, period: str) -> StatementReceipt:
        """The proof of what a person was paid."""
        return self._wire.json("GET", f"/v1/employees/{part(employee)}/statements/{part(period)}/receipt")

    def read_payroll_runs(
        self, *, known_at: int | str | None = None, at_least: int | None = None, limit: int | None = None
    ) -> Iterator[RunSummary]:
        """The runs of all closed months."""
        return self._wire.rows(
            "/v1/payroll/runs", {"known_at": known_at, "at_least": at_least, "limit": limit}
        )

    def close_month(self, body: Mapping[str, Any]) -> CloseStep:
        """Propose or close a month."""
        return self._wire.json("POST", "/v1/payroll/runs", body=body)

    def read_payroll_run(
        self, period: str, *, known_at: int | str | None = None, at_least: int | None = None
    ) -> PayrollRun:
        """Everything that is paid with a month."""
        return self._wire.json(
            "GET", f"/v1/payroll/runs/{part(period)}", {"known_at": known_at, "at_least": at_least}
        )

    def read_payroll_run_file(
        self,
        period: str,
        *,
        media_type: Literal[
            "text/csv",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.apache.parquet",
        ],
        known_at: int | str | None = None,
        at_least: int | None = None,
    ) -> bytes:
        """Everything that is paid with a month."""
        return self._wire.file(
            f"/v1/payroll/runs/{part(period)}",
            {"known_at": known_at, "at_least": at_least},
            accept=media_type,
        )

    def read_payroll_rows(
        self,
        period: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
    ) -> Iterator[PayrollRow]:
        """The rows of a run, page by page."""
        return self._wire.rows(
            f"/v1/payroll/runs/{part(period)}/rows",
            {"known_at": known_at, "at_least": at_least, "limit": limit},
            field="rows",
            cursor="next",
        )

    def read_reconciliation(
        self,
        period: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        differing: bool | None = None,
        limit: int | None = None,
    ) -> Iterator[Reconciliation]:
        """What was paid for a month against what it settled."""
        return self._wire.pages(
            f"/v1/payroll/runs/{part(period)}/reconciliation",
            {"known_at": known_at, "at_least": at_least, "differing": differing, "limit": limit},
        )

    def read_outstanding(
        self, *, known_at: int | str | None = None, at_least: int | None = None, limit: int | None = None
    ) -> Iterator[Outstanding]:
        """What released runs have still to pay."""
        return self._wire.rows(
            "/v1/payroll/outstanding", {"known_at": known_at, "at_least": at_least, "limit": limit}
        )

    def read_holds(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        employee: str | None = None,
        released: bool | None = None,
    ) -> Iterator[Hold]:
        """Holds on pay."""
        return self._wire.rows(
            "/v1/payroll/holds",
            {
                "known_at": known_at,
                "at_least": at_least,
                "limit": limit,
                "employee": employee,
                "released": released,
            },
        )

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
    ) -> Iterator[Balance]:
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
    ) -> Iterator[Balance]:
        """Outstanding balances of a person."""
        return self._wire.rows(
            f"/v1/employees/{part(employee)}/balances",
            {"known_at": known_at, "at_least": at_least, "limit": limit},
        )

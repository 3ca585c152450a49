"""The addresses about payroll.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from ..answers import (
    Checklist,
    CloseStep,
    Hold,
    MonthStanding,
    Outstanding,
    PayrollRow,
    PayrollRun,
    PersonInRun,
    Reconciliation,
    RunChanges,
    RunDeltas,
    RunParts,
    RunPeople,
    RunSummary,
    Unconfirmed,
    WithoutPlan,
)
from ..wire import Wire, part


class PayrollAddresses:
    """What is asked and sent about payroll."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

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

    def read_closes(
        self, *, known_at: int | str | None = None, at_least: int | None = None, limit: int | None = None
    ) -> Iterator[MonthStanding]:
        """How far each month is."""
        return self._wire.rows("/v1/closes", {"known_at": known_at, "at_least": at_least, "limit": limit})

    def read_checklist(
        self, period: str, *, known_at: int | str | None = None, at_least: int | None = None
    ) -> Checklist:
        """What to look at before a month is closed."""
        return self._wire.json(
            "GET", f"/v1/closes/{part(period)}/checklist", {"known_at": known_at, "at_least": at_least}
        )

    def read_without_plan(
        self,
        period: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
    ) -> Iterator[WithoutPlan]:
        """People whom no plan pays in a month."""
        return self._wire.rows(
            f"/v1/closes/{part(period)}/without-plan",
            {"known_at": known_at, "at_least": at_least, "limit": limit},
        )

    def read_unconfirmed(
        self,
        period: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
    ) -> Iterator[Unconfirmed]:
        """Facts of a month that nobody has confirmed."""
        return self._wire.rows(
            f"/v1/closes/{part(period)}/unconfirmed",
            {"known_at": known_at, "at_least": at_least, "limit": limit},
        )

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

    def read_run_people(
        self,
        period: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        branch: str | None = None,
        search: str | None = None,
        show: Literal["held", "changed", "negative", "retro", "new"] | None = None,
        order: Literal["employee", "amount", "difference"] | None = None,
        offset: int | None = None,
        limit: int | None = None,
    ) -> RunPeople:
        """The people of a run, filtered and in order."""
        return self._wire.json(
            "GET",
            f"/v1/payroll/runs/{part(period)}/people",
            {
                "known_at": known_at,
                "at_least": at_least,
                "branch": branch,
                "search": search,
                "show": show,
                "order": order,
                "offset": offset,
                "limit": limit,
            },
        )

    def read_run_components(
        self, period: str, *, known_at: int | str | None = None, at_least: int | None = None
    ) -> RunParts:
        """What each component pays with a run."""
        return self._wire.json(
            "GET", f"/v1/payroll/runs/{part(period)}/components", {"known_at": known_at, "at_least": at_least}
        )

    def read_run_changes(
        self,
        period: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        branch: str | None = None,
        offset: int | None = None,
        limit: int | None = None,
    ) -> RunChanges:
        """Who is paid more or less than the month before, and why."""
        return self._wire.json(
            "GET",
            f"/v1/payroll/runs/{part(period)}/changes",
            {"known_at": known_at, "at_least": at_least, "branch": branch, "offset": offset, "limit": limit},
        )

    def read_run_deltas(
        self,
        period: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        branch: str | None = None,
        offset: int | None = None,
        limit: int | None = None,
    ) -> RunDeltas:
        """What a run settles of earlier months, and what came late."""
        return self._wire.json(
            "GET",
            f"/v1/payroll/runs/{part(period)}/deltas",
            {"known_at": known_at, "at_least": at_least, "branch": branch, "offset": offset, "limit": limit},
        )

    def read_run_person(
        self, period: str, employee: str, *, known_at: int | str | None = None, at_least: int | None = None
    ) -> PersonInRun:
        """A person in a run."""
        return self._wire.json(
            "GET",
            f"/v1/payroll/runs/{part(period)}/people/{part(employee)}",
            {"known_at": known_at, "at_least": at_least},
        )

    def print_slips(
        self,
        period: str,
        *,
        branch: str,
        known_at: int | str | None = None,
        at_least: int | None = None,
        lang: Literal["en", "zh"] | None = None,
        offset: int | None = None,
    ) -> bytes:
        """The payslips of a branch to print."""
        return self._wire.file(
            f"/v1/payroll/runs/{part(period)}/print",
            {"known_at": known_at, "at_least": at_least, "branch": branch, "lang": lang, "offset": offset},
            accept="text/html",
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

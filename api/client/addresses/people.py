"""The addresses about people.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from ..answers import (
    Attainment,
    Awaited,
    BranchUnits,
    Dossier,
    GrowthBoard,
    Intervention,
    MilestoneProgress,
    NextStep,
    Notice,
    Overview,
    PeoplePerson,
    PersonListed,
    Posts,
    Progress,
    Reminder,
    ResolvedNumbers,
    Warning,
)
from ..wire import Wire, part


class PeopleAddresses:
    """What is asked and sent about people."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read_resolved(
        self, employee: str, period: str, *, known_at: int | str | None = None, at_least: int | None = None
    ) -> list[ResolvedNumbers]:
        """The numbers that hold for a person, and who set them."""
        return self._wire.json(
            "GET",
            f"/v1/employees/{part(employee)}/plans/{part(period)}",
            {"known_at": known_at, "at_least": at_least},
        )

    def read_people(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        q: str | None = None,
        status: Literal["working", "left", "coming"] | None = None,
        branch: Sequence[str] | None = None,
        team: Sequence[str] | None = None,
        post: Sequence[str] | None = None,
        manager: Sequence[str] | None = None,
        employee: Sequence[str] | None = None,
        day: str | None = None,
    ) -> Iterator[PersonListed]:
        """People, with their names."""
        return self._wire.rows(
            "/v1/people",
            {
                "known_at": known_at,
                "at_least": at_least,
                "limit": limit,
                "q": q,
                "status": status,
                "branch": branch,
                "team": team,
                "post": post,
                "manager": manager,
                "employee": employee,
                "day": day,
            },
        )

    def read_attainments(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        employee: Sequence[str] | None = None,
        day: str | None = None,
    ) -> Iterator[Attainment]:
        """How far people are this month."""
        return self._wire.rows(
            "/v1/progress",
            {"known_at": known_at, "at_least": at_least, "limit": limit, "employee": employee, "day": day},
        )

    def read_person(
        self,
        employee: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        day: str | None = None,
    ) -> PeoplePerson:
        """A person."""
        return self._wire.json(
            "GET", f"/v1/employees/{part(employee)}", {"known_at": known_at, "at_least": at_least, "day": day}
        )

    def read_overview(
        self,
        employee: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        day: str | None = None,
    ) -> Overview:
        """All about a person on one page."""
        return self._wire.json(
            "GET",
            f"/v1/employees/{part(employee)}/overview",
            {"known_at": known_at, "at_least": at_least, "day": day},
        )

    def read_progress(
        self,
        employee: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        day: str | None = None,
    ) -> Progress:
        """How far a person is this month."""
        return self._wire.json(
            "GET",
            f"/v1/employees/{part(employee)}/progress",
            {"known_at": known_at, "at_least": at_least, "day": day},
        )

    def read_hints(
        self,
        employee: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        lever: str | None = None,
        times: int | None = None,
        wanted_minor: int | None = None,
        day: str | None = None,
    ) -> list[NextStep]:
        """How much more earns a person more."""
        return self._wire.json(
            "GET",
            f"/v1/employees/{part(employee)}/hints",
            {
                "known_at": known_at,
                "at_least": at_least,
                "lever": lever,
                "times": times,
                "wanted_minor": wanted_minor,
                "day": day,
            },
        )

    def read_milestones(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        employee: Sequence[str] | None = None,
        day: str | None = None,
    ) -> Iterator[MilestoneProgress]:
        """Milestones and the gap to each."""
        return self._wire.rows(
            "/v1/milestones",
            {"known_at": known_at, "at_least": at_least, "limit": limit, "employee": employee, "day": day},
        )

    def read_dossier(
        self,
        employee: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        day: str | None = None,
    ) -> Dossier:
        """How a newcomer grows."""
        return self._wire.json(
            "GET",
            f"/v1/employees/{part(employee)}/dossier",
            {"known_at": known_at, "at_least": at_least, "day": day},
        )

    def read_growth(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        week: str | None = None,
        day: str | None = None,
    ) -> Iterator[GrowthBoard]:
        """The weekly review of newcomers."""
        return self._wire.pages(
            "/v1/growth",
            {"known_at": known_at, "at_least": at_least, "limit": limit, "week": week, "day": day},
        )

    def read_alerts(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        employee: Sequence[str] | None = None,
        plan: str | None = None,
        alert: str | None = None,
        state: Literal["open", "acknowledged", "in_hand"] | None = None,
        day: str | None = None,
    ) -> Iterator[Warning]:
        """Warnings that stand."""
        return self._wire.rows(
            "/v1/alerts",
            {
                "known_at": known_at,
                "at_least": at_least,
                "limit": limit,
                "employee": employee,
                "plan": plan,
                "alert": alert,
                "state": state,
                "day": day,
            },
        )

    def read_interventions(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        employee: Sequence[str] | None = None,
        day: str | None = None,
    ) -> Iterator[Intervention]:
        """What is done for people."""
        return self._wire.rows(
            "/v1/interventions",
            {"known_at": known_at, "at_least": at_least, "limit": limit, "employee": employee, "day": day},
        )

    def read_reminders(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        employee: Sequence[str] | None = None,
        kind: Literal["onboarding", "probation_review", "credential_expiry"] | None = None,
        lead_months: int | None = None,
        day: str | None = None,
    ) -> Iterator[Reminder]:
        """What is due about people."""
        return self._wire.rows(
            "/v1/reminders",
            {
                "known_at": known_at,
                "at_least": at_least,
                "limit": limit,
                "employee": employee,
                "kind": kind,
                "lead_months": lead_months,
                "day": day,
            },
        )

    def read_notices(
        self,
        *,
        as_of: str,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        since: str | None = None,
        employee: Sequence[str] | None = None,
        to: Literal["employee", "mentor", "manager", "hr", "hr_head"] | None = None,
    ) -> Iterator[Notice]:
        """Who is to be told of what."""
        return self._wire.rows(
            "/v1/notices",
            {
                "known_at": known_at,
                "at_least": at_least,
                "limit": limit,
                "as_of": as_of,
                "since": since,
                "employee": employee,
                "to": to,
            },
        )

    def read_establishment(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        branch: Sequence[str] | None = None,
        day: str | None = None,
    ) -> Iterator[Posts]:
        """Posts, filled and vacant."""
        return self._wire.rows(
            "/v1/establishment",
            {"known_at": known_at, "at_least": at_least, "limit": limit, "branch": branch, "day": day},
        )

    def read_units(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        day: str | None = None,
    ) -> Iterator[BranchUnits]:
        """Branches and their departments."""
        return self._wire.rows(
            "/v1/units", {"known_at": known_at, "at_least": at_least, "limit": limit, "day": day}
        )

    def read_awaited(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        employee: Sequence[str] | None = None,
        role: str | None = None,
        period: str | None = None,
    ) -> Iterator[Awaited]:
        """Work that waits to be confirmed."""
        return self._wire.rows(
            "/v1/confirmations",
            {
                "known_at": known_at,
                "at_least": at_least,
                "limit": limit,
                "employee": employee,
                "role": role,
                "period": period,
            },
        )

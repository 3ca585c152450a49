"""Facts about work beyond the shift, and what it was for."""

from typing import ClassVar, Literal

from domain.facts.base import CustomerId, EmployeeId, Fact, Minutes, Note


class OvertimeRecorded(Fact, frozen=True, kw_only=True):
    """A person worked longer than their shift on the day on which this happened.

    kind: what it was for: to reach the number of visits, because a client asked for it, or something else.
    minutes: beyond the shift that was assigned. customer: who asked for it.
    """

    TYPE: ClassVar[str] = "overtime_recorded"
    employee: EmployeeId
    kind: Literal["visit_count", "client_demand", "other"]
    minutes: Minutes
    customer: CustomerId | None = None
    note: Note | None = None

"""Facts about the first months of a job: until when it is on probation, and what was found at its end."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from domain.facts.base import Day, EmployeeId, Fact, Note, Position


class ProbationAgreed(Fact, frozen=True, kw_only=True):
    """A person is on probation until `ends_on`, its last day; a later agreement takes its place."""

    TYPE: ClassVar[str] = "probation_agreed"
    employee: EmployeeId
    ends_on: Day


class ProbationReviewed(Fact, frozen=True, kw_only=True):
    """Whoever leads a person says how the probation ends. evidence: positions of the facts behind it."""

    TYPE: ClassVar[str] = "probation_reviewed"
    employee: EmployeeId
    reviewer: EmployeeId
    outcome: Literal["confirmed", "extended", "ended"]
    evidence: Annotated[list[Position], Meta(min_length=1, max_length=100)]
    note: Note | None = None

"""Facts about people: who works where, for whom, since when, and why they left."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from domain.facts.base import BranchId, Day, EmployeeId, Fact, Label, Minutes, PersonName, Reason, stated

Employment = Literal["established", "contract", "agency", "intern"]
LeaveKind = Literal[
    "annual", "sick", "personal", "maternity", "paternity", "marriage", "bereavement", "other"
]


class EmployeeHired(Fact, frozen=True, kw_only=True):
    """A person starts to work here, or returns after having left.

    hired_on: day 0 of every window that counts days since the hire.
    """

    TYPE: ClassVar[str] = "employee_hired"
    employee: EmployeeId
    hired_on: Day
    branch: BranchId
    post: Label
    employment: Employment = stated("contract")
    department: Label | None = None
    team: Label | None = None
    manager: EmployeeId | None = None
    name: PersonName | None = None


Placement = Literal["department", "team", "manager"]


class EmployeeTransferred(Fact, frozen=True, kw_only=True):
    """A person works for another branch, department, team or manager; what is absent stays.

    cleared: what the person has no more, and nothing in its place.
    """

    TYPE: ClassVar[str] = "employee_transferred"
    employee: EmployeeId
    effective_on: Day
    branch: BranchId | None = None
    department: Label | None = None
    team: Label | None = None
    manager: EmployeeId | None = None
    employment: Employment | None = None
    reason: Reason | None = None
    cleared: Annotated[list[Placement], Meta(min_length=1, max_length=3)] | None = None


class EmployeeNamed(Fact, frozen=True, kw_only=True):
    """A person is called otherwise from `effective_on`. name: absent where no name is kept any more."""

    TYPE: ClassVar[str] = "employee_named"
    employee: EmployeeId
    effective_on: Day
    name: PersonName | None = None


class EmployeePromoted(Fact, frozen=True, kw_only=True):
    """A person holds another post from `effective_on`."""

    TYPE: ClassVar[str] = "employee_promoted"
    employee: EmployeeId
    effective_on: Day
    post: Label
    reason: Reason | None = None


class EmployeeLeft(Fact, frozen=True, kw_only=True):
    """A person's last working day was `left_on`."""

    TYPE: ClassVar[str] = "employee_left"
    employee: EmployeeId
    left_on: Day
    cause: Literal[
        "no_sales", "stress", "no_prospects", "pay", "family", "health", "dismissed", "retired", "other"
    ]
    reason: Reason | None = None


class MentorAssigned(Fact, frozen=True, kw_only=True):
    """A newcomer is mentored by `mentor` from `effective_on`."""

    TYPE: ClassVar[str] = "mentor_assigned"
    employee: EmployeeId
    mentor: EmployeeId
    effective_on: Day


class AssistantAssigned(Fact, frozen=True, kw_only=True):
    """A seller is served by `assistant` from `effective_on`, until the next such fact.

    assistant: absent when nobody serves the seller any more.
    """

    TYPE: ClassVar[str] = "assistant_assigned"
    employee: EmployeeId
    effective_on: Day
    assistant: EmployeeId | None = None


class LeaveTaken(Fact, frozen=True, kw_only=True):
    """A person is away from `from_on` to `until_on`; both end days count.

    minutes: length when less than whole days are taken; absent for whole days.
    """

    TYPE: ClassVar[str] = "leave_taken"
    employee: EmployeeId
    kind: LeaveKind
    from_on: Day
    until_on: Day
    minutes: Minutes | None = None

"""Facts about shifts: which there are, by which rules, who has which, what was worked, and who swaps."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from domain.facts.base import (
    ApproverId,
    AskedId,
    BranchId,
    CustomerId,
    Day,
    EmployeeId,
    Fact,
    Label,
    Minutes,
    Reason,
    Score,
    stated,
)

Clock = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d\Z", description='A time of the day: "07:30".')]
PatternId = Annotated[str, Meta(pattern=r"^[\w.\-]{1,64}\Z", description="Id of a shift pattern.")]
SwapId = Annotated[str, Meta(pattern=r"^[\w.\-]{1,64}\Z", description="Id of one swap of two shifts.")]
MinutesOfDay = Annotated[int, Meta(ge=1, le=1440, description="How long, in minutes of one day.")]
Nights = Annotated[int, Meta(ge=0, le=31, description="How many nights.")]

AttendanceKind = Literal["shifts", "projects", "visits"]


class SkillNeeded(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A skill, as skill_graded names it, in which a person's last grade is at least `score`."""

    kind: Label
    score: Score


Credentials = Annotated[list[Label], Meta(max_length=16, description="Kinds of credential, as granted.")]
Skills = Annotated[list[SkillNeeded], Meta(max_length=16, description="Skills with their least grades.")]


class ShiftSpan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Some hours of a shift. A time that does not come after the one before it is of the next day."""

    from_time: Clock
    until_time: Clock
    activity: Label


class ShiftPatternSet(Fact, frozen=True, kw_only=True):
    """A shift has these hours from `effective_on`, until the next pattern of the same id takes effect.

    spans: in order, with the breaks left out; they end within 24 hours of the first. night: it counts as one.
    credentials, skills: what whoever has it must hold on its day, besides what the unit asks for.
    """

    TYPE: ClassVar[str] = "shift_pattern_set"
    pattern: PatternId
    title: Label
    spans: Annotated[list[ShiftSpan], Meta(min_length=1, max_length=12)]
    effective_on: Day
    night: bool = stated(False)
    credentials: Credentials | None = None
    skills: Skills | None = None

    @property
    def rulebook(self) -> str:
        """One tag for all that assignments are checked by."""
        return "shifts"


class ShiftRulesSet(Fact, frozen=True, kw_only=True):
    """What assignments in a unit must keep from `effective_on`, in place of what that unit had before.

    branch, department: the unit; absent for everybody. Each field of a unit goes before that of a wider one;
    an absent one leaves it to the wider one. week_minutes: from Monday to Sunday. credentials, skills: what
    whoever has a shift must hold on its day; an empty list asks for none. attendance: which of the hours
    clocked count: all beside the shift, those for a project, or those tied to a visit of the day.
    """

    TYPE: ClassVar[str] = "shift_rules_set"
    effective_on: Day
    branch: BranchId | None = None
    department: Label | None = None
    nights_in_a_row: Nights | None = None
    rest_minutes: Minutes | None = None
    week_minutes: Minutes | None = None
    credentials: Credentials | None = None
    skills: Skills | None = None
    attendance: AttendanceKind | None = None
    reason: Reason | None = None

    @property
    def rulebook(self) -> str:
        """One tag for all that assignments are checked by."""
        return "shifts"


class ShiftAssigned(Fact, frozen=True, kw_only=True):
    """A person has a shift that begins on a day; one a day. To change it, void it and assign another."""

    TYPE: ClassVar[str] = "shift_assigned"
    employee: EmployeeId
    on: Day
    pattern: PatternId


class ShiftWorked(Fact, frozen=True, kw_only=True):
    """So long a person worked on a day, or in the shift that began on it; several of a day add up.

    project: for which they worked. customer: at whose place they clocked in.
    """

    TYPE: ClassVar[str] = "shift_worked"
    employee: EmployeeId
    on: Day
    minutes: MinutesOfDay
    project: Label | None = None
    customer: CustomerId | None = None


class SwapAsked(Fact, frozen=True, kw_only=True):
    """A person asks to swap their shift `on` a day for the one that a colleague has on `colleague_on`.

    pattern, colleague_pattern: the two shifts, so that nobody consents to another one than is swapped.
    """

    TYPE: ClassVar[str] = "swap_asked"
    swap: SwapId
    employee: EmployeeId
    on: Day
    pattern: PatternId
    colleague: AskedId
    colleague_on: Day
    colleague_pattern: PatternId


class SwapConsented(Fact, frozen=True, kw_only=True):
    """The colleague who was asked for a swap, here the employee, is willing.

    signature: where the paper is filed, when somebody else records it for them.
    """

    TYPE: ClassVar[str] = "swap_consented"
    swap: SwapId
    employee: EmployeeId
    signature: Label | None = None


class SwapApproved(Fact, frozen=True, kw_only=True):
    """Who answers for the roster lets two people swap, as it was asked; from here on it is so."""

    TYPE: ClassVar[str] = "swap_approved"
    swap: SwapId
    employee: EmployeeId
    colleague: EmployeeId
    approver: ApproverId


class SwapRefused(Fact, frozen=True, kw_only=True):
    """A swap does not take place: taken back by who asked, declined by the colleague, or not approved.

    employee: either of the two; who takes it back or declines, or who asked.
    """

    TYPE: ClassVar[str] = "swap_refused"
    swap: SwapId
    employee: EmployeeId
    reason: Reason

"""Facts that rosters are made from: how many a unit needs on which shift, and what people wish for."""

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from domain.facts.base import BranchId, Count, Day, EmployeeId, Fact, Label, Reason, stated
from domain.facts.shifts import PatternId, SkillNeeded

Needed = Annotated[int, Meta(ge=0, le=1000, description="How many people; 0 for nobody.")]
Weekday = Annotated[int, Meta(ge=1, le=7, description="Day of the week, 1 for Monday (ISO 8601).")]
Weight = Annotated[int, Meta(ge=1, le=10, description="How much it matters, 10 for the most.")]


class MixPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """At least `count` of those on a shift hold a credential of this kind, or have this skill."""

    count: Count
    credential: Label | None = None
    skill: SkillNeeded | None = None


class ShiftNeedSet(Fact, frozen=True, kw_only=True):
    """A unit needs so many people on a shift from `effective_on`, in place of what it needed before.

    until_on: the last day on which it holds, for a season; absent until the next one. weekdays: days of the
    week on which it holds; absent for all. mix: how many of them hold what. Of several for a day the one
    that took effect last holds.
    """

    TYPE: ClassVar[str] = "shift_need_set"
    branch: BranchId
    pattern: PatternId
    count: Needed
    effective_on: Day
    department: Label | None = None
    until_on: Day | None = None
    weekdays: Annotated[list[Weekday], Meta(min_length=1, max_length=7)] | None = None
    mix: Annotated[list[MixPart], Meta(max_length=8)] | None = None
    reason: Reason | None = None


class ShiftWished(Fact, frozen=True, kw_only=True):
    """A person wishes for a shift on a day, or for the day off; of a day the last wish counts.

    pattern: absent for a day off.
    """

    TYPE: ClassVar[str] = "shift_wished"
    employee: EmployeeId
    on: Day
    pattern: PatternId | None = None
    weight: Weight = stated(1)

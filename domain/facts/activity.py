"""Custom work, recorded without code."""

from typing import ClassVar

from domain.facts.base import Attributes, Count, CustomerId, EmployeeId, Fact, Label, Minutes, Score
from domain.facts.credits import Credits


class ActivityRecorded(Fact, frozen=True, kw_only=True):
    """Work of a kind that no other fact covers: infusions given, hours of nursing, papers written.

    attributes: further facets to select by, names to words or integers; 20 at most.
    credits: shares that total 100 %; absent, all of the work is `employee`'s.
    """

    TYPE: ClassVar[str] = "activity_recorded"
    employee: EmployeeId
    kind: Label
    quantity: Count | None = None
    minutes: Minutes | None = None
    score: Score | None = None
    customer: CustomerId | None = None
    product: Label | None = None
    channel: Label | None = None
    attributes: Attributes | None = None
    credits: Credits | None = None

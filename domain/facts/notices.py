"""Facts about notices: when nobody is to be told anything, and who is told when nobody heeds it."""

from typing import Annotated, ClassVar

from msgspec import Meta

from domain.facts.base import Day, Fact, Reason
from domain.facts.shifts import Clock

Days = Annotated[int, Meta(ge=1, le=90, description="How many days.")]
LeadMonths = Annotated[int, Meta(ge=1, le=24, description="How many months before.")]


class NoticeRulesSet(Fact, frozen=True, kw_only=True):
    """How people are told of warnings and reminders from `effective_on`, in place of what held before.

    quiet_from, quiet_until: hours of the ledger's zone in which nobody is told; what comes up then is told
    at their end; an end that is not after the start is of the next day. escalate_after_days: a warning that
    nobody acknowledges so long is told to the next in line as well. credential_months: so long before it
    expires a credential is told of. What is absent is as if nothing had been set.
    """

    TYPE: ClassVar[str] = "notice_rules_set"
    effective_on: Day
    quiet_from: Clock | None = None
    quiet_until: Clock | None = None
    escalate_after_days: Days | None = None
    credential_months: LeadMonths | None = None
    reason: Reason | None = None

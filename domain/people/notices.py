"""Notices: when people are told of what came up, and who is told next when nobody heeds it.

What comes up in quiet hours is told when they end. A warning that nobody acknowledges is told to the next in
line after some days, and so on up to the head of HR. All of it follows from instants, days and the zone.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from domain.people.credentials import REMINDER_MONTHS

Recipient = Literal["employee", "mentor", "manager", "hr", "hr_head"]

LINE: tuple[Recipient, ...] = ("mentor", "manager", "hr", "hr_head")
"""Who is told one after the other, from whom a warning names as its owner on."""


class NoticeRules(msgspec.Struct, frozen=True, kw_only=True):
    """How people are told from `effective_on`. position: of the fact; 0 where none was recorded.

    quiet_from, quiet_until: None for no quiet hours; an end that is not after the start is of the next day.
    escalate_after_days: None for never.
    """

    position: int
    effective_on: dt.date
    quiet_from: dt.time | None = None
    quiet_until: dt.time | None = None
    escalate_after_days: int | None = None
    credential_months: int | None = None

    @property
    def lead_months(self) -> int:
        """So many months before it expires a credential is told of."""
        return REMINDER_MONTHS if self.credential_months is None else self.credential_months


NO_RULES = NoticeRules(position=0, effective_on=dt.date.min)


class Told(NamedTuple):
    """One telling of a warning. person: None where nobody is named. step: how often it was passed on."""

    to: Recipient
    person: str | None
    step: int
    at: dt.datetime


def rules_on(rules: Iterable[NoticeRules], day: dt.date) -> NoticeRules:
    """The rules that hold on `day`: those with the latest first day, of one day the last recorded."""
    own = (each for each in rules if each.effective_on <= day)
    return max(own, key=lambda each: (each.effective_on, each.position), default=NO_RULES)


def after_quiet_hours(instant: dt.datetime, rules: NoticeRules, zone: ZoneInfo) -> dt.datetime:
    """`instant`, or the end of the quiet hours that it falls into; they begin with their first minute."""
    begins, ends = rules.quiet_from, rules.quiet_until
    if begins is None or ends is None:
        return instant
    local = instant.astimezone(zone)
    clock, day = local.time(), local.date()
    if begins < ends:
        quiet = begins <= clock < ends
    else:
        quiet = clock >= begins or clock < ends
        day += dt.timedelta(days=clock >= begins)
    return dt.datetime.combine(day, ends, zone).astimezone(dt.UTC) if quiet else instant


def start_of(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The first instant of `day`."""
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)


def tellings(
    raised_at: dt.datetime,
    owner: Recipient,
    people: Mapping[Recipient, str | None],
    rules: NoticeRules,
    zone: ZoneInfo,
) -> list[Told]:
    """To whom and when a warning is told as long as nobody acknowledges it.

    people: who is mentor and manager; who is not known is passed over at once.
    """
    line: list[Recipient] = [
        each
        for each in LINE[LINE.index(owner) :]
        if each not in ("mentor", "manager") or people.get(each) is not None
    ]
    wait = rules.escalate_after_days
    found: list[Told] = []
    for step, to in enumerate(line if wait is not None else line[:1]):
        at = raised_at + dt.timedelta(days=step * (wait or 0))
        found.append(Told(to, people.get(to), step, after_quiet_hours(at, rules, zone)))
    return found

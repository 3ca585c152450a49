"""What is due about people on a day: newcomers to greet, probations that end, credentials that expire.

A reminder stands from its first day until what it asks for is done. Who is reminded grows as the day comes
nearer: the person, then also who leads them, then also HR, and the head of HR once a credential has expired.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

import msgspec

from domain.people.credentials import REMINDER_MONTHS, Credential, reminder_day
from domain.people.roster import Posting

Kind = Literal["onboarding", "probation_review", "credential_expiry"]
Told = Literal["employee", "manager", "hr", "hr_head"]

GREETED_DAYS = 7
"""So long after the hire does the notice of a newcomer stand."""
REVIEW_DAYS = 7
"""So long before a probation ends is its review asked for."""


class Probation(msgspec.Struct, frozen=True, kw_only=True):
    """Until when somebody is on probation, and the review that ended it. positions: of the facts."""

    employee: str
    ends_on: dt.date
    agreed_at: int
    reviewed_at: int | None = None
    outcome: str | None = None


class Step(NamedTuple):
    """Who is reminded, and from which day on."""

    to: Told
    on: dt.date


class Reminder(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be done about `employee` by `due_on`.

    since: the first day of the reminder. to: who is reminded. told_on: each of them, since which day.
    manager: who leads the person, if known.
    about: the credential, for one that expires; kind_of_it: which kind it is. overdue: the day has passed.
    """

    kind: Kind
    employee: str
    branch: str | None
    manager: str | None
    due_on: dt.date
    since: dt.date
    days_left: int
    overdue: bool
    to: tuple[Told, ...]
    told_on: dict[Told, dt.date]
    about: str | None = None
    kind_of_it: str | None = None


def onboarding(here: Posting, day: dt.date) -> Iterator[Reminder]:
    """The notice of a newcomer, in the first days."""
    due_on = here.hired_on + dt.timedelta(days=GREETED_DAYS)
    if here.hired_on <= day <= due_on:
        steps = [Step("manager", here.hired_on), Step("hr", here.hired_on)]
        yield _reminder("onboarding", here, steps, due_on, day)


def probation_review(here: Posting, probation: Probation, day: dt.date) -> Iterator[Reminder]:
    """The review that whoever leads a person owes, from a week before the probation ends."""
    since = probation.ends_on - dt.timedelta(days=REVIEW_DAYS)
    if probation.reviewed_at is None and since <= day:
        steps = [Step("manager", since), Step("hr", probation.ends_on + dt.timedelta(days=1))]
        yield _reminder("probation_review", here, steps, probation.ends_on, day)


def credential_expiry(
    here: Posting, held: Iterable[Credential], day: dt.date, months: int = REMINDER_MONTHS
) -> Iterator[Reminder]:
    """Each credential of a person that expires within `months`, or has expired and was not renewed."""
    for credential in held:
        if credential.expires_on is None or credential.state == "revoked":
            continue
        since = reminder_day(credential.expires_on, months)
        if since > day:
            continue
        last_week = credential.expires_on - dt.timedelta(days=REVIEW_DAYS - 1)
        steps = [
            Step("employee", since),
            Step("manager", reminder_day(credential.expires_on, 1)),
            Step("hr", last_week),
            Step("hr_head", credential.expires_on + dt.timedelta(days=1)),
        ]
        made = _reminder("credential_expiry", here, steps, credential.expires_on, day)
        yield msgspec.structs.replace(made, about=credential.credential, kind_of_it=credential.kind)


def _reminder(kind: Kind, here: Posting, steps: Iterable[Step], due_on: dt.date, day: dt.date) -> Reminder:
    """The reminder that the first of `steps` begins, for those who are reminded by `day`."""
    told_on: dict[Told, dt.date] = {step.to: step.on for step in steps if step.on <= day}
    return Reminder(
        kind=kind,
        employee=here.employee,
        branch=here.branch,
        manager=here.manager,
        due_on=due_on,
        since=min(told_on.values()),
        days_left=(due_on - day).days,
        overdue=due_on < day,
        to=tuple(told_on),
        told_on=told_on,
    )

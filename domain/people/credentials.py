"""How a credential stands on a day, folded from what was recorded about it.

A credential holds through its last day and is expired from the day after. Where several things are true of
it, the graver one is said: revoked, then expired, then suspended, then expiring.
"""

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import groupby
from typing import Literal, NamedTuple

import msgspec

from domain.facts.base import Fact
from domain.facts.credentials import (
    CredentialGranted,
    CredentialReinstated,
    CredentialRenewed,
    CredentialRevoked,
    CredentialSuspended,
)
from domain.money import decimal_text

ChangeKind = Literal["granted", "renewed", "suspended", "reinstated", "revoked"]
State = Literal["valid", "expiring", "expired", "suspended", "revoked"]

VALID: tuple[State, ...] = ("valid", "expiring")
"""The states in which it permits the work that asks for it."""

REMINDER_MONTHS = 3
"""So long before its last day a credential counts as expiring."""


class CredentialChange(msgspec.Struct, frozen=True, kw_only=True):
    """One fact about a credential, in force from `effective_on`.

    expires_on: of a grant or renewal; None for one that does not expire. type, number, issued_by: of a grant.
    """

    position: int
    credential: str
    employee: str
    kind: ChangeKind
    effective_on: dt.date
    expires_on: dt.date | None = None
    type: str | None = None
    number: str | None = None
    issued_by: str | None = None
    reason: str | None = None


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """A credential as it stands on one day.

    expires_on: its last day, None for no end. remind_on: the first day on which it counts as expiring.
    since: the day from which it stands so. reason: why it is suspended or revoked. positions: of its facts.
    """

    credential: str
    employee: str
    kind: str
    number: str | None
    issued_by: str | None
    granted_on: dt.date
    expires_on: dt.date | None
    remind_on: dt.date | None
    state: State
    since: dt.date
    reason: str | None
    positions: tuple[int, ...]


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """How many of the credentials that people hold on a day have expired.

    held: all but the revoked ones. share: the exact fraction, "3/20"; None where nothing is held.
    percent: the share for people to read, "15 %", to the hundredth of a percent.
    """

    held: int
    valid: int
    expiring: int
    suspended: int
    expired: int
    share: str | None
    percent: str | None


def credential_change(position: int, fact: Fact) -> CredentialChange:
    """What `fact` at `position` changes."""
    match fact:
        case CredentialGranted():
            return CredentialChange(
                position=position,
                credential=fact.credential,
                employee=fact.employee,
                kind="granted",
                effective_on=fact.granted_on,
                expires_on=fact.expires_on,
                type=fact.kind,
                number=fact.number,
                issued_by=fact.issued_by,
            )
        case CredentialRenewed():
            return CredentialChange(position=position, kind="renewed", **msgspec.structs.asdict(fact))
        case CredentialSuspended():
            return CredentialChange(position=position, kind="suspended", **msgspec.structs.asdict(fact))
        case CredentialReinstated():
            return CredentialChange(position=position, kind="reinstated", **msgspec.structs.asdict(fact))
        case CredentialRevoked():
            return CredentialChange(position=position, kind="revoked", **msgspec.structs.asdict(fact))
        case _:
            raise TypeError(f"nothing of a credential is changed by {fact.TYPE}")


def credential(changes: Iterable[CredentialChange], day: dt.date) -> Credential | None:
    """How the credential of `changes` stands on `day`; None before it is granted.

    changes: of one credential, in any order; those of one day apply in the order of their positions.
    """
    ordered = sorted(changes, key=lambda change: (change.effective_on, change.position))
    applied = [change for change in ordered if change.effective_on <= day]
    granted = next((change for change in applied if change.kind == "granted"), None)
    if granted is None:
        return None
    terms = [change for change in applied if change.kind in ("granted", "renewed")]
    expires_on = terms[-1].expires_on
    remind_on = reminder_day(expires_on) if expires_on else None
    state, since, reason = _state(applied, terms[-1], day)
    return Credential(
        credential=granted.credential,
        employee=granted.employee,
        kind=granted.type or "",
        number=granted.number,
        issued_by=granted.issued_by,
        granted_on=granted.effective_on,
        expires_on=expires_on,
        remind_on=remind_on,
        state=state,
        since=since,
        reason=reason,
        positions=tuple(change.position for change in applied),
    )


def credentials(changes: Iterable[CredentialChange], day: dt.date) -> list[Credential]:
    """How each credential of `changes` that is granted by then stands on `day`, by person and id."""
    ordered = sorted(changes, key=lambda change: (change.employee, change.credential))
    groups = groupby(ordered, key=lambda change: (change.employee, change.credential))
    found = (credential(own, day) for _, own in groups)
    return [each for each in found if each is not None]


class Held(NamedTuple):
    """A run of days on which a credential is valid; both end days count. last: None for no end."""

    first: dt.date
    last: dt.date | None


def days_held(changes: Iterable[CredentialChange]) -> dict[tuple[str, str], list[Held]]:
    """The days on which each person holds a valid credential of a kind, by employee and kind.

    Nothing changes between two of the days on which something takes effect or ends, so only those are tried.
    """
    ordered = sorted(changes, key=lambda change: (change.employee, change.credential))
    found: dict[tuple[str, str], list[Held]] = {}
    for (employee, _), own in groupby(ordered, key=lambda change: (change.employee, change.credential)):
        told = list(own)
        for kind, held in _runs(told):
            found.setdefault((employee, kind), []).append(held)
    return found


def _runs(changes: list[CredentialChange]) -> Iterator[tuple[str, Held]]:
    """The runs of days on which one credential is valid, each with its kind."""
    starts = {change.effective_on for change in changes}
    ends = {change.expires_on for change in changes if change.expires_on is not None}
    turns = sorted(starts | {end + dt.timedelta(days=1) for end in ends if end < dt.date.max})
    for turn, after in zip(turns, [*turns[1:], None], strict=True):
        held = credential(changes, turn)
        if held is not None and held.state in VALID:
            yield held.kind, Held(turn, None if after is None else after - dt.timedelta(days=1))


def covered(held: Iterable[Held], first: dt.date, last: dt.date) -> bool:
    """Whether a credential is held on every day from `first` to `last`, be it one after the other."""
    for run in sorted(held, key=lambda run: run.first):
        if run.first > first:
            return False
        if run.last is None or run.last >= last:
            return True
        first = max(first, run.last + dt.timedelta(days=1))
    return first > last


def expired_share(held: Iterable[Credential]) -> Share:
    """What share of `held` has expired; revoked ones are no longer held."""
    states = [each.state for each in held if each.state != "revoked"]
    expired = states.count("expired")
    share = Fraction(expired, len(states)) if states else None
    return Share(
        held=len(states),
        valid=states.count("valid"),
        expiring=states.count("expiring"),
        suspended=states.count("suspended"),
        expired=expired,
        share=None if share is None else str(share),
        percent=None if share is None else f"{_short(decimal_text(share * 100, 2))} %",
    )


def reminder_day(expires_on: dt.date, months: int = REMINDER_MONTHS) -> dt.date:
    """The same day of the month so many months before; the month's last day where it has no such day."""
    number = expires_on.year * 12 + expires_on.month - 1 - months
    year, month = number // 12, number % 12 + 1
    return dt.date(year, month, min(expires_on.day, monthrange(year, month)[1]))


def _short(digits: str) -> str:
    """`digits` without zeros at the end of the fraction."""
    return digits.rstrip("0").rstrip(".")


def _state(
    applied: list[CredentialChange], term: CredentialChange, day: dt.date
) -> tuple[State, dt.date, str | None]:
    """The state on `day`, since when, and why."""
    last = applied[-1]
    if last.kind == "revoked":
        return "revoked", last.effective_on, last.reason
    if term.expires_on is not None and term.expires_on < day:
        return "expired", term.expires_on + dt.timedelta(days=1), None
    holds = [change for change in applied if change.kind in ("suspended", "reinstated")]
    if holds and holds[-1].kind == "suspended":
        return "suspended", holds[-1].effective_on, holds[-1].reason
    begun = max([term.effective_on, *(change.effective_on for change in holds)])
    if term.expires_on is not None and day >= (remind_on := reminder_day(term.expires_on)):
        return "expiring", max(begun, remind_on), None
    return "valid", begun, None

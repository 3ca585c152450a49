"""When a statement may have become another one: the moments between which it stood still."""

import datetime as dt
from collections.abc import Iterator
from itertools import groupby
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from domain.facts.registry import CREDITED
from domain.journal.lookup import recorded_at
from domain.period import Period
from projections.closing import head
from projections.late import ClosedPeriod, LateFact, closed_periods, facts_between
from projections.opening import opening
from projections.spans import Cursor
from projections.statements import statement
from projections.write_offs import write_offs_between

Kind = Literal["closed", "rules", "people", "work", "voided"]

RULES = frozenset("plan_adopted plan_ended target_changed override_set exchange_rate_set".split())


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """What became known at one time. position: the last of it, recorded at `recorded_at`.

    closed: a month became final, which `period` names. rules: plans, targets, overrides or rates. people:
    where somebody works, leave, credentials. work: facts that pay counts. voided: such facts, taken back.
    facts: how many; types: of which.
    """

    position: int
    recorded_at: dt.datetime
    kind: Kind
    facts: int
    types: tuple[str, ...]
    period: str | None = None


class _Event(NamedTuple):
    """A fact that was recorded or voided at `position`."""

    position: int
    kind: Kind
    type: str
    period: str | None = None


def moments(
    cursor: Cursor, employee: str, period: Period, known_at: int | None, *, engine: str
) -> list[Moment] | None:
    """The moments at which what is due to a person for a month may have changed, in their order.

    What was recorded one after the other on one business day and is of one kind is one moment. Of facts that
    pay counts it takes those of the month, and of earlier ones what came after their close. None for no pay.
    """
    if statement(cursor, employee, period, known_at, engine=engine) is None:
        return None
    upto = head(cursor) if known_at is None else known_at
    closed = [each for each in closed_periods(cursor, upto) if each.period.first_day <= period.first_day]
    events = sorted({*_events(cursor, employee, period, closed, upto)})
    zone = ZoneInfo(opening(cursor, head(cursor)).fact.zone)
    recorded = recorded_at(cursor, {event.position for event in events})

    def together(event: _Event) -> tuple[Kind, str | None, dt.date]:
        return event.kind, event.period, recorded[event.position].astimezone(zone).date()

    return [_moment(list(found), recorded) for _, found in groupby(events, together)]


def _events(
    cursor: Cursor, employee: str, period: Period, closed: list[ClosedPeriod], upto: int
) -> Iterator[_Event]:
    late = (
        *facts_between(cursor, 0, upto, period.last_day, employee),
        *write_offs_between(cursor, 0, upto, employee),
    )
    settles = {period}
    for fact in late:
        since = _since(fact, period, closed)
        known: tuple[tuple[int | None, Kind], ...] = (
            (fact.position, _kind(fact)),
            (fact.void_position, "voided"),
        )
        for position, kind in known:
            if since is not None and position is not None and since < position <= upto:
                yield _Event(position, kind, fact.type)
                settles.add(Period.containing(fact.day))
    for close in closed:
        if close.period in settles:
            yield _Event(close.position, "closed", "period_closed", str(close.period))


def _since(fact: LateFact, period: Period, closed: list[ClosedPeriod]) -> int | None:
    """After which position a fact bears on the statement: from the close of its month on, if that is earlier.

    None for work of a month that is not closed and is not this one.
    """
    if fact.type not in CREDITED or period.has(fact.day):
        return 0
    return next((close.known_at for close in closed if close.period.has(fact.day)), None)


def _kind(fact: LateFact) -> Kind:
    if fact.type in RULES:
        return "rules"
    return "work" if fact.type in CREDITED else "people"


def _moment(events: list[_Event], recorded: dict[int, dt.datetime]) -> Moment:
    last = events[-1]
    return Moment(
        position=last.position,
        recorded_at=recorded[last.position],
        kind=last.kind,
        facts=len(events),
        types=tuple(dict.fromkeys(event.type for event in events)),
        period=last.period,
    )

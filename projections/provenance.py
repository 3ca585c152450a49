"""What became of a fact: what was said of it, and which closes took it into account."""

import datetime as dt
from collections.abc import Iterator
from typing import Literal

import msgspec

from domain.journal.lookup import RECORD_COLUMNS, to_records
from domain.journal.record import Record
from domain.period import Period
from projections.late import ClosedPeriod, closed_periods, counts_by_deal
from projections.spans import Cursor

MOST = 100
"""So many facts that speak of one are told."""

# Fenced, so that the index on tags leads.
SPEAKING = f"""
select * from (
    select {RECORD_COLUMNS} from journal where tags @> array[%(tag)s] offset 0
) speaking
where position <= %(known_at)s order by position limit %(limit)s"""

CREDITED_TO = """
select distinct employee, day, deal_day, void_position from credit
where position = %(position)s order by employee, day"""


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """A close that took a fact into account, or its void. about: the month to which the fact belongs.

    how: counted, or taken_back. period, closed_position: of the close; None while no month has been closed
    that could. A close of a later month than `about` settles the difference there.
    """

    employee: str
    about: str
    how: Literal["counted", "taken_back"]
    period: str | None
    closed_position: int | None


def speaking_of(cursor: Cursor, position: int, known_at: int) -> list[Record]:
    """The facts that void or confirm the one at `position`, as known at `known_at`."""
    asked = {"tag": f"fact:{position}", "known_at": known_at, "limit": MOST}
    return to_records(cursor.execute(SPEAKING, asked, prepare=False))


def settled(cursor: Cursor, position: int, known_at: int) -> list[Settled]:
    """For whom and in which closes a fact was counted, and taken back; none for one that pay does not count.

    One that was voided before a close could take it into account was never counted.
    """
    closed = closed_periods(cursor, known_at)
    by_deal = counts_by_deal(cursor, known_at)
    rows = cursor.execute(CREDITED_TO, {"position": position}).fetchall()
    found: dict[Settled, None] = {}
    for employee, day, deal_day, void in rows:
        void_position = void if void is not None and void <= known_at else None
        for on in _days(day, deal_day if by_deal else None):
            month = Period.containing(on)
            found |= dict.fromkeys(_settled(employee, month, position, void_position, closed))
    return list(found)


def _days(day: dt.date, deal_day: dt.date | None) -> Iterator[dt.date]:
    yield day
    if deal_day is not None:
        yield deal_day


def _settled(
    employee: str, about: Period, position: int, void_position: int | None, closed: list[ClosedPeriod]
) -> Iterator[Settled]:
    first = _close_of(about, position, closed)
    if void_position is not None and (first is None or void_position <= first.known_at):
        return
    yield _told(employee, about, "counted", first)
    if void_position is not None:
        yield _told(employee, about, "taken_back", _close_of(about, void_position, closed))


def _close_of(about: Period, position: int, closed: list[ClosedPeriod]) -> ClosedPeriod | None:
    """The first close, of the month itself or of a later one, that knows the position."""
    return next(
        (
            close
            for close in closed
            if close.period.first_day >= about.first_day and close.known_at >= position
        ),
        None,
    )


def _told(
    employee: str, about: Period, how: Literal["counted", "taken_back"], close: ClosedPeriod | None
) -> Settled:
    return Settled(
        employee=employee,
        about=str(about),
        how=how,
        period=None if close is None else str(close.period),
        closed_position=None if close is None else close.position,
    )

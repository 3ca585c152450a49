"""Everybody there is, was or will be: where each works, and where their name is written."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from domain.people.roster import Posting, RosterChange, Status, standing
from projections import roster
from projections.rows import by_employee
from projections.spans import Cursor


class Wanted(NamedTuple):
    """Of whom one asks; empty: of whomever. manager: to whom they report themselves, not through others."""

    branch: Sequence[str] = ()
    team: Sequence[str] = ()
    post: Sequence[str] = ()
    manager: Sequence[str] = ()
    status: Status | None = None

    def takes(self, status: Status, here: Posting) -> bool:
        """Whether somebody who stands so is among them."""
        asked = ((self.branch, here.branch), (self.team, here.team), (self.post, here.post))
        return self.status in (None, status) and all(
            not wanted or value in wanted for wanted, value in (*asked, (self.manager, here.manager))
        )


class Found(NamedTuple):
    """Somebody on a day. posting: of it, or of their last or first day of work. named: what gave the name."""

    status: Status
    posting: Posting
    named: RosterChange | None


def workforce(
    cursor: Cursor,
    day: dt.date,
    wanted: Wanted,
    employees: Sequence[str] | None = None,
    known_at: int | None = None,
) -> list[Found]:
    """Those of `employees`, or of everybody, who are `wanted` as of `day`, by id."""
    found: list[Found] = []
    for own in by_employee(roster.changes(cursor, employees, known_at)).values():
        stands = standing(own, day)
        if stands is not None and wanted.takes(*stands):
            found.append(Found(*stands, _named(own, stands[1])))
    return found


def _named(own: Sequence[RosterChange], here: Posting) -> RosterChange | None:
    """The change whose name the person bears."""
    if here.name is None:
        return None
    return next(change for change in reversed(own) if change.name == here.name)

"""Everybody there is, was or will be: where each works, and where their name is written."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from domain.people.roster import Posting, Status
from projections import roster
from projections.roster import Standing
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


def workforce(
    cursor: Cursor,
    day: dt.date,
    wanted: Wanted,
    employees: Sequence[str] | None = None,
    known_at: int | None = None,
) -> list[Standing]:
    """Those of `employees`, or of everybody, who are `wanted` as of `day`, by id."""
    stand = roster.standings(cursor, day, employees, known_at).values()
    return [each for each in stand if wanted.takes(each.status, each.posting)]

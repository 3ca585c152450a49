"""Reach out of the roster: whom a manager or a branch comprised on given days, as known at a position."""

from collections.abc import Collection, Mapping

from domain.people import reach
from domain.people.roster import Posting
from domain.period import Period
from projections import roster
from projections.spans import Cursor
from projections.ties import kin

OF_BRANCHES = "select employee from roster_change where branch = any(%(branches)s)"


def below(cursor: Cursor, manager: str, days: Period, known_at: int | None = None) -> frozenset[str]:
    """Everybody who reports to `manager` on the last of `days`, or on their own last day of work in them."""
    return frozenset(reach.below(manager, _posted(cursor, kin(cursor, "reports", [manager]), days, known_at)))


def in_branches(
    cursor: Cursor, branches: Collection[str], days: Period, known_at: int | None = None
) -> frozenset[str]:
    """Everybody who works in `branches` on the last of `days`, or on their own last day of work in them."""
    asked = {"branches": list(branches)}
    people = {employee for (employee,) in cursor.execute(OF_BRANCHES, asked, prepare=False)}
    return frozenset(reach.in_branches(branches, _posted(cursor, people, days, known_at)))


def branch_of(cursor: Cursor, employee: str, days: Period, known_at: int | None = None) -> str | None:
    """The branch where `employee` works then; None for somebody who is not here."""
    here = _posted(cursor, [employee], days, known_at).get(employee)
    return None if here is None else here.branch


def _posted(
    cursor: Cursor, people: Collection[str], days: Period, known_at: int | None
) -> Mapping[str, Posting]:
    return roster.told(cursor, sorted(people), known_at).deciding(days)

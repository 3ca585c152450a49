"""What pay asks of the read models: whom a plan pays, and what was measured for them."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from domain.period import Period
from domain.plan.document import Plan
from domain.plan.measures import Measure
from projections import attainment, measures, places
from projections.measures import Values
from projections.members import Members, members
from projections.places import Standings
from projections.sight import Windows
from projections.spans import Cursor


class Asking:
    """Asks each question as it comes. What tries several rules on one month keeps the answers instead."""

    def members(
        self, cursor: Cursor, period: Period, known_at: int | None, employees: Sequence[str] | None = None
    ) -> list[Members]:
        """The plans in force in `period`, each with those of `employees`, or of everybody, whom it pays."""
        return members(cursor, period, known_at, employees)

    def staying(
        self, cursor: Cursor, group: Members, period: Period, known_at: int | None
    ) -> Collection[str]:
        """Those of `group` whom the same plan pays in the month after `period`, too."""
        later = self.members(cursor, period.next(), known_at, list(group.resolved))
        return next((each.resolved.keys() for each in later if each.plan.plan == group.plan.plan), ())

    def values(
        self, cursor: Cursor, wanted: Mapping[str, Measure], opened: Windows, known_at: int | None
    ) -> dict[str, Values]:
        """Every measure of each person in `opened`."""
        return measures.evaluate(cursor, wanted, opened, known_at)

    def attained(
        self, cursor: Cursor, group: Members, names: Sequence[str], until: dt.date, known_at: int | None
    ) -> dict[str, dict[str, dt.date]]:
        """The day on which each of the milestones `names` was reached in time, by employee."""
        return attainment.attained(cursor, group, names, until, known_at)

    def places(
        self, cursor: Cursor, plan: Plan, period: Period, until: dt.date, known_at: int | None
    ) -> Standings:
        """The places on each board of `plan` that pays in `period`."""
        return places.places(cursor, plan, period, until, known_at)


STRAIGHT = Asking()
"""Nothing is kept."""

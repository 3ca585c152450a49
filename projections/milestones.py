"""How newcomers stand towards their milestones on a day."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from domain.people.roster import Posting
from domain.period import Period
from domain.plan.document import Milestone
from domain.plan.exact import Unit
from domain.plan.fields import Noun, Title
from domain.plan.milestones import MilestoneStanding, milestone_standing
from domain.plan.overrides import pace
from projections.attainment import Course, before_any, courses_to, first_reached
from projections.closing import head
from projections.members import Members, members
from projections.spans import Cursor


class MilestoneProgress(msgspec.Struct, frozen=True, kw_only=True):
    """7 of 10 hospitals, 3 to go, 12 days left.

    Numbers are exact texts. done: None where nothing was measured. pace: what is asked a day; standard_pace:
    what the plan asks of others, where it was changed for this person.
    """

    employee: str
    branch: str | None
    plan: str
    milestone: str
    title: Title
    form: Unit
    unit: Noun | None
    hired_on: dt.date
    needed: str
    done: str | None
    gap: str
    last_day: dt.date
    days_left: int
    state: Literal["open", "attained", "missed"]
    attained_on: dt.date | None
    pace: str
    standard_pace: str | None


def milestones(
    cursor: Cursor, day: dt.date, employees: Sequence[str] | None = None, known_at: int | None = None
) -> list[MilestoneProgress]:
    """The milestones of `employees`, or of everybody whose plan has some, on `day`; by employee."""
    known_at = head(cursor) if known_at is None else known_at
    found = [
        progress
        for group in members(cursor, Period.containing(day), known_at, employees)
        for progress in milestones_of(cursor, group, day, known_at)
    ]
    return sorted(found, key=lambda progress: (progress.employee, progress.plan))


def milestones_of(
    cursor: Cursor, group: Members, day: dt.date, known_at: int | None
) -> Iterator[MilestoneProgress]:
    """The milestones of everybody in `group` on `day`, one milestone after the other."""
    for milestone in group.plan.milestones:
        yield from _progress(cursor, group, milestone, day, known_at)


def _progress(
    cursor: Cursor, group: Members, milestone: Milestone, day: dt.date, known_at: int | None
) -> Iterator[MilestoneProgress]:
    told = courses_to(cursor, group, milestone.id, day, known_at)
    for employee, here in group.postings.items():
        if here.hired_on <= day:
            changed = group.resolved[employee].milestones[milestone.id]
            yield _of_person(group, here, milestone, changed, told.get(employee, []), day)


def _of_person(
    group: Members, here: Posting, standard: Milestone, changed: Milestone, course: Course, day: dt.date
) -> MilestoneProgress:
    measure = group.plan.measures[standard.measure]
    done = course[-1][1] if course else before_any(measure)
    reached = first_reached(course, changed.reaches)
    standing: MilestoneStanding = milestone_standing(changed, done, reached, here.hired_on, day)
    asked = pace(standard, changed)
    return MilestoneProgress(
        employee=here.employee,
        branch=here.branch,
        plan=group.plan.plan,
        milestone=standard.id,
        title=standard.title,
        form=measure.form,
        unit=measure.unit,
        hired_on=here.hired_on,
        needed=str(standing.needed),
        done=None if standing.done is None else str(standing.done),
        gap=str(standing.gap),
        last_day=standing.last_day,
        days_left=standing.days_left,
        state=standing.state,
        attained_on=standing.attained_on,
        pace=str(asked.after),
        standard_pace=str(asked.before) if changed != standard else None,
    )

"""How newcomers grow: training, milestones and mood of one person, and of everybody in a week."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import msgspec

from domain.people.reminders import Probation
from domain.people.roster import Posting, posting
from domain.period import Period
from projections import reminders, roster
from projections.closing import head
from projections.members import members
from projections.milestones import MilestoneProgress, milestones_of
from projections.opening import opening
from projections.reminders import Review
from projections.rows import by_employee
from projections.spans import Cursor
from projections.surveys import Answer, answers
from projections.taken_tests import TakenTest, tests
from projections.training import Training, training_of

SURVEY_WEEKS = 12
"""So many weeks of answers does a dossier show."""


class Mood(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to the survey; each from 0 to 10, exactly as given. period: the week, such as 2025-W10."""

    position: int
    period: str
    day: dt.date
    stress: str
    training_satisfaction: str
    belonging: str


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """How one person grows, as of `day`.

    day_number: days since the hire, which is day 0. tests: drawn from question banks up to that day, in
    their order, with their weak topics. moods: of the last weeks, in their order. probation: the last that
    was agreed; None for none. reviews: how probations were found to end, in their order.
    """

    employee: str
    day: dt.date
    posting: Posting
    day_number: int
    training: tuple[Training, ...]
    tests: tuple[TakenTest, ...]
    milestones: tuple[MilestoneProgress, ...]
    moods: tuple[Mood, ...]
    probation: Probation | None
    reviews: tuple[Review, ...]


class GrowthRow(msgspec.Struct, frozen=True, kw_only=True):
    """One newcomer in a week: training, milestones and mood side by side.

    mood: the last answer of the week. mood_before: the last one of the week before.
    """

    employee: str
    branch: str | None
    mentor: str | None
    hired_on: dt.date
    day_number: int
    training: tuple[Training, ...]
    milestones: tuple[MilestoneProgress, ...]
    mood: Mood | None
    mood_before: Mood | None


class GrowthBoard(msgspec.Struct, frozen=True, kw_only=True):
    """The weekly review: whoever has a curriculum or milestones to go through. day: as of which it stands."""

    period: str
    day: dt.date
    rows: tuple[GrowthRow, ...]


def dossier(
    cursor: Cursor, employee: str, day: dt.date, known_at: int | None = None, *, at: dt.datetime | None = None
) -> Dossier | None:
    """How `employee` grows as of `day`, or of the instant `at` within it; None for somebody not here then."""
    known_at = head(cursor) if known_at is None else known_at
    here = posting(roster.changes(cursor, [employee], known_at), day)
    if here is None:
        return None
    first = day - dt.timedelta(weeks=SURVEY_WEEKS)
    learned, reached = _course(cursor, day, [employee], known_at)
    zone = ZoneInfo(opening(cursor, known_at).fact.zone)
    over = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
    seen = tests(cursor, min(over, at or over), [employee], known_at)
    return Dossier(
        employee=employee,
        day=day,
        posting=here,
        day_number=(day - here.hired_on).days,
        training=tuple(learned.get(employee, ())),
        tests=tuple(each for each in seen if each.begun_at < over),
        milestones=tuple(reached.get(employee, ())),
        moods=tuple(_mood(each) for each in answers(cursor, first, day, [employee], known_at)),
        probation=next(iter(reminders.probations(cursor, [employee], known_at)), None),
        reviews=tuple(reminders.reviews(cursor, [employee], known_at)),
    )


def board(
    cursor: Cursor,
    week: Period,
    today: dt.date,
    employees: Sequence[str] | None = None,
    known_at: int | None = None,
) -> GrowthBoard:
    """How `employees`, or everybody, grew in `week`: as of its last day, or of `today` while it lasts."""
    known_at = head(cursor) if known_at is None else known_at
    day = min(week.last_day, today)
    learned, reached = _course(cursor, day, employees, known_at)
    people = sorted(learned.keys() | reached.keys())
    said = by_employee(answers(cursor, week.previous().first_day, day, people, known_at))
    moves = by_employee(roster.changes(cursor, people, known_at))
    rows = list[GrowthRow]()
    for employee in people:
        here = posting(moves[employee], day)
        if here is None:
            continue
        moods = [_mood(each) for each in said.get(employee, ())]
        rows.append(
            GrowthRow(
                employee=employee,
                branch=here.branch,
                mentor=here.mentor,
                hired_on=here.hired_on,
                day_number=(day - here.hired_on).days,
                training=tuple(learned.get(employee, ())),
                milestones=tuple(reached.get(employee, ())),
                mood=_last(moods, week),
                mood_before=_last(moods, week.previous()),
            )
        )
    return GrowthBoard(period=str(week), day=day, rows=tuple(rows))


def _course(
    cursor: Cursor, day: dt.date, employees: Sequence[str] | None, known_at: int
) -> tuple[dict[str, list[Training]], dict[str, list[MilestoneProgress]]]:
    """Training and milestones of each person on `day`, by plan; who belongs to which is asked once."""
    groups = sorted(
        members(cursor, Period.containing(day), known_at, employees), key=lambda group: group.plan.plan
    )
    learned = (
        each
        for group in groups
        if group.plan.curriculum
        for each in training_of(cursor, group, day, known_at)
    )
    reached = (each for group in groups for each in milestones_of(cursor, group, day, known_at))
    return by_employee(learned), by_employee(reached)


def _mood(answer: Answer) -> Mood:
    return Mood(
        position=answer.position,
        period=str(Period.containing(answer.day, "week")),
        day=answer.day,
        stress=format(answer.stress, "f"),
        training_satisfaction=format(answer.training_satisfaction, "f"),
        belonging=format(answer.belonging, "f"),
    )


def _last(moods: Sequence[Mood], week: Period) -> Mood | None:
    return next((mood for mood in reversed(moods) if mood.period == str(week)), None)

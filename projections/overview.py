"""One view of one person: work, complaints, training, credentials, shifts, support, pay and honours."""

import datetime as dt

import msgspec
from psycopg import sql

from domain.people.credentials import Credential
from domain.people.reminders import Reminder
from domain.people.roster import Posting, posting
from domain.period import Period
from projections import alerts, credentials, growth, honours, hours, interventions, reminders, roster
from projections.alerts import Warning
from projections.closing import head
from projections.growth import Mood
from projections.honours import Honour
from projections.hours import Shifts
from projections.interventions import Intervention
from projections.milestones import MilestoneProgress
from projections.progress import Progress, progress
from projections.rows import fetch, known
from projections.spans import Cursor
from projections.training import Training

SHIFT_DAYS = 14
"""So many days of shifts are shown, from the Monday of the day on."""
STATEMENTS = 6
"""So many closed months are shown."""
COMPLAINTS = 20
"""So many complaints are shown."""

WORK = """
select
    fact, currency,
    count(distinct position) filter (where day >= %(first)s) as times,
    count(distinct position) filter (where day < %(first)s) as times_before,
    (sum(minutes) filter (where day >= %(first)s))::bigint as minutes,
    (sum(minutes) filter (where day < %(first)s))::bigint as minutes_before,
    (sum(amount_minor) filter (where day >= %(first)s))::bigint as amount_minor,
    (sum(amount_minor) filter (where day < %(first)s))::bigint as amount_before_minor
from credit
where employee = %(employee)s and day between %(since)s and %(day)s and {known}
group by fact, currency
order by fact, currency nulls first"""

COMPLAINED = """
select {columns} from credit
where employee = %(employee)s and fact = 'complaint_received' and day <= %(day)s and {known}
order by day desc, position desc
limit %(limit)s"""

PAID = """
select s.period, s.currency, s.total_minor, s.position
from statement s join closed_period p on p.period = s.period
where s.employee = %(employee)s and p.position <= %(known_at)s and p.first_day <= %(day)s
order by p.first_day desc
limit %(limit)s"""


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did of one kind of fact in this month up to the day, and in the whole month before.

    currency: of the amounts; None for facts without any. minutes, amounts: None where none were told.
    """

    fact: str
    currency: str | None
    times: int
    times_before: int
    minutes: int | None
    minutes_before: int | None
    amount_minor: int | None
    amount_before_minor: int | None


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint about somebody's work. position: of the fact."""

    position: int
    day: dt.date
    customer: str | None
    kind: str | None


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What a closed statement came to. position: of the close."""

    period: str
    currency: str
    total_minor: int
    position: int


class Pay(msgspec.Struct, frozen=True, kw_only=True):
    """Targets, measures and earnings of the month so far; and closed statements, the latest first."""

    progress: Progress | None
    settled: tuple[Settled, ...]


class Support(msgspec.Struct, frozen=True, kw_only=True):
    """Warnings that stand about somebody, and what is or was done for them."""

    warnings: tuple[Warning, ...]
    interventions: tuple[Intervention, ...]


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """A person on `day` over every source. posting: None for whoever does not work here then.

    work: in the month of the day. complaints: the latest first. moods: the surveys of the last weeks. pay,
    support: None for a reader who may not see them.
    """

    employee: str
    day: dt.date
    posting: Posting | None
    work: tuple[Work, ...]
    complaints: tuple[Complaint, ...]
    training: tuple[Training, ...]
    milestones: tuple[MilestoneProgress, ...]
    moods: tuple[Mood, ...]
    credentials: tuple[Credential, ...]
    shifts: Shifts
    reminders: tuple[Reminder, ...]
    honours: tuple[Honour, ...]
    support: Support | None
    pay: Pay | None


def overview(
    cursor: Cursor,
    employee: str,
    day: dt.date,
    known_at: int | None = None,
    *,
    with_support: bool,
    with_pay: bool,
) -> Overview | None:
    """All that is known of `employee` on `day`, as one; None for somebody who was never hired.

    The numbers of credentials are left out.
    """
    known_at = head(cursor) if known_at is None else known_at
    changes = roster.changes(cursor, [employee], known_at)
    if not changes:
        return None
    grown = growth.dossier(cursor, employee, day, known_at)
    monday = Period.containing(day, "week").first_day
    asked = {"employee": employee, "day": day, "limit": COMPLAINTS}
    return Overview(
        employee=employee,
        day=day,
        posting=posting(changes, day),
        work=tuple(_work(cursor, employee, day, known_at)),
        complaints=tuple(fetch(cursor, Complaint, COMPLAINED, asked, known_at)),
        training=grown.training if grown else (),
        milestones=grown.milestones if grown else (),
        moods=grown.moods if grown else (),
        credentials=tuple(
            msgspec.structs.replace(each, number=None)
            for each in credentials.held(cursor, day, [employee], known_at=known_at)
        ),
        shifts=hours.of_person(
            cursor, employee, monday, monday + dt.timedelta(days=SHIFT_DAYS - 1), known_at
        ),
        reminders=tuple(reminders.reminders(cursor, day, [employee], known_at)),
        honours=tuple(honours.honours(cursor, [employee], known_at)),
        support=_support(cursor, employee, day, known_at) if with_support else None,
        pay=_pay(cursor, employee, day, known_at) if with_pay else None,
    )


def _work(cursor: Cursor, employee: str, day: dt.date, known_at: int) -> list[Work]:
    month = Period.containing(day)
    days = {"first": month.first_day, "since": month.previous().first_day, "day": day}
    statement = sql.SQL(WORK).format(known=known(known_at))
    found = cursor.execute(statement, {**days, "employee": employee, "known_at": known_at}, prepare=False)
    return [Work(**dict(zip(Work.__struct_fields__, row, strict=True))) for row in found]


def _support(cursor: Cursor, employee: str, day: dt.date, known_at: int) -> Support:
    return Support(
        warnings=tuple(alerts.alerts(cursor, day, [employee], known_at)),
        interventions=tuple(interventions.interventions(cursor, day, [employee], known_at)),
    )


def _pay(cursor: Cursor, employee: str, day: dt.date, known_at: int) -> Pay:
    asked = {"employee": employee, "day": day, "known_at": known_at, "limit": STATEMENTS}
    return Pay(
        progress=progress(cursor, employee, day, known_at),
        settled=tuple(
            Settled(period=period, currency=currency, total_minor=minor, position=position)
            for period, currency, minor, position in cursor.execute(PAID, asked)
        ),
    )

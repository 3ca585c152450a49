"""Notices that are due at an instant: who is to be told of which warning or reminder, and since when."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from psycopg import sql

from domain.people import reminders as reminder_rules
from domain.people.notices import NoticeRules, Recipient, after_quiet_hours, rules_on, start_of, tellings
from domain.people.roster import Posting
from domain.period import Period
from domain.plan.fields import Title
from projections import alerts, interventions, notice_rules, reminders, roster
from projections.alerts import Warning
from projections.closing import head
from projections.opening import opening
from projections.rows import known
from projections.spans import Cursor

Kind = Literal["warning", reminder_rules.Kind]

# What counts at once came up with the last fact of its kind that day, by the instant that is asked about.
LAST_FACTS = """
select asked.employee, asked.day, coalesce(max(told.at) filter (where told.at <= %(as_of)s), min(told.at))
from unnest(%(employees)s::text[], %(days)s::date[], %(sources)s::text[]) as asked (employee, day, source)
join (
    select 'credit' as source, employee, day, at, position, void_position
    from credit where employee = any(%(employees)s)
    union all
    select 'survey', employee, day, at, position, void_position
    from survey where employee = any(%(employees)s)
    union all
    select 'training', employee, day, at, position, void_position
    from training_record where employee = any(%(employees)s)
) as told on (told.employee, told.day, told.source) = (asked.employee, asked.day, asked.source)
where {known}
group by asked.employee, asked.day"""

SOURCES: Mapping[str, str] = {
    "training_completion": "training",
    "stress": "survey",
    "training_satisfaction": "survey",
    "belonging": "survey",
}
"""Where the facts behind a signal are; those behind a measure are credits."""

HAPPENED = "select position, occurred_at from journal where position = any(%(positions)s)"


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody is to be told something about `employee`.

    notice: an id that stays the same from one asking to the next. to: in which role; person: who that is, if
    it is known. raised_at: when it came up; due_at: when they are told, which is after the quiet hours. step:
    how often a warning was passed on before. plan, alert, period: of a warning; about: of a credential.
    """

    notice: str
    kind: Kind
    employee: str
    branch: str | None
    to: Recipient
    person: str | None
    raised_at: dt.datetime
    due_at: dt.datetime
    step: int
    title: Title | None = None
    plan: str | None = None
    alert: str | None = None
    period: str | None = None
    about: str | None = None
    due_on: dt.date | None = None


class _Asked(NamedTuple):
    """What every notice is worked out with. here: where everybody works on the day."""

    cursor: Cursor
    as_of: dt.datetime
    day: dt.date
    zone: ZoneInfo
    known_at: int
    rules: Sequence[NoticeRules]
    here: Mapping[str, Posting]


def notices(
    cursor: Cursor,
    as_of: dt.datetime,
    employees: Sequence[str] | None = None,
    known_at: int | None = None,
    *,
    since: dt.datetime | None = None,
) -> list[Notice]:
    """Of what is to be told about `employees`, or everybody, what is due at `as_of` and not settled by then.

    By when it is due. since: only what became due after that instant.
    """
    known_at = head(cursor) if known_at is None else known_at
    zone = ZoneInfo(opening(cursor, known_at).fact.zone)
    day = as_of.astimezone(zone).date()
    here = roster.here(cursor, day, employees, known_at)
    rules = notice_rules.notice_rules(cursor, known_at)
    asked = _Asked(cursor, as_of, day, zone, known_at, rules, here)
    found = [*_of_warnings(asked, employees), *_of_reminders(asked, employees)]
    due = [each for each in found if each.due_at <= as_of and (since is None or each.due_at > since)]
    return sorted(due, key=lambda each: (each.due_at, each.employee, each.notice))


def _of_warnings(asked: _Asked, employees: Sequence[str] | None) -> Iterator[Notice]:
    standing = alerts.alerts(asked.cursor, asked.day, employees, asked.known_at)
    heeded = _heeded_at(asked, standing)
    unheeded = [each for each in standing if _key(each) not in heeded or heeded[_key(each)] > asked.as_of]
    raised = _raised_at(asked, unheeded)
    for each in unheeded:
        raised_at, here = raised[_key(each)], asked.here.get(each.employee)
        people: dict[Recipient, str | None] = {
            "mentor": here.mentor if here else None,
            "manager": here.manager if here else None,
        }
        rules = rules_on(asked.rules, raised_at.astimezone(asked.zone).date())
        for told in tellings(raised_at, each.in_care_of, people, rules, asked.zone):
            yield Notice(
                notice=f"warning/{each.plan}/{each.alert}/{each.employee}/{each.raised}/{told.to}",
                kind="warning",
                employee=each.employee,
                branch=each.branch,
                to=told.to,
                person=told.person,
                raised_at=raised_at,
                due_at=told.at,
                step=told.step,
                title=each.title,
                plan=each.plan,
                alert=each.alert,
                period=each.raised,
            )


def _of_reminders(asked: _Asked, employees: Sequence[str] | None) -> Iterator[Notice]:
    standing = reminders.reminders(asked.cursor, asked.day, employees, asked.known_at)
    for each in standing:
        people = {"employee": each.employee, "manager": each.manager}
        for to, on in each.told_on.items():
            raised_at = start_of(on, asked.zone)
            yield Notice(
                notice=f"{each.kind}/{each.about or each.employee}/{each.due_on}/{to}",
                kind=each.kind,
                employee=each.employee,
                branch=each.branch,
                to=to,
                person=people.get(to),
                raised_at=raised_at,
                due_at=after_quiet_hours(raised_at, rules_on(asked.rules, on), asked.zone),
                step=0,
                about=each.about,
                due_on=each.due_on,
            )


def _key(warning: Warning) -> tuple[str, str, str]:
    return warning.plan, warning.alert, warning.employee


def _heeded_at(asked: _Asked, standing: Iterable[Warning]) -> dict[tuple[str, str, str], dt.datetime]:
    """When somebody acknowledged each warning or took it in hand, whichever came first."""
    care = {
        each.intervention: each.position
        for each in interventions.interventions(asked.cursor, asked.day, None, asked.known_at)
    }
    named = {
        _key(each): [
            position
            for position in (each.acknowledged_at, care.get(each.intervention or ""))
            if position is not None
        ]
        for each in standing
    }
    positions = sorted({position for own in named.values() for position in own})
    happened = dict(asked.cursor.execute(HAPPENED, {"positions": positions}).fetchall())
    return {key: min(happened[position] for position in own) for key, own in named.items() if own}


def _raised_at(asked: _Asked, standing: Sequence[Warning]) -> dict[tuple[str, str, str], dt.datetime]:
    """When each warning came up: with its period's end, or of one that counts at once, within it."""
    days = alerts.days_raised(asked.cursor, standing, asked.day, asked.known_at)
    rows = sorted(
        {
            (each.employee, days[_key(each)], SOURCES.get(cause.watched, "credit"))
            for each in standing
            if _key(each) in days
            for cause in each.course[0].causes
        }
    )
    named = {
        "employees": [employee for employee, _, _ in rows],
        "days": [on for _, on, _ in rows],
        "sources": [source for _, _, source in rows],
        "as_of": asked.as_of,
        "known_at": asked.known_at,
    }
    statement = sql.SQL(LAST_FACTS).format(known=known(asked.known_at))
    told = {(who, on): at for who, on, at in asked.cursor.execute(statement, named, prepare=False)}
    found: dict[tuple[str, str, str], dt.datetime] = {}
    for each in standing:
        key = _key(each)
        if key in days:
            found[key] = told.get((each.employee, days[key])) or start_of(days[key], asked.zone)
        else:
            over = Period.parse(each.raised).last_day + dt.timedelta(days=1)
            found[key] = start_of(over, asked.zone)
    return found

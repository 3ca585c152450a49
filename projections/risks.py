"""Who may leave: everybody with a warning, the reasons with their numbers, and how often each was right."""

import datetime as dt
from collections.abc import Iterable, Sequence
from fractions import Fraction

import msgspec

from domain.plan.fields import Title
from domain.plan.insight import wilson
from projections import alerts, policy
from projections.alerts import Warning
from projections.backtest import NOTE, alert_backtest
from projections.closing import head
from projections.insight import Range, shown_range
from projections.rows import by_employee
from projections.spans import Cursor


class AtRisk(msgspec.Struct, frozen=True, kw_only=True):
    """A person about whom warnings stand. reasons: these, the one that has stood longest first."""

    employee: str
    branch: str | None
    reasons: tuple[Warning, ...]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """How often a rule of warning was right on the past: of those it warned of, so many left.

    precision: right of warned; recall: right of all who left, exact; None of nobody. interval: of precision.
    lead_days: median days from the warning to the last day.
    """

    plan: str
    alert: str
    title: Title
    warned: int
    right: int
    left: int
    precision: str | None
    interval: Range | None
    recall: str | None
    lead_days: str | None


class Risks(msgspec.Struct, frozen=True, kw_only=True):
    """Who may leave as of `day`: whoever has most reasons first. records: of every rule that gave one.

    since: the first day on which these were tried; None where they were not. A warning counts as right if
    the person left within `within_days`.
    """

    day: dt.date
    people: tuple[AtRisk, ...]
    since: dt.date | None
    within_days: int
    records: tuple[Record, ...]
    note: str


def risks(
    cursor: Cursor,
    day: dt.date,
    employees: Sequence[str] | None = None,
    known_at: int | None = None,
    *,
    since: dt.date | None = None,
    within_days: int,
) -> Risks:
    """Who of `employees`, or of everybody, may leave; the rules are tried on the days from `since`, if given.

    A rule is tried on everybody whom its plan covered, whoever is asked about.
    """
    known_at = head(cursor) if known_at is None else known_at
    found = alerts.alerts(cursor, day, employees, known_at)
    people = [
        AtRisk(
            employee=employee,
            branch=own[0].branch,
            reasons=tuple(sorted(own, key=lambda each: (-each.periods, each.plan, each.alert))),
        )
        for employee, own in by_employee(found).items()
    ]
    return Risks(
        day=day,
        people=tuple(sorted(people, key=lambda each: (-len(each.reasons), each.employee))),
        since=since,
        within_days=within_days,
        records=() if since is None else _records(cursor, found, since, day, within_days, known_at),
        note=NOTE,
    )


def _records(
    cursor: Cursor, found: Iterable[Warning], since: dt.date, day: dt.date, within_days: int, known_at: int
) -> tuple[Record, ...]:
    """Each rule of the warnings `found` on the past, as it reads today."""
    versions = {each.plan: each.parsed() for each in policy.plans_in_force(cursor, day, known_at)}
    made: list[Record] = []
    for plan, name in sorted({(each.plan, each.alert) for each in found}):
        rules = versions[plan].alerts if plan in versions else ()
        rule = next((each for each in rules if each.id == name), None)
        if rule is None:
            continue
        tried = alert_backtest(
            cursor, versions[plan], rule, since, day, within_days=within_days, known_at=known_at
        )
        trial = tried.trials[0]
        made.append(
            Record(
                plan=plan,
                alert=name,
                title=rule.title,
                warned=trial.warned,
                right=trial.right,
                left=tried.left,
                precision=trial.precision,
                interval=shown_range(wilson(Fraction(trial.right), Fraction(trial.warned))),
                recall=trial.recall,
                lead_days=trial.lead_days,
            )
        )
    return tuple(made)

"""What warnings watch: measures and signals of everybody in each of some periods."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import msgspec

from domain.people.roster import Posting
from domain.people.warnings import Observed
from domain.period import Period
from domain.plan.alert import Alert
from domain.plan.document import Plan
from domain.plan.fields import Months
from domain.plan.measures import FactMeasure, Measure
from domain.plan.mentions import with_parts
from domain.plan.population import completed_months
from projections import measures, sight
from projections.members import Members, members
from projections.milestones import MilestoneProgress, milestones_of
from projections.spans import Cursor
from projections.surveys import answers
from projections.training import training_of


class Watched(NamedTuple):
    """What a plan's warnings see of everybody in one period. until: the last day that was looked at."""

    plan: Plan
    period: Period
    until: dt.date
    postings: Mapping[str, Posting]
    observed: Mapping[str, Observed]


def watched(
    cursor: Cursor,
    period: Period,
    today: dt.date,
    known_at: int | None,
    employees: Sequence[str] | None = None,
    rules: Plan | None = None,
    wanted: Callable[[Alert], bool] = lambda _: True,
) -> list[Watched]:
    """What the warnings of each plan see in `period`, up to `today`; of `employees`, or of everybody.

    wanted: the warnings that are of interest. rules: a version of one plan whose warnings, measures and
    curriculum are to be tried, and no other plan's.
    """
    until = min(period.last_day, today)
    found: list[Watched] = []
    for paid in members(cursor, Period.containing(until), known_at, employees):
        if rules is not None and paid.plan.plan != rules.plan:
            continue
        group = paid if rules is None else _ruled_by(rules, paid)
        alerts = [alert for alert in group.plan.alerts if wanted(alert)]
        here = {e: held for e, held in group.postings.items() if _is_here(held, period, until)}
        if alerts and here:
            observed = _observed(cursor, group, alerts, here, period, until, known_at)
            found.append(Watched(group.plan, period, until, here, observed))
    return found


def _ruled_by(rules: Plan, group: Members) -> Members:
    """`group` as `rules` would watch it; its people, targets and milestones are those of the time."""
    plan = msgspec.structs.replace(
        group.plan, alerts=rules.alerts, measures=rules.measures, curriculum=rules.curriculum
    )
    return group._replace(plan=plan)


def _is_here(held: Posting, period: Period, until: dt.date) -> bool:
    """Whether somebody works here on some day of `period` up to `until`."""
    return held.hired_on <= until and (held.left_on is None or held.left_on >= period.first_day)


def concerns(alert: Alert, here: Posting, day: dt.date) -> bool:
    """Whether `alert` is for somebody who stands `here` on `day`."""
    months: Months | None = alert.tenure_months
    return months is None or months.has(completed_months(here.hired_on, day))


def _observed(
    cursor: Cursor,
    group: Members,
    alerts: Iterable[Alert],
    here: Mapping[str, Posting],
    period: Period,
    until: dt.date,
    known_at: int | None,
) -> dict[str, Observed]:
    names = {condition.watched for alert in alerts for condition in alert.when}
    found: dict[str, dict[str, Fraction | None]] = {employee: {} for employee in here}
    for part in (
        _measured(cursor, group, names, here, period, until, known_at),
        _trained(cursor, group, names, here, until, known_at),
        _missed(cursor, group, names, here, period, until, known_at),
        _felt(cursor, names, here, period, until, known_at),
    ):
        for employee, values in part.items():
            found[employee] |= values
    return dict(found)


def _measured(
    cursor: Cursor,
    group: Members,
    names: set[str],
    here: Mapping[str, Posting],
    period: Period,
    until: dt.date,
    known_at: int | None,
) -> Mapping[str, Observed]:
    told = group.plan.measures
    wanted: dict[str, Measure] = {
        part: told[part] for name in names if name in told for part in with_parts(told, (name,))
    }
    if not any(isinstance(measure, FactMeasure) for measure in wanted.values()):
        return {}
    hired = {employee: held.hired_on for employee, held in here.items()}
    opened = sight.windows(wanted.values(), period, hired, until)
    values = measures.evaluate(cursor, wanted, opened, known_at)
    return {employee: {n: v for n, v in own.items() if n in names} for employee, own in values.items()}


def _trained(
    cursor: Cursor,
    group: Members,
    names: set[str],
    here: Mapping[str, Posting],
    until: dt.date,
    known_at: int | None,
) -> Mapping[str, Observed]:
    if "training_completion" not in names or not group.plan.curriculum:
        return {}
    return {
        each.employee: {"training_completion": None if each.completion is None else Fraction(each.completion)}
        for each in training_of(cursor, group, until, known_at)
        if each.employee in here
    }


def _missed(
    cursor: Cursor,
    group: Members,
    names: set[str],
    here: Mapping[str, Posting],
    period: Period,
    until: dt.date,
    known_at: int | None,
) -> Mapping[str, Observed]:
    if "milestones_missed" not in names:
        return {}
    found: dict[str, Observed] = {employee: {"milestones_missed": Fraction(0)} for employee in here}
    for each in milestones_of(cursor, group, until, known_at):
        if each.employee in found and _is_missed(each, period, until):
            number = found[each.employee]["milestones_missed"] or Fraction(0)
            found[each.employee] = {"milestones_missed": number + 1}
    return found


def _is_missed(each: MilestoneProgress, period: Period, until: dt.date) -> bool:
    """Whether a milestone ran out in `period`, or lies behind an even pace at its end."""
    if each.state == "attained":
        return False
    if each.state == "missed":
        return period.has(each.last_day)
    days, gone = (each.last_day - each.hired_on).days, (until - each.hired_on).days
    done = Fraction(0) if each.done is None else Fraction(each.done)
    return done * days < Fraction(each.needed) * gone


def _felt(
    cursor: Cursor,
    names: set[str],
    here: Mapping[str, Posting],
    period: Period,
    until: dt.date,
    known_at: int | None,
) -> Mapping[str, Observed]:
    if not names & {"stress", "training_satisfaction", "belonging"}:
        return {}
    found: dict[str, Observed] = {}
    for each in answers(cursor, period.first_day, until, list(here), known_at):
        found[each.employee] = {
            "stress": Fraction(each.stress),
            "training_satisfaction": Fraction(each.training_satisfaction),
            "belonging": Fraction(each.belonging),
        }
    return found

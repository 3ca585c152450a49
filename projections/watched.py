"""What warnings watch: measures and signals of everybody in each of some periods."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import msgspec

from domain.people.roster import Posting
from domain.people.warnings import Observed, earlier
from domain.period import Period
from domain.plan.alert import Alert
from domain.plan.document import Plan
from domain.plan.fields import Months
from domain.plan.measures import FactMeasure, Measure
from domain.plan.mentions import with_parts
from domain.plan.population import completed_months
from projections import measures, policy, roster, sight
from projections.competence import scored
from projections.members import Members, paid_by, roll
from projections.milestones import MilestoneProgress, milestones_of
from projections.spans import Cursor
from projections.surveys import answers
from projections.training import training_of

UNPLANNED = ("sick", "personal", "other")
"""The kinds of leave that count as a sign; the others are planned, or a happy event."""


class _Look(NamedTuple):
    """Where it is looked: at the people `here` of `group` in `period`, up to its day `until`."""

    cursor: Cursor
    group: Members
    here: Mapping[str, Posting]
    period: Period
    until: dt.date
    known_at: int | None

    def before(self) -> "_Look":
        """At the period before, and those of the people who worked here on some day of it."""
        period = self.period.previous()
        here = {e: held for e, held in self.here.items() if _is_here(held, period, period.last_day)}
        return self._replace(here=here, period=period, until=period.last_day)


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
    paid: Sequence[Members] | None = None,
) -> list[Watched]:
    """What the warnings of each plan see in `period`, up to `today`; of `employees`, or of everybody.

    wanted: the warnings that are of interest. paid: whom plans pay in the month of `watched_month`, for who
    has asked already. rules: a version of one plan whose warnings, measures and curriculum are to be tried,
    and no other plan's.
    """
    until = min(period.last_day, today)
    found: list[Watched] = []
    if paid is None:
        paid = _paid(cursor, watched_month(period, today), known_at, employees, rules, wanted)
    for each in paid:
        if rules is not None and each.plan.plan != rules.plan:
            continue
        group = each if rules is None else _ruled_by(rules, each)
        alerts = [alert for alert in group.plan.alerts if wanted(alert)]
        here = {e: held for e, held in group.postings.items() if _is_here(held, period, until)}
        if alerts and here:
            look = _Look(cursor, group, here, period, until, known_at)
            found.append(Watched(group.plan, period, until, here, _observed(look, alerts)))
    return found


def _paid(
    cursor: Cursor,
    month: Period,
    known_at: int | None,
    employees: Sequence[str] | None,
    rules: Plan | None,
    wanted: Callable[[Alert], bool],
) -> list[Members]:
    """Whom the plans that have any warnings of interest pay in `month`."""
    versions = [
        version
        for version in policy.plans_in_force(cursor, month.last_day, known_at)
        if rules is None or rules.plan == version.plan
        if any(map(wanted, (rules or version.parsed()).alerts))
    ]
    if not versions:
        return []
    here = roll(cursor, month, known_at, employees)
    return [paid_by(version, here) for version in versions]


def watched_month(period: Period, today: dt.date) -> Period:
    """The month by whose plans people are watched in `period`, up to `today`."""
    return Period.containing(min(period.last_day, today))


def _ruled_by(rules: Plan, group: Members) -> Members:
    """`group` as `rules` would watch it; its people, targets and milestones are those of the time."""
    plan = msgspec.structs.replace(
        group.plan,
        alerts=rules.alerts,
        measures=rules.measures,
        curriculum=rules.curriculum,
        competence=rules.competence,
    )
    return group._replace(plan=plan)


def _is_here(held: Posting, period: Period, until: dt.date) -> bool:
    """Whether somebody works here on some day of `period` up to `until`."""
    return held.hired_on <= until and (held.left_on is None or held.left_on >= period.first_day)


def concerns(alert: Alert, here: Posting, day: dt.date) -> bool:
    """Whether `alert` is for somebody who stands `here` on `day`."""
    months: Months | None = alert.tenure_months
    return months is None or months.has(completed_months(here.hired_on, day))


def _observed(look: _Look, alerts: Iterable[Alert]) -> dict[str, Observed]:
    conditions = [condition for alert in alerts for condition in alert.when]
    names = {condition.watched for condition in conditions}
    found = {employee: dict(values) for employee, values in _seen(look, names).items()}
    falling = {(each.watched, each.falling) for each in conditions if each.falling}
    for number in range(1, max((depth for _, depth in falling), default=0) + 1):
        look = look.before()
        if not look.here:
            break
        names = {name for name, depth in falling if number <= depth}
        for employee, values in _seen(look, names).items():
            found[employee] |= {earlier(name, number): value for name, value in values.items()}
    return dict(found)


def _seen(look: _Look, names: set[str]) -> dict[str, Observed]:
    """What is to be seen of `names` in one period of each of the people."""
    found: dict[str, dict[str, Fraction | None]] = {employee: {} for employee in look.here}
    for part in (_measured, _trained, _missed, _felt, _away, _able):
        for employee, values in part(look, names).items():
            found[employee] |= values
    return dict(found)


def _measured(look: _Look, names: set[str]) -> Mapping[str, Observed]:
    told = look.group.plan.measures
    wanted: dict[str, Measure] = {
        part: told[part] for name in names if name in told for part in with_parts(told, (name,))
    }
    if not any(isinstance(measure, FactMeasure) for measure in wanted.values()):
        return {}
    hired = {employee: held.hired_on for employee, held in look.here.items()}
    opened = sight.windows(wanted.values(), look.period, hired, look.until)
    values = measures.evaluate(look.cursor, wanted, opened, look.known_at)
    return {employee: {n: v for n, v in own.items() if n in names} for employee, own in values.items()}


def _trained(look: _Look, names: set[str]) -> Mapping[str, Observed]:
    if "training_completion" not in names or not look.group.plan.curriculum:
        return {}
    return {
        each.employee: {"training_completion": None if each.completion is None else Fraction(each.completion)}
        for each in training_of(look.cursor, look.group, look.until, look.known_at)
        if each.employee in look.here
    }


def _missed(look: _Look, names: set[str]) -> Mapping[str, Observed]:
    if "milestones_missed" not in names:
        return {}
    found: dict[str, Observed] = {employee: {"milestones_missed": Fraction(0)} for employee in look.here}
    for each in milestones_of(look.cursor, look.group, look.until, look.known_at):
        if each.employee in found and _is_missed(each, look.period, look.until):
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


def _able(look: _Look, names: set[str]) -> Mapping[str, Observed]:
    if "competence" not in names or look.group.plan.competence is None:
        return {}
    hired = {employee: held.hired_on for employee, held in look.here.items()}
    found = scored(look.cursor, look.group, hired, look.until, look.known_at)
    return {employee: {"competence": score.score} for employee, (score, _) in found.items()}


def _felt(look: _Look, names: set[str]) -> Mapping[str, Observed]:
    asked = names & {"stress", "training_satisfaction", "belonging"}
    if not asked:
        return {}
    found: dict[str, Observed] = {}
    for each in answers(look.cursor, look.period.first_day, look.until, list(look.here), look.known_at):
        found[each.employee] = {name: Fraction(getattr(each, name)) for name in asked}
    return found


def _away(look: _Look, names: set[str]) -> Mapping[str, Observed]:
    if "leaves" not in names:
        return {}
    times = Counter(
        each.employee
        for each in roster.leave(look.cursor, list(look.here), look.known_at)
        if each.kind in UNPLANNED and look.period.first_day <= each.from_on <= look.until
    )
    return {employee: {"leaves": Fraction(times[employee])} for employee in look.here}

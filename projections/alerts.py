"""Warnings that stand on a day, and how a rule of warning would have done on the past."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from domain.people.roster import Posting
from domain.people.warnings import Observed, earlier
from domain.period import Period
from domain.plan.alert import Alert, AlertCondition
from domain.plan.document import Plan
from domain.plan.exact import Unit
from domain.plan.fields import Title
from projections.closing import head
from projections.interventions import AlertSeen, Intervention, acknowledged, interventions
from projections.spans import Cursor
from projections.watched import Watched, concerns, watched

MOST_PERIODS = 60
"""So far back is it asked since when a warning has had its cause."""

State = Literal["open", "acknowledged", "in_hand"]

SIGNAL_TITLES: Mapping[str, tuple[Title, Unit]] = {
    "training_completion": (Title("Training done", "培训完成率"), "percent"),
    "milestones_missed": (Title("Milestones behind or missed", "落后或错过的里程碑"), "number"),
    "stress": (Title("Stress", "压力"), "number"),
    "training_satisfaction": (Title("Satisfaction with the training", "培训满意度"), "number"),
    "belonging": (Title("Belonging", "归属感"), "number"),
    "leaves": (Title("Times away, planned leave apart", "非计划请假次数"), "number"),
    "competence": (Title("Competence", "胜任力得分"), "percent"),
}


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """A number behind a warning: what was watched, its exact value, and the test that it met.

    before: of what had to fall, its values in the periods before, the latest first.
    """

    watched: str
    title: Title
    form: Unit
    value: str
    test: str
    level: str
    before: tuple[str, ...] = ()


class CausePeriod(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of one period."""

    period: str
    causes: tuple[Cause, ...]


class Warning(msgspec.Struct, frozen=True, kw_only=True):
    """A warning about a person that stands on a day.

    first: the first period that gave cause. raised: the one in which it had lasted long enough; periods: how
    long it has lasted. state: `in_hand` while an intervention for it is open. in_care_of: who looks after the
    person; owner: who that is, if it is known. course: the numbers of each period, the latest first.
    at_once: it counts before its period is over.
    """

    employee: str
    branch: str | None
    plan: str
    alert: str
    title: Title
    first: str
    raised: str
    periods: int
    state: State
    in_care_of: Literal["manager", "mentor", "hr"]
    owner: str | None
    acknowledged_at: int | None
    intervention: str | None
    suggests: tuple[Title, ...]
    course: tuple[CausePeriod, ...]
    at_once: bool = False


class _Run(NamedTuple):
    """How long somebody has given cause so far, the latest period first."""

    here: Posting
    periods: list[tuple[Period, Observed]]


def watched_as(plan: Plan, condition: AlertCondition) -> tuple[Title, Unit]:
    """What a condition watches, and in which form its numbers are written."""
    measure = plan.measures.get(condition.measure or "")
    return SIGNAL_TITLES[condition.watched] if measure is None else (measure.title, measure.form)


def alerts(
    cursor: Cursor,
    day: dt.date,
    employees: Sequence[str] | None = None,
    known_at: int | None = None,
) -> list[Warning]:
    """The warnings about `employees`, or about everybody, that stand on `day`; by person, plan and id."""
    known_at = head(cursor) if known_at is None else known_at
    seen = acknowledged(cursor, known_at)
    care = [each for each in interventions(cursor, day, employees, known_at) if each.state != "closed"]
    found = [
        _warning(latest, alert, run, seen, care)
        for every in ("week", "month")
        for at_once in (False, True)
        for latest, alert, run in _standing(cursor, day, every, at_once, known_at, employees)
    ]
    return sorted(found, key=lambda each: (each.employee, each.plan, each.alert))


def _standing(
    cursor: Cursor,
    day: dt.date,
    every: Literal["week", "month"],
    at_once: bool,
    known_at: int,
    employees: Sequence[str] | None,
) -> Iterator[tuple[Watched, Alert, _Run]]:
    """Whoever gives cause for warnings of this kind on `day`, each with how long.

    Goes back from the latest period, each time only with those who gave cause in all that came after it.
    """
    period = Period.containing(day, every)
    if not at_once and day < period.last_day:
        period = period.previous()
    latest: dict[str, Watched] = {}
    runs: dict[tuple[str, str, str], _Run] = {}
    people = employees
    for number in range(MOST_PERIODS):
        met = dict(_met(cursor, period, day, every, at_once, known_at, people))
        for key, (group, observed) in met.items():
            if number == 0:
                latest[key[0]] = group
                runs[key] = _Run(group.postings[key[2]], [])
            if key in runs and len(runs[key].periods) == number:
                runs[key].periods.append((period, observed))
        people = sorted({key[2] for key, run in runs.items() if len(run.periods) > number})
        if not people:
            break
        period = period.previous()
    for (plan, name, _), run in runs.items():
        alert = next(each for each in latest[plan].plan.alerts if each.id == name)
        if len(run.periods) >= alert.periods:
            yield latest[plan], alert, run


def _met(
    cursor: Cursor,
    period: Period,
    day: dt.date,
    every: str,
    at_once: bool,
    known_at: int,
    employees: Sequence[str] | None,
) -> Iterator[tuple[tuple[str, str, str], tuple[Watched, Observed]]]:
    """Who gives cause in `period`, by plan, warning and person."""

    def wanted(alert: Alert) -> bool:
        return alert.every == every and alert.at_once == at_once

    for group in watched(cursor, period, day, known_at, employees, wanted=wanted):
        for alert in group.plan.alerts:
            if wanted(alert):
                for employee, observed in group.observed.items():
                    here = group.postings[employee]
                    if concerns(alert, here, group.until) and is_met(alert, observed):
                        yield (group.plan.plan, alert.id, employee), (group, observed)


def days_raised(
    cursor: Cursor, standing: Iterable[Warning], day: dt.date, known_at: int
) -> dict[tuple[str, str, str], dt.date]:
    """On which day each of those `standing` warnings came up that count at once; by plan, rule and person.

    Each day of the period in which it was raised is looked at again, up to `day`.
    """
    waiting = {(each.plan, each.alert, each.employee): each.raised for each in standing if each.at_once}
    found: dict[tuple[str, str, str], dt.date] = {}
    for raised in sorted(set(waiting.values())):
        period = Period.parse(raised)
        last, on = min(period.last_day, day), period.first_day
        people = sorted({key[2] for key, own in waiting.items() if own == raised})
        while on <= last and people:
            for key, _ in _met(cursor, period, on, period.kind, True, known_at, people):
                if waiting.get(key) == raised:
                    found.setdefault(key, on)
            people = sorted({key[2] for key, own in waiting.items() if own == raised and key not in found})
            on += dt.timedelta(days=1)
    return found


def is_met(alert: Alert, observed: Observed) -> bool:
    """Whether all conditions of `alert` are met."""
    return all(condition.is_met(condition.seen_in(observed)) for condition in alert.when)


def _warning(
    group: Watched, alert: Alert, run: _Run, seen: Iterable[AlertSeen], care: Iterable[Intervention]
) -> Warning:
    here, plan = run.here, group.plan.plan
    first, raised = run.periods[-1][0], run.periods[-alert.periods][0]
    about = (here.employee, plan, alert.id)
    since = raised.first_day
    acknowledged_at = next(
        (s.position for s in seen if (s.employee, s.plan, s.alert) == about and _since(s.period, since)), None
    )
    in_hand = next(
        (
            each.intervention
            for each in care
            if (each.employee, each.plan, each.alert) == about and _since(each.period or "", since)
        ),
        None,
    )
    return Warning(
        employee=here.employee,
        branch=here.branch,
        plan=plan,
        alert=alert.id,
        title=alert.title,
        first=str(first),
        raised=str(raised),
        periods=len(run.periods),
        state="in_hand" if in_hand else "open" if acknowledged_at is None else "acknowledged",
        in_care_of=alert.owner,
        owner={"manager": here.manager, "mentor": here.mentor, "hr": None}[alert.owner],
        acknowledged_at=acknowledged_at,
        intervention=in_hand,
        suggests=alert.suggests,
        course=tuple(
            CausePeriod(period=str(period), causes=tuple(_causes(group, alert, observed)))
            for period, observed in run.periods
        ),
        at_once=alert.at_once,
    )


def _since(period: str, day: dt.date) -> bool:
    """Whether `period` is that of a warning that has stood since `day`, rather than of an earlier one."""
    return Period.parse(period).last_day >= day


def _causes(group: Watched, alert: Alert, observed: Observed) -> Iterator[Cause]:
    for condition in alert.when:
        value, (test, level) = observed.get(condition.watched), condition.test
        back = range(1, (condition.falling or 0) + 1)
        title, form = watched_as(group.plan, condition)
        yield Cause(
            watched=condition.watched,
            title=title,
            form=form,
            value=str(value),
            test=test,
            level=str(level),
            before=tuple(str(observed.get(earlier(condition.watched, number))) for number in back),
        )

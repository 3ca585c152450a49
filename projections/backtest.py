"""A rule of warning on the past: how often it would have fired, and whether those it named left."""

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec

from domain.people.warnings import backtest, episodes
from domain.period import Period
from domain.plan.alert import MOST_FALLING, Alert
from domain.plan.document import Plan
from domain.plan.exact import Unit, exact_text
from domain.plan.fields import Title
from projections import policy, roster
from projections.alerts import watched_as
from projections.closing import head
from projections.members import Members, Roll, paid_by, told
from projections.spans import Cursor
from projections.watched import concerns, watched, watched_month

NOTE = (
    "People of whom much is asked are both warned and looked after, so a warning that was heeded counts as a "
    "false one here. A rule that finds leavers on the past does not say why they left."
)


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """How the rule would have done with its first condition at `level`.

    fired: warnings. warned: people. right: of those who left, so many were warned within `within_days` of
    their last day; missed: so many were not. precision: right of warned, recall: right of all who left, exact
    shares, None of nobody. lead_days: median days from the first such warning to the last day.
    """

    level: str
    fired: int
    warned: int
    right: int
    missed: int
    precision: str | None
    recall: str | None
    lead_days: str | None


class AlertBacktest(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of warning on the periods from `first` to `last`.

    watched: by its first condition; form: in which the levels of that are written. people: that it watched.
    left: of them, whose last day of work fell into these periods. trials: the rule as it is, and then with
    each other level that was asked about.
    """

    plan: str
    alert: str
    first: str
    last: str
    within_days: int
    watched: Title
    form: Unit
    people: int
    left: int
    trials: tuple[Trial, ...]
    note: str


def alert_backtest(
    cursor: Cursor,
    plan: Plan,
    alert: Alert,
    first: dt.date,
    last: dt.date,
    *,
    within_days: int,
    levels: Sequence[Fraction] = (),
    known_at: int | None = None,
) -> AlertBacktest:
    """How the rule `alert` of `plan`, which need not be adopted, would have done from `first` to `last`.

    It watches whom the plan of that name covered at the time. What was recorded late counts where it belongs,
    as it is known now or was at `known_at`.
    """
    known_at = head(cursor) if known_at is None else known_at
    asked = [alert.when[0].test[1], *levels]
    tried = msgspec.structs.replace(plan, alerts=(_looking_back(alert, asked),))
    watching, *others = alert.when
    seen: dict[str, list[tuple[Period, Fraction | None]]] = {}
    begun = period = Period.containing(first, alert.every)
    month: Period | None = None
    paid: list[Members] = []
    people = told(cursor, known_at)
    while period.first_day <= last:
        if month != watched_month(period, last):
            month = watched_month(period, last)
            paid = _paid_by(cursor, plan.plan, people.roll(month), known_at)
        for group in watched(cursor, period, last, known_at, rules=tried, paid=paid):
            for employee, observed in group.observed.items():
                if concerns(alert, group.postings[employee], group.until):
                    rest = all(each.is_met(each.seen_in(observed)) for each in others)
                    value = watching.seen_in(observed) if rest else None
                    seen.setdefault(employee, []).append((period, value))
        period = period.next()
    title, form = watched_as(plan, watching)
    left = _left(cursor, sorted(seen), begun.first_day, last, known_at)
    return AlertBacktest(
        plan=plan.plan,
        alert=alert.id,
        first=str(begun),
        last=str(Period.containing(last, alert.every)),
        within_days=within_days,
        watched=title,
        form=form if watching.falling is None else "number",
        people=len(seen),
        left=len(left),
        trials=tuple(_trial(alert, level, seen, left, within_days) for level in asked),
        note=NOTE,
    )


def _looking_back(rule: Alert, levels: Sequence[Fraction]) -> Alert:
    """`rule`, watching as many periods as the highest of `levels` asks for, if its first number must fall."""
    first, *others = rule.when
    if first.falling is None:
        return rule
    deepest = msgspec.structs.replace(first, falling=min(int(max(levels)), MOST_FALLING))
    return msgspec.structs.replace(rule, when=(deepest, *others))


def _paid_by(cursor: Cursor, plan: str, here: Roll, known_at: int) -> list[Members]:
    """Whom of `here` the versions of `plan` in force in their month pay."""
    versions = policy.plans_in_force(cursor, here.period.last_day, known_at)
    return [paid_by(version, here) for version in versions if version.plan == plan]


def _left(
    cursor: Cursor, people: Sequence[str], first: dt.date, last: dt.date, known_at: int
) -> dict[str, dt.date]:
    """The last day of work of those of `people` who left from `first` to `last`."""
    return {
        change.employee: change.effective_on
        for change in roster.changes(cursor, people, known_at)
        if change.kind == "left" and first <= change.effective_on <= last
    }


def _trial(
    rule: Alert,
    level: Fraction,
    seen: Mapping[str, Sequence[tuple[Period, Fraction | None]]],
    left: Mapping[str, dt.date],
    within_days: int,
) -> Trial:
    raised = {
        employee: [
            min(episode.raised.last_day, left.get(employee, dt.date.max))
            for episode in episodes(own, lambda value: rule.when[0].is_met(value, level), rule.periods)
        ]
        for employee, own in seen.items()
    }
    found = backtest(raised, left, within_days)
    return Trial(
        level=str(level),
        fired=found.fired,
        warned=found.warned,
        right=found.right,
        missed=found.missed,
        precision=exact_text(found.precision),
        recall=exact_text(found.recall),
        lead_days=exact_text(found.lead_days),
    )

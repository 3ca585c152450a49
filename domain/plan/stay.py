"""For how much of a period somebody is there, and for how many months since the hire.

Only days on which the person is one of the plan's population count (see `spells`).
"""

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction

from domain.people.roster import Leave, Posting, RosterChange, leave_days
from domain.period import Period
from domain.plan.components.base import Stay
from domain.plan.document import Plan, Population
from domain.plan.measures import Days, DaysMeasure, Measure, RatioMeasure, with_ratios
from domain.plan.population import completed_months
from domain.plan.spells import Spells, decided_on, spells, within

Values = Mapping[str, Fraction | None]
"""The value of each measure by its name."""


def whole_stay(plan: Plan, period: Period) -> Stay:
    """The stay of somebody who was there every day and is past every ramp."""
    return Stay(most_months(plan), period.days, period.days, period.days)


def stay(
    plan: Plan,
    period: Period,
    posting: Posting,
    leaves: Collection[Leave],
    moves: Iterable[RosterChange],
    known: Spells | None = None,
) -> Stay:
    """The stay of the person of `posting`, which is that of their deciding day.

    leaves, moves: of that person, not voided; without moves the posting alone tells. known: their spells in
    the plan, where it pays by days. Months beyond the last that the plan asks about are not told.
    """
    last = decided_on(period, posting, known)
    over = Days(period.first_day, last)
    moved = list(moves)
    whom = plan.population if moved else Population()
    here = spells(whom, posting, over, moved) if known is None else within(over, known)
    days = sum((spell.last - spell.first).days + 1 for spell in here)
    away = _away(leaves, here)
    on_leave: dict[tuple[str, ...], int] = {
        kinds: _away(leaves, here, kinds)
        for measure in day_measures(plan.measures).values()
        if (kinds := measure.leave)
    }
    months = min(completed_months(posting.hired_on, last), most_months(plan))
    return Stay(months, days, days - away, period.days, on_leave)


def prorates(plan: Plan) -> bool:
    """Whether something in `plan` depends on the days that somebody is there."""
    draw = [plan.draw] if plan.draw is not None else []
    shares = (part.prorate for part in (*plan.targets.values(), *plan.components, *draw))
    return any(share is not None for share in shares) or bool(day_measures(plan.measures))


def day_measures(measures: Mapping[str, Measure]) -> dict[str, DaysMeasure]:
    """Those of `measures` that look at days rather than facts."""
    return {name: measure for name, measure in measures.items() if isinstance(measure, DaysMeasure)}


def with_days(measures: Mapping[str, Measure], values: Values, stay: Stay) -> Values:
    """`values` of `measures`, with those that look at days as `stay` tells, and the ratios that follow."""
    days = {name: _days_of(measure, stay) for name, measure in day_measures(measures).items()}
    if not days:
        return values
    leaves = {name: value for name, value in values.items() if not isinstance(measures[name], RatioMeasure)}
    return with_ratios(measures, {**leaves, **days})


def _away(leaves: Collection[Leave], here: Spells, kinds: Iterable[str] = ()) -> int:
    return sum(leave_days(leaves, spell.first, spell.last, kinds) for spell in here) if leaves else 0


def _days_of(measure: DaysMeasure, stay: Stay) -> Fraction:
    if measure.days == "employed":
        return Fraction(stay.days)
    return Fraction(stay.days - stay.on_leave.get(measure.leave, 0) if measure.leave else stay.present)


def most_months(plan: Plan) -> int:
    """The months since the hire after which nothing in `plan` changes any more."""
    spans = [step for target in plan.targets.values() for step in target.ramp]
    rules = [rule for part in plan.components for rule in (part, *part.inner())]
    terms = [*(rule.floor for rule in rules), plan.draw]
    paying = [term.tenure_months for term in terms if term is not None]
    bounds = [bound for span in (*spans, *paying) if span is not None for bound in (span.from_, span.until)]
    return max((bound for bound in bounds if bound is not None), default=0)

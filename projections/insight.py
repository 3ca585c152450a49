"""Insight: leavers by cause, outcomes restated, a measure in two periods, two groups of people."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import msgspec

from domain.averages import mean
from domain.money import decimal_text
from domain.people.roster import Posting, RosterChange, postings
from domain.period import Period
from domain.plan.alert import AlertCondition
from domain.plan.document import Plan
from domain.plan.exact import Unit, exact_text
from domain.plan.fields import Title
from domain.plan.insight import Interval, Pooled, change, correlation, pooled
from domain.plan.measures import Measure
from domain.plan.mentions import with_parts
from domain.plan.population import belongs, deciding_day
from projections import measures, policy, roster, sight
from projections.closing import head
from projections.spans import Cursor
from projections.surveys import answers

WARNING = Title(
    en="Two numbers that go together need not cause one another: a third thing may move both, and the people "
    "in the two groups differ in more than this. Read it as a question, not as an answer.",
    zh="两个数字同时变化并不说明存在因果关系：可能有第三个因素同时影响二者，两组人员之间的差异也不止这一项。请把它当作问题，而不是答案。",
)


class Range(msgspec.Struct, frozen=True, kw_only=True):
    """Where a number lies with 95 % confidence; decimals to four digits."""

    low: str
    high: str


class Leavers(msgspec.Struct, frozen=True, kw_only=True):
    """Who left in a period, by cause. shares: of all who left, exact. heads: who was here on its first day.

    attrition: those who left as a share of the heads; None where nobody was here.
    """

    period: str
    heads: int
    left: int
    attrition: str | None
    causes: dict[str, int]
    shares: dict[str, str]


class Mood(msgspec.Struct, frozen=True, kw_only=True):
    """What people said in the surveys of a period: means, exact texts; None of no answer."""

    answers: int
    stress: str | None
    training_satisfaction: str | None
    belonging: str | None


class Outcomes(msgspec.Struct, frozen=True, kw_only=True):
    """How things stood in two periods, restated from the facts."""

    first: Leavers
    second: Leavers
    first_mood: Mood
    second_mood: Mood


class Restated(msgspec.Struct, frozen=True, kw_only=True):
    """A measure over everybody of a plan in a period. value: exact. people: who have one."""

    period: str
    value: str | None
    people: int
    interval: Range | None


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """A measure in two periods. change: after less before; relative: that as a share of before; exact."""

    plan: str
    measure: str
    title: Title
    form: Unit
    before: Restated
    after: Restated
    change: str | None
    relative: str | None


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Some people of a plan. mean: of the measure over each of them, exact; pooled: over them all together.

    above_mean: how far their mean lies above everybody's, as a share of it.
    """

    people: int
    mean: str | None
    pooled: str | None
    interval: Range | None
    above_mean: str | None


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """A measure of those who meet a condition on another one, beside those who do not.

    ratio: the first group's pooled value by the second one's. correlation: between both measures, from −1 to
    1, to four digits.
    """

    plan: str
    measure: str
    title: Title
    form: Unit
    by: str
    test: str
    level: str
    period: str
    meeting: Group
    others: Group
    ratio: str | None
    correlation: str | None
    warning: Title


def leavers(cursor: Cursor, period: Period, known_at: int | None = None) -> Leavers:
    """Who left in `period`, by cause."""
    return _leavers(roster.changes(cursor, None, known_at), period)


def outcomes(cursor: Cursor, first: Period, second: Period, known_at: int | None = None) -> Outcomes:
    """How things stood in two periods."""
    known_at = head(cursor) if known_at is None else known_at
    changes = roster.changes(cursor, None, known_at)
    return Outcomes(
        first=_leavers(changes, first),
        second=_leavers(changes, second),
        first_mood=_mood(cursor, first, known_at),
        second_mood=_mood(cursor, second, known_at),
    )


def compared(
    cursor: Cursor, plan: str, measure: str, before: Period, after: Period, known_at: int | None = None
) -> Compared | None:
    """The measure of a plan over everybody in it, in two periods; None where no plan has it.

    Both are measured as the version in force at the end of `after` says.
    """
    known_at = head(cursor) if known_at is None else known_at
    found = plan_in_force(cursor, plan, after, known_at)
    if found is None or measure not in found.measures:
        return None
    then, now = (pooled_over(cursor, found, measure, period, known_at) for period in (before, after))
    moved = None if then.value is None or now.value is None else now.value - then.value
    return Compared(
        plan=plan,
        measure=measure,
        title=found.measures[measure].title,
        form=found.measures[measure].form,
        before=restated(before, then),
        after=restated(after, now),
        change=exact_text(moved),
        relative=exact_text(change(then.value, now.value)),
    )


def split(
    cursor: Cursor,
    plan: str,
    measure: str,
    condition: AlertCondition,
    period: Period,
    known_at: int | None = None,
) -> Split | None:
    """The measure of those who meet `condition` in `period` and of the others; None where no plan has both.

    Who has no value of the condition's measure is in neither group.
    """
    known_at = head(cursor) if known_at is None else known_at
    found, by = plan_in_force(cursor, plan, period, known_at), condition.watched
    if found is None or measure not in found.measures or by not in found.measures:
        return None
    values = _values(cursor, found, [measure, by], period, known_at)
    known = [each for each in values.values() if each[by] is not None]
    meeting = [each for each in known if condition.is_met(each[by])]
    others = [each for each in known if not condition.is_met(each[by])]
    everybody = _mean_of(known, measure)
    one, other = (pooled(found.measures, measure, group) for group in (meeting, others))
    pairs = [(x, y) for each in known if (x := each[by]) is not None and (y := each[measure]) is not None]
    test, level = condition.test
    related = correlation(pairs)
    return Split(
        plan=plan,
        measure=measure,
        title=found.measures[measure].title,
        form=found.measures[measure].form,
        by=by,
        test=test,
        level=str(level),
        period=str(period),
        meeting=_group(meeting, measure, one, everybody),
        others=_group(others, measure, other, everybody),
        ratio=exact_text(one.value / other.value) if one.value is not None and other.value else None,
        correlation=None if related is None else decimal(related),
        warning=WARNING,
    )


def decimal(value: Fraction) -> str:
    """`value` with four digits after the point."""
    return decimal_text(value, 4)


def plan_in_force(cursor: Cursor, plan: str, period: Period, known_at: int) -> Plan | None:
    """The version of `plan` in force on the last day of `period`."""
    versions = {v.plan: v for v in policy.plans_in_force(cursor, period.last_day, known_at)}
    return versions[plan].parsed() if plan in versions else None


def measured(
    cursor: Cursor, plan: Plan, names: Iterable[str], period: Period, known_at: int
) -> tuple[dict[str, Posting], dict[str, dict[str, Fraction | None]]]:
    """Everybody whom the plan is for in `period`, and their measures `names` with what these divide."""
    wanted: dict[str, Measure] = {
        part: plan.measures[part] for name in names for part in with_parts(plan.measures, (name,))
    }
    people = {
        employee: here
        for employee, here in roster.told(cursor, None, known_at).deciding(period).items()
        if belongs(plan.population, here, deciding_day(period, here.left_on))
    }
    hired = {employee: here.hired_on for employee, here in people.items()}
    opened = sight.windows(wanted.values(), period, hired)
    return people, measures.evaluate(cursor, wanted, opened, known_at)


def _values(
    cursor: Cursor, plan: Plan, names: Iterable[str], period: Period, known_at: int
) -> dict[str, dict[str, Fraction | None]]:
    return measured(cursor, plan, names, period, known_at)[1]


def pooled_over(
    cursor: Cursor, plan: Plan, measure: str, period: Period, known_at: int, branch: str | None = None
) -> Pooled:
    """A measure of `plan` over everybody whom it is for in `period`, or over those of them in a branch."""
    people, values = measured(cursor, plan, [measure], period, known_at)
    of = [said for who, said in values.items() if branch in (None, people[who].branch)]
    return pooled(plan.measures, measure, of)


def _leavers(changes: Sequence[RosterChange], period: Period) -> Leavers:
    heads = len(postings(changes, period.first_day))
    gone = [change for change in changes if change.kind == "left" and period.has(change.effective_on)]
    causes = Counter(change.cause or "other" for change in gone)
    return Leavers(
        period=str(period),
        heads=heads,
        left=len(gone),
        attrition=str(Fraction(len(gone), heads)) if heads else None,
        causes=dict(causes.most_common()),
        shares={cause: str(Fraction(number, len(gone))) for cause, number in causes.most_common()},
    )


def _mood(cursor: Cursor, period: Period, known_at: int) -> Mood:
    said = answers(cursor, period.first_day, period.last_day, None, known_at)
    return Mood(
        answers=len(said),
        stress=exact_text(mean([Fraction(each.stress) for each in said])),
        training_satisfaction=exact_text(mean([Fraction(each.training_satisfaction) for each in said])),
        belonging=exact_text(mean([Fraction(each.belonging) for each in said])),
    )


def _group(
    values: Sequence[Mapping[str, Fraction | None]], measure: str, found: Pooled, everybody: Fraction | None
) -> Group:
    own = _mean_of(values, measure)
    return Group(
        people=len(values),
        mean=exact_text(own),
        pooled=exact_text(found.value),
        interval=shown_range(found.interval),
        above_mean=exact_text(change(everybody, own)),
    )


def restated(period: Period, found: Pooled) -> Restated:
    """What a measure comes to in `period`, for people to read."""
    return Restated(
        period=str(period),
        value=exact_text(found.value),
        people=found.people,
        interval=shown_range(found.interval),
    )


def shown_range(interval: Interval | None) -> Range | None:
    """`interval` with four digits after the point."""
    return None if interval is None else Range(low=decimal(interval.low), high=decimal(interval.high))


def _mean_of(values: Iterable[Mapping[str, Fraction | None]], measure: str) -> Fraction | None:
    return mean(value for each in values if (value := each[measure]) is not None)

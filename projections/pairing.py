"""Pairs of an assistant and a seller: since when, with what effect, and how any two have done together."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import msgspec

from domain.people.pairing import Pair
from domain.people.ties import Tie, ties
from domain.period import Period, months_after
from domain.plan.document import Plan
from domain.plan.exact import shown
from domain.plan.fields import Title
from domain.plan.measures import Days, FactMeasure, Measure, Window
from domain.plan.mentions import with_parts
from domain.plan.pairing import PairingRules, Verdict, pair_score, pairing_measures, verdict
from domain.plan.spells import Spells
from domain.plan.words import TESTS
from projections import measures, policy, roster
from projections.closing import head
from projections.competence import IndicatorStanding, indicator_standing
from projections.members import paid_by, roll
from projections.spans import Cursor

ONE_DAY = dt.timedelta(days=1)

Values = Mapping[str, Fraction | None]


class Together(NamedTuple):
    """What is known of one pair over some days."""

    days: Spells
    values: Values


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What the seller's work came to over some days. score: exact share of the bars that is attained.

    measured, of: how many of the indicators. score: None where none was measured.
    """

    first_day: dt.date
    last_day: dt.date
    score: str | None
    measured: int
    of: int
    indicators: tuple[IndicatorStanding, ...]


class Pairing(msgspec.Struct, frozen=True, kw_only=True):
    """An assistant who serves a seller, and what that has changed.

    since: the first day of this pairing. before: the months before it, whoever served the seller then; after:
    the latest months of it. verdict: `high_synergy` or `to_change` by the plan's conditions, else null; why:
    the conditions that say so, with what was measured.
    """

    plan: str
    assistant: str
    seller: str
    branch: str | None
    since: dt.date
    before: Effect
    after: Effect
    verdict: Verdict | None
    why: tuple[Title, ...]


class Paired(NamedTuple):
    """A plan of assistants with its rules, its people on a day, and whom they may serve.

    branches: of everybody among both. today: whom each seller is served by. held: the ties of everybody.
    """

    plan: Plan
    rules: PairingRules
    assistants: tuple[str, ...]
    sellers: tuple[str, ...]
    branches: Mapping[str, str | None]
    today: Mapping[str, str]
    held: Mapping[str, Sequence[Tie]]


def pairings(
    cursor: Cursor, day: dt.date, employees: Collection[str] | None = None, known_at: int | None = None
) -> list[Pairing]:
    """The pairs of `day` under plans that judge them, by plan, assistant and seller.

    employees: only pairs that one of these belongs to.
    """
    known_at = head(cursor) if known_at is None else known_at
    found: list[Pairing] = []
    for group in paired(cursor, day, known_at):
        today = {
            seller: tie
            for assistant in group.assistants
            for tie in group.held.get(assistant, ())
            if tie.first_day <= day <= tie.last_day
            for seller in [tie.employee]
            if employees is None or seller in employees or assistant in employees
        }
        spans = {seller: _spans(group.rules, tie.first_day, day) for seller, tie in today.items()}
        before = _values(cursor, group.plan, {s: (each[0],) for s, each in spans.items()}, known_at)
        after = _values(cursor, group.plan, {s: (each[1],) for s, each in spans.items()}, known_at)
        for seller, tie in today.items():
            then, now = spans[seller]
            says = verdict(group.rules, after[seller])
            found.append(
                Pairing(
                    plan=group.plan.plan,
                    assistant=group.today[seller],
                    seller=seller,
                    branch=group.branches.get(seller),
                    since=tie.first_day,
                    before=effect(group, then, before[seller]),
                    after=effect(group, now, after[seller]),
                    verdict=says,
                    why=tuple(_why(group, says, after[seller])),
                )
            )
    return sorted(found, key=lambda each: (each.plan, each.assistant, each.seller))


def paired(cursor: Cursor, day: dt.date, known_at: int) -> list[Paired]:
    """The plans that judge pairs, each with who could be paired on `day`."""
    period = Period.containing(day)
    judging = [
        version
        for version in policy.plans_in_force(cursor, period.last_day, known_at)
        if version.parsed().pairing is not None
    ]
    if not judging:
        return []
    everybody = roll(cursor, period, known_at)
    groups = [paid_by(version, everybody) for version in judging]
    changes = roster.changes(cursor, None, known_at)
    held = ties("assisted", changes).held
    here = roster.here(cursor, day, known_at=known_at)
    serving = {
        tie.employee: holder
        for holder, own in held.items()
        for tie in own
        if tie.first_day <= day <= tie.last_day
    }
    found: list[Paired] = []
    for group in groups:
        rules = group.plan.pairing
        assert rules is not None, "such plans were chosen"
        assistants = tuple(sorted(employee for employee in group.postings if employee in here))
        today = {seller: one for seller, one in serving.items() if one in assistants}
        served = {
            employee
            for employee, posting in here.items()
            if posting.post in rules.sellers and serving.get(employee) is None and employee not in assistants
        }
        served |= set(today)
        branches = {employee: here[employee].branch for employee in (*assistants, *served)}
        found.append(Paired(group.plan, rules, assistants, tuple(sorted(served)), branches, today, held))
    return found


def history(cursor: Cursor, group: Paired, day: dt.date, known_at: int) -> dict[Pair, Together]:
    """What each pair of `group` that worked together in the months up to `day` came to."""
    first = _months_before(day, group.rules.history_months)
    runs: dict[Pair, Spells] = {}
    for assistant in group.assistants:
        for tie in group.held.get(assistant, ()):
            days = tie.within(first, day)
            if days is not None and tie.employee in group.branches:
                pair = assistant, tie.employee
                runs[pair] = (*runs.get(pair, ()), Days(days.first_day, days.last_day))
    found: dict[Pair, Together] = {}
    # A measure is taken of each seller once a pass, so a seller's second assistant waits for the next one.
    waiting = dict(sorted(runs.items()))
    while waiting:
        now = {pair[1]: pair for pair in waiting}
        values = _values(cursor, group.plan, {s: waiting[pair] for s, pair in now.items()}, known_at)
        for seller, pair in now.items():
            found[pair] = Together(waiting.pop(pair), values[seller])
    return found


def effect(group: Paired, over: Days, values: Values) -> Effect:
    """What `values`, measured over the days `over`, say of a pair."""
    mean = pair_score(group.rules, values)
    return Effect(
        first_day=over.first,
        last_day=over.last,
        score=None if mean.value is None else str(Fraction(mean.value)),
        measured=mean.measured,
        of=mean.of,
        indicators=standings(group, values),
    )


def standings(group: Paired, values: Values) -> tuple[IndicatorStanding, ...]:
    """How `values` stand against the bars of the pairs of `group`."""
    return tuple(
        indicator_standing(group.plan, each, values.get(each.measure)) for each in group.rules.indicators
    )


def _why(group: Paired, says: Verdict | None, values: Values) -> Iterator[Title]:
    """The conditions behind a verdict, each with what was measured."""
    conditions = {"high_synergy": group.rules.high_synergy, "to_change": group.rules.to_change}
    for condition in conditions[says] if says is not None else ():
        measure, (test, level) = group.plan.measures[condition.watched], condition.test
        value = values.get(condition.watched)
        said = shown(value, measure.form) if value is not None else "–"
        bar = shown(level, measure.form)
        yield Title(
            f"{measure.title.en} is {said}, {TESTS[test].en} {bar}",
            f"{measure.title.zh}为 {said}，{TESTS[test].zh} {bar}",
        )


def _spans(rules: PairingRules, since: dt.date, day: dt.date) -> tuple[Days, Days]:
    """The days before a pairing that began on `since`, and the latest ones of it."""
    before = Days(months_after(since, -rules.months), since - ONE_DAY)
    return before, Days(max(since, _months_before(day, rules.months)), day)


def _months_before(day: dt.date, months: int) -> dt.date:
    """The first of the days that so many months up to `day` have."""
    return months_after(day + ONE_DAY, -months)


def _values(cursor: Cursor, plan: Plan, days: Mapping[str, Spells], known_at: int) -> dict[str, Values]:
    """What the measures of pairs come to over each seller's own work on the `days`."""
    rules = plan.pairing
    if rules is None or not days:
        return {}
    parts = with_parts(plan.measures, pairing_measures(rules))
    wanted: dict[str, Measure] = {part: _of_seller(plan.measures[part]) for part in parts}
    return dict(measures.evaluate(cursor, wanted, {Window(): days}, known_at))


def _of_seller(measure: Measure) -> Measure:
    """`measure` as it is of one seller on some days, and not of the assistant in a period."""
    if isinstance(measure, FactMeasure):
        return msgspec.structs.replace(measure, credited="own", window=Window())
    return measure

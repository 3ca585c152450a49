"""Competence: how people and candidates stand against the competence model of a plan, over its window."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import msgspec

from domain.period import Period
from domain.plan.attaining import Indicator
from domain.plan.competence import (
    CompetenceModel,
    CompetenceScore,
    ModuleScore,
    competence_measures,
    competence_score,
)
from domain.plan.document import Plan
from domain.plan.exact import Unit
from domain.plan.fields import Title
from domain.plan.measures import Days, FactMeasure, Measure, Window, days_of
from domain.plan.mentions import with_parts
from domain.plan.settings import rebound
from projections import measures, roster
from projections.closing import head
from projections.members import Members, members
from projections.spans import Cursor


class IndicatorStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody stands at an indicator. value, bar: exact; attained: exact share of the bar, 1 at most.

    test: how the value is compared with the bar. value, attained, met: None where nothing was measured.
    """

    indicator: str
    title: Title
    form: Unit
    value: str | None
    test: str
    bar: str
    attained: str | None
    met: bool | None


class ModuleStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody stands in a module of the model. score: exact; course: what helps with it, if any."""

    module: str
    title: Title
    score: str | None
    course: str | None
    indicators: tuple[IndicatorStanding, ...]


class Competence(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody stands against the model of a plan. score: exact share that is attained.

    first_day, last_day: of the window. measured, of: how many indicators; the others count for nothing, and
    the rest keep their weights. score: None where none was measured. candidate: the plan is not for them.
    """

    employee: str
    plan: str
    candidate: bool
    first_day: dt.date
    last_day: dt.date
    score: str | None
    measured: int
    of: int
    modules: tuple[ModuleStanding, ...]


def competence(
    cursor: Cursor,
    day: dt.date,
    plan: str | None = None,
    employees: Sequence[str] | None = None,
    known_at: int | None = None,
    *,
    and_candidates: bool = False,
) -> list[Competence]:
    """How `employees`, or everybody whose plan has a model, stand on `day`; by plan and person.

    plan: by its model alone. and_candidates: those of `employees` whom a plan is not for are scored as well.
    """
    known_at = head(cursor) if known_at is None else known_at
    found: list[Competence] = []
    for group in members(cursor, Period.containing(day), known_at, employees):
        model = group.plan.competence
        if model is None or plan not in (None, group.plan.plan):
            continue
        people = {employee: here.hired_on for employee, here in group.postings.items()}
        if and_candidates and employees is not None:
            here = roster.here(cursor, day, employees, known_at)
            people |= {employee: held.hired_on for employee, held in here.items()}
        people = {employee: hired for employee, hired in people.items() if hired <= day}
        scores = scored(cursor, group, people, day, known_at)
        found += [
            _standing(group.plan, model, employee, employee not in group.postings, day, *scores[employee])
            for employee in sorted(people)
        ]
    return found


def scored(
    cursor: Cursor, group: Members, hired: Mapping[str, dt.date], day: dt.date, known_at: int | None
) -> dict[str, tuple[CompetenceScore, Mapping[str, Fraction | None]]]:
    """How the people in `hired` attain the model of the plan of `group` by `day`, and by which values.

    The plan has a model. The bars are those that hold for each person.
    """
    model = group.plan.competence
    assert model is not None, "the caller asks about plans that have one"
    values = _values(cursor, group.plan, competence_measures(model), hired, window(model, day), known_at)
    found: dict[str, tuple[CompetenceScore, Mapping[str, Fraction | None]]] = {}
    for employee, own in values.items():
        resolved = group.resolved.get(employee)
        set_so = {name: held.value for name, held in resolved.settings.items()} if resolved else {}
        found[employee] = competence_score(rebound(model, set_so), own), own
    return found


def window(model: CompetenceModel, day: dt.date) -> Days:
    """The days that `model` looks at on `day`: the month of it and those before it."""
    first = Period.containing(day)
    for _ in range(model.months - 1):
        first = first.previous()
    return Days(first.first_day, day)


def _values(
    cursor: Cursor,
    plan: Plan,
    names: Iterable[str],
    hired: Mapping[str, dt.date],
    over: Days,
    known_at: int | None,
) -> dict[str, dict[str, Fraction | None]]:
    """The measures `names` of the people in `hired`; those of a period over the days `over` in its place."""
    told = plan.measures
    wanted: dict[str, Measure] = {part: told[part] for part in with_parts(told, tuple(names))}
    month = Period.containing(over.last)
    windows = {measure.window for measure in wanted.values() if isinstance(measure, FactMeasure)}
    opened = {
        each: {
            employee: (over if each == Window() else _until(days_of(each, month, since), over.last),)
            for employee, since in hired.items()
        }
        for each in windows
    }
    return measures.evaluate(cursor, wanted, opened, known_at) if hired else {}


def _until(days: Days, last: dt.date) -> Days:
    return Days(days.first, min(days.last, last))


def _standing(
    plan: Plan,
    model: CompetenceModel,
    employee: str,
    candidate: bool,
    day: dt.date,
    found: CompetenceScore,
    values: Mapping[str, Fraction | None],
) -> Competence:
    over = window(model, day)
    return Competence(
        employee=employee,
        plan=plan.plan,
        candidate=candidate,
        first_day=over.first,
        last_day=over.last,
        score=_text(found.score),
        measured=found.measured,
        of=found.of,
        modules=tuple(_module(plan, each, values) for each in found.modules),
    )


def _module(plan: Plan, found: ModuleScore, values: Mapping[str, Fraction | None]) -> ModuleStanding:
    return ModuleStanding(
        module=found.module.id,
        title=found.module.title,
        score=_text(found.mean.value),
        course=found.module.course,
        indicators=tuple(
            indicator_standing(plan, each, values.get(each.measure)) for each in found.module.indicators
        ),
    )


def indicator_standing(plan: Plan, indicator: Indicator, value: Fraction | None) -> IndicatorStanding:
    """How `value` stands against the bar of `indicator`."""
    measure = plan.measures[indicator.measure]
    return IndicatorStanding(
        indicator=indicator.id,
        title=indicator.title or measure.title,
        form=measure.form,
        value=_text(value),
        test="at_least" if indicator.at_least is not None else "at_most",
        bar=_text(indicator.bar) or "0",
        attained=_text(indicator.attained(value)),
        met=None if value is None else indicator.is_met(value),
    )


def _text(value: Fraction | None) -> str | None:
    """An exact number, also one that a parameter gives."""
    return None if value is None else str(Fraction(value.numerator, value.denominator))

"""The competence model of a plan: what an assistant should be able to do, in modules of indicators."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

import msgspec

from domain.plan.alert import Alert
from domain.plan.attaining import Indicator, Mean, indicator_faults, weight_faults, weighted
from domain.plan.components.base import Fault
from domain.plan.fields import Identifier, ModuleName, Share, Title
from domain.plan.ids import repeated
from domain.plan.measures import DaysMeasure, Measure
from domain.plan.mentions import with_parts

MODULES = 3
"""So many modules has a model."""
INDICATORS = (3, 5)
"""At least and at most so many indicators has each of them."""
MOST_MONTHS = 24


class CompetenceModule(msgspec.Struct, frozen=True, kw_only=True):
    """A field of ability, of three to five indicators. course: a module of the curriculum that helps with it.

    weight: among the three; all alike when none of them has one.
    """

    id: Identifier
    title: Title
    indicators: tuple[Indicator, ...]
    weight: Share | None = None
    course: ModuleName | None = None


class CompetenceModel(msgspec.Struct, frozen=True, kw_only=True):
    """What people of the plan, and candidates for it, are scored against, over a window of `months`."""

    modules: tuple[CompetenceModule, ...]
    months: int = 3


class ModuleScore(NamedTuple):
    """How much of a module is attained, and of each of its indicators."""

    module: CompetenceModule
    mean: Mean
    attained: tuple[Fraction | None, ...]


class CompetenceScore(NamedTuple):
    """How much of a model is attained. measured, of: indicators; score: None where nothing was measured."""

    score: Fraction | None
    measured: int
    of: int
    modules: tuple[ModuleScore, ...]


def competence_score(model: CompetenceModel, values: Mapping[str, Fraction | None]) -> CompetenceScore:
    """How much of `model` is attained by the `values` of the measures."""
    modules: list[ModuleScore] = []
    for module in model.modules:
        attained = tuple(each.attained(values.get(each.measure)) for each in module.indicators)
        mean = weighted(zip(module.indicators, attained, strict=True))
        modules.append(ModuleScore(module, mean, attained))
    whole = weighted((each.module, each.mean.value) for each in modules)
    return CompetenceScore(
        score=whole.value,
        measured=sum(each.mean.measured for each in modules),
        of=sum(each.mean.of for each in modules),
        modules=tuple(modules),
    )


def competence_measures(model: CompetenceModel) -> tuple[str, ...]:
    """The measures that `model` looks at, each once."""
    return tuple(dict.fromkeys(each.measure for module in model.modules for each in module.indicators))


def competence_faults(
    model: CompetenceModel | None, alerts: tuple[Alert, ...], measures: Mapping[str, Measure]
) -> Iterator[Fault]:
    """What is wrong with the competence model of a plan, and with warnings that watch it."""
    if model is None:
        for index, alert in enumerate(alerts):
            for place, condition in enumerate(alert.when):
                if condition.signal == "competence":
                    where = f"alerts[{index}].when[{place}].signal"
                    yield Fault(where, "The plan has no competence model.", "Add `competence`.")
        return
    if not 1 <= model.months <= MOST_MONTHS:
        yield Fault("competence.months", "That is no window.", f"Write 1 to {MOST_MONTHS}.")
    if len(model.modules) != MODULES:
        yield Fault(
            "competence.modules",
            f"A competence model has {MODULES} modules, and not {len(model.modules)}.",
            "Add what is missing, or join two of them.",
        )
    yield from repeated("competence.modules", [module.id for module in model.modules])
    yield from weight_faults("competence.modules", model.modules)
    for index, module in enumerate(model.modules):
        path = f"competence.modules[{index}].indicators"
        fewest, most = INDICATORS
        if not fewest <= len(module.indicators) <= most:
            yield Fault(
                path,
                f"A module has {fewest} to {most} indicators, and not {len(module.indicators)}.",
                "Add some, or leave some out.",
            )
        yield from indicator_faults(path, module.indicators)
        for place, each in enumerate(module.indicators):
            parts = with_parts(measures, (each.measure,))
            if any(isinstance(measures[part], DaysMeasure) for part in parts):
                where = f"{path}[{place}].measure"
                yield Fault(where, f"`{each.measure}` looks at days.", "Name a measure over facts.")

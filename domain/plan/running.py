"""Running totals: a measure as it stood before the period, for pay by what the period added to it."""

from collections.abc import Iterable, Mapping

import msgspec

from domain.plan.fields import Title
from domain.plan.measures import DaysMeasure, FactMeasure, Measure, RatioMeasure
from domain.plan.mentions import with_parts


def before(name: str) -> str:
    """What the measure `name` is called as it stood before the period; no author can write such a name."""
    return f"{name}.before"


def is_before(name: str) -> bool:
    """Whether `name` is that of a measure as it stood before the period."""
    return name.endswith(".before")


def with_befores(measures: Mapping[str, Measure], names: Iterable[str]) -> dict[str, Measure]:
    """`measures`, and each of `names` with its parts as it stood before the period."""
    parts = [part for name in names for part in with_parts(measures, (name,))]
    return {**measures, **{before(part): _before(measures[part]) for part in parts}}


def _before(measure: Measure) -> Measure:
    title = Title(f"{measure.title.en} before", f"此前{measure.title.zh}")
    if isinstance(measure, RatioMeasure):
        return msgspec.structs.replace(measure, of=before(measure.of), to=before(measure.to), title=title)
    if isinstance(measure, DaysMeasure):
        return measure
    window = msgspec.structs.replace(measure.window, ends_before=True)
    return msgspec.structs.replace(measure, window=window, title=title)


def looks_back(measures: Mapping[str, Measure], name: str) -> bool:
    """Whether the days of the measure `name` grow from period to period, so that it can run."""
    leaves = (measures[part] for part in with_parts(measures, (name,)))
    return all(
        isinstance(leaf, FactMeasure) and leaf.window.kind in ("quarter", "year", "ever", "days_since_hire")
        for leaf in leaves
        if not isinstance(leaf, RatioMeasure)
    )

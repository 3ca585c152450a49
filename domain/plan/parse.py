"""From a decoded plan document to a `Plan`, or to everything that is wrong with it."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

import msgspec
from msgspec import inspect

from domain.facts.registry import CREDITED, FACT_TYPES
from domain.journal.canonical import canonical
from domain.plan.checks import plan_faults, running_measures
from domain.plan.components import KINDS, RULES
from domain.plan.components.component import Component
from domain.plan.components.true_up import Rule
from domain.plan.daily import daily_faults
from domain.plan.document import Parameter, Plan
from domain.plan.exact import exact
from domain.plan.fields import Noun, Title
from domain.plan.forms import form_faults
from domain.plan.measure_text import FactFields, fact_faults, read_measure
from domain.plan.measures import FactMeasure, Measure, RatioMeasure
from domain.plan.problems import PlanInvalid, did_you_mean
from domain.plan.reading import UNREADABLE, Reading, Unreadable, below, members, type_info
from domain.plan.running import with_befores

CREDIT_FIELDS: Final[FactFields] = {
    name: frozenset(FACT_TYPES[name].__struct_fields__) for name in sorted(CREDITED)
}
"""The facts that a measure may count, and what each of them holds."""


OWN_FIELDS = ("id", "title", "clause", "rounding")
"""What a rule inside of a component has from that."""


def parse_plan(document: object, file: str = "plan", facts: FactFields = CREDIT_FIELDS) -> Plan:
    """The plan that `document`, decoded YAML or JSON, describes.

    file: how messages call the document. Raises: PlanInvalid with every problem.
    """
    written = cast(Mapping[str, object], members(document))

    def measure(reading: Reading, found: object, path: str) -> object:
        made = read_measure(reading, found, path)
        if isinstance(made, FactMeasure):
            fact_faults(reading, made, facts, path)
        return made

    reading = Reading(
        written,
        {
            Title: read_title,
            Noun: read_noun,
            Parameter: _parameter,
            Component: _component,
            Rule: _rule,
            FactMeasure: measure,
        },
    )
    fields = reading.fields(cast(inspect.StructType, type_info(Plan)), document, "")
    _unknown_names(reading, written, facts)
    plan = None if isinstance(fields, Unreadable) else Plan(**fields)
    if plan is not None:
        for path, message, remedy in (*plan_faults(plan), *daily_faults(plan)):
            reading.fault(path, message, remedy)
        if not any(problem.path.startswith("measures") for problem in reading.problems):
            formed = msgspec.structs.replace(plan, measures=_with_forms(plan.measures))
            for path, message, remedy in form_faults(formed, written):
                reading.fault(path, message, remedy)
    if plan is None or reading.problems:
        raise PlanInvalid(file, reading.problems)
    measures = with_befores(_with_choice(plan), running_measures(plan))
    return msgspec.structs.replace(plan, measures=_with_forms(measures))


def plan_document(document: object) -> dict[str, Any]:
    """`document` as JSON that can be adopted: days become texts."""
    return cast(dict[str, Any], msgspec.to_builtins(document))


def document_hash(document: object) -> str:
    """SHA-256 of the canonical JSON of a plan document, in hexadecimal."""
    return hashlib.sha256(canonical(document)).hexdigest()


def read_title(reading: Reading, found: object, path: str) -> object:
    """The title that `found` stands for: a bare text is one in both languages."""
    if isinstance(found, str) and found.strip():
        return Title(en=found, zh=found)
    fields = reading.fields(cast(inspect.StructType, type_info(Title)), found, path)
    return fields if isinstance(fields, Unreadable) else Title(**fields)


def read_noun(reading: Reading, found: object, path: str) -> object:
    """What things that are counted are called: as a title, perhaps with the English of one."""
    if isinstance(found, str) and found.strip():
        return Noun(en=found, zh=found)
    fields = reading.fields(cast(inspect.StructType, type_info(Noun)), found, path)
    return fields if isinstance(fields, Unreadable) else Noun(**fields)


def _parameter(reading: Reading, found: object, path: str) -> object:
    fields = reading.fields(cast(inspect.StructType, type_info(Parameter)), found, path)
    if isinstance(fields, Unreadable):
        return UNREADABLE
    written = exact(members(found).get("value"))
    return Parameter(**fields, form=written.unit if written else "number")


def _component(reading: Reading, found: object, path: str) -> object:
    component = _of_kind(reading, members(found), path, KINDS)
    if isinstance(component, Component):
        for where, message, remedy in component.all_faults():
            reading.fault(below(path, where) if where else path, message, remedy)
    return component


def _rule(reading: Reading, found: object, path: str) -> object:
    """A component without a name; what holds it tells its faults."""
    written = members(found)
    for name in OWN_FIELDS:
        if name in written:
            reading.fault(below(path, name), "It has none of its own.", "Write it on the component itself.")
    rest = {name: value for name, value in written.items() if name not in OWN_FIELDS}
    made = _of_kind(reading, rest | {"id": "rule", "title": "rule"}, path, RULES)
    unnamed = Title("", "")
    return msgspec.structs.replace(made, id="", title=unnamed) if isinstance(made, Component) else made


def _of_kind(
    reading: Reading, written: Mapping[object, object], path: str, kinds: Mapping[str, type[Component]]
) -> Component | Unreadable:
    kind = written.get("kind")
    if kind is None:
        return reading.fault(
            below(path, "kind"), "It is missing.", f"Add `kind:`, one of {', '.join(kinds)}."
        )
    if not isinstance(kind, str) or kind not in kinds:
        what = "a kind that pays by a number" if str(kind) in KINDS else "a kind of component"
        return reading.fault(below(path, "kind"), f"{kind!r} is not {what}.", did_you_mean(str(kind), kinds))
    rest = {name: value for name, value in written.items() if name != "kind"}
    fields = reading.fields(cast(inspect.StructType, type_info(kinds[kind])), rest, path)
    return UNREADABLE if isinstance(fields, Unreadable) else kinds[kind](**fields)


def _unknown_names(reading: Reading, written: Mapping[str, object], facts: FactFields) -> None:
    known: dict[str, Iterable[str]] = {
        "parameters": map(str, members(written.get("parameters"))),
        "measures": map(str, members(written.get("measures"))),
        "targets": map(str, members(written.get("targets"))),
        "components": _ids(written.get("components")),
        "milestones": _ids(written.get("milestones")),
        "curriculum": _ids(written.get("curriculum")),
        "boards": _ids(written.get("boards")),
        "cascade": _ids(written.get("cascade")),
        "facts": facts,
    }
    spaces = {space: frozenset(names) for space, names in known.items()}
    for path, space, name in reading.mentions:
        if name not in spaces[space]:
            what = "a fact that can be measured" if space == "facts" else f"defined under `{space}`"
            reading.fault(path, f"`{name}` is not {what}.", did_you_mean(name, spaces[space]))


def _ids(found: object) -> list[str]:
    items = cast(list[object], found) if isinstance(found, list) else []
    return [str(members(item).get("id")) for item in items]


def _with_choice(plan: Plan) -> dict[str, Measure]:
    """The measures, each that asks for a licence with the plan's choice for work without it."""
    chosen = plan.unlicensed or "earns_nothing"
    return {
        name: msgspec.structs.replace(measure, unlicensed=chosen)
        if isinstance(measure, FactMeasure) and measure.licensed is not None
        else measure
        for name, measure in plan.measures.items()
    }


def _with_forms(measures: Mapping[str, Measure]) -> dict[str, Measure]:
    """Ratios of like by like are shown as percentages, others in the form of what is divided."""
    forms: dict[str, Any] = {}

    def form(name: str) -> Any:
        measure = measures[name]
        if name not in forms:
            same = isinstance(measure, RatioMeasure) and form(measure.of) == form(measure.to)
            unlike = isinstance(measure, RatioMeasure) and not same
            forms[name] = form(measure.of) if unlike and isinstance(measure, RatioMeasure) else measure.form
        return forms[name]

    return {name: msgspec.structs.replace(measure, form=form(name)) for name, measure in measures.items()}

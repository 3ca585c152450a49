"""The page about plan documents, from the structs that read them."""

import inspect
from collections.abc import Iterator
from typing import Any

from msgspec import inspect as types

from docs.worked import example_lines, overview_lines, shared_lines, worked_examples
from domain.plan.components import KINDS
from domain.plan.components.component import Component
from domain.plan.components.true_up import Rule
from domain.plan.document import Plan
from domain.plan.fields import Noun, Title
from domain.plan.measure_text import MeasureText
from domain.plan.measures import DaysMeasure, FactMeasure, RatioMeasure
from domain.plan.reading import is_derived

NUMBERS = {
    "amount": "amount of money: `50`, `50.00 CNY`",
    "percentage": "percentage: `60 %`",
    "level": "number, percentage or amount: `20`, `15 %`, `50000 CNY`",
    "whole": "whole number: `30`",
}
NAMED = {
    "measures": "name of a measure",
    "targets": "name of a target",
    "components": "id of a component",
    "milestones": "id of a milestone",
    "curriculum": "id of a module",
    "boards": "id of a board",
    "cascade": "id of a goal of the cascade",
    "facts": "type of a fact that is credited",
}
INTRODUCTION = """# Plan documents

A plan is a YAML document. `meritbook plan check FILE` says everything that is wrong with one; adopting it
makes it a fact. [How to write a plan](../howto/plans.md) begins with an example.

Fields in **bold** are required. A number may be written with a sign, `15 %`, or a currency, `50000 CNY`; a
number with a point is safest in quotes, `"8.5"`. Wherever a number stands, `{parameter: name}` takes it from
`parameters`, where a branch, team or person may be allowed to set another one. A title is one text, or
`{en: …, zh: …}`.
"""


RUNNING = """
A component with `running: true` looks at a measure whose window is longer than the period, such as a year to
date, and pays what the measure comes to now less what it came to on the day before the period: the table of
the year so far less the table of the year until last month. Both are read with the numbers that hold now, so
a changed rate counts from its own period on. A late fact is settled for every period it touches.

With `counts_up_to`, what lies above it, a level of the measure or an attainment of the target, counts as it.
"""
EACH = """
`each` keeps every single number: `{each: deal_closed, of: amount, by: deal, less: deal_reversed}` is the size
of each deal after what came back. A component over it pays each one by its own size and sums; elsewhere it is
their sum. Without `by` each fact stands alone, and what `less` takes away takes back what its size would pay.
"""
CREDITED = """
`credited` says whose credits count, each by who held whom on its own day: `own`, those of everybody below
(`reports`) or of the next below (`direct_reports`), of the mentored (`mentees`), of the sellers assisted
(`assisted`), of the `team` or `branch`. `with_own: true` adds own ones. A fact that several people share in
counts as each one's share; `where: {role: seller}` counts parts in that role, and `sole` is the role of who
did it alone.
"""
RETURNS = """
What `less: deal_reversed` takes away counts on the day of the reversal, at the rates of that month. With
`counted: when_closed` it counts on the day on which its deal was closed: a deal that comes back after that
month was closed lowers the month computed anew, and the next statement takes the difference back. So a
clawback is made at the rates and bands of then, and never of more than was paid: a cap that had cut the pay
makes it smaller, and a minimum that had made up for missing pay may leave nothing to take back. With
`within_months: 3` nothing is taken back later than three months after the day of the deal: for one of
31 March until 30 June.
"""


WORTH = """
`worth` turns words into numbers, for grades, levels of operations or journals: `{last:
qualification_graded, worth: {by: kind, words: {chief physician: 180 %}, others: 100 %}, window: ever}` is
the factor of the latest grade, which a component takes as `multipliers: [{measure: grade}]`. With `of` it
is the number of each fact times what its word is worth, without it each fact, or the share of it, counts
as one: points of operations by their kind. A word that
stands in no table, and a fact without the word, is worth `others`; that is 0 unless it is said. `by` is a
column of words or `attributes.<key>`. These numbers take no parameter.
"""
DAYS = """
`days` counts calendar days of the period: `employed`, those on which the person belongs to the plan, or
`present`, those of them without whole days of leave; `leave: [sick, personal]` says which kinds count as
absence. Attendance is the ratio of the two. Before the period ends, days to come count as if nothing
happened. Milestones and boards look at work, and not at days.
"""
LICENSED = """
`licensed: nursing licence` says that the work asks for a valid credential of this kind on its day. A
credential holds through its last day; from the day after, and while it is suspended or revoked, work is
*flagged*: the line says how much of it and why, `explain` shows which facts, and
`/v1/credentials/flagged-work` lists them all. The plan's own `unlicensed` chooses whether flagged work
counts (`flagged`) or not (`earns_nothing`).
"""


def plans_page(notice: str) -> str:
    """Every part of a plan document: what it means, its fields, their form."""
    lines = [notice, INTRODUCTION]
    waiting, seen = [Plan], set[type]()
    while waiting:
        struct = waiting.pop(0)
        if struct not in seen:
            seen.add(struct)
            lines += _part("##", _heading(struct), struct)
            waiting += _structs_of(struct)
    examples = worked_examples()
    lines += ["## Measures\n", *_part("###", "A measure", MeasureText)]
    lines.append("`where` selects facts: `{channel: [douyin, referral]}`, `{quantity: {at_least: 2}}`,")
    lines.append("`{attributes.shift: night}`. `window` is `period`, `quarter`, `year`, `ever`,")
    lines.append("`{days_since_hire: 30}` or `{last_periods: 3}`.\n")
    lines += [
        EACH.lstrip(),
        CREDITED.lstrip(),
        RETURNS.lstrip(),
        WORTH.lstrip(),
        DAYS.lstrip(),
        LICENSED.lstrip(),
    ]
    lines.append("## Components\n")
    lines.append("Every kind at a glance. Each row is computed by a test, as is every case further below.\n")
    lines += overview_lines(examples)
    lines.append(
        "Each has `kind:`, the fields of every component and those of its kind. The examples use these"
    )
    lines.append("measures and targets; what is not said to be measured is 0.\n")
    lines += ["```yaml", shared_lines(examples), "```\n"]
    lines += _shared()
    lines.append(RUNNING.lstrip())
    shared = _structs_below(Component)
    for kind, struct in KINDS.items():
        lines += _part("###", f"`{kind}`", struct)
        for part in _structs_below(struct):
            if part not in shared:
                lines += _part("####", _heading(part), part)
        for example in examples.of(kind):
            lines += example_lines(example)
    return "\n".join(lines)


def _shared() -> Iterator[str]:
    """The fields that every kind of component has."""
    yield from _part("###", "Every component", Component)
    for part in _structs_below(Component):
        yield from _part("####", _heading(part), part)


def _heading(struct: type) -> str:
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in struct.__name__)
    return words.strip().capitalize()


def _part(level: str, heading: str, struct: type) -> Iterator[str]:
    yield f"{level} {heading}\n"
    yield inspect.cleandoc(struct.__doc__ or "").replace("\n\n", "\n").replace("\n", "<br>\n") + "\n"
    yield "| Field | Form |"
    yield "|---|---|"
    info = types.type_info(struct)
    assert isinstance(info, types.StructType)
    shared = Component.__struct_fields__ if struct in KINDS.values() else ()
    for field in info.fields:
        if is_derived(field.type) or field.name in shared:
            continue
        name = f"`{field.encode_name}`"
        form = _form(field.type)
        if not field.required and isinstance(field.default, str) and field.default:
            form += f"; `{field.default}` when absent"
        yield f"| {f'**{name}**' if field.required else name} | {form} |"
    yield ""


def _form(kind: types.Type) -> str:
    """How a value of `kind` is written."""
    match kind:
        case types.Metadata(type=inner):
            extra: dict[str, str] = (kind.extra or {}) if isinstance(kind.extra, dict) else {}
            return NUMBERS.get(extra.get("number", "")) or NAMED.get(extra.get("names", "")) or _form(inner)
        case types.UnionType(types=options):
            if any(isinstance(option, types.StructType) and option.cls is FactMeasure for option in options):
                return "a [measure](#measures)"
            forms = [_form(option) for option in options if not isinstance(option, types.NoneType)]
            return " or ".join(dict.fromkeys(forms))
        case types.StructType(cls=cls):
            if cls is Title:
                return "title"
            if cls is Noun:
                return "title, perhaps with `one`, the English of exactly one"
            if cls is Rule:
                return "[component](#components) without its own `id`, `title`, `clause` and `rounding`"
            known = "components" if cls.__name__ == "Component" else _heading(cls).lower().replace(" ", "-")
            return f"[{_heading(cls).lower()}](#{known})"
        case types.DictType(value_type=value):
            return f"names, each with a {_form(value).removeprefix('a ')}"
        case types.VarTupleType(item_type=item):
            return f"list of: {_form(item)}"
        case types.LiteralType(values=values):
            return ", ".join(f"`{value}`" for value in values)
        case types.DateType():
            return "day: `2025-01-01`"
        case types.BoolType():
            return "`true` or `false`"
        case types.IntType():
            return "whole number"
        case types.StrType():
            return "text"
        case _:
            return "see below"


def _structs_below(struct: type) -> list[type[Any]]:
    """The structs that `struct` is made of, however deep, each once."""
    found = list[type[Any]]()
    for part in _structs_of(struct):
        found += [part, *_structs_below(part)]
    return list(dict.fromkeys(found))


def _structs_of(struct: type) -> list[type[Any]]:
    """The structs that the fields of `struct` are made of, in their order."""
    info = types.type_info(struct)
    assert isinstance(info, types.StructType)
    found: list[type[Any]] = []

    def visit(kind: Any) -> None:
        match kind:
            case types.StructType(cls=cls):
                if cls not in (Title, Noun, FactMeasure, RatioMeasure, DaysMeasure, Component, Rule):
                    found.append(cls)
            case types.Metadata(type=inner):
                visit(inner)
            case types.UnionType(types=options):
                for option in options:
                    visit(option)
            case types.DictType(value_type=inner) | types.VarTupleType(item_type=inner):
                visit(inner)
            case _:
                pass

    for field in info.fields:
        visit(field.type)
    return found

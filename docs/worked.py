"""Worked examples of components, as the page about plans prints them and a test computes them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

FILE = Path(__file__).resolve().parent / "worked_examples.yaml"


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was measured, what that pays in March 2025, and how one gets there by hand.

    given: measures by name; None for nothing measured. before: as they stood before the period. sizes: the
    numbers of measures `each`. places: on boards. reached: milestones. carried: by the cap of the month
    before, in major units. joined: the hire day; long ago when absent. left: the last day of work. away:
    first and last day of leave. belongs: of the days in the plan, where it pays by days. earlier: what each
    month before has earned, in major units and by component. leaves: this is the last month.
    """

    pays: str
    how: str
    given: dict[str, int | str | None] = {}
    before: dict[str, int | str] = {}
    sizes: dict[str, list[int]] = {}
    places: dict[str, int] = {}
    carried: dict[str, int] = {}
    earlier: dict[str, dict[str, int]] = {}
    leaves: bool = False
    joined: str | None = None
    left: str | None = None
    away: tuple[str, ...] = ()
    belongs: tuple[str, ...] = ()
    reached: dict[str, str] = {}


class Worked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A component, what it says in a sentence, and what it pays in some cases. beside: what it trues up."""

    component: dict[str, Any]
    says: str
    cases: tuple[Case, ...]
    beside: tuple[dict[str, Any], ...] = ()

    @property
    def kind(self) -> str:
        """Of the component."""
        return self.component["kind"]


class WorkedExamples(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All examples. plan: the measures and targets that they share."""

    plan: dict[str, Any]
    examples: tuple[Worked, ...]

    def of(self, kind: str) -> Iterator[Worked]:
        """The examples of one kind."""
        return (worked for worked in self.examples if worked.kind == kind)


def worked_examples() -> WorkedExamples:
    """What the file holds."""
    written = yaml.safe_load(FILE.read_text("utf-8"))
    return msgspec.convert(msgspec.to_builtins(written), WorkedExamples)


def shared_lines(examples: WorkedExamples) -> str:
    """The measures and targets of the examples, as a plan writes them."""
    shared = {name: part for name, part in examples.plan.items() if isinstance(part, dict | list)}
    return _yaml(shared)


def overview_lines(examples: WorkedExamples) -> Iterator[str]:
    """One row an example, with the last of its cases that pays: the kinds at a glance."""
    yield "| Kind | What it says | Measured | Pays | How |"
    yield "|---|---|---|---|---|"
    kinds = list(dict.fromkeys(worked.kind for worked in examples.examples))
    for worked in (each for kind in kinds for each in examples.of(kind)):
        case = next((each for each in reversed(worked.cases) if each.pays != "0.00"), worked.cases[-1])
        said = f"{worked.says} | {_measured(case)} | {case.pays} | {case.how}"
        yield f"| [`{worked.kind}`](#{worked.kind}) | {said} |"
    yield ""


def example_lines(worked: Worked) -> Iterator[str]:
    """One example as Markdown: what it says, how it is written, what it pays."""
    yield f"{worked.says}\n"
    yield "```yaml"
    yield _yaml([*worked.beside, worked.component] if worked.beside else worked.component)
    yield "```\n"
    yield "| Measured | Pays | How |"
    yield "|---|---|---|"
    for case in worked.cases:
        yield f"| {_measured(case)} | {case.pays} | {case.how} |"
    yield ""


def _yaml(part: object) -> str:
    return yaml.safe_dump(part, sort_keys=False, allow_unicode=True, default_flow_style=None).strip()


def _measured(case: Case) -> str:
    def said(named: Mapping[str, object]) -> list[str]:
        return [f"`{name}` {'nothing' if value is None else value}" for name, value in named.items()]

    sizes = [f"`{name}` {', '.join(map(str, held))}" for name, held in case.sizes.items()]
    earlier = [f"{told} before" for told in said(case.before)]
    places = [f"place {place} on `{board}`" for board, place in case.places.items()]
    carried = [f"{amount} carried in" for amount in case.carried.values()]
    joined = [f"hired on {case.joined}"] if case.joined else []
    joined += [f"left on {case.left}"] if case.left else []
    joined += [f"in the plan from {case.belongs[0]} to {case.belongs[1]}"] if case.belongs else []
    joined += [f"on leave from {case.away[0]} to {case.away[1]}"] if case.away else []
    paid = [
        f"`{name}` {amount} earned in {month}"
        for month, amounts in case.earlier.items()
        for name, amount in amounts.items()
    ]
    leaves = ["leaves in March"] if case.leaves else []
    told = [
        *joined,
        *said(case.given),
        *earlier,
        *sizes,
        *places,
        *carried,
        *paid,
        *said(case.reached),
        *leaves,
    ]
    return "; ".join(told) or "nothing"

"""However a plan document is damaged, it is read or refused with remedies; nothing crashes."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from given_plan import EXAMPLES, example
from hypothesis import given, settings
from hypothesis import strategies as st

from api.planning import check_plan
from domain.plan.parse import parse_plan
from domain.plan.problems import PlanInvalid

Way = tuple[str | int, ...]

DOCUMENTS = [example(path.name.removesuffix(".yaml")) for path in sorted(EXAMPLES.glob("*.yaml"))]
ODD: list[Any] = [
    None, [], {}, 0, -1, True, 1.5, float("nan"), float("inf"), "", "x", "10 %", "-5 %", "10 CNY", "10 USD",
    10**30, [None], [1], ["a"], [{}], {"a": 1}, {1: 2}, {"parameter": "nope"}, {"parameter": ["a"]},
    {"until": 1}, {"measure": "revenue"}, [[1]], "2025-01-31", "month", "quarter",
]  # fmt: skip
"""What belongs nowhere, or not there."""


def ways(document: Any, way: Way = ()) -> Iterator[Way]:
    """The way to everything in a document."""
    if way:
        yield way
    inner = document if isinstance(document, dict) else {}
    if isinstance(document, list):
        inner = dict(enumerate(document))
    for name, value in inner.items():
        yield from ways(value, (*way, name))


WAYS = [list(ways(document)) for document in DOCUMENTS]


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """An example of which one to three parts are replaced, taken away or put elsewhere."""
    number = draw(st.integers(0, len(DOCUMENTS) - 1))
    document = deepcopy(DOCUMENTS[number])
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(WAYS[number]))
        try:
            place = document
            for step in way:
                place = place[step]
            match draw(st.sampled_from(("replace", "replace", "take away", "move"))):
                case "replace":
                    place[last] = deepcopy(draw(st.sampled_from(ODD)))
                case "take away":
                    del place[last]
                case _:
                    other: Any = DOCUMENTS[number]
                    for step in draw(st.sampled_from(WAYS[number])):
                        other = other[step]
                    place[last] = deepcopy(other)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier damage took it away
    return document


@settings(max_examples=150)
@given(damaged())
def test_a_damaged_plan_is_read_or_refused_with_a_remedy_for_each_fault(document: Any) -> None:
    try:
        parse_plan(document)
    except PlanInvalid as invalid:
        assert invalid.problems
        assert all(problem.message and problem.remedy for problem in invalid.problems)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plans")


@settings(max_examples=25)
@given(document=damaged())
def test_each_fault_of_a_file_has_a_line_of_it(folder: Path, document: Any) -> None:
    file = folder / "plan.yaml"
    text = yaml.dump(document, Dumper=yaml.CSafeDumper, allow_unicode=True)
    file.write_text(text, "utf-8")
    try:
        check_plan(file)
    except PlanInvalid as invalid:
        assert all(1 <= (problem.line or 0) <= len(text.splitlines()) for problem in invalid.problems)

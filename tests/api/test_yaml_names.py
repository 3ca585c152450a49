"""YAML that says a thing twice is refused, not half believed."""

from pathlib import Path

import pytest

from api.planning import read_document
from domain.plan.problems import PlanInvalid


def test_a_plan_that_sets_a_number_twice_is_refused_with_the_line(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text("parameters:\n  rate: {value: 50}\n  rate: {value: 500}\n")
    with pytest.raises(PlanInvalid, match=r"plan.yaml:3: .*'rate' stands twice"):
        read_document(file)


@pytest.mark.parametrize("text", ["? [a]\n: b\n", "{[a]: b}\n", "? {a: b}\n: c\n"])
def test_a_name_that_is_a_list_or_mapping_is_refused_with_its_line(text: str, tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(text)
    with pytest.raises(PlanInvalid, match=r"plan.yaml:1: It is not YAML"):
        read_document(file)

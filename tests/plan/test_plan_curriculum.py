"""The curriculum of a plan document: what can be wrong with it."""

import pytest
from given_plan import document

from domain.plan.parse import parse_plan
from domain.plan.problems import PlanInvalid

MODULES = """
curriculum:
  - {id: basics, title: Basics, pass_score: 80, remedial_score: 70, remedial: again}
  - {id: again, title: Again, pushed_only: true}
"""


def test_a_curriculum_is_read() -> None:
    plan = parse_plan(document(MODULES))
    basics, again = plan.curriculum
    assert (basics.pass_score, basics.remedial_score, basics.remedial) == (80, 70, "again")
    assert again.pushed_only


@pytest.mark.parametrize(
    ("curriculum", "where"),
    [
        ("[{id: a, title: A, requires: [b]}]", "curriculum[0].requires[0]"),
        ("[{id: a, title: A, pass_score: 80, remedial: b}]", "curriculum[0].remedial"),
        ("[{id: a, title: A, pass_score: 80, remedial: a}]", "curriculum[0].remedial"),
        ("[{id: a, title: A, pass_score: 80, remedial_score: 70}]", "curriculum[0].remedial_score"),
        ("[{id: a, title: A, remedial: b}, {id: b, title: B}]", "curriculum[0].remedial"),
        (
            "[{id: a, title: A, pass_score: 80, remedial_score: 81, remedial: b}, {id: b, title: B}]",
            "curriculum[0].remedial_score",
        ),
        ("[{id: a, title: A, requires: [a]}]", "curriculum[0].requires"),
        ("[{id: a, title: A, requires: [b]}, {id: b, title: B, requires: [a]}]", "curriculum[1].requires"),
        (
            "[{id: a, title: A, requires: [b]}, {id: b, title: B, pushed_only: true}]",
            "curriculum[0].requires[0]",
        ),
        ("[{id: a, title: A}, {id: a, title: B}]", "curriculum[1].id"),
    ],
)
def test_what_cannot_be_learned_in_any_order_is_refused(curriculum: str, where: str) -> None:
    with pytest.raises(PlanInvalid) as refused:
        parse_plan(document(f"curriculum: {curriculum}"))
    assert where in [problem.path for problem in refused.value.problems]

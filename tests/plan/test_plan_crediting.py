"""Whose credits a measure counts: what a plan may say of it, and how it is told."""

from fractions import Fraction

import pytest
from given_plan import document, entitled, plan, problems, resolved

from domain.plan.hints import levers_of
from domain.plan.leaves import take_apart

BELOW = "below: {count: deal_closed, credited: reports"


@pytest.mark.parametrize(
    ("more", "path", "said"),
    [
        ("measures: {below: {count: deal_closed, credited: report}}", "measures.below.credited", "reports"),
        (
            "measures: {below: {count: deal_closed, credited: team, with_own: true}}",
            "measures.below.with_own",
            "Leave it out",
        ),
        ("measures: {b: {count: deal_closed, with_own: true}}", "measures.b.with_own", "Leave it out"),
        (
            "measures: {close_rate: {ratio: deals / followed, credited: reports}}",
            "measures.close_rate.credited",
            "two measures",
        ),
        (
            "measures: {b: {count: visit_recorded, where: {role: seller}}}",
            "measures.b.where.role",
            "has no role",
        ),
        (
            f"measures: {{{BELOW}}}}}\nhints: {{levers: [{{id: l, title: L, adds: {{below: 1}}}}]}}",
            "hints.levers[0].adds.below",
            "own work",
        ),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(more: str, path: str, said: str) -> None:
    found = problems(document(more))
    assert set(found) == {path} and said in found[path]


def test_it_is_told_in_two_languages() -> None:
    leaves = take_apart(plan(f"measures: {{{BELOW}, with_own: true}}}}")).leaves
    told = leaves["measures.below.credited"].said
    assert told is not None and (told.en, told.zh) == ("everybody below", "全部下级")
    assert leaves["measures.deals.credited"].value == "own"


def test_only_own_work_is_a_lever() -> None:
    """What others do is nothing to do more of; a team's work has one's own in it."""
    more = f"""
measures: {{{BELOW}}}, crew: {{count: deal_closed, credited: team}}}}
components:
  - {{id: a, kind: per_unit, title: A, measure: below, rate: 5}}
  - {{id: b, kind: per_unit, title: B, measure: crew, rate: 5}}
  - {{id: c, kind: per_unit, title: C, measure: deals, rate: 5}}
"""
    held = resolved(plan(more))
    assert [lever.id for lever in levers_of(held)] == ["crew", "deals"]
    assert entitled(held, below=3).values["below"] == Fraction(3)

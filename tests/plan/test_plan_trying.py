"""What goes with trying a draft: ranges of a parameter, and bins for the changes."""

from itertools import pairwise

import pytest
from given_plan import document, plan
from hypothesis import given
from hypothesis import strategies as st

from domain.plan.distribution import MOST_BINS, bins
from domain.plan.parse import plan_document
from domain.plan.problems import PlanInvalid
from domain.plan.varying import read_range, varied
from domain.refusals import BadField

RATED = """
parameters: {bonus: {value: 50}, rate: {value: 2 %, title: Rate}}
components:
  - {id: clients, title: Clients, kind: per_unit, measure: clients, rate: {parameter: bonus}}
  - id: revenue
    title: Revenue
    kind: rate_table
    measure: revenue
    bands: [{until: 100, rate: {parameter: rate}}, {from: 100, rate: 5 %}]
"""


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("bonus=30..80/10", ["30", "40", "50", "60", "70", "80"]),
        ("bonus=30..79/10", ["30", "40", "50", "60", "70"]),
        ("bonus = 0.5..1/0.25", ["0.5", "0.75", "1"]),
        ("bonus=-1..1/1", ["-1", "0", "1"]),
        ("bonus=-0.5..0.5/0.5", ["-0.5", "0", "0.5"]),
        ("bonus=7..7/1", ["7"]),
        ("rate=1 %..2 %/0.5 %", ["1 %", "1.5 %", "2 %"]),
        ("bonus=30 CNY..40 CNY/10 CNY", ["30 CNY", "40 CNY"]),
    ],
)
def test_a_range_is_each_value_up_to_its_end(text: str, values: list[str]) -> None:
    """Exact, and written as the author would."""
    found = varied(plan_document(document(RATED)), plan(RATED), read_range(text))
    assert [each.value for each in found] == values


def test_each_value_is_a_document_of_its_own() -> None:
    """With whatever else the parameter says, and the one that was given stays as it is."""
    written = plan_document(document(RATED))
    low, high = varied(written, plan(RATED), read_range("rate=1 %..3 %/2 %"))
    assert low.document["parameters"] == {"bonus": {"value": 50}, "rate": {"value": "1 %", "title": "Rate"}}
    assert high.document["parameters"] == {"bonus": {"value": 50}, "rate": {"value": "3 %", "title": "Rate"}}
    assert written == plan_document(document(RATED))


@pytest.mark.parametrize(
    "text",
    [
        "bonus", "bonus=30..80", "=30..80/10", "bonus=30../10", "bonus=a..b/c", "bonus=80..30/10",
        "bonus=30..80/0", "bonus=30..80/-1", "bonus=1..2 %/1", "bonus=1..51/1", "bonus=1..9999999999/1",
    ],
)  # fmt: skip
def test_what_is_no_range_is_refused(text: str) -> None:
    """By the field that it was given in."""
    with pytest.raises(BadField) as refused:
        read_range(text)
    assert refused.value.field == "vary"


def test_fifty_values_pass() -> None:
    """And the fifty-first does not."""
    assert len(list(read_range("bonus=1..50/1").values())) == 50


@pytest.mark.parametrize("text", ["bonsu=1..2/1", "rate=1..2/1", "bonus=1 %..2 %/1 %"])
def test_a_parameter_that_is_not_there_or_of_another_form_is_refused(text: str) -> None:
    """Before any document is made."""
    with pytest.raises(BadField):
        varied(plan_document(document(RATED)), plan(RATED), read_range(text))


def test_a_value_that_breaks_the_plan_is_refused_by_name() -> None:
    """A rate of 100 % of the money itself is one that was written without its sign."""
    with pytest.raises(PlanInvalid, match="rate = 100 %"):
        varied(plan_document(document(RATED)), plan(RATED), read_range("rate=50 %..100 %/50 %"))


@given(st.lists(st.integers(-(10**9), 10**9)))
def test_bins_hold_everybody_who_changed_once_and_split_at_nothing(changes: list[int]) -> None:
    """They touch, are of one round width, at most twelve, and none has both losses and gains."""
    found = bins(changes)
    assert len(found) <= MOST_BINS
    for each in found:
        assert each.people == sum(each.from_minor <= c < each.until_minor and c != 0 for c in changes)
    assert sum(each.people for each in found) == sum(change != 0 for change in changes)
    assert all(low.until_minor == high.from_minor for low, high in pairwise(found))
    assert not any(each.from_minor < 0 < each.until_minor for each in found)
    widths = {each.until_minor - each.from_minor for each in found}
    assert all(str(width).rstrip("0") in ("1", "2", "5") for width in widths) and len(widths) <= 1

"""What a plan author may write, and what is said about the rest."""

import datetime as dt
import re
from fractions import Fraction
from typing import Any

import pytest
import yaml
from given_plan import EXAMPLES, document, example, plan, problems

from domain.plan.components.per_unit import PerUnit
from domain.plan.exact import Setting, exact, shown
from domain.plan.parse import document_hash, parse_plan, plan_document
from domain.plan.problems import PlanInvalid

SCORECARD = {
    "id": "s",
    "kind": "scorecard",
    "title": "S",
    "base": 1000,
    "parts": [{"target": "clients", "weight": "60 %"}, {"target": "close_rate", "weight": "40 %"}],
}


@pytest.mark.parametrize("name", sorted(path.name.removesuffix(".yaml") for path in EXAMPLES.glob("*.yaml")))
def test_examples_have_no_fault(name: str) -> None:
    assert problems(example(name)) == {}


@pytest.mark.parametrize(
    ("written", "value", "unit"),
    [
        (20, Fraction(20), "number"),
        ("50.00", Fraction(50), "number"),
        ("8.5", Fraction(17, 2), "number"),
        ("15 %", Fraction(3, 20), "percent"),
        ("12.5%", Fraction(1, 8), "percent"),
        ("100,000,000", Fraction(10**8), "number"),
        ("50.00 CNY", Fraction(50), "money"),
    ],
)
def test_numbers_are_exact(written: object, value: Fraction, unit: str) -> None:
    found = exact(written)
    assert found is not None
    assert (found.value, found.unit) == (value, unit)


@pytest.mark.parametrize("written", [50.0, 1e2, True, None, "many", "1e3", "", "1,00", [1], "NaN"])
def test_what_is_no_exact_number(written: object) -> None:
    assert exact(written) is None


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Fraction(3, 20), "percent", "15 %"),
        (Fraction(3, 26), "percent", "≈ 11.54 %"),
        (Fraction(17, 2), "number", "8.5"),
        (Fraction(100), "number", "100"),
    ],
)
def test_numbers_for_people(value: Fraction, unit: Any, text: str) -> None:
    assert shown(value, unit) == text


def test_a_number_may_come_from_a_parameter() -> None:
    made = plan(
        """
parameters: {bonus: {value: "50.00"}}
components: [{id: c, kind: per_unit, title: T, measure: clients, rate: {parameter: bonus}}]
"""
    )
    component = made.components[0]
    assert isinstance(component, PerUnit)
    assert component.rate == 50
    assert isinstance(component.rate, Setting)
    assert component.rate.parameter == "bonus"


def _with(path: str, value: object) -> dict[str, Any]:
    """The small selling plan with `value` put at `path`, such as `components.0.rate`."""
    written: Any = document(
        components=[
            {"id": "u", "kind": "per_unit", "title": "U", "measure": "clients", "rate": 50},
            SCORECARD | {"parts": [dict(part) for part in SCORECARD["parts"]]},
            {
                "id": "b", "kind": "step", "title": "B", "measure": "close_rate",
                "bands": [{"until": "10 %", "pays": 0}, {"from": "10 %", "pays": 1000}],
            },
        ],
        parameters={
            "p": {"value": 20, "open": {"to": ["branch"], "min": 10, "max": 30}},
            "q": {"value": "5 %"},
        },
        milestones=[{"id": "m", "title": "M", "measure": "clients", "reaches": 10, "within_days": 30}],
        cascade=[
            {"id": "firm", "title": "F", "value": 100, "unit": "yuan"},
            {"id": "part", "title": "P", "value": 50, "unit": "yuan", "within": "firm"},
        ],
    )  # fmt: skip
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place = written
    for step in way:
        place = place[step]
    place[last] = value
    return written


FAULTS = """
titel | Sellers | = | Did you mean `title`?
plan | Selling Plan | = | cannot be a name
currency | RMB | = | RMB is not known
currency | null | = | missing
effective_from | "2025-01-02" | = | Write 2025-01-01.
effective_from | January | = | not a day
effective_until | "2025-06-29" | = | last day of a month
effective_until | "2024-12-31" | = | end before it begins
population | {posts: [seller]} | =.posts | Did you mean `post`?
population | {employment: [contractor]} | =.employment[0] | Did you mean `contract`?
population | {post: seller} | =.post | not a list
components.0.rate | 50.5 | = | Write it in quotes: "50.5".
components.0.rate | fifty | = | not a number
components.0.rate | "50 USD" | = | pays in CNY, not USD
components.0.rate | "50 %" | = | not a percentage
components.0.rate | {parameter: q} | = | not a percentage
components.0.rate | {parameter: pp} | = | Did you mean `p`?
components.0.rate | {param: p} | = | {parameter: its_name}
components.0.rate | true | = | not a number
components.0.kind | per_units | = | Did you mean `per_unit`?
components.0.kind | null | = | one of per_unit
components.0.measure | client | = | Did you mean `clients`?
components.0.rounding | up | = | not a choice
components.1.id | u | = | components[0] is called `u` too
components.1.parts.0.weight | "50 %" | components[1].parts | sum to 90 %, not to 100 %
components.1.parts.0.weight | 60 | = | 60 %
components.1.parts.0.weight | "0 %" | = | more than 0 %
components.1.parts.0.target | close | = | Did you mean `close_rate`?
components.2.bands.1.from | "9 %" | = | overlaps
components.2.bands.1.from | "11 %" | = | hole
components.2.bands.1.until | "20 %" | = | last band
components.2.bands.1.until | "5 %" | = | ends before it begins
components.2.bands | [] | = | no bands
measures.clients | {count: customer_registred} | =.count | Did you mean `customer_registered`?
measures.clients | {count: employee_hired} | =.count | not a fact that can be measured
measures.clients | {of: customer} | = | exactly one of
measures.clients | {count: deal_closed, sum: deal_closed} | = | exactly one of
measures.clients | {sum: deal_closed} | =.of | quantity, minutes, amount, score
measures.clients | {sum: deal_closed, of: ammount} | =.of | Did you mean `amount`?
measures.clients | {sum: visit_recorded, of: amount} | =.of | visit_recorded has no
measures.clients | {count: deal_closed, of: deal} | =.of | takes no `of`
measures.clients | {best: deal_closed, of: amount, less: deal_reversed} | =.less | taken off
measures.clients | {count: deal_closed, counted: when_closed} | =.counted | No deal comes back
measures.clients | {count: deal_closed, less: deal_reversed, counted: when_sold} | =.counted | not a choice
measures.clients | {count: deal_closed, less: deal_reversed, within_months: 0} | =.within_months | of months
measures.clients | {count: deal_closed, where: {chanel: web}} | =.where.chanel | Did you mean `channel`?
measures.clients | {count: visit_recorded, where: {channel: web}} | =.where.channel | has no channel
measures.clients | {count: deal_closed, where: {channel: true}} | =.where.channel | not a word
measures.clients | {count: deal_closed, where: {amount: {over: 5}}} | =.where.amount.over | no such comparison
measures.clients | {count: deal_closed, where: {amount: {at_most: 0.5}}} | =.where.amount.at_most | in quotes
measures.clients | {count: deal_closed, window: {days: 3}} | =.window | days_since_hire
measures.clients | {count: deal_closed, window: {last_periods: 0}} | =.window | not a window
measures.close_rate | {ratio: deals} | =.ratio | two measures
measures.close_rate | {ratio: deals / visits} | =.ratio | `visits` is not defined
measures.close_rate | {ratio: deals / close_rate} | = | close_rate → close_rate
measures.close_rate | {ratio: deals / followed, window: year} | =.window | none of its own
targets.close_rate.relief | {leave: {per_day: 1}} | = | needs no relief
targets.clients.relief | {overtime: {lower_by: 20 %}} | =.overtime | Add `per: day`.
targets.clients | {measure: clients, value: 9, per: day} | components[1] | asked for each day
targets.day | {measure: clients, value: 9, per: day, prorate: employed} | =.prorate | A day has no part
targets.day | {measure: clients, value: 9, per: day, spread: {over: year}} | =.spread | A day has no part
targets.day | {measure: clients, value: 9, per: day, relief: {leave: {per_day: 1}}} | =.relief.leave | month
targets.clients.relief | {overtime: {lower_by: 1 %, days: 0}} | =.overtime | Write days: 1 or more.
targets.day | {measure: clients, value: 9, per: week} | =.per | There are: day
alerts | [{id: a, title: T, when: [{signal: training_completion, at_most: 7}]}] | =[0].when[0].at_most | 7 %
alerts | [{id: a, title: A, when: [{signal: stress, at_least: 8 %}]}] | =[0].when[0].at_least | not counted in
alerts | [{id: a, title: A, when: [{signal: stress, falling: 13}]}] | =[0].when[0].falling | Write 1 to 12
alerts | [{id: a, title: A, when: [{signal: stress, falling: 3, at_least: 8}]}] | =[0].when[0] | falling
parameters.p.value | 31 | = | above its own `max`
parameters.p.value | 9 | = | below its own `min`
parameters.p.open.to | [] | = | open to nobody
parameters.p.open.to | [city] | =[0] | not a choice
milestones.0.within_days | 0 | = | No day is left
milestones.0.within_days | "2.5" | = | whole number
milestones.0.reaches | 0 | = | Nothing is to be reached
cascade.1.within | firma | = | Did you mean `firm`?
cascade.0.within | part | = | part of itself
cascade.1.unit | clients | = | `firm` is in yuan
cascade.0.period | month | cascade[1].period | longer than the month
"""
"""A place in the document, what is put there, the place that is blamed (= the same), words of the blame."""


@pytest.mark.parametrize("row", FAULTS.strip().splitlines())
def test_a_fault_is_named_with_its_place_and_remedy(row: str) -> None:
    path, value, place, says = (cell.strip() for cell in row.split("|"))
    found = problems(_with(path, yaml.safe_load(value)))
    blamed = place.replace("=", re.sub(r"\.(\d+)", r"[\1]", path))
    assert says in found.get(blamed, ""), found


@pytest.mark.rule("R26")
def test_weights_that_do_not_sum_to_100_percent_are_refused() -> None:
    with pytest.raises(PlanInvalid) as refused:
        parse_plan(_with("components.1.parts.1.weight", "30 %"), file="seller.yaml")
    assert refused.value.detail == "seller.yaml: The weights sum to 90 %, not to 100 %."


def test_all_faults_are_named_at_once() -> None:
    written = _with("components.0.rate", 50.5)
    written["components"][1]["parts"][0]["weight"] = "50 %"
    written["measures"]["deals"]["less"] = "deal_revrsed"
    written["targets"]["clients"]["mesure"] = "clients"
    written["effective_from"] = "2025-01-15"
    assert set(problems(written)) == {
        "components[0].rate",
        "components[1].parts",
        "measures.deals.less",
        "targets.clients.mesure",
        "effective_from",
    }


@pytest.mark.parametrize("written", [None, [], "plan: x", {}, {"plan": "x"}])
def test_what_is_no_plan_at_all_is_refused(written: object) -> None:
    assert problems(written)


@pytest.mark.parametrize(
    ("written", "where"),
    [
        (document("measures: {clients: }"), "measures.clients"),
        (document("measures: {clients: {sum: deal_closed, of: amount}}", currency=[]), "currency"),
    ],
)
def test_nothing_where_something_belongs_is_a_fault_and_no_crash(written: object, where: str) -> None:
    assert where in problems(written)


def test_a_document_keeps_its_hash_as_json() -> None:
    """YAML knows days, JSON does not; both forms of one document are one document."""
    written = document(effective_from=dt.date(2025, 1, 1))
    assert document_hash(written) == document_hash(plan_document(written))
    assert parse_plan(plan_document(written)) == parse_plan(written)


def test_ratios_are_shown_in_the_form_that_people_expect() -> None:
    made = plan("measures: {per_deal: {ratio: revenue / deals}}")
    forms = {name: measure.form for name, measure in made.measures.items()}
    assert forms == {
        "clients": "number",
        "followed": "number",
        "deals": "number",
        "close_rate": "percent",
        "revenue": "money",
        "per_deal": "money",
    }

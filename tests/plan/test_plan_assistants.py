"""What a plan says of assistants: what can be wrong with it, how it is told, and what it advises on leads."""

import datetime as dt
from fractions import Fraction

import pytest
import yaml
from assisting import PLAN
from given_plan import document, plan, problems

from domain.plan.amendment import amendment
from domain.plan.attaining import Indicator, weighted
from domain.plan.leads import LeadTold, reasons
from domain.plan.pairing import verdict

ASSISTING = plan(PLAN)


def changed(old: str, new: str) -> str:
    assert old in PLAN, old
    return PLAN.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("at_least: 90 %", "at_least: 90", "competence.modules[0].indicators[0].at_least"),
        ("at_least: 90 %", "at_least: 90 %, at_most: 99 %", "competence.modules[0].indicators[0]"),
        ("at_least: 90 %", "at_least: 0 %", "competence.modules[0].indicators[0].at_least"),
        ("at_most: 1 %", "at_most: -1 %", "competence.modules[1].indicators[0].at_most"),
        ("at_least: 90 %", "at_least: 90 %, weight: 50 %", "competence.modules[0].indicators[1].weight"),
        ("id: volume", "id: accuracy", "competence.modules[0].indicators[2].id"),
        ("measure: classified,", "measure: sorted,", "competence.modules[0].indicators[2].measure"),
        ("course: contracts_course", "course: law", "competence.modules[1].course"),
        ("    - id: service\n", "    - id: contracts\n", "competence.modules[2].id"),
        ("  months: 1\n  modules", "  months: 0\n  modules", "competence.months"),
        ("signal: competence", "signal: skill", "alerts[0].when[0].signal"),
        ("less_than: 80 %", "less_than: 80", "alerts[0].when[0].less_than"),
        ("synergy: [{measure: timely", "synergy: [{signal: stress", "pairing.high_synergy[0].signal"),
        ("to_change: [{measure: contract_errors, at_least: 5 %", "to_change: [{measure: timely, falling: 2",
         "pairing.to_change[0].falling"),
        ("to_change: [{measure: contract", "to_change: [{measure: com", "pairing.to_change[0].measure"),
        ("ler]\n  indicators:\n    - {id: timely, measure: timely",
         "ler]\n  indicators:\n    - {id: timely, measure: accuracy", "pairing.indicators[0].measure"),
        ("pairing:\n  months: 1", "pairing:\n  months: 40", "pairing.months"),
        ("sellers: [key seller]", "sellers_each: 0", "pairing.sellers_each"),
        ("amount_until: 500000", "amount_from: 7, amount_until: 7", "leads.advice[2].amount_until"),
        ("deciders_from: 3", "deciders_from: 0", "leads.advice[1].deciders_from"),
        ("within_hours: 24", "within_hours: 0", "leads.within_hours"),
        ("does: [{en: Call back, zh: 回电}]", "does: []", "leads.advice[0].does"),
        ("id: small", "id: all", "leads.advice[2].id"),
    ],
)  # fmt: skip
def test_a_wrong_document_is_refused_at_its_place(old: str, new: str, where: str) -> None:
    found = problems(document(changed(old, new)))
    assert where in found, found
    assert all(said.strip() for said in found.values())


@pytest.mark.rule("R41")
@pytest.mark.parametrize("indicators", [2, 6])
def test_a_model_has_three_modules_of_three_to_five_indicators(indicators: int) -> None:
    written = yaml.safe_load(PLAN)
    model = written["competence"]
    model["modules"][0]["indicators"] = [
        {"id": f"i{number}", "measure": "accuracy", "at_least": "90 %"} for number in range(indicators)
    ]
    found = problems(document(yaml.safe_dump(written)))
    assert "3 to 5" in found["competence.modules[0].indicators"]
    model["modules"].pop(0)
    assert "3 modules" in problems(document(yaml.safe_dump(written)))["competence.modules"]


def test_a_warning_about_competence_needs_a_model() -> None:
    begin, end = PLAN.index("competence:"), PLAN.index("alerts:")
    assert "alerts[0].when[0].signal" in problems(document(PLAN[:begin] + PLAN[end:]))


def test_what_changes_is_told_in_two_languages() -> None:
    later = changed("at_least: 90 %", "at_least: 92 %").replace("sellers: [key seller]", "sellers_each: 2")
    later = later.replace("within_hours: 4", "within_hours: 6")
    told = [
        each.said
        for each in amendment(ASSISTING, plan(later, effective_from=dt.date(2025, 4, 1))).differences
    ]
    assert [said.en for said in told] == [
        "Plan: effective from 2025-01-01 → 2025-04-01",
        "Competence model Classification, accuracy: at least 90 % → 92 % from 2025-04-01",
        "Pairing: sellers key seller → nothing from 2025-04-01",
        "Pairing: sellers each 1 → 2 from 2025-04-01",
        "Leads Large hospitals: within hours 4 → 6 from 2025-04-01",
    ]
    assert told[1].zh == "胜任力模型“分类，accuracy”：不少于 90 % → 92 %，自 2025-04-01 起"
    assert told[4].zh == "线索跟进“大型医院”：小时内 4 → 6，自 2025-04-01 起"


@pytest.mark.rule("R44")
@pytest.mark.parametrize(
    ("amount", "industry", "deciders", "advised"),
    [
        (500_000, "hospital", ("department head", "procurement", "president"), ["all", "large"]),
        (499_999, "hospital", ("department head", "procurement", "president"), ["all", "small"]),
        (500_000, "clinic", ("department head", "procurement", "president"), ["all"]),
        (500_000, "hospital", ("department head", "president"), ["all"]),
        (500_000, "hospital", ("department head", "procurement", "board"), ["all"]),
        (None, None, (), ["all"]),
    ],
)
def test_advice_on_a_lead_goes_by_amount_industry_and_decision_chain(
    amount: int | None, industry: str | None, deciders: tuple[str, ...], advised: list[str]
) -> None:
    lead = LeadTold(None if amount is None else Fraction(amount), "CNY", industry, deciders)
    assert ASSISTING.leads is not None
    found = {each.id: reasons(each, lead, "CNY") for each in ASSISTING.leads.advice}
    assert [name for name, why in found.items() if why is not None] == advised
    if "large" in advised:
        assert [each.en for each in found["large"] or ()] == [
            "amount 500000 CNY: from 500000",
            "industry: hospital",
            "decided by: president",
            "3 have a say: department head → procurement → president",
        ]
    dollars = lead._replace(currency="USD")
    assert reasons(ASSISTING.leads.advice[2], dollars, "CNY") is None, "other money is not compared"


@pytest.mark.parametrize(
    ("bar", "value", "attained"),
    [
        ({"at_least": "90 %"}, "0.9", "1"),
        ({"at_least": "90 %"}, "0.85", "17/18"),
        ({"at_most": "1 %"}, "0.01", "1"),
        ({"at_most": "1 %"}, "0.02", "1/2"),
        ({"at_most": "0 %"}, "0.02", "0"),
        ({"at_most": "0 %"}, "0", "1"),
    ],
)
def test_how_much_of_a_bar_is_attained(bar: dict[str, str], value: str, attained: str) -> None:
    levels = {name: Fraction(text.removesuffix(" %")) / 100 for name, text in bar.items()}
    indicator = Indicator(id="i", measure="m", **levels)
    assert indicator.attained(Fraction(value)) == Fraction(attained)
    assert indicator.attained(None) is None


def test_weights_keep_their_proportions_where_something_was_not_measured() -> None:
    parts = [
        (Indicator(id=name, measure="m", weight=Fraction(weight, 10)), share)
        for name, weight, share in (("a", 6, Fraction(1)), ("b", 2, Fraction(0)), ("c", 2, None))
    ]
    assert weighted(parts) == (Fraction(3, 4), 2, 3)
    assert weighted([]).value is None


@pytest.mark.rule("R46")
@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"timely": "0.95", "satisfaction": "9"}, "high_synergy"),
        ({"timely": "0.94", "satisfaction": "9"}, None),
        ({"timely": "0.95"}, None),
        ({"contract_errors": "0.05", "complaints": "0.3", "timely": "1", "satisfaction": "9"}, "to_change"),
        ({"contract_errors": "0.05", "complaints": "0.29"}, None),
    ],
)
def test_what_is_said_of_a_pair(values: dict[str, str], says: str | None) -> None:
    assert ASSISTING.pairing is not None
    assert verdict(ASSISTING.pairing, {name: Fraction(text) for name, text in values.items()}) == says

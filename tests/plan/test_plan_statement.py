"""Statements: what stacks, what a line says, and that nothing is lost between a rule and a payslip."""

import datetime as dt
from fractions import Fraction

import msgspec
import pytest
from given_plan import MARCH, entitled, example, pay, plan, posted, resolved

from domain.period import Period
from domain.plan.explain import explain
from domain.plan.overrides import Override
from domain.plan.parse import parse_plan
from domain.plan.resolve import Resolver
from domain.plan.retro import delta_lines
from domain.plan.statement import Entitlement, Line, Statement, compute_statement
from domain.plan.targets import Source
from domain.plan.words import SENTENCES, say

BOTH = """
components:
  - {id: reached, kind: threshold, title: T, measure: close_rate, reaches: 15 %, pays: 200}
  - {id: points, kind: per_point, title: T, target: close_rate, rate: 50}
"""
CLIENTS_AND_POINTS = """
parameters: {bonus: {value: "50.00", open: {to: [branch]}}}
components:
  - {id: clients, kind: per_unit, clause: "3.1", title: T, measure: clients, rate: {parameter: bonus}}
  - {id: points, kind: per_point, title: T, target: close_rate, rate: 50}
"""
SELLER = parse_plan(example("huikang-seller"))


@pytest.mark.rule("R72")
@pytest.mark.rule("R73")
def test_threshold_and_points_stack() -> None:
    """At 15 % over a target of 10 %: 200 for reaching 15 %, and five points of 50."""
    assert pay(BOTH, close_rate="15 %") == [200_00, 250_00]


@pytest.mark.rule("R74")
def test_the_bonus_of_the_day_is_the_sum_of_its_lines() -> None:
    """Ten clients at 50 and two points at 50: 500 + 100 = 600."""
    found = compute_statement("E1", [entitled(plan(CLIENTS_AND_POINTS), clients=10, close_rate="12 %")])
    assert [line.amount_minor for line in found.lines] == [500_00, 100_00]
    assert found.total_minor == 600_00


def test_a_line_says_all_that_made_it() -> None:
    held = Resolver(
        plan(CLIENTS_AND_POINTS),
        MARCH,
        [
            Override(
                position=12, plan="selling", parameter="bonus", level="branch", scope="SH", value="60",
                effective_from=dt.date(2025, 1, 1),
            )
        ],
    )  # fmt: skip
    given = entitled(held(posted()), clients=10, followed=20, deals=3, close_rate="15 %")
    clients, points = compute_statement("E1", [given]).lines
    assert (clients.component, clients.kind, clients.clause) == ("clients", "per_unit", "3.1")
    assert clients.inputs == {"clients": "10"}
    assert clients.parameters["bonus"] == Source("60", "branch", 12, "branch SH")
    assert (clients.exact, clients.rounding, clients.amount_minor) == ("600", "half_up", 600_00)
    assert points.inputs == {"close_rate": "3/20", "deals": "3", "followed": "20"}
    assert points.targets["close_rate"].value == "1/10"
    assert points.rule.words["points"] == "5"


@pytest.mark.parametrize(("rounding", "fen"), [("half_up", 13), ("half_even", 12), ("down", 12)])
def test_a_line_is_rounded_once(rounding: str, fen: int) -> None:
    """Half a fen: 1 × 0.125."""
    component = {"id": "c", "kind": "per_unit", "title": "T", "measure": "clients", "rate": "0.125"}
    for written in ({"rounding": rounding, "components": [component]},
                    {"components": [component | {"rounding": rounding}]}):  # fmt: skip
        assert compute_statement("E1", [entitled(plan(**written), clients=1)]).total_minor == fen


def test_several_plans_make_one_statement() -> None:
    first = plan(CLIENTS_AND_POINTS)
    second = plan(CLIENTS_AND_POINTS, plan="another")
    given = [entitled(first, clients=10), entitled(second, clients=1)]
    found = compute_statement("E1", given)
    assert [line.plan for line in found.lines] == ["another", "another", "selling", "selling"]
    assert found.total_minor == 550_00
    assert compute_statement("E1", given[::-1]) == found


def test_one_statement_is_of_one_period_and_currency() -> None:
    made = plan(CLIENTS_AND_POINTS)
    dollars = entitled(plan(CLIENTS_AND_POINTS, plan="dollars", currency="USD"))
    april = entitled(resolved(made, Period.parse("2025-04")))
    for other in (dollars, april):
        with pytest.raises(ValueError, match="one period and currency"):
            compute_statement("E1", [entitled(made), other])


def test_a_statement_survives_json_and_keeps_its_digest() -> None:
    values = dict.fromkeys(SELLER.measures, Fraction(17, 3))
    found = compute_statement("E1", [Entitlement(resolved(SELLER), values)])
    again = msgspec.json.decode(msgspec.json.encode(found), type=Statement)
    assert again == found
    assert again.digest() == found.digest()
    assert msgspec.structs.replace(found, employee="E2").digest() != found.digest()


def test_an_explanation_sums_exactly_to_the_line() -> None:
    values = dict.fromkeys(SELLER.measures, Fraction(17, 3)) | {"close_rate": Fraction(3, 26)}
    for line in compute_statement("E1", [Entitlement(resolved(SELLER), values)]).lines:
        found = explain(line, SELLER)
        assert sum(Fraction(node.amount_minor) for node in found.amounts) == line.amount_minor


def test_an_explanation_goes_down_to_the_measures_over_facts() -> None:
    found = compute_statement("E1", [entitled(plan(BOTH), close_rate="15 %", deals=3, followed=20)])
    (rate,) = explain(found.lines[0], plan(BOTH)).measures
    assert (rate.name, rate.value, rate.counted) == ("close_rate", "3/20", None)
    assert [(part.name, part.value) for part in rate.parts] == [("deals", "3"), ("followed", "20")]
    assert [part.counted.fact for part in rate.parts if part.counted] == ["deal_closed", "follow_up_recorded"]


def test_lines_speak_english_and_chinese() -> None:
    values = dict.fromkeys(SELLER.measures, Fraction(10)) | {"close_rate": Fraction(3, 20)}
    found = compute_statement("E1", [Entitlement(resolved(SELLER), values)])
    spoken = [say(line.rule.key, line.rule.words, SELLER, "en") for line in found.lines]
    assert spoken[:3] == [
        "New clients: 10 × 50 CNY",
        "Close rate is 15 % and reaches 15 %: 200 CNY",
        "Close rate is 15 %, 3 whole points over 12 %, 50 CNY each",
    ]
    assert (
        say(found.lines[1].rule.key, found.lines[1].rule.words, SELLER, "zh")
        == "成交率为 15 %，达到 15 %：200 CNY"
    )
    (part, *_) = found.lines[4].parts
    assert say("score_part", part.words, SELLER, "en") == (
        "Revenue is 10 CNY of 50000 CNY: 0.02 %, counted 0.02 %, weight 60 %"
    )


def test_both_languages_fill_in_the_same_words() -> None:
    for title in SENTENCES.values():
        assert sorted(_blanks(title.en)) == sorted(_blanks(title.zh))


def _blanks(text: str) -> list[str]:
    return [part.split("}")[0] for part in text.split("{")[1:]]


def settled(*amounts: tuple[str, int]) -> list[Line]:
    """Lines that were paid, by component."""
    form = compute_statement("E1", [entitled(plan(CLIENTS_AND_POINTS))]).lines[0]
    return [msgspec.structs.replace(form, component=name, amount_minor=minor) for name, minor in amounts]


@pytest.mark.parametrize(
    ("paid", "deltas"),
    [
        ([("clients", 500_00), ("points", 100_00)], []),
        ([("clients", 400_00), ("points", 100_00)], [("clients", 100_00)]),
        ([("clients", 700_00), ("points", 100_00)], [("clients", -200_00)]),
        ([("clients", 400_00), ("points", 100_00), ("clients", 100_00)], []),
        ([("clients", 500_00), ("points", 100_00), ("gone", 30_00)], [("gone", -30_00)]),
        ([], [("clients", 500_00), ("points", 100_00)]),
    ],
)
def test_a_delta_is_what_is_due_less_all_that_was_settled(
    paid: list[tuple[str, int]], deltas: list[tuple[str, int]]
) -> None:
    due = compute_statement("E1", [entitled(plan(CLIENTS_AND_POINTS), clients=10, close_rate="12 %")])
    found = delta_lines(due, settled(*paid))
    assert [(line.component, line.amount_minor) for line in found] == deltas
    assert {line.about for line in found} <= {"2025-03"}
    assert sum(minor for _, minor in paid) + sum(line.amount_minor for line in found) == due.total_minor
    assert delta_lines(due, [*settled(*paid), *found]) == ()

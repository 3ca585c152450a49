"""What `plan check` says to a newcomer: every mistake with its line, its place and what to write instead."""

from pathlib import Path

import pytest

from api.planning import check_plan
from domain.plan.problems import PlanInvalid, Problem

SOUND = """plan: our-sellers
title: {en: Our sellers, zh: 销售奖金}
currency: CNY
effective_from: 2025-01-01

population:
  post: [seller]

parameters:
  clients_target:
    title: {en: New clients a month, zh: 每月新客户数}
    value: 20
    open: {to: [branch], min: 10, max: 30}
  share: {value: 15 %}
measures:
  new_clients:
    title: {en: New clients, zh: 新客户}
    count: customer_registered
  followed: {distinct: follow_up_recorded, of: customer}
  deals: {count: deal_closed, less: deal_reversed}
  close_rate: {ratio: deals / followed}
  revenue: {sum: deal_closed, of: amount, less: deal_reversed}
  satisfaction: {average: satisfaction_scored, of: score}

targets:
  clients: {measure: new_clients, value: {parameter: clients_target}}
  close_rate: {measure: close_rate, value: 10 %}
  revenue: {measure: revenue, value: 100000 CNY}
  satisfaction: {measure: satisfaction, value: 9}

components:
  - id: per_client
    kind: per_unit
    title: {en: New clients, zh: 新客户奖}
    measure: new_clients
    rate: 50
  - id: rate_bonus
    kind: threshold
    title: {en: Close rate, zh: 成交率奖}
    measure: close_rate
    reaches: 15 %
    pays: 200
  - id: points
    kind: per_point
    title: {en: Points, zh: 超额奖}
    target: close_rate
    rate: 50
  - id: steps
    kind: step
    title: {en: Steps, zh: 阶梯奖}
    measure: close_rate
    bands:
      - {until: 10 %, pays: 0}
      - {from: 10 %, until: 15 %, pays: 1000}
      - {from: 15 %, pays: 2000}
  - id: card
    kind: scorecard
    title: {en: Card, zh: 综合评分}
    base: 3000
    parts:
      - {target: revenue, weight: 60 %}
      - {target: satisfaction, weight: 40 %}
    payout:
      - {from: 90 %, pays: 100 %}
"""

ROWS = [
    row
    for row in Path(__file__).with_name("mistakes.txt").read_text("utf-8").splitlines()
    if not row.startswith("#")
]


def told(file: Path, text: str) -> list[Problem]:
    """What is said of a plan document."""
    file.write_text(text, "utf-8")
    with pytest.raises(PlanInvalid) as invalid:
        check_plan(file)
    return list(invalid.value.problems)


def test_the_plan_without_mistakes_is_sound(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(SOUND, "utf-8")
    assert check_plan(file).plan == "our-sellers"


@pytest.mark.parametrize("row", ROWS, ids=range(len(ROWS)))
def test_a_newcomers_mistake_is_told_with_line_path_and_remedy(row: str, tmp_path: Path) -> None:
    exchange, line, path, says = row.rsplit(" | ", 3)
    right, wrong = exchange.replace("^", "\n").replace("TAB", "\t").split(" => ")
    assert right in SOUND, right
    problems = told(tmp_path / "plan.yaml", SOUND.replace(right, wrong, 1))
    blamed = [each for each in problems if (each.line, each.path) == (int(line), path.replace("-", ""))]
    assert any(says in f"{each.message} {each.remedy}" for each in blamed), problems
    assert len(problems) <= 2, problems


def test_mistakes_are_told_from_the_first_line_to_the_last(tmp_path: Path) -> None:
    wrong = (
        SOUND.replace("reaches: 15 %", "reaches: 15")
        .replace("CNY", "RMB")
        .replace("weight: 60", "weight: 61")
    )
    problems = told(tmp_path / "plan.yaml", wrong)
    assert [each.line for each in problems] == sorted(each.line or 0 for each in problems)
    assert [each.path for each in problems] == ["currency", "components[1].reaches", "components[4].parts"]

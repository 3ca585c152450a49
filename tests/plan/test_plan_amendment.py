"""What changes from one version of a plan to the next, in words."""

import datetime as dt
from typing import Any

import pytest
from given_plan import document, example

from domain.plan.amendment import Amendment, amendment
from domain.plan.parse import parse_plan

SHARED = """
parameters:
  bonus: {value: 50, open: {to: [branch], min: 40, max: 60}}
measures:
  scored: {average: satisfaction_scored, of: score, title: {en: satisfaction, zh: 满意度}}
targets:
  scored: {measure: scored, value: 10}
components:
  - {id: card, kind: scorecard, title: {en: Scorecard, zh: 积分卡}, clause: "5.1", base: 4000,
     parts: [{target: clients, weight: 90 %}, {target: scored, weight: 10 %}]}
  - {id: deals, kind: per_unit, title: {en: Per deal, zh: 每单}, measure: deals, rate: {parameter: bonus}}
  - {id: tiers, kind: rate_table, title: {en: Commission, zh: 提成}, measure: revenue,
     bands: [{from: 0, until: 50000, rate: 1 %}, {from: 50000, rate: 2 %}]}
milestones: [{id: first, title: {en: First deal, zh: 首单}, measure: deals, reaches: 1, within_days: 60}]
boards: [{id: best, title: {en: Best seller, zh: 销售榜}, measure: deals}]
"""


def changed(*steps: Any, **fields: Any) -> Amendment:
    """The amendment of the shared plan from April by setting the value at each path, or removing it."""
    later = document(SHARED, effective_from=dt.date(2025, 4, 1), **fields)
    for path, value in steps:
        *way, last = path
        place: Any = later
        for step in way:
            place = place[step]
        if value is None:
            del place[last]
        elif last == "+":
            place.append(value)
        else:
            place[last] = value
    return amendment(parse_plan(document(SHARED)), parse_plan(later))


def said(found: Amendment, language: str = "en") -> list[str]:
    """Every sentence but that of the first day."""
    return [getattr(each.said, language) for each in found.differences if each.path != "effective_from"]


CARD = ("components", 0)
CASES: list[tuple[list[Any], str, str]] = [
    (
        [((*CARD, "parts", 0, "weight"), "80 %"), ((*CARD, "parts", 1, "weight"), "20 %")],
        "Component Scorecard, satisfaction (5.1): weight 10 % → 20 % from 2025-04-01",
        "计奖项“积分卡，满意度”（5.1）：权重 10 % → 20 %，自 2025-04-01 起",
    ),
    (
        [((*CARD, "cap"), {"pays": 4500})],
        "Component Scorecard (5.1): cap pays nothing → 4500 CNY from 2025-04-01",
        "计奖项“积分卡”（5.1）：封顶奖金 无 → 4500 CNY，自 2025-04-01 起",
    ),
    (
        [(("targets", "clients", "value"), 18)],
        "Target clients: value 20 → 18 from 2025-04-01",
        "目标“clients”：数值 20 → 18，自 2025-04-01 起",
    ),
    (
        [(("targets", "close_rate", "value"), "12.5 %")],
        "Target close rate: value 10 % → 12.5 % from 2025-04-01",
        "目标“close rate”：数值 10 % → 12.5 %，自 2025-04-01 起",
    ),
    (
        [(("parameters", "bonus", "value"), 55)],
        "Parameter bonus: value 50 → 55 from 2025-04-01",
        "参数“bonus”：数值 50 → 55，自 2025-04-01 起",
    ),
    (
        [(("parameters", "bonus", "open"), None)],
        "Parameter bonus: open to branch → nothing from 2025-04-01",
        "参数“bonus”：开放层级 branch → 无，自 2025-04-01 起",
    ),
    (
        [(("components", 1, "rate"), "60.50 CNY")],
        "Component Per deal: rate parameter bonus → 60.5 CNY from 2025-04-01",
        "计奖项“每单”：单价 参数 bonus → 60.5 CNY，自 2025-04-01 起",
    ),
    (
        [(("components", 2, "bands", 1, "rate"), "3 %")],
        "Component Commission, from 50000 CNY: rate 2 % → 3 % from 2025-04-01",
        "计奖项“提成，50000 CNY 起”：单价 2 % → 3 %，自 2025-04-01 起",
    ),
    (
        [(("components", 2, "bands", 1, "until"), 100000),
         (("components", 2, "bands", "+"), {"from": 100000, "rate": "3 %"})],
        "Component Commission, from 100000 CNY added from 2025-04-01: from 100000 CNY, rate 3 %",
        "自 2025-04-01 起新增计奖项“提成，100000 CNY 起”：起点 100000 CNY，单价 3 %",
    ),
    (
        [(("components", 1), None)],
        "Component Per deal removed from 2025-04-01",
        "自 2025-04-01 起取消计奖项“每单”",
    ),
    (
        [(("components", "+"), {"id": "ten", "kind": "threshold", "title": {"en": "Ten", "zh": "十单"},
                                "clause": "6", "measure": "deals", "reaches": 10, "pays": 300})],
        "Component Ten (6) added from 2025-04-01: kind threshold, pays 300 CNY, measure deals, reaches 10",
        "自 2025-04-01 起新增计奖项“十单”（6）：类型 threshold，奖金 300 CNY，指标 deals，达到 10",
    ),
    (
        [(("milestones", 0, "within_days"), 45)],
        "Milestone First deal: within days 60 → 45 from 2025-04-01",
        "里程碑“首单”：天数 60 → 45，自 2025-04-01 起",
    ),
    (
        [(("boards", 0, "period"), "quarter")],
        "Board Best seller: period month → quarter from 2025-04-01",
        "榜单“销售榜”：期间 month → quarter，自 2025-04-01 起",
    ),
    (
        [(("measures", "deals", "where"), {"channel": ["douyin"]})],
        "Measure deals: where channel nothing → douyin from 2025-04-01",
        "指标“deals”：条件渠道 无 → douyin，自 2025-04-01 起",
    ),
    (
        [(("draw",), {"title": {"en": "Advance", "zh": "预支"}, "clause": "9", "pays": 3000,
                      "form": "advance", "recoverable": True, "recovery": {"at_most": "50 %"}})],
        "Account Advance (9) added from 2025-04-01: pays 3000 CNY, form advance, recoverable true, "
        "recovery at most 50 %, recovery starts after months 0",
        "自 2025-04-01 起新增账户“预支”（9）：奖金 3000 CNY，形式 advance，可收回 true，"
        "收回不多于 50 %，收回起始月数 0",
    ),
    (
        [(("negative_balance",), "carried")],
        "Plan: negative balance paid → carried from 2025-04-01",
        "方案：负余额 paid → carried，自 2025-04-01 起",
    ),
    (
        [(("population",), {"post": ["seller"], "tenure_months": {"until": 12}})],
        "Population: post nothing → seller from 2025-04-01",
        "适用对象：岗位 无 → seller，自 2025-04-01 起",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "english", "chinese"), CASES)
def test_a_change_is_said_clause_by_clause(steps: list[Any], english: str, chinese: str) -> None:
    found = changed(*steps)
    assert english in said(found)
    assert chinese in said(found, "zh")


@pytest.mark.rule("R27")
def test_a_changed_weight_is_two_sentences_and_the_first_day() -> None:
    """Satisfaction 10 % → 20 % from April, clients 90 % → 80 %; nothing else is told."""
    found = changed(*CASES[0][0])
    assert [each.path for each in found.differences] == [
        "effective_from",
        "components.card.parts.clients.weight",
        "components.card.parts.scored.weight",
    ]
    assert found.differences[0].said.en == "Plan: effective from 2025-01-01 → 2025-04-01"
    assert (found.differences[2].before, found.differences[2].after) != (None, None)
    assert (str(found.from_), str(found.to), found.whom.en) == ("2025-01-01", "2025-04-01", "everybody")


def test_a_changed_parameter_is_told_once_and_not_where_it_is_used() -> None:
    found = changed((("parameters", "bonus", "value"), 55))
    assert [each.path for each in found.differences] == ["effective_from", "parameters.bonus.value"]


def test_what_is_written_otherwise_but_means_the_same_is_no_change() -> None:
    """50.00 CNY is 50, a title in one text is both, and an absent field is its default."""
    written = document(SHARED)
    written["components"][0]["base"] = "4,000.00 CNY"
    written["rounding"] = "half_up"
    written["boards"][0]["period"] = "month"
    assert amendment(parse_plan(document(SHARED)), parse_plan(written)).differences == ()
    assert said(changed(), "en") == []


@pytest.mark.parametrize("name", ["huikang-seller", "huikang-newcomer", "hospital-nurse"])
def test_a_plan_and_its_reverse_differ_in_the_same_places(name: str) -> None:
    """And every example differs in nothing from itself."""
    one, other = parse_plan(example(name)), parse_plan(document(SHARED))
    assert amendment(one, one).differences == ()
    there = {each.path: each.kind for each in amendment(one, other).differences}
    back = {each.path: each.kind for each in amendment(other, one).differences}
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    assert there == {path: turned[kind] for path, kind in back.items()}


def test_whom_it_is_for_is_said() -> None:
    found = changed(population={"post": ["seller"], "tenure_months": {"until": 12}})
    assert (found.whom.en, found.whom.zh) == (
        "post seller; tenure months < 12",
        "岗位 seller；司龄（月） < 12",
    )

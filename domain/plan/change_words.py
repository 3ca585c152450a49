"""What a change of a statement, and the facts behind it, say to people, in English and Chinese."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

from domain.money import major_text
from domain.plan.differences import Change, LineChange
from domain.plan.document import Plan
from domain.plan.exact import Unit, shown
from domain.plan.fields import Title

Effect = Literal["counted", "left_out", "voided", "confirmed", "closed"]
"""What a fact did: came in, came too late for a close, was cancelled, was vouched for, made a month final."""

_LINES: Mapping[str, Title] = {
    "added": Title("{title} came: {amount}", "新增{title}：{amount}"),
    "removed": Title("{title} went: {amount}", "取消{title}：{amount}"),
    "changed": Title(
        "{title}: {before} before, {after} after, {amount}", "{title}：原 {before}，现 {after}，{amount}"
    ),
}

_CHANGES: Mapping[str, Title] = {
    "plan": Title(
        "Another version of the plan {name}: {before} before, {after} after",
        "方案 {name} 换了版本：原 {before}，现 {after}",
    ),
    "measure": Title("{name}: {before} before, {after} after", "{name}：原 {before}，现 {after}"),
    "target": Title("Target {name}: {before} before, {after} after", "目标{name}：原 {before}，现 {after}"),
    "parameter": Title(
        "Parameter {name}: {before} before, {after} after", "参数 {name}：原 {before}，现 {after}"
    ),
    "placement": Title(
        "For the days of {name}: {before} before, {after} after", "{name} 的天数：原 {before}，现 {after}"
    ),
    "milestone": Title(
        "{name}: reached {before} before, {after} after", "{name}达成日期：原 {before}，现 {after}"
    ),
    "recomputed": Title(
        "The month comes to {after}; before, to {before}", "该月重新计算为 {after}，此前为 {before}"
    ),
    "settled": Title(
        "{after} is settled for the month already; before, {before}", "该月已结算 {after}，此前为 {before}"
    ),
    "account": Title("{name}: {before} before, {after} after", "{name}：原 {before}，现 {after}"),
    "rate": Title(
        "Exchange rate {name}: {before} before, {after} after", "汇率 {name}：原 {before}，现 {after}"
    ),
    "rounding": Title(
        "Rounded otherwise: {before} before, {after} after", "取整方式不同：原 {before}，现 {after}"
    ),
    "rule": Title(
        "The same numbers come to {after}; before, to {before}: the program differs",
        "同样的数据，现为 {after}，原为 {before}：程序不同",
    ),
}

_ACCOUNTS: Mapping[str, Title] = {
    "earned": Title("Earned", "所得"),
    "pays": Title("The draw", "预支额"),
    "owed": Title("Owed in all", "共欠"),
    "held": Title("Held in all", "累计暂扣"),
    "share": Title("Share", "比例"),
}
"""What the lines of accounts speak of."""

_FACTS: Mapping[Effect, Title] = {
    "counted": Title(
        "{type} of {day}, known since position {position}", "{day} 的 {type}，自第 {position} 号起已知"
    ),
    "left_out": Title(
        "{type} of {day} at position {position} came too late for the close",
        "{day} 的 {type}（第 {position} 号）晚于结账截止，未计入",
    ),
    "voided": Title(
        "{type} of {day} at position {about} was voided at position {position}",
        "{day} 的 {type}（第 {about} 号）被第 {position} 号作废",
    ),
    "confirmed": Title(
        "The fact at position {about} was confirmed at position {position}",
        "第 {about} 号事实由第 {position} 号确认",
    ),
    "closed": Title("{period} was closed at position {position}", "{period} 由第 {position} 号结账"),
}


def say_line(change: LineChange) -> Title:
    """A sentence about the amount of a line."""
    currency = change.currency
    sign = "+" if change.difference_minor >= 0 else ""

    def filled(sentence: str, title: str) -> str:
        return sentence.format(
            title=title,
            before=f"{major_text(change.before_minor, currency)} {currency}",
            after=f"{major_text(change.after_minor, currency)} {currency}",
            amount=f"{sign}{major_text(change.difference_minor, currency)} {currency}",
        )

    said = _LINES[change.kind]
    return Title(filled(said.en, change.title.en), filled(said.zh, change.title.zh))


def say_change(change: Change, plan: Plan | None) -> Title:
    """A sentence about what a line rests on. plan: the later version, or the one that there was."""
    said = _CHANGES[change.name if change.ground == "settled" else change.ground]
    title, form = _named(change, plan)
    values = [_value(change, text, form) for text in (change.before, change.after)]
    (before_en, before_zh), (after_en, after_zh) = values
    return Title(
        said.en.format(name=title.en, before=before_en, after=after_en),
        said.zh.format(name=title.zh, before=before_zh, after=after_zh),
    )


def say_fact(effect: Effect, words: Mapping[str, object]) -> Title:
    """A sentence about a fact. words: its type, day and position, what it is about, the period of a close."""
    said = _FACTS[effect]
    return Title(said.en.format_map(words), said.zh.format_map(words))


def _named(change: Change, plan: Plan | None) -> tuple[Title, Unit]:
    """What the plan calls a thing, and the form of its numbers."""
    bare = Title(change.name, change.name)
    if change.ground == "account":
        return _ACCOUNTS.get(change.name, bare), "percent" if change.name == "share" else "number"
    if plan is None:
        return bare, "number"
    match change.ground:
        case "measure" if change.name in plan.measures:
            measure = plan.measures[change.name]
            return measure.title, measure.form
        case "target" if change.name in plan.targets:
            target = plan.targets[change.name]
            measure = plan.measures[target.measure]
            return target.title or measure.title, measure.form
        case "parameter" if change.name in plan.parameters:
            parameter = plan.parameters[change.name]
            return parameter.title or bare, parameter.form
        case "plan" if change.name == plan.plan:
            return plan.title, "number"
        case "milestone":
            return next((m.title for m in plan.milestones if m.id == change.name), bare), "number"
        case _:
            return bare, "number"


def _value(change: Change, text: str | None, form: Unit) -> tuple[str, str]:
    """A value as it is said in English and in Chinese."""
    if text is None:
        return ("nothing", "无") if change.ground != "milestone" else ("on no day", "未达成")
    if change.ground == "plan":
        return text[:12], text[:12]
    if change.ground in ("milestone", "settled", "rate", "rounding"):
        return text, text
    said = shown(Fraction(text), form)
    return said, said

"""What a change of a plan says to people, in English and Chinese."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from domain.facts.titles import titled_kind
from domain.plan.document import Population
from domain.plan.fields import Called, Months, Title, by_id

NOTHING = Title("nothing", "无")
_UNTOLD = ("title", "clause")

_PARTS: Mapping[str, Title] = {
    "plan": Title("Plan", "方案"),
    "population": Title("Population", "适用对象"),
    "component": Title("Component", "计奖项"),
    "account": Title("Account", "账户"),
    "parameter": Title("Parameter", "参数"),
    "target": Title("Target", "目标"),
    "milestone": Title("Milestone", "里程碑"),
    "warning": Title("Warning", "预警"),
    "board": Title("Board", "榜单"),
    "goal": Title("Goal", "分解目标"),
    "measure": Title("Measure", "指标"),
    "competence": Title("Competence model", "胜任力模型"),
    "pairing": Title("Pairing", "搭档配对"),
    "lead": Title("Leads", "线索跟进"),
    "hint": Title("Hints", "提示"),
}

_EMPLOYMENT: Mapping[str, Title] = {
    "established": Title("established", "在编"),
    "contract": Title("contract", "合同"),
    "agency": Title("agency", "派遣"),
    "intern": Title("intern", "实习"),
}

_FIELDS: Mapping[str, str] = {
    "bands": "区间",
    "account_order": "扣款顺序",
    "adds": "带动",
    "advice": "跟进建议",
    "amount_from": "金额下限",
    "amount_until": "金额上限",
    "attributes": "属性 ",
    "at_least": "不少于",
    "at_most": "不多于",
    "at_once": "立即生效",
    "attains": "达成率",
    "base": "基数",
    "board": "榜单",
    "branch": "分公司",
    "by": "归集方式",
    "channel": "渠道",
    "cap": "封顶",
    "carried": "结转",
    "clause": "条款",
    "confirmed_by": "确认人",
    "convert_at": "折算汇率日",
    "counted": "计入日期",
    "counts_up_to": "最多计至",
    "course": "课程",
    "credited": "计入",
    "cumulative": "累计",
    "currency": "币种",
    "days": "天数",
    "decided_by": "决策人",
    "deciders_from": "决策环节不少于",
    "department": "部门",
    "does": "做法",
    "each": "每人",
    "effective_from": "生效日",
    "effective_until": "截止日",
    "employment": "用工形式",
    "every": "每满",
    "fact": "事实",
    "falling": "连续下降期数",
    "first": "排序",
    "floor": "保底",
    "form": "形式",
    "from": "起点",
    "gates": "前提条件",
    "high_synergy": "高协同",
    "history_months": "历史月数",
    "indicators": "指标项",
    "industries": "行业",
    "kind": "类型",
    "kinds": "假别",
    "leave": "请假",
    "less": "扣除",
    "less_than": "少于",
    "licensed": "持证要求",
    "limit": "上限",
    "lower_by": "下调",
    "max": "上限",
    "measure": "指标",
    "method": "算法",
    "milestone": "里程碑",
    "min": "下限",
    "modules": "模块",
    "months": "月数",
    "more_than": "多于",
    "more_than_minutes": "超过分钟数",
    "multipliers": "系数",
    "negative_balance": "负余额",
    "of": "对象",
    "on_leaving": "离职时",
    "open": "开放",
    "others": "其他",
    "over": "覆盖期间",
    "overtime": "加班",
    "owner": "负责人",
    "pass_score": "及格分",
    "pay_currency": "发放币种",
    "pays": "奖金",
    "per": "每",
    "per_day": "每天",
    "period": "期间",
    "periods": "连续期数",
    "points": "计点方式",
    "population": "适用对象",
    "post": "岗位",
    "product": "产品",
    "prorate": "按天折算",
    "pushed_only": "仅由补课触发",
    "ramp": "爬坡",
    "rate": "单价",
    "reaches": "达到",
    "reasons": "事由",
    "recoverable": "可收回",
    "recovery": "收回",
    "released_after_months": "发放等待月数",
    "relief": "减免",
    "remedial": "补课",
    "remedial_score": "补课线",
    "requires": "先修",
    "role": "角色",
    "rounding": "取整",
    "rule": "规则",
    "running": "累计计发",
    "sellers": "销售岗位",
    "sellers_each": "每人服务销售数",
    "share": "比例",
    "signal": "信号",
    "size": "名额",
    "spread": "分摊",
    "starts_after_months": "起始月数",
    "suggests": "建议措施",
    "takes_back": "是否追回",
    "target": "目标",
    "team": "团队",
    "tenure_months": "司龄（月）",
    "times": "倍数",
    "title": "名称",
    "to": "层级",
    "to_change": "需调整",
    "transfers": "期中调动",
    "unit": "单位",
    "unlicensed": "无证工作",
    "until": "终点",
    "up_to": "最多次数",
    "value": "数值",
    "weight": "权重",
    "weights": "权重",
    "when": "条件",
    "where": "条件",
    "window": "时间窗",
    "within": "上级目标",
    "within_days": "天数",
    "within_hours": "小时内",
    "within_months": "月数",
    "words": "词表",
    "worth": "折算",
}
"""What the fields of a document are called in Chinese; one that is not here keeps its name."""


class Spoken(NamedTuple):
    """What a difference is about. above: the title of what the item is part of. since: its first day."""

    part: str
    title: Title | None
    above: Title | None
    clause: str
    since: dt.date


def say_item(spoken: Spoken, came: bool, content: Sequence[tuple[str, Title]]) -> Title:
    """A sentence about something that came or went, with what it holds when it came."""
    about = _about(spoken)
    told = ((name, said) for name, said in content if name not in _UNTOLD and said.en != "false")
    held = [(say_field(name), said) for name, said in told] if came else []
    en = ", ".join(f"{name.en} {said.en}" for name, said in held)
    zh = "，".join(f"{name.zh} {said.zh}" for name, said in held)
    verb = Title("added", "新增") if came else Title("removed", "取消")
    return Title(
        f"{about.en} {verb.en} from {spoken.since}" + (f": {en}" if en else ""),
        f"自 {spoken.since} 起{verb.zh}{about.zh}" + (f"：{zh}" if zh else ""),
    )


def say_value(spoken: Spoken, field: str, before: Title | None, after: Title | None) -> Title:
    """A sentence about a value that is another now."""
    about, name = _about(spoken), say_field(field)
    was, now = before or NOTHING, after or NOTHING
    since = field != "effective_from"
    return Title(
        f"{about.en}: {name.en} {was.en} → {now.en}" + (f" from {spoken.since}" if since else ""),
        f"{about.zh}：{name.zh} {was.zh} → {now.zh}" + (f"，自 {spoken.since} 起" if since else ""),
    )


def say_whom(population: Population, called: Called = by_id) -> Title:
    """Whom a plan is for."""
    listed = {
        name: say_group(name, getattr(population, name), called)
        for name in ("post", "branch", "department", "team", "employment")
        if getattr(population, name)
    }
    tenure = population.tenure_months
    if tenure is not None:
        listed["tenure_months"] = Title(_months(tenure), _months(tenure))
    if not listed:
        return Title("everybody", "全体人员")
    named = [(say_field(name), said) for name, said in listed.items()]
    return Title(
        "; ".join(f"{name.en} {said.en}" for name, said in named),
        "；".join(f"{name.zh} {said.zh}" for name, said in named),
    )


def say_group(name: str, ids: Iterable[str], called: Called) -> Title:
    """Those of a field of a population, each by what it is called."""
    kind = titled_kind("", name)
    said = [_EMPLOYMENT.get(id, Title(id, id)) if kind is None else called(kind, id) for id in ids]
    return Title(", ".join(each.en for each in said), "、".join(each.zh for each in said))


def _months(tenure: Months) -> str:
    """Months of tenure, as both languages write them."""
    if tenure.until is None:
        return f"≥ {tenure.from_}"
    return f"{tenure.from_} – {tenure.until - 1}" if tenure.from_ else f"< {tenure.until}"


def _about(spoken: Spoken) -> Title:
    part = _PARTS[spoken.part]
    if spoken.title is None:
        return part
    titles = [title for title in (spoken.above, spoken.title) if title is not None]
    en, zh = ", ".join(title.en for title in titles), "，".join(title.zh for title in titles)
    clause = spoken.clause
    return Title(
        f"{part.en} {en}" + (f" ({clause})" if clause else ""),
        f"{part.zh}“{zh}”" + (f"（{clause}）" if clause else ""),
    )


def say_field(path: str) -> Title:
    """The words for a field, with those that it lies in: `cap.pays` is cap pays."""
    steps = path.split(".")
    return Title(
        " ".join(step.replace("_", " ") for step in steps),
        "".join(_FIELDS.get(step, _band(step)) for step in steps),
    )


def _band(step: str) -> str:
    """A band by where it begins, as it is called in Chinese; another step as it is."""
    if step == "from the start":
        return "最低档"
    return f"{step.removeprefix('from ')} 起" if step.startswith("from ") else step

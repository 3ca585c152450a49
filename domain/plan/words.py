"""What a line, a part of it or a hint says to people, in English and Chinese."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

from domain.plan.document import Plan
from domain.plan.exact import shown
from domain.plan.fields import Title
from domain.plan.licence import STATES

Language = Literal["en", "zh"]

SENTENCES: Mapping[str, Title] = {
    "per_unit": Title("{measure}: {value} × {rate}", "{measure}：{value} × {rate}"),
    "threshold_reached": Title(
        "{measure} is {value} and reaches {reaches}: {pays}", "{measure}为 {value}，达到 {reaches}：{pays}"
    ),
    "threshold_missed": Title(
        "{measure} is {value}, below {reaches}; {pays} is not due",
        "{measure}为 {value}，未达到 {reaches}，不发 {pays}",
    ),
    "per_point_whole": Title(
        "{measure} is {value}, {points} whole points over {target}, {rate} each",
        "{measure}为 {value}，超出目标 {target} 共 {points} 个整数点，每点 {rate}",
    ),
    "per_point_pro_rata": Title(
        "{measure} is {value}, {points} points over {target}, {rate} each",
        "{measure}为 {value}，超出目标 {target} 共 {points} 点，每点 {rate}",
    ),
    "step": Title(
        "{measure} is {value}, in the band that pays {pays}", "{measure}为 {value}，所在区间奖金 {pays}"
    ),
    "step_below": Title("{measure} is {value}, below the first band", "{measure}为 {value}，低于最低区间"),
    "step_between": Title(
        "{measure} is {value}, which pays {pays} on the line between two steps",
        "{measure}为 {value}，按两档之间的直线插值，奖金 {pays}",
    ),
    "step_attained": Title(
        "{measure} is {value}, {attained} of {target}, in the band that pays {pays}",
        "{measure}为 {value}，完成目标 {target} 的 {attained}，所在区间奖金 {pays}",
    ),
    "step_below_attained": Title(
        "{measure} is {value}, {attained} of {target}, below the first band",
        "{measure}为 {value}，完成目标 {target} 的 {attained}，低于最低区间",
    ),
    "step_between_attained": Title(
        "{measure} is {value}, {attained} of {target}, which pays {pays} on the line between two steps",
        "{measure}为 {value}，完成目标 {target} 的 {attained}，按两档之间的直线插值，奖金 {pays}",
    ),
    "rate_whole": Title(
        "{measure}: {value}, all at {band_rate}", "{measure}：{value}，全部按 {band_rate} 计"
    ),
    "rate_whole_attained": Title(
        "{measure}: {value}, {attained} of {target}, all at {band_rate}",
        "{measure}：{value}，完成目标 {target} 的 {attained}，全部按 {band_rate} 计",
    ),
    "rate_marginal": Title(
        "{measure}: {value}, each band at its own rate", "{measure}：{value}，各区间按各自比例分段计算"
    ),
    "rate_marginal_attained": Title(
        "{measure}: {value}, {attained} of {target}, each band at its own rate",
        "{measure}：{value}，完成目标 {target} 的 {attained}，各区间按各自比例分段计算",
    ),
    "rate_band": Title(
        "{value} from {from} until {until}, at {band_rate}",
        "{from} 至 {until} 之间的 {value}，按 {band_rate} 计",
    ),
    "rate_band_attained": Title(
        "{value} from {from} until {until} of {target}, at {band_rate}",
        "目标 {target} 的 {from} 至 {until} 之间的 {value}，按 {band_rate} 计",
    ),
    "scorecard": Title("Score {score} of a base of {base}", "综合得分 {score}，基数 {base}"),
    "per_lot": Title(
        "{measure}: {value}, {lots} whole lots of {every}, {rate} each",
        "{measure}：{value}，满 {every} 共 {lots} 份，每份 {rate}",
    ),
    "each": Title(
        "{measure}: {times} in all, {value} together, each by its own size",
        "{measure}：共 {times} 笔，合计 {value}，逐笔按各自大小计算",
    ),
    "each_per_unit": Title("{value} × {rate}", "{value} × {rate}"),
    "each_per_lot": Title(
        "{times} with {lots} lots of {every}, {rate} each",
        "{times} 笔，各满 {every} 共 {lots} 份，每份 {rate}",
    ),
    "each_threshold_reached": Title(
        "{times} that reach {reaches}, {pays} each", "{times} 笔达到 {reaches}，每笔 {pays}"
    ),
    "each_threshold_missed": Title(
        "{times} below {reaches}, not due {pays}", "{times} 笔未达到 {reaches}，不发 {pays}"
    ),
    "each_step": Title(
        "{times}, {value} together, in the band that pays {pays}",
        "{times} 笔，合计 {value}，所在区间每笔 {pays}",
    ),
    "each_step_between": Title(
        "{times} that pay {pays} on the line between two steps",
        "{times} 笔，按两档之间的直线插值，每笔 {pays}",
    ),
    "each_step_below": Title(
        "{times}, {value} together, below the first band", "{times} 笔，合计 {value}，低于最低区间"
    ),
    "each_rate_whole": Title(
        "{times}, {value} together, all at {band_rate}", "{times} 笔，合计 {value}，全部按 {band_rate} 计"
    ),
    "running": Title(
        "{measure}: {value} to date, {before} before this period; paid is what was added",
        "{measure}：累计 {value}，本期之前 {before}；按新增部分计发",
    ),
    "counts_up_to": Title("{measure} counts up to {most}", "{measure}最多计至 {most}"),
    "multiplied": Title("Multiplied by {times}", "乘以 {times}"),
    "multiplied_by": Title(
        "{measure} is {value}: multiplied by {factor}", "{measure}为 {value}：乘以 {factor}"
    ),
    "multiplied_attained": Title(
        "{measure} is {value}, {attained} of the target: multiplied by {factor}",
        "{measure}为 {value}，完成目标的 {attained}：乘以 {factor}",
    ),
    "floor": Title("Raised to the floor of {pays}", "补足至保底 {pays}"),
    "prorated": Title("For {days} of {of} days", "按 {of} 天中的 {days} 天折算"),
    "carried_in": Title("Left over by the cap before", "此前封顶结转"),
    "cap": Title("Limited by the cap of {pays}", "封顶 {pays}"),
    "gate_met": Title(
        "{measure} is {value}, {test} {level}: it counts", "{measure}为 {value}，{test} {level}：计发"
    ),
    "gate_missed": Title(
        "{measure} is {value}, not {test} {level}: nothing is paid",
        "{measure}为 {value}，不满足{test} {level}：不发",
    ),
    "gate_milestone_met": Title("{milestone} has been reached: it counts", "{milestone}已达成：计发"),
    "gate_milestone_missed": Title(
        "{milestone} has not been reached: nothing is paid", "{milestone}尚未达成：不发"
    ),
    "rank": Title(
        "{board}: place {place} of {people}, {pays}", "{board}：{people} 人中第 {place} 名，{pays}"
    ),
    "rank_none": Title("{board}: no place that pays now", "{board}：本期无可计奖的名次"),
    "true_up": Title(
        "{period}: {due} in all, less {had} earned before", "{period}：全期应得 {due}，减去已得 {had}"
    ),
    "true_up_open": Title("{period} is trued up when it ends", "{period} 期末汇算"),
    "true_up_less": Title("Less {component} of {period}", "减 {period} 的{component}"),
    "true_up_kept": Title("What was earned is not taken back", "已得部分不追回"),
    "scorecard_paid": Title(
        "Score {score} of a base of {base}, which pays {paid}", "综合得分 {score}，基数 {base}，兑付 {paid}"
    ),
    "payout": Title("A score of {score} pays {paid} of the base", "得分 {score} 对应兑付 {paid}"),
    "score_part": Title(
        "{measure} is {value} of {target}: {attained}, counted {counted}, weight {weight}",
        "{measure}为 {value}，目标 {target}：完成 {attained}，计 {counted}，权重 {weight}",
    ),
    "milestone_attained": Title("{milestone} was reached on {on}: {pays}", "{milestone}于 {on} 达成：{pays}"),
    "milestone_attained_elsewhen": Title(
        "{milestone} was reached on {on}, in another period", "{milestone}于 {on} 达成，属于其他期间"
    ),
    "milestone_open": Title("{milestone} has not been reached", "{milestone}尚未达成"),
    "flagged_unpaid": Title(
        "{measure}: {work} of {all} not counted; {credential} {state}, frozen since {since}",
        "{measure}：{all} 项中 {work} 项不计；{credential} {state}，自 {since} 起冻结",
    ),
    "flagged_paid": Title(
        "{measure}: {work} of {all} flagged, but counted; {credential} {state}, frozen since {since}",
        "{measure}：{all} 项中 {work} 项被标记，仍计入；{credential} {state}，自 {since} 起冻结",
    ),
    "flagged_unpaid_never": Title(
        "{measure}: {work} of {all} not counted; no {credential} was ever granted",
        "{measure}：{all} 项中 {work} 项不计；从未取得 {credential}",
    ),
    "flagged_paid_never": Title(
        "{measure}: {work} of {all} flagged, but counted; no {credential} was ever granted",
        "{measure}：{all} 项中 {work} 项被标记，仍计入；从未取得 {credential}",
    ),
    "by_placement": Title(
        "By the numbers of each of {placements} placements, for its own days",
        "先后 {placements} 处，各按其数字计算在该处的天数",
    ),
    "nothing_measured": Title("{measure}: nothing to measure", "{measure}：无可统计的数据"),
    "retro": Title(
        "Computed anew {recomputed}, settled before {settled}",
        "重新计算为 {recomputed}，此前已结算 {settled}",
    ),
    "clawback": Title(
        "Taken back for deals that came back, at the rates of then: computed anew {recomputed}, "
        "settled before {settled}",
        "订单退回，按当期原比例追回：重新计算为 {recomputed}，此前已结算 {settled}",
    ),
    "draw_advanced": Title("Advance of {pays}; owed with it: {owed}", "预支 {pays}；连同此前共欠 {owed}"),
    "draw_advanced_free": Title(
        "Advance of {pays}, against the earnings of this month only", "预支 {pays}，仅以本月所得抵扣"
    ),
    "draw_topped_up": Title(
        "Earnings of {earned} topped up to the draw of {pays}; owed with it: {owed}",
        "所得 {earned}，补足至保底 {pays}；连同此前共欠 {owed}",
    ),
    "draw_topped_up_free": Title(
        "Earnings of {earned} topped up to the draw of {pays}, for good",
        "所得 {earned}，补足至保底 {pays}，无需归还",
    ),
    "draw_netted": Title(
        "Set off against earnings of {earned}; the rest of the advance of {pays} is not owed",
        "以所得 {earned} 抵扣；预支 {pays} 的其余部分无需归还",
    ),
    "draw_recovered": Title(
        "Paid back out of earnings of {earned}, at most {share} of them; still owed: {owed}",
        "从所得 {earned} 中归还，最多 {share}；尚欠 {owed}",
    ),
    "draw_recovered_above": Title(
        "Paid back out of earnings of {earned}, at most {share} of what exceeds the draw of {pays}; "
        "still owed: {owed}",
        "从所得 {earned} 中归还，最多为超出保底 {pays} 部分的 {share}；尚欠 {owed}",
    ),
    "held_back": Title(
        "{share} of {earned} is held back; held in all: {held}", "{earned} 暂扣 {share}；累计暂扣 {held}"
    ),
    "hold_returned": Title(
        "{share} of {earned} had been held back and is not taken twice",
        "{earned} 中的 {share} 此前已暂扣，不重复扣除",
    ),
    "hold_released": Title(
        "Held back long enough and paid now; still held: {held}", "暂扣期满，现予发放；仍暂扣 {held}"
    ),
    "hold_dropped": Title(
        "All that was held back is paid: the plan holds it no longer", "方案不再暂扣，全部发放"
    ),
    "hold_released_leaving": Title("All that was held back is paid on leaving", "离职，暂扣款全部发放"),
    "hold_forfeited": Title("Held back until the last day of work", "暂扣至最后工作日"),
    "hold_lost": Title("Forfeited on leaving", "离职，不予发放"),
    "brought_forward": Title("Brought forward: {owed} below 0", "上期结转负余额 {owed}"),
    "carried_forward": Title(
        "Nothing is paid below 0; {owed} is carried forward", "负数不发放，{owed} 结转下期"
    ),
    "nothing_held": Title("All else stays as it is", "其他条件不变"),
    "ratios_held": Title("With {ratios} held", "假设{ratios}不变"),
    "ratios_recomputed": Title("With {ratios} computed anew", "按新数据重新计算{ratios}"),
    "do": Title("{count} more {lever}", "再多 {count} {lever}"),
    "do_more_of": Title("{lever}: {count} more", "{lever}：再多 {count}"),
    "reach": Title("{measure} from {value} to {level}", "{measure}由 {value} 到 {level}"),
    "reach_place": Title(
        "{board}: {measure} from {value} to {level}, for place {place}",
        "{board}：{measure}由 {value} 到 {level}，即第 {place} 名",
    ),
    "others_stay": Title("As the others stand now", "按其他人目前的成绩"),
    "awaits_confirmation": Title(
        "{measure}: {records} waiting to be confirmed by {role}", "{measure}：{records} 条待{role}确认"
    ),
    "cap_loses": Title(
        "The cap of {pays} is reached: more of this earns nothing more in this period",
        "已达封顶 {pays}：本期再多也不再增加",
    ),
    "cap_carries": Title(
        "The cap of {pays} is reached: what lies beyond it, {left} so far, counts in the next period",
        "已达封顶 {pays}：超出部分（目前 {left}）结转下期计发",
    ),
    "licence_frozen": Title(
        "{credential} {state}, frozen since {since}: until it is valid again more of {measure} earns nothing",
        "{credential} {state}，自 {since} 起冻结：恢复之前{measure}再多也不计发",
    ),
    "licence_never": Title(
        "No {credential} was ever granted: more of {measure} earns nothing",
        "从未取得 {credential}：{measure}再多也不计发",
    ),
    "floor_holds": Title(
        "The floor pays {pays} anyway: more of this earns more once it is worth over {left} more",
        "保底 {pays}：再增加 {left} 以上才会多发",
    ),
}
"""Every sentence by its key; the words in braces are filled from the line."""

_AMOUNTS = frozenset({"due", "had", "rate", "band_rate", "pays", "base", "left"})
_PAID = frozenset({"recomputed", "settled", "earned", "owed", "held"})
_SHARES = frozenset({"paid", "factor", "score", "attained", "counted", "weight", "share"})
_LEVELS = frozenset({"level", "most", "every", "before", "value", "reaches", "target", "from", "until"})


TESTS: Mapping[str, Title] = {
    "at_least": Title("at least", "不少于"),
    "more_than": Title("more than", "多于"),
    "at_most": Title("at most", "不多于"),
    "less_than": Title("less than", "少于"),
}


def say(key: str, words: Mapping[str, str], plan: Plan, language: Language) -> str:
    """The sentence `key` filled with `words`, the exact texts of a line of `plan`."""
    sentence = SENTENCES[key].zh if language == "zh" else SENTENCES[key].en
    said = sentence.format_map(
        {name: _spoken(name, word, words, plan, language) for name, word in words.items()}
    )
    placement = words.get("placement")
    if placement is None:
        return said
    place = placement.replace("/", "–")
    return f"{place}：{said}" if language == "zh" else f"{place}: {said}"


def _spoken(name: str, word: str, words: Mapping[str, str], plan: Plan, language: Language) -> str:
    if not word:
        return "–"
    if name in ("measure", "ratios"):
        titles = [plan.measures[measure].title for measure in word.split(",")]
        return ("、" if language == "zh" else ", ").join(_in(title, language) for title in titles)
    if name == "lever":
        lever = next((lever.title for lever in plan.hints.levers if lever.id == word), None)
        return _in(lever.of(Fraction(words["count"])) if lever else plan.measures[word].title, language)
    if name == "board":
        return next((_in(board.title, language) for board in plan.boards if board.id == word), word)
    if name == "component":
        return next((_in(c.title, language) for c in plan.components if c.id == word), word)
    if name == "milestone":
        return next((_in(m.title, language) for m in plan.milestones if m.id == word), word)
    if name == "band_rate" and _is_money(words["measure"], plan):
        return shown(Fraction(word), "percent", places=4)
    if name == "state":
        return _in(STATES[word], language)
    if name == "test":
        return _in(TESTS[word], language)
    if name == "times" and "measure" not in words:
        return shown(Fraction(word), "percent")
    if name in _PAID:
        return f"{shown(Fraction(word))} {plan.pays_in}"
    if name in _AMOUNTS:
        return f"{shown(Fraction(word))} {plan.currency}"
    if name in _SHARES:
        return shown(Fraction(word), "percent")
    if name in ("from", "until") and "target" in words:
        return shown(Fraction(word), "percent")
    if name in _LEVELS and "measure" in words:
        return _level(Fraction(word), words["measure"], plan)
    return shown(Fraction(word)) if name in ("points", "lots", "times") else word


def _is_money(measure: str, plan: Plan) -> bool:
    return plan.measures[measure].form == "money"


def _level(value: Fraction, name: str, plan: Plan) -> str:
    form = plan.measures[name].form
    return f"{shown(value)} {plan.currency}" if form == "money" else shown(value, form)


def _in(title: Title, language: Language) -> str:
    return title.zh if language == "zh" else title.en

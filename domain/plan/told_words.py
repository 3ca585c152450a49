"""The sentences in which a plan is told, clause by clause, in English and Chinese.

Words in braces are fields of the clause; a sentence is said only where the document has all of them.
"""

from collections.abc import Mapping

from domain.plan.fields import Title

RULES: Mapping[str, tuple[Title, ...]] = {
    "per_unit": (
        Title("{rate} for every {every} of {measure}.", "{measure}每满 {every}，发 {rate}。"),
        Title("{rate} for each of {measure}.", "{measure}每 1 单位发 {rate}。"),
    ),
    "threshold": (
        Title("{pays} once {measure} reaches {reaches}.", "{measure}达到 {reaches}，发 {pays}。"),
        Title(
            "{pays} once {attains} of the target {target} is attained.",
            "目标“{target}”完成 {attains}，发 {pays}。",
        ),
        Title("{pays} once the target {target} is met.", "目标“{target}”达成，发 {pays}。"),
    ),
    "per_point": (
        Title(
            "{rate} for each point of {point} over the target {target}.",
            "超出目标“{target}”，每 {point} 发 {rate}。",
        ),
    ),
    "step": (
        Title("By the band that {measure} lies in:", "按{measure}所在区间："),
        Title("By the band that the attainment of {target} lies in:", "按目标“{target}”完成率所在区间："),
    ),
    "rate_table": (
        Title(
            "{measure} is paid at a rate, by bands of the attainment of {target}:",
            "{measure}按比例计发，比例随目标“{target}”的完成率分档：",
        ),
        Title("{measure} is paid at a rate, by bands:", "{measure}按比例计发，分档如下："),
        Title("A rate by the attainment of {target}:", "按目标“{target}”的完成率计发比例："),
    ),
    "scorecard": (
        Title("{base} times the weighted attainment of:", "基数 {base}，乘以下列各项的加权完成率："),
    ),
    "rank": (Title("For the first places on {board}: {pays}.", "{board}前几名依次发 {pays}。"),),
    "milestone": (Title("{pays} when {milestone} is reached.", "“{milestone}”达成，发 {pays}。"),),
    "true_up": (
        Title(
            "Trued up over the {over}: what {of} should come to together, less what was earned.",
            "按{over}汇算：{of}合计应得，减去已得。",
        ),
    ),
    "count": (Title("Counts: {fact}.", "计数：{fact}。"),),
    "sum": (
        Title("Adds up {of} of: {fact}.", "合计{of}：{fact}。"),
        Title("Adds up: {fact}.", "合计：{fact}。"),
    ),
    "distinct": (Title("Counts each {of} once: {fact}.", "按{of}去重计数：{fact}。"),),
    "average": (Title("Averages {of} of: {fact}.", "{of}的平均值：{fact}。"),),
    "last": (
        Title("Takes the last {of} of: {fact}.", "取最近一次的{of}：{fact}。"),
        Title("Takes the last: {fact}.", "取最近一次：{fact}。"),
    ),
    "best": (Title("Takes the best {of} of: {fact}.", "取最高的{of}：{fact}。"),),
    "streak": (Title("The longest run of days in a row with: {fact}.", "最长连续天数，每天都有：{fact}。"),),
    "each": (
        Title("Takes each by {of}: {fact}.", "逐笔按{of}：{fact}。"),
        Title("Takes each by itself: {fact}.", "逐笔：{fact}。"),
    ),
    "ratio": (Title("{of} divided by {to}.", "{of} ÷ {to}。"),),
    "days": (Title("Days of the period: {days}.", "期间内的天数：{days}。"),),
    "targets": (Title("{measure} should reach {value}.", "{measure}应达到 {value}。"),),
    "milestones": (
        Title(
            "{measure} reaches {reaches} within {within_days} days of the hire.",
            "入职 {within_days} 天内，{measure}达到 {reaches}。",
        ),
    ),
    "cascade": (
        Title(
            "{value} {unit} a {period}, a part of: {within}.", "每{period} {value} {unit}，属于“{within}”。"
        ),
        Title("{value} {unit} a {period}.", "每{period} {value} {unit}。"),
    ),
    "boards": (Title("Ranks people by {measure}, each {period}.", "按{measure}排名，每{period}一次。"),),
    "parameters": (Title("Set to {value}.", "取值 {value}。"),),
    "open": (
        Title(
            "May be set otherwise by: {open.to}; from {open.min} to {open.max}.",
            "可由{open.to}另定，范围 {open.min} 至 {open.max}。",
        ),
        Title(
            "May be set otherwise by: {open.to}; {open.min} or more.",
            "可由{open.to}另定，不低于 {open.min}。",
        ),
        Title(
            "May be set otherwise by: {open.to}; {open.max} at most.",
            "可由{open.to}另定，不高于 {open.max}。",
        ),
        Title("May be set otherwise by: {open.to}.", "可由{open.to}另定。"),
    ),
    "cap": (
        Title(
            "No more than {cap.pays}; what lies beyond is carried until the {cap.carried} ends.",
            "封顶 {cap.pays}，超出部分结转，至{cap.carried}末为止。",
        ),
        Title("No more than {cap.pays}.", "封顶 {cap.pays}。"),
    ),
    "floor": (
        Title(
            "No less than {floor.pays} from month {floor.tenure_months.from} to less than "
            "{floor.tenure_months.until} since the hire.",
            "入职满 {floor.tenure_months.from} 个月起、不到 {floor.tenure_months.until} 个月，"
            "保底 {floor.pays}。",
        ),
        Title("No less than {floor.pays}.", "保底 {floor.pays}。"),
    ),
    "prorate": (Title("By days: {prorate}.", "按天折算：{prorate}。"),),
    "gates": (
        Title("Paid only if {measure} is at least {at_least}.", "{measure}不少于 {at_least} 才计发。"),
        Title("Paid only if {measure} is more than {more_than}.", "{measure}多于 {more_than} 才计发。"),
        Title("Paid only if {measure} is at most {at_most}.", "{measure}不多于 {at_most} 才计发。"),
        Title("Paid only if {measure} is less than {less_than}.", "{measure}少于 {less_than} 才计发。"),
        Title("Paid only if {milestone} has been reached.", "“{milestone}”达成后才计发。"),
        Title(
            "Paid only if {attains} of the target {target} is attained.",
            "目标“{target}”完成 {attains} 才计发。",
        ),
    ),
    "multipliers": (
        Title("Multiplied by {times}.", "乘以 {times}。"),
        Title("Multiplied by {measure}.", "乘以{measure}。"),
    ),
    "multipliers_by_bands": (
        Title("Multiplied by the attainment of {target}:", "按目标“{target}”完成率分档乘系数："),
        Title("Multiplied by {measure}, by bands:", "按{measure}分档乘系数："),
    ),
    "ramp": (
        Title(
            "{share} of it from month {from} to less than {until} since the hire.",
            "入职满 {from} 个月起、不到 {until} 个月，按 {share}。",
        ),
        Title("{share} of it from month {from} since the hire.", "入职满 {from} 个月起，按 {share}。"),
    ),
    "band": (
        Title("from {from} to less than {until}: {pays}", "{from} 起、不到 {until}：{pays}"),
        Title("from {from}: {pays}", "{from} 起：{pays}"),
        Title("below {until}: {pays}", "不到 {until}：{pays}"),
        Title("always: {pays}", "一律：{pays}"),
    ),
    "parts": (
        Title("{target}, weight {weight}, counted to {cap} at most", "{target}，权重 {weight}，最多计 {cap}"),
        Title("{target}, weight {weight}", "{target}，权重 {weight}"),
    ),
}
"""By the kind of a rule, or the field: the sentences from which the first that fits is taken."""

PAYOUT = Title("What each score pays of the base:", "得分对应的兑付比例：")

FACTS: Mapping[str, Title] = {
    "activity_recorded": Title("activities", "工作记录"),
    "complaint_received": Title("complaints", "投诉"),
    "compliance_scored": Title("compliance scores", "合规评分"),
    "contract_passed": Title("contract steps passed", "合同环节通过"),
    "contract_returned": Title("contracts returned", "合同退回"),
    "contract_told": Title("contracts told on", "合同通知"),
    "contract_uploaded": Title("contracts uploaded", "合同上传"),
    "customer_assigned": Title("clients assigned", "客户分配"),
    "customer_registered": Title("new clients", "新客户登记"),
    "deal_closed": Title("deals", "成交"),
    "deal_costed": Title("deals costed", "成交核本"),
    "deal_reversed": Title("deals reversed", "成交冲销"),
    "follow_up_recorded": Title("follow-ups", "跟进"),
    "lead_received": Title("leads", "线索"),
    "nursing_recorded": Title("nursing records", "护理记录"),
    "overtime_recorded": Title("overtime", "加班"),
    "paper_published": Title("papers", "论文"),
    "patient_rated": Title("ratings by patients", "患者评价"),
    "procedure_performed": Title("procedures", "操作/手术"),
    "qualification_graded": Title("qualification grades", "资格等级"),
    "satisfaction_scored": Title("satisfaction scores", "满意度评分"),
    "stage_reached": Title("stages reached", "阶段推进"),
    "teamwork_scored": Title("teamwork scores", "协作评分"),
    "trial_held": Title("trials", "试用"),
    "visit_recorded": Title("visits", "拜访"),
}
"""What a measure counts, by the type of fact."""

WORDS: Mapping[str, Title] = {
    "amount_minor": Title("the amount", "金额"),
    "quantity": Title("the quantity", "数量"),
    "minutes": Title("the minutes", "分钟数"),
    "score": Title("the score", "得分"),
    "customer": Title("client", "客户"),
    "deal": Title("deal", "成交"),
    "contract": Title("contract", "合同"),
    "kind": Title("kind", "类型"),
    "channel": Title("channel", "渠道"),
    "product": Title("product", "产品"),
    "day": Title("day", "日期"),
    "week": Title("week", "周"),
    "month": Title("month", "月"),
    "ever": Title("since the hire", "入职以来"),
    "quarter": Title("quarter", "季度"),
    "year": Title("year", "年"),
    "employed": Title("those on which one belongs to the plan", "属于本方案的天数"),
    "present": Title(
        "those on which one belongs to the plan and is not on leave", "属于本方案且未休假的天数"
    ),
    "branch": Title("branch", "分公司"),
    "team": Title("team", "团队"),
    "person": Title("person", "个人"),
    "marginal": Title("each band at its own rate", "各档分段计算"),
    "whole": Title("all at the rate of one band", "全额按所在档"),
    "interpolated": Title("on the line between bands", "档间直线插值"),
    "pro_rata": Title("parts of a point count", "不足一点按比例"),
    "carried": Title("carried into the next statement", "结转下期"),
    "by_days": Title("by the days in each place", "按在各处的天数"),
    "released": Title("paid out", "发放"),
    "forfeited": Title("forfeited", "不予发放"),
    "guarantee": Title("guarantee", "保底"),
    "advance": Title("advance", "预支"),
    "true": Title("yes", "是"),
    "lowest": Title("the lowest first", "数值低者在前"),
    "earns_nothing": Title("earns nothing", "不计发"),
    "flagged": Title("flagged, and counted", "标记并计入"),
    "manager": Title("the manager", "上级"),
    "mentor": Title("the mentor", "导师"),
    "hr": Title("HR", "人事"),
    "production": Title("production", "生产部门"),
    "head_nurse": Title("the head nurse", "护士长"),
    "medical_affairs": Title("medical affairs", "医务部门"),
    "compliance_officer": Title("the compliance officer", "合规专员"),
    "sick": Title("sick leave", "病假"),
    "personal": Title("personal leave", "事假"),
    "annual": Title("annual leave", "年假"),
    "stress": Title("stress", "压力"),
    "training_completion": Title("training completed", "培训完成率"),
    "milestones_missed": Title("milestones missed", "落后或错过的里程碑"),
    "competence": Title("competence", "胜任力"),
    "training_satisfaction": Title("satisfaction with the training", "培训满意度"),
    "belonging": Title("belonging", "归属感"),
    "leaves": Title("times away", "请假次数"),
}
"""Words of documents as people say them."""

DULL: frozenset[tuple[str, str]] = frozenset(
    {
        ("rounding", "half_up"),
        ("counted", "when_reversed"),
        ("credited", "one's own"),
        ("window", "period"),
        ("method", "steps"),
        ("counting", "whole"),
        ("first", "highest"),
        ("transfers", "by_last_day"),
        ("negative_balance", "paid"),
        ("attains", "100 %"),
        ("point", "1 %"),
        ("on_leaving", "released"),
        ("owner", "manager"),
        ("periods", "1"),
        ("up_to", "30"),
    }
)
"""What goes without saying: values that hold where a document says nothing."""

"""What facts about shifts and rosters say, in one line of English and of Chinese."""

from collections.abc import Mapping

FORMS: Mapping[str, tuple[str, str]] = {
    "shift_pattern_set": (
        "Shift {pattern} ({title}) has its hours from {effective_on}[, asks for {credentials}]",
        "班次 {pattern}（{title}）自 {effective_on} 起的时段已设定[，需持 {credentials}]",
    ),
    "shift_rules_set": (
        "Rules on shifts from {effective_on}[, branch {branch}][, department {department}]"
        "[: at most {nights_in_a_row} nights in a row][, {rest_minutes} minutes of rest]"
        "[, at most {week_minutes} minutes a week][, credentials {credentials}]"
        "[, attendance by {attendance}]",
        "自 {effective_on} 起的排班规则[，分公司 {branch}][，科室 {department}]"
        "[：连续夜班至多 {nights_in_a_row} 个][，休息 {rest_minutes} 分钟][，每周至多 {week_minutes} 分钟]"
        "[，需持 {credentials}][，考勤方式 {attendance}]",
    ),
    "shift_assigned": ("{employee} has shift {pattern} on {on}", "{employee} 于 {on} 上 {pattern} 班"),
    "shift_worked": (
        "{employee} worked {minutes} minutes on {on}[, on project {project}][, at {customer}]",
        "{employee} 于 {on} 工作 {minutes} 分钟[，项目 {project}][，客户 {customer}]",
    ),
    "shift_need_set": (
        "{branch} needs {count} people on shift {pattern} from {effective_on}[ to {until_on}]"
        "[, department {department}][, on weekdays {weekdays}]",
        "{branch}[，科室 {department}，]自 {effective_on} 起[至 {until_on}]班次 {pattern} 需 {count} 人"
        "[，星期 {weekdays}]",
    ),
    "shift_wished": (
        "{employee} wishes for {on}[: shift {pattern}], weight {weight}; the day off where no shift is named",
        "{employee} 对 {on} 的排班意愿[：{pattern} 班]，权重 {weight}；未指明班次即希望休息",
    ),
    "swap_asked": (
        "{employee} asks {colleague} to swap ({swap}): {pattern} of {on} for {colleague_pattern} "
        "of {colleague_on}",
        "{employee} 申请与 {colleague} 换班（{swap}）：以 {on} 的 {pattern} 换 {colleague_on} 的 "
        "{colleague_pattern}",
    ),
    "swap_consented": ("{employee} consents to swap {swap}", "{employee} 同意换班 {swap}"),
    "swap_approved": (
        "{employee} and {colleague} swap shifts ({swap}), approved by {approver}",
        "{employee} 与 {colleague} 换班（{swap}），由 {approver} 批准",
    ),
    "swap_refused": (
        "Swap {swap} with {employee} does not take place: {reason}",
        "{employee} 的换班 {swap} 未成：{reason}",
    ),
}
"""By type of fact, in the forms that `api.telling` reads."""

"""What a fact says, in one line of English or Chinese, without anybody's personal data.

Of a form such as "{employee} visits {customer}[ in {department}]" a part in brackets is left out where the
fact does not say it. Names, numbers and notes never stand in a form: they are encrypted in the journal.
"""

import re
from collections.abc import Callable, Mapping
from typing import Literal

from api import problem_words, shift_words
from api.telling_changes import CHANGES
from api.telling_connecting import CONNECTING
from api.telling_directory import DIRECTORY
from api.telling_leads import LEADS_AND_CONTRACTS
from api.telling_learning import LEARNING
from api.telling_naming import NAMING
from domain.facts.base import Fact
from domain.facts.titles import titled_kind
from domain.money import CURRENCIES, major_text
from projections.titles import Titles

Language = Literal["en", "zh"]

FORMS: Mapping[str, tuple[str, str]] = {
    **LEARNING,
    **DIRECTORY,
    **CONNECTING,
    **NAMING,
    **CHANGES,
    "employee_hired": (
        "{employee} joins {branch} as {post} on {hired_on}",
        "{employee} 于 {hired_on} 入职 {branch}，岗位 {post}",
    ),
    "employee_transferred": (
        "{employee} works elsewhere from {effective_on}[, branch {branch}][, department {department}]"
        "[, team {team}][, under {manager}][, without {cleared}]",
        "{employee} 自 {effective_on} 调动[，分公司 {branch}][，部门 {department}][，团队 {team}]"
        "[，上级 {manager}][，取消 {cleared}]",
    ),
    "employee_promoted": (
        "{employee} is {post} from {effective_on}",
        "{employee} 自 {effective_on} 任 {post}",
    ),
    "employee_left": ("{employee} leaves on {left_on}: {cause}", "{employee} 于 {left_on} 离职：{cause}"),
    "mentor_assigned": (
        "{mentor} mentors {employee} from {effective_on}",
        "{mentor} 自 {effective_on} 起指导 {employee}",
    ),
    "assistant_assigned": (
        "{employee}'s assistant changes on {effective_on}[ to {assistant}]",
        "{employee} 的助理自 {effective_on} 起变更[为 {assistant}]",
    ),
    "leave_taken": (
        "{employee} is away from {from_on} to {until_on}: {kind}[, {minutes} minutes]",
        "{employee} 于 {from_on} 至 {until_on} 请假：{kind}[，{minutes} 分钟]",
    ),
    "overtime_recorded": (
        "{employee} works {minutes} minutes longer: {kind}[, for {customer}]",
        "{employee} 加班 {minutes} 分钟：{kind}[，客户 {customer}]",
    ),
    **shift_words.FORMS,
    "customer_registered": ("{employee} registers client {customer}", "{employee} 登记客户 {customer}"),
    "customer_assigned": ("Client {customer} is {employee}'s", "客户 {customer} 归 {employee} 负责"),
    "follow_up_recorded": (
        "{employee} follows up {customer}[: {kind}]",
        "{employee} 跟进客户 {customer}[：{kind}]",
    ),
    "visit_recorded": (
        "{employee} visits {customer}[, department {department}][: {kind}]",
        "{employee} 拜访 {customer}[，科室 {department}][：{kind}]",
    ),
    "stage_reached": (
        "{employee} brings {customer} to the stage {kind}[, deal {deal}]",
        "{employee} 将 {customer} 推进到 {kind} 阶段[，订单 {deal}]",
    ),
    "trial_held": (
        "{employee} holds a trial at {customer}[, product {product}][: {kind}]",
        "{employee} 在 {customer} 试用[，产品 {product}][：{kind}]",
    ),
    "deal_closed": (
        "{employee} closes deal {deal} with {customer}: {amount}",
        "{employee} 与 {customer} 成交，订单 {deal}：{amount}",
    ),
    "deal_reversed": (
        "{amount} of deal {deal} of {employee} with {customer} comes back",
        "{employee} 与 {customer} 的订单 {deal} 退回 {amount}",
    ),
    "deal_costed": (
        "The cost of deal {deal} of {employee} with {customer} is told[, class {kind}][, for pay {amount}]",
        "登记 {employee} 与 {customer} 的订单 {deal} 的成本[，毛利等级 {kind}][，计酬 {amount}]",
    ),
    "complaint_received": (
        "{customer} complains about {employee}[: {kind}]",
        "{customer} 投诉 {employee}[：{kind}]",
    ),
    "satisfaction_scored": (
        "{customer} is satisfied with {employee}: {score}",
        "{customer} 对 {employee} 的满意度：{score}",
    ),
    "compliance_scored": ("Compliance of {employee}: {score}", "{employee} 合规评分：{score}"),
    "teamwork_scored": ("Teamwork of {employee}: {score}", "{employee} 协作评分：{score}"),
    "activity_recorded": (
        "{employee}: {kind}[, quantity {quantity}][, {minutes} minutes][, score {score}]",
        "{employee}：{kind}[，数量 {quantity}][，{minutes} 分钟][，评分 {score}]",
    ),
    **LEADS_AND_CONTRACTS,
    "procedure_performed": (
        "{employee} performs {quantity} × {kind}[ as {role}][, department {department}][: {procedure}]",
        "{employee} 完成 {kind} {quantity} 例[，角色 {role}][，科室 {department}][：{procedure}]",
    ),
    "nursing_recorded": (
        "{employee} nurses: {kind}[, quantity {quantity}][, {minutes} minutes][, department {department}]",
        "{employee} 护理：{kind}[，数量 {quantity}][，{minutes} 分钟][，科室 {department}]",
    ),
    "patient_rated": (
        "A patient rates {employee}: {score}[, {kind}][, department {department}]",
        "患者对 {employee} 评分：{score}[，{kind}][，科室 {department}]",
    ),
    "paper_published": (
        "{employee} publishes a paper: {kind}[, {score} points][, as {role}]",
        "{employee} 发表论文：{kind}[，{score} 分][，{role}]",
    ),
    "qualification_graded": ("{employee} is graded {kind}", "{employee} 职称：{kind}"),
    "survey_answered": (
        "{employee} answers the survey: stress {stress}, training {training_satisfaction}, "
        "belonging {belonging}",
        "{employee} 填写周问卷：压力 {stress}，培训满意度 {training_satisfaction}，归属感 {belonging}",
    ),
    "probation_agreed": (
        "{employee} is on probation until {ends_on}",
        "{employee} 试用期至 {ends_on}",
    ),
    "probation_reviewed": (
        "{reviewer} ends the probation of {employee}: {outcome}",
        "{reviewer} 完成 {employee} 的试用期考核：{outcome}",
    ),
    "alert_acknowledged": (
        "The warning {alert} of {period} about {employee} is seen",
        "已知悉 {period} 关于 {employee} 的预警 {alert}",
    ),
    "intervention_opened": (
        "{owner} looks after {employee} until {due_on}: intervention {intervention}[, for warning {alert}]",
        "{owner} 负责关怀 {employee}，至 {due_on}，干预 {intervention}[，针对预警 {alert}]",
    ),
    "intervention_closed": (
        "Intervention {intervention} for {employee} ends: {outcome}",
        "对 {employee} 的干预 {intervention} 结束：{outcome}",
    ),
    "credential_granted": (
        "{employee} holds credential {credential} ({kind}) from {granted_on}[ until {expires_on}]",
        "{employee} 自 {granted_on} 持有证照 {credential}（{kind}）[，有效至 {expires_on}]",
    ),
    "credential_renewed": (
        "Credential {credential} of {employee} is renewed from {effective_on} until {expires_on}",
        "{employee} 的证照 {credential} 自 {effective_on} 续期至 {expires_on}",
    ),
    "credential_suspended": (
        "Credential {credential} of {employee} is suspended from {effective_on}: {reason}",
        "{employee} 的证照 {credential} 自 {effective_on} 暂停：{reason}",
    ),
    "credential_revoked": (
        "Credential {credential} of {employee} is revoked from {effective_on}: {reason}",
        "{employee} 的证照 {credential} 自 {effective_on} 吊销：{reason}",
    ),
    "credential_reinstated": (
        "Credential {credential} of {employee} counts again from {effective_on}: {reason}",
        "{employee} 的证照 {credential} 自 {effective_on} 恢复：{reason}",
    ),
    "ledger_opened": ("The ledger of {name} is opened", "{name} 的账本启用"),
    "plan_adopted": (
        "Plan {plan} takes effect on {effective_from}, approved by {approver}",
        "激励方案 {plan} 自 {effective_from} 生效，审批人 {approver}",
    ),
    "plan_drafted": (
        "Draft {draft} of plan {plan} from {effective_from} is put up[ in place of {replaces}][: {reason}]",
        "激励方案 {plan} 自 {effective_from} 起的草案 {draft} 征求意见[，取代草案 {replaces}][：{reason}]",
    ),
    "adoption_proposed": (
        "Draft {draft} of plan {plan} is proposed for adoption",
        "提议采纳激励方案 {plan} 的草案 {draft}",
    ),
    "plan_commented": (
        "{employee} comments on draft {draft} of plan {plan}[, on {path}]",
        "{employee} 对激励方案 {plan} 的草案 {draft}[ 的 {path}] 提出意见",
    ),
    "plan_acknowledged": (
        "{employee} acknowledges plan {plan} adopted at position {adopted_at}[, signature {signature}]",
        "{employee} 已阅知第 {adopted_at} 号采纳的激励方案 {plan}[，签字凭证 {signature}]",
    ),
    "plan_ended": (
        "Plan {plan} ends on {ended_on}: {reason}",
        "激励方案 {plan} 于 {ended_on} 终止：{reason}",
    ),
    "exchange_rate_set": (
        "1 {base} is {rate} {quote} from {effective_on}[, by {quoted_by}]",
        "自 {effective_on} 起 1 {base} 折合 {rate} {quote}[，来源 {quoted_by}]",
    ),
    "close_proposed": (
        "The close of {period} is proposed, as known at position {known_at}: {statements} statements",
        "提议结账 {period}，以位次 {known_at} 为准：{statements} 份薪酬单",
    ),
    "period_closed": (
        "{period} is closed: {statements} statements as known at position {known_at}",
        "{period} 结账：{statements} 份薪酬单，截至位次 {known_at}",
    ),
    "honour_awarded": (
        "{employee} is honoured: place {place} on {board} of {period}",
        "{employee} 获荣誉：{period} {board} 第 {place} 名",
    ),
    "run_approved": (
        "The run of {period} is approved by {approver}",
        "{period} 发薪批次由 {approver} 批准",
    ),
    "run_released": ("The run of {period} is released", "{period} 发薪批次放行"),
    "pay_held": (
        "Pay of {employee} is held ({hold})[ for {period}][, deal {deal}][, {component} of plan {plan}]"
        "[, approved by {approver}]: {reason}",
        "暂缓发放 {employee} 的薪酬（{hold}）[，{period}][，订单 {deal}][，方案 {plan} 的 {component}]"
        "[，审批人 {approver}]：{reason}",
    ),
    "hold_released": (
        "Hold {hold} on pay of {employee} is released[, approved by {approver}]: {reason}",
        "解除对 {employee} 薪酬的暂缓 {hold}[，审批人 {approver}]：{reason}",
    ),
    "payment_confirmed": (
        "{employee} was paid {amount} for {period} on {paid_on}, reference {reference}",
        "{employee} 的 {period} 薪酬 {amount} 于 {paid_on} 支付，凭证 {reference}",
    ),
    "inquiry_opened": (
        "{employee} asks about {period} ({inquiry}, {kind})[: {component} of plan {plan}]"
        "[, expects {expected_minor} in minor units][, expects {expected_count}]",
        "{employee} 对 {period} 提出查询（{inquiry}，{kind}）[：方案 {plan} 的 {component}]"
        "[，应为 {expected_minor}（最小货币单位）][，应为 {expected_count}]",
    ),
    "inquiry_answered": ("Inquiry {inquiry} of {employee} is answered", "{employee} 的查询 {inquiry} 已答复"),
    "inquiry_resolved": (
        "Inquiry {inquiry} of {employee} is resolved: {outcome}[, mended by {corrections}]",
        "{employee} 的查询 {inquiry} 已了结：{outcome}[，由 {corrections} 更正]",
    ),
    "approval_asked": (
        "{employee} asks for an approval ({approval}, {kind})[: {amount_minor} minor units of {currency}]",
        "{employee} 提交审批（{approval}，{kind}）[：{amount_minor}（{currency} 最小单位）]",
    ),
    "approval_decided": (
        "Approval {approval} of {employee}: {outcome}[ by {approver}][, {reason}]",
        "{employee} 的审批 {approval}：{outcome}[，审批人 {approver}][，{reason}]",
    ),
    "market_pay_surveyed": (
        "What the market pays for {post}[ in {branch}] as of {surveyed_on}, by {surveyed_by}",
        "{surveyed_on} {post}[（{branch}）]的市场薪酬，来源 {surveyed_by}",
    ),
    "notice_rules_set": (
        "Rules on notices from {effective_on}[: quiet from {quiet_from}][ until {quiet_until}]"
        "[, told to the next in line after {escalate_after_days} days]"
        "[, credentials {credential_months} months before]",
        "自 {effective_on} 起的通知规则[：免打扰自 {quiet_from}][至 {quiet_until}]"
        "[，{escalate_after_days} 天未确认则上报][，证照到期前 {credential_months} 个月提醒]",
    ),
    "fact_voided": ("Position {position} is voided: {reason}", "位次 {position} 作废：{reason}"),
    "fact_confirmed": ("Position {position} is confirmed by {role}", "位次 {position} 经 {role} 确认"),
    "access_refused": (
        "Refused[ to {caller}][ at {operation}][ about {employee}], {times} times: {reason}",
        "拒绝访问[，{caller}][，{operation}][，涉及 {employee}]，{times} 次：{reason}",
    ),
    "personal_data_read": (
        "{reader} reads {operation}[ about {employee}][, {people} people][, {filter}]",
        "{reader} 查阅 {operation}[，涉及 {employee}][，{people} 人][，{filter}]",
    ),
    "access_changed": (
        "Access of {holder}: {change}[, role {role}][, scope {scope}][, for {employee}]",
        "{holder} 的访问权：{change}[，角色 {role}][，范围 {scope}][，人员 {employee}]",
    ),
    "signed_in": (
        "{holder} signs in as {role}[, for {employee}], by {method}",
        "{holder} 以 {role} 登录[，人员 {employee}]，方式 {method}",
    ),
}
"""English and Chinese, by type of fact; `{amount}` is amount_minor in major units with its currency."""

SAID_BY_SERVICE = {("access_refused", "reason"), ("webhook_changed", "because")}
"""Fields whose sentences are the service's own; what people wrote stands as they wrote it."""

UNTITLED = Titles()
"""Nothing is called otherwise than by its id."""

_PART = re.compile(r"\[([^\]]*)\]")
_FIELD = re.compile(r"\{(\w+)\}")


def told(fact: Fact, language: Language = "en", titles: Titles = UNTITLED) -> str:
    """What `fact` says, in one line. titles: what the ids in it are called."""
    forms = FORMS.get(fact.TYPE)
    if forms is None:
        return fact.TYPE.replace("_", " ")
    return filled(forms[language == "zh"], lambda name: _value(fact, name, language, titles))


def filled(form: str, value: Callable[[str], str | None]) -> str:
    """`form` with its values; a part in brackets is left out where one of its fields has none."""

    def part(found: re.Match[str]) -> str:
        return "" if any(value(name) is None for name in fields_of(found[1])) else found[1]

    line = _FIELD.sub(lambda field: value(field[1]) or "", _PART.sub(part, form))
    return " ".join(line.split())


def fields_of(form: str) -> set[str]:
    """The fields that `form` names."""
    return set(_FIELD.findall(form))


def amount_text(minor: int, currency: str) -> str:
    """An amount in major units, as far as the currency is known."""
    return f"{major_text(minor, currency) if currency in CURRENCIES else minor} {currency}"


def _value(fact: Fact, name: str, language: Language, titles: Titles) -> str | None:
    if name == "amount":
        minor = getattr(fact, "amount_minor", None)
        return None if minor is None else amount_text(int(minor), str(getattr(fact, "currency", "")))
    value = getattr(fact, name, None)
    if value is not None and (fact.TYPE, name) in SAID_BY_SERVICE:
        return problem_words.told(str(value), language)
    if value is None:
        return None
    kind = titled_kind(fact.TYPE, name)
    said = [str(each) for each in value] if isinstance(value, list) else [str(value)]
    return ", ".join(said if kind is None else (getattr(titles.of(kind, each), language) for each in said))

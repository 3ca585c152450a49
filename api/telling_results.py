"""What results say that are sent as events, in one line of English and of Chinese."""

from collections.abc import Mapping

import msgspec

from api.telling import Language, amount_text, filled
from domain.plan.fields import Title

RESULTS: Mapping[str, tuple[str, str]] = {
    "statement.closed": (
        "The statement of {employee} for {period} is final: {amount}",
        "{employee} 的 {period} 薪酬单已定稿：{amount}",
    ),
    "milestone.reached": (
        "{employee} reaches the milestone {title} on {attained_on}",
        "{employee} 于 {attained_on} 达成里程碑：{title}",
    ),
    "warning.raised": (
        "A warning stands about {employee}: {title}[, for {person}]",
        "{employee} 出现预警：{title}[，请 {person} 关注]",
    ),
    "reminder.due": (
        "{kind} of {employee}, due on {due_on}[: {about}][, for {person}]",
        "{employee}：{kind}，{due_on} 到期[：{about}][，请 {person} 处理]",
    ),
    "board.changed": (
        "The board {title} of {period} has changed: {people}",
        "{period} 榜单“{title}”有变化：{people}",
    ),
    "webhook.test": (
        "A test of the webhook {name}: nothing happened",
        "Webhook 测试：{name}，并无事件发生",
    ),
}

KINDS: Mapping[str, tuple[str, str]] = {
    "onboarding": ("First day", "入职"),
    "probation_review": ("Review of the probation", "试用期考核"),
    "credential_expiry": ("Expiry of a credential", "证照到期"),
}
"""The words for what a reminder is about."""


def result_told(event: str, data: msgspec.Struct, language: Language = "en") -> str:
    """What the event says, in one line."""
    chinese = language == "zh"

    def value(name: str) -> str | None:
        if name == "amount":
            return amount_text(getattr(data, "total_minor", 0), getattr(data, "currency", ""))
        found = getattr(data, name, None)
        if isinstance(found, Title):
            return found.zh if chinese else found.en
        return KINDS[str(found)][chinese] if name == "kind" else None if found is None else str(found)

    return filled(RESULTS[event][chinese], value)

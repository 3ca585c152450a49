"""Refusals as a reader is told them: every rule in Chinese, and the field by its name."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest

from api.pages.refusal_words import KINDS
from api.pages.refusals import told
from api.pages.submitted import converted
from api.pages.wording import Wording
from domain.facts.interventions import InterventionOpened
from domain.refusals import BadField, ConsentMissing, Refusal

ZH, EN = (Wording(lang, ZoneInfo("Asia/Shanghai")) for lang in ("zh", "en"))


def kinds(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for each in kind.__subclasses__():
        yield each
        yield from kinds(each)


def test_every_rule_of_the_domain_is_told_in_chinese() -> None:
    """Whoever adds a refusal says it in api/pages/refusal_words.py."""
    of_rules = {each.kind for each in kinds() if each.__module__.startswith("domain.")}
    elsewhere = {"bad-field", "keys-unavailable"}
    assert of_rules - elsewhere <= KINDS.keys()
    assert all(text.endswith("。") and remedy.endswith("。") for text, remedy in KINDS.values())


def test_a_rule_is_told_in_the_language_with_its_circumstances() -> None:
    refusal = ConsentMissing(
        field="data.swap", detail="E2 has not consented to swap W1.", remedy="Have them."
    )
    chinese, english = told(ZH, refusal), told(EN, refusal)
    assert (chinese.field, chinese.text) == ("swap", "对方同事尚未同意换班。")
    assert chinese.detail == "E2 尚未同意换班 W1。" and "请先请对方" in chinese.remedy
    assert (english.text, english.detail) == ("E2 has not consented to swap W1.", "")


SAID = {"intervention": "I1", "employee": "E1", "owner": "M1", "actions": ["陪同"], "due_on": "2026-03-31"}


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"due_on": "31/3"}, "期限不是有效日期，请写成 2026-03-31。"),
        ({"due_on": None}, "期限尚未填写。"),
        ({"actions": []}, "帮扶措施尚未填写。"),
        ({"owner": "a b"}, "负责人含有不允许的字符。"),
    ],
)
def test_a_field_is_told_by_its_name_and_what_is_wrong_with_it(wrong: dict[str, object], text: str) -> None:
    with pytest.raises(BadField) as refused:
        converted(InterventionOpened, SAID | wrong)
    assert told(ZH, refused.value).text == text

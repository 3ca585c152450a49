"""Example plans are told without ids: what stands in them is called something in both languages."""

import re

from served import Service, fact

from api.plan_examples import example_titles, examples
from domain.plan.amendment_words import say_whom
from domain.plan.fields import Title
from domain.plan.told import told

OWN_WORDS = {("role", "manager"), ("role", "production")}
"""What the sentences of plans have words for themselves."""


def test_every_id_in_an_example_is_called_something() -> None:
    asked: set[tuple[str, str]] = set()

    def called(kind: str, id: str) -> Title:
        asked.add((kind, id))
        return Title(id, id)

    for each in examples().values():
        told(each.plan, called)
        say_whom(each.plan.population, called)
    assert asked - OWN_WORDS == set(example_titles())
    assert [each.zh for each in example_titles().values() if not re.search(r"[\u4e00-\u9fff]", each.zh)] == []


def test_the_firms_own_name_comes_first(firm: Service) -> None:
    """A new firm reads of sales representatives in Chinese; once it calls them otherwise, of those."""
    page = {"Accept": "text/html", "Accept-Language": "zh-CN"}
    head = firm.client("hr_head")

    def whom(example: str) -> str:
        return head.get(f"/plan-examples/{example}", headers=page).text.partition("<main")[2]

    assert (
        "岗位 外勤代表" in whom("field-visits") and "field representative" not in whom("field-visits")[:600]
    )
    own = {"kind": "post", "id": "field representative", "en": "Rep", "zh": "片区专员"}
    assert head.post("/v1/facts", json=fact("title_set", own)).status_code == 201
    firm.get("/v1/plans")
    assert "岗位 片区专员" in whom("field-visits")

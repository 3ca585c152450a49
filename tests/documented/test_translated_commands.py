"""A Chinese page says to type what its English twin does, which is run: both ways end at the same place."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHINESE = ".zh-CN.md"
PAGES = sorted(page.relative_to(ROOT).as_posix() for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))
TRANSLATED = [page for page in PAGES if page.endswith(CHINESE)]

STANDS_FOR = {"docs/howto/connectors.zh-CN.md": {"yunke-crm.yaml": "northwind-crm.yaml"}}
"""What a Chinese page names in place of what its twin names: the example whose fields are Chinese, which
tests/connectors tries like the other. Of such a page shells alone are compared."""

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"(^|\s+)# .*$", re.MULTILINE)
_QUOTED = re.compile(r'"([^"]*)"')
_WORDS = re.compile(r"[^$]*[ \u4e00-\u9fff][^$]*")


class Block(NamedTuple):
    """What stands between fences. text: of a shell, without comments and without reasons and titles."""

    kind: str
    text: str


def blocks(page: str) -> list[Block]:
    """The blocks of a page, in order, as its twin should have them."""
    text = (ROOT / page).read_text("utf-8")
    for chinese, english in STANDS_FOR.get(page, {}).items():
        text = text.replace(chinese, english)
    found = [Block(*each) for each in _BLOCK.findall(text)]
    return [each._replace(text=typed(each.text)) if each.kind == "sh" else each for each in found]


def typed(text: str) -> str:
    """What a shell acts on, with "…" for words that whoever types it chooses."""
    return _QUOTED.sub(
        lambda found: '"…"' if _WORDS.fullmatch(found[1]) else found[0], _COMMENT.sub("", text)
    )


@pytest.mark.parametrize("page", TRANSLATED)
def test_both_languages_say_to_type_the_same(page: str) -> None:
    chinese, english = blocks(page), blocks(page.replace(CHINESE, ".md"))
    if page in STANDS_FOR:
        chinese, english = ([each for each in found if each.kind == "sh"] for found in (chinese, english))
    assert chinese == english


def test_what_is_left_out_of_the_comparison_is_no_command() -> None:
    """Comments and quoted words go, and nothing that a shell would do."""
    assert typed('meritbook x "a b" --y 1   # says z\n') == 'meritbook x "…" --y 1\n'
    assert typed('curl "$HOST/v1" -d "#1"\n') == 'curl "$HOST/v1" -d "#1"\n'
    assert typed('meritbook x "企业登录"\n') == typed('meritbook x "Firm login"\n')


def test_every_exception_is_one() -> None:
    for page, named in STANDS_FOR.items():
        assert all(chinese in (ROOT / page).read_text("utf-8") for chinese in named), page

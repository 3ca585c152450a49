"""Commands speak the reader's language: as MERITBOOK_LANG says, else as the locale does."""

import io
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from commanded import ran
from rich.console import Console

from api.cli.terminal import say, take_language
from api.demo_data import telling
from api.demo_data.firms import HUIKANG
from api.settings import Settings


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, None),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "en_GB"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "MERITBOOK_LANG": "en"}, "en"),
        ({}, None),
    ],
)
def test_the_locale_is_heeded_where_nothing_else_is_said(
    environment: Mapping[str, str], spoken: str | None
) -> None:
    around = dict(environment)
    take_language(around)
    assert around.get("MERITBOOK_LANG") == spoken


def test_a_refusal_is_said_in_chinese(tmp_path: Path) -> None:
    around = {"MERITBOOK_HOME": str(tmp_path), "MERITBOOK_LANG": "zh"}
    found = ran(around, "explain", "E1", "2025-13")
    assert found.returncode == 2 and found.stderr.startswith("错误：'2025-13' 不是期间"), found.stderr


def test_the_demo_tells_its_months_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every heading, and why to try what; nothing of it is left in English."""
    monkeypatch.setenv("MERITBOOK_LANG", "zh")
    console = Console(file=io.StringIO(), width=200)
    telling.tell_months(console, say("demo.huikang"), [], {})
    telling.tell_next(console, Settings(home=Path("/h")), HUIKANG, Path("/f"), "meritbook")
    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert "新事实" in said and "薪酬发放明细" in said
    assert not re.search(r"\b(month|files|rows|what|with)\b", said.replace("meritbook", "")), said

"""Commands speak the reader's language: as MERITBOOK_LANG says, else as the locale does."""

import ast
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from commanded import ran
from rich.console import Console

from api import doctor
from api.cli import terminal
from api.cli.terminal import say, take_language
from api.demo_data import telling
from api.demo_data.firms import HUIKANG
from api.pages.words import catalogue
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


def headings(source: ast.Module) -> Iterator[str]:
    """Every text that a module gives `rows` as a heading, there or under a name for columns."""
    for node in ast.walk(source):
        match node:
            case ast.Call(func=ast.Name("rows"), args=[ast.Dict(keys=keys), *_]):
                yield from (each.value for each in keys if isinstance(each, ast.Constant))
            case ast.Assign(targets=[ast.Name("columns")], value=ast.Dict(keys=keys)):
                yield from (each.value for each in keys if isinstance(each, ast.Constant))
            case ast.Assign(targets=[ast.Name("columns" | "titles")], value=ast.Tuple(elts=parts)):
                yield from (each.value for each in parts if isinstance(each, ast.Constant))
            case _:
                pass


def test_every_heading_of_a_table_is_said_in_chinese() -> None:
    """Whoever adds one says it under `heading` in api/web/words/cli.yaml."""
    commands = Path(terminal.__file__).parent.glob("*.py")
    found = {each for file in commands for each in headings(ast.parse(file.read_text("utf-8")))}
    assert len(found) > 50
    assert sorted(each for each in found if f"cli.heading.{each.lower()}" not in catalogue("zh")) == []


def test_a_table_says_its_headings_and_states_in_chinese(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the firm calls something stays as it is."""
    monkeypatch.setenv("MERITBOOK_LANG", "zh")
    terminal.rows({"Entry": "", "State": ""}, [["held", "held"], ["e2", "released"]])
    assert capsys.readouterr().out.split() == ["条目", "状态", "held", "待处理", "e2", "已放行"]
    monkeypatch.setenv("MERITBOOK_LANG", "en")
    terminal.rows({"Entry": "", "State": ""}, [["e1", "held"]])
    assert capsys.readouterr().out.split() == ["Entry", "State", "e1", "held"]


def test_every_check_of_the_doctor_is_named_in_chinese() -> None:
    source = "".join(each.read_text("utf-8") for each in Path(doctor.__file__).parent.glob("*.py"))
    checks = set(re.findall(r'\b(?:ok|warn|fail)\(\s*"([a-z_]+)"', source))
    assert len(checks) > 10 and all(f"cli.check.{each}" in catalogue("zh") for each in checks)

"""`--help` in Chinese, for every command and whole: what it says of itself and the words around it."""

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from api.cli import app
from api.cli.chinese_help import words

HAN = re.compile(r"[\u3400-\u9fff]")
KEPT = re.compile(r"--[a-z-]+|`[^`]+`|MERITBOOK_\w+|/[a-z-]+(?:/[a-z-]+)+")
"""What a reader types, which is the same in both languages."""


def texts(command: Any) -> Iterator[str]:
    """Every help text of a command and of those below it."""
    for each in (command, *command.params):
        if getattr(each, "help", None):
            yield inspect.cleandoc(each.help)
    for below in getattr(command, "commands", {}).values():
        yield from texts(below)


def test_every_help_text_has_its_chinese_and_no_other_has() -> None:
    """Whoever says something new in a help text gives its Chinese in api/web/help.yaml."""
    assert set(texts(typer.main.get_command(app))) == set(words())
    wrong = [
        english
        for english, said in words().items()
        if len(said.split("\n\n")) != len(english.split("\n\n"))
        or not set(KEPT.findall(english)) <= set(KEPT.findall(said))
    ]
    assert not wrong
    typed = ["question, missing_credit, wrong_amount …"]
    assert [english for english, said in words().items() if not HAN.search(said)] == typed


def told(*arguments: str, language: str) -> str:
    """What a command prints in a terminal of 100 columns."""
    here = {name: value for name, value in os.environ.items() if not name.startswith(("MERITBOOK_", "LC_"))}
    around = here | {"LANG": language, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONUTF8": "1"}
    program = [sys.executable, "-m", "api.cli", *arguments]
    done = subprocess.run(program, env=around, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode in (0, 2), done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--help",), ("用法：", "命令", "以 HTTP 提供账本服务")),
        (("plan",), ("方案文档", "显示本说明并退出。")),
        (
            ("plan", "simulate", "-h"),
            ("参数", "选项", "[必填]", "[默认：10]", "示例：meritbook plan simulate"),
        ),
    ],
    ids=["all", "group", "command"],
)
def test_help_is_in_the_language_of_the_locale(arguments: tuple[str, ...], said: tuple[str, ...]) -> None:
    chinese, english = (told(*arguments, language=each) for each in ("zh_CN.UTF-8", "en_GB.UTF-8"))
    assert [each for each in said if each not in chinese] == []
    assert not re.search(r"Usage|Options|Commands|Arguments|required|default|Example|Show this", chinese)
    assert "Usage: " in english and not HAN.search(english)

"""The guide to a first plan: every command prints what stands under it, in both languages of the page."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from api import cli

HOWTO = Path(__file__).resolve().parents[1] / "docs" / "howto"
BLOCK = re.compile(r"(?:`([\w.\-]+)`[:：]\n\n)?```(\w+)\n(.*?)```", re.DOTALL)


class Block(NamedTuple):
    """Something between fences. file: the name that it is to be saved under; empty for none."""

    file: str
    kind: str
    text: str


def blocks(page: str) -> list[Block]:
    """What stands between fences, in order."""
    found = BLOCK.findall((HOWTO / page).read_text("utf-8"))
    return [Block(*each) for each in found]


def printed(text: str) -> list[str]:
    """The lines of an answer, without what differs from ledger to ledger: positions, widths of columns."""
    plain = re.sub(r"(position|national|branch) +\d+", r"\1 N", text)
    return [" ".join(line.split()) for line in plain.strip().splitlines() if line.strip()]


def test_both_pages_show_the_same_commands_and_answers() -> None:
    assert blocks("first-plan.md") == blocks("first-plan.zh-CN.md")


def test_every_command_of_the_guide_prints_what_it_says(
    empty_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "MERITBOOK_HOME": str(tmp_path / "ledger"),
        "MERITBOOK_DATABASE_URL": empty_dsn,
        "COLUMNS": "200",
        "NO_COLOR": "1",
    }.items():
        monkeypatch.setenv(name, value)
    answer: list[str] = []
    for file, kind, text in blocks("first-plan.md"):
        if file:
            tmp_path.joinpath(file).write_text(text, "utf-8")
        elif kind == "sh":
            answer = list(answered(text, monkeypatch, capfd))
        else:
            pattern = "\n".join(re.escape(line) for line in printed(text)).replace("…", "(?s:.*)")
            assert re.fullmatch(pattern, "\n".join(answer)), "\n".join(answer)


def answered(
    script: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[str]:
    """What the commands print, one after the other; those of Meritbook run in this process."""
    for line in script.strip().splitlines():
        if line.startswith("export "):
            continue
        if not line.startswith("meritbook "):
            subprocess.run(["sh", "-c", line], check=True)
            continue
        monkeypatch.setattr(sys, "argv", shlex.split(line))
        with pytest.raises(SystemExit) as done:
            cli.main()
        out, err = capfd.readouterr()
        assert done.value.code in (None, 0, 1), err
        yield from printed(err + out)

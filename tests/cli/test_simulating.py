"""A draft tried on past months by the command, and the picture of it."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from book import Book
from commanded import environment_of, ran
from trying import raised, tried_firm

from domain.journal.append import Journal

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def firm(journal: Journal, ledger_dsn: str) -> Book:
    return tried_firm(journal, ledger_dsn)


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    file = tmp_path / "draft.yaml"
    file.write_text(yaml.safe_dump(raised(), sort_keys=False).replace("'2025-01-01'", "2025-01-01"), "utf-8")
    return file


def test_the_command_tells_the_difference_and_draws_it(
    firm: Book, ledger_dsn: str, tmp_path: Path, draft: Path
) -> None:
    """10 yuan more for each of four clients; a bar for each of two people; a point for each of six values."""
    environment = environment_of(tmp_path, ledger_dsn)
    drawn = tmp_path / "draft.svg"
    asked = (
        "plan",
        "simulate",
        str(draft),
        "--from",
        "2025-02",
        "--until",
        "2025-04",
        "--vary",
        "bonus=30..80/10",
    )
    done = ran(environment, *asked, "--json", "--output", str(drawn))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["before_minor"], found["after_minor"], found["difference_minor"]) == (200_00, 240_00, 40_00)
    assert [point["total_minor"] for point in found["curve"]] == [n * 4_00 for n in range(30, 81, 10)]
    tree = ElementTree.parse(drawn)
    bars = [bar for bar in tree.iter(f"{SVG}rect") if bar.get("class") == "bin"]
    assert len(bars) == len(found["distribution"]["bins"])
    assert len([dot for dot in tree.iter(f"{SVG}circle") if dot.get("class") == "point"]) == 6
    said = [text.text or "" for text in tree.iter(f"{SVG}text")]
    assert "selling: 2025-02 to 2025-04, known at position" in said[0]
    assert "200.00 before, 240.00 after, +40.00 CNY; 2 gain, 0 lose, 0 unchanged" in said
    told = ran(environment, *asked, "--lang", "zh", "--output", str(tmp_path / "draft.html"))
    assert told.returncode == 0, told.stderr
    assert "2 gain, 0 lose, 0 are paid the same." in told.stdout and "selling.clients" in told.stdout
    page = (tmp_path / "draft.html").read_text("utf-8")
    assert "增加 2 人" in page and "http" not in page.replace("http://www.w3.org/2000/svg", "")


def test_the_command_refuses_with_status_and_reason(
    firm: Book, ledger_dsn: str, tmp_path: Path, draft: Path
) -> None:
    """1 for what the ledger refuses, 2 for a wrong call."""
    environment = environment_of(tmp_path, ledger_dsn)
    for status, said, more in (
        (1, "until", ("--from", "2025-04", "--until", "2025-03")),
        (1, "lasts until", ("--from", "2025-04", "--until", "2099-03")),
        (1, "vary", ("--from", "2025-03", "--until", "2025-03", "--vary", "bonus=1")),
        (2, "--until", ("--from", "2025-03")),
        (2, "no picture", ("--from", "2025-03", "--until", "2025-03", "--output", "x.png")),
    ):
        done = ran(environment, "plan", "simulate", str(draft), *more)
        assert done.returncode == status and said in done.stderr, done.stderr

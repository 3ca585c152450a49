"""The documentation says what the code does, in both languages, and its links lead somewhere."""

import re
import shlex
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from docs import generate, generate_commands
from domain.facts.registry import FACT_TYPES
from domain.plan.parse import parse_plan

ROOT = Path(__file__).resolve().parents[1]
TUTORIALS = [ROOT / "docs" / "tutorial.md", ROOT / "docs" / "tutorial.zh-CN.md"]
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.joinpath("docs").rglob("*.md"), *ROOT.joinpath("examples").rglob("*.md")]
)

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def _prose(page: Path) -> str:
    """The text of a page without its blocks of code."""
    return _FENCE.sub("", page.read_text("utf-8"))


def _commands(page: Path) -> list[str]:
    """What a page tells a reader to type, without the comments beside it."""
    blocks = [body for language, body in _FENCE.findall(page.read_text("utf-8")) if language == "sh"]
    lines = [
        re.sub(r"^(MERITBOOK_\w+=\S+ )+|\s+#.*", "", line) for block in blocks for line in block.splitlines()
    ]
    return [line for line in lines if line.strip() and not line.startswith("#")]


def _anchors(page: Path) -> set[str]:
    """The names that a heading of a page can be linked by."""
    headings = re.findall(r"^#+ (.+)$", _prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_generated_pages_say_what_the_code_says() -> None:
    stale = [
        str(path.relative_to(ROOT))
        for path, text in generate.pages().items()
        if not path.exists() or path.read_text("utf-8") != text
    ]
    assert not stale, f"run `make docs`: {stale}"


def test_every_fact_type_has_a_schema_and_no_schema_is_left_over() -> None:
    assert {path.stem for path in ROOT.joinpath("docs/facts").glob("*.json")} == set(FACT_TYPES)


def test_no_fact_has_a_number_that_is_not_whole() -> None:
    def kinds(schema: Any) -> set[str]:
        match schema:
            case dict():
                own = {schema["type"]} if isinstance(schema.get("type"), str) else set[str]()
                return own.union(*map(kinds, schema.values()))
            case list():
                return set[str]().union(*map(kinds, schema))
            case _:
                return set()

    assert "number" not in set[str]().union(
        *(kinds(generate.schema_of(fact)) for fact in FACT_TYPES.values())
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_repo_lead_somewhere(page: Path) -> None:
    broken: list[str] = []
    for link in _LINK.findall(_prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in _anchors(target)):
            broken.append(link)
    assert not broken


def test_every_decision_has_all_its_parts_and_stands_in_the_index() -> None:
    index = ROOT / "docs" / "decisions" / "README.md"
    decisions = sorted(index.parent.glob("0*.md"))
    assert _LINK.findall(index.read_text("utf-8")) == [path.name for path in decisions]
    for path in decisions:
        text = path.read_text("utf-8")
        assert text.startswith(f"# {path.name[:4]} ")
        assert re.search(r"^Status: (accepted|superseded by \d{4})", text, re.MULTILINE)
        parts = re.findall(r"^## (\w+)", text, re.MULTILINE)
        assert parts == ["Context", "Decision", "Consequences", "Rejected"]


def test_both_readmes_have_the_same_parts_and_commands() -> None:
    english, chinese = READMES
    levels = [re.findall(r"^(#+) ", _prose(page), re.MULTILINE) for page in READMES]
    assert levels[0] == levels[1]
    assert _commands(english) == _commands(chinese)
    assert "make demo" in _commands(english)
    assert "make test" in _commands(english)


def test_both_tutorials_have_the_same_blocks() -> None:
    english, chinese = (_FENCE.findall(page.read_text("utf-8")) for page in TUTORIALS)
    assert english == chinese


def test_readers_of_chinese_find_every_setting_and_no_page_names_one_that_is_not_there() -> None:
    """Those of English have a page made from the code."""
    from api.settings import PREFIX, Settings

    settings = {PREFIX + field.upper() for field in Settings.__struct_fields__}
    for page in READMES:
        named = set(re.findall(rf"\b{PREFIX}[A-Z_]+\b", page.read_text("utf-8")))
        assert named <= settings, f"{page.name} names {sorted(named - settings)}, which do not exist"
    assert settings <= named, f"{READMES[-1].name} lacks {sorted(settings - named)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_examples_of_plans_and_mappings_are_valid(page: Path, tmp_path: Path) -> None:
    from api.importing import compiling, mapping

    for language, body in _FENCE.findall(page.read_text("utf-8")):
        if language == "yaml" and body.startswith("plan:"):
            parse_plan(yaml.safe_load(body), str(page))
        elif language == "yaml" and body.startswith("source:"):
            example = tmp_path / "example.mapping.yaml"
            example.write_text(body, "utf-8")
            compiling.compiled(mapping.load(example), example)


def test_every_command_is_documented_and_every_documented_command_exists() -> None:
    commands = generate_commands.commands()
    typed = [
        line
        for page in PAGES
        if "reference" not in page.parts
        for line in _commands(page)
        if line.startswith("meritbook ")
    ]
    undocumented = [name for name in commands if not any(f"{line} ".startswith(f"{name} ") for line in typed)]
    assert not undocumented
    for line in typed:
        name = next((name for name in commands if f"{line} ".startswith(f"{name} ")), None)
        assert name, f"there is no such command: {line}"
        options = {option for parameter in commands[name].params for option in parameter.opts}
        unknown = [word for word in line.split() if word.startswith("--") and word not in options]
        assert not unknown, f"{line}: {unknown}"


_FILES = re.compile(r"does not exist|is a directory|is not readable|exactly one file")


@cache
def _known_commands() -> Mapping[str, Any]:
    return generate_commands.commands()


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if "reference" not in page.parts and _commands(page)],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_every_documented_command_is_one_that_the_command_line_takes(page: Path) -> None:
    """With its arguments, options and values; only the files that it names need not be there."""
    commands = _known_commands()
    for line in _commands(page):
        if not line.startswith("meritbook ") or line.endswith("\\"):
            continue
        typed = re.split(r"\s(?:[|;>]|&&|2>)", line)[0]
        name = max((name for name in commands if f"{typed} ".startswith(f"{name} ")), key=len)
        words = shlex.split(typed.removeprefix(name))
        try:
            commands[name].make_context(name, words, resilient_parsing=False)
        except typer.BadParameter as wrong:
            assert _FILES.search(wrong.format_message()), f"{line}: {wrong.format_message()}"

"""Which rules of the requirements have a test that carries their number, and which have none."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT.parent / "shared" / "REQUIREMENTS.md"

PROMISED = """
R1 R2 R3 R4 R5 R6 R7 R8 R9 R10 R11 R12 R13 R14 R15 R16 R17 R18 R19 R20 R21 R22 R24 R25 R26 R27 R28 R29
R30 R31 R32 R33 R34 R35 R36 R37 R39 R40 R41 R42 R43 R44 R45 R46 R47 R49 R50 R51 R52 R53 R54 R55 R56 R57 R58
R59 R60 R61 R62 R63 R64 R65 R66 R67 R68 R69 R71 R72 R73 R74 R75 R76 R77 R78 R80 R81 R82 R83 R84 R85 R86 R87
R88 R89 R90 R91
""".split()
"""The rules that this release must prove."""


def _rules(text: str) -> list[str]:
    """The numbers in the first column of the tables, in their order; a range stands for all that it spans."""
    numbers: list[int] = []
    for cell in re.findall(r"^\| (R\d[^|]*)\|", text, re.MULTILINE):
        for first, last in re.findall(r"R(\d+)(?:–R(\d+))?", cell):
            numbers += range(int(first), int(last or first) + 1)
    return [f"R{number}" for number in sorted(set(numbers))]


def _marked(source: str) -> Iterator[str]:
    """The numbers in every `pytest.mark.rule(…)` of `source`, whether on a test, a class or a parameter."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr="rule", value=ast.Attribute(attr="mark")), args=arguments):
                for argument in arguments:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield argument.value


def _proven() -> set[str]:
    """Every rule that some test carries."""
    sources = (path.read_text("utf-8") for path in ROOT.joinpath("tests").rglob("*.py"))
    return {number for source in sources for number in _marked(source)}


def test_every_promised_rule_has_a_test() -> None:
    proven = _proven()
    missing = [number for number in PROMISED if number not in proven]
    assert not missing, f"no test carries the marker rule(…) for {' '.join(missing)}"


def test_rules_with_and_without_a_test_are_listed(say: Callable[[str], None]) -> None:
    """Every number that a test carries is a rule; the rules without a test are shown, not hidden."""
    if not REQUIREMENTS.exists():
        pytest.skip("REQUIREMENTS.md does not lie beside this checkout")
    rules, proven = _rules(REQUIREMENTS.read_text("utf-8")), _proven()
    assert proven <= set(rules), f"tests carry numbers that are no rules: {sorted(proven - set(rules))}"
    having = [number for number in rules if number in proven]
    lacking = [number for number in rules if number not in proven]
    say(f"rules with a test ({len(having)}): {' '.join(having)}")
    say(f"rules without one yet ({len(lacking)}): {' '.join(lacking)}")


def test_reading_the_tables() -> None:
    """Lists and ranges in the first column are taken apart."""
    text = "| # | Rule |\n| R1 | a |\n| R19, R20 | b |\n| R71–R73 | c |\nR99 in prose\n"
    assert _rules(text) == ["R1", "R19", "R20", "R71", "R72", "R73"]


def test_reading_the_markers() -> None:
    """A marker counts on a test, with several numbers, and on one case of a table."""
    source = (
        "@pytest.mark.rule('R1', 'R2')\ndef test_a(): ...\n"
        "pytest.param(1, marks=pytest.mark.rule('R3'))\nother.rule('R4')\n"
    )
    assert set(_marked(source)) == {"R1", "R2", "R3"}

"""Plan documents as text: which line a part stands on, and what is wrong with a text that is no YAML."""

import re
from collections.abc import Iterable
from typing import NamedTuple

import msgspec
import yaml

from domain.plan.problems import Problem

_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
WIDE = {"：": ": ", "，": ", ", "【": "[", "】": "]", "｛": "{", "｝": "}", "“": '"', "”": '"', "－": "-"}
"""Signs of a Chinese keyboard that YAML does not know, and those that it does."""


def with_lines(problems: Iterable[Problem], text: str | bytes) -> list[Problem]:
    """`problems` of the document that `text` is, each with its line, from the first line to the last."""
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    placed = [msgspec.structs.replace(each, line=_line(root, each.path)) for each in problems]
    return sorted(placed, key=lambda each: each.line or 0)


def syntax_problem(error: yaml.YAMLError, text: str) -> Problem:
    """What is wrong with `text`, which is no YAML, as its author sees it."""
    mark = getattr(error, "problem_mark", None)
    began = getattr(error, "context_mark", None)
    said = str(getattr(error, "problem", None) or error)
    lines = text.splitlines()
    numbers = [each.line for each in (began, mark) if each is not None and each.line < len(lines)]
    above = [number - 1 for number in numbers[-1:] if number > 0]
    for number in (*reversed(numbers), *above):
        if (found := _slip(lines[number])) is not None:
            return Problem("", f"It is not YAML: {found.message}.", found.remedy, number + 1)
    line = (numbers[-1] if numbers else 0) + 1
    unclosed = re.search(r"quoted scalar|flow (?:mapping|sequence)", str(getattr(error, "context", "")))
    if unclosed and began is not None:
        opened = lines[began.line][began.column : began.column + 1]
        what = f"the {opened} in column {began.column + 1} is not closed"
        return Problem("", f"It is not YAML: {what}.", f"Close it on line {began.line + 1}.", began.line + 1)
    if said.endswith("stands twice"):
        return Problem("", f"It is not YAML: {said}.", "Give one another name, or take it out.", line)
    if re.search(r"expected (?:'-' indicator|<block end>|key)|not allowed", said):
        remedy = "Begin it in the same column as the lines that it belongs to."
        return Problem(
            "", "It is not YAML: the line is indented otherwise than those beside it.", remedy, line
        )
    return Problem("", f"It is not YAML: {said}.", "Write `name: value`, indented by spaces.", line)


class _Slip(NamedTuple):
    message: str
    remedy: str


def _slip(line: str) -> _Slip | None:
    """What a newcomer to YAML has slipped up on in `line`, if that can be told."""
    bare = re.sub(r'"[^"]*"|\'[^\']*\'|(?:^|\s)#.*', "", line)
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return _Slip("the line is indented with a tab", "Indent with spaces.")
    if wide := next((sign for sign in WIDE if sign in bare), None):
        return _Slip(f"{wide} is a sign of its own", f"Write `{WIDE[wide]}`, or put the text in quotes.")
    if re.match(r"\s*-[A-Za-z_]", bare):
        return _Slip("a dash needs a space after it", "Write `- id: …`.")
    if re.match(r"\s*(?:- )?[\w.]+:[^\s\[{]", bare):
        return _Slip("a colon needs a space after it", "Write `name: value`.")
    if re.match(r"\s*(?:- )?[\w.]+: [^\[{'\"]*: ", bare):
        return _Slip("a text with a colon looks like a name with a value", "Put the text in quotes.")
    return None


def _line(root: yaml.Node | None, path: str) -> int | None:
    """The line of what stands at `path`, or of the nearest thing around it."""
    if root is None:
        return None
    line, node = root.start_mark.line, root
    for index, name in _STEP.findall(path):
        if isinstance(node, yaml.SequenceNode) and index and int(index) < len(node.value):
            node = node.value[int(index)]
            line = node.start_mark.line
        elif isinstance(node, yaml.MappingNode) and name:
            found = next(((key, value) for key, value in node.value if key.value == name), None)
            if found is None:
                break
            line, node = found[0].start_mark.line, found[1]
        else:
            break
    return line + 1

"""What rules say is said in Chinese as well: every sentence of the code, known again by its kind."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from api.problem_words import is_known, kinds, told

ROOT = Path(__file__).parents[2]
TOLD_ON_PAGES = (
    "domain/decide",
    "domain/learning",
    "domain/people",
    "domain/plan",
    "api/accounts",
    "api/importing",
    "api/intake",
    "api/pages",
    "api/rostering",
    "api/webhooks",
    *(f"api/{name}.py" for name in """
    administering alerts assistants boards connectors/quarantine caller closing first_run inquiries
    insight module_tests paying people personal plan_examples plan_text planning plans questions reading
    rosters shifts signed_in sign_in simulating trail_pages
    """.split()),
)  # fmt: skip
"""Where what pages tell people is said."""
SAYING = {"Fault", "Problem", "fault", "say", "_Slip"}


def sentences(path: Path) -> Iterator[tuple[int, str]]:
    """What a module tells people of a fault: what is given to what notes it, and the remedies it returns."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Call(func=func, args=args, keywords=keywords):
                noting = getattr(func, "id", getattr(func, "attr", "")) in SAYING
                named = [each.value for each in keywords if each.arg in ("detail", "remedy", "because")]
                for each in (*named, *(args if noting else ())):
                    yield from _written(each)
            case ast.Return(value=ast.expr() as value) | ast.Yield(value=ast.expr() as value):
                yield from _written(value)
            case ast.Assign(targets=[ast.Name(id="remedy" | "detail"), *_], value=value):
                yield from _written(value)


def _written(node: ast.expr) -> Iterator[tuple[int, str]]:
    """The sentences among what `node` may come to, with a word in each place."""
    match node:
        case ast.IfExp(body=body, orelse=orelse):
            yield from _written(body)
            yield from _written(orelse)
        case ast.Tuple(elts=elts):
            for each in elts:
                yield from _written(each)
        case ast.Constant(value=str(text)) if _is_sentence(text):
            yield node.lineno, text
        case ast.JoinedStr(values=values):
            text = "".join(each.value if isinstance(each, ast.Constant) else "x1" for each in values)
            if _is_sentence(text):
                yield node.lineno, text


def _is_sentence(text: str) -> bool:
    return " " in text and text.endswith((".", "?")) and not text.startswith(("select", "x1 x1"))


@pytest.mark.parametrize("place", TOLD_ON_PAGES)
def test_what_rules_say_is_said_in_chinese(place: str) -> None:
    """Whoever says something new of a fault gives its Chinese words in api/web/problems."""
    files = sorted((ROOT / place).rglob("*.py")) if (ROOT / place).is_dir() else [ROOT / place]
    unknown = {
        f"{file.relative_to(ROOT)}:{line}: {sentence}"
        for file in files
        for line, sentence in sentences(file)
        if not is_known(sentence)
    }
    assert not unknown, "\n".join(sorted(unknown))


def test_both_languages_have_the_same_places() -> None:
    """A place that the English has not could not be filled; a number that is left out would be lost."""
    wrong = [
        sentence
        for sentence, said in kinds().items()
        if not _named(said) <= _named(sentence) or not any("\u4e00" <= sign <= "\u9fff" for sign in said)
    ]
    assert not wrong


def _named(sentence: str) -> set[str | None]:
    return {place for _, place, _, _ in Formatter().parse(sentence) if place is not None}


CASES = [
    ("3.5 is not a whole number.", "3.5 不是整数。"),
    ("Write {parameter: its_name}.", "请写 {parameter: 参数名}。"),
    ("`kpi` is not defined under `measures`.", "`kpi` 不是在 `measures` 下定义的名称。"),
    ("It is not YAML: the line is indented with a tab.", "YAML 格式有误：这一行用制表符缩进。"),
    ("For shift N on 2026-03-01: E1 holds no icu.", "2026-03-01 的班次 N：王丽 没有 icu。"),
    (
        "It rests on itself: a → b. Divide measures of facts.",
        "它以自己为依据：a → b。请用以业绩记录计算的指标相除。",
    ),
]


@pytest.mark.parametrize(("sentence", "chinese"), CASES)
def test_a_sentence_is_said_in_chinese_with_what_stands_in_its_places(sentence: str, chinese: str) -> None:
    assert told(sentence, "zh", {"E1": "王丽"}) == chinese
    assert told(sentence, "en") == sentence


def test_people_are_named_in_either_language() -> None:
    assert told("E1 holds no icu", "en", {"E1": "Wang Li"}) == "Wang Li holds no icu"


def test_what_is_not_known_is_said_as_it_is() -> None:
    """Better English than half of it in Chinese: a short kind is not taken for any sentence that it fits."""
    assert told("Write the other thing of it first.", "zh") == "Write the other thing of it first."

"""What a bank may say, what is drawn from it, and how answers are marked."""

from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from given_bank import TOPICS, bank, bank_document
from hypothesis import given
from hypothesis import strategies as st

from api.banks import check_bank
from domain.learning.bank import BankInvalid, read_bank
from domain.learning.drawing import Lot, choices, drawn
from domain.learning.marking import marked, score_text

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "banks"
LOT = Lot("0" * 64, "E1", 1, "1" * 32)


def faults(**changes: Any) -> dict[str, str]:
    """What is wrong with the bank when it says something else, by path."""
    try:
        read_bank(bank_document(**changes))
    except BankInvalid as invalid:
        return {problem.path: problem.message for problem in invalid.problems}
    return {}


@pytest.mark.rule("R89")
def test_fifteen_of_twenty_are_seventy_five_and_the_weak_topic_is_named_with_its_course() -> None:
    """Materials 2 of 5 and rules 3 of 5 are below 70; 4 of 5 and all of 5 … in all 14 and one more."""
    asked = drawn(bank(), LOT)
    assert Counter(name.rstrip("0123456789") for name in asked) == dict.fromkeys(TOPICS, 5)
    right = {"materials": 2, "sizes": 5, "handling": 5, "rules": 3}
    answers = {
        name: ["a" if place < right[topic] else "b"]
        for topic in TOPICS
        for place, name in enumerate(each for each in asked if each.startswith(topic))
    }
    marks = marked(bank(), asked, answers)
    assert (len(marks.right), marks.of, marks.score, score_text(marks.score)) == (15, 20, 75, "75")
    weak = [(each.topic, each.score, each.course.id) for each in marks.topics if each.is_weak and each.course]
    assert weak == [("materials", 40, "materials_again"), ("rules", 60, "rules_again")]


@pytest.mark.rule("R89")
def test_a_topic_at_its_remedial_score_is_not_weak() -> None:
    """7 of 10 are 70: not below it. 6 of 10 are."""
    asked = [f"materials{number}" for number in range(10)]
    for known, is_weak in ((7, False), (6, True)):
        [topic] = marked(bank(), asked, {name: ["a"] for name in asked[:known]}).topics
        assert (topic.score, topic.is_weak) == (known * 10, is_weak)


@given(st.integers(1, 40), st.text("0123456789abcdef", min_size=32, max_size=32), st.integers(1, 9))
def test_a_lot_draws_one_test_and_each_topic_has_its_share(draws: int, seed: str, attempt: int) -> None:
    lot, of = Lot("0" * 64, "E1", attempt, seed), bank(draws=draws)
    asked = drawn(of, lot)
    assert asked == drawn(of, lot)
    assert len(set(asked)) == len(asked) == draws
    shares = Counter(of.question(name).topic for name in asked)
    assert all(abs(shares[topic] - Fraction(draws, 4)) < 1 for topic in TOPICS)
    assert sorted(choices(of.questions[0], lot)) == ["a", "b", "c"]


def test_another_person_attempt_seed_or_version_draws_another_test() -> None:
    others = [
        LOT._replace(employee="E2"),
        LOT._replace(attempt=2),
        LOT._replace(seed="2" * 32),
        LOT._replace(digest="1" * 64),
    ]
    tests = [tuple(drawn(bank(), lot)) for lot in (LOT, *others)]
    assert len(set(tests)) == len(tests)


@pytest.mark.parametrize(
    ("chosen", "is_right"),
    [(["a", "c"], True), (["c", "a"], True), (["a"], False), (["a", "b", "c"], False), ([], False)],
)
def test_a_question_is_right_with_all_its_choices_and_no_other(chosen: list[str], is_right: bool) -> None:
    several = dict(bank_document()["questions"][0], right=["a", "c"], choose="several")
    rest = bank_document()["questions"][1:]
    marks = marked(bank(questions=[several, *rest]), ["materials0"], {"materials0": chosen})
    assert marks.right == (("materials0",) if is_right else ())


@pytest.mark.parametrize(
    ("right", "of", "text"),
    [(15, 20, "75"), (2, 3, "66.666666"), (5, 7, "71.428571"), (0, 3, "0"), (1, 8, "12.5")],
)
def test_a_score_is_cut_and_never_rounded_up(right: int, of: int, text: str) -> None:
    assert score_text(Fraction(right * 100, of)) == text


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"draws": 41}, "draws"),
        ({"draws": 0}, "draws"),
        ({"minutes": 0}, "minutes"),
        ({"remedial_score": 101}, "remedial_score"),
        ({"remedial_score": 70.5}, "remedial_score"),
        ({"bank": "Im plants"}, "bank"),
        ({"colour": "red"}, "colour"),
        ({"title": None}, "title"),
        ({"topics": [*bank_document()["topics"], {"id": "x", "title": "X"}]}, "topics[4].id"),
        ({"topics": [*bank_document()["topics"], bank_document()["topics"][0]]}, "topics[4].id"),
    ],
)
def test_a_fault_of_a_bank_is_named(changes: dict[str, Any], path: str) -> None:
    assert path in faults(**changes)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"right": ["d"]}, "right[0]"),
        ({"right": []}, "right"),
        ({"right": ["a", "a"], "choose": "several"}, "right[1]"),
        ({"right": ["a", "b"]}, "right"),
        ({"choose": "many"}, "choose"),
        ({"topic": "sizez"}, "topic"),
        ({"choices": {"a": "Yes"}}, "choices"),
        ({"id": "materials1"}, "id"),
    ],
)
def test_a_fault_of_a_question_is_named(changes: dict[str, Any], path: str) -> None:
    first, *rest = bank_document()["questions"]
    found = faults(questions=[*rest, first | changes])
    assert f"questions[39].{path}" in found


def test_every_fault_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "bank.yaml"
    sound = (EXAMPLES / "implant-basics.yaml").read_text("utf-8")
    file.write_text(sound.replace("right: [a]", "right: [d]").replace("draws: 20", "draws: 99"), "utf-8")
    with pytest.raises(BankInvalid) as refused:
        check_bank(file)
    lines = [problem.line for problem in refused.value.problems]
    assert lines == sorted(line for line in lines if line) and len(lines) > 10


def test_the_example_bank_is_sound() -> None:
    found = check_bank(EXAMPLES / "implant-basics.yaml")
    assert (found.draws, len(found.questions)) == (20, 24)

"""Training: what passes, what pushes an extra course, what opens the next module, and how far one is."""

import datetime as dt
from fractions import Fraction

import pytest

from domain.people.training import Syllabus, TrainingRecord, standing

DAY = dt.date(2025, 3, 31)
STRICT = Syllabus("basics", pass_score=Fraction(80), remedial_score=Fraction(80), remedial="again")
LENIENT = Syllabus("basics", pass_score=Fraction(80), remedial_score=Fraction(70), remedial="again")


def took(*scores: int, module: str = "basics") -> list[TrainingRecord]:
    """One test a day from the first of March."""
    days = (dt.date(2025, 3, 1) + dt.timedelta(days=number) for number in range(len(scores)))
    return [
        TrainingRecord(number, "tested", module, day, Fraction(score))
        for number, (day, score) in enumerate(zip(days, scores, strict=True), start=1)
    ]


def studied(module: str, percent: int, position: int = 99) -> TrainingRecord:
    return TrainingRecord(position, "studied", module, dt.date(2025, 3, 1), Fraction(percent, 100))


@pytest.mark.rule("R2")
@pytest.mark.parametrize(("score", "state"), [(80, "passed"), (79, "tried")])
def test_a_module_is_passed_at_its_pass_score(score: int, state: str) -> None:
    [found] = standing([LENIENT], took(score), DAY).modules
    assert found.state == state


@pytest.mark.rule("R17")
@pytest.mark.parametrize(
    ("score", "state", "pushes"),
    [(69, "remedial", "again"), (70, "tried", None), (79, "tried", None), (80, "passed", None)],
)
def test_a_score_below_the_remedial_score_pushes_its_course(
    score: int, state: str, pushes: str | None
) -> None:
    [found] = standing([LENIENT], took(score), DAY).modules
    assert (found.state, found.pushes) == (state, pushes)


@pytest.mark.rule("R68")
def test_failing_pushes_the_extra_course_and_passing_opens_the_next() -> None:
    """Pass 80, remedial 80: 70 fails and pushes; the second try, 90, enters the next."""
    following = Syllabus("negotiation", requires=("basics",))
    extra = Syllabus("again", pushed_only=True)
    first = standing([STRICT, following, extra], took(70), DAY)
    second = standing([STRICT, following, extra], took(70, 90), DAY)
    assert [(m.module, m.state) for m in first.modules] == [
        ("basics", "remedial"),
        ("negotiation", "closed"),
        ("again", "open"),
    ]
    assert first.modules[1].waits_for == ("basics",)
    assert [(m.module, m.state) for m in second.modules] == [("basics", "passed"), ("negotiation", "open")]


@pytest.mark.rule("R1")
def test_twelve_modules_show_completion_scores_and_attempts() -> None:
    syllabus = [Syllabus(f"m{number}", pass_score=Fraction(80)) for number in range(12)]
    records = [*took(60, 85, 75, module="m0"), studied("m0", 100, 4), studied("m1", 50, 5)]
    found = standing(syllabus, records, DAY)
    first = found.modules[0]
    assert (len(found.modules), found.of, found.passed) == (12, 12, 1)
    assert (first.attempts, first.best, first.last) == (3, 85, 75)
    assert (first.completion, found.modules[1].completion) == (1, Fraction(1, 2))
    assert found.completion == Fraction(1, 8), "1.5 of 12 modules are done"
    assert first.passed_on == dt.date(2025, 3, 2)


def test_what_is_passed_is_done_whoever_told_of_studying_it() -> None:
    """A test may be all that was taken; one that is not passed leaves what was studied."""
    for told, done in (((90,), 1), ((79,), 0), ((90, 10), 1)):
        assert standing([STRICT], took(*told), DAY).completion == done
    assert standing([STRICT], [*took(90), studied("basics", 60, 9)], DAY).completion == 1


def test_what_is_passed_stays_passed_whatever_the_next_test_says() -> None:
    [found] = standing([STRICT], took(90, 10), DAY).modules
    assert (found.state, found.pushes, found.last) == ("passed", None, 10)


def test_a_module_without_a_test_is_passed_when_all_of_it_is_done() -> None:
    syllabus = [Syllabus("video"), Syllabus("next", requires=("video",))]
    nearly = standing(syllabus, [studied("video", 99)], DAY)
    done = standing(syllabus, [studied("video", 100)], DAY)
    assert [m.state for m in nearly.modules] == ["begun", "closed"]
    assert [m.state for m in done.modules] == ["passed", "open"]


def test_only_what_happened_by_the_day_counts() -> None:
    [before] = standing([STRICT], took(70, 90), dt.date(2025, 3, 1)).modules
    assert (before.state, before.attempts) == ("remedial", 1)


def test_an_extra_course_is_no_part_of_the_completion() -> None:
    found = standing([STRICT, Syllabus("again", pushed_only=True)], [studied("basics", 50)], DAY)
    assert (found.completion, found.of, len(found.modules)) == (Fraction(1, 2), 1, 1)


def test_nobody_is_measured_against_an_empty_curriculum() -> None:
    assert standing([], took(90), DAY) == ((), None, 0, 0)

"""Words that are worth something: grades that multiply pay, operations and papers that are points."""

from fractions import Fraction

import pytest
from given_plan import HIRED, MARCH, credit, document, entitled, plan, problems

from domain.plan.leaves import take_apart
from domain.plan.measures import Credit, evaluate_all
from domain.plan.statement import compute_statement
from domain.plan.words import say

WORDS = "{attending: 120 %, associate chief physician: 150 %}"
GRADE = f"{{last: qualification_graded, window: ever, worth: {{by: kind, words: {WORDS}, others: 100 %}}}}"
PAY = f"""
measures: {{grade: {GRADE}}}
components:
  - {{id: deals, title: Deals, kind: per_unit, measure: deals, rate: 200, multipliers: [{{measure: grade}}]}}
"""


def measured(measure: str, *credits: Credit) -> Fraction | None:
    """The value of a measure in March."""
    held = plan(f"measures: {{m: {measure}}}")
    return evaluate_all(held.measures, credits, "E1", MARCH, HIRED)["m"]


@pytest.mark.rule("R55")
def test_the_latest_grade_is_a_factor() -> None:
    """It stands from its own day until another is recorded; a word that the table lacks is worth `others`."""
    attending = credit("qualification_graded", HIRED.replace(year=2015), kind="attending")
    chief = credit("qualification_graded", HIRED.replace(year=2019), kind="associate chief physician")
    visiting = credit("qualification_graded", 31, kind="visiting professor")
    assert measured(GRADE) is None
    assert measured(GRADE, attending) == Fraction(6, 5)
    assert measured(GRADE, chief, attending) == Fraction(3, 2)
    assert measured(GRADE, chief, attending, visiting) == 1


@pytest.mark.parametrize(
    ("measure", "points"),
    [
        ("sum: procedure_performed, worth: {by: kind, words: {bypass: 8, hernia: 3}}", 8 + 8 + 3),
        ("sum: procedure_performed, of: quantity, worth: {by: kind, words: {bypass: 8, hernia: 3}}", 33),
        ("best: procedure_performed, of: quantity, worth: {by: kind, words: {bypass: 8, hernia: 3}}", 16),
        ("average: procedure_performed, worth: {by: kind, words: {bypass: 8}, others: 1}", Fraction(17, 3)),
        ("each: procedure_performed, worth: {by: kind, words: {bypass: 8}}, by: kind", 16),
        ('sum: procedure_performed, worth: {by: attributes.level, words: {4: "2.5"}}', 5),
    ],
)  # fmt: skip
def test_words_are_points(measure: str, points: Fraction | int) -> None:
    """A bypass, two more under one fact, and three hernias, whose level nobody told."""
    done = (
        credit("procedure_performed", kind="bypass", quantity=1, attributes={"level": 4}),
        credit("procedure_performed", kind="bypass", quantity=2, attributes={"level": "4"}),
        credit("procedure_performed", kind="hernia", quantity=3),
    )
    assert measured(f"{{{measure}}}", *done) == points


@pytest.mark.rule("R55")
def test_a_grade_multiplies_pay_and_says_so() -> None:
    """Four deals at 200 are 800; an associate chief physician earns 1,200, and one without a grade 800."""
    held = plan(PAY)
    for grade, fen in (("150 %", 120_000), ("120 %", 96_000), (None, 80_000)):
        statement = compute_statement("E1", [entitled(held, deals=4, grade=grade)])
        assert statement.total_minor == fen
    [line] = compute_statement("E1", [entitled(held, deals=4, grade="150 %")]).lines
    step = line.parts[-1]
    assert say(step.rule, step.words, held, "en") == "grade is 150 %: multiplied by 150 %"
    assert say(step.rule, step.words, held, "zh") == "grade为 150 %：乘以 150 %"


@pytest.mark.parametrize(
    ("measure", "path", "remedy"),
    [
        ("{count: deal_closed, worth: {by: kind, words: {a: 1}}}", "worth", "Use sum, average"),
        ("{sum: deal_closed, worth: {by: score, words: {a: 1}}}", "worth.by", "attributes.<key>"),
        ("{sum: visit_recorded, worth: {by: product, words: {a: 1}}}", "worth.by", "has no product"),
        ("{sum: deal_closed, worth: {by: kind}}", "worth.words", "Write words with numbers"),
        ("{sum: deal_closed, worth: {by: kind, words: {a: 1, b: 5 %}}}", "worth.words", "none"),
        ("{sum: deal_closed, worth: {by: kind, words: {a: {parameter: x}}}}", "worth.words.a", "itself"),
        ("{sum: deal_closed, worth: {by: kind, words: {a: many}}}", "worth.words.a", "is not a number"),
        ("{sum: deal_closed, worth: {by: kind, words: {a: 1}, other: 2}}", "worth.other", "others"),
        ("{ratio: deals / clients, worth: {by: kind, words: {a: 1}}}", "worth", "two measures"),
    ],
)  # fmt: skip
def test_a_table_of_words_that_means_nothing_is_refused(measure: str, path: str, remedy: str) -> None:
    found = problems(document(f"measures: {{m: {measure}}}"))
    assert remedy in found[f"measures.m.{path}"]


def test_every_word_of_a_table_is_a_value_of_the_plan() -> None:
    """So a changed factor is a line of `plan diff`."""
    said = take_apart(plan(PAY)).leaves
    assert said["measures.grade.worth.words.associate chief physician"].said is not None
    assert {path: leaf.said.en for path, leaf in said.items() if ".worth." in path and leaf.said} == {
        "measures.grade.worth.by": "kind",
        "measures.grade.worth.words.attending": "120 %",
        "measures.grade.worth.words.associate chief physician": "150 %",
        "measures.grade.worth.others": "100 %",
    }

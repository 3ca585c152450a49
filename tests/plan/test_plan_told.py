"""A plan is told in words: every example, every number of pay, in both languages."""

from pathlib import Path

import pytest
from given_plan import EXAMPLES, plan

from api.plan_yaml import checked, read_text, written
from domain.facts.registry import CREDITED
from domain.plan.components.component import Component
from domain.plan.fields import Title
from domain.plan.leaves import take_apart
from domain.plan.parse import document_hash, plan_document
from domain.plan.reading import members
from domain.plan.told import told
from domain.plan.told_words import FACTS, RULES

FILES = sorted(EXAMPLES.glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_number_that_pays_stands_in_some_sentence(file: Path) -> None:
    """In English and in Chinese; nothing that the document says of pay is left untold."""
    held, _ = checked(file.read_text("utf-8"))
    clauses = {clause.path: clause for clause in told(held)}
    for path, number in take_apart(held).numbers.items():
        found = next((clauses[each] for each in clauses if path.startswith(f"{each}.")), None)
        if path.startswith("components."):
            assert found is not None, path
            english = " ".join(each.en for each in found.sentences)
            chinese = " ".join(each.zh for each in found.sentences)
            is_dull = number.said in ("100 %", "1 %") or path.endswith(".point")
            assert is_dull or (number.said in english and number.said in chinese), (
                path,
                number.said,
                english,
            )
        if number.parameter is not None and found is not None:
            assert number.parameter in found.parameters


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_plan_written_as_text_is_the_same_plan(file: Path) -> None:
    """Whoever amends a version begins with a text that means it, to the letter."""
    document = plan_document(checked(file.read_text("utf-8"))[1])
    again = plan_document(read_text(written(document)))
    assert again == document and document_hash(again) == document_hash(document)


def test_every_kind_of_rule_and_every_fact_that_counts_has_words() -> None:
    assert FACTS.keys() == CREDITED
    assert {kind.KIND for kind in members(Component)} <= RULES.keys()


TERMS = """
parameters:
  bonus: {value: 50, open: {to: [branch], min: 30, max: 80}}
components:
  - id: clients
    kind: per_unit
    clause: § 2
    title: {en: Clients, zh: 新客户奖}
    measure: clients
    rate: {parameter: bonus}
    cap: {pays: 900, carried: quarter}
    gates: [{measure: deals, at_least: 2}]
    multipliers: [{target: clients, bands: [{until: 50 %, times: 0 %}, {from: 50 %, times: 110 %}]}]
"""


def test_a_clause_is_told_with_its_terms_and_its_parameters() -> None:
    clauses = {clause.path: clause for clause in told(plan(TERMS))}
    clause = clauses["components.clients"]
    assert (clause.clause, clause.parameters) == ("§ 2", ("bonus",))
    assert [each.en for each in clause.sentences] == [
        "50 CNY for each of clients.",
        "Multiplied by the attainment of clients:",
        "below 50 %: 0 %",
        "from 50 %: 110 %",
        "No more than 900 CNY; what lies beyond is carried until the quarter ends.",
        "Paid only if deals is at least 2.",
    ]
    assert [each.zh for each in clauses["parameters.bonus"].sentences] == [
        "取值 50。",
        "可由分公司另定，范围 30 至 80。",
    ]


def test_ids_are_told_by_what_they_are_called() -> None:
    """Posts, kinds of work and licences by their titles; kinds of employment by their words."""
    text = """
population: {post: [nurse], employment: [agency, contract]}
measures:
  clients:
    title: {en: new clients, zh: 新客户}
    count: customer_registered
    where: {channel: [web, shop]}
"""
    titles = {("post", "nurse"): Title("Nurse", "护士"), ("channel", "web"): Title("Website", "官网")}

    def called(kind: str, id: str) -> Title:
        return titles.get((kind, id), Title(id, id))

    found = told(plan(text), called)
    assert found[0].sentences[0] == Title(
        "post Nurse; employment agency, contract", "岗位 护士；用工形式 派遣、合同"
    )
    said = [each.zh for clause in found for each in clause.sentences]
    assert any("官网、shop" in each for each in said), said

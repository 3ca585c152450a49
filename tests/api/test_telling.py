"""Every fact can be told in one line of English and of Chinese, and no line tells personal data."""

import json
from pathlib import Path

import msgspec
import pytest

from api.telling import FORMS, fields_of, told
from domain.facts.base import Fact
from domain.facts.personal import personal_fields
from domain.facts.registry import FACT_TYPES, decode

FROZEN = Path(__file__).parents[1] / "facts" / "frozen" / "records.txt"
FACTS: dict[str, Fact] = {
    record["type"]: decode(record["type"], json.dumps(record["data"]))
    for line in FROZEN.read_text("utf-8").splitlines()
    for record in [json.loads(line.split(" ", 1)[1])]
}


def test_every_type_has_its_form_and_no_form_is_left_over() -> None:
    assert set(FORMS) == set(FACT_TYPES)


@pytest.mark.parametrize("type", sorted(FORMS))
def test_a_form_names_fields_of_its_fact_and_none_that_is_personal(type: str) -> None:
    kind = FACT_TYPES[type]
    derived = {"amount"} if "amount_minor" in kind.__struct_fields__ else set[str]()
    for form in FORMS[type]:
        assert fields_of(form) <= set(kind.__struct_fields__) | derived
        assert not fields_of(form) & set(personal_fields(kind))


@pytest.mark.parametrize("type", sorted(FACTS))
def test_a_line_is_one_line_without_gaps(type: str) -> None:
    """Also where all that may be absent is."""
    fact = FACTS[type]
    optional = {
        name: None
        for name, default in zip(
            reversed(fact.__struct_fields__), reversed(fact.__struct_defaults__), strict=False
        )
        if default is None
    }
    for each in (fact, msgspec.structs.replace(fact, **optional)):
        for language in ("en", "zh"):
            line = told(each, language)
            assert line and "\n" not in line
            assert not {"None", "[", "]", "{", "}"} & set(line.split()), line
            assert "None" not in line


def test_what_is_absent_is_left_out() -> None:
    visit = decode("visit_recorded", b'{"employee":"E1","customer":"H1"}')
    assert (told(visit), told(visit, "zh")) == ("E1 visits H1", "E1 拜访 H1")
    in_full = decode("visit_recorded", b'{"employee":"E1","customer":"H1","department":"X","kind":"demo"}')
    assert told(in_full) == "E1 visits H1, department X: demo"


def test_money_is_told_in_major_units() -> None:
    deal = decode(
        "deal_closed",
        b'{"amount_minor":123456,"currency":"CNY","customer":"C1","deal":"D1","employee":"E1"}',
    )
    assert told(deal) == "E1 closes deal D1 with C1: 1234.56 CNY"

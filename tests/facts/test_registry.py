"""Every fact type decodes what it encodes, and says which field is wrong."""

import msgspec
import pytest
from msgspec._core import Factory

from domain.facts.registry import CREDITED, FACT_TYPES, decode, tags_of
from domain.journal.canonical import canonical
from domain.refusals import BadField, UnknownFactType

DEAL = b'{"amount_minor":100,"currency":"CNY","customer":"C1","deal":"D1","employee":"E1"}'


def test_a_deal_goes_through_its_bytes_unchanged() -> None:
    assert canonical(decode("deal_closed", DEAL)) == DEAL


def test_a_fact_is_found_again_by_the_things_it_names() -> None:
    assert tags_of(decode("deal_closed", DEAL)) == ("employee:E1", "customer:C1", "deal:D1")
    split = DEAL.replace(
        b'"currency"', b'"credits":[{"employee":"E2","role":"seller","share":"100 %"}],"currency"'
    )
    assert tags_of(decode("deal_closed", split)) == ("employee:E1", "customer:C1", "deal:D1", "employee:E2")
    assert tags_of(decode("fact_voided", b'{"position":17,"reason":"wrong amount"}')) == ("fact:17",)


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("data.amount_minor", DEAL.replace(b"100", b"0")),
        ("data.amount_minor", DEAL.replace(b"100", b"-5")),
        ("data.amount_minor", DEAL.replace(b"100", b"9007199254740993")),
        ("data.amount_minor", DEAL.replace(b"100", b"1.5")),
        ("data.amount_minor", DEAL.replace(b"100", b'"100"')),
        ("data.currency", DEAL.replace(b"CNY", b"cny")),
        ("data.customer", DEAL.replace(b'"customer":"C1",', b"")),
        ("data.colour", DEAL.replace(b'"deal"', b'"colour":"red","deal"')),
        ("data.employee", DEAL.replace(b"E1", b"E\\u00001")),
        ("data.employee", DEAL.replace(b"E1", b"")),
        ("data", b"[" * 10_000),
        ("data", b'{"employee":"\\ud800"}'),
        ("data", b"not json"),
    ],
)
def test_a_bad_field_is_named(field: str, bad: bytes) -> None:
    with pytest.raises(BadField) as refused:
        decode("deal_closed", bad)
    assert refused.value.field == field
    assert "deal_closed" in refused.value.remedy


def test_an_unknown_type_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownFactType, match="deal_closed"):
        decode("deal_won", b"{}")


def test_performance_facts_name_the_person_who_is_credited() -> None:
    assert all("employee" in FACT_TYPES[tag].__struct_fields__ for tag in CREDITED)


def test_a_default_with_a_meaning_is_written_into_the_fact() -> None:
    hired = b'{"branch":"BJ","employee":"E1","hired_on":"2025-01-06","post":"seller"}'
    assert b'"employment":"contract"' in canonical(decode("employee_hired", hired))
    for kind in FACT_TYPES.values():
        silent = [default for default in kind.__struct_defaults__ if default not in (None, msgspec.NODEFAULT)]
        assert all(isinstance(default, Factory) for default in silent), kind.TYPE

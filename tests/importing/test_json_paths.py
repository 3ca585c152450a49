"""Paths into JSON: what they find, exactly, and what they may not say."""

import pytest

from api.importing.fields import BadCell
from api.importing.json_paths import BadPath, JsonCells, path
from api.importing.json_table import MAX_VALUES, NotJson, parsed, records
from api.importing.rows import BadRow

ORDER = """{
  "id": 9007199254740993, "amount": 1234.50, "tiny": 1e-2, "paid": true, "note": null,
  "订单": {"金额": "88.00"},
  "fields": [{"name": "seller", "value": "E7"}, {"name": "channel", "value": "douyin"}],
  "splits": [{"user": "E1", "share": 60}, {"user": "E2", "share": 40}]
}"""


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("$.id", "9007199254740993"),
        ("$.amount", "1234.50"),
        ("$.tiny", "0.01"),
        ("$.paid", "true"),
        ("$.note", ""),
        ("$.absent.further", ""),
        ("$.订单.金额", "88.00"),
        ("$['订单']['金额']", "88.00"),
        ("$.fields[?@.name == 'seller'].value", "E7"),
        ("$.splits[?@.share > 50.5].user", "E1"),
        ("$.splits[-1].user", "E2"),
        ("$..name", None),
        ("$.fields", None),
        ("$$.sent", "2025-03-04"),
    ],
)
def test_a_path_gives_one_value_exactly_as_it_was_written(column: str, text: str | None) -> None:
    cells = JsonCells(parsed(ORDER), {"sent": "2025-03-04"})
    if text is None:
        with pytest.raises(BadCell):
            cells[column]
    else:
        assert cells[column] == text


def test_a_part_is_seen_by_its_own_paths_and_by_those_of_the_record() -> None:
    parts = JsonCells(parsed(ORDER)).parts("$.splits[*]")
    assert [(part["@.user"], part["@.share"], part["$.amount"]) for part in parts] == [
        ("E1", "60", "1234.50"),
        ("E2", "40", "1234.50"),
    ]
    with pytest.raises(BadCell, match="as one value"):
        JsonCells(parsed(ORDER)).parts("$.splits")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("order.id", "not a JSONPath"),
        ("$.a[?match(@.b, '(a+)+$')]", "not a JSONPath"),
        ("$.a[?search(@.b, 'x')]", "not a JSONPath"),
        ("$.a[?count(@.*) > 1]", "not a JSONPath"),
        ("$.a =~ /x/", "not a JSONPath"),
        ("$.a | $.b", "not a JSONPath"),
        ("$['a', 'a']['a', 'a']", "several things"),
        ("$..a[*]", "more than names"),
        ("$..a..b", "twice"),
        ("$.a[?@..b]", "many values"),
        ("$.a[?@.b[?@.c]]", "many values"),
        ("$." + "a" * 300, "characters"),
    ],
)
def test_a_path_that_could_take_long_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadPath, match=why):
        path(text)


def test_records_are_the_body_its_members_or_what_a_path_finds() -> None:
    one, many = parsed('{"id": 1}'), parsed('[{"id": 1}, {"id": 2}]')
    wrapped = parsed('{"sent": "today", "orders": [{"id": 1}, {"id": 2}, 3]}')
    assert [row.cells["$.id"] for row in records(one, None)] == ["1"]
    assert [(row.line, row.cells["$.id"]) for row in records(many, None)] == [(1, "1"), (2, "2")]
    for at in ("$.orders[*]", "$.orders"):
        *good, bad = records(wrapped, at)
        assert [(row.cells["$.id"], row.cells["$$.sent"]) for row in good] == [("1", "today"), ("2", "today")]
        assert isinstance(bad, BadRow) and bad.line == 3


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": 1, "a": 2}', "twice"),
        ("NaN", "NaN"),
        ('{"a": ', "character"),
        ("[" * 100_000, "nested|JSON"),
        ("1" * 5_000 + "x", "character"),
    ],
)
def test_what_is_no_json_is_refused(text: str, why: str) -> None:
    with pytest.raises(NotJson, match=why):
        parsed(text)


def test_a_number_too_long_for_any_amount_stays_text_and_costs_nothing() -> None:
    [row] = records(parsed('{"long": %s, "huge": 1e999999999}' % ("9" * 5_000)), None)
    assert row.cells["$.long"] == "9" * 5_000
    assert row.cells["$.huge"] == "1E+999999999"


def test_a_record_is_bounded_in_depth_and_in_values() -> None:
    deep = parsed('{"a":' * 40 + "1" + "}" * 40)
    wide = {"a": list(range(MAX_VALUES + 1))}
    assert [row.detail for row in records([deep, wide], None)] == [
        "The record is nested deeper than 32 levels.",
        f"The record has more than {MAX_VALUES} values.",
    ]

"""JSON from outside is bounded before it is believed."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.bodies import MAX_DEPTH, require_sound
from domain.refusals import Malformed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=40,
)


def depth(value: object) -> int:
    """Levels of nesting."""
    match value:
        case dict():
            return 1 + max(map(depth, value.values()), default=0)
        case list():
            return 1 + max(map(depth, value), default=0)
        case _:
            return 0


@given(JSON, st.booleans())
def test_whatever_is_shallow_json_is_sound(value: object, ascii_only: bool) -> None:
    """Quotes, brackets and backslashes inside of strings never count."""
    many = [value] * 12  # more brackets than levels, so that they are counted properly
    if depth(many) <= MAX_DEPTH:
        require_sound(json.dumps(many, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "text", ["[" * 33 + "]" * 33, '{"a":' * 40 + "1" + "}" * 40, "[[[]," * 20 + "1" + "]" * 40]
)
def test_deeper_than_the_bound_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="nested deeper"):
        require_sound(text.encode())


def test_the_bound_itself_passes() -> None:
    require_sound(("[" * MAX_DEPTH + "]" * MAX_DEPTH).encode())


@pytest.mark.parametrize(
    "body", [b"[" * 8_000_000 + b"]" * 8_000_000, b"[{}" * 5_000_000, b'["\\"[' * 3_000_000]
)
def test_the_deepest_body_is_refused_within_a_moment(body: bytes) -> None:
    started = time.process_time()
    with pytest.raises(Malformed):
        require_sound(body)
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        (b'{"key": 1, "key": 2}', "key", "twice"),
        (b'{"a": {"b": [{"c": 1, "c": 1}]}}', "c", "twice"),
        (b'{"a": 1, "\\u0061": 2}', "a", "twice"),
        (b'{"a": "\\u003a", "a": 2}', "a", "twice"),
        (b'{"a:": ":", "a:": "::"}', "a:", "twice"),
        (b'{"a/": 1, "a\\/": 2}', "a/", "twice"),
        (b'{"a": NaN}', "", "not JSON"),
        (b'{"a": 1,}', "", "not JSON"),
        (b"", "", "not JSON"),
        (b'{"a": 1} x', "", "not JSON"),
        (b'{"a": "\xff"}', "", "not UTF-8"),
        (b'{"a": "\xed\xa0\x80"}', "", "not UTF-8"),
    ],
)
def test_unsound_json_is_refused_with_its_reason(body: bytes, field: str, said: str) -> None:
    with pytest.raises(Malformed) as refused:
        require_sound(body)
    assert refused.value.field == field
    assert said in refused.value.detail


def test_a_number_of_a_million_digits_costs_nothing() -> None:
    started = time.process_time()
    require_sound(b'{"a":' + b"9" * 1_000_000 + b"}")
    assert time.process_time() - started < 1

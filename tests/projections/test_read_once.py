"""Within one question, what is asked twice is read once; what differs in anything is read anew."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from projections import rows
from projections.rows import fetch, read_once

QUERY = "select {columns} from thing where {known} and kind = any(%(kinds)s)"


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """A row."""

    position: int
    kind: str


class Table:
    """A cursor over rows that change with every reading."""

    def __init__(self, rows: int = 1) -> None:
        self.read = 0
        self._rows = rows
        self.said: list[bytes] = []

    def execute(
        self, statement: bytes, parameters: Mapping[str, Any], prepare: bool
    ) -> list[tuple[int, str]]:
        """As many rows as there are, told apart by the reading."""
        self.read += 1
        self.said.append(statement)
        return [(self.read, "a")] * self._rows


def asked(table: Table, kinds: Any = ("a",), known_at: int | None = None, query: str = QUERY) -> list[Thing]:
    """What is found."""
    return fetch(table, Thing, query, {"kinds": kinds}, known_at)  # type: ignore[arg-type]


def test_the_same_is_read_once_and_each_is_given_a_list_of_their_own() -> None:
    table = Table()
    with read_once():
        first, second = asked(table, ["a"]), asked(table, ["a"])
        first.clear()
        assert asked(table, ["a"]) == second == [Thing(position=1, kind="a")]
    assert table.read == 1


@pytest.mark.parametrize(
    "other",
    [{"kinds": ["b"]}, {"kinds": ["a", "b"]}, {"known_at": 3}, {"query": QUERY + " limit 1"}],
    ids=["other", "more", "then", "query"],
)
def test_what_differs_is_read_anew(other: dict[str, Any]) -> None:
    table = Table()
    with read_once():
        assert asked(table, **{"kinds": ["a"], **other}) != asked(table, ["a"])
    assert table.read == 2


def test_another_question_reads_anew_and_so_does_who_asks_outside_of_one() -> None:
    table = Table()
    for _ in range(2):
        with read_once():
            asked(table)
        asked(table)
        asked(table)
    assert table.read == 6


def test_what_cannot_be_compared_is_read_each_time() -> None:
    table = Table()
    with read_once():
        assert asked(table, [["a"]]) != asked(table, [["a"]])


def test_many_rows_and_many_answers_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_ROWS", 2)
    monkeypatch.setattr(rows, "MOST_READ", 1)
    long, short = Table(3), Table(2)
    with read_once():
        for _ in range(2):
            asked(long)
            asked(short, ["kept"])
            asked(short, ["one too many"])
    assert (long.read, short.read) == (2, 3)


def test_the_statement_says_what_counted_then_and_now() -> None:
    table = Table()
    asked(table)
    asked(table, known_at=3)
    now, then = (each.decode() for each in table.said)
    assert '"position", "kind"' in now and "void_position is null and" in now and "known_at" not in now
    assert "void_position > %(known_at)s" in then and "kind = any(%(kinds)s)" in then

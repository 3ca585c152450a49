"""People are found by a part of a name or id, and not by that of whoever was erased."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.name_search import NameSearch, name_text
from domain.journal.vault import Stored
from domain.people.roster import RosterChange, postings
from projections.roster import Standing

NAMES = {"E1": "Wang Fang", "E2": None, "E3": "王芳", "E10": "wang"}
HIRED_ON = dt.date(2025, 1, 6)


class OpenVault:
    """What reads every name but those of the erased, and counts how often it is asked."""

    def __init__(self) -> None:
        self.erased: set[str] = set()
        self.read = 0

    def erasures(self, cursor: Any) -> int:
        """How many were erased."""
        return len(self.erased)

    def reveal(self, cursor: Any, stored: Any) -> dict[Stored, str | None]:
        """The names."""
        self.read += 1
        return {each: None if each.subject in self.erased else each.text for each in stored}


def standing(position: int, employee: str, name: str | None) -> Standing:
    """Somebody who works here."""
    change = RosterChange(
        position=position, employee=employee, kind="hired", effective_on=HIRED_ON, name=name
    )
    here = postings([change], HIRED_ON)[employee]
    return Standing("working", here, change if name else None)


def found(search: NameSearch, vault: OpenVault, stand: dict[str, Standing], part: str) -> list[str]:
    """The ids of those who are found."""
    return [each.posting.employee for each in search.holding(None, vault, stand, part)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("part", "people"),
    [
        ("wang", ["E1", "E10"]),
        ("王", ["E3"]),
        ("e1", ["E1", "E10"]),
        ("g", ["E1", "E10"]),
        ("\x00", []),
        ("fang\x00e2", []),
        ("nobody", []),
    ],
)
def test_a_part_is_found_within_one_person(part: str, people: list[str]) -> None:
    assert name_text(NAMES.items()).holding(part) == people


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.text("eE1", min_size=1, max_size=3), st.none() | st.text("aAß王 ", max_size=4)),
    st.text("aes1王 ", min_size=1, max_size=3),
)
def test_the_text_finds_whom_looking_at_each_finds(names: dict[str, str | None], part: str) -> None:
    plain = [who for who, name in names.items() if part in f"{who}\n{name or ''}".casefold()]
    assert name_text(names.items()).holding(part) == plain


def test_names_are_read_once_and_again_when_somebody_is_erased() -> None:
    search, vault = NameSearch(), OpenVault()
    stand = {who: standing(n, who, name) for n, (who, name) in enumerate(NAMES.items(), 1)}
    assert found(search, vault, stand, "wang") == found(search, vault, stand, "wang") == ["E1", "E10"]
    assert vault.read == 1
    vault.erased = {"employee:E1"}
    assert found(search, vault, stand, "wang") == ["E10"]
    assert vault.read == 2


def test_another_roster_is_read_anew() -> None:
    search, vault = NameSearch(), OpenVault()
    for name in ("王芳", "李强", "周洁", "吴敏"):
        assert found(search, vault, {"E1": standing(1, "E1", name)}, name) == ["E1"]


def test_on_another_roster_only_new_names_are_read() -> None:
    search, vault = NameSearch(), OpenVault()
    stand = {who: standing(n, who, name) for n, (who, name) in enumerate(NAMES.items(), 1)}
    assert found(search, vault, stand, "wang") == ["E1", "E10"]
    asked: list[list[str]] = []
    reveal = vault.reveal

    def reveal_and_tell(cursor: Any, stored: Any) -> dict[Stored, str | None]:
        asked.append([each.text for each in stored])
        return reveal(cursor, stored)

    vault.reveal = reveal_and_tell  # type: ignore[method-assign]
    moved = dict(
        sorted({**stand, "E3": standing(9, "E3", "王强"), "E2b": standing(10, "E2b", "Wang")}.items())
    )
    assert found(search, vault, moved, "wang") == ["E1", "E10", "E2b"]
    assert found(search, vault, moved, "王强") == ["E3"] and not found(search, vault, moved, "王芳")
    assert found(search, vault, dict(moved), "wang") == ["E1", "E10", "E2b"]
    assert sorted(asked[0]) == ["Wang", "王强"] and not any(asked[1:])
    vault.erased = {"employee:E1"}
    assert found(search, vault, moved, "wang") == ["E10", "E2b"]

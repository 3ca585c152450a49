"""A mapping's author is told what is wrong, where, and what to write instead."""

from pathlib import Path

import pytest

from api.importing import MappingInvalid, Unusable
from api.importing.compiling import compiled
from api.importing.mapping import find, load

GOOD = """
source: crm
files: ["deals*.csv"]
key: id
facts:
  - type: deal_closed
    occurred_at: day
    data:
      employee: seller
      customer: client
      deal: id
      amount_minor: {column: amount, money: CNY}
"""


def faults(folder: Path, text: str) -> list[tuple[str, str, str]]:
    file = folder / "deals.mapping.yaml"
    file.write_text(text, "utf-8")
    try:
        compiled(load(file), file)
    except MappingInvalid as invalid:
        return [tuple(problem) for problem in invalid.problems]
    return []


def test_a_good_mapping_has_no_faults(tmp_path: Path) -> None:
    assert faults(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "path", "message", "remedy"),
    [
        (
            "type: deal_closed",
            "type: deal_close",
            "facts[0].type",
            "'deal_close' is not a type of fact",
            "deal_closed?",
        ),
        ("employee:", "employe:", "facts[0].data.employe", "no field 'employe'", "Did you mean employee?"),
        ("      customer: client\n", "", "facts[0].data.customer", "needs customer", "Name the column"),
        (
            "{column: amount, money: CNY}",
            "amount",
            "facts[0].data.amount_minor",
            "needs its currency",
            "money: CNY",
        ),
        ("money: CNY", "money: RMB", "facts[0].data.amount_minor", "'RMB' is not a currency", "CNY"),
        ("deal: id", "deal: {column: id, money: CNY}", "facts[0].data.deal", "only at amounts", "Leave"),
        ("deal: id", "deal: {column: id, const: D1}", "facts[0].data.deal", "exactly one of", "Keep one"),
        ("deal: id", "deal: {column: id, as: hours}", "facts[0].data.deal", "only into minutes", "Leave"),
        ("deal: id", "deal: {colum: id}", "facts[0].data[...]", "unknown field `colum`", "docs/howto"),
        ("key: id", "key: {columns: [id], hash_of: [id]}", "key", "exactly one way", "hash_of"),
        ("key: id", "key: {}", "key", "exactly one way", "columns"),
        ("key: id", "key: id\ndates: {zone: Peking}", "dates.zone", "not a time zone", "Asia/Shanghai"),
        ("key: id", "key: id\ndates: {at: noon}", "dates.at", "not a time of day", "12:00"),
        ("key: id", "key: id\ndates: {formats: [MM/DD]}", "dates.formats", "where the year", "YYYY-MM-DD"),
        ("key: id", "key: id\nheader_row: 0", "header_row", "no row 0", "from 1"),
        ("key: id", "key: id\nheader_row: first", "header_row", "Expected `int`", "docs/howto"),
        ("key: id", "key: id\nkey: no", "line 5", "'key' stands twice", "indentation"),
        ("key: id", "key: [id", "line 5", "not YAML", "indentation"),
        ("source: crm\n", "", "the document", "missing required field `source`", "docs/howto"),
        ("occurred_at: day", "occurred_at: {columns: []}", "facts[0].occurred_at", "No column", "Name"),
        (
            "occurred_at: day",
            "occurred_at: day\n    attributes: {a: b}",
            "facts[0].attributes",
            "deal_closed has no attributes",
            "activity_recorded",
        ),
        (
            "occurred_at: day",
            "occurred_at: day\n    refers_to: {source: s, key: k, suffix: t}",
            "facts[0].refers_to",
            "refers to no other fact",
            "Leave",
        ),
    ],
)
def test_a_fault_names_its_place_and_its_remedy(
    tmp_path: Path, old: str, new: str, path: str, message: str, remedy: str
) -> None:
    assert old in GOOD
    [(where, what, then)] = faults(tmp_path, GOOD.replace(old, new, 1))
    assert where == path
    assert message in what
    assert remedy in then


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("employee:", "employe:").replace("money: CNY", "money: RMB")
    assert [path for path, _, _ in faults(tmp_path, text)] == [
        "facts[0].data.employe",
        "facts[0].data.amount_minor",
    ]


def test_two_facts_of_one_type_need_suffixes(tmp_path: Path) -> None:
    fact = GOOD[GOOD.index("  - type") :]
    assert [path for path, _, _ in faults(tmp_path, GOOD + fact)] == ["facts"]
    assert faults(tmp_path, GOOD + fact.replace("- type", "- suffix: again\n    type")) == []


def test_words_that_yaml_takes_for_something_else_stay_words(tmp_path: Path) -> None:
    """NO is a word, 007 an id, and a day a text."""
    text = GOOD.replace(
        "deal: id", "deal: {const: 007}\n      kind: {column: kind, map: {NO: 'off', 2025-03-01: x}}"
    )
    file = tmp_path / "deals.mapping.yaml"
    file.write_text(text, "utf-8")
    given = load(file).facts[0].data
    assert not isinstance(given["deal"], str) and given["deal"].const == "007"
    assert not isinstance(given["kind"], str) and given["kind"].map == {"NO": "off", "2025-03-01": "x"}


def test_the_mapping_beside_a_file_is_found_by_its_pattern(tmp_path: Path) -> None:
    (tmp_path / "deals.mapping.yaml").write_text(GOOD, "utf-8")
    (tmp_path / "visits.mapping.yaml").write_text(GOOD.replace("deals*", "visits*"), "utf-8")
    assert find(tmp_path / "deals_2025.csv", {}).name == "deals.mapping.yaml"
    with pytest.raises(Unusable, match=r"No \.mapping\.yaml beside it"):
        find(tmp_path / "leave.csv", {})
    (tmp_path / "more.mapping.yaml").write_text(GOOD, "utf-8")
    with pytest.raises(Unusable, match=r"deals.mapping.yaml, more.mapping.yaml"):
        find(tmp_path / "deals_2025.csv", {})


def test_a_mapping_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "deals.mapping.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Unusable, match="cannot be read"):
        load(file)

"""Huikang's files are the same every time, and what their mappings say."""

import csv
import hashlib
from collections import Counter
from pathlib import Path

import pytest

from api.demo_data.exports import deliveries
from api.demo_data.large import drafts, facts_expected
from api.demo_data.sheets import Delivery
from api.demo_data.staff import staff
from api.demo_data.working_days import LAST_DAY
from api.importing.compiling import compiled
from api.importing.mapping import find, load
from domain.journal.record import Draft

MAPPINGS = sorted((Path(__file__).resolve().parents[2] / "examples" / "huikang").glob("*.mapping.yaml"))


@pytest.fixture(scope="module")
def year() -> list[Delivery]:
    return list(deliveries())


def digest(year: list[Delivery]) -> str:
    told = hashlib.sha256()
    for delivery in year:
        for name, content in delivery.files.items():
            told.update(f"{name}\n".encode() + content)
    return told.hexdigest()


def test_the_files_are_the_same_every_time(year: list[Delivery]) -> None:
    assert digest(year) == digest(list(deliveries()))


def test_forty_five_people_of_whom_twelve_sell() -> None:
    here = [person for person in staff() if person.left is None or person.left[0] > LAST_DAY]
    assert len(here) == 45
    assert sum(person.sells_on(LAST_DAY) for person in here) == 12
    assert Counter(person.branch_on(LAST_DAY) for person in here if person.sells_on(LAST_DAY)) == {
        "BJ": 3,
        "SH": 5,
        "GZ": 4,
    }


@pytest.mark.parametrize("file", MAPPINGS, ids=lambda file: file.name)
def test_the_mappings_are_sound(file: Path) -> None:
    assert compiled(load(file), file).makers


def test_every_file_has_one_mapping(year: list[Delivery]) -> None:
    for delivery in year:
        for name in delivery.files:
            assert find(MAPPINGS[0].parent / name, {}).name.removesuffix(".mapping.yaml") in name


def test_orders_are_as_a_chinese_excel_leaves_them(year: list[Delivery]) -> None:
    content = year[2].files["crm_orders_2025-03.csv"]
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")
    rows = list(csv.DictReader(content.decode("gb18030").splitlines()))
    days = {row["业务日期"] for row in rows}
    assert any("/" in day for day in days) and any("-" in day for day in days)
    assert any(row["客户编码"].startswith('="') for row in rows)
    assert any(row["订单号"].endswith("\t") for row in rows)
    assert rows[-1]["流水号"] == "合计"
    repeated = Counter(row["流水号"] for row in rows)
    assert max(repeated.values()) == 2


def test_a_large_firm_has_about_400_facts_a_person_in_a_quarter() -> None:
    made = [made for batch in drafts(20, 90, "test") for made in batch]
    assert abs(len(made) - facts_expected(20, 90)) < len(made) / 50
    assert 380 < len(made) / 20 < 420
    assert len({(told.source, told.key) for told in made}) == len(made)
    assert _content(made) == _content([made for batch in drafts(20, 90, "test") for made in batch])


def _content(made: list[Draft]) -> list[bytes]:
    return [told.content_hash for told in made]

"""The example hospital: its files, and three of its units through the real import, two months closed."""

import csv
import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from api.demo import EXAMPLES, Chapter, load
from api.demo_data.firms import HOSPITAL
from api.demo_data.hospital import exports
from api.demo_data.hospital.calendar import LAST_DAY
from api.demo_data.hospital.people import people
from api.demo_data.hospital.units import UNITS, Unit
from api.demo_data.sheets import Delivery
from api.importing.compiling import compiled
from api.importing.mapping import Mapping, find
from api.importing.mapping import load as load_mapping
from api.ops import Ledger, open_ledger
from api.settings import Settings
from projections.replay import replay

MAPPINGS = sorted((EXAMPLES / "hospital").glob("*.mapping.yaml"))
FEW: tuple[Unit, ...] = (UNITS[0], UNITS[12], UNITS[20])
"""A medical unit, a surgical one, and intensive care."""

LOADED: dict[Path, Mapping] = {}
COMPONENTS = "select distinct component from statement_line where period = %s and amount_minor > 0"


@pytest.fixture(scope="module")
def files() -> list[Delivery]:
    return list(exports.deliveries())


def test_two_thousand_people_of_whom_nine_hundred_nurse() -> None:
    here = [person for person in people() if person.here_on(LAST_DAY)]
    assert len(here) == 2_000
    posts = Counter(person.post for person in here)
    assert (posts["护士"], posts["护士长"], posts["外科医师"], posts["手术助理"]) == (900, 30, 120, 84)
    assert len({person.id for person in here}) == 2_000


def test_the_files_are_the_same_every_time_and_end_as_they_should(files: list[Delivery]) -> None:
    assert _digest(list(exports.deliveries(FEW))) == _digest(list(exports.deliveries(FEW)))
    name, content = list(files[-1].files.items())[-1]
    *_, last = csv.DictReader(content.decode().splitlines())
    assert name.startswith("qc_confirmations")
    assert f"{last['确认单号']}#standards" == exports.LAST_CONFIRMED


@pytest.mark.parametrize("file", MAPPINGS, ids=lambda file: file.name)
def test_the_hospital_mappings_are_sound_and_read_its_columns(file: Path, files: list[Delivery]) -> None:
    mapping = compiled(load_mapping(file), file)
    assert mapping.makers
    names = [name for delivery in files for name in delivery.files]
    assert any(find(file.parent / name, LOADED) == file for name in names)


Autumn = tuple[Ledger, list[Chapter]]


@pytest.fixture(scope="module")
def autumn(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Autumn]:
    """The ledger of three units, and what each month brought."""
    schema = f"hospital_{uuid4().hex[:12]}"
    settings = Settings(home=tmp_path_factory.mktemp("home"), database_url=postgres, ledger=schema)
    firm = HOSPITAL._replace(deliveries=lambda: exports.deliveries(FEW))
    with open_ledger(settings, prepare_it=True) as ledger:
        yield ledger, list(load(ledger, firm, tmp_path_factory.mktemp("files")))
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(schema)))


def ask(autumn: Autumn, query: str, *values: object) -> list[tuple[Any, ...]]:
    with autumn[0].pool.connection() as connection:
        return connection.execute(query, values).fetchall()


def test_two_months_are_closed_and_pay_nurses_of_all_kinds_and_surgeons(autumn: Autumn) -> None:
    assert [chapter.closed is not None for chapter in autumn[1]] == [True, True, False]
    for period in ("2025-09", "2025-10"):
        paid = {name for (name,) in ask(autumn, COMPONENTS, period)}
        assert paid >= {"scorecard", "night_shifts", "allowance", "hours", "operations", "assisted"}


def test_every_file_of_the_hospital_reconciles_and_what_is_wrong_is_refused(autumn: Autumn) -> None:
    """A swap that leaves no rest, an id with a digit too many, and a day that there is none of."""
    reports = [file for chapter in autumn[1] for file in chapter.report.files]
    assert [report.file for report in reports if not report.reconciled] == []
    faults = [(fault.file.partition("_2025")[0], fault.kind) for report in reports for fault in report.faults]
    assert Counter(faults) == {
        ("nursing_swaps", "shift-rule-broken"): 1,
        ("nursing_clock", "unknown-employee"): 1,
        ("nursing_clock", "bad-cell"): 1,
    }


@pytest.mark.rule("R51")
def test_swaps_come_from_a_file_with_consent_and_approval(autumn: Autumn) -> None:
    """Of six, one leaves no rest and is refused; three were turned down by the head nurse."""
    journal = autumn[0].journal
    counts = [len(list(journal.read(types=[f"swap_{step}"]))) for step in ("asked", "approved", "refused")]
    assert counts == [5, 2, 3]


@pytest.mark.rule("R50")
def test_nursing_with_a_licence_that_ran_out_is_not_paid(autumn: Autumn) -> None:
    """It ran out on 8 October, was renewed on the 25th; two of October's reports lie between."""
    (lines,) = ask(
        autumn,
        "select detail::text from statement_line where employee = 'LJ0010' and period = '2025-10' "
        "and component = 'scorecard'",
    )
    assert '"since":"2025-10-09","state":"expired","work":"2"' in lines[0]


def test_what_the_hospital_told_late_is_settled_in_october(autumn: Autumn) -> None:
    """Reports of the end of September, and an operation that was told of another surgeon."""
    late = ask(
        autumn,
        "select employee, sign(sum(amount_minor))::int from statement_line "
        "where period = '2025-10' and about_period = '2025-09' group by employee order by 2",
    )
    assert sorted(sign for _, sign in late) == [-1, 1, 1, 1]


def test_the_rows_equal_those_computed_again(autumn: Autumn) -> None:
    ledger = autumn[0]
    done = replay(ledger.owner_dsn, ledger.schema, None, and_compare=True)
    assert done.compared is not None
    assert done.compared.difference is None


def _digest(deliveries: list[Delivery]) -> str:
    told = hashlib.sha256()
    for delivery in deliveries:
        for name, content in delivery.files.items():
            told.update(f"{name}\n".encode() + content)
    return told.hexdigest()

"""Journals that earlier releases wrote: their seals hold, and they fold to the same rows and statements."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from given import LEDGER
from releases.folded_rows import rows_in
from verbatim import put, records_in

from api.refolding import refold
from api.verify import verify
from domain.facts.registry import FACT_TYPES
from domain.journal.connection import connect
from projections import runner
from projections.replay import replay

HERE = Path(__file__).resolve().parent
KEPT = sorted(file.parent for file in HERE.glob("*/records.ndjson"))


@pytest.fixture(scope="module", params=KEPT, ids=lambda place: place.name)
def kept(request: pytest.FixtureRequest, postgres: str, template: str) -> Iterator[tuple[Path, str]]:
    """A kept journal, and the address of a ledger that has its records and has folded them."""
    from conftest import new_database

    with new_database(postgres, template) as dsn:
        put(dsn, LEDGER, records_in(request.param / "records.ndjson"))
        with connect(dsn, LEDGER, service=False) as connection:
            runner.create(connection)
        runner.Runner(dsn, LEDGER).catch_up()
        yield request.param, dsn


def test_every_type_of_fact_stands_in_a_kept_journal() -> None:
    """Whoever adds one has every_type.py tell it, and keeps a journal more: make.py says how."""
    held = {record.type for place in KEPT for record in records_in(place / "records.ndjson")}
    assert FACT_TYPES.keys() - held == set()


@pytest.mark.parametrize("place", KEPT, ids=lambda place: place.name)
def test_its_seal_is_verified(place: Path) -> None:
    """Also by the key that was written down beside it, not only by those that it names itself."""
    verdict = verify(place, [], [place.joinpath("log.vkey").read_text("utf-8").strip()])
    assert verdict.valid, verdict.findings


def test_it_folds_to_the_same_rows(kept: tuple[Path, str]) -> None:
    """Of each table, down to the byte. A model of another form says so by its version."""
    place, dsn = kept
    with connect(dsn, LEDGER) as connection, connection.cursor() as cursor:
        made = dict(_by_table(rows_in(cursor)))
    then = dict(_by_table(place.joinpath("rows.txt").read_text("utf-8").splitlines()))
    for table, (model, version, rows) in made.items():
        assert table in then, f"{table} is new: run tests/releases/make.py"
        assert version == then[table][1], f"{model} has another form: run tests/releases/make.py"
        assert rows == then[table][2], f"{model}, {table}: other rows by the same version"
    assert made.keys() == then.keys()


def test_it_replays_as_it_stood_before(kept: tuple[Path, str]) -> None:
    """A replay of half of it gives what the ledger says was known then."""
    place, dsn = kept
    upto = len(records_in(place / "records.ndjson")) // 2
    compared = replay(dsn, LEDGER, upto, and_compare=True).compared
    assert compared is not None and compared.difference is None


@pytest.mark.parametrize("place", KEPT, ids=lambda place: place.name)
def test_its_statements_come_out_as_they_were_paid(place: Path, empty_dsn: str) -> None:
    """Recomputed from the records in an empty database, as an auditor does it."""
    verdict: Any = verify(place, [], [])
    refold(place, verdict, empty_dsn)
    assert verdict.valid, verdict.findings


def _by_table(lines: Iterator[str] | list[str]) -> Iterator[tuple[str, tuple[str, str, str]]]:
    for line in lines:
        model, version, table, rows = line.split(" ", 3)
        yield table, (model, version, rows)

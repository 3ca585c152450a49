"""The goldens: histories that were written down once, computed anew byte for byte on a real database."""

import io
from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from given import LEDGER
from given_plan import EXAMPLES
from verbatim import put, records_in

from api.results_file import closed_results, read_results, write_results
from domain.facts.governance import PeriodClosed, PlanAdopted
from domain.facts.registry import decode
from domain.journal.connection import connect
from domain.plan.parse import plan_document
from projections import runner
from projections.closing import digest_of

HERE = Path(__file__).resolve().parent
NAMES = sorted(file.name.removesuffix(".records.ndjson") for file in HERE.glob("*.records.ndjson"))


def test_there_are_goldens_of_enough_firms_and_cases() -> None:
    """Five plans; late facts, voids of both sides of a close, overrides, targets, transfers, a leap day."""
    assert len(NAMES) >= 5
    types, plans, instants = Counter[str](), set[str](), set[str]()
    for name in NAMES:
        for record in records_in(HERE / f"{name}.records.ndjson"):
            types[record.type] += 1
            instants.add(f"{record.occurred_at:%m-%d}")
            plans |= {tag for tag in record.tags if tag.startswith("plan:")}
    assert len(plans) >= 5 and "02-29" in instants
    assert min(types[name] for name in TYPES) > 0


TYPES = """
fact_voided override_set target_changed employee_transferred employee_promoted employee_left leave_taken
plan_ended fact_confirmed deal_reversed activity_recorded period_closed
""".split()


@pytest.mark.parametrize("name", NAMES)
def test_every_statement_comes_out_byte_for_byte(ledger_dsn: str, name: str) -> None:
    """The journal goes in as it stood, the real fold computes each close, and every line is the one kept."""
    records = records_in(HERE / f"{name}.records.ndjson")
    put(ledger_dsn, LEDGER, records)
    with connect(ledger_dsn, LEDGER, service=False) as connection:
        runner.create(connection)
    assert runner.Runner(ledger_dsn, LEDGER).catch_up() == len(records)
    sink = io.BytesIO()
    with connect(ledger_dsn, LEDGER) as connection, connection.cursor() as cursor:
        write_results(sink, closed_results(cursor))
    kept = (HERE / f"{name}.statements.ndjson").read_bytes()
    for number, (made, golden) in enumerate(
        zip(sink.getvalue().splitlines(), kept.splitlines(), strict=False)
    ):
        assert made == golden, f"{name}.statements.ndjson, line {number + 1}"
    assert sink.getvalue() == kept


PAYS = "population parameters measures targets components milestones currency rounding effective_from".split()
"""What a plan pays by; what else it says moves no pay."""


def paid_by(said: Any) -> Any:
    """What a plan says, without the English of exactly one of a thing, which moves no pay."""
    match said:
        case dict():
            told = cast(dict[str, Any], said)
            return {name: paid_by(value) for name, value in told.items() if name != "one"}
        case list():
            return [paid_by(each) for each in cast(list[Any], said)]
        case _:
            return said


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_plan_has_a_golden_with_a_correction(example: Path) -> None:
    """What it pays by stands in the golden's journal, and it settled a closed month anew."""
    adopted = plan_document(yaml.safe_load(example.read_text("utf-8")))
    records = records_in(HERE / "examples.records.ndjson")
    versions = [decode(record.type, record.data) for record in records if record.type == "plan_adopted"]
    documents = [version.document for version in versions if isinstance(version, PlanAdopted)]
    assert any(
        all(paid_by(adopted.get(part)) == paid_by(kept.get(part)) for part in PAYS) for kept in documents
    )
    with (HERE / "examples.statements.ndjson").open("rb") as source:
        lines = [line for result in read_results(source) for line in result.read().lines]
    since = str(adopted["effective_from"])[:7]
    about = [line.about for line in lines if line.plan == adopted["plan"] and line.about]
    assert any(month >= since for month in about)


@pytest.mark.parametrize("name", NAMES)
def test_the_kept_statements_are_those_that_the_kept_closes_name(name: str) -> None:
    """Neither file was written without the other: digests and numbers agree."""
    with (HERE / f"{name}.statements.ndjson").open("rb") as source:
        kept = list(read_results(source))
    for record in records_in(HERE / f"{name}.records.ndjson"):
        if record.type == "period_closed":
            fact = decode(record.type, record.data)
            assert isinstance(fact, PeriodClosed)
            own = [result.read() for result in kept if result.period == fact.period]
            assert digest_of(own) == fact.statements_digest
            assert len(own) == fact.statements

"""Source and ledger are set against each other: counts, sums and digests."""

import hashlib
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import msgspec
import psutil
import pytest
from firm import DEALS, LEDGER, Firm
from rich.console import Console

from api.importing import Balance, ImportReport, Progress, import_files
from api.importing.report import Sum
from api.importing.showing import balances
from domain.journal.connection import connect

Take = Callable[..., ImportReport]

ROWS = (
    "D1,2025-03-01,E1,C1,1000.10",
    "D2,2025-03-02,E1,C1,200.05",
    "D1,2025-03-01,E1,C1,1000.10",
    "D3,2025-03-03,E9,C1,30.00",
    "D4,never,E1,C1,4.99",
    "D5,2025-03-05,E2,C1,cheap",
)


@pytest.mark.rule("R25")
def test_what_the_source_has_is_refused_repeated_or_in_the_ledger(firm: Firm, deals: Take) -> None:
    """Of 2,235.24 in five amounts 34.99 is refused, 1,000.10 stands twice, 1,200.15 is in the ledger."""
    [file] = deals(*ROWS).files
    with_amount = Balance(
        type="deal_closed",
        currency="CNY",
        source=Sum(facts=5, amount_minor=223_524),
        refused=Sum(facts=2, amount_minor=3_499),
        repeated=Sum(facts=1, amount_minor=100_010),
        ledger=Sum(facts=2, amount_minor=120_015),
    )
    unreadable = Balance(type="deal_closed", currency="", source=Sum(facts=1), refused=Sum(facts=1))
    assert file.balances == [unreadable, with_amount]
    assert file.reconciled is True
    assert file.digest_source == file.digest_ledger != f"{0:064x}"
    assert file.sha256 == hashlib.sha256(Path(file.file).read_bytes()).hexdigest()
    assert (file.rows_read, file.rows_refused, file.facts_made) == (6, 3, 4)
    assert (file.stored, file.hits, file.repeated, file.refused) == (2, 0, 1, 1)


@pytest.mark.rule("R25")
def test_a_second_import_reconciles_to_the_same_digest(deals: Take) -> None:
    [first], [second] = deals(*ROWS).files, deals(*ROWS).files
    assert (second.stored, second.hits) == (0, 2)
    assert second.balances == first.balances
    assert second.digest_ledger == first.digest_ledger


@pytest.mark.rule("R25")
def test_the_digest_does_not_depend_on_the_order_of_rows(deals: Take) -> None:
    rows = [f"D{number},2025-03-01,E1,C1,{number + 1}" for number in range(50)]
    [first], [second] = deals(*rows).files, deals(*reversed(rows)).files
    assert first.digest_source == second.digest_source
    assert first.sha256 != second.sha256


@pytest.mark.rule("R25")
def test_a_ledger_that_was_tampered_with_does_not_reconcile(firm: Firm, deals: Take, ledger_dsn: str) -> None:
    """The content hash in its column is left as it was; the facts themselves are hashed again."""
    rows = ("D1,2025-03-01,E1,C1,100",)
    deals(*rows)
    with connect(ledger_dsn, LEDGER, service=False) as owner:
        owner.execute("alter table journal disable trigger all")
        owner.execute(
            "update journal set data = replace(data::text, '10000', '90000')::json where type = 'deal_closed'"
        )
        owner.execute("alter table journal enable always trigger journal_is_append_only")
    report = deals(*rows)
    assert report.files[0].reconciled is False
    assert report.exit_status == 2
    assert report.files[0].balances[0].ledger.amount_minor == 90_000


def test_the_report_is_json_and_a_table(firm: Firm, deals: Take) -> None:
    report = deals(*ROWS)
    assert msgspec.json.decode(msgspec.json.encode(report), type=ImportReport) == report
    console = Console(width=200, file=StringIO())
    with console.capture() as printed:
        console.print(balances(report))
    text = printed.get()
    assert ["CNY", "2235.24", "34.99", "1000.10", "1200.15"] in [line.split() for line in text.splitlines()]


def test_progress_is_told_to_the_end(firm: Firm) -> None:
    firm.map(DEALS)
    rows = (f"D{number},2025-03-01,E1,C1,1\n" for number in range(12_000))
    path = firm.write("deals.csv", "id,day,seller,client,amount\n" + "".join(rows))
    told: list[Progress] = []
    import_files(
        firm.intake, firm.journal, [path], actor="hr", now=firm.now, dry_run=True, on_progress=told.append
    )
    assert [step.rows for step in told] == [5_000, 10_000, 12_000]
    assert [step.share for step in told] == sorted(step.share for step in told)
    assert told[-1].share == 1.0


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_large_file_takes_bounded_memory(firm: Firm) -> None:
    """What 200,000 rows need does not grow from the tenth batch to the last; held whole they take 100 MB."""
    firm.map(
        DEALS.replace("deal_closed", "follow_up_recorded")
        .replace("deal: id", "kind: {const: call}")
        .replace("      amount_minor: {column: amount, money: CNY}\n", "")
    )
    path = firm.folder / "deals.csv"
    with path.open("w") as file:
        file.write("id,day,seller,client,amount\n")
        file.writelines(
            f"F{number},2025-03-01,E{number % 2 + 1},C{number % 99},\n" for number in range(200_000)
        )
    resident: list[int] = []
    [report] = import_files(
        firm.intake,
        firm.journal,
        [path],
        actor="hr",
        now=firm.now,
        on_progress=lambda step: resident.append(psutil.Process().memory_info().rss),
    ).files
    assert (report.stored, report.reconciled) == (200_000, True)
    assert max(resident) - resident[9] < 24 * 2**20

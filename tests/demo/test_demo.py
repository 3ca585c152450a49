"""Huikang's year, loaded through the real import and closed month by month."""

import datetime as dt
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from api.cli.terminal import Failed
from api.demo import Chapter, is_loaded, load, run_demo
from api.demo_data.firms import HUIKANG
from api.ops import Ledger, open_book, open_ledger
from api.settings import Settings
from projections.alerts import alerts
from projections.module_tests import banks_in_use
from projections.training import training

pytestmark = pytest.mark.timeout(300)

REFUSED = [
    ("hr_decisions_2025-01.csv", "override-not-permitted", "项目"),
    ("crm_orders_2025-02.csv", "bad-cell", "业务日期"),
    ("crm_orders_2025-03.csv", "unknown-employee", "业务员工号"),
    ("crm_orders_2025-03.csv", "unknown-employee", "业务员工号"),
    ("crm_orders_2025-04.csv", "bad-cell", "合同金额"),
    ("crm_followups_2025-05.csv", "unreadable-row", ""),
    ("visits_2025-06.xlsx", "unreadable-row", ""),
    ("service_2025-08.ndjson", "unreadable-row", ""),
    ("crm_clients_2025-10.csv", "bad-cell", "客户编码"),
    ("crm_orders_2025-10.csv", "key-reused", "流水号"),
    ("crm_orders_2025-11.csv", "unreadable-row", ""),
]

LINES = """
select component, amount_minor from statement_line
where employee = %s and period = %s and about_period = %s and amount_minor <> 0
order by line"""

LATE = """
select employee, about_period, period, sign(sum(amount_minor))::int from statement_line
where about_period <> period
group by employee, about_period, period
order by about_period, employee"""

LOAD = ("demo", "--firm", "huikang", "--no-serve")

Year = tuple[Ledger, Path, list[Chapter]]


@pytest.fixture(scope="module")
def schemas(postgres: str) -> Iterator[list[str]]:
    """Names of ledgers that a test made; they are dropped afterwards."""
    made: list[str] = []
    yield made
    with psycopg.connect(postgres, autocommit=True) as server:
        for name in made:
            server.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def huikang(postgres: str, schemas: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """The ledger with the whole year, its files, and what each month brought."""
    schemas.append(f"huikang_{uuid4().hex[:12]}")
    settings = Settings(home=tmp_path_factory.mktemp("home"), database_url=postgres, ledger=schemas[-1])
    folder = tmp_path_factory.mktemp("files")
    with open_ledger(settings, prepare_it=True) as ledger:
        yield ledger, folder, list(load(ledger, HUIKANG, folder))


def ask(year: Year, query: str, *values: object) -> list[tuple[Any, ...]]:
    with year[0].pool.connection() as connection:
        return connection.execute(query, values).fetchall()


def lines(year: Year, employee: str, period: str, about: str | None = None) -> dict[str, int]:
    """Amounts by component, of a month's own lines or of those about an older one."""
    return {name: int(amount) for name, amount in ask(year, LINES, employee, period, about or period)}


def test_eleven_months_are_closed_and_the_twelfth_is_open(huikang: Year) -> None:
    _, _, chapters = huikang
    assert [chapter.closed is not None for chapter in chapters] == [True] * 11 + [False]
    assert all(11 <= chapter.closed.statements <= 14 for chapter in chapters if chapter.closed)


@pytest.mark.rule("R25")
def test_every_file_reconciles_with_the_ledger(huikang: Year) -> None:
    files = [file for chapter in huikang[2] for file in chapter.report.files]
    assert len(files) == 174
    assert [file.file for file in files if not file.reconciled] == []
    assert sum(file.stored for file in files) > 14_000


def test_the_broken_rows_are_refused_and_no_others(huikang: Year) -> None:
    faults = [fault for chapter in huikang[2] for file in chapter.report.files for fault in file.faults]
    assert [(fault.file, fault.kind, fault.column) for fault in faults] == REFUSED
    assert all(fault.remedy for fault in faults)


@pytest.mark.rule("R74")
def test_ten_clients_and_two_points_over_the_target_of_beijing_are_600(huikang: Year) -> None:
    """10 new clients × 50, and 3 of 25 are 12 %: two points over Beijing's 10 %."""
    told = lines(huikang, "HK035", "2025-03")
    assert (told["client_bonus"], told["close_rate_points"]) == (50_000, 10_000)
    assert told["client_bonus"] + told["close_rate_points"] == 60_000


@pytest.mark.rule("R84")
def test_li_of_shanghai_passes_at_13_percent_where_guangzhou_asks_15(huikang: Year) -> None:
    """4 of 30 are a whole point over the national 12 %; 3 of 20 just reach Guangzhou's 15 %, and the 200."""
    assert lines(huikang, "HK038", "2025-06")["close_rate_points"] == 5_000
    told = lines(huikang, "HK042", "2025-08")
    assert "close_rate_points" not in told
    assert (told["close_rate_bonus"], told["close_rate_step"]) == (20_000, 200_000)


@pytest.mark.rule("R3")
def test_the_tenth_hospital_on_day_30_counts_and_on_day_38_does_not(huikang: Year) -> None:
    assert lines(huikang, "HK046", "2025-04")["ten_hospitals"] == 50_000
    assert ask(
        huikang, "select sum(amount_minor)::int from statement_line where component = 'ten_hospitals'"
    ) == [(50_000,)]


def test_what_came_late_is_settled_in_the_next_month_that_was_open(huikang: Year) -> None:
    """A row mended in April, a contract from the drawer, a zero too many, and a tablet that was offline."""
    assert ask(huikang, LATE) == [
        ("HK042", "2025-03", "2025-04", 1),
        ("HK039", "2025-04", "2025-06", 1),
        ("HK041", "2025-05", "2025-07", -1),
        ("HK043", "2025-08", "2025-10", -1),
    ]


def test_the_wrong_amount_is_voided_and_what_came_back_stands(huikang: Year) -> None:
    ledger, _, _ = huikang
    [void] = ledger.journal.read(types=["fact_voided"])
    rows = ask(
        huikang,
        "select amount_minor, void_position from credit where fact = 'deal_closed' and deal = "
        "(select deal from credit where void_position = %s) order by position",
        void.position,
    )
    [(wrong, voided_at), (right, standing)] = rows
    assert (wrong, voided_at, standing) == (right * 10, void.position, None)
    assert len(list(ledger.journal.read(types=["deal_reversed"]))) == 2


def test_a_newcomer_under_stress_who_lags_in_training_is_warned_of(huikang: Year) -> None:
    """Stress of 8 in the survey of that week; half of the training done six weeks after the hire."""
    with huikang[0].pool.connection() as connection, connection.cursor() as cursor:
        on = dt.date(2025, 10, 12)
        warned = {(warning.employee, warning.alert) for warning in alerts(cursor, on)}
    assert {("HK048", "stressed"), ("HK048", "training_lags")} <= warned


@pytest.mark.rule("R89")
def test_whoever_sells_today_has_a_course_with_a_test_to_take(huikang: Year) -> None:
    """Also long after the year of the example: the module of the sellers' curriculum has its bank."""
    with huikang[0].pool.connection() as connection, connection.cursor() as cursor:
        [own] = training(cursor, dt.date(2027, 6, 1), ["HK035"])
        banks = {bank.module for bank in banks_in_use(cursor)}
    assert [(module.module, module.state, module.pass_score) for module in own.modules] == [
        ("product_basics", "open", "80")
    ]
    assert "product_basics" in banks


def test_loading_again_changes_nothing(huikang: Year, tmp_path: Path) -> None:
    ledger, _, _ = huikang
    assert is_loaded(ledger, HUIKANG)
    head = ledger.journal.head()
    again = list(load(ledger, HUIKANG, tmp_path))
    assert ledger.journal.head() == head
    assert all(file.stored == 0 for chapter in again for file in chapter.report.files)
    assert [chapter.closed for chapter in again] == [None] * 12


def test_the_ledger_of_another_firm_is_left_alone(postgres: str, schemas: list[str], tmp_path: Path) -> None:
    schemas.append(f"other_{uuid4().hex[:12]}")
    settings = Settings(home=tmp_path, database_url=postgres, ledger=schemas[-1])
    with open_ledger(settings, prepare_it=True) as ledger:
        open_book(ledger, name="Another firm", zone="Asia/Shanghai", currency="CNY", actor="test")
        with pytest.raises(Failed, match="Another firm"):
            is_loaded(ledger, HUIKANG)
        assert ledger.journal.head() == 1


def test_a_large_firm_is_made_once_in_a_ledger_of_its_own(
    postgres: str, schemas: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    schemas.append("large_7_5")
    settings = Settings(home=tmp_path, database_url=postgres, ledger="main")
    for _ in range(2):
        run_demo(settings, serve=False, people=7, days=5)
    first, second = (line for line in capsys.readouterr().out.splitlines() if "stand in the ledger" in line)
    assert first == second
    assert first.startswith("7 people and ")


def test_days_without_people_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="--days"):
        run_demo(Settings(home=tmp_path), serve=False, days=5)


@pytest.mark.slow
def test_what_the_demo_names_to_try_works(postgres: str, schemas: list[str], tmp_path: Path) -> None:
    """The first start loads, the second keeps; each command that it names ends well."""
    schemas.append(f"shown_{uuid4().hex[:12]}")
    mine = {name: text for name, text in os.environ.items() if not name.startswith("MERITBOOK_")}
    mine |= {
        "MERITBOOK_HOME": str(tmp_path),
        "MERITBOOK_DATABASE_URL": postgres,
        "MERITBOOK_LEDGER": schemas[-1],
    }

    def run(*arguments: str) -> str:
        program = [sys.executable, "-m", "api.cli", *arguments]
        root = Path(__file__).resolve().parents[2]
        environment = mine | {"PYTHONPATH": str(root)}
        done = subprocess.run(
            program, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    first, second = run(*LOAD), run(*LOAD)
    told = first[first.index("Settled later") :]
    assert second.endswith(told)
    named = [
        line.split()[1:] for line in told[told.index("Try ") :].splitlines() if re.match(r"  \S+ \w", line)
    ]
    assert len(named) == 7
    for arguments in named:
        run(*arguments)

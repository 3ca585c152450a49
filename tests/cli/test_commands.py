"""The command line as its users meet it: one firm from its opening to a payslip that is explained."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml
from commanded import ran
from conftest import new_database
from given import LEDGER
from given_plan import document

HEAVY = {"litestar", "psycopg", "pyarrow", "openpyxl", "eventsourcing", "uvicorn", "yaml"}

PER_DEAL = """
components:
  - {id: per_deal, kind: per_unit, title: Per deal, clause: Clause 1, measure: deals, rate: 50.00 CNY}
"""
BOARD = "boards: [{id: best, title: Best, measure: deals}]"
HR_MAPPING = """
source: hr
files: ["hr*.csv"]
key: [id]
dates: {formats: [YYYY-MM-DD], zone: Asia/Shanghai, at: "09:00"}
facts:
  - type: branch_opened
    when: {kind: branch}
    occurred_at: day
    data: {branch: id, title: name, opened_on: day}
  - type: employee_hired
    when: {kind: person}
    occurred_at: day
    data: {employee: id, branch: branch, hired_on: day, post: {const: seller}}
"""
HR = """kind,id,name,branch,day
branch,SH,Shanghai,,2024-06-03
person,E1,,SH,2024-06-03
person,E2,,XX,2024-06-03
"""
CRM_MAPPING = """
source: crm
files: ["orders*.csv"]
key: [order]
dates: {formats: [YYYY-MM-DD], zone: Asia/Shanghai, at: "12:00"}
facts:
  - type: deal_closed
    occurred_at: day
    data: {deal: order, employee: seller, customer: client, amount_minor: {column: amount, money: CNY}}
"""
ORDERS = """order,seller,client,amount,day
O-1,E1,H1,1000.00,2025-03-04
O-2,E1,H2,2000.00,2025-03-18
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A firm's files and the mappings beside them."""
    folder = tmp_path_factory.mktemp("files")
    written = yaml.safe_dump(document(PER_DEAL), allow_unicode=True)
    crm = CRM_MAPPING.replace("money: CNY}}", "money: CNY}, currency: {const: CNY}}")
    for name, text in {
        "hr.mapping.yaml": HR_MAPPING,
        "hr.csv": HR,
        "crm.mapping.yaml": crm,
        "orders.csv": ORDERS,
        "selling.yaml": f"{written}\n{BOARD}\n",
        "broken.yaml": written.replace("rate: 50.00 CNY", "rate: 50.00 XYZ").replace(
            "measure: deals", "measure: dials"
        ),
        "torn.yaml": "plan: [",
    }.items():
        folder.joinpath(name).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def firm(postgres: str, files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Runs commands on a firm that has been opened, has imported its files and adopted its plan."""
    with new_database(postgres) as dsn:
        environment = {
            "MERITBOOK_HOME": str(tmp_path_factory.mktemp("home")),
            "MERITBOOK_DATABASE_URL": dsn,
            "MERITBOOK_LEDGER": LEDGER,
        }

        def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
            return ran(environment | more, *arguments)

        unopened = run("serve")
        assert unopened.returncode == 1
        assert "meritbook migrate" in unopened.stderr
        assert run("init", "--name", "firm").returncode == 0
        imported = run("import", str(files / "orders.csv"), str(files / "hr.csv"))
        assert imported.returncode == 1, imported.stderr
        assert "hr.csv, line 4" in imported.stderr
        adopted = run("plan", "adopt", str(files / "selling.yaml"), "--by", "hr", "--approver", "boss")
        assert adopted.returncode == 0, adopted.stderr
        yield run


def test_a_plan_is_adopted_long_before_its_first_day(firm: Run, tmp_path: Path) -> None:
    """And adopting the same again changes nothing, whenever that is."""
    later = tmp_path / "later.yaml"
    later.write_text("plan: later\ntitle: Later\ncurrency: CNY\neffective_from: 2999-01-01\n")
    words = ("plan", "adopt", str(later), "--by", "hr", "--approver", "boss", "--json")
    first, again = said(firm(*words)), said(firm(*words))
    assert first["position"] == again["position"]


def said(done: subprocess.CompletedProcess[str]) -> Any:
    """The JSON that a command printed."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def commands() -> list[list[str]]:
    """Every command, as it is typed."""
    from typer.main import get_command

    from api.cli import app

    top: Any = get_command(app)
    found: list[list[str]] = []
    for name, command in top.commands.items():
        below = getattr(command, "commands", None)
        found += [[name, each] for each in below] if below else [[name]]
    return found


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_has_help_with_an_example(command: list[str]) -> None:
    helped = ran({}, *command, "--help")
    assert helped.returncode == 0
    assert "Example: " in helped.stdout
    assert re.search(rf"meritbook {' '.join(command)}\b", helped.stdout)


def test_help_loads_nothing_heavy() -> None:
    """So it is there within half a second."""
    script = (
        "import sys\nfrom typer.main import get_command\nfrom api.cli import app\nget_command(app)\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["clothe", "2025-03"], {}, "No such command"),
        (["close"], {}, "Missing argument"),
        (["close", "march"], {}, "'march' is not a period"),
        (["close", "2025-Q1"], {}, "2025-Q1 is a quarter"),
        (["import", "missing.csv"], {}, "missing.csv"),
        (["token", "--role", "king"], {}, "'king' is not a role"),
        (["payroll", "2025-03", "--format", "pdf"], {}, "pdf"),
        (["serve"], {"MERITBOOK_PORT": "eighty"}, "MERITBOOK_PORT"),
        (["serve"], {"MERITBOOK_PROT": "80"}, "Did you mean MERITBOOK_PORT?"),
    ],
)
def test_a_wrong_call_ends_with_2_and_says_why(
    firm: Run, arguments: list[str], environment: dict[str, str], said: str
) -> None:
    done = firm(*arguments, **environment)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["explain", "nobody", "2025-03"], "Nobody with the id 'nobody'"),
        (["explain", "E1", "2025-03", "--known-at", "yesterday"], "neither a position nor an instant"),
        (["close", "2031-01"], "data.period"),
        (["rebuild", "nothing"], "nothing"),
        (["plan", "check", "missing.yaml"], "missing.yaml"),
        (["init", "--name", "another"], "ledger"),
        (["init", "--name", "firm", "--zone", "Mars/Base"], "not a time zone"),
        (["plan", "check", "{files}/torn.yaml"], "not YAML"),
        (["plan", "adopt", "{files}/selling.yaml", "--by", "hr", "--approver", "hr"], "second person"),
    ],
)
def test_a_refusal_ends_with_1_and_one_clear_message(
    firm: Run, files: Path, arguments: list[str], said: str
) -> None:
    done = firm(*(argument.replace("{files}", str(files)) for argument in arguments))
    assert done.returncode == 1, done.stdout
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_is_away_is_said_in_a_line(firm: Run) -> None:
    done = firm("explain", "E1", "2025-03", MERITBOOK_DATABASE_URL="postgresql://u:secret@127.0.0.1:1/x")
    assert done.returncode == 1
    assert "The database does not answer" in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_every_fault_of_a_plan_is_told_at_once(files: Path) -> None:
    told = ran({}, "plan", "check", str(files / "broken.yaml"))
    assert told.returncode == 1
    assert told.stderr.count("error:") >= 2
    assert "components[0].rate" in told.stderr
    assert "components[0].measure" in told.stderr
    assert "Did you mean `deals`?" in told.stderr
    listed = json.loads(ran({}, "plan", "check", str(files / "broken.yaml"), "--json").stdout)
    assert len(listed["problems"]) == told.stderr.count("error:")
    assert ran({}, "plan", "check", str(files / "selling.yaml")).returncode == 0


def test_an_import_that_is_repeated_or_only_tried_changes_nothing(firm: Run, files: Path) -> None:
    tried = said(firm("import", str(files / "orders.csv"), "--dry-run", "--json"))
    assert (tried["mode"], tried["files"][0]["hits"]) == ("dry-run", 2)
    again = said(firm("import", str(files / "orders.csv"), "--json"))
    assert (again["files"][0]["stored"], again["files"][0]["hits"]) == (0, 2)


def test_a_month_is_closed_paid_explained_and_recomputed(firm: Run, tmp_path: Path) -> None:
    assert said(firm("progress", "E1", "--day", "2025-03-31", "--json"))["earned_minor"] == {
        "selling": 100_00
    }
    alone = firm("close", "2025-03", "--actor", "wang")
    assert alone.returncode == 1 and "Nobody has proposed" in alone.stderr
    proposed = said(firm("close", "2025-03", "--propose", "--actor", "wang", "--json"))
    same = firm("close", "2025-03", "--actor", "wang")
    assert same.returncode == 1 and "wang proposed to close 2025-03" in same.stderr
    closed = said(firm("close", "2025-03", "--actor", "li", "--json"))
    assert closed["statements_digest"] == proposed["statements_digest"]
    assert (closed["closed_by"], closed["proposed_by"]) == ("li", "wang")
    assert (closed["period"], closed["total_minor"], closed["statements"]) == ("2025-03", 100_00, 1)
    again = firm("close", "2025-03")
    assert again.returncode == 1
    assert "2025-03 is closed" in again.stderr
    explained = said(firm("explain", "E1", "2025-03", "--json"))
    assert explained["payslip"]["statement"]["total_minor"] == 100_00
    assert len(explained["evidence"][0]["facts"]) == 2
    tree = firm("explain", "E1", "2025-03").stdout
    assert "E1  2025-03  100.00 CNY" in tree
    assert "deals = 2" in tree
    assert "O-2" in tree
    slip = explained["payslip"]
    [used] = slip["plans"]
    assert slip["engine"] == f"meritbook {version('meritbook')}"
    assert slip["engine"] in tree and slip["digest"] in tree and used["document_hash"] in tree
    file = tmp_path / "march.csv"
    assert firm("payroll", "2025-03", "--format", "csv", "--output", str(file)).returncode == 0
    assert ",100.00,CNY," in file.read_text("utf-8-sig")
    run = said(firm("payroll", "2025-03", "--format", "json", "--output", "-"))
    assert [total["amount_minor"] for total in run["totals"]] == [100_00]
    assert said(firm("balances", "E1", "--json")) == []
    replayed = said(firm("replay", "--compare", "--json"))
    assert replayed["difference"] is None
    assert replayed["rows"]["credit"] == 2
    before = said(firm("replay", "--known-at", "1", "--json"))
    assert before["rows"]["credit"] == 0
    rebuilt = said(firm("rebuild", "credits", "--json"))
    assert rebuilt["names"] == ["credits"]
    hinted = firm("hints", "E1", "--day", "2025-03-20")
    assert hinted.returncode == 0, hinted.stderr


@pytest.mark.rule("R77")
def test_an_honour_is_recorded_once_with_its_evidence(firm: Run) -> None:
    [first] = said(firm("honour", "best", "2025-03", "--json"))
    assert (first["employee"], first["value"], len(first["evidence"])) == ("E1", "2", 2)
    assert said(firm("honour", "best", "2025-03", "--json")) == [first]
    assert "E1 is first on best of 2025-03 with 2" in firm("honour", "best", "2025-03").stdout
    assert firm("honour", "worst", "2025-03").returncode == 1
    assert firm("honour", "best", "2125-03").returncode == 1


def test_a_token_is_printed_once_and_alone(firm: Run) -> None:
    made = firm("token", "--role", "auditor", "--name", "auditor.li")
    assert re.fullmatch(r"mb_[\w-]{43}\n", made.stdout)
    assert firm("token", "--role", "auditor", "--name", "auditor.li").returncode == 1
    assert said(firm("token", "--role", "employee", "--employee", "E1", "--json"))["role"] == "employee"


def test_migrate_is_safe_to_repeat(firm: Run) -> None:
    assert said(firm("migrate", "--json")) == {"ledger": LEDGER, "applied": []}


def test_exchange_rates_are_imported_and_listed(firm: Run, tmp_path: Path) -> None:
    example = Path(__file__).resolve().parents[2] / "examples" / "huikang" / "finance_rates.mapping.yaml"
    tmp_path.joinpath(example.name).write_text(example.read_text("utf-8"), "utf-8")
    table = tmp_path / "finance_rates.csv"
    table.write_text("外币,本币,生效日期,汇率,来源\nUSD,CNY,2025-03-31,7.1234,\n", "utf-8")
    assert firm("import", str(table)).returncode == 0
    assert "No exchange rate holds on 2025-03-30" in firm("rates", "--day", "2025-03-30").stdout
    [held] = said(firm("rates", "--day", "2025-04-01", "--json"))
    assert (held["base"], held["rate"], held["effective_on"]) == ("USD", "7.1234", "2025-03-31")

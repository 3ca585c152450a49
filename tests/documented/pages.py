"""What each page takes for granted, what its made-up names stand for here, and what is not run, and why."""

import json
from typing import Any, NamedTuple

from documented.scene import example, newcomer_plan

SERVES = "serves until it is ended; tests/api/test_running.py and tests/cluster start it in every form"
ELSEWHERE = "needs a server elsewhere, which the page makes up"
ROOT = "needs root and systemd; tests/test_deployment.py reads the units and the installer"
LONG = "takes minutes; CI has a step of its own for it"
SERVER = "is done to a machine's own server; tests/faults/test_given_server_instant.py has one"
PROGRAMS = "needs the embedded server, or programs of the server's own version; tests/cluster runs it"
WRITTEN = "a reader writes what is theirs where … stands"
DEMO = "needs the ledgers of the demo; tests/demo has them"
OTHER = "settles a record that the page has settled by then; tests/cli/test_connector_commands.py runs it"
TAKER = "is asked by whoever takes the test; tests/api/test_module_tests_http.py does"
TODAY = "is about today; tests/test_first_plan.py runs it of a plan that holds today, too"
MILLION = "needs a partition of a million facts; tests/cli/test_cold_commands.py has small ones"
THERE = "the ledger is there, in a home of its own"


class Page(NamedTuple):
    """How a page is run.

    before: statements typed before its first one. files: in the directory where it is typed, by name.
    skipped: statements that begin so, with the reason. ends: statements that begin so end with this status.
    stands_for: texts of the page, and those here. served: a service runs meanwhile.
    """

    before: tuple[str, ...] = ()
    files: dict[str, str] = {}  # noqa: RUF012
    skipped: dict[str, str] = {}  # noqa: RUF012
    ends: dict[str, int] = {}  # noqa: RUF012
    stands_for: dict[str, str] = {}  # noqa: RUF012
    served: bool = False


CLOSED = (
    "meritbook close 2025-03 --propose --actor a.payroll",
    "meritbook close 2025-03 --actor b.payroll",
)
TOKEN = "TOKEN=$(meritbook token --role administrator --name somebody)"
KEY = "KEY=$(meritbook seal status | sed -n 's/^key 1[^:]*: //p')"
POSITIONS = {"3712": "120", "3980": "150", "12000": "100", "4210": "150", "3382": "60", "3383": "61"}
WAITING = (
    "$(meritbook proposal list --state open --json | grep -o '\"position\": *[0-9]*' "
    "| head -1 | grep -o '[0-9]*$')"
)
"""The first proposal that waits: each answer leaves the next one."""
WEBHOOK = "$(meritbook webhook list --json | grep -o 'wh_[0-9a-f]*' | head -1)"

ORDERS = "order_no,seller_id,client_id,amount,signed_on,returned_on,returned_amount,status,channel\n"
ORDER = 'SO-77,HK035,BJ-0255,"12,000.00",2025/3/4,,,已签约,抖音\n'
MAPPING = """
source: crm
files: ["orders*.csv"]
key: [order_no]
dates: {formats: [YYYY/M/D], zone: Asia/Shanghai, at: "12:00"}
facts:
  - type: deal_closed
    occurred_at: signed_on
    data:
      {deal: order_no, employee: seller_id, customer: client_id, amount_minor: {column: amount, money: CNY}}
"""
RECEIVED: dict[str, Any] = {
    "id": "0061-7781", "stage": {"code": "won"}, "closed_at": "2025-03-04T09:30:00+08:00",
    "owner": {"login": "a.chen"}, "account": {"id": "C-201"},
    "amount": {"value": "128000.00", "currency": "CNY"}, "tags": [],
}  # fmt: skip
ORDERS_FILES = {"orders.csv": ORDERS + ORDER, "crm.mapping.yaml": MAPPING}
PLAN_FILE = {"newcomer-sales.yaml": newcomer_plan()}
RATES = "外币,本币,生效日期,汇率,来源\nUSD,CNY,2025-03-01,7.1,央行\n"

PAGES: dict[str, Page] = {
    "README.md": Page(
        before=CLOSED,
        files={**ORDERS_FILES, "our-plan.yaml": newcomer_plan().replace("2025-01-01", "2025-04-01")},
        skipped={
            "make ": LONG,
            ". .venv": "the programs of this environment are in the PATH",
            "meritbook payroll 2025-11": DEMO,
            "meritbook import crm_orders": DEMO,
            "meritbook explain HK041 2025-07": DEMO,
            "MERITBOOK_LEDGER=hospital": DEMO,
            "meritbook init": THERE,
            "export MERITBOOK_HOME": THERE,
            "sudo make": ROOT,
            "meritbook serve": SERVES,
            "meritbook backup": PROGRAMS,
            "meritbook verify audit-2025 --recompute": PROGRAMS,
        },
        stands_for={"2025-12 ": "2025-04 ", "2025-12-15": "2025-04-15"},
        ends={"meritbook reconcile": 1},
    ),
    "docs/howto/audit.md": Page(
        before=(TOKEN, *CLOSED, "meritbook seal catch-up", KEY, "mkdir kept"),
        skipped={"curl https://ledger.example": ELSEWHERE},
        stands_for=POSITIONS,
        served=True,
    ),
    "docs/howto/back-up.md": Page(
        before=("meritbook seal catch-up", "meritbook export kept", "cp kept/checkpoint kept.checkpoint"),
        skipped={
            "sudo": ROOT,
            'echo "hot_standby': SERVER,
            "until pg_isready": SERVER,
            "meritbook backup": PROGRAMS,
            "meritbook restore": PROGRAMS,
            "meritbook archive-wal": PROGRAMS,
            "meritbook base-backup": PROGRAMS,
            "install -d": PROGRAMS,
            "export MERITBOOK_HOME": THERE,
        },
    ),
    "docs/howto/connectors.md": Page(
        before=("meritbook token --role integration --name somebody",),
        files={"orders.json": json.dumps({"opportunities": [RECEIVED]})},
        skipped={
            "MERITBOOK_DROP=/srv/drop meritbook serve": SERVES,
            "meritbook quarantine show": OTHER,
            "meritbook quarantine release": OTHER,
            "meritbook quarantine discard": OTHER,
        },
        served=True,
    ),
    "docs/howto/http.md": Page(
        skipped={"curl -N": "the stream has no end; tests/streaming follow it"}, served=True
    ),
    "docs/howto/import.md": Page(files=ORDERS_FILES),
    "docs/howto/large.md": Page(
        skipped={
            "meritbook cold drop": MILLION,
            "meritbook cold restore": MILLION,
            "meritbook cold moved": MILLION,
        }
    ),
    "docs/howto/ledgers.md": Page(
        skipped={"MERITBOOK_LEDGER=shanghai meritbook serve": SERVES},
        stands_for={"--ledger huikang": "--ledger ledger"},
    ),
    "docs/howto/payroll.md": Page(
        before=(TOKEN, "cp examples/payroll/bank_payments_2025-03.csv ."),
        files={"old-system.csv": "工号,奖金\nE1007,300.00\n"},
        ends={"meritbook reconcile": 1, "meritbook dual-run": 1},
        stands_for=POSITIONS,
        served=True,
    ),
    "docs/howto/people.md": Page(
        before=(TOKEN,),
        files={"newcomer.yaml": example("huikang-newcomer")},
        skipped={"curl -X POST": TAKER},
        served=True,
    ),
    "docs/howto/plans.md": Page(
        before=("cp examples/huikang/finance_rates.mapping.yaml .",),
        files={**PLAN_FILE, "finance_rates.csv": RATES},
        skipped={"meritbook plan acknowledge": TODAY},
        stands_for=dict.fromkeys(("5130", "5131", "5132"), WAITING),
    ),
    "docs/howto/privacy.md": Page(
        skipped={"MERITBOOK_MASTER_KEY=…": WRITTEN, "pg_dump": PROGRAMS, "pg_restore": PROGRAMS}
    ),
    "docs/howto/run.md": Page(
        skipped={
            "meritbook serve": SERVES,
            "export MERITBOOK_OWNER_URL": WRITTEN,
            "export MERITBOOK_DATABASE_URL": WRITTEN,
            "MERITBOOK_HOME=/tmp/": LONG,
        },
        ends={"meritbook doctor": 1, "meritbook upgrade --rollback": 1},
    ),
    "docs/howto/seal.md": Page(
        skipped={
            "curl": ELSEWHERE,
            "meritbook witness serve": SERVES,
            "export MERITBOOK_SEAL_KEY": WRITTEN,
            "export MERITBOOK_WITNESS": WRITTEN,
        }
    ),
    "docs/howto/sign-in.md": Page(),
    "docs/howto/webhooks.md": Page(
        before=(TOKEN,),
        skipped={
            "meritbook webhook test": ELSEWHERE,
            'meritbook webhook make "https://qyapi': WRITTEN,
            'meritbook webhook make "https://oapi': WRITTEN,
        },
        stands_for={"wh_5f0c1e2ab9d3477e": WEBHOOK},
        served=True,
    ),
    "docs/howto/wide.md": Page(
        before=(*CLOSED, "meritbook export before-upgrade"),
        skipped={"pip install": ELSEWHERE, "meritbook plan simulate": ELSEWHERE},
        stands_for={"local:4": "local:1", "2025-06": "2025-04"},
    ),
}

BY_THEMSELVES = {
    "docs/tutorial.md": "tests/test_tutorial.py",
    "docs/howto/first-plan.md": "tests/test_first_plan.py",
    "docs/howto/first-run.md": SERVES,
    "docs/howto/benchmark.md": LONG,
    "docs/howto/directory.md": "its one command is that of run.md",
    "docs/howto/high-availability.md": WRITTEN,
    "docs/howto/install.md": ROOT,
    "docs/howto/pooler.md": "needs a pooler; tests/pooled has one",
}
"""Pages that are not run here, and where they are, or why they cannot be."""

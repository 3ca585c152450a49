"""The ledger that documented commands are tried on: a sales firm with a ward, told January to April 2025."""

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from domain.facts.assisting import ContractUploaded
from domain.facts.base import Fact
from domain.facts.governance import BranchOpened, LedgerOpened, PlanAdopted
from domain.facts.people import EmployeeHired, EmployeeLeft
from domain.facts.rostering import ShiftNeedSet
from domain.facts.selling import CustomerRegistered, DealClosed, FollowUpRecorded
from domain.facts.shifts import ShiftPatternSet, ShiftSpan
from domain.journal.append import Journal
from domain.journal.record import draft
from domain.plan.parse import document_hash, plan_document

ROOT = Path(__file__).resolve().parents[2]
ZONE = ZoneInfo("Asia/Shanghai")
BEGUN = dt.datetime(2025, 1, 1, 9, tzinfo=ZONE)
PLANS = ("huikang-newcomer", "huikang-seller", "sales-assistant")

PEOPLE: dict[str, dict[str, Any]] = {
    "E1": {"branch": "SH", "post": "seller"},
    "E2": {"branch": "SH", "post": "seller"},
    "E3": {"branch": "SH", "post": "seller"},
    "E1007": {"branch": "SH", "post": "sales newcomer"},
    "HK035": {"branch": "BJ", "post": "seller", "hired_on": dt.date(2025, 1, 1)},
    "HK041": {"branch": "BJ", "post": "seller"},
    "HK101": {"branch": "BJ", "post": "seller"},
    "HK201": {"branch": "BJ", "post": "nurse", "department": "ICU"},
    "HK301": {"branch": "TJ", "post": "sales assistant"},
}


def example(name: str) -> str:
    """A plan of examples/."""
    return ROOT.joinpath(f"examples/plans/{name}.yaml").read_text("utf-8")


def newcomer_plan() -> str:
    """The plan that the page about plans begins with, as it stands there."""
    page = ROOT.joinpath("docs/howto/plans.md").read_text("utf-8")
    return page.split("```yaml\n", 1)[1].split("```", 1)[0]


def tell(journal: Journal) -> None:
    """Tells the history, each fact as if it were recorded when it happened."""
    told = _Telling(journal)
    told.fact(LedgerOpened(name="Our firm", zone="Asia/Shanghai", currency="CNY"), BEGUN.date())
    for branch, title in (("SH", "Shanghai"), ("BJ", "Beijing"), ("TJ", "Tianjin")):
        opened = BranchOpened(branch=branch, title=title, opened_on=BEGUN.date())
        told.fact(opened, BEGUN.date())
    for employee, said in PEOPLE.items():
        hired_on = said.get("hired_on", BEGUN.date())
        told.fact(EmployeeHired(employee=employee, **said | {"hired_on": hired_on}), hired_on)
    for text in (newcomer_plan(), *map(example, PLANS)):
        told.adopt(text)
    for month in (1, 2, 3):
        for employee in ("E1", "E1007", "HK035", "HK041", "HK101"):
            told.month(employee, month)
    late = dt.date(2025, 3, 28)
    for customer in ("BJ-0255", "BJ-0032"):
        told.fact(CustomerRegistered(employee="HK101", customer=customer), late)
    for employee in ("E1007", "HK041"):
        told.fact(EmployeeLeft(employee=employee, left_on=dt.date(2025, 5, 31), cause="pay"), late)
    told.fact(ContractUploaded(employee="HK101", contract="HT-2025-17"), late)
    hours = [ShiftSpan(from_time="08:00", until_time="16:00", activity="nursing")]
    told.fact(ShiftPatternSet(pattern="day", title="Day", spans=hours, effective_on=BEGUN.date()), late)
    needed = ShiftNeedSet(
        branch="BJ", department="ICU", pattern="day", count=1, effective_on=BEGUN.date(), weekdays=[1, 3]
    )
    told.fact(needed, late)


class _Telling:
    def __init__(self, journal: Journal) -> None:
        self._journal, self._number = journal, 0

    def fact(self, fact: Fact, on: dt.date) -> None:
        self._number += 1
        at = dt.datetime.combine(on, dt.time(9), ZONE)
        made = draft(fact, source="scene", key=str(self._number), occurred_at=at, actor="scene")
        self._journal.append([made], now=at)

    def adopt(self, text: str) -> None:
        document = plan_document(yaml.safe_load(text))
        adopted = PlanAdopted(
            plan=str(document["plan"]),
            effective_from=dt.date.fromisoformat(str(document["effective_from"])),
            document=document,
            document_hash=document_hash(document),
            approver="boss",
        )
        self.fact(adopted, BEGUN.date())

    def month(self, employee: str, month: int) -> None:
        """Six clients are won, twelve called, and one buys."""
        for number in range(12):
            customer, on = f"{employee}-{month}-{number}", dt.date(2025, month, 3 + 2 * number)
            if number < 6:
                self.fact(CustomerRegistered(employee=employee, customer=customer), on)
            self.fact(FollowUpRecorded(employee=employee, customer=customer, kind="call"), on)
        deal = "SO2503-0021" if (employee, month) == ("E1007", 3) else f"{employee}-{month}"
        sold: dict[str, Any] = {"amount_minor": 1_200_000, "currency": "CNY"}
        self.fact(DealClosed(employee=employee, customer=f"{employee}-{month}-0", deal=deal, **sold), on)

"""The history behind the golden of accounts: draws, holdbacks, months below zero, clawbacks, a write-off."""

import datetime as dt

from teller import Firm

from domain.facts.accounts import BalanceWrittenOff
from domain.facts.governance import BranchOpened, OverrideSet
from domain.facts.people import EmployeeHired, EmployeeLeft
from domain.journal.append import Journal

DEVICES = """
plan: devices
title: {en: Devices, zh: 器械}
currency: CNY
effective_from: 2025-01-01
population: {post: [seller]}
parameters: {draw: {value: 3000, open: {to: [branch]}}}
measures:
  sold: {sum: deal_closed, of: amount, less: deal_reversed, counted: when_closed, within_months: 2}
components:
  - id: commission
    title: {en: Commission, zh: 提成}
    clause: "1"
    kind: rate_table
    measure: sold
    bands: [{until: 50000, rate: 4 %}, {from: 50000, rate: 8 %}]
    cap: {pays: 9000}
draw:
  title: {en: Draw, zh: 预支}
  clause: "2"
  pays: {parameter: draw}
  form: guarantee
  recoverable: true
  tenure_months: {until: 12}
  prorate: employed
  recovery: {at_most: 50 %, starts_after_months: 1}
  limit: 5000
holdbacks: [{id: kept, title: {en: Kept, zh: 暂扣}, clause: "3", share: 10 %}]
negative_balance: carried
"""

AGENTS = """
plan: agents
title: Agents
currency: CNY
effective_from: 2025-01-01
population: {post: [agent]}
measures: {sold: {sum: deal_closed, of: amount, less: deal_reversed}}
components: [{id: commission, title: Commission, kind: per_unit, measure: sold, rate: "0.05"}]
draw: {pays: 2000, form: advance, recoverable: false}
holdbacks:
  - {id: kept, title: Kept, share: 20 %, released_after_months: 2, on_leaving: forfeited}
negative_balance: carried
account_order: [kept, draw, negative_balance]
"""


def accounts(journal: Journal, dsn: str, schema: str) -> Firm:
    """Six months of two sellers and two agents; one of each leaves."""
    firm = Firm(journal, dsn, schema)
    for branch in ("SH", "BJ"):
        opened = BranchOpened(branch=branch, title=branch, opened_on=dt.date(2024, 1, 1))
        firm.tell(opened, "2024-01-01")
    firm.adopt(DEVICES)
    firm.adopt(AGENTS)
    for employee, post, on, branch in (
        ("S1", "seller", "2024-12-16", "SH"),
        ("S2", "seller", "2025-01-20", "BJ"),
        ("A1", "agent", "2024-06-03", "SH"),
        ("A2", "agent", "2024-06-03", "BJ"),
    ):
        hired = EmployeeHired(employee=employee, hired_on=dt.date.fromisoformat(on), branch=branch, post=post)
        firm.tell(hired, on)
    for number, (seller, on, yuan) in enumerate(
        (
            ("S1", "2025-01-08", 20_000),
            ("S1", "2025-02-11", 150_000),
            ("S1", "2025-03-05", 90_000),
            ("S2", "2025-02-03", 1_000),
            ("A1", "2025-01-15", 33_333),
            ("A1", "2025-02-17", 80_000),
            ("A2", "2025-01-15", 70_000),
            ("A1", "2025-04-02", 10_000),
        )
    ):
        firm.sell(seller, on, f"D{number}", yuan * 100)
    firm.close("2025-01")
    lower = {"plan": "devices", "parameter": "draw", "level": "branch", "scope": "BJ", "value": "2500"}
    since = {"effective_from": dt.date(2025, 2, 1), "reason": "as agreed", "approver": "head"}
    firm.tell(OverrideSet(**lower, **since), "2025-02-01")  # type: ignore[arg-type]
    firm.close("2025-02")
    firm.take_back("S1", "2025-03-20", "D1", 40_000_00)
    firm.take_back("A2", "2025-03-20", "D6", 70_000_00)
    firm.close("2025-03")
    firm.take_back("S1", "2025-04-20", "D2", 90_000_00)
    firm.take_back("S1", "2025-04-20", "D0", 20_000_00)
    for employee in ("S2", "A2"):
        left = EmployeeLeft(employee=employee, left_on=dt.date(2025, 4, 30), cause="pay")
        firm.tell(left, "2025-04-30")
    firm.close("2025-04")
    given_up = BalanceWrittenOff(
        employee="S2",
        plan="devices",
        account="draw",
        amount_minor=9_999_99,
        currency="CNY",
        reason="left",
        approver="head",
    )
    firm.tell(given_up, "2025-05-06")
    firm.close("2025-05")
    firm.close("2025-06")
    return firm

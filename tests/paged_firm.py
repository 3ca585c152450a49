"""A small firm of today, for tests of pages: E1 sells in Shanghai under M1, E9 in Beijing."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import yaml
from given_bank import published
from given_plan import adoption
from served import Service, fact

from api.accounts.changing import Changing
from api.ops import open_ledger

ZONE = ZoneInfo("Asia/Shanghai")
GOOD = "kestrel-moon-tea"
"""A password that is long enough."""

HIRED = {"occurred_at": "2024-06-03T09:00:00+08:00"}
PLAN = """
plan: selling
title: {en: Selling, zh: 销售激励}
currency: CNY
effective_from: 2025-01-01
measures:
  visits: {count: visit_recorded, title: {en: Visits, zh: 拜访数}, unit: {en: visits, zh: 次}}
  deals: {count: deal_closed, less: deal_reversed, title: {en: Deals, zh: 成交数}, unit: {en: deals, zh: 单}}
  revenue: {sum: deal_closed, of: amount, less: deal_reversed, title: {en: Revenue, zh: 销售额}}
  joint: {count: visit_recorded, confirmed_by: manager, title: {en: Joint visits, zh: 协同拜访}}
targets:
  visits: {measure: visits, value: 20}
  revenue: {measure: revenue, value: 50000}
components:
  - id: per_visit
    kind: per_unit
    clause: § 1
    title: {en: Visits, zh: 拜访奖}
    measure: visits
    rate: 30
  - id: deals_bonus
    kind: threshold
    clause: § 2
    title: {en: Three deals, zh: 成交三单奖}
    measure: deals
    reaches: 3
    pays: 500
milestones:
  - {id: ten, title: {en: Ten visits, zh: 拜访十次}, measure: visits, reaches: 10, within_days: 3000}
boards: [{id: visits, title: {en: Visits of the month, zh: 月度拜访榜}, measure: visits}]
alerts:
  - id: few_deals
    title: {en: Few deals, zh: 成交偏少}
    every: month
    at_once: true
    when: [{measure: deals, less_than: 2}]
    suggests: [{en: Go along on three visits, zh: 陪同拜访三次}]
curriculum: [{id: basics, title: {en: Implant basics, zh: 植入物基础}, pass_score: 80}]
hints:
  levers:
    - {id: visit, title: {en: visits, zh: 次拜访}, adds: {visits: 1}}
    - {id: deal, title: {en: deals, zh: 单成交}, adds: {deals: 1}}
"""


def account(
    service: Service, name: str, role: Any, employee: str | None = None, password: str | None = GOOD
) -> str:
    """A new account; its one-time code, if it has no password."""
    with open_ledger(service.settings) as ledger, ledger.pool.connection() as connection:
        changing = Changing(connection.cursor(), ledger.intake, "os:root", dt.datetime.now(dt.UTC))
        return changing.make(name, role, employee, None, (), password) or ""


def today() -> dt.date:
    """The business day of the firm."""
    return dt.datetime.now(ZONE).date()


def visit(employee: str = "E1", customer: str = "H1", **more: Any) -> dict[str, Any]:
    """A visit of this minute."""
    return fact("visit_recorded", {"employee": employee, "customer": customer}, **(now() | more))


def now() -> dict[str, str]:
    """When something happens that happens now."""
    return {"occurred_at": dt.datetime.now(ZONE).isoformat()}


def founded(service: Service) -> None:
    """The firm as it is at the beginning of a test module."""
    adopted = adoption(yaml.safe_load(PLAN))
    opened = [
        fact("branch_opened", {"branch": each, "title": each, "opened_on": "2024-06-03"}, **HIRED)
        for each in ("SH", "BJ")
    ]
    hired = [
        _hired("M1", "SH", "周经理", None),
        _hired("E1", "SH", "王芳", "M1"),
        _hired("E9", "BJ", "李强", None),
    ]
    bank = published(bank="implants", module="basics")
    more = [
        fact(bank.TYPE, msgspec.to_builtins(bank)),
        *(visit() for _ in range(3)),
        fact("deal_closed", _deal("D1", 2_000_000), **now()),
        fact("shift_pattern_set", _EARLY, occurred_at="2025-01-01T09:00:00+08:00"),
        fact("shift_assigned", {"employee": "E1", "on": str(today()), "pattern": "E"}, **now()),
    ]
    head = service.client("hr_head")
    service.adopt(adopted)
    for facts in (opened, hired, more, [_licence()]):
        answer = head.post("/v1/facts:batch", json=facts)
        told = [each["problem"]["detail"] for each in answer.json()["outcomes"] if "problem" in each]
        assert answer.status_code == 201, [each for each in told if "belongs to" not in each]
    service.get("/v1/plans")


_EARLY = {
    "pattern": "E",
    "title": "Early",
    "effective_on": "2025-01-01",
    "spans": [{"from_time": "08:00", "until_time": "16:00", "activity": "work"}],
}


def _hired(employee: str, branch: str, name: str, manager: str | None) -> dict[str, Any]:
    said = {"employee": employee, "hired_on": "2024-06-03", "branch": branch, "post": "seller", "name": name}
    return fact("employee_hired", said | ({"manager": manager} if manager else {}), **HIRED)


def _deal(deal: str, amount_minor: int) -> dict[str, Any]:
    return {"employee": "E1", "customer": "H1", "deal": deal, "amount_minor": amount_minor, "currency": "CNY"}


def _licence() -> dict[str, Any]:
    expires = today() + dt.timedelta(days=40)
    said = {"employee": "E1", "credential": "C1", "kind": "driving licence", "number": "310104-77"}
    return fact(
        "credential_granted", said | {"granted_on": "2024-06-03", "expires_on": str(expires)}, **HIRED
    )

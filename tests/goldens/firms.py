"""The histories behind the goldens: each a firm, a plan and the cases that pay most easily goes wrong in."""

import datetime as dt
from collections.abc import Callable
from fractions import Fraction

from account_firm import accounts
from example_firms import examples
from teller import Firm

from domain.facts.activity import ActivityRecorded
from domain.facts.governance import BranchOpened, OverrideSet, PlanEnded, TargetChanged
from domain.facts.people import EmployeeHired, EmployeeLeft, EmployeePromoted, EmployeeTransferred, LeaveTaken
from domain.facts.selling import ComplianceScored, SatisfactionScored
from domain.journal.append import Journal

Make = Callable[[Journal, str, str], Firm]

AGREED = {"reason": "as agreed", "approver": "head"}
LAST_MOMENT = dt.time(23, 59, 59, 999_999)
MIDNIGHT = dt.time(0)


def day(text: str) -> dt.date:
    """A date."""
    return dt.date.fromisoformat(text)


def hire(firm: Firm, employee: str, on: str, post: str = "seller", branch: str = "SH", **more: str) -> int:
    """Somebody starts."""
    hired = EmployeeHired(employee=employee, hired_on=day(on), branch=branch, post=post, **more)  # type: ignore[arg-type]
    return firm.tell(hired, on)


def opened(journal: Journal, dsn: str, schema: str, **ledger: str) -> Firm:
    """A firm with branches in Shanghai and Beijing."""
    firm = Firm(journal, dsn, schema, **ledger)
    for branch, title in (("SH", "Shanghai"), ("BJ", "Beijing")):
        firm.tell(BranchOpened(branch=branch, title=title, opened_on=day("2024-01-01")), "2024-01-01")
    return firm


SUPPLIES = """
plan: supplies
title: {en: Supplies, zh: 耗材}
currency: CNY
effective_from: 2025-01-01
parameters:
  target: {value: 4, open: {to: [branch, person], min: 1, max: 9}}
  bonus: {value: "200.10", open: {to: [branch]}}
measures:
  clients: {count: customer_registered}
  two_months: {count: customer_registered, window: {last_periods: 2}}
  compliance: {average: compliance_scored, of: score, confirmed_by: production}
targets:
  clients: {measure: clients, value: {parameter: target}, relief: {leave: {per_day: 1}}}
components:
  - {id: clients, title: {en: Clients, zh: 客户}, kind: per_unit, measure: clients, rate: "33.335"}
  - {id: met, title: Met, clause: "2", kind: threshold, target: clients, pays: {parameter: bonus}}
  - {id: two, title: Two months, clause: "3", kind: per_unit, measure: two_months, rate: 7}
  - {id: care, title: Care, clause: "4", kind: per_unit, measure: compliance, rate: "3.33"}
"""


def supplies(journal: Journal, dsn: str, schema: str) -> Firm:
    """Late facts, voids, retro on retro, overrides, targets, leave, and the last moment of a month."""
    firm = opened(journal, dsn, schema)
    hire(firm, "E1", "2024-06-03")
    hire(firm, "E2", "2024-06-03", branch="BJ")
    firm.adopt(SUPPLIES)
    first = firm.register("E1", "2025-01-10", "C1", "C2", "C3")
    firm.register("E1", "2025-01-31", "C4", at=LAST_MOMENT)
    firm.register("E1", "2025-02-01", "C5", at=MIDNIGHT)
    firm.register("E2", "2025-01-15", "D1", "D2", "D3", "D4")
    scored = firm.tell(ComplianceScored(employee="E2", score="8.5"), "2025-01-20")
    firm.close("2025-01", without=1)
    firm.confirm(scored, "2025-02-03")
    late = firm.register("E1", "2025-01-05", "C6")
    leave = LeaveTaken(employee="E2", kind="annual", from_on=day("2025-01-30"), until_on=day("2025-02-02"))
    away = firm.tell(leave, "2025-02-04")
    firm.close("2025-02")
    firm.void(late[0], "2025-03-02")
    firm.void(first[1], "2025-03-02")
    firm.tell(
        OverrideSet(
            plan="supplies", parameter="target", level="branch", scope="BJ", value="3",
            effective_from=day("2025-01-01"), **AGREED,
        ),
        "2025-03-03",
    )  # fmt: skip
    eased = firm.tell(
        TargetChanged(employee="E1", target="clients", value="1", effective_from=day("2025-02-01"), **AGREED),
        "2025-03-03",
    )
    firm.close("2025-03")
    firm.void(eased, "2025-04-01")
    firm.void(away, "2025-04-01")
    back = firm.register("E1", "2025-01-05", "C6")
    firm.close("2025-04")
    firm.void(back[0], "2025-05-01")
    firm.close("2025-05")
    return firm


BANDS = """
plan: bands
title: Bands
currency: CNY
effective_from: 2025-01-01
measures:
  followed: {distinct: follow_up_recorded, of: customer}
  deals: {count: deal_closed, less: deal_reversed}
  close_rate: {ratio: deals / followed}
  revenue: {sum: deal_closed, of: amount, less: deal_reversed}
targets:
  close_rate: {measure: close_rate, value: 10 %}
  revenue: {measure: revenue, value: 1000}
components:
  - {id: reached, title: Reached, kind: threshold, measure: close_rate, reaches: 15 %, pays: 200}
  - {id: points, title: Points, kind: per_point, target: close_rate, rate: 50}
  - {id: pro_rata, title: Pro rata, kind: per_point, target: close_rate, rate: 50, counting: pro_rata}
  - id: steps
    title: Steps
    kind: step
    measure: close_rate
    bands: [{until: 10 %, pays: 0}, {from: 10 %, until: 15 %, pays: 1000}, {from: 15 %, pays: 2000}]
  - id: marginal
    title: Marginal
    kind: rate_table
    method: marginal
    measure: revenue
    bands: [{until: 500, rate: 1 %}, {from: 500, until: 1000, rate: 2 %}, {from: 1000, rate: 4 %}]
  - id: whole
    title: Whole
    kind: rate_table
    method: whole
    measure: revenue
    bands: [{until: 500, rate: 1 %}, {from: 500, until: 1000, rate: 2 %}, {from: 1000, rate: 4 %}]
"""


def bands(journal: Journal, dsn: str, schema: str) -> Firm:
    """Right below, at and right above every boundary: of steps, points, thresholds and rates."""
    firm = opened(journal, dsn, schema)
    firm.adopt(BANDS)
    rates = (
        Fraction(1, 11),
        Fraction(1, 10),
        Fraction(1, 9),
        Fraction(1, 7),
        Fraction(3, 20),
        Fraction(2, 13),
    )
    for number, rate in enumerate(rates):
        employee = f"R{number}"
        hire(firm, employee, "2024-06-03")
        firm.follow(employee, "2025-03-03", rate.denominator)
        for deal in range(rate.numerator):
            firm.sell(employee, "2025-03-31", f"{employee}-{deal}", 100)
    for number, amount in enumerate((49_999, 50_000, 50_001, 99_999, 100_000, 100_001)):
        employee = f"S{number}"
        hire(firm, employee, "2024-06-03")
        firm.sell(employee, "2025-03-01", employee, amount)
    hire(firm, "NIL", "2024-06-03")
    firm.close("2025-03")
    firm.take_back("S4", "2025-04-02", "S4", 1)
    firm.take_back("S5", "2025-03-31", "S5", 1)
    firm.close("2025-04")
    return firm


WARD = """
plan: ward
title: {en: Ward, zh: 病区}
currency: CNY
effective_from: 2024-01-01
population: {post: [nurse]}
measures:
  shifts: {count: activity_recorded, where: {kind: shift}}
  minutes: {sum: activity_recorded, of: minutes, where: {kind: shift}}
  nights: {count: activity_recorded, where: {kind: shift, attributes.night: [1]}}
  run: {streak: activity_recorded, where: {kind: shift}}
  peak: {best: satisfaction_scored, of: score}
  rated: {average: satisfaction_scored, of: score}
  last: {last: satisfaction_scored, of: score}
  patients: {distinct: visit_recorded, of: customer, window: {days_since_hire: 30}}
targets:
  shifts: {measure: shifts, value: 3}
  rated: {measure: rated, value: "9"}
milestones: [{id: ten, title: Three patients, measure: patients, reaches: 3, within_days: 30}]
components:
  - {id: shifts, title: Shifts, kind: per_unit, measure: shifts, rate: "10.05"}
  - {id: minutes, title: Minutes, kind: per_unit, measure: minutes, rate: "0.015"}
  - {id: nights, title: Nights, kind: per_unit, measure: nights, rate: 25}
  - {id: run, title: Days in a row, kind: per_unit, measure: run, rate: 1}
  - {id: peak, title: Best, kind: per_unit, measure: peak, rate: 1}
  - {id: last, title: Last, kind: per_unit, measure: last, rate: "0.1"}
  - id: card
    title: Card
    kind: scorecard
    base: 1000
    parts: [{target: shifts, weight: 60 %, cap: 150 %}, {target: rated, weight: 40 %}]
  - {id: ten, title: Three patients, kind: milestone, milestone: ten, pays: 300}
"""


def ward(journal: Journal, dsn: str, schema: str) -> Firm:
    """A leap day, a streak across it, scorecards, averages in thirds, a milestone on its last day."""
    firm = opened(journal, dsn, schema)
    firm.adopt(WARD)
    hire(firm, "N1", "2024-02-29", post="nurse")
    hire(firm, "N2", "2024-02-29", post="nurse")
    hire(firm, "N3", "2023-02-28", post="nurse")
    for on in ("2024-02-27", "2024-02-28", "2024-02-29", "2024-03-01"):
        for employee, night in (("N1", 0), ("N3", 1)):
            shift = ActivityRecorded(
                employee=employee, kind="shift", minutes=481, attributes={"night": night}
            )
            firm.tell(shift, on)
    for score in ("8.5", "9", "8.7"):
        firm.tell(SatisfactionScored(employee="N3", customer="P1", score=score), "2024-02-29")
    tied = SatisfactionScored(employee="N1", customer="P2", score="9.99")
    firm.tell(tied, "2024-02-29", LAST_MOMENT)
    firm.visit("N1", "2024-03-01", "P1", "P2")
    firm.visit("N1", "2024-03-30", "P3")
    firm.visit("N2", "2024-03-01", "P1", "P1", "P2")
    firm.visit("N2", "2024-03-31", "P3")
    firm.close("2024-02")
    firm.close("2024-03")
    firm.visit("N2", "2024-03-30", "P4")
    firm.close("2024-04")
    return firm


BRANCHES = """
plan: PLAN
title: PLAN
currency: CNY
effective_from: 2025-01-01
population: {post: [seller], branch: [BRANCH]}
parameters: {rate: {value: RATE, open: {to: [person, team]}}}
measures: {clients: {count: customer_registered}}
components: [{id: clients, title: Clients, kind: per_unit, measure: clients, rate: {parameter: rate}}]
"""


def of_branch(plan: str, branch: str, rate: str, since: str = "2025-01-01") -> str:
    """The plan of one branch."""
    text = BRANCHES.replace("PLAN", plan).replace("BRANCH", branch).replace("RATE", rate)
    return text.replace("2025-01-01", since)


def branches(journal: Journal, dsn: str, schema: str) -> Firm:
    """Transfers on the last and the first day, promotions, leavers, rehires, new versions, an ended plan."""
    firm = opened(journal, dsn, schema)
    firm.adopt(of_branch("shanghai", "SH", "50"))
    firm.adopt(of_branch("beijing", "BJ", "40"))
    for employee in ("A", "B", "C", "D", "E"):
        hire(firm, employee, "2024-06-03", team="T1")
        firm.register(employee, "2025-03-05", f"{employee}1", f"{employee}2")
    firm.tell(EmployeeTransferred(employee="A", effective_on=day("2025-03-31"), branch="BJ"), "2025-03-20")
    firm.tell(EmployeeTransferred(employee="B", effective_on=day("2025-04-01"), branch="BJ"), "2025-03-20")
    firm.tell(EmployeeLeft(employee="C", left_on=day("2025-03-10"), cause="pay"), "2025-03-10")
    promoted = EmployeePromoted(employee="D", effective_on=day("2025-03-31"), post="supervisor")
    moved = firm.tell(promoted, "2025-03-25")
    firm.tell(
        OverrideSet(
            plan="shanghai", parameter="rate", level="person", scope="E", value="55.5",
            effective_from=day("2025-03-01"), effective_until=day("2025-03-31"), **AGREED,
        ),
        "2025-03-01",
    )  # fmt: skip
    firm.close("2025-03")
    firm.adopt(of_branch("shanghai", "SH", "60", "2025-04-01"))
    hire(firm, "C", "2025-04-15", branch="BJ")
    for employee in ("A", "B", "C", "D", "E"):
        firm.register(employee, "2025-04-16", f"{employee}3")
    firm.void(moved, "2025-04-20")
    late = EmployeeTransferred(employee="E", effective_on=day("2025-03-30"), branch="BJ")
    firm.tell(late, "2025-04-20")
    firm.close("2025-04")
    firm.tell(PlanEnded(plan="beijing", ended_on=day("2025-05-30"), reason="over"), "2025-05-02")
    for employee in ("A", "B", "D"):
        firm.register(employee, "2025-05-16", f"{employee}4")
    firm.close("2025-05")
    return firm


YEN = """
plan: yen
title: Yen
currency: JPY
effective_from: 2025-01-01
rounding: half_up
measures:
  revenue: {sum: deal_closed, of: amount, less: deal_reversed}
  implants: {sum: deal_closed, of: quantity, where: {product: [implant]}}
components:
  - {id: up, title: Half up, kind: per_unit, measure: revenue, rate: "0.5"}
  - {id: even, title: Half even, kind: per_unit, measure: revenue, rate: "0.5", rounding: half_even}
  - {id: down, title: Down, kind: per_unit, measure: revenue, rate: "0.5", rounding: down}
  - {id: implants, title: Implants, kind: per_unit, measure: implants, rate: 1000}
"""


def yen(journal: Journal, dsn: str, schema: str) -> Firm:
    """A currency without cents, halves in each rounding, below zero too, in another zone."""
    firm = opened(journal, dsn, schema, zone="Asia/Tokyo", currency="JPY")
    firm.adopt(YEN)
    for number, amount in enumerate((1, 3, 5, 1_000_001)):
        employee = f"J{number}"
        hire(firm, employee, "2024-06-03")
        firm.sell(employee, "2025-03-31", employee, amount, product="implant", quantity=number + 1)
    hire(firm, "J9", "2024-06-03")
    firm.sell("J9", "2025-03-01", "J9", 10)
    firm.close("2025-03")
    firm.take_back("J0", "2025-04-01", "J0", 1)
    firm.take_back("J9", "2025-04-01", "J9", 3)
    firm.close("2025-04")
    return firm


FIRMS: dict[str, Make] = {
    "supplies": supplies,
    "bands": bands,
    "ward": ward,
    "branches": branches,
    "yen": yen,
    "examples": examples,
    "accounts": accounts,
}

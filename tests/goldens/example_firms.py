"""The history behind the golden of the example plans: some people for each plan, June to August.

Every plan has a retro line: what came late, was voided or came back after June or July was closed.
"""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from teller import Firm

from domain.facts.activity import ActivityRecorded
from domain.facts.assisting import ContractPassed, ContractTold, ContractUploaded
from domain.facts.clinical import (
    NursingRecorded,
    PaperPublished,
    PatientRated,
    ProcedurePerformed,
    QualificationGraded,
)
from domain.facts.credentials import (
    CredentialGranted,
    CredentialReinstated,
    CredentialRenewed,
    CredentialSuspended,
)
from domain.facts.credits import CreditPart
from domain.facts.governance import BranchOpened, OverrideSet, TargetChanged
from domain.facts.people import AssistantAssigned, EmployeeHired, Employment, LeaveTaken
from domain.facts.selling import (
    ComplianceScored,
    CustomerRegistered,
    SatisfactionScored,
    TeamworkScored,
    TrialHeld,
    VisitRecorded,
)
from domain.journal.append import Journal

PLANS = Path(__file__).resolve().parents[2] / "examples" / "plans"
AGREED = {"reason": "as agreed", "approver": "head"}
MONTHS = ("2025-06", "2025-07", "2025-08")
YUAN = 100
THEATRE = [
    CreditPart(employee="G1", role="surgeon", share="66.67 %"),
    CreditPart(employee="G2", role="assistant", share="33.33 %"),
]


def examples(journal: Journal, dsn: str, schema: str) -> Firm:
    """All example plans in one ledger, each for posts of its own; three closes, late facts after two."""
    firm = Firm(journal, dsn, schema)
    for branch in ("HZ", "shanghai", "guangzhou", "beijing"):
        opened = BranchOpened(branch=branch, title=branch, opened_on=_day("2024-01-01"))
        firm.tell(opened, "2024-01-01")
    for path in sorted(PLANS.glob("*.yaml")):
        firm.adopt(path.read_text("utf-8"))
    _clients(firm)
    _cities(firm)
    _scorecards(firm)
    _huikang(firm)
    _pharma(firm)
    _device(firm)
    _ward(firm)
    _theatre(firm)
    told = _office(firm)
    firm.close("2025-06")
    firm.register("N1", "2025-06-30", "N1-late")
    firm.take_back("T1", "2025-06-30", "T1-2025-06", 5_000 * YUAN)
    firm.take_back("P1", "2025-06-29", "P1-2025-06", 40_000 * YUAN)
    firm.take_back("D1", "2025-06-11", "D1-2025-06", 100_000 * YUAN)
    firm.sell("A1", "2025-06-28", "A1-late", 1_000 * YUAN)
    firm.sell("C2", "2025-06-28", "C2-late", 1_000 * YUAN)
    firm.register("B1", "2025-06-30", *(f"B1-late-{n}" for n in range(5)))
    firm.visit("V1", "2025-06-30", "H1", "H2")
    online = CustomerRegistered(employee="NB", customer="NB-late", channel="douyin")
    firm.tell(online, "2025-06-30")
    scored = firm.tell(SatisfactionScored(employee="R1", customer="C9", score="3"), "2025-06-30")
    night = _shift(firm, "U1", "2025-06-30")
    for employee in ("U2", "U3"):
        firm.tell(NursingRecorded(employee=employee, kind="infusion", quantity=31), "2025-06-30")
    firm.tell(ProcedurePerformed(employee="G1", kind="hernia repair", credits=THEATRE), "2025-06-30")
    _contract(firm, "2025-06", "late")
    sold = firm.sell("S1", "2025-06-27", "S1-late", 9_000 * YUAN)
    firm.close("2025-07")
    for position in (scored, night, sold, told):
        firm.void(position, "2025-08-02")
    firm.tell(SatisfactionScored(employee="R2", customer="C9", score="2"), "2025-07-31")
    renewed = CredentialRenewed(
        employee="U1", credential="L-U1", effective_on=_day("2025-07-01"), expires_on=_day("2030-06-30")
    )
    firm.tell(renewed, "2025-08-04")
    firm.sell("T1", "2025-06-30", "T1-late", 7_777 * YUAN)
    firm.close("2025-08")
    return firm


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _hire(
    firm: Firm,
    employee: str,
    post: str,
    branch: str = "HZ",
    on: str = "2024-03-01",
    employment: Employment = "contract",
) -> None:
    hired = EmployeeHired(
        employee=employee, hired_on=_day(on), branch=branch, post=post, employment=employment
    )
    firm.tell(hired, on)


def _month(firm: Firm, employee: str, month: str, clients: int, followed: int, deals: Iterable[int]) -> None:
    """New clients, clients followed, and deals of so many yuan each, one number of all."""
    firm.register(employee, f"{month}-05", *(f"{employee}-{month}-{n}" for n in range(clients)))
    firm.follow(employee, f"{month}-11", followed)
    for number, yuan in enumerate(deals):
        deal = f"{employee}-{month}" if number == 0 else f"{employee}-{month}-{number}"
        firm.sell(employee, f"{month}-21", deal, yuan * YUAN)


def _clients(firm: Firm) -> None:
    """Stacking bonuses, steps, the cascade and field visits."""
    for employee, post in (("N1", "sales newcomer"), ("A1", "account manager"), ("T1", "newcomer")):
        _hire(firm, employee, post)
    _hire(firm, "V1", "field representative")
    for month, deals in zip(MONTHS, (3, 2, 4), strict=True):
        _month(firm, "N1", month, 10, 20, [800] * deals)
        _month(firm, "A1", month, 0, 20, [900] * (deals - 1))
        _month(firm, "T1", month, 0, 10, [30_000, 25_000 - deals])
        firm.follow("V1", f"{month}-04", 29)
        firm.visit("V1", f"{month}-06", "H1", "H2", "H3")
    away = LeaveTaken(employee="V1", kind="annual", from_on=_day("2025-06-30"), until_on=_day("2025-07-01"))
    firm.tell(away, "2025-06-27")


def _cities(firm: Firm) -> None:
    """Branches under one standard, and what three cities set for themselves."""
    set_by = (
        ("national-standard", "clients", "beijing", "20"),
        ("city-branches", "clients", "shanghai", "30"),
        ("city-branches", "close_rate", "guangzhou", "15 %"),
    )
    for plan, parameter, branch, value in set_by:
        fact = OverrideSet(
            plan=plan, parameter=parameter, level="branch", scope=branch, value=value,
            effective_from=_day("2025-01-01"), **AGREED,
        )  # fmt: skip
        firm.tell(fact, "2025-01-02")
    _hire(firm, "B1", "sales consultant", "HZ")
    _hire(firm, "B2", "sales consultant", "beijing")
    for number, city in enumerate(("shanghai", "guangzhou", "beijing"), start=1):
        _hire(firm, f"C{number}", "city seller", city)
    for month in MONTHS:
        for employee in ("B1", "B2", "C1", "C2", "C3"):
            _month(firm, employee, month, 21 if employee < "C" else 26, 15, [500, 500])


def _scorecards(firm: Firm) -> None:
    """60, 20, 10 and 10: confirmed, unconfirmed, and by new weights from July."""
    _hire(firm, "R1", "regional seller")
    _hire(firm, "R2", "regional seller")
    for month in MONTHS:
        for employee, yuan, score in (("R1", 180_000, "8.1"), ("R2", 330_000, "9.5")):
            firm.sell(employee, f"{month}-18", f"{employee}-{month}", yuan * YUAN)
            firm.tell(SatisfactionScored(employee=employee, customer="C1", score=score), f"{month}-20")
            _confirmed(firm, ComplianceScored(employee=employee, score="97"), f"{month}-25", "production")
        _confirmed(firm, TeamworkScored(employee="R1", score="88"), f"{month}-25", "manager")
        firm.tell(TeamworkScored(employee="R2", score="88"), f"{month}-25")


def _confirmed(firm: Firm, fact: ComplianceScored | TeamworkScored, on: str, role: str) -> None:
    firm.confirm(firm.tell(fact, on), on, role)


def _huikang(firm: Firm) -> None:
    """A newcomer with milestones, one of them changed, and a seller."""
    _hire(firm, "S1", "seller")
    _hire(firm, "NB", "seller", on="2025-06-02")
    _hire(firm, "NC", "seller", on="2025-06-02")
    changed = TargetChanged(
        employee="NC", target="ten_hospitals", value="8", within_days=20, effective_from=_day("2025-06-01"),
        **AGREED,
    )  # fmt: skip
    firm.tell(changed, "2025-06-05")
    firm.visit("NB", "2025-07-02", *(f"NB-H{n}" for n in range(10)))
    firm.visit("NC", "2025-06-22", *(f"NC-H{n}" for n in range(8)))
    firm.tell(TrialHeld(employee="NB", customer="NB-H1", product="implant-x"), "2025-08-01")
    for month in MONTHS:
        _month(firm, "S1", month, 12, 20, [20_000, 15_000, 10_000])
        firm.tell(SatisfactionScored(employee="S1", customer="C1", score="8.7"), f"{month}-20")
        _confirmed(firm, ComplianceScored(employee="S1", score="90"), f"{month}-25", "production")


def _pharma(firm: Firm) -> None:
    """A quarter's end and the next one's begin; a month without enough calls; a newcomer."""
    few_calls = OverrideSet(
        plan="pharma-rep", parameter="calls", level="branch", scope="HZ", value="80",
        effective_from=_day("2025-01-01"), **AGREED,
    )  # fmt: skip
    firm.tell(few_calls, "2025-01-02")
    _hire(firm, "P1", "medical representative")
    _hire(firm, "P2", "medical representative", on="2025-06-16")
    firm.sell("P1", "2025-04-15", "P1-2025-04", 700_000 * YUAN)
    for month, yuan, calls in zip(MONTHS, (350_000, 260_000, 310_000), (72, 71, 72), strict=True):
        firm.sell("P1", f"{month}-12", f"P1-{month}", yuan * YUAN, product="new-product", quantity=250)
        firm.sell("P2", f"{month}-17", f"P2-{month}", yuan // 4 * YUAN)
        for number in range(calls):
            call = VisitRecorded(employee="P1", customer=f"DR{number % 61}", kind="doctor")
            firm.tell(call, f"{month}-{number % 28 + 1:02}")
        for employee in ("P1", "P2"):
            samples = ComplianceScored(employee=employee, score="98", kind="samples")
            _confirmed(firm, samples, f"{month}-26", "compliance_officer")


def _device(firm: Firm) -> None:
    """A year's quota, orders of scanners, the new product, places, and a ramp."""
    _hire(firm, "D1", "territory representative")
    _hire(firm, "D2", "territory representative", on="2025-06-16")
    firm.sell("D1", "2025-03-15", "D1-2025-03", 1_400_000 * YUAN)
    for month, yuan in zip(MONTHS, (260_000, 240_000, 1_900_000), strict=True):
        firm.sell("D1", f"{month}-10", f"D1-{month}", yuan * YUAN, product="scanner", quantity=12)
        firm.sell("D2", f"{month}-24", f"D2-{month}", 60_000 * YUAN, product="implant-x", quantity=1)
        for employee in ("D1", "D2"):
            firm.visit(employee, f"{month}-19", *(f"H{n}" for n in range(12)))
            firm.tell(SatisfactionScored(employee=employee, customer="H1", score="9"), f"{month}-20")
            _confirmed(firm, ComplianceScored(employee=employee, score="85"), f"{month}-25", "production")


def _ward(firm: Firm) -> None:
    """Three nurses, each employed in another way; a licence that expires in June and is renewed in August."""
    for employee, employment in (("U1", "contract"), ("U2", "established"), ("U3", "agency")):
        _hire(firm, employee, "nurse", employment=employment)
        expires_on = "2025-06-20" if employee == "U1" else "2029-12-31"
        _licensed(firm, employee, "nursing licence", expires_on)
    firm.tell(QualificationGraded(employee="U2", kind="nurse-in-charge"), "2024-05-06")
    sick = LeaveTaken(employee="U2", kind="sick", from_on=_day("2025-07-01"), until_on=_day("2025-07-07"))
    firm.tell(sick, "2025-07-01")
    for month in MONTHS:
        for day in range(1, 9):
            _shift(firm, "U1", f"{month}-{day:02}")
        for employee in ("U1", "U2", "U3"):
            for kind, quantity, minutes in (("infusion", 90, None), ("nursing", None, 2_750)):
                for day in (15, 25):
                    work = NursingRecorded(employee=employee, kind=kind, quantity=quantity, minutes=minutes)
                    firm.tell(work, f"{month}-{day}")
        firm.tell(ProcedurePerformed(employee="U1", kind="PICC", quantity=2), f"{month}-18")
        firm.tell(PatientRated(employee="U1", score="9.4"), f"{month}-20")
        _confirmed(firm, ComplianceScored(employee="U1", score="92"), f"{month}-25", "head_nurse")


def _theatre(firm: Firm) -> None:
    """A surgeon and an assistant who share operations; a certificate that is suspended; a promotion."""
    _hire(firm, "G1", "surgeon")
    _hire(firm, "G2", "surgical assistant", on="2025-05-05")
    _licensed(firm, "G1", "practising certificate", "2030-12-31")
    _licensed(firm, "G2", "theatre permit", "2025-07-14")
    firm.tell(QualificationGraded(employee="G1", kind="attending physician"), "2022-09-01")
    who = {"employee": "G1", "credential": "L-G1", "reason": "audit"}
    firm.tell(CredentialSuspended(**who, effective_on=_day("2025-07-20")), "2025-07-20")
    firm.tell(CredentialReinstated(**who, effective_on=_day("2025-07-28")), "2025-07-28")
    firm.tell(QualificationGraded(employee="G1", kind="associate chief physician"), "2025-08-10")
    for month in MONTHS:
        for day, kind in ((3, "bypass"), (12, "gastrectomy"), (22, "bypass")):
            done = ProcedurePerformed(employee="G1", kind=kind, minutes=190, credits=THEATRE)
            firm.tell(done, f"{month}-{day:02}")
        firm.tell(ProcedurePerformed(employee="G1", kind="appendectomy", minutes=50), f"{month}-23")
        firm.tell(PaperPublished(employee="G1", kind="core journal"), f"{month}-24")
        disclosed = ComplianceScored(employee="G1", score="96", kind="disclosure")
        _confirmed(firm, disclosed, f"{month}-26", "medical_affairs")
        _confirmed(
            firm, TeamworkScored(employee="G2", score="85", kind="mentoring"), f"{month}-26", "manager"
        )


def _office(firm: Firm) -> int:
    """An assistant of the device representatives: contracts, clients classified; June's last contract."""
    _hire(firm, "SA", "sales assistant")
    for seller in ("D1", "D2"):
        served = AssistantAssigned(employee=seller, assistant="SA", effective_on=_day("2025-06-16"))
        firm.tell(served, "2025-06-16")
    last = 0
    for month, right in zip(MONTHS, (45, 44, 47), strict=True):
        for quantity, said in ((right, "yes"), (50 - right, "no")):
            sorted_out = ActivityRecorded(
                employee="SA", kind="classification", quantity=quantity, minutes=20 * quantity,
                attributes={"right": said},
            )  # fmt: skip
            firm.tell(sorted_out, f"{month}-20")
        told = [_contract(firm, month, str(number)) for number in range(4)]
        last = last or told[-1]
    return last


def _contract(firm: Firm, month: str, number: str) -> int:
    """A contract goes all its way; the position of its last step."""
    about = {"employee": "D1", "contract": f"HT-{month}-{number}"}
    firm.tell(ContractUploaded(**about), f"{month}-22")
    firm.tell(ContractPassed(kind="legal", **about), f"{month}-23")
    firm.tell(ContractPassed(kind="finance", **about), f"{month}-24")
    return firm.tell(ContractTold(**about), f"{month}-24")


def _licensed(firm: Firm, employee: str, kind: str, expires_on: str) -> None:
    granted = CredentialGranted(
        employee=employee, credential=f"L-{employee}", kind=kind, granted_on=_day("2020-07-01"),
        expires_on=_day(expires_on),
    )  # fmt: skip
    firm.tell(granted, "2024-05-06")


def _shift(firm: Firm, employee: str, on: str) -> int:
    night = ActivityRecorded(employee=employee, kind="shift", minutes=480, attributes={"shift": "night"})
    return firm.tell(night, on)

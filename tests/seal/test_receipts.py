"""Receipts: what one person was paid and every fact behind it, proven without anybody else's."""

import datetime as dt
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from book import HIRED, Book
from given import LEDGER
from sealed_book import CLIENTS, SealedBook
from served import Service

from api import verify as verifier
from api.ops import ENGINE
from api.problems import NotFinal, NotFound, NotSealedYet
from api.receipts import receipt, receipt_file
from api.verify import Unreadable, Verdict, verify
from domain.facts.governance import OverrideSet
from domain.facts.people import EmployeeHired, EmployeeTransferred
from domain.journal.append import Journal
from domain.period import Period
from projections.statements import payslips

MARCH = Period.parse("2025-03")

CONFIRMED = """
measures: {confirmed: {count: deal_closed, confirmed_by: manager}}
parameters: {rate: {value: 50, open: {to: [person]}}}
components:
  - {id: clients, title: New clients, kind: per_unit, measure: clients, rate: {parameter: rate}}
  - {id: rate, title: Close rate, kind: threshold, measure: close_rate, reaches: 15 %, pays: 200}
  - {id: confirmed, title: Confirmed, kind: per_unit, measure: confirmed, rate: 10}
"""

REWARDED = """
measures: {hospitals: {distinct: visit_recorded, of: customer}, visits: {count: visit_recorded}}
boards: [{id: visits, title: Visits, measure: visits}]
milestones: [{id: two, title: Two hospitals, measure: hospitals, reaches: 2, within_days: 40}]
components:
  - {id: clients, title: New clients, kind: per_unit, measure: clients, rate: 50}
  - {id: two, title: Two hospitals, kind: milestone, milestone: two, pays: 300}
  - {id: place, title: First on visits, kind: rank, board: visits, pays: [90]}
"""


@pytest.fixture
def firm(journal: Journal, ledger_dsn: str, tmp_path: Path) -> SealedBook:
    """Three people who sell; E1 has an override, a confirmed deal and a manager."""
    book = Book(journal, ledger_dsn, LEDGER)
    firm = SealedBook(book, ledger_dsn, tmp_path)
    book.adopt(CONFIRMED)
    book.adopt(CLIENTS, plan="nursing", population={"post": ["nurse"]})
    for employee in ("E2", "E3", "E10"):
        book.hire(employee)
    book.tell(EmployeeHired(employee="E1", hired_on=HIRED, branch="SH", post="seller", manager="E2"))
    for employee in ("E1", "E2", "E10"):
        book.register(f"A{employee}", f"B{employee}", employee=employee)
        book.follow(f"A{employee}", f"B{employee}", employee=employee)
    deal = book.sell("D1")
    book.confirm(deal, "manager")
    book.sell("D2", employee="E2")
    book.tell(
        OverrideSet(
            plan="selling", parameter="rate", level="person", scope="E1", value="60",
            effective_from=MARCH.first_day, reason="far away", approver="boss",
        )
    )  # fmt: skip
    book.close()
    firm.seal()
    return firm


def given(firm: SealedBook, employee: str = "E1", period: str = "2025-03") -> Path:
    """The receipt as a file."""
    with firm.book.cursor() as cursor:
        content = receipt_file(receipt(cursor, employee, Period.parse(period)))
    path = firm.directory / f"{employee}-{period}.json"
    path.write_bytes(content)
    return path


def shown(path: Path) -> list[dict[str, Any]]:
    """The records that a receipt shows."""
    records = json.loads(path.read_text())["records"]
    return [json.loads(each["line"]) for each in records if each["line"] is not None]


def changed(path: Path, change: Callable[[dict[str, Any]], None]) -> Verdict:
    """The verdict on a receipt that was altered."""
    held = json.loads(path.read_text())
    change(held)
    altered = path.with_name("altered.json")
    altered.write_text(json.dumps(held))
    return verify(altered)


@pytest.mark.rule("R24")
def test_it_proves_the_statement_and_every_fact_behind_it(firm: SealedBook) -> None:
    path = given(firm)
    verdict = verify(path, keys=[firm.key()])
    assert (verdict.valid, verdict.findings) == (True, [])
    types = [record["type"] for record in shown(path)]
    counted = {name: types.count(name) for name in types}
    assert counted == {
        "plan_adopted": 1,
        "customer_registered": 2,
        "follow_up_recorded": 2,
        "deal_closed": 1,
        "fact_confirmed": 1,
        "override_set": 1,
        "period_closed": 1,
    }


def test_it_shows_nobody_else(firm: SealedBook) -> None:
    """E1's hire names the manager E2: it is proven to stand there, and not shown. E10 is not E1."""
    for employee in ("E1", "E2", "E10"):
        path = given(firm, employee)
        words = path.read_text().replace('"', " ").replace("\\", " ").replace(":", " ").split()
        assert {"E1", "E2", "E3", "E10"} & set(words) == {employee}
        assert verify(path).valid
    withheld = [each for each in json.loads(given(firm).read_text())["records"] if each["line"] is None]
    assert [each["why"] for each in withheld] == ["it also names somebody else."]
    assert len(verify(given(firm)).remarks) == 1


def test_it_tells_neither_what_others_are_paid_nor_their_plans(firm: SealedBook) -> None:
    """The record of the close cannot be cut, so it holds no total; plans of other posts need not be there."""
    [close] = [record for record in shown(given(firm)) if record["type"] == "period_closed"]
    assert close["data"]["statements"] == 4
    with firm.book.cursor() as cursor:
        slips = list(payslips(cursor, MARCH, engine=ENGINE))
    own = {slip.statement.employee: slip.statement.total_minor for slip in slips}
    assert own.pop("E1") > 0
    told = set(re.findall(r"-?\d+", json.dumps(close["data"]))) | {"0"}
    assert not {str(total) for total in (*own.values(), sum(own.values())) if total} & told
    plans = [record["data"]["plan"] for record in shown(given(firm)) if record["type"] == "plan_adopted"]
    assert plans == ["selling"]


def test_whatever_is_altered_is_found(firm: SealedBook) -> None:
    path = given(firm)

    def raise_pay(held: dict[str, Any]) -> None:
        held["statement"]["total_minor"] += 1

    def of_another(held: dict[str, Any]) -> None:
        held["employee"] = "E9"

    def other_month(held: dict[str, Any]) -> None:
        held["period"] = "2025-04"

    def edit_fact(held: dict[str, Any]) -> None:
        record = next(
            each for each in held["records"] if '"type":"customer_registered"' in (each["line"] or "")
        )
        record["line"] = record["line"].replace("AE1", "XE1")

    def move_fact(held: dict[str, Any]) -> None:
        held["records"][0]["position"] += 1

    def edit_plan(held: dict[str, Any]) -> None:
        record = next(each for each in held["records"] if '"type":"plan_adopted"' in (each["line"] or ""))
        record["line"] = (
            record["line"].replace('"value":200', '"value":900').replace('"pays":200', '"pays":900')
        )

    def leave_plan_out(held: dict[str, Any]) -> None:
        held["plans"] = []

    def leave_close_out(held: dict[str, Any]) -> None:
        held["records"] = [each for each in held["records"] if each["position"] != held["closed_position"]]

    def sign_otherwise(held: dict[str, Any]) -> None:
        lines = held["checkpoint"].split("\n")
        lines[1] = str(int(lines[1]) + 1)
        held["checkpoint"] = "\n".join(lines)

    wrong = {
        raise_pay: "statement", of_another: "statement", other_month: "statement", edit_fact: "altered",
        move_fact: "misplaced", edit_plan: "altered", leave_plan_out: "plan", leave_close_out: "statement",
        sign_otherwise: "checkpoint_refused",
    }  # fmt: skip
    for change, kind in wrong.items():
        verdict = changed(path, change)
        assert not verdict.valid, change
        assert kind in {finding.kind for finding in verdict.findings}, (change, verdict.findings)
    with pytest.raises(Unreadable):
        changed(path, lambda held: held.pop("records"))


def test_a_key_of_somebody_else_does_not_count(firm: SealedBook) -> None:
    from domain.journal.signing import new_signer

    other = str(new_signer(firm.key().split("+")[0]).key)
    assert [each.kind for each in verify(given(firm), keys=[other]).findings] == ["checkpoint_refused"]


def test_a_late_fact_is_behind_the_month_that_settles_it(firm: SealedBook) -> None:
    """April pays what March lacked; the receipt of April shows the fact and March's plan."""
    late = firm.book.register("late", on=28)
    firm.book.close("2025-04")
    firm.seal()
    path = given(firm, period="2025-04")
    assert verify(path).valid
    assert late[0] in [record["position"] for record in shown(path)]


def test_milestones_places_and_all_that_came_late_are_behind_it(
    journal: Journal, ledger_dsn: str, tmp_path: Path
) -> None:
    """What a milestone counted since the hire, own facts of a place, and more late facts than are listed."""
    book = Book(journal, ledger_dsn, LEDGER)
    firm = SealedBook(book, ledger_dsn, tmp_path)
    book.adopt(REWARDED)
    book.hire("E1", hired_on=dt.date(2025, 2, 10))
    book.hire("E2")
    first = book.visit("C1", on=dt.date(2025, 2, 20))
    second = book.visit("C2", on=5)
    after = book.visit("C2", on=6)
    others = book.visit("C1", "C2", "C3", "C4", employee="E2")
    book.close()
    late = book.register(*(f"L{number}" for number in range(60)))
    gone = book.register("gone")[0]
    void = book.void(gone)
    book.close("2025-04")
    firm.seal()
    march, april = given(firm), given(firm, period="2025-04")
    told = {record["position"] for record in shown(march)}
    assert {*first, *second, *after} <= told
    assert not told & {*others, *late}
    assert {*late, gone, void} <= {record["position"] for record in shown(april)}
    [place] = json.loads(march.read_text())["places"]
    assert place == {"plan": "selling", "component": "place", "period": "2025-03"}
    verdict = verify(march)
    assert (verdict.valid, len([said for said in verdict.remarks if "what others did" in said])) == (True, 1)


def test_an_open_month_has_no_receipt(firm: SealedBook) -> None:
    with firm.book.cursor() as cursor:
        with pytest.raises(NotFinal):
            receipt(cursor, "E1", Period.parse("2025-04"))
        with pytest.raises(NotFound):
            receipt(cursor, "E99", MARCH)
    firm.book.tell(EmployeeTransferred(employee="E1", effective_on=dt.date(2025, 4, 2), branch="SH"))
    firm.book.close("2025-04")
    with firm.book.cursor() as cursor, pytest.raises(NotSealedYet):
        receipt(cursor, "E1", Period.parse("2025-04"))


def test_over_http_and_in_a_single_file(
    firm: SealedBook, serve: Callable[..., Service], tmp_path: Path
) -> None:
    """An employee gets the receipt of their own, and verifies it with nothing but one file beside it."""
    service = serve()
    own, other = service.client("employee", "E1"), service.client("employee", "E2")
    address = "/v1/employees/E1/statements/2025-03/receipt"
    assert other.get(address).status_code == 403
    assert own.get(address.replace("03", "04")).status_code == 409
    answer = own.get(address)
    assert answer.headers["content-disposition"] == 'attachment; filename="receipt-2025-03.json"'
    (tmp_path / "receipt.json").write_bytes(answer.content)
    alone = tmp_path / "alone.py"
    alone.write_bytes(Path(verifier.__file__).read_bytes())
    command = [sys.executable, "-I", alone, tmp_path / "receipt.json", "--key", firm.key()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[0].split(":")[0]) == (0, "VALID"), done.stdout

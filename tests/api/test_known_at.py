"""`?known_at=` over HTTP: on every result, and the same answer that a ledger gives which ends there."""

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pytest
from book import Book
from conftest import new_database
from given import LEDGER
from given_bank import begin_test, hand_in_test
from given_plan import document
from given_practices import share_practices
from served import Service, served
from swapping import ask_to_swap, swap_and_change_rules
from timeless import NO_RESULTS
from verbatim import put

from domain.facts.accounts import BalanceWrittenOff
from domain.facts.approvals import ApprovalAsked, ApprovalDecided
from domain.facts.assisting import ContractPassed, ContractUploaded, LeadReceived
from domain.facts.credentials import CredentialGranted, CredentialSuspended
from domain.facts.currencies import ExchangeRateSet
from domain.facts.governance import HonourAwarded, OverrideSet, TargetChanged
from domain.facts.inquiries import InquiryAnswered, InquiryOpened
from domain.facts.interventions import InterventionClosed, InterventionOpened
from domain.facts.market import MarketPaySurveyed, PayPercentile
from domain.facts.mood import SurveyAnswered
from domain.facts.notices import NoticeRulesSet
from domain.facts.people import AssistantAssigned, EmployeeTransferred
from domain.facts.plans import PlanDrafted
from domain.facts.runs import HoldReleased, PayHeld, RunApproved
from domain.facts.training import ModuleTested
from domain.journal.append import Journal
from domain.plan.parse import document_hash, plan_document

PLAN = """
unlicensed: flagged
parameters: {bonus: {value: 200, open: {to: [branch]}}}
measures:
  hospitals: {distinct: visit_recorded, of: customer}
  visits: {count: visit_recorded, licensed: licence}
targets: {clients: {measure: clients, value: 2}}
milestones: [{id: two, title: Two hospitals, measure: hospitals, reaches: 2, within_days: 400}]
curriculum: [{id: basics, title: Basics, pass_score: 80}]
alerts: [{id: stressed, title: Stressed, when: [{signal: stress, at_least: 8}], at_once: true}]
boards: [{id: best, title: Best, measure: clients}]
draw: {pays: 1000, form: guarantee, recoverable: true}
holdbacks: [{id: kept, share: 10 %, released_after_months: 3}]
components:
  - {id: clients, title: New clients, kind: per_unit, measure: clients, rate: 50}
  - {id: met, title: Met, kind: threshold, target: clients, pays: {parameter: bonus}}
  - {id: two, title: Two hospitals, kind: milestone, milestone: two, pays: 300}
  - {id: visits, title: Visits, kind: per_unit, measure: visits, rate: 1}
"""

VALUES = {
    "employee": "E1",
    "period": "2025-03",
    "board": "best",
    "plan": "selling",
    "draft": "d1",
    "alert": "stressed",
    "inquiry": "Q1",
    "test": "T1",
    "contract": "K1",
    "customer": "C1",
    "swap": "W1",
}
"""What stands for a part of an address."""

QUERIES: Mapping[str, Mapping[str, str]] = {
    "/v1/insight/leavers": {"period": "2025-03"},
    "/v1/insight/outcomes": {"first": "2025-03", "second": "2025-04"},
    "/v1/insight/compare": {
        "plan": "selling",
        "measure": "clients",
        "before": "2025-03",
        "after": "2025-04",
    },
    "/v1/insight/split": {
        "plan": "selling",
        "measure": "clients",
        "by": "hospitals",
        "level": "1",
        "period": "2025-03",
    },
    "/v1/insight/approvals": {"first": "2025-03", "second": "2025-04"},
    "/v1/insight/pay-ranges": {"plan": "selling", "measure": "clients", "period": "2025-03"},
    "/v1/notices": {"as_of": "2025-03-21T12:00:00+08:00"},
    "/v1/insight/risks": {"tried_days": "60"},
    "/v1/plans/{plan}/alerts/{alert}/backtest": {"from": "2025-03-01", "to": "2025-04-30"},
    "/v1/employees/{employee}/statements/{period}/evidence": {"plan": "selling", "measure": "clients"},
    "/v1/boards/{board}": {"period": "2025-03"},
    "/v1/credentials/flagged-work": {"period": "2025-03"},
    "/v1/employees/{employee}/shifts": {"from": "2025-03-01", "to": "2025-03-31"},
    "/v1/shifts/overtime": {"days": "1"},
    "/v1/rosters": {"branch": "SH", "from": "2025-03-01", "to": "2025-03-31"},
    "/v1/employees/{employee}/shifts.ics": {"from": "2025-03-01", "to": "2025-03-31"},
    "/v1/plans/{plan}/diff": {"from": "5"},
    "/v1/payroll/runs/{period}/print": {"branch": "SH"},
}
"""What an address must be asked with."""


def results(service: Service) -> list[str]:
    """The addresses of results, from the OpenAPI document."""
    paths: dict[str, Any] = service.http.get("/schema/openapi.json").json()["paths"]
    return sorted(
        path
        for path, item in paths.items()
        if path.startswith("/v1/") and "get" in item and not _is_no_result(path)
    )


def _is_no_result(path: str) -> bool:
    return path in NO_RESULTS or path.startswith(("/v1/tile/", "/v1/facts/", "/v1/audit/trail"))


def test_every_result_takes_known_at(service: Service) -> None:
    """Whoever adds an address decides: it is a result, or it is listed with its reason."""
    paths = service.http.get("/schema/openapi.json").json()["paths"]
    found = results(service)
    assert len(found) >= 12
    for path in found:
        names = {parameter["name"] for parameter in paths[path]["get"].get("parameters", ())}
        assert "known_at" in names, f"{path} takes no known_at"
    diff = paths["/v1/audit/statements/{employee}/{period}/diff"]["get"]["parameters"]
    assert {"from", "to"} <= {parameter["name"] for parameter in diff}


HELD: dict[str, Any] = {"scope": "person", "reason": "as agreed"}
ASKED = {"inquiry": "Q1", "employee": "E1"}
CONTRACT = {"employee": "E2", "contract": "K1"}


def begin_paying(book: Book, digest: str) -> int:
    """Questions, an inquiry, a hold and the approval of March; the position of the last."""
    ask_around(book)
    book.tell(InquiryOpened(period="2025-03", kind="question", note="Why?", **ASKED))
    book.tell(PayHeld(hold="H1", employee="E2", period="2025-03", **HELD))
    return book.tell(RunApproved(approver="boss", period="2025-03", statements_digest=digest))


def roster_shifts(book: Book) -> int:
    """E1 serves E2, who has a lead and a contract; both have a night, long hours, and ask to swap.

    The position of the last.
    """
    book.tell(AssistantAssigned(employee="E2", assistant="E1", effective_on=dt.date(2025, 3, 1)))
    book.tell(LeadReceived(employee="E2", lead="L1", customer="C1"))
    book.tell(ContractUploaded(**CONTRACT))
    return ask_to_swap(book)


FIGURES: dict[str, Any] = {"post": "seller", "surveyed_by": "survey", "currency": "CNY"}


def ask_around(book: Book) -> None:
    """Two approvals are asked for, the market is surveyed, nights are quiet, and E1 is asked in a test."""
    begin_test(book)
    share_practices(book, "then")
    for name in ("A1", "A2"):
        book.tell(ApprovalAsked(approval=name, employee="E1", kind="expenses"))
    figures = [PayPercentile(percent=50, amount_minor=1_000_00)]
    book.tell(MarketPaySurveyed(surveyed_on=dt.date(2025, 1, 1), percentiles=figures, **FIGURES))
    book.tell(NoticeRulesSet(effective_on=dt.date(2025, 3, 1), escalate_after_days=2))


def go_on(book: Book) -> None:
    """Another hold, the end of the first, and an answer; a swap takes place, more hours, another rule."""
    book.tell(ApprovalDecided(approval="A1", employee="E1", outcome="approved", approver="head"))
    figures = [PayPercentile(percent=50, amount_minor=2_000_00)]
    book.tell(MarketPaySurveyed(surveyed_on=dt.date(2025, 1, 1), percentiles=figures, **FIGURES))
    book.tell(NoticeRulesSet(effective_on=dt.date(2025, 3, 1), quiet_from="10:00", quiet_until="09:00"))
    hand_in_test(book)
    share_practices(book, "now")
    book.tell(ContractPassed(kind="legal", **CONTRACT))
    book.tell(LeadReceived(employee="E2", lead="L2", customer="D1"))
    swap_and_change_rules(book)
    book.tell(PayHeld(hold="H2", employee="E1", **HELD))
    book.tell(HoldReleased(hold="H1", employee="E2", reason="as agreed"))
    book.tell(InquiryAnswered(note="So.", **ASKED))


@pytest.fixture(scope="module")
def told(postgres: str, template: str) -> Iterator[tuple[str, Journal, int]]:
    """A history with something of everything on both sides of a point."""
    with new_database(postgres, template) as dsn, Journal(dsn, LEDGER) as journal:
        book = Book(journal, dsn, LEDGER)
        agreed = {"reason": "as agreed", "approver": "head", "effective_from": dt.date(2025, 3, 1)}
        honour = HonourAwarded(
            employee="E1", plan="selling", board="best", period="2025-03", place=1, value="2", evidence=[7]
        )
        book.hire("E1")
        book.hire("E2")
        book.adopt(PLAN)
        clients = book.register("C1", "C2", "C3")
        book.register("D1", employee="E2")
        book.visit("H1", "H2")
        first = book.tell(honour)
        written = plan_document(document(PLAN))
        drafted = partial(
            PlanDrafted,
            plan="selling",
            effective_from=dt.date(2025, 5, 1),
            document=written,
            document_hash=document_hash(written),
        )
        book.tell(drafted(draft="d1"))
        licence = {"employee": "E1", "credential": "L1"}
        rate = partial(ExchangeRateSet, base="USD", quote="CNY", effective_on=dt.date(2025, 3, 1))
        dollar = book.tell(rate(rate="7.1"))
        book.tell(CredentialGranted(kind="licence", granted_on=dt.date(2025, 1, 1), **licence))
        tested = partial(ModuleTested, employee="E1", module="basics")
        book.tell(tested(score="79"), 17)
        mood = partial(SurveyAnswered, employee="E1", training_satisfaction="7", belonging="6")
        book.tell(mood(stress="8.5"), 18)
        case = {"employee": "E1", "intervention": "I1"}
        book.tell(InterventionOpened(owner="E2", actions=["talk"], due_on=dt.date(2025, 3, 31), **case), 19)
        digest = book.close().digest
        book.register("C4")
        approved = begin_paying(book, digest)
        cut_at = roster_shifts(book)
        go_on(book)
        for position in (approved, clients[0], first, dollar):
            book.void(position)
        book.tell(rate(rate="7.2"))
        book.tell(tested(score="90"), 18)
        book.tell(mood(stress="5"), 19)
        book.tell(InterventionClosed(outcome="helped", **case), 20)
        book.hire("E3")
        book.tell(drafted(draft="d2", replaces="d1"))
        book.tell(CredentialSuspended(reason="as agreed", effective_on=dt.date(2025, 3, 2), **licence))
        book.tell(TargetChanged(employee="E1", target="clients", value="9", **agreed))
        book.tell(
            OverrideSet(plan="selling", parameter="bonus", level="branch", scope="SH", value="1", **agreed)
        )
        book.tell(EmployeeTransferred(employee="E2", effective_on=dt.date(2025, 3, 9), branch="BJ"))
        owed = {"employee": "E2", "plan": "selling", "account": "draw", "currency": "CNY"}
        book.tell(BalanceWrittenOff(amount_minor=100_00, reason="as agreed", approver="head", **owed))
        book.adopt(PLAN.replace("rate: 50", "rate: 60"), effective_from="2025-04-01")
        book.close("2025-04")
        book.register("C5", on=dt.date(2025, 5, 2))
        book.runner.catch_up()
        yield dsn, journal, cut_at


@pytest.fixture(scope="module")
def whole(told: tuple[str, Journal, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with served(told[0], tmp_path_factory.mktemp("whole")) as made:
        yield made


@pytest.fixture(scope="module")
def cut(
    told: tuple[str, Journal, int], postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service over a ledger whose journal ends where the other is asked about."""
    _, journal, cut_at = told
    with new_database(postgres, template) as dsn:
        put(dsn, LEDGER, [record for record in journal.read() if record.position <= cut_at])
        with served(dsn, tmp_path_factory.mktemp("cut")) as made:
            made.get("/v1/plans", at_least=cut_at)
            yield made


def test_the_whole_ledger_answers_as_one_that_ends_there(
    told: tuple[str, Journal, int], whole: Service, cut: Service
) -> None:
    """Address by address: status, body and tag; for people who come and months that close later, too."""
    _, _, cut_at = told
    paths = results(whole)
    described = whole.http.get("/schema/openapi.json").json()["paths"]
    seen = 0
    for path in paths:
        asked = {parameter["name"] for parameter in described[path]["get"]["parameters"]}
        for employee in ("E1", "E2", "E3"):
            for period in ("2025-03", "2025-04"):
                values = VALUES | {"employee": employee, "period": period}
                query = {"known_at": str(cut_at), **QUERIES.get(path, {})}
                if "day" in asked:
                    query["day"] = f"{period}-20"
                answers = [each.http.get(path.format_map(values), params=query) for each in (whole, cut)]
                then, now = answers
                assert then.status_code == now.status_code, (path, values, then.text, now.text)
                assert _said(then) == _said(now), (path, values)
                assert _strong_tag(then) == _strong_tag(now), path
                seen += then.status_code == 200
    assert seen > 3 * len(paths)


def _strong_tag(answer: Any) -> str:
    """The tag of the very bytes; a weak one is of the moment at which they were asked for."""
    tag = answer.headers.get("ETag", "")
    return "" if tag.startswith("W/") else tag


def _said(answer: Any) -> Any:
    if answer.headers["Content-Type"].startswith(("text/", "application/x-ndjson")):
        return answer.text
    said = answer.json()
    if isinstance(said, dict):
        said.pop("request_id", None)
    return said


def test_what_came_since_does_change_the_answers(told: tuple[str, Journal, int], whole: Service) -> None:
    """So that the comparison above means something."""
    _, journal, cut_at = told
    statement = "/v1/employees/E1/statements/2025-04"
    then, now = whole.get(statement, known_at=cut_at), whole.get(statement)
    assert (then["state"], now["state"]) == ("open", "closed")
    assert then["statement"] != now["statement"]
    record = journal.at(cut_at)
    assert record is not None
    by_instant = whole.http.get(statement, params={"known_at": "2000-01-01T00:00:00Z"})
    assert by_instant.status_code == 404


def test_nobody_is_told_what_is_not_counted_yet(whole: Service) -> None:
    beyond = whole.http.get("/v1/plans", params={"known_at": whole.head() + 1})
    assert beyond.status_code == 422 and beyond.json()["field"] == "known_at"

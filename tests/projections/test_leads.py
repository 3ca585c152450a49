"""R44 and R45: leads reach the assistant with advice and its reasons; contracts show how far they are."""

import datetime as dt

import pytest
from assisting import firm, pair
from book import HIRED, Book
from given import LEDGER

from domain.facts.assisting import (
    ContractPassed,
    ContractReturned,
    ContractTold,
    ContractUploaded,
    LeadReceived,
)
from domain.facts.selling import FollowUpRecorded
from projections import replay
from projections.contracts import contract, contracts_of
from projections.leads import AdvisedLead, leads_of

DAY = dt.date(2025, 3, 31)
CHAIN = ["department head", "procurement", "president"]
LARGE = {"amount_minor": 500_000_00, "currency": "CNY", "industry": "hospital", "decision_chain": CHAIN}


@pytest.fixture
def office(book: Book) -> Book:
    firm(book, ["S1", "S2"], ["A1", "A2"])
    pair(book, "A1", "S1", HIRED)
    pair(book, "A2", "S2", HIRED)
    return book


def leads(book: Book, assistant: str, known_at: int | None = None) -> list[AdvisedLead]:
    with book.cursor() as cursor:
        return leads_of(cursor, assistant, DAY, known_at)


@pytest.mark.rule("R44")
def test_a_new_lead_reaches_the_assistant_with_advice_and_why(office: Book) -> None:
    """By amount, industry and decision chain; the most urgent advice says until when."""
    told = office.tell(LeadReceived(employee="S1", lead="L1", customer="C1", **LARGE), 10)
    office.tell(LeadReceived(employee="S1", lead="L2", customer="C2"), 11)
    office.tell(LeadReceived(employee="S2", lead="L3", customer="C3"), 11)
    latest, large = leads(office, "A1")
    assert [latest.lead, large.lead] == ["L2", "L1"]
    assert [each.advice for each in large.advice] == ["all", "large"]
    assert [step.en for step in large.advice[1].does] == ["Visit with the seller", "Prepare the file"]
    assert [why.en for why in large.advice[1].why] == [
        "amount 500000 CNY: from 500000",
        "industry: hospital",
        "decided by: president",
        "3 have a say: department head → procurement → president",
    ]
    assert (large.within_hours, large.state) == (4, "open")
    assert large.due_at == large.at + dt.timedelta(hours=4)
    assert [each.lead for each in leads(office, "A1", told)] == ["L1"]


def test_a_lead_is_answered_by_the_first_follow_up_since(office: Book) -> None:
    """In time or late; one before it came is no answer, and whoever serves the seller now sees it."""
    call = FollowUpRecorded(employee="S1", customer="C1", kind="call")
    office.tell(call, 10, dt.time(8))
    office.tell(LeadReceived(employee="S1", lead="L1", customer="C1", **LARGE), 10)
    [lead] = leads(office, "A1")
    assert lead.state == "open"
    late = office.tell(call, 10, dt.time(14))
    [lead] = leads(office, "A1")
    assert (lead.state, lead.minutes, lead.answered_at) == ("late", 300, late)
    office.tell(call, 10, dt.time(13))
    [lead] = leads(office, "A1")
    assert (lead.state, lead.minutes) == ("answered", 240)
    pair(office, "A2", "S1", dt.date(2025, 3, 20))
    assert leads(office, "A1") == []
    assert [each.lead for each in leads(office, "A2")] == ["L1"]


@pytest.mark.rule("R45")
def test_a_contract_shows_how_far_it_is_and_how_long_each_step_took(office: Book, ledger_dsn: str) -> None:
    about = {"employee": "S1", "contract": "K1"}
    office.tell(ContractUploaded(deal="D1", **about), 10, dt.time(9))
    office.tell(ContractReturned(kind="legal", reason="wrong name", **about), 10, dt.time(11, 30))
    back = office.tell(ContractUploaded(**about), 11, dt.time(9))
    office.tell(ContractPassed(kind="legal", **about), 11, dt.time(10))
    office.tell(ContractPassed(kind="finance", **about), 11, dt.time(15))
    told = office.tell(ContractTold(**about), 11, dt.time(15, 10))
    with office.cursor() as cursor:
        found = contract(cursor, "K1")
        before = contract(cursor, "K1", back)
        assert contract(cursor, "K2") is None
        assert [each.contract for each in contracts_of(cursor, "A1")] == ["K1"]
        assert contracts_of(cursor, "A2") == []
    assert found is not None and before is not None
    assert [(each.step, each.minutes) for each in found.steps] == [
        ("uploaded", None),
        ("legal_returned", 150),
        ("uploaded", 21 * 60 + 30),
        ("legal_passed", 60),
        ("finance_passed", 300),
        ("told", 10),
    ]
    assert (found.state, found.done, found.of, found.due) == ("told", 4, 4, ())
    assert (found.assistant, found.deal, found.first_review_error) == ("A1", "D1", True)
    assert (before.state, before.done, before.due) == ("with_legal", 1, ("legal_passed", "legal_returned"))
    office.void(told)
    with office.cursor() as cursor:
        undone = contract(cursor, "K1")
    assert undone is not None and (undone.state, undone.due) == ("passed", ("told",))
    compared = replay.replay(ledger_dsn, LEDGER, and_compare=True)
    assert compared.compared == (None, ())

"""A firm grows from one branch to five and merges one: nothing is entered twice, and nothing is lost."""

import datetime as dt

import pytest
from book import HIRED, Book
from given import LEDGER

from domain.facts.credentials import CredentialGranted
from domain.facts.establishment import PostsEstablished
from domain.facts.governance import BranchMerged, BranchOpened, OverrideSet, TargetChanged
from domain.people import merging
from domain.people.roster import headcount, postings
from domain.period import Period
from domain.plan.resolve import ResolvedPlan
from projections import credentials, establishment, replay, roster
from projections.members import members

PLAN = """
parameters: {bonus: {value: 200, open: {to: [branch]}}}
targets: {clients: {measure: clients, value: 2}}
components:
  - {id: clients, title: New clients, kind: per_unit, measure: clients, rate: 50}
  - {id: met, title: Met, kind: threshold, target: clients, pays: {parameter: bonus}}
"""
BRANCHES = ("BJ", "GZ", "CD", "TJ")
APRIL = Period.parse("2025-04")
AGREED = {"reason": "as agreed", "approver": "head", "effective_from": dt.date(2025, 3, 1)}


@pytest.fixture
def firm(book: Book) -> Book:
    """Four branches come, two people each; T1 of Tianjin has a licence and a target of their own."""
    book.adopt(PLAN)
    for branch in BRANCHES:
        book.tell(BranchOpened(branch=branch, title=branch, opened_on=HIRED))
        for number in (1, 2):
            book.hire(f"{branch[0]}{number}", branch=branch)
    for branch, posts in (("TJ", 3), ("BJ", 5)):
        said = {"branch": branch, "employment": "contract", "posts": posts}
        book.tell(PostsEstablished(effective_on=HIRED, **said))
    licence = {"employee": "T1", "credential": "L1", "kind": "licence"}
    book.tell(CredentialGranted(granted_on=HIRED, expires_on=dt.date(2026, 6, 2), **licence))
    book.tell(TargetChanged(employee="T1", target="clients", value="1", **AGREED))
    book.tell(
        OverrideSet(plan="selling", parameter="bonus", level="branch", scope="BJ", value="120", **AGREED)
    )
    book.register("C1", employee="T1")
    book.register("C2", "C3", employee="T2")
    return book


def merge(book: Book, on: dt.date) -> BranchMerged:
    """Tianjin goes into Beijing: the facts that the command writes."""
    merged = BranchMerged(branch="TJ", into="BJ", effective_on=on, reason="one campus")
    with book.cursor() as cursor:
        moved = merging.transfers(merged, roster.changes(cursor))
        posts = merging.posts(merged, establishment.posts_changes(cursor))
    for fact in (merged, *moved, *posts):
        book.tell(fact)
    return merged


def resolved(book: Book, employee: str) -> ResolvedPlan:
    with book.cursor() as cursor:
        [group] = members(cursor, APRIL, None, [employee])
    return group.resolved[employee]


@pytest.mark.rule("R58")
def test_a_branch_is_merged_with_its_people_and_credentials(firm: Book, ledger_dsn: str) -> None:
    """March stays as it was closed; from April all are in Beijing with what they had, and by its rules."""
    closed = firm.close()
    before = firm.journal.head()
    held = _held(firm)
    merged = merge(firm, dt.date(2025, 4, 1))
    with firm.cursor() as cursor:
        changes = roster.changes(cursor)
        march, april = (postings(changes, dt.date(2025, month, 15)) for month in (3, 4))
        then = postings(roster.changes(cursor, known_at=before), dt.date(2025, 4, 15))
        posts = establishment.establishment(cursor, dt.date(2025, 4, 15))
        [said] = roster.merges(cursor)
    counted = dict(headcount(march.values(), lambda each: each.branch))
    assert (
        counted
        == {"SH": 1, "BJ": 2, "GZ": 2, "CD": 2, "TJ": 2}
        == dict(headcount(then.values(), lambda each: each.branch))
    )
    assert dict(headcount(april.values(), lambda each: each.branch)) == {"SH": 1, "BJ": 4, "GZ": 2, "CD": 2}
    assert _held(firm) == held, "the licence is the person's"
    assert [(each.branch, each.posts, each.filled) for each in posts] == [("BJ", 8, 4)]
    assert (said.branch, said.into_branch) == ("TJ", "BJ")
    own = resolved(firm, "T1")
    assert str(own.targets["clients"].asked.value) == "1", "the target is the person's"
    firm.register("C9", employee="T1", on=dt.date(2025, 4, 8))
    assert firm.paid("T1", "2025-04") == {"clients": 50_00, "met": 120_00}
    assert firm.paid("T1") == {"clients": 50_00, "met": 200_00}
    assert {each.employee for each in closed.statements} >= {"T1", "T2"}
    with firm.cursor() as cursor:
        again = merging.transfers(merged, roster.changes(cursor))
    assert again == []
    found = replay.replay(ledger_dsn, LEDGER, and_compare=True)
    assert (found.compared, found.rows["branch_merge"]) == ((None, ()), 1)


def test_a_merger_that_is_told_late_reaches_the_closed_month(firm: Book) -> None:
    """Told in April to hold from 10 March: T2 met the target by Beijing's bonus, 80 less; it sums up."""
    firm.close()
    merge(firm, dt.date(2025, 3, 10))
    assert firm.paid("T2", "2025-04") == {"clients": 0, "met": 0, "met of 2025-03": -80_00}
    firm.close("2025-04")
    settled = firm.paid("T2")["met"] + firm.paid("T2", "2025-04")["met of 2025-03"]
    assert settled == 120_00


def _held(book: Book) -> list[tuple[str, str, str]]:
    with book.cursor() as cursor:
        found = credentials.held(cursor, dt.date(2025, 4, 15), ["T1"])
    return [(each.employee, each.credential, each.state) for each in found]

"""Credentials out of the journal: as of any day, as known at any position, and the share that expired."""

import datetime as dt

import pytest
from book import Book
from given import LEDGER

from domain.facts.credentials import (
    CredentialGranted,
    CredentialReinstated,
    CredentialRenewed,
    CredentialRevoked,
    CredentialSuspended,
)
from domain.facts.people import EmployeeLeft
from projections import credentials, replay

TODAY = dt.date(2025, 4, 1)


def grant(book: Book, number: int, until: str, employee: str = "E1", kind: str = "nursing licence") -> int:
    return book.tell(
        CredentialGranted(
            employee=employee,
            credential=f"C{number:02}",
            kind=kind,
            granted_on=dt.date(2020, 1, 1),
            expires_on=dt.date.fromisoformat(until),
            issued_by="health bureau",
            number=f"N-{number}",
        )
    )


@pytest.mark.rule("R57")
def test_the_share_that_expired_falls_from_15_percent_to_nothing(book: Book) -> None:
    """3 of 20 on the first of April; none on the twentieth, when all three are renewed."""
    for number in range(20):
        employee = f"N{number}"
        book.hire(employee)
        grant(book, number, "2025-03-31" if number < 3 else "2029-12-31", employee)
    before = book.journal.head()
    renewed_on = dt.date(2025, 4, 20)
    for number in range(3):
        book.tell(
            CredentialRenewed(
                employee=f"N{number}",
                credential=f"C{number:02}",
                effective_on=renewed_on,
                expires_on=dt.date(2030, 3, 31),
            )
        )
    with book.cursor() as cursor:
        first = credentials.summary(cursor, TODAY)
        second = credentials.summary(cursor, renewed_on)
        as_known_before = credentials.summary(cursor, renewed_on, before)
    assert (first.total.share, first.total.percent) == ("3/20", "15 %")
    assert (second.total.share, second.total.percent) == ("0", "0 %")
    assert as_known_before.total.percent == "15 %", "the renewals were not known then"
    assert first.kinds["nursing licence"] == first.total


def test_a_life_is_listed_as_it_stands_and_as_it_was_known(book: Book) -> None:
    granted = grant(book, 1, "2025-06-30")
    row = {"employee": "E1", "credential": "C01"}
    suspended = book.tell(CredentialSuspended(effective_on=dt.date(2025, 2, 1), reason="late", **row))
    back = book.tell(CredentialReinstated(effective_on=dt.date(2025, 2, 9), reason="done", **row))
    revoked = book.tell(CredentialRevoked(effective_on=dt.date(2025, 3, 1), reason="error", **row))
    void = book.void(revoked)
    with book.cursor() as cursor:
        known = {
            at: credentials.held(cursor, TODAY, ["E1"], known_at=at)[0].state
            for at in (granted, suspended, back, revoked, void)
        }
        [now] = credentials.held(cursor, TODAY, ["E1"])
    assert known == {
        granted: "expiring",
        suspended: "suspended",
        back: "expiring",
        revoked: "revoked",
        void: "expiring",
    }
    assert (now.kind, now.number, now.issued_by) == ("nursing licence", "N-1", "health bureau")
    assert now.positions == (granted, suspended, back)


def test_a_list_is_narrowed_by_kind_state_and_who_works_here(book: Book) -> None:
    book.hire("E2")
    grant(book, 1, "2025-03-31")
    grant(book, 2, "2029-12-31", kind="radiation permit")
    grant(book, 3, "2025-03-31", "E2")
    book.tell(EmployeeLeft(employee="E2", left_on=dt.date(2025, 3, 31), cause="family"))
    with book.cursor() as cursor:

        def listed(day: dt.date = TODAY, **wanted: str) -> list[str]:
            return [each.credential for each in credentials.held(cursor, day, **wanted)]  # type: ignore[arg-type]

        assert listed(dt.date(2025, 3, 31)) == ["C01", "C02", "C03"]
        assert listed() == ["C01", "C02"]
        assert listed(state="expired") == ["C01"]
        assert listed(kind="radiation permit") == ["C02"]
        assert [each.credential for each in credentials.held(cursor, TODAY, ["E2"])] == ["C03"]
        assert credentials.summary(cursor, TODAY).total.share == "1/2", "who has left counts no longer"


def test_credentials_replay_to_the_same_rows(book: Book, ledger_dsn: str) -> None:
    book.void(grant(book, 1, "2025-06-30"))
    grant(book, 2, "2025-06-30")
    book.runner.catch_up()
    found = replay.replay(ledger_dsn, LEDGER, and_compare=True)
    assert found.compared == (None, ())
    assert found.rows["credential_change"] == 2

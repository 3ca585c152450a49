"""R39: a plan is drafted, commented on, adopted and read; who has yet to read it is known as of any day."""

import datetime as dt
from typing import Any

import pytest
from book import Book
from given_plan import document

from domain.facts.governance import PlanAdopted, PlanEnded
from domain.facts.people import EmployeeHired, EmployeeLeft
from domain.facts.plans import AdoptionProposed, PlanAcknowledged, PlanCommented, PlanDrafted
from domain.plan.parse import document_hash, plan_document
from projections.plan_life import comments, draft_document, drafts
from projections.plan_readers import Readers, readers
from projections.plan_standings import plan_standings

MARCH_10, JULY_1 = dt.date(2025, 3, 10), dt.date(2025, 7, 1)


def written(more: str = "", **changes: Any) -> dict[str, Any]:
    return plan_document(document(more, population={"post": ["seller"]}, **changes))


FIRST = written()
EASIER = written("targets: {clients: {measure: clients, value: 18}}")
JULY = written(effective_from="2025-07-01")


def put_up(book: Book, draft: str, held: dict[str, Any], replaces: str | None = None) -> int:
    return book.tell(
        PlanDrafted(
            plan="selling",
            draft=draft,
            effective_from=dt.date.fromisoformat(held["effective_from"]),
            document=held,
            document_hash=document_hash(held),
            replaces=replaces,
        )
    )


def adopt(book: Book, held: dict[str, Any], draft: str | None = None) -> int:
    return book.tell(
        PlanAdopted(
            plan="selling",
            effective_from=dt.date.fromisoformat(held["effective_from"]),
            document=held,
            document_hash=document_hash(held),
            approver="boss",
            draft=draft,
        )
    )


def comment(book: Book, draft: str, note: str, path: str | None = None) -> int:
    return book.tell(PlanCommented(plan="selling", draft=draft, employee="E1", note=note, path=path))


def read(book: Book, adopted_at: int, held: dict[str, Any], employee: str = "E1", **fields: Any) -> int:
    return book.tell(
        PlanAcknowledged(
            employee=employee,
            plan="selling",
            adopted_at=adopted_at,
            document_hash=document_hash(held),
            **fields,
        )
    )


def states(book: Book, known_at: int | None = None) -> dict[str, tuple[str, int]]:
    with book.cursor() as cursor:
        return {each.draft: (each.state, each.comments) for each in drafts(cursor, "selling", known_at)}


def reading(book: Book, day: dt.date = MARCH_10, known_at: int | None = None) -> list[Readers]:
    with book.cursor() as cursor:
        return readers(cursor, "selling", day, known_at)


@pytest.mark.rule("R39")
def test_a_plan_goes_from_draft_to_comments_to_acceptance(book: Book) -> None:
    """20 clients a month are too many, says E1; the second draft asks for 18, is adopted and acknowledged."""
    put_up(book, "D1", FIRST)
    said = comment(book, "D1", "20 is too many", "targets.clients.value")
    comment(book, "D1", "what about leave?")
    assert states(book) == {"D1": ("open", 2)}
    put_up(book, "D2", EASIER, replaces="D1")
    assert states(book) == {"D1": ("replaced", 2), "D2": ("open", 0)}
    adopted = adopt(book, EASIER, "D2")
    assert states(book) == {"D1": ("replaced", 2), "D2": ("adopted", 0)}
    [before] = reading(book)
    assert (before.state, before.participants, before.missing) == ("in_force", 1, ["E1"])
    done = read(book, adopted, EASIER)
    [after] = reading(book)
    assert (after.missing, [(a.employee, a.position) for a in after.acknowledged]) == ([], [("E1", done)])
    assert after.acknowledged[0].actor == "test"
    with book.cursor() as cursor:
        first = comments(cursor, "D1")[0]
        assert (first.position, first.note, first.path) == (said, "20 is too many", "targets.clients.value")
        assert draft_document(cursor, "D2") == EASIER
        assert draft_document(cursor, "D9") is None
        [closed] = [each for each in drafts(cursor) if each.draft == "D2"]
        assert (closed.closed_at, closed.actor) == (adopted, "test")


def test_everything_is_told_as_it_was_known(book: Book) -> None:
    """And what is voided is as if it had never been said: the draft is open again."""
    up = put_up(book, "D1", FIRST)
    said = comment(book, "D1", "too many")
    adopted = adopt(book, FIRST, "D1")
    done = read(book, adopted, FIRST)
    book.void(done)
    book.void(adopted)
    book.void(said)
    assert states(book) == {"D1": ("open", 0)}
    assert [states(book, at) for at in (up - 1, up, said, adopted)] == [
        {},
        {"D1": ("open", 0)},
        {"D1": ("open", 1)},
        {"D1": ("adopted", 1)},
    ]
    assert [version.missing for version in reading(book, known_at=adopted)] == [["E1"]]
    assert [version.missing for version in reading(book, known_at=done)] == [[]]
    assert reading(book) == []


def test_a_proposal_stands_until_it_is_withdrawn_and_as_it_was_known(book: Book) -> None:
    """The last that is not voided; the plan is drafted, then in force with a next version, then ended."""

    def proposal(known_at: int | None = None) -> int | None:
        with book.cursor() as cursor:
            [draft] = drafts(cursor, "selling", known_at)
            return draft.proposal.position if draft.proposal else None

    def standing(day: dt.date = MARCH_10) -> tuple[str, int, int, dt.date | None]:
        with book.cursor() as cursor:
            [found] = plan_standings(cursor, day)
            return found.state, found.versions, found.participants, found.next_from

    put_up(book, "D1", FIRST)
    asked = AdoptionProposed(plan="selling", draft="D1", document_hash=document_hash(FIRST))
    first, second = book.tell(asked), book.tell(asked)
    assert (proposal(), proposal(first)) == (second, first)
    book.void(second)
    assert (proposal(), proposal(second)) == (first, second)
    assert standing() == ("drafted", 0, 0, None)
    adopt(book, FIRST, "D1")
    adopt(book, JULY)
    assert standing() == ("in_force", 2, 1, JULY_1)
    assert standing(JULY_1) == ("in_force", 2, 1, None)
    book.tell(PlanEnded(plan="selling", ended_on=dt.date(2025, 8, 31), reason="as agreed"))
    assert standing(dt.date(2025, 9, 1))[0] == "ended"


def test_each_version_is_read_by_those_it_is_for(book: Book) -> None:
    """Newcomers from their hire on, nobody after they left, and nobody any more for what is past."""
    first, july = adopt(book, FIRST), adopt(book, JULY)
    book.tell(EmployeeHired(employee="N1", branch="SH", post="nurse", hired_on=dt.date(2025, 1, 6)))
    book.tell(EmployeeHired(employee="E2", branch="SH", post="seller", hired_on=dt.date(2025, 5, 6)))
    book.tell(EmployeeLeft(employee="E1", left_on=dt.date(2025, 6, 30), cause="family"))
    read(book, first, FIRST, signature="HR 2025/17")

    def seen(day: str) -> list[tuple[int, str, list[str]]]:
        found = reading(book, dt.date.fromisoformat(day))
        return [(each.position, each.state, each.missing) for each in found]

    assert seen("2024-12-31") == [(first, "upcoming", []), (july, "upcoming", ["E2"])]
    assert seen("2025-05-05") == [(first, "in_force", []), (july, "upcoming", ["E2"])]
    assert seen("2025-05-06") == [(first, "in_force", ["E2"]), (july, "upcoming", ["E2"])]
    assert seen("2025-07-01") == [(first, "past", []), (july, "in_force", ["E2"])]
    book.tell(PlanEnded(plan="selling", ended_on=dt.date(2025, 7, 31), reason="over"))
    assert seen("2025-07-31")[1] == (july, "in_force", ["E2"])
    assert seen("2025-08-01")[1] == (july, "past", [])
    assert reading(book)[0].acknowledged[0].signature == "HR 2025/17"

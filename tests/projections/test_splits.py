"""Splits: a deal credited to several people, each part to the cent, and together always the whole."""

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from book import Book

from domain.facts.activity import ActivityRecorded
from domain.facts.credits import CreditPart
from domain.facts.selling import DealClosed, DealReversed
from domain.people.sharing import Portion, portions, taken_back
from projections.standings import standings


def shared(**shares: str) -> list[CreditPart]:
    """Shares of sellers, such as E1="60 %"."""
    return [CreditPart(employee=employee, role="seller", share=share) for employee, share in shares.items()]


def referred(fixed_minor: int, **shares: str) -> list[CreditPart]:
    """A fixed amount for E9, who referred the client, and the rest split."""
    return [CreditPart(employee="E9", role="referrer", amount_minor=fixed_minor), *shared(**shares)]


def deal(credits: Sequence[CreditPart] | None, amount_minor: int = 10_000_000, **more: Any) -> DealClosed:
    fields: dict[str, Any] = {"employee": "E1", "customer": "C1", "deal": "D1", "currency": "CNY"} | more
    return DealClosed(amount_minor=amount_minor, credits=list(credits) if credits else None, **fields)


def back(amount_minor: int, **more: Any) -> DealReversed:
    fields: dict[str, Any] = {"employee": "E1", "customer": "C1", "deal": "D1", "currency": "CNY"} | more
    return DealReversed(amount_minor=amount_minor, **fields)


def credited(book: Book, position: int) -> list[Portion]:
    """The rows of a fact."""
    with book.cursor() as cursor:
        rows = cursor.execute(
            "select employee, role, share, amount_minor, quantity, minutes from credit "
            "where position = %s order by part",
            [position],
        ).fetchall()
    return [
        Portion(e, role, Fraction(share if share is not None else 1), *sums) for e, role, share, *sums in rows
    ]


THIRDS = shared(E1="33.33 %", E2="33.33 %", E3="33.34 %")
ODD = referred(50_000, E1="50 %", E2="50%")


CASES = (
    (shared(E1="60 %", E2="40 %"), 10_000_000, [6_000_000, 4_000_000]),
    (THIRDS, 10_000, [3_333, 3_333, 3_334]),
    (THIRDS, 100, [33, 33, 34]),
    (THIRDS, 2, [1, 0, 1]),
    (ODD, 50_001, [50_000, 1, 0]),
    (ODD, 100_001, [50_000, 25_001, 25_000]),
    (ODD, 50_000, [50_000, 0, 0]),
    (shared(E1="0.000000001 %", E2="99.999999999 %"), 2**53 - 1, [90_072, 9_007_199_254_650_919]),
)
"""Credits, what is shared out, and what each gets."""


def test_a_deal_is_shared_out_to_the_last_fen(book: Book) -> None:
    """Fixed amounts first, the rest by shares; an odd fen to who lost most, then to who is named first.

    What comes back is allotted alike, by what each was credited.
    """
    told: list[tuple[int, list[Portion]]] = []
    for number, (credits, amount_minor, amounts) in enumerate(CASES):
        due = portions(credits, amount_minor, 5)
        assert [portion.amount_minor for portion in due] == amounts
        name = f"D{number}"
        told.append((book.tell(deal(credits, amount_minor, quantity=5, deal=name)), due))
        for part in (amount_minor, amount_minor // 2 or 1):
            given = taken_back(credits, amount_minor, part, 5)
            told.append((book.tell(back(part, quantity=5, deal=name)), given))
        assert [portion.amount_minor for portion in told[-2][1]] == amounts
    for position, due in told:
        assert credited(book, position) == due


def test_work_is_shared_out_too(book: Book) -> None:
    """Pieces and minutes by share, a score to each."""
    parts = [
        CreditPart(employee="E1", role="surgeon", share="70 %"),
        CreditPart(employee="E2", role="assistant", share="30 %"),
    ]
    done = ActivityRecorded(employee="E1", kind="operation", quantity=5, minutes=125, credits=parts)
    assert credited(book, book.tell(done)) == [
        Portion("E1", "surgeon", Fraction(7, 10), None, 4, 88),
        Portion("E2", "assistant", Fraction(3, 10), None, 1, 37),
    ]


def test_whoever_is_named_alone_has_all_of_it(book: Book) -> None:
    """A fact without credits is all its employee's, in the role `sole`."""
    assert credited(book, book.sell("D1", 100)) == [Portion("E1", "sole", Fraction(1), 100, None, None)]
    assert credited(book, book.take_back("D1", 40)) == [Portion("E1", "sole", Fraction(1), 40, None, None)]


@pytest.mark.parametrize("together", [True, False], ids=["in one span", "in several spans"])
def test_what_comes_back_is_taken_from_those_who_have_it(book: Book, together: bool) -> None:
    """By the deal as it stands then: voided and split anew, by the new split; whole again, by none."""

    def told(fact: Any) -> int:
        position = fact if isinstance(fact, int) else book.tell(fact)
        if not together:
            book.runner.catch_up()
        return position

    first = told(deal(shared(E1="60 %", E2="40 %"), 1_001))
    once = told(back(1))
    told(book.void(once))
    told(book.void(first))
    second = told(deal(referred(100, E2="50 %", E3="50 %"), 1_001))
    part = told(back(500))
    told(book.void(part))
    told(book.void(second))
    told(deal(None, 1_001))
    whole = told(back(1_001))
    assert [(p.employee, p.amount_minor) for p in credited(book, once)] == [("E1", 1), ("E2", 0)]
    assert [(p.employee, p.share, p.amount_minor) for p in credited(book, part)] == [
        ("E9", 0, 50),
        ("E2", Fraction(1, 2), 225),
        ("E3", Fraction(1, 2), 225),
    ]
    assert [(p.employee, p.amount_minor) for p in credited(book, whole)] == [("E1", 1_001)]


def test_standings_hold_each_ones_part(book: Book) -> None:
    """Live totals count shares of deals, and lose them with the void."""
    position = book.tell(deal(shared(E1="60 %", E2="40 %"), 1_000), on=3)
    book.sell("D2", 500)
    day = dt.date(2025, 3, 3)
    with book.cursor() as cursor:
        found = {s.employee: (s.count, s.amount_minor) for s in standings(cursor, day, day)}
    assert found == {"E1": (Fraction(8, 5), 1_100), "E2": (Fraction(2, 5), 400)}
    book.void(position)
    with book.cursor() as cursor:
        assert {s.employee: (s.count, s.amount_minor) for s in standings(cursor, day, day)} == {
            "E1": (1, 500)
        }

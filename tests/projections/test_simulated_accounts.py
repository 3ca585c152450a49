"""A simulation tells what is earned, and what is paid of it once accounts have given and taken."""

import datetime as dt

from book import Book
from given_plan import document

from domain.period import Period
from projections.simulation import WhatIf, simulate

PLAN = """
draw: {id: draw, pays: 300, form: guarantee, recoverable: true}
components: [{id: clients, title: Clients, kind: per_unit, measure: clients, rate: 50}]
"""


def test_both_sides_begin_with_what_is_owed_and_go_their_own_ways(book: Book) -> None:
    """In February 200 are topped up to 300. March earns 6 × 50 = 300 and April 8 × 50 = 400, so that 100 owed
    are paid back in April; at 100 a client 300 of March's 600 exceed the guarantee and pay it back there."""
    book.adopt(PLAN)
    for first, month, clients in ((0, 2, 4), (10, 3, 6), (20, 4, 8)):
        book.register(*(f"C{first + n}" for n in range(clients)), on=dt.date(2025, month, 3))
    book.close("2025-02")
    draft = document(PLAN)
    draft["components"][0]["rate"] = 100
    months = Period.parse("2025-03"), Period.parse("2025-04")
    with book.cursor() as cursor:
        found = simulate(cursor, WhatIf(*months, draft), book.journal.head())
    assert (found.before_minor, found.after_minor) == (700_00, 1400_00)
    assert [(each.period, each.paid.before_minor, each.paid.after_minor) for each in found.months] == [
        ("2025-03", 300_00, 500_00),
        ("2025-04", 300_00, 800_00),
    ]
    assert [(each.account, each.before_minor, each.after_minor) for each in found.accounts] == [
        ("draw", -100_00, -100_00)
    ]
    assert (found.paid.before_minor, found.paid.after_minor) == (600_00, 1300_00)
    # What the months before come to, when they are closed, is what the simulation says of them.
    closed = [book.close(str(month)).total_minor for month in months]
    assert closed == [each.paid.before_minor for each in found.months]

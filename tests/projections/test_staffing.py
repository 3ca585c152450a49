"""The staffing forecast out of the journal."""

import datetime as dt
from fractions import Fraction

import pytest
from book import Book

from domain.facts.establishment import PostsEstablished
from domain.facts.people import EmployeeLeft
from domain.facts.probation import ProbationAgreed, ProbationReviewed
from projections.staffing import forecast

DAY = dt.date(2025, 6, 30)


@pytest.mark.rule("R35")
def test_the_next_six_months_from_the_posts_and_the_leaver_rate(book: Book) -> None:
    """Ten sellers, two of whom left in the year before; twelve posts, fifteen from October on."""
    for posts, on in ((12, dt.date(2025, 1, 1)), (15, dt.date(2025, 10, 1))):
        said = {"branch": "SH", "employment": "contract", "posts": posts}
        book.tell(PostsEstablished(effective_on=on, **said))
    for number in range(11):  # and E1
        book.hire(f"E{number + 1:02}")
    for employee, day in (("E10", dt.date(2025, 1, 10)), ("E11", dt.date(2025, 4, 10))):
        book.tell(EmployeeLeft(employee=employee, left_on=day, cause="pay"), day)
    reviewed = {"reviewer": "E1", "evidence": [1]}
    for employee, outcome in (
        ("E01", "confirmed"),
        ("E02", "confirmed"),
        ("E03", "confirmed"),
        ("E04", "ended"),
    ):
        book.tell(ProbationAgreed(employee=employee, ends_on=dt.date(2024, 12, 2)))
        book.tell(ProbationReviewed(employee=employee, outcome=outcome, **reviewed))
    book.tell(ProbationAgreed(employee="E05", ends_on=dt.date(2025, 8, 15)))
    book.tell(EmployeeLeft(employee="E09", left_on=dt.date(2025, 7, 15), cause="family"))
    known = book.journal.head()
    book.hire("E20", hired_on=dt.date(2025, 9, 1))
    with book.cursor() as cursor:
        found = forecast(cursor, DAY)
        before = forecast(cursor, DAY, known_at=known)
    [rate], [sellers] = found.leaving, found.posts
    months = 12 * 7 + 11 * 3 + 10 * 2
    assert (rate.branch, rate.part, rate.whole, rate.share) == ("SH", 2, months, str(Fraction(2, months)))
    assert rate.interval is not None and Fraction(rate.interval.low) < Fraction(2, months)
    assert (found.confirmed.part, found.confirmed.whole, found.confirmed.share) == (3, 4, "3/4")
    stay = 1 - Fraction(2, months)
    first = 10 * stay - 1
    second = first * stay - Fraction(1, 4)
    third = second * stay + 1
    told = [(each.on.isoformat(), each.posts, each.announced, each.expected) for each in sellers.months[:3]]
    assert told == [
        ("2025-07-30", 12, 9, str(first)),
        ("2025-08-30", 12, 9, str(second)),
        ("2025-09-30", 12, 10, str(third)),
    ]
    assert [each.posts for each in sellers.months] == [12, 12, 12, 15, 15, 15]
    last = sellers.months[-1]
    assert (sellers.filled, last.to_hire_at_least, last.to_hire, last.to_hire_at_most) == (10, 5, 6, 8)
    assert Fraction(last.missing) == 15 - Fraction(last.expected)
    assert before.posts[0].months[2].announced == 9
    said = [each.en for each in found.assumptions]
    assert f"2 did in {months} months" in said[1] and "3 of 4 were" in said[2]

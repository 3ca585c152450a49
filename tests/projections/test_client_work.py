"""Whose work is with clients, by what their plans count."""

import datetime as dt

import msgspec
import pytest
import yaml
from book import Book
from given_plan import adoption

from domain.facts.governance import PlanAdopted
from projections.client_work import WITH_CLIENTS, works_with_clients

COMMON = {"title": "Plan", "currency": "CNY", "effective_from": "2025-01-01"}
DAY = dt.date(2025, 3, 20)
VISITS = "measures: {visits: {count: visit_recorded}}"
CARE = "measures: {care: {sum: nursing_recorded, of: quantity}}"
POINTS = "measures: {points: {sum: activity_recorded, of: quantity}}"


@pytest.mark.parametrize(
    ("plans", "seller", "nurse", "clerk"),
    [
        ([], True, True, True),
        ([("seller", VISITS), ("nurse", CARE)], True, False, True),
        ([("nurse", CARE), ("seller", POINTS)], False, False, False),
    ],
    ids=["nobody has a plan", "a plan of each", "no plan counts clients"],
)
def test_who_works_with_clients(
    book: Book, plans: list[tuple[str, str]], seller: bool, nurse: bool, clerk: bool
) -> None:
    """By the own plan; without one by those of the firm; what may be without a client says nothing."""
    for post, counts in plans:
        written = yaml.safe_load(counts) | {"plan": f"of-{post}", "population": {"post": [post]}} | COMMON
        book.tell(msgspec.convert(adoption(written), PlanAdopted))
    people = {"E1": "seller", "N1": "nurse", "A1": "clerk"}
    for employee, post in people.items():
        book.hire(employee, post=post)
    with book.cursor() as cursor:
        found = [works_with_clients(cursor, employee, DAY) for employee in people]
    assert found == [seller, nurse, clerk]


def test_what_cannot_be_without_a_client() -> None:
    assert {"visit_recorded", "deal_closed", "follow_up_recorded", "customer_registered"} <= WITH_CLIENTS
    assert not {"activity_recorded", "nursing_recorded", "procedure_performed"} & WITH_CLIENTS

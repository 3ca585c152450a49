"""Whatever happened: a plan tried as it is changes nothing, and one tried pays what it pays once adopted."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from book import Book
from given_plan import document
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from laws.test_settlement_laws import SELLERS, Step, fresh, histories

from domain.facts.currencies import ExchangeRateSet
from domain.period import Period
from domain.plan.parse import plan_document
from domain.plan.varying import read_range
from projections.earned import earned
from projections.simulated import Simulation
from projections.simulation import WhatIf, simulate

__all__ = ["fresh"]

MONTHS = [Period.parse(text) for text in ("2025-03", "2025-04", "2025-05")]
OTHER = SELLERS.replace('rate: "50.50"', 'rate: "61.70"').replace("reaches: 2", "reaches: 1")
NARROWER = SELLERS.replace("{post: [seller]}", "{post: [seller], branch: [BJ]}")
drafts = st.sampled_from((SELLERS, OTHER, NARROWER))


def written(more: str, **changes: Any) -> dict[str, Any]:
    return plan_document(document(more, **changes))


def told(book: Book, steps: tuple[list[Step], list[tuple[list[Step], Step]]], closing: bool) -> None:
    """Tells the history; months are closed as it says, or not at all. What was paid abroad has a rate."""
    positions = list[int]()
    for base in ("USD", "JPY"):
        book.tell(ExchangeRateSet(base=base, quote="CNY", rate="7.1", effective_on=dt.date(2020, 1, 1)))
    early, rounds = steps
    for step in early:
        step(book, positions)
    for late, close_month in rounds:
        for step in (*late, close_month) if closing else late:
            step(book, positions)


def tried(book: Book, asked: WhatIf) -> Simulation:
    known_at = book.journal.head()
    with book.cursor() as cursor:
        return simulate(cursor, asked, known_at)


@given(history=histories)
@settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_a_plan_tried_as_it_is_changes_nothing(
    fresh: Callable[[], Any], history: tuple[list[Step], list[tuple[list[Step], Step]]]
) -> None:
    """Zero for every person, month, branch and component; and as it stands is what everybody earned."""
    with fresh() as book:
        told(book, history, closing=True)
        found = tried(book, WhatIf(MONTHS[0], MONTHS[-1], written(SELLERS)))
        changes = (*found.people, *found.months, *found.branches, *found.components, found)
        assert {each.difference_minor for each in changes} == {0}
        assert (found.distribution.bins, found.largest) == ((), ())
        assert {each.period: each.before_minor for each in found.months} == due(book, MONTHS)


@pytest.mark.parametrize("first", MONTHS[:2], ids=str)
@given(history=histories, draft=drafts)
@settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_what_was_tried_is_what_is_due_once_it_is_adopted(
    fresh: Callable[[], Any],
    history: tuple[list[Step], list[tuple[list[Step], Step]]],
    draft: str,
    first: Period,
) -> None:
    """To the fen, for every person and month: adopted from the first month that was tried."""
    with fresh() as book:
        told(book, history, closing=False)
        months = [month for month in MONTHS if month >= first]
        found = tried(book, WhatIf(first, MONTHS[-1], written(draft)))
        book.adopt(draft, effective_from=first.first_day)
        assert {each.period: each.after_minor for each in found.months} == due(book, months)
        assert {each.employee: each.after_minor for each in found.people if each.after_minor} == people_due(
            book, months
        )


@given(history=histories, values=st.tuples(st.integers(0, 3), st.integers(1, 2)))
@settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_a_curve_is_so_many_simulations(
    fresh: Callable[[], Any],
    history: tuple[list[Step], list[tuple[list[Step], Step]]],
    values: tuple[int, int],
) -> None:
    """Each point is what the draft with that value comes to when it is tried alone."""
    low, step = values
    with fresh() as book:
        told(book, history, closing=True)
        asked = WhatIf(MONTHS[0], MONTHS[1], written(SELLERS))
        vary = read_range(f"clients_target={low}..{low + 2 * step}/{step}")
        curve = tried(book, asked._replace(vary=vary)).curve
        for point in curve:
            alone = written(SELLERS)
            alone["parameters"]["clients_target"]["value"] = point.value
            assert point.total_minor == tried(book, asked._replace(document=alone)).after_minor


def due(book: Book, months: list[Period]) -> dict[str, int]:
    """What everybody earned in each month, by all that is known."""
    with book.cursor() as cursor:
        return {
            str(month): sum(each.total_minor for each in earned(cursor, month, None).values())
            for month in months
        }


def people_due(book: Book, months: list[Period]) -> dict[str, int]:
    """What each person earned in all of the months, if anything."""
    found: dict[str, int] = {}
    with book.cursor() as cursor:
        for month in months:
            for employee, each in earned(cursor, month, None).items():
                found[employee] = found.get(employee, 0) + each.total_minor
    return {employee: total for employee, total in found.items() if total}

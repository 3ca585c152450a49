"""A draft tried on past months: what it would have changed, and that nothing is stored."""

import datetime as dt
from typing import Any

import psycopg
import pytest
from book import Book
from given_plan import document
from psycopg import sql

from domain.facts.governance import OverrideSet
from domain.period import Period
from domain.plan.parse import plan_document
from domain.plan.varying import read_range
from domain.refusals import BadField, PlanRefused, UnknownPlan
from projections.registry import PROJECTIONS
from projections.simulated import Simulation
from projections.simulation import WhatIf, simulate

FEBRUARY, MARCH, APRIL = (Period.parse(f"2025-0{month}") for month in (2, 3, 4))
PLAN = """
parameters: {bonus: {value: 50, open: {to: [branch]}}}
components:
  - {id: clients, title: New clients, kind: per_unit, measure: clients, rate: {parameter: bonus}}
  - {id: deals, title: Deals, kind: threshold, measure: deals, reaches: 2, pays: 300}
"""


@pytest.fixture
def firm(book: Book) -> Book:
    """E1 of Shanghai has 3 clients and 2 deals in March, 1 client in April; E2 of Beijing has 2 in March."""
    book.adopt(PLAN)
    book.hire("E2", branch="BJ")
    book.register("C1", "C2", "C3")
    book.sell("D1")
    book.sell("D2")
    book.register("C4", "C5", employee="E2", on=9)
    book.register("C6", on=dt.date(2025, 4, 2))
    return book


def changed(more: str = "", /, **changes: Any) -> dict[str, Any]:
    """The document with something laid over it."""
    written = document(PLAN)
    written["parameters"]["bonus"]["value"] = changes.pop("bonus", 50)
    return plan_document(written | changes)


def tried(book: Book, asked: WhatIf, known_at: int | None = None) -> Simulation:
    with book.cursor() as cursor:
        return simulate(cursor, asked, book.journal.head() if known_at is None else known_at)


def rows_held(cursor: psycopg.Cursor[Any]) -> dict[str, int]:
    """How many rows each read model's tables and the journal have."""
    found: dict[str, int] = {}
    for table in ("journal", *(name for projection in PROJECTIONS for name in projection.TABLES)):
        counted = cursor.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
        found[table] = counted[0] if counted else 0
    return found


def by_person(found: Simulation) -> dict[str, tuple[int, int]]:
    return {each.employee: (each.before_minor, each.after_minor) for each in found.people}


def test_a_changed_rate_is_told_by_person_branch_component_and_month(firm: Book) -> None:
    """60 instead of 50 a client over March and April: 30 + 10 yuan more for E1, 20 for E2."""
    found = tried(firm, WhatIf(MARCH, APRIL, changed(bonus=60)))
    assert by_person(found) == {"E1": (500_00, 540_00), "E2": (100_00, 120_00)}
    assert (found.before_minor, found.after_minor, found.difference_minor) == (600_00, 660_00, 60_00)
    assert {each.branch: each.difference_minor for each in found.branches} == {"BJ": 20_00, "SH": 40_00}
    assert {each.component: (each.before_minor, each.after_minor) for each in found.components} == {
        "clients": (300_00, 360_00),
        "deals": (300_00, 300_00),
    }
    assert {each.period: each.difference_minor for each in found.months} == {
        "2025-03": 50_00,
        "2025-04": 10_00,
    }


def test_winners_losers_and_bins_count_everybody_once(firm: Book) -> None:
    """E1 loses the 300 of the deals and gains nothing; E2 has no such bonus to lose."""
    component = {
        "id": "deals",
        "title": "Deals",
        "kind": "threshold",
        "measure": "deals",
        "reaches": 3,
        "pays": 300,
    }
    written = changed()
    written["components"][1] = component
    told = tried(firm, WhatIf(MARCH, MARCH, written)).distribution
    assert (told.winners, told.losers, told.unchanged) == (0, 1, 1)
    assert told.most_gained is None
    assert told.most_lost is not None and (told.most_lost.employee, told.most_lost.difference_minor) == (
        "E1",
        -300_00,
    )
    assert [(each.from_minor, each.until_minor, each.people) for each in told.bins] == [
        (-300_00, -250_00, 1),
        *((low, low + 50_00, 0) for low in range(-250_00, 0, 50_00)),
    ]


def test_the_largest_changes_name_their_grounds_and_facts(firm: Book) -> None:
    """The first is E1's clients in March: the rate is another, and three facts were counted."""
    first = tried(firm, WhatIf(MARCH, APRIL, changed(bonus=60), top=2)).largest[0]
    assert (first.employee, first.period, first.line.line.component) == ("E1", "2025-03", "clients")
    assert first.line.line.difference_minor == 30_00
    assert {(each.change.ground, each.change.name) for each in first.line.grounds} >= {("parameter", "bonus")}
    [clients] = first.measures
    assert (clients.measure, clients.total) == ("clients", 3)
    assert [fact.position for fact in clients.facts] == sorted(fact.position for fact in clients.facts)


def test_a_new_plan_pays_beside_the_others(firm: Book) -> None:
    """Ten yuan for each client by a plan that nobody adopted; what there is stays."""
    extra = plan_document(
        document(
            "components: [{id: more, title: More, kind: per_unit, measure: clients, rate: 10}]", plan="extra"
        )
    )
    assert by_person(tried(firm, WhatIf(MARCH, MARCH, extra))) == {
        "E1": (450_00, 480_00),
        "E2": (100_00, 120_00),
    }


def test_a_plan_can_be_taken_away(firm: Book) -> None:
    """Without the plan nobody is paid, and all are listed."""
    assert by_person(tried(firm, WhatIf(MARCH, MARCH, without=("selling",)))) == {
        "E1": (450_00, 0),
        "E2": (100_00, 0),
    }


def test_people_whom_the_draft_leaves_out_lose_all_that_it_paid(firm: Book) -> None:
    """A draft for Beijing only."""
    found = tried(firm, WhatIf(MARCH, MARCH, changed(population={"branch": ["BJ"]})))
    assert by_person(found) == {"E1": (450_00, 0), "E2": (100_00, 100_00)}


def test_what_a_branch_has_set_holds_against_the_draft_too(firm: Book) -> None:
    """Beijing pays 70 a client; a draft of 60 changes nothing there."""
    firm.tell(
        OverrideSet(
            plan="selling", parameter="bonus", level="branch", scope="BJ", value="70",
            effective_from=dt.date(2025, 1, 1), reason="as agreed", approver="head",
        )
    )  # fmt: skip
    found = tried(firm, WhatIf(MARCH, MARCH, changed(bonus=60)))
    assert by_person(found) == {"E1": (450_00, 480_00), "E2": (140_00, 140_00)}


def test_a_curve_is_the_same_as_so_many_simulations(firm: Book) -> None:
    """30, 45, 60: each as though it had been tried alone."""
    found = tried(firm, WhatIf(MARCH, APRIL, changed(), vary=read_range("bonus=30..60/15")))
    alone = [tried(firm, WhatIf(MARCH, APRIL, changed(bonus=value))) for value in (30, 45, 60)]
    assert [each.value for each in found.curve] == ["30", "45", "60"]
    assert [each.total_minor for each in found.curve] == [each.after_minor for each in alone]
    assert [each.difference_minor for each in found.curve] == [each.difference_minor for each in alone]


def test_only_what_was_known_then_counts_however_late_it_came(firm: Book) -> None:
    """March is closed; a client of March comes late: it counts in March, from its own position on."""
    firm.close()
    before = firm.journal.head()
    firm.register("C9", on=20)
    asked = WhatIf(MARCH, MARCH, changed(bonus=60))
    assert by_person(tried(firm, asked, before))["E1"] == (450_00, 480_00)
    assert by_person(tried(firm, asked))["E1"] == (500_00, 540_00)


def test_nothing_is_stored(firm: Book) -> None:
    """Every table has as many rows as before, and the journal ends where it did."""
    firm.close()
    with firm.cursor() as cursor:
        count, head = rows_held(cursor), firm.journal.head()
        simulate(cursor, WhatIf(MARCH, APRIL, changed(bonus=60), vary=read_range("bonus=30..60/15")), head)
        assert rows_held(cursor) == count
    assert firm.journal.head() == head


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (WhatIf(MARCH, MARCH), BadField),
        (WhatIf(MARCH, MARCH, without=("selling ",)), UnknownPlan),
        (WhatIf(MARCH, MARCH, changed(), without=("selling",)), BadField),
        (WhatIf(MARCH, MARCH, changed(currency="EUR")), BadField),
        (WhatIf(MARCH, MARCH, changed(components=[{"id": "x"}])), PlanRefused),
        (WhatIf(MARCH, MARCH, changed(), vary=read_range("bonsu=30..60/15")), BadField),
        (WhatIf(MARCH, MARCH, changed(), vary=read_range("bonus=3 %..6 %/1 %")), BadField),
        (WhatIf(MARCH, MARCH, without=("selling",), vary=read_range("bonus=30..60/15")), BadField),
    ],
)
def test_what_cannot_be_tried_is_refused(firm: Book, asked: WhatIf, refusal: type[Exception]) -> None:
    """Before anything is measured, and by name."""
    with pytest.raises(refusal):
        tried(firm, asked)


def test_whoever_watches_can_end_it(firm: Book) -> None:
    """Progress goes up to 1, and what the watcher raises ends the simulation."""
    seen: list[float] = []
    with firm.cursor() as cursor:
        simulate(cursor, WhatIf(FEBRUARY, APRIL, changed(bonus=60)), firm.journal.head(), seen.append)
    assert seen == sorted(seen) and 0 < seen[0] < seen[-1] <= 1

    def stop(share: float) -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError), firm.cursor() as cursor:
        simulate(cursor, WhatIf(FEBRUARY, APRIL, changed(bonus=60)), firm.journal.head(), stop)

"""Roll-up, overlays and team credit: others' work that counts, as the roster stood on its day."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction

import pytest
from book import ENGINE, Book
from given_plan import plan

from domain.facts.credits import CreditPart
from domain.facts.people import AssistantAssigned, EmployeeLeft, EmployeeTransferred, MentorAssigned
from domain.facts.selling import DealClosed
from domain.period import Period
from projections import boards, measures, sight
from projections.behind import behind
from projections.earned import earned
from projections.explain import explain
from projections.late import closed_periods, touched

MARCH, NEXT_APRIL = Period.parse("2025-03"), dt.date(2025, 4, 8)

MANAGING = """
plan: managing
population: {post: [manager, head]}
measures:
  below: {sum: deal_closed, of: amount, less: deal_reversed, credited: reports}
components:
  - {id: below, title: Override, kind: rate_table, measure: below, bands: [{from: 0, rate: 1 %}]}
"""
SELLING = """
population: {post: [seller]}
components:
  - {id: own, title: Commission, kind: rate_table, measure: revenue, bands: [{from: 0, rate: 10 %}]}
"""
EVERYBODY = ("E1", "E2", "E3", "H", "M1", "M2")


def split(*shares: tuple[str, str], referrer: tuple[str, int] | None = None) -> list[CreditPart]:
    fixed = [CreditPart(employee=referrer[0], role="referrer", amount_minor=referrer[1])] if referrer else []
    return fixed + [CreditPart(employee=who, role="seller", share=share) for who, share in shares]


def sold(
    deal: str, amount_minor: int, credits: list[CreditPart] | None = None, employee: str = "E1"
) -> DealClosed:
    return DealClosed(
        employee=employee,
        customer="C1",
        deal=deal,
        amount_minor=amount_minor,
        currency="CNY",
        credits=credits,
    )


def moved(employee: str, manager: str, on: dt.date) -> EmployeeTransferred:
    return EmployeeTransferred(employee=employee, effective_on=on, manager=manager)


@pytest.fixture
def firm(book: Book) -> Book:
    """H leads M1 and M2; E1 and E2 sell for M1, E3 for M2. Sellers earn 10 %, managers 1 % of all below."""
    book.hire("H", post="head")
    book.hire("M1", post="manager", manager="H", team="north")
    book.hire("M2", post="manager", manager="H", team="south")
    book.hire("E1", manager="M1", team="north")
    book.hire("E2", manager="M1", team="north")
    book.hire("E3", manager="M2", team="south")
    book.adopt(SELLING)
    book.adopt(MANAGING)
    return book


def paid(book: Book, period: str = "2025-03") -> dict[str, int]:
    """What everybody is paid for a month in all that was settled or is due for it."""
    with book.cursor() as cursor:
        return {
            e: s.total_minor for e, s in earned(cursor, Period.parse(period), None).items() if s.total_minor
        }


def settled(book: Book, about: str = "2025-03") -> dict[str, int]:
    """What all closes together settled for a month."""
    with book.cursor() as cursor:
        rows = cursor.execute(
            "select employee, sum(amount_minor)::int from statement_line where about_period = %s group by 1",
            [about],
        )
        return {employee: amount for employee, amount in rows if amount}


def each(*amounts_minor: int) -> dict[str, int]:
    """What everybody gets, who gets anything."""
    return {who: amount for who, amount in zip(EVERYBODY, amounts_minor, strict=True) if amount}


def retro(book: Book, period: str) -> dict[str, int]:
    """The deltas about March in the statements of a later month."""
    found = {who: book.paid(who, period) for who in EVERYBODY}
    return {
        who: amount for who, lines in found.items() for name, amount in lines.items() if "2025-03" in name
    }


def test_a_late_split_deal_reaches_everybody_who_holds_a_part_of_it(firm: Book) -> None:
    """Sellers, the referrer and all above them get retro lines; voided, it is as if it had never happened."""
    firm.tell(sold("D1", 10_000_000, split(("E1", "60 %"), ("E2", "40 %"))), on=3)
    firm.tell(moved("E1", "M2", dt.date(2025, 3, 15)))
    firm.sell("D2", 100_000, "E1", on=14)
    third = firm.sell("D3", 200_000, "E1", on=15)
    firm.sell("D4", 50_000, "E2", on=20)
    march = each(630_000, 405_000, 0, 103_500, 101_500, 2_000)
    assert paid(firm) == march
    firm.close()
    assert settled(firm) == march

    late = firm.tell(
        sold("D5", 1_000_001, split(("E1", "50 %"), ("E2", "50 %"), referrer=("E3", 50_000))), on=10
    )
    gone = firm.void(third)
    transfer = firm.tell(moved("E2", "M2", dt.date(2025, 3, 18)), on=NEXT_APRIL)
    with firm.cursor() as cursor:
        [closed] = closed_periods(cursor, None)
        since = touched(cursor, closed, None)
        assert since == dict.fromkeys(EVERYBODY, dt.date(2025, 3, 10))
        assert touched(cursor, closed, None, ["M2"]) == {"M2": since["M2"]}
        behind_m2 = behind(cursor, "M2", Period.parse("2025-04"), firm.journal.head())
    assert {late, third, gone, transfer} <= behind_m2
    first = firm.close("2025-04").known_at
    assert retro(firm, "2025-04") == each(27_500, 47_500, 5_000, 8_000, 9_000, -1_000)
    assert settled(firm) == paid(firm) == each(657_500, 452_500, 5_000, 111_500, 110_500, 1_000)

    firm.void(late)
    firm.void(transfer)
    firm.close("2025-05")
    assert retro(firm, "2025-05") == each(-47_500, -47_500, -5_000, -10_000, -9_000, -1_000)
    assert settled(firm) == paid(firm) == each(610_000, 405_000, 0, 101_500, 101_500, 0)
    assert firm.paid("M1", "2025-04", first) == {"below": 0, "below of 2025-03": 9_000}


def test_an_explanation_names_whose_credit_it_is(firm: Book) -> None:
    """Each fact below a manager's line says whose it is, in which role, and how much of it."""
    shared = firm.tell(sold("D1", 100_001, split(("E1", "50 %"), ("E2", "50 %"), referrer=("E3", 1))), on=3)
    alone = firm.sell("D2", 500, "E2", on=4)
    with firm.cursor() as cursor:
        told = explain(cursor, "M1", MARCH, engine=ENGINE)
    assert told is not None
    [evidence] = told.evidence
    assert [(f.position, f.employee, f.role, f.share, f.adds) for f in evidence.facts] == [
        (shared, "E1", "seller", "1/2", "500"),
        (shared, "E2", "seller", "1/2", "500"),
        (alone, "E2", "sole", "1", "5"),
    ]


OVERLAYS = """
measures:
  own: {sum: deal_closed, of: amount}
  next: {sum: deal_closed, of: amount, credited: direct_reports}
  with_own: {sum: deal_closed, of: amount, credited: direct_reports, with_own: true}
  below: {sum: deal_closed, of: amount, credited: reports}
  mentored: {sum: deal_closed, of: amount, credited: mentees}
  assisted: {sum: deal_closed, of: amount, credited: assisted}
  team: {sum: deal_closed, of: amount, credited: team}
  house: {count: deal_closed, credited: branch}
  clients: {distinct: deal_closed, of: customer, credited: branch}
  sellers_only: {count: deal_closed, credited: team, where: {role: [seller, sole]}}
boards:
  - {id: crews, title: Crews, measure: team, period: month}
"""


def values(book: Book, employee: str) -> Mapping[str, Fraction | None]:
    wanted = {n: m for n, m in plan(OVERLAYS).measures.items() if n in OVERLAYS}
    opened = sight.windows(wanted.values(), MARCH, {who: dt.date(2024, 6, 3) for who in EVERYBODY})
    with book.cursor() as cursor:
        return measures.evaluate(cursor, wanted, opened, None)[employee]


def test_each_overlay_counts_whom_it_names(firm: Book) -> None:
    """On the days on which they were held: a mentor's, an assistant's, a team's, a branch's, a leaver's."""
    for fact in (
        MentorAssigned(employee="E1", mentor="E3", effective_on=dt.date(2025, 3, 5)),
        AssistantAssigned(employee="E1", assistant="E2", effective_on=dt.date(2025, 3, 5)),
        AssistantAssigned(employee="E1", effective_on=dt.date(2025, 3, 9)),
        EmployeeLeft(employee="E3", left_on=dt.date(2025, 3, 20), cause="pay"),
    ):
        firm.tell(fact)
    for number, on in ((1, 4), (10, 5), (100, 8), (1_000, 9)):
        firm.sell(f"E1-{on}", number * 100, "E1", on=on)
    firm.tell(sold("both", 2_000_000, split(("E2", "50 %"), ("E3", "50 %"))), on=10)
    firm.sell("M1 itself", 100_000_000, "M1", on=10)
    for on in (20, 21):
        firm.sell(f"E3-{on}", on * 10_000_000, "E3", on=on)
    own = values(firm, "E1")
    assert (own["own"], own["next"], own["team"]) == (1_111, 0, 1_111 + 10_000 + 1_000_000)
    leader = values(firm, "M1")
    assert (leader["own"], leader["next"], leader["with_own"]) == (1_000_000, 11_111, 1_011_111)
    assert (leader["house"], leader["clients"]) == (7, 1)  # what E3 sold after the last day is nobody's
    assert values(firm, "H")["below"] == 1_111 + 20_000 + 1_000_000 + 2_000_000
    assert values(firm, "E3")["mentored"] == 1_110
    assert values(firm, "E2")["assisted"] == 110
    assert (values(firm, "M2")["team"], values(firm, "M2")["sellers_only"]) == (2_010_000, Fraction(3, 2))


def test_a_board_and_a_milestone_of_the_team(firm: Book) -> None:
    """Places and days are those of what all together did; whoever sees the same reached it at once."""
    firm.adopt(
        OVERLAYS + "milestones: [{id: start, title: S, measure: team, reaches: 150, within_days: 400}]"
    )
    firm.sell("D1", 10_000, "E1", on=3)
    firm.sell("D2", 5_000, "M1", on=5)
    firm.sell("D3", 12_000, "E3", on=4)
    with firm.cursor() as cursor:
        ranked = boards.board(cursor, "crews", MARCH)
    assert ranked is not None
    assert [(p.place, p.employee, p.value) for p in ranked.places] == [
        (1, "E1", "150"),
        (1, "E2", "150"),
        (1, "M1", "150"),
        (4, "E3", "120"),
        (4, "M2", "120"),
        (6, "H", "0"),
    ]

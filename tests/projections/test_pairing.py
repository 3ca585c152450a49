"""R46 and R47: what a pairing has changed, which works, which is to be changed, and the best of all."""

import datetime as dt
from fractions import Fraction
from itertools import permutations
from random import Random

import pytest
from assisting import MEASURES, contracts, firm, followed, pair, sold
from book import HIRED, Book
from given import LEDGER

from api.assignment import cheapest
from domain.facts.assisting import ContractUploaded
from domain.facts.governance import BranchOpened
from domain.people.pairing import Worth, first_of_the_best, prices, worth
from projections import replay
from projections.pairing import Pairing, pairings
from projections.proposals import best_pairs, proposals

DAY = dt.date(2025, 3, 31)
FEBRUARY, MARCH = dt.date(2025, 2, 10), dt.date(2025, 3, 10)
SINCE = dt.date(2025, 3, 1)


def values(found: Pairing) -> dict[str, tuple[str | None, str | None]]:
    """Each indicator before and after."""
    return {
        then.indicator: (then.value, now.value)
        for then, now in zip(found.before.indicators, found.after.indicators, strict=True)
    }


@pytest.mark.rule("R46")
def test_a_pairing_that_works_is_marked(book: Book) -> None:
    """Timely follow-up 70 → 95 %, satisfaction 9 of 10: high synergy; at 94 % it is not."""
    firm(book, ["S1", "S2"], ["A1", "A2"])
    for assistant, seller, timely in (("A1", "S1", 19), ("A2", "S2", 18)):
        followed(book, seller, FEBRUARY, 14, 20)
        pair(book, assistant, seller, SINCE)
        followed(book, seller, MARCH, timely, 20)
        sold(book, seller, MARCH, deals=1, complaints=0, satisfaction="9")
    with book.cursor() as cursor:
        works, lacks = pairings(cursor, DAY)
    assert (works.assistant, works.seller, works.since) == ("A1", "S1", SINCE)
    assert values(works)["timely"] == ("7/10", "19/20")
    assert values(works)["satisfaction"] == (None, "9")
    assert (works.verdict, lacks.verdict) == ("high_synergy", None)
    assert [title.en for title in works.why] == [
        "Timely follow-up is 95 %, at least 95 %",
        "Satisfaction is 9, at least 9",
    ]
    assert works.why[0].zh == "及时跟进率为 95 %，不少于 95 %"


def bad_pair(book: Book) -> None:
    """Seller S1 under D: contract errors 2 → 5 %, complaints 30 %. Under E, S2 does well."""
    firm(book, ["S1", "S2"], ["D", "E"])
    contracts(book, "S1", FEBRUARY, 1, 50)
    for assistant, seller, errors, complaints, score in (("D", "S1", 1, 3, "6"), ("E", "S2", 0, 0, "9")):
        pair(book, assistant, seller, SINCE)
        contracts(book, seller, MARCH, errors, 20)
        sold(book, seller, MARCH, deals=10, complaints=complaints, satisfaction=score)


@pytest.mark.rule("R47")
def test_a_pairing_that_does_not_work_is_to_be_changed(book: Book) -> None:
    """The seller goes from D to E; what no pair has shown is assumed, and said to be."""
    bad_pair(book)
    before = book.journal.head()
    book.hire("F", post="assistant")
    with book.cursor() as cursor:
        bad, good = pairings(cursor, DAY)
        [proposed] = proposals(cursor, DAY, cheapest)
        [then] = proposals(cursor, DAY, cheapest, known_at=before)
    assert values(bad)["errors"] == ("1/50", "1/20")
    assert values(bad)["complaints"] == (None, "3/10")
    assert (bad.verdict, good.verdict) == ("to_change", None)
    assert [title.en for title in bad.why] == [
        "Contract errors is 5 %, at least 5 %",
        "Complaints is 30 %, at least 30 %",
    ]
    # Bars attained: satisfaction 6/9, errors 2/5, complaints 1/3: 7/15; E and S2 attain everything.
    assert bad.after.score == "7/15"
    moves = {each.seller: (each.today, each.assistant, each.move, each.basis) for each in proposed.pairs}
    assert moves == {"S1": ("D", "E", "change", "both"), "S2": ("E", "F", "change", "seller")}
    assert (proposed.free, proposed.unserved) == (("D",), ())
    assert proposed.pairs[0].reason.en == (
        "E for S1: ≈ 73.33 %, assumed from what E shows with others (100 %) and S1 has from others "
        "(≈ 46.67 %); with D it is ≈ 46.67 %"
    )
    assert (proposed.today, proposed.best) == ("1466667/1000000", "1733333/1000000")
    assert (proposed.gain, proposed.assumed) == ("133333/500000", 2)
    assert len(then.pairs) == 2 and then.free == (), "F was not there yet"


def test_an_assistant_serves_no_more_than_the_plan_says_or_than_today(book: Book) -> None:
    """And sellers of another branch, or served from another plan, stay as they are."""
    firm(book, ["S1", "S2", "S3"], ["A1"])
    book.tell(BranchOpened(branch="BJ", title="Beijing", opened_on=HIRED))
    book.hire("S4", branch="BJ", post="key seller")
    for seller in ("S1", "S2"):
        pair(book, "A1", seller, SINCE)
    with book.cursor() as cursor:
        shanghai = next(each for each in proposals(cursor, DAY, cheapest) if each.branch == "SH")
        assert [each.branch for each in proposals(cursor, DAY, cheapest)] == ["BJ", "SH"]
    assert [(each.seller, each.move, each.basis) for each in shanghai.pairs] == [
        ("S1", "keep", "nothing"),
        ("S2", "keep", "nothing"),
    ]
    assert shanghai.unserved == ("S3",)


def test_what_came_late_and_what_was_voided_reach_a_closed_month(book: Book, ledger_dsn: str) -> None:
    """Assistants are paid by contracts here; the identity holds, and a replay gives the same rows."""
    paying = "components: [{id: contracts, title: Contracts, kind: per_unit, measure: uploaded, rate: 10}]"
    book.adopt(MEASURES + paying, plan="assisting", targets={})
    book.hire("A1", post="assistant")
    book.hire("S1")
    pair(book, "A1", "S1", HIRED)
    told = book.tell(ContractUploaded(employee="S1", contract="K1"))
    book.close()
    assert book.paid("A1") == {"contracts": 10_00}
    book.void(told)
    for name in ("K2", "K3"):
        book.tell(ContractUploaded(employee="S1", contract=name))
    assert book.paid("A1", "2025-04") == {"contracts": 0, "contracts of 2025-03": 10_00}
    book.close("2025-04")
    book.runner.catch_up()
    found = replay.replay(ledger_dsn, LEDGER, and_compare=True)
    assert found.compared == (None, ())
    assert found.rows["contract_step"] == 3


def test_no_permutation_costs_less() -> None:
    """Against brute force: the least cost, and of such assignments the first in order of rows and columns."""
    dice = Random(47)
    for _ in range(150):
        size = dice.randint(1, 6)
        costs = [[-dice.randint(0, dice.choice((1, 3, 10**7))) for _ in range(size)] for _ in range(size)]
        every = [list(each) for each in permutations(range(size))]

        def cost(mates: list[int], costs: list[list[int]] = costs) -> int:
            return sum(costs[row][column] for row, column in enumerate(mates))

        least = min(map(cost, every))
        cheap = [each for each in every if cost(each) == least]
        assert cheapest(costs) == min(cheap)
        for mates in (cheap[-1], dice.choice(every)):
            proof = prices(costs, mates)
            assert (proof is not None) == (cost(mates) == least)
            assert proof is None or first_of_the_best(costs, mates, proof) == min(cheap)


def test_the_most_points_go_before_todays_pairs_and_these_before_order() -> None:
    same = {(a, s): Worth(worth((a, s), {}).score, "nothing") for a in "AB" for s in "XY"}
    assert best_pairs("XY", "AB", same, {("B", "X")}, cheapest) == [("B", "X"), ("A", "Y")]
    assert best_pairs("XY", "AB", same, set(), cheapest) == [("A", "X"), ("B", "Y")]
    better = same | {("A", "X"): Worth(worth(("A", "X"), {("A", "X"): Fraction(1)}).score, "measured")}
    assert best_pairs("XY", "AB", better, {("B", "X"), ("A", "Y")}, cheapest) == [("A", "X"), ("B", "Y")]
    assert best_pairs("XY", "A", better, {("A", "Y")}, cheapest) == [("A", "X")]
    assert best_pairs("", "AB", {}, set(), cheapest) == []

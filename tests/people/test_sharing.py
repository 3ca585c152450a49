"""Whatever is shared out comes to the whole again, to the last unit."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from domain.facts.base import GREATEST
from domain.facts.credits import CreditPart
from domain.people.sharing import allot, portions, taken_back

amounts = st.integers(1, 5_000) | st.integers(1, GREATEST)


@st.composite
def credits(draw: st.DrawFn, at_most: int) -> list[CreditPart]:
    """Parts that the rules let pass: shares of 100 % in all, and fixed amounts of no more than there is."""
    cuts = sorted(draw(st.sets(st.integers(1, 10**11 - 1), max_size=4)))
    shares = [after - before for before, after in zip((0, *cuts), (*cuts, 10**11), strict=True)]
    parts = [
        CreditPart(employee=f"E{n}", role="seller", share=f"{share // 10**9}.{share % 10**9:09d} %")
        for n, share in enumerate(shares)
    ]
    fixed = draw(st.lists(st.integers(1, max(at_most // 3, 1)), max_size=3))
    fixed = fixed if sum(fixed) <= at_most else []
    return parts + [
        CreditPart(employee=f"R{n}", role="referrer", amount_minor=a) for n, a in enumerate(fixed)
    ]


@given(data=st.data(), amount=amounts, quantity=st.integers(1, 9) | st.none())
def test_parts_sum_to_the_whole(data: st.DataObject, amount: int, quantity: int | None) -> None:
    """Of a deal, of its pieces, of any part of it that comes back, and of the shares themselves."""
    parts = data.draw(credits(amount))
    sold = portions(parts, amount, quantity, 7)
    assert sum(p.amount_minor or 0 for p in sold) == amount
    assert sum(p.quantity or 0 for p in sold) == (quantity or 0)
    assert sum(p.minutes or 0 for p in sold) == 7
    assert sum((p.share for p in sold), Fraction(0)) == 1
    back = data.draw(st.integers(1, amount))
    assert sum(p.amount_minor or 0 for p in taken_back(parts, amount, back)) == back
    assert [p.amount_minor for p in taken_back(parts, amount, amount)] == [p.amount_minor for p in sold]


@given(total=amounts, weights=st.lists(st.fractions(0, 10), min_size=1, max_size=6).filter(any))
def test_nobody_is_further_than_a_unit_from_what_is_theirs(total: int, weights: list[Fraction]) -> None:
    whole = sum(weights)
    for part, weight in zip(allot(total, weights), weights, strict=True):
        assert abs(part - total * weight / whole) < 1

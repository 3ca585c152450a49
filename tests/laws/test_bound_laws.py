"""What a measure may have become by facts that nobody counted, beside what it became."""

import datetime as dt
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.people.ranking import Lead, lead
from domain.plan.arithmetic import NOTHING
from domain.plan.bounds import ANYTHING, Range, Sums, Told, at, moved, range_of
from domain.plan.credit import Credit
from domain.plan.fields import Title
from domain.plan.measures import (
    Condition,
    DaysMeasure,
    FactMeasure,
    RatioMeasure,
    evaluate,
    matches,
    with_ratios,
)
from domain.plan.windows import Days
from projections.cut import micros
from projections.waiting import Waiting

TITLE = Title("a measure", "指标")
DAY = dt.date(2025, 3, 5)
MARCH = Days(dt.date(2025, 3, 1), dt.date(2025, 3, 31))
SOLD, BACK = "deal_closed", "deal_reversed"

credits = st.lists(
    st.builds(
        Credit,
        position=st.just(1),
        employee=st.just("E1"),
        fact=st.sampled_from((SOLD, SOLD, BACK)),
        day=st.sampled_from((DAY, DAY, dt.date(2025, 4, 1))),
        at=st.sampled_from(
            (dt.datetime(2025, 3, 5, 4, tzinfo=dt.UTC), dt.datetime(2025, 3, 5, 9, tzinfo=dt.UTC))
        ),
        customer=st.sampled_from((None, "C1", "C2")),
        quantity=st.sampled_from((None, 0, 3)),
        amount_minor=st.integers(0, 500),
        currency=st.sampled_from(("CNY", "CNY", "USD")),
        score=st.sampled_from((None, Decimal("8.5"))),
        share=st.sampled_from((None, Fraction(0), Fraction(2, 5))),
    ),
    max_size=8,
)
Counts = Literal["count", "sum", "distinct"]


def measure(kind: Counts, of: str | None, less: str | None = None, **more: object) -> FactMeasure:
    scale = 100 if of == "amount_minor" else 1
    return FactMeasure(title=TITLE, kind=kind, fact=SOLD, of=of, less=less, scale=scale, **more)  # type: ignore[arg-type]


MEASURES = {
    "pieces": measure("count", None, BACK),
    "clients": measure("distinct", "customer"),
    "money": measure("sum", "amount_minor", BACK, currency="CNY"),
    "scored": measure("sum", "score"),
    "large": measure("sum", "quantity", where=(Condition(column="customer", test="one_of", words=("C1",)),)),
    "each": RatioMeasure(title=TITLE, of="money", to="clients"),
    "per_client": RatioMeasure(title=TITLE, of="pieces", to="clients"),
}
LEAVES = {name: each for name, each in MEASURES.items() if isinstance(each, FactMeasure)}


def sums(told: list[Credit]) -> dict[str, Sums]:
    found = dict[str, Sums]()
    for fact in Counter(credit.fact for credit in told):
        of = [credit for credit in told if credit.fact == fact]
        found[fact] = Sums(
            min(credit.at for credit in of),
            len(of),
            sum(credit.quantity or 0 for credit in of),
            0,
            sum(int(credit.amount_minor or 0) for credit in of),
            sum((credit.score or Decimal(0) for credit in of), Decimal(0)),
        )
    return found


def values(counted: list[Credit]) -> dict[str, Fraction | None]:
    return with_ratios(
        MEASURES, {name: evaluate(each, counted, "E1", MARCH) for name, each in LEAVES.items()}
    )


@settings(max_examples=150)
@given(credits, credits, credits, st.integers(0, 8))
def test_a_value_lies_where_the_facts_that_came_and_went_can_have_taken_it(
    held: list[Credit], first: list[Credit], then: list[Credit], gone: int
) -> None:
    """Also after two steps, of which only the second voids what was there."""
    before, after = values(held), [*held, *first, *then][gone:]
    ranges = {name: at(each, before[name]) for name, each in LEAVES.items()}
    for told in (Told(sums(first), {}), Told(sums(then), sums([*held, *first, *then][:gone]))):
        ranges = {name: moved(each, ranges[name], told) for name, each in LEAVES.items()}
    for name, value in values(after).items():
        found = range_of(MEASURES, ranges, name)
        scale = LEAVES[name].scale if name in LEAVES else 1
        if found.low is not None and found.high is not None:
            assert value is not None and found.low <= value * scale <= found.high, name
    assert ANYTHING not in [ranges[name] for name in LEAVES]


def reached(held: list[Credit], leaf: str) -> dt.datetime | None:
    """When the value of `leaf` was reached."""
    each = LEAVES[leaf]
    seen = [c for c in held if matches(each, c) and MARCH.first <= c.day <= MARCH.last]
    if each.kind != "distinct":
        return max((c.at for c in seen if c.fact in (each.fact, each.less)), default=None)
    firsts: dict[str, dt.datetime] = {}
    for c in seen:
        if c.fact == each.fact and c.customer is not None:
            firsts[c.customer] = min(c.at, firsts.get(c.customer, c.at))
    return max(firsts.values(), default=None)


@pytest.mark.parametrize("name", ["pieces", "clients", "money", "per_client"])
@pytest.mark.parametrize("sign", [1, -1])
@settings(max_examples=60)
@given(st.lists(credits, min_size=2, max_size=4), st.integers(0, 3), st.booleans())
def test_who_waits_on_cannot_have_come_before_the_last_who_is_shown(
    name: str, sign: int, steps: list[list[Credit]], voided: int, was_known: bool
) -> None:
    """Whoever `upto` leaves out is worse than the last, or as good and came there after them."""
    parts = ("pieces", "clients") if name == "per_client" else (name,)
    waiting = Waiting(MEASURES, {part: LEAVES[part] for part in parts}, name, sign)
    held, *later = steps
    scale = LEAVES[name].scale if name in LEAVES else 1
    before = values(held)
    if before[name] is None:
        return

    def key(value: Fraction) -> Lead:
        return lead(*(sign * scale * value).as_integer_ratio())

    def came_at(seen: list[Credit]) -> dt.datetime | None:
        return max((found for part in parts if (found := reached(seen, part))), default=None)

    known, now, is_waiting = tuple(at(LEAVES[part], before[part]) for part in parts), list(held), True
    for number, came in enumerate(later):
        gone, now = now[:voided] if number == 1 else [], [*now[voided if number == 1 else 0 :], *came]
        told = Told(sums(came), sums(gone))
        is_waiting = (
            waiting.put("E1", known, key(before[name] or NOTHING), told, came_at(held) if was_known else None)
            if number == 0
            else is_waiting and waiting.more("E1", told)
        )
    value, last_at = values(now)[name], came_at(now)
    if not is_waiting:
        return
    assert value is not None
    times = {micros(c.at) + late for c in now for late in (0, -1)}
    for last in (value, value - 1, value + 1):
        for until in (None, *((time, who) for time in times for who in ("E0", "E2"))):
            if not waiting.upto(key(last), until, 1):
                assert key(value) >= key(last)
                if value == last:
                    assert until is not None
                    assert last_at is None or (micros(last_at), "E1") > until


def between(low: str, high: str) -> Range:
    return Range(Fraction(low), Fraction(high))


def in_hundredths(of: Range) -> Range:
    """As a sum of money is told, in its minor units."""
    return of if of.low is None or of.high is None else Range(of.low * 100, of.high * 100)


@pytest.mark.parametrize(
    ("of", "to", "found"),
    [
        (between("1", "2"), between("4", "5"), between("1/5", "1/2")),
        (between("-2", "-1"), between("4", "5"), between("-1/2", "-1/5")),
        (between("-2", "1"), between("4", "5"), between("-1/2", "1/4")),
        (between("1", "2"), between("0", "5"), ANYTHING),
        (ANYTHING, between("4", "5"), ANYTHING),
    ],
)
def test_a_ratio_lies_between_its_extremes(of: Range, to: Range, found: Range) -> None:
    assert range_of(MEASURES, {"money": in_hundredths(of), "clients": to}, "each") == found


def test_nothing_is_known_of_what_does_not_add_up() -> None:
    told = Told({SOLD: Sums(dt.datetime(2025, 3, 5, tzinfo=dt.UTC), 1, 0, 0, 100, Decimal(0))}, {})
    known = Range(3, 3)
    assert moved(measure("sum", "attributes.grade"), known, told) == ANYTHING
    assert moved(measure("sum", "amount_minor", currency="CNY", convert_at="day"), known, told) == ANYTHING
    assert moved(measure("average", "score"), known, told) == ANYTHING  # type: ignore[arg-type]
    assert moved(measure("count", None), at(measure("count", None), None), told) == ANYTHING
    assert range_of({"days": DaysMeasure(title=TITLE, days="present")}, {}, "days") == ANYTHING

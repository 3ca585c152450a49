"""Running totals over a quarter or a year: each period pays what it added."""

import datetime as dt
from fractions import Fraction
from itertools import accumulate, pairwise

import pytest
from given_plan import document, entitled, plan, problems
from hypothesis import given
from hypothesis import strategies as st

from domain.period import Period
from domain.plan.hints import levers_of
from domain.plan.measures import FactMeasure, Window, days_of
from domain.plan.running import before
from domain.plan.statement import compute_statement
from domain.plan.words import say

YEAR = """
measures:
  year: {sum: deal_closed, of: amount, window: year}
  followed_in_quarter: {distinct: follow_up_recorded, of: customer, window: quarter}
  deals_in_quarter: {count: deal_closed, window: quarter}
  quarter_rate: {ratio: deals_in_quarter / followed_in_quarter}
components:
  - {id: c, kind: rate_table, title: T, measure: year, running: true,
     bands: [{until: 1000, rate: 1 %}, {from: 1000, rate: 5 %}]}
  - {id: s, kind: step, title: T, measure: quarter_rate, running: true,
     bands: [{until: 10 %, pays: 0}, {from: 10 %, pays: 100}]}
"""
MADE = plan(YEAR)


def paid(year: Fraction, earlier: Fraction) -> Fraction:
    held = entitled(MADE)
    values = {**held.values, "year": year, before("year"): earlier}
    return Fraction(compute_statement("E1", [held._replace(values=values)]).lines[0].exact)


@pytest.mark.parametrize(
    ("now", "earlier", "pays"),
    [(0, 0, 0), (900, 0, 9), (1000, 900, 1), (1100, 1000, 5), (1100, 900, 6), (800, 1200, -12)],
)
def test_a_period_is_paid_what_it_added(now: int, earlier: int, pays: int) -> None:
    """Below 1000 of the year 1 %, above 5 %; what came back is taken back at the rates of the top."""
    assert paid(Fraction(now), Fraction(earlier)) == pays


@given(st.lists(st.integers(-500, 900).map(Fraction), min_size=1, max_size=12))
def test_all_periods_of_a_year_sum_to_the_table_of_the_year(added: list[Fraction]) -> None:
    """However the year is cut into months, they pay what the year pays at once."""
    totals = [Fraction(0), *accumulate(added)]
    assert sum(paid(now, earlier) for earlier, now in pairwise(totals)) == paid(totals[-1], Fraction(0))


def test_a_ratio_can_run_too() -> None:
    """2 of 20 in March after 1 of 20: the step is reached now; with nothing before, all of it is new."""
    held = entitled(MADE, quarter_rate="10 %", **{before("quarter_rate"): "5 %"})
    assert [line.amount_minor for line in compute_statement("E1", [held]).lines] == [0, 100_00]
    nothing = entitled(MADE, quarter_rate="10 %", **{before("quarter_rate"): None})
    assert [line.amount_minor for line in compute_statement("E1", [nothing]).lines] == [0, 100_00]


def test_a_line_tells_what_was_before() -> None:
    held = entitled(MADE, year=1100, **{before("year"): 900})
    line = compute_statement("E1", [held]).lines[0]
    assert line.inputs == {"year": "1100", "year.before": "900"}
    assert [(part.name, part.amount) for part in line.parts] == [("to date", "15"), ("before", "-9")]
    assert say(line.rule.key, line.rule.words, MADE, "en") == (
        "year: 1100 CNY to date, 900 CNY before this period; paid is what was added"
    )


def test_nobody_can_do_more_of_what_is_past() -> None:
    assert {lever.id for lever in levers_of(entitled(MADE).resolved)} == {
        "followed_in_quarter", "deals_in_quarter"
    }  # fmt: skip


HIRED = dt.date(2024, 6, 3)


@pytest.mark.parametrize(
    ("kind", "month", "first", "last", "last_before"),
    [
        ("quarter", "2025-01", "2025-01-01", "2025-01-31", "2024-12-31"),
        ("quarter", "2025-03", "2025-01-01", "2025-03-31", "2025-02-28"),
        ("quarter", "2024-03", "2024-01-01", "2024-03-31", "2024-02-29"),
        ("quarter", "2025-04", "2025-04-01", "2025-04-30", "2025-03-31"),
        ("year", "2025-12", "2025-01-01", "2025-12-31", "2025-11-30"),
        ("year", "2025-01", "2025-01-01", "2025-01-31", "2024-12-31"),
    ],
)
def test_the_days_of_a_running_total(kind: str, month: str, first: str, last: str, last_before: str) -> None:
    """To the last day of the month, and before it to that of the one before; none in a first month."""
    period = Period.parse(month)
    days = days_of(Window(kind), period, HIRED)  # pyright: ignore[reportArgumentType]
    earlier = days_of(Window(kind, ends_before=True), period, HIRED)  # pyright: ignore[reportArgumentType]
    assert [str(day) for day in days] == [first, last]
    assert [str(day) for day in earlier] == [first, last_before]


@pytest.mark.parametrize(
    ("component", "place", "says"),
    [
        (
            "{kind: rate_table, measure: revenue, bands: [{rate: 1 %}], running: true}",
            "running",
            "window: year",
        ),
        ("{kind: threshold, target: clients, pays: 1, running: true}", "running", "`clients` begins anew"),
        ("{kind: per_unit, measure: year, rate: 1, running: true}", "running", "Leave `running` out"),
        ("{kind: per_unit, measure: year, rate: 1, every: 0}", "every", "more than 0"),
        ("{kind: per_unit, measure: year, rate: 1, every: 2, running: perhaps}", "running", "true or false"),
    ],
)
def test_faults_of_running_totals(component: str, place: str, says: str) -> None:
    written = document(
        "measures: {year: {sum: deal_closed, of: amount, window: year}}\n"
        f"components: [{component.replace('{kind', '{id: c, title: T, kind', 1)}]"
    )
    found = problems(written)
    assert says in found.get(f"components[0].{place}", ""), found


def test_the_measure_before_is_the_same_but_for_its_end() -> None:
    now, earlier = MADE.measures["year"], MADE.measures[before("year")]
    assert isinstance(now, FactMeasure) and isinstance(earlier, FactMeasure)
    assert (earlier.fact, earlier.of, earlier.window) == (now.fact, now.of, Window("year", 0, True))
    assert problems(document(YEAR, measures={"year.before": {"count": "deal_closed"}}))

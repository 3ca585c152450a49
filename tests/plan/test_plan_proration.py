"""Targets and pay by days, ramps for newcomers and quotas spread over months, on both sides of each edge."""

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
import yaml
from given_plan import HIRED, MARCH, document, entitled, plan, posted, problems, resolved
from hypothesis import given
from hypothesis import strategies as st

from domain.people.roster import Career, Leave, RosterChange
from domain.period import Period
from domain.plan.components.base import Stay
from domain.plan.resolve import Resolver
from domain.plan.statement import compute_statement
from domain.plan.stay import stay, whole_stay

PRORATED = """
population: {post: [seller], tenure_months: {from: 0}}
targets: {clients: {measure: clients, value: 31, prorate: PRORATE}}
components: [{id: c, kind: per_unit, title: T, measure: clients, rate: 31, prorate: PRORATE}]
"""
EMPLOYED = plan(PRORATED.replace("PRORATE", "employed"))
PRESENT = plan(PRORATED.replace("PRORATE", "present"))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def hired(on: str = "2024-06-03", post: str = "seller") -> RosterChange:
    return RosterChange(position=1, employee="E1", kind="hired", effective_on=day(on), branch="SH", post=post)


def moved(on: str, post: str, position: int = 2) -> RosterChange:
    return RosterChange(position=position, employee="E1", kind="promoted", effective_on=day(on), post=post)


def left(on: str) -> RosterChange:
    return RosterChange(position=9, employee="E1", kind="left", effective_on=day(on), cause="pay")


def away(first: str, last: str, minutes: int | None = None) -> Leave:
    return Leave(
        position=5, employee="E1", kind="sick", from_on=day(first), until_on=day(last), minutes=minutes
    )


def stayed(moves: list[RosterChange], leaves: list[Leave], period: Period = MARCH) -> Stay:
    here = Career(moves).last(period.first_day, period.last_day)
    assert here is not None
    return stay(EMPLOYED, period, here, leaves, moves)


@pytest.mark.parametrize(
    ("moves", "days"),
    [
        ([hired()], 31),
        ([hired("2025-03-01")], 31),
        ([hired("2025-03-02")], 30),
        ([hired("2025-03-31")], 1),
        ([hired(), left("2025-03-30")], 30),
        ([hired(), left("2025-03-31")], 31),
        ([hired(), left("2025-04-01")], 31),
        ([hired(), left("2025-03-01")], 1),
        ([hired("2025-03-10"), left("2025-03-10")], 1),
        ([hired("2025-03-10"), left("2025-03-20")], 11),
        ([hired(post="nurse"), moved("2025-03-16", "seller")], 16),
        ([hired(post="nurse"), moved("2025-02-28", "seller")], 31),
        ([hired(), moved("2025-03-10", "nurse"), moved("2025-03-20", "seller", 3)], 21),
    ],
)
def test_the_days_of_joiners_leavers_and_transfers(moves: list[RosterChange], days: int) -> None:
    """The hire day, the last day of work and the day from which a transfer holds all count."""
    assert stayed(moves, []) == Stay(0, days, days, 31)


@pytest.mark.parametrize(
    ("leaves", "present"),
    [
        ([away("2025-03-31", "2025-04-10")], 30),
        ([away("2025-02-20", "2025-03-01")], 30),
        ([away("2025-03-03", "2025-03-04")], 29),
        ([away("2025-03-03", "2025-03-04"), away("2025-03-04", "2025-03-05")], 28),
        ([away("2025-03-03", "2025-03-03", 240)], 31),
        ([away("2025-01-01", "2025-12-31")], 0),
    ],
)
def test_whole_days_of_leave(leaves: list[Leave], present: int) -> None:
    """Both end days count, a day covered twice counts once, some minutes are no day."""
    assert stayed([hired()], leaves) == Stay(0, 31, present, 31)


def test_leave_before_the_hire_is_nobodys() -> None:
    assert stayed([hired("2025-03-16")], [away("2025-03-10", "2025-03-17")]) == Stay(0, 16, 14, 31)


def test_february_of_a_leap_year_has_29_days() -> None:
    assert stayed([hired("2024-02-29")], [], Period.parse("2024-02")) == Stay(0, 1, 1, 29)


def test_how_long_somebody_is_here_does_not_matter_for_the_days() -> None:
    """Three months complete on 10 March: the plan of the last day covers all of March."""
    tenured = plan(PRORATED.replace("PRORATE", "employed").replace("{from: 0}", "{from: 3}"))
    moves = [hired("2024-12-10")]
    here = Career(moves).last(MARCH.first_day, MARCH.last_day)
    assert here is not None
    assert stay(tenured, MARCH, here, [], [*moves, moved("2025-03-05", "seller")]).days == 31


def test_target_and_pay_by_days() -> None:
    """From 16 March: 16 of 31 clients are asked for, and 16/31 of the pay is due."""
    moves = [hired("2025-03-16")]
    here = Career(moves).last(MARCH.first_day, MARCH.last_day)
    assert here is not None
    held = Resolver(EMPLOYED, MARCH)(here, [away("2025-03-20", "2025-03-21")], moves)
    assert held.targets["clients"].value == 16
    [line] = compute_statement("E1", [entitled(held, clients=5)]).lines
    assert (line.exact, [part.amount for part in line.parts]) == ("80", ["155", "-75"])
    held = Resolver(PRESENT, MARCH)(here, [away("2025-03-20", "2025-03-21")], moves)
    assert held.targets["clients"].value == 14
    assert compute_statement("E1", [entitled(held, clients=5)]).lines[0].exact == "70"


def test_a_line_says_by_what_its_target_was_lowered() -> None:
    made = plan(
        "targets:\n"
        "  clients: {measure: clients, value: 20, prorate: employed, ramp: [{until: 1, share: 50 %}]}\n"
        "components: [{id: c, kind: threshold, title: T, target: clients, pays: 1}]"
    )
    held = resolved(made, hired_on=day("2025-03-30"))
    target = compute_statement("E1", [entitled(held)]).lines[0].targets["clients"]
    assert (target.asked.value, target.spread, target.ramp, target.stayed) == ("20", "", "1/2", "2/31")
    assert target.value == str(Fraction(20, 31))


def test_whoever_was_there_all_the_time_shares_one_result() -> None:
    resolver = Resolver(EMPLOYED, MARCH)
    one, other = resolver(posted("E1"), (), [hired()]), resolver(posted("E2"), (), [hired()])
    assert one is other
    assert one.stay == whole_stay(EMPLOYED, MARCH)


@pytest.mark.parametrize(
    ("hired_on", "asked"),
    [("2025-03-31", 8), ("2025-03-01", 8), ("2025-02-28", 14), ("2025-01-01", 14), ("2024-12-31", 20)],
)
def test_a_ramp_by_completed_months(hired_on: str, asked: int) -> None:
    """On 31 March a month is complete since 28 February, three since 31 December."""
    ramp = "[{until: 1, share: 40 %}, {from: 1, until: 3, share: 70 %}]"
    made = plan(f"targets: {{clients: {{measure: clients, value: 20, ramp: {ramp}}}}}")
    assert resolved(made, hired_on=day(hired_on)).targets["clients"].value == asked


@pytest.mark.parametrize(
    ("spread", "month", "asked"),
    [
        ("over: year", "2025-01", 100),
        ("over: year", "2025-12", 100),
        ("over: quarter", "2025-05", 400),
        ("over: quarter, weights: [1, 2, 3]", "2025-04", 200),
        ("over: quarter, weights: [1, 2, 3]", "2025-06", 600),
        ("over: quarter, weights: [1, 0, 3]", "2025-05", 0),
        ("over: year, cumulative: true", "2025-01", 100),
        ("over: year, cumulative: true", "2025-12", 1200),
        ("over: quarter, weights: [1, 2, 3], cumulative: true", "2025-05", 600),
    ],
)
def test_a_quota_spread_over_months(spread: str, month: str, asked: int) -> None:
    window = spread.split()[1].rstrip(",") if "cumulative" in spread else "period"
    made = plan(
        f"""
measures: {{wide: {{count: customer_registered, window: {window}}}}}
targets: {{quota: {{measure: wide, value: 1200, spread: {{{spread}}}}}}}
"""
    )
    assert resolved(made, Period.parse(month)).targets["quota"].value == asked


@given(st.lists(st.integers(0, 50), min_size=12, max_size=12).filter(any))
def test_the_months_of_a_quota_sum_to_it(weights: list[int]) -> None:
    """Whatever the weights, and a cumulative quota is the sum of the months so far."""

    def months(cumulative: bool) -> list[Fraction]:
        made = plan(
            "measures: {ytd: {count: customer_registered, window: year}}",
            targets={
                "quota": {
                    "measure": "ytd" if cumulative else "clients",
                    "value": 997,
                    "spread": {"over": "year", "weights": weights, "cumulative": cumulative},
                }
            },
        )
        year = (Period.parse(f"2025-{month:02}") for month in range(1, 13))
        return [resolved(made, month).targets["quota"].value for month in year]

    single, summed = months(False), months(True)
    assert sum(single) == 997
    assert summed == [sum(single[: index + 1], Fraction(0)) for index in range(12)]


FAULTS = """
clients: {spread: {over: year, weights: [1, 2]}} | spread.weights | has 12 months
clients: {spread: {over: quarter, weights: [0, 0, 0]}} | spread.weights | share nothing out
clients: {spread: {over: quarter, weights: [1, -1, 1]}} | spread.weights | 0 or more
clients: {spread: {over: quarter, cumulative: true}} | spread | `window: quarter`
ytd: {spread: {over: year}} | spread | `window: period`
ytd: {spread: {over: year, cumulative: true}, prorate: employed} | spread.cumulative | earlier months
close_rate: {spread: {over: year}} | spread | same in every month
close_rate: {prorate: employed} | prorate | does not grow
clients: {prorate: all_days} | prorate | not a choice
clients: {prorate: present, relief: {leave: {per_day: 1}}} | prorate | twice
clients: {ramp: [{from: 3, until: 3, share: 10 %}]} | ramp[0].until | no month
clients: {ramp: [{until: 3, share: 10 %}, {from: 2, share: 20 %}]} | ramp[1].from | overlaps
clients: {ramp: [{until: 3, share: 10}]} | ramp[0].share | with a sign
"""


@pytest.mark.parametrize("row", FAULTS.strip().splitlines())
def test_faults_of_targets(row: str) -> None:
    written, place, says = (cell.strip() for cell in row.split(" | "))
    [(measure, fields)] = yaml.safe_load(written).items()
    target: dict[str, Any] = {
        "measure": measure,
        "value": "10 %" if measure == "close_rate" else 10,
        **fields,
    }
    found = problems(
        document("measures: {ytd: {count: customer_registered, window: year}}", targets={"t": target})
    )
    assert says in found.get(f"targets.t.{place}", ""), found


def test_a_running_total_wants_one_target_for_the_year() -> None:
    found = problems(
        document(
            """
measures: {ytd: {count: customer_registered, window: year}}
targets: {t: {measure: ytd, value: 12, spread: {over: year, cumulative: true}}}
components: [{id: c, kind: step, title: T, target: t, running: true, bands: [{from: 100 %, pays: 1}]}]
"""
        )
    )
    assert "another one in each period" in found["components[0].running"]


@pytest.mark.parametrize(("months", "fen"), [(0, 300_00), (2, 300_00), (3, 0), (40, 0)])
def test_a_guarantee_for_newcomers(months: int, fen: int) -> None:
    made = plan(
        "components: [{id: c, kind: per_unit, title: T, measure: clients, rate: 1,"
        " floor: {pays: 300, tenure_months: {until: 3}}}]"
    )
    years, month = divmod(3 - 1 - months, 12)
    held = resolved(made, hired_on=dt.date(2025 + years, month + 1, 5))
    assert compute_statement("E1", [entitled(held)]).total_minor == fen
    assert HIRED.year == 2024

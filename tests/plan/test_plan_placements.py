"""The days in each branch or team that sets numbers, and what a component pays for them."""

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

import pytest
from given_plan import MARCH, plan
from hypothesis import given
from hypothesis import strategies as st
from random_rosters import histories

from domain.people.roster import Career, RosterChange
from domain.period import Period
from domain.plan.components.by_placement import ByPlacement
from domain.plan.document import Plan
from domain.plan.overrides import Override
from domain.plan.placements import Placements, placements
from domain.plan.resolve import Resolver
from domain.plan.spells import Membership, membership
from domain.plan.statement import Entitlement, carried_into, compute_statement

PLAN = plan("""
transfers: by_days
parameters: {rate: {value: 50, open: {to: [branch, team]}}}
components:
  - id: clients
    kind: per_unit
    title: T
    measure: clients
    rate: {parameter: rate}
    cap: {pays: 200, carried: year}
  - {id: flat, kind: per_unit, title: T, measure: clients, rate: 3}
""")


def override(level: str, scope: str, value: str, **fields: dt.date) -> Override:
    known = {"effective_from": dt.date(2025, 1, 1)} | fields
    return Override(
        position=1, plan="selling", parameter="rate", level=level, scope=scope, value=value, **known
    )  # type: ignore[arg-type]


def change(position: int, kind: str, on: int | dt.date, **held: str) -> RosterChange:
    day = dt.date(2025, 3, on) if isinstance(on, int) else on
    return RosterChange(position=position, employee="A", kind=kind, effective_on=day, **held)  # type: ignore[arg-type]


HIRED = change(1, "hired", dt.date(2024, 6, 3), branch="north", team="one", post="seller")


def placed(
    of: Plan, moves: Iterable[RosterChange], overrides: Iterable[Override], period: Period = MARCH
) -> tuple[Membership, Placements | None] | None:
    told = list(moves)
    here = Career(told).last(period.first_day, period.last_day)
    held = here and membership(of, period, here, told)
    if not held:
        return None
    resolver = Resolver(of, period, overrides)
    whole = resolver(held.posting, (), told, held.spells)
    return held, placements(resolver, held, whole, (), told)


@pytest.mark.parametrize(
    ("moves", "overrides", "names"),
    [
        # Nobody sets a number, or both sides set the same.
        ([change(2, "transferred", 11, branch="south")], [], []),
        ([change(2, "transferred", 11, team="two")], [override("branch", "north", "60")], []),
        (
            [change(2, "transferred", 11, branch="south")],
            [override("branch", "north", "60")],
            ["north 2025-03-01/2025-03-10", "south 2025-03-11/2025-03-31"],
        ),
        (
            [change(2, "transferred", 11, team="two")],
            [override("team", "two", "60"), override("branch", "north", "55")],
            ["north one 2025-03-01/2025-03-10", "north two 2025-03-11/2025-03-31"],
        ),
        # A move on the first day, and one after the last, divide nothing.
        ([change(2, "transferred", 1, branch="south")], [override("branch", "north", "60")], []),
        (
            [change(2, "transferred", dt.date(2025, 4, 1), branch="south")],
            [override("branch", "north", "60")],
            [],
        ),
        # There and back again; and gone in between.
        (
            [change(2, "transferred", 11, branch="south"), change(3, "transferred", 21, branch="north")],
            [override("branch", "north", "60")],
            ["south 2025-03-11/2025-03-20", "north 2025-03-01/2025-03-10, 2025-03-21/2025-03-31"],
        ),
        (
            [change(2, "left", 9), change(3, "hired", 20, branch="south", post="seller")],
            [override("branch", "south", "60")],
            ["north 2025-03-01/2025-03-09", "south 2025-03-20/2025-03-31"],
        ),
        # What begins in mid-month divides nothing by itself, and holds by the last day of each placement.
        ([], [override("branch", "north", "60", effective_from=dt.date(2025, 3, 15))], []),
        (
            [change(2, "transferred", 11, branch="south")],
            [override("branch", "north", "60", effective_from=dt.date(2025, 3, 15))],
            [],
        ),
        (
            [change(2, "transferred", 16, branch="south")],
            [override("branch", "north", "60", effective_from=dt.date(2025, 3, 15))],
            ["north 2025-03-01/2025-03-15", "south 2025-03-16/2025-03-31"],
        ),
    ],
)
def test_only_a_move_between_other_numbers_divides_a_month(
    moves: list[RosterChange], overrides: list[Override], names: list[str]
) -> None:
    found = placed(PLAN, [HIRED, *moves], overrides)
    assert found is not None
    assert [each.name for each in (found[1].each if found[1] else ())] == names


def test_a_number_that_nothing_is_paid_by_divides_nothing() -> None:
    unused = plan("transfers: by_days\nparameters: {rate: {value: 50, open: {to: [branch]}}}")
    found = placed(
        unused,
        [HIRED, change(2, "transferred", 11, branch="south")],
        [override("branch", "north", "60")],
    )
    assert found is not None and found[1] is None


@given(
    told=histories(),
    rates=st.dictionaries(st.sampled_from(("north", "south")), st.sampled_from(("60", "70"))),
)
def test_each_day_in_the_plan_lies_in_one_placement(told: list[RosterChange], rates: dict[str, str]) -> None:
    """The days of the placements are the days in the plan, each once; so are all that is counted on them."""
    own = [each for each in told if each.employee == "A"]
    found = placed(PLAN, own, [override("branch", *each) for each in rates.items()]) if own else None
    if found is None or found[1] is None:
        return
    held, several = found
    assert held.spells is not None
    days = [run for each in several.each for run in each.days]
    counted = sorted(
        run.first + dt.timedelta(days=n) for run in days for n in range((run.last - run.first).days + 1)
    )
    whole = [
        run.first + dt.timedelta(days=n)
        for run in held.spells
        for n in range((run.last - run.first).days + 1)
    ]
    assert counted == [day for day in whole if MARCH.has(day)]
    assert isinstance(several.resolved.plan.components[0], ByPlacement)
    assert several.resolved.plan.components[1] == PLAN.components[1]
    assert all(each.resolved.decided_on == each.days[-1].last for each in several.each)
    for day in counted:
        assert any(run.first <= day <= run.last for run in several.each[several.holding(day)].days)


def test_caps_hold_in_each_placement_and_what_they_leave_over_is_carried() -> None:
    """Ten at 60 and three at 90 are cut to 200 each; 400 and 70 are carried into April."""
    found = placed(
        PLAN,
        [HIRED, change(2, "transferred", 11, branch="south")],
        [override("branch", "north", "60"), override("branch", "south", "90")],
    )
    assert found is not None and found[1] is not None

    def measured(resolved: object, clients: int) -> Entitlement:
        return Entitlement(resolved, dict.fromkeys(PLAN.measures, Fraction(clients)))  # type: ignore[arg-type]

    each = tuple(
        (one, measured(one.resolved, clients)) for one, clients in zip(found[1].each, (10, 3), strict=True)
    )
    held = measured(found[1].resolved, 13)._replace(placements=each)
    clients, flat = compute_statement("A", [held]).lines
    assert (clients.kind, clients.amount_minor, flat.amount_minor) == ("per_unit", 400_00, 39_00)
    assert carried_into(held, MARCH.next()) == {"clients": 470}

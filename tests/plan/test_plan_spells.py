"""On which days somebody belongs to a plan that pays by days, on both sides of each edge."""

import datetime as dt
from itertools import pairwise

import pytest
from given_plan import MARCH, credit, plan, posted, problems
from hypothesis import given
from hypothesis import strategies as st

from domain.people.roster import Career, Leave, RosterChange, posting
from domain.period import Period
from domain.plan.document import Plan
from domain.plan.measures import Days, FactMeasure, evaluate
from domain.plan.population import belongs, deciding_day
from domain.plan.resolve import Resolver
from domain.plan.spells import Membership, membership, spells, within

BY_DAYS = "transfers: by_days\npopulation: {post: [seller]}\n"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def moves(*told: tuple[str, str]) -> list[RosterChange]:
    """Changes of E1, the hire first: a day, and a post, `left`, an employment or a branch such as `@BJ`."""
    changes: list[RosterChange] = []
    for position, (on, what) in enumerate(told, start=1):
        fields = {"kind": "hired" if position == 1 or what.startswith("hired") else "promoted"}
        word = what.removeprefix("hired ")
        if what == "left":
            fields["kind"] = "left"
        elif what.startswith("@"):
            fields |= {"kind": "transferred", "branch": what[1:]}
        elif what in ("agency", "contract"):
            fields |= {"kind": "transferred", "employment": what}
        else:
            fields["post"] = word
        changes.append(RosterChange(position=position, employee="E1", effective_on=day(on), **fields))  # type: ignore[arg-type]
    return changes


def member(of: Plan, told: list[RosterChange], period: Period = MARCH) -> Membership | None:
    here = Career(told).last(period.first_day, period.last_day)
    return None if here is None else membership(of, period, here, told)


SELLERS = plan(BY_DAYS)


@pytest.mark.parametrize(
    ("told", "runs"),
    [
        ([("2024-06-03", "seller")], ["01-31"]),
        ([("2025-03-10", "seller")], ["10-31"]),
        ([("2024-06-03", "seller"), ("2025-03-11", "key")], ["01-10"]),
        ([("2024-06-03", "seller"), ("2025-03-01", "key")], []),
        ([("2024-06-03", "seller"), ("2025-03-02", "key")], ["01-01"]),
        ([("2024-06-03", "seller"), ("2025-03-31", "key")], ["01-30"]),
        ([("2024-06-03", "seller"), ("2025-04-01", "key")], ["01-31"]),
        ([("2024-06-03", "key"), ("2025-03-11", "seller")], ["11-31"]),
        ([("2024-06-03", "key"), ("2025-03-31", "seller")], ["31-31"]),
        ([("2024-06-03", "seller"), ("2025-03-11", "key"), ("2025-03-21", "seller")], ["01-10", "21-31"]),
        ([("2024-06-03", "seller"), ("2025-03-11", "@BJ")], ["01-31"]),
        ([("2024-06-03", "seller"), ("2025-03-20", "left")], ["01-20"]),
        ([("2024-06-03", "seller"), ("2025-03-11", "key"), ("2025-03-20", "left")], ["01-10"]),
        ([("2024-06-03", "seller"), ("2025-02-28", "left")], []),
        (
            [("2024-06-03", "seller"), ("2025-03-10", "left"), ("2025-03-20", "hired seller")],
            ["01-10", "20-31"],
        ),
        (
            [("2024-06-03", "seller"), ("2025-03-10", "left"), ("2025-03-11", "hired seller")],
            ["01-31"],
        ),
    ],
)
def test_both_end_days_of_a_spell_count(told: list[tuple[str, str]], runs: list[str]) -> None:
    """The hire day, the last day of work and the first day of a new post; a move within the plan is none."""
    found = member(SELLERS, moves(*told))
    days = [] if found is None else [f"{run.first.day:02}-{run.last.day:02}" for run in found.spells or ()]
    assert days == runs


def test_a_plan_for_one_kind_of_employment_follows_its_changes() -> None:
    hired = moves(("2024-06-03", "seller"), ("2024-06-03", "contract"), ("2025-03-16", "agency"))
    own = plan("transfers: by_days\npopulation: {employment: [contract]}")
    found = member(own, hired)
    assert found is not None and found.spells == (Days(MARCH.first_day, day("2025-03-15")),)


def test_the_last_day_in_the_plan_decides() -> None:
    """Branch, tenure, overrides and changed targets are those of 10 March, days of leave those up to then."""
    told = moves(("2024-12-10", "seller"), ("2025-03-11", "@BJ"), ("2025-03-11", "key"))
    tenured = plan(BY_DAYS.replace("]}", "], tenure_months: {from: 3}}"))
    found = member(tenured, told)
    assert found is not None and found.posting.branch is None
    assert member(plan(BY_DAYS.replace("]}", "], tenure_months: {from: 4}}")), told) is None
    aiming = plan(
        BY_DAYS + "targets: {clients: {measure: clients, value: 31, relief: {leave: {per_day: 1}}}}\n"
        "components: [{id: c, kind: per_unit, title: T, measure: clients, rate: 31, prorate: present}]"
    )
    leaves = [
        Leave(position=9, employee="E1", kind="sick", from_on=day("2025-03-09"), until_on=day("2025-03-20"))
    ]
    held = Resolver(aiming, MARCH)(found.posting, leaves, told, found.spells)
    assert (held.decided_on, held.stay.days, held.stay.present) == (day("2025-03-10"), 10, 8)
    assert held.targets["clients"].value == 29


def test_measures_look_back_as_far_as_their_window_and_only_at_days_in_the_plan() -> None:
    """A year with March to May elsewhere: two runs, and credits of the days between count for nobody here."""
    yearly = plan(BY_DAYS + "measures: {of_year: {count: customer_registered, window: year}}")
    told = moves(("2024-06-03", "seller"), ("2025-03-01", "key"), ("2025-06-01", "seller"))
    found = member(yearly, told, Period.parse("2025-06"))
    assert found is not None
    assert found.spells == (
        Days(day("2025-01-01"), day("2025-02-28")),
        Days(day("2025-06-01"), day("2025-06-30")),
    )
    days = (day("2025-02-28"), day("2025-03-01"), day("2025-05-31"), day("2025-06-01"), day("2025-06-30"))
    credits = [credit("customer_registered", on) for on in days]
    measure = yearly.measures["of_year"]
    assert isinstance(measure, FactMeasure)
    assert evaluate(measure, credits, "E1", *found.spells) == 3


posts = st.sampled_from(("seller", "key", "left", "hired seller", "hired key"))
days_of_spring = st.dates(dt.date(2025, 2, 20), dt.date(2025, 4, 10))
histories = st.lists(st.tuples(days_of_spring.map(str), posts), max_size=6).map(
    lambda told: moves(("2025-02-15", "seller"), *told)
)


@given(told=histories)
def test_spells_are_the_days_on_which_somebody_belongs(told: list[RosterChange]) -> None:
    """Day by day the same as asking where the person works, and no two runs touch."""
    here = Career(told).last(MARCH.first_day, MARCH.last_day)
    if here is None:
        return
    last = deciding_day(MARCH, here.left_on)
    found = spells(SELLERS.population, here, Days(MARCH.first_day, last), told)
    listed = {
        run.first + dt.timedelta(days=n) for run in found for n in range((run.last - run.first).days + 1)
    }
    every = (MARCH.first_day + dt.timedelta(days=n) for n in range(31))
    due = {
        on
        for on in every
        if (held := posting(told, on)) is not None and belongs(SELLERS.population, held, on)
    }
    assert listed == due
    assert all((after.first - run.last).days > 1 for run, after in pairwise(found))


@given(told=histories)
def test_by_last_day_asks_the_last_day_alone(told: list[RosterChange]) -> None:
    found = member(plan("population: {post: [seller]}"), told)
    here = Career(told).last(MARCH.first_day, MARCH.last_day)
    assert (found is not None) == (here is not None and here.post == "seller")
    assert found is None or found == Membership(here)  # type: ignore[arg-type]


def test_what_lies_within_spells() -> None:
    march = Days(MARCH.first_day, MARCH.last_day)
    assert within(march, None) == (march,)
    assert within(march, ()) == ()
    assert within(
        march, (Days(day("2025-02-01"), day("2025-03-01")), Days(day("2025-04-01"), day("2025-04-02")))
    ) == (Days(day("2025-03-01"), day("2025-03-01")),)


def test_somebody_without_recorded_moves_belongs_from_the_hire_on() -> None:
    here = posted(hired_on=day("2025-03-16"))
    assert spells(SELLERS.population, here, Days(MARCH.first_day, MARCH.last_day), ()) == (
        Days(day("2025-03-16"), MARCH.last_day),
    )


def test_another_word_for_transfers_is_refused() -> None:
    [said] = [
        said for path, said in problems({"plan": "p", "transfers": "by_day"}).items() if path == "transfers"
    ]
    assert "by_days" in said

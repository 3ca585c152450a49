"""What branch, team and person may set, what holds in the end, and where it comes from."""

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from given_plan import MARCH, entitled, plan, posted, resolved

from api.problem_words import told
from domain.facts.governance import OverrideSet
from domain.people.roster import Leave
from domain.period import Period
from domain.plan.daily import after_overtime
from domain.plan.overrides import (
    Override,
    Pace,
    TargetChange,
    changed_milestone,
    check_override,
    check_target_change,
    pace,
)
from domain.plan.progress import progress
from domain.plan.resolve import Resolver, Sourced, resolve
from domain.plan.statement import compute_statement
from domain.refusals import BadField, OverrideNotPermitted, OverrideOutOfBounds, UnknownTarget

NATIONAL = plan(
    """
parameters:
  clients: {value: 25, open: {to: [branch, team, person], min: 20, max: 40}}
  close_rate: {value: 12 %, open: {to: [team], min: 8 %, max: 20 %}}
  bonus: {value: 50}
targets:
  clients:
    measure: clients
    value: {parameter: clients}
    relief: {leave: {per_day: 1, kinds: [annual, sick]}}
  close_rate: {measure: close_rate, value: {parameter: close_rate}}
milestones:
  - {id: ten_hospitals, title: M, measure: clients, reaches: 10, within_days: 30}
components:
  - {id: c, kind: per_unit, title: T, measure: clients, rate: {parameter: bonus}}
  - {id: t, kind: threshold, title: T, target: close_rate, pays: 200}
  - id: s
    kind: step
    title: S
    measure: close_rate
    bands: [{until: {parameter: close_rate}, pays: 0}, {from: {parameter: close_rate}, pays: 100}]
"""
)
JANUARY = dt.date(2025, 1, 1)


def override(parameter: str, value: str, level: Any = "branch", scope: str = "SH", **fields: Any) -> Override:
    known: dict[str, Any] = {"position": 7, "plan": "selling", "effective_from": JANUARY}
    return Override(parameter=parameter, value=value, level=level, scope=scope, **(known | fields))


def change(target: str, value: str, **fields: Any) -> TargetChange:
    known: dict[str, Any] = {"position": 9, "employee": "E1", "effective_from": JANUARY}
    return TargetChange(target=target, value=value, **(known | fields))


@pytest.mark.rule("R83")
def test_a_branch_may_set_what_the_national_standard_opened() -> None:
    """25 clients and a close rate of 12 % for the firm; branch B sets 30."""
    held = Resolver(NATIONAL, MARCH, [override("clients", "30", scope="B", position=41)])
    assert held(posted(branch="B")).value("clients") == Sourced(Fraction(30), "branch", 41, "branch B")
    assert held(posted(branch="SH")).value("clients") == Sourced(
        Fraction(25), "national", None, "parameters.clients"
    )


@pytest.mark.rule("R84")
def test_an_override_touches_only_the_named_parameter() -> None:
    """Shanghai 30 and 12 %, Guangzhou 25 and 15 %; Li of Shanghai passes at 13 %."""
    held = Resolver(
        NATIONAL, MARCH, [override("clients", "30"), override("close_rate", "15 %", "team", "GZ-1")]
    )
    shanghai, guangzhou = held(posted()), held(posted(branch="GZ", team="GZ-1"))
    assert [shanghai.targets[name].value for name in ("clients", "close_rate")] == [30, Fraction("0.12")]
    assert [guangzhou.targets[name].value for name in ("clients", "close_rate")] == [25, Fraction("0.15")]
    li = compute_statement("E1", [entitled(shanghai, close_rate="13 %")])
    chen = compute_statement("E1", [entitled(guangzhou, close_rate="13 %")])
    assert [line.amount_minor for line in li.lines] == [0, 200_00, 100_00]
    assert [line.amount_minor for line in chen.lines] == [0, 0, 0]


@pytest.mark.rule("R85")
@pytest.mark.parametrize(
    ("refused", "refusal", "says"),
    [
        (override("close_rate", "10 %"), OverrideNotPermitted, "Open to a branch: clients."),
        (override("bonus", "60", "person", "E1"), OverrideNotPermitted, "Open to a person: clients."),
        (override("client", "30"), OverrideNotPermitted, "Did you mean `clients`?"),
        (override("clients", "19"), OverrideOutOfBounds, "at or above 20 and at or below 40"),
        (override("clients", "41"), OverrideOutOfBounds, "at or above 20 and at or below 40"),
        (override("clients", "30 %"), OverrideOutOfBounds, "without a percent sign"),
        (override("close_rate", "10", "team"), OverrideOutOfBounds, "with a percent sign"),
    ],
)
def test_what_is_not_open_or_out_of_bounds_is_refused(
    refused: Override, refusal: type[Exception], says: str
) -> None:
    with pytest.raises(refusal, match=says.replace("?", r"\?")):
        check_override(NATIONAL, refused)
    assert (
        resolve(NATIONAL, [refused], [], posted(team="SH"), [], MARCH).settings == resolved(NATIONAL).settings
    )


@pytest.mark.parametrize("value", ["20", "40"])
def test_the_bounds_themselves_are_allowed(value: str) -> None:
    check_override(NATIONAL, override("clients", value))


def test_a_fact_is_checked_as_it_comes() -> None:
    fact = OverrideSet(
        plan="selling", parameter="clients", level="branch", scope="SH", value="30",
        effective_from=JANUARY, reason="a new district", approver="E9",
    )  # fmt: skip
    check_override(NATIONAL, fact)


def test_an_override_that_would_break_a_component_is_refused() -> None:
    made = plan(
        """
parameters: {edge: {value: 10 %, open: {to: [branch]}}}
components:
  - id: s
    kind: step
    title: S
    measure: close_rate
    bands: [{until: 10 %, pays: 0}, {from: {parameter: edge}, pays: 100}]
"""
    )
    with pytest.raises(OverrideOutOfBounds, match=r"s.bands\[1\].from would break"):
        check_override(made, override("edge", "12 %"))


@pytest.mark.parametrize("days", ["0", "2.5"])
def test_an_override_leaves_a_milestone_whole_days(days: str) -> None:
    made = plan(
        """
parameters: {days: {value: 30, open: {to: [branch]}}}
milestones: [{id: m, title: M, measure: clients, reaches: 10, within_days: {parameter: days}}]
"""
    )
    check_override(made, override("days", "45"))
    with pytest.raises(OverrideOutOfBounds, match=r"m.within_days would break"):
        check_override(made, override("days", days))


def test_the_narrowest_level_wins() -> None:
    given = [
        override("clients", "36", "person", "E1", position=3),
        override("clients", "30", position=4),
        override("clients", "33", "team", "SH-1", position=5),
    ]
    held = Resolver(NATIONAL, MARCH, given)
    assert held(posted(team="SH-1")).value("clients").value == 36
    assert held(posted("E2", team="SH-1")).value("clients").value == 33
    assert held(posted("E3")).value("clients").value == 30
    assert held(posted("E4", branch="GZ")).value("clients").value == 25


@pytest.mark.parametrize(
    ("effective_from", "effective_until", "clients"),
    [
        (dt.date(2025, 3, 1), None, 30),
        (dt.date(2025, 3, 31), None, 30),
        (dt.date(2025, 4, 1), None, 25),
        (JANUARY, dt.date(2025, 3, 31), 30),
        (JANUARY, dt.date(2025, 3, 30), 25),
    ],
)
def test_what_is_in_force_on_the_last_day_holds_for_the_period(
    effective_from: dt.date, effective_until: dt.date | None, clients: int
) -> None:
    given = override("clients", "30", effective_from=effective_from, effective_until=effective_until)
    assert resolve(NATIONAL, [given], [], posted(), [], MARCH).value("clients").value == clients


def test_of_two_overrides_of_one_level_the_later_in_force_wins() -> None:
    earlier = override("clients", "30", position=20, effective_from=dt.date(2025, 2, 1))
    later = override("clients", "35", position=10, effective_from=dt.date(2025, 3, 1))
    assert resolve(NATIONAL, [later, earlier], [], posted(), [], MARCH).value("clients").value == 35


def test_people_with_the_same_overrides_share_one_result() -> None:
    held = Resolver(NATIONAL, MARCH, [override("clients", "30")])
    assert held(posted("E1")) is held(posted("E2"))


@pytest.mark.rule("R10")
def test_a_milestone_changed_for_one_person_shows_both_paces() -> None:
    """10 hospitals in 30 days become 8 in 20 days: fewer, but more a day."""
    given = change("ten_hospitals", "8", within_days=20)
    check_target_change(NATIONAL, given)
    changed = resolve(NATIONAL, [], [given], posted(), [], MARCH).milestones["ten_hospitals"]
    assert (changed.reaches, changed.within_days) == (8, 20)
    both = pace(NATIONAL.milestones[0], changed)
    assert both == Pace(Fraction(10, 30), Fraction(8, 20))
    assert both.is_harder


@pytest.mark.rule("R10")
def test_a_changed_target_is_for_one_person_and_can_be_taken_back() -> None:
    given = change("clients", "18")
    held = Resolver(NATIONAL, MARCH, [override("clients", "30")], [given])
    assert held(posted("E1")).targets["clients"].asked == Sourced(Fraction(18), "person", 9, "person E1")
    assert held(posted("E2")).targets["clients"].value == 30
    assert Resolver(NATIONAL, MARCH, [override("clients", "30")])(posted("E1")).targets["clients"].value == 30


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (change("visits", "8"), UnknownTarget),
        (change("close_rate", "8"), BadField),
        (change("clients", "8 %"), BadField),
        (change("clients", "-1"), BadField),
        (change("clients", "8", within_days=20), BadField),
        (change("ten_hospitals", "0"), BadField),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(given: TargetChange, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_target_change(NATIONAL, given)
    assert resolve(NATIONAL, [], [given], posted(), [], MARCH) == resolved(NATIONAL)


@pytest.mark.parametrize(
    ("given", "english", "chinese"),
    [
        (
            change("close_rate", "20"),
            "`close_rate` is a percentage, and '20' has no percent sign. "
            "Write it with a percent sign, such as 12 %.",
            "`close_rate` 是百分比，而 '20' 没有百分号。请带百分号填写，例如 12 %。",
        ),
        (
            change("close_rate", "-5 %"),
            "`close_rate` cannot be below zero, and '-5 %' is. Write 0 % or more.",
            "`close_rate` 不能小于零，而 '-5 %' 小于零。请填写 0 % 或更大的百分比。",
        ),
        (
            change("clients", "8 %"),
            "`clients` is not a percentage, and '8 %' is one. Write it without a percent sign, such as 30.",
            "`clients` 不是百分比，而 '8 %' 是百分比。请填写不带百分号的数字，例如 30。",
        ),
        (
            change("clients", "many"),
            "`clients` needs a number, and 'many' is not one. Write it without a percent sign, such as 30.",
            "`clients` 须填数字，而 'many' 不是数字。请填写不带百分号的数字，例如 30。",
        ),
    ],
)
def test_a_value_in_the_wrong_form_names_the_field_and_what_to_write(
    given: TargetChange, english: str, chinese: str
) -> None:
    with pytest.raises(BadField) as refused:
        check_target_change(NATIONAL, given)
    said = f"{refused.value.detail} {refused.value.remedy}"
    assert said == english
    assert told(said, "zh") == chinese


def leave(first: int, last: int, kind: str = "annual", minutes: int | None = None) -> Leave:
    return Leave(
        position=1, employee="E1", kind=kind, minutes=minutes,
        from_on=dt.date(2025, 3, 1) + dt.timedelta(days=first - 1),
        until_on=dt.date(2025, 3, 1) + dt.timedelta(days=last - 1),
    )  # fmt: skip


@pytest.mark.rule("R82")
@pytest.mark.parametrize(
    ("leaves", "clients"),
    [
        ([], 25),
        ([leave(5, 5)], 24),
        ([leave(5, 6)], 23),
        ([leave(5, 6), leave(6, 7)], 22),
        ([leave(31, 33)], 24),
        ([leave(-3, 1)], 24),
        ([leave(5, 5, "marriage")], 25),
        ([leave(5, 5, minutes=240)], 25),
        ([leave(1, 31)], 0),
    ],
)
def test_a_day_of_leave_lowers_the_target_by_one_and_never_below_zero(
    leaves: list[Leave], clients: int
) -> None:
    """Both end days count, a day covered twice counts once, and only the days of the period."""
    held = resolve(NATIONAL, [], [], posted(), leaves, MARCH).targets["clients"]
    assert held.value == clients
    assert held.asked.value == 25
    assert held.leave_days == (25 - clients if clients else 31)


def test_relief_lowers_a_personal_target_too() -> None:
    held = resolve(NATIONAL, [], [change("clients", "18")], posted(), [leave(5, 6)], MARCH)
    assert held.targets["clients"].value == 16
    assert progress(held, {"clients": Fraction(16), "close_rate": None})[0].is_met


@pytest.mark.rule("R15")
@pytest.mark.parametrize(("before", "after"), [(10, 8), (5, 4), (7, 6)])
def test_after_overtime_for_visits_the_next_days_target_falls_by_a_fifth(before: int, after: int) -> None:
    """5.6 rounds half up to 6."""
    relief = "relief: {overtime: {lower_by: 20 %}}"
    made = plan(f"targets: {{visits: {{measure: clients, value: 10, per: day, {relief}}}}}")
    assert after_overtime(made.targets["visits"], Fraction(before)) == after


@pytest.mark.rule("R16")
def test_without_such_relief_overtime_changes_no_target() -> None:
    assert after_overtime(NATIONAL.targets["clients"], Fraction(10)) == 10


def test_changed_milestones_keep_what_is_not_changed() -> None:
    changed = changed_milestone(NATIONAL.milestones[0], Fraction(8), None)
    assert (changed.reaches, changed.within_days) == (8, 30)


def test_other_plans_and_periods_are_left_alone() -> None:
    given = override("clients", "30", plan="other")
    assert resolve(NATIONAL, [given], [], posted(), [], Period.parse("2025-W10")).value("clients").value == 25

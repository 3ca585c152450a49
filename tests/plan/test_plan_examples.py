"""The example plans pay what the policies in their comments say, on both sides of every threshold."""

import datetime as dt
import re
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from given_plan import EXAMPLES, MARCH, entitled, example, number, posted, resolved

from domain.people.roster import Leave
from domain.plan.components.scorecard import Scorecard
from domain.plan.daily import after_overtime, is_due
from domain.plan.document import OvertimeRelief
from domain.plan.hints import more
from domain.plan.leaves import take_apart
from domain.plan.overrides import Override, check_override
from domain.plan.parse import parse_plan
from domain.plan.population import version_in_force
from domain.plan.progress import GoalPart, goal_sums, progress
from domain.plan.resolve import ResolvedPlan, Resolver
from domain.plan.running import before
from domain.plan.statement import Entitlement, carried_into, compute_statement
from domain.refusals import OverrideNotPermitted, OverrideOutOfBounds

NAMES = sorted(path.name.removesuffix(".yaml") for path in EXAMPLES.glob("*.yaml"))
PLANS = {name: parse_plan(example(name), file=name) for name in NAMES}
HAN = re.compile(r"[一-鿿]")


def held_by(name: str, **fields: Any) -> ResolvedPlan:
    """An example as it holds in March for somebody whom it is for."""
    whom = PLANS[name].population
    return Resolver(PLANS[name], MARCH)(posted(**{"post": whom.post[0]} | fields))


def paid(name: str | Entitlement, /, **values: Any) -> dict[str, Fraction]:
    """What each component of an example pays in March, in yuan."""
    given = name if isinstance(name, Entitlement) else entitled(held_by(name), **values)
    return {line.component: Fraction(line.exact) for line in compute_statement("E1", [given]).lines}


def override(plan: str, parameter: str, value: str, scope: str) -> Override:
    """What a branch sets from January on."""
    return Override(
        position=7, plan=plan, parameter=parameter, level="branch", scope=scope, value=value,
        effective_from=dt.date(2025, 1, 1),
    )  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_an_example_says_its_clauses_and_titles_in_two_languages(name: str) -> None:
    """Every component has a clause; every title is English in one language and Chinese in the other."""
    assert all(component.clause for component in PLANS[name].components)
    for path, title in take_apart(PLANS[name]).items.items():
        numbered = title.en.isdecimal()  # a step of a ramp has no title of its own
        assert numbered or (HAN.search(title.zh) and not HAN.search(title.en)), path
    comments = re.findall(r"^#.*", (EXAMPLES / f"{name}.yaml").read_text("utf-8"), re.MULTILINE)
    assert any(HAN.search(line) for line in comments) and any(not HAN.search(line) for line in comments)


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_every_example_stands_in_the_list(page: str) -> None:
    text = (EXAMPLES / page).read_text("utf-8")
    listed = set(re.findall(r"^\| \[[^\]]*\]\((.*)\.yaml\)", text, re.MULTILINE))
    assert listed == set(NAMES)


@pytest.mark.rule("R71", "R72", "R73", "R74")
@pytest.mark.parametrize(
    ("clients", "rate", "lines"),
    [
        (10, "9.99 %", (500, 0, 0)),
        (10, "10 %", (500, 0, 0)),
        (10, "10.99 %", (500, 0, 0)),
        (10, "11 %", (500, 0, 50)),
        (10, "12 %", (500, 0, 100)),
        (10, "12.5 %", (500, 0, 100)),
        (12, "12 %", (600, 0, 100)),
        (10, "14.99 %", (500, 0, 200)),
        (10, "15 %", (500, 200, 250)),
        (0, "15 %", (0, 200, 250)),
    ],
)
def test_three_bonuses_stack(clients: int, rate: str, lines: tuple[int, int, int]) -> None:
    """10 × 50 = 500, 200 from 15 %, 50 a whole point over 10 %: 500 + 100 = 600 today, at 15 % 200 + 250."""
    found = paid("new-clients", new_clients=clients, close_rate=rate)
    assert tuple(found.values()) == lines


@pytest.mark.rule("R75")
def test_two_more_clients_of_the_example_make_seven_hundred() -> None:
    """600 → 700 with the close rate held; with 6 of 52 computed anew only one point is left: 650."""
    plan = PLANS["new-clients"]
    now = entitled(plan, new_clients=10, clients_followed=50, deals=6, close_rate="12 %")
    hint = more(now, plan.hints.levers[0], 2)
    assert (hint.now_minor, hint.held.total_minor, hint.recomputed.total_minor) == (600_00, 700_00, 650_00)
    assert hint.held.assumption != hint.recomputed.assumption


@pytest.mark.rule("R78")
@pytest.mark.parametrize("name", ["close-rate-steps", "huikang-seller"])
@pytest.mark.parametrize(
    ("rate", "yuan"), [("9.99 %", 0), ("10.00 %", 1000), ("14.99 %", 1000), ("15.00 %", 2000)]
)
def test_a_step_bonus_holds_its_lower_end(name: str, rate: str, yuan: int) -> None:
    steps = {"close-rate-steps": "steps", "huikang-seller": "close_rate_step"}[name]
    assert paid(name, close_rate=rate)[steps] == yuan


@pytest.mark.rule("R26", "R27")
@pytest.mark.parametrize(
    ("day", "satisfaction", "weights", "yuan"),
    [
        ("2025-01-01", 9, (70, 10, 10, 10), 5000),
        ("2025-06-30", "4.5", (70, 10, 10, 10), 4750),
        ("2025-07-01", "4.5", (60, 20, 10, 10), 4500),
        ("2025-12-31", 9, (60, 20, 10, 10), 5000),
    ],
)
def test_the_weights_of_a_scorecard_change_from_a_date(
    day: str, satisfaction: str | int, weights: tuple[int, ...], yuan: int
) -> None:
    """Satisfaction 10 % until the end of June, 20 % from July: half of it costs 250 and then 500 of 5,000."""
    both = [PLANS["weighted-scorecard.2025-07"], PLANS["weighted-scorecard"]]
    held = version_in_force(both, dt.date.fromisoformat(day))
    assert held is not None
    [card] = held.components
    assert isinstance(card, Scorecard)
    assert tuple(part.weight * 100 for part in card.parts) == weights
    given = entitled(held, revenue=200_000, satisfaction=satisfaction, compliance=100, teamwork=100)
    assert paid(given) == {"scorecard": yuan}


@pytest.mark.rule("R26")
@pytest.mark.parametrize(
    ("revenue", "compliance", "yuan"),
    [(200_000, None, 4500), (199_999, 100, Fraction("4999.985")), (300_000, 100, 6500), (300_001, 100, 6500)],
)
def test_sales_weigh_sixty_percent_and_the_unconfirmed_nothing(
    revenue: int, compliance: int | None, yuan: Fraction
) -> None:
    """60 % + 20 % + 10 % + 10 %: sales up to 150 % of 200,000; unconfirmed compliance is missing."""
    given = {"revenue": revenue, "satisfaction": 9, "compliance": compliance, "teamwork": 100}
    assert paid("weighted-scorecard.2025-07", **given) == {"scorecard": yuan}


@pytest.mark.rule("R83", "R85")
def test_a_branch_sets_its_clients_and_nothing_else() -> None:
    """The firm: 12 % and 25 clients; branch B sets 30. Its close rate of 10 % is refused: not open."""
    plan = PLANS["national-standard"]
    thirty = override(plan.plan, "clients", "30", "B")
    check_override(plan, thirty)
    held = Resolver(plan, MARCH, [thirty, override(plan.plan, "close_rate", "10 %", "B")])
    asked = {branch: held(posted(branch=branch)).targets for branch in ("A", "B")}
    assert [[target.value for target in asked[b].values()] for b in ("A", "B")] == [
        [25, Fraction("0.12")],
        [30, Fraction("0.12")],
    ]
    with pytest.raises(OverrideNotPermitted):
        check_override(plan, override(plan.plan, "close_rate", "10 %", "B"))
    for value in ("19", "41"):
        with pytest.raises(OverrideOutOfBounds):
            check_override(plan, override(plan.plan, "clients", value, "B"))
    for value in ("20", "40"):
        check_override(plan, override(plan.plan, "clients", value, "B"))


@pytest.mark.rule("R84")
def test_three_cities_each_have_their_own_numbers() -> None:
    """Shanghai 30 and 12 %, Guangzhou 25 and 15 %, Beijing 25 and 12 %; Li of Shanghai at 13 % passes."""
    plan = PLANS["city-branches"]
    given = [
        override(plan.plan, "clients", "30", "shanghai"),
        override(plan.plan, "close_rate", "15 %", "guangzhou"),
    ]
    for each in given:
        check_override(plan, each)
    held = Resolver(plan, MARCH, given)
    cities = {city: held(posted(branch=city)) for city in ("shanghai", "guangzhou", "beijing")}
    assert {city: [target.value for target in each.targets.values()] for city, each in cities.items()} == {
        "shanghai": [30, Fraction("0.12")],
        "guangzhou": [25, Fraction("0.15")],
        "beijing": [25, Fraction("0.12")],
    }
    pays = {city: paid(entitled(each, new_clients=29, close_rate="13 %")) for city, each in cities.items()}
    assert pays["shanghai"] == {"clients": 0, "close_rate": 300, "points": 50}
    assert pays["guangzhou"] == {"clients": 500, "close_rate": 0, "points": 0}
    assert pays["beijing"] == {"clients": 500, "close_rate": 300, "points": 50}


@pytest.mark.rule("R82")
@pytest.mark.parametrize(
    ("days", "minutes", "target"), [(0, None, 30), (1, None, 29), (2, None, 28), (1, 240, 30)]
)
def test_a_day_of_leave_takes_one_follow_up_off(days: int, minutes: int | None, target: int) -> None:
    away = Leave(
        position=1, employee="E1", kind="annual", minutes=minutes, from_on=dt.date(2025, 3, 5),
        until_on=dt.date(2025, 3, 4 + max(days, 1)),
    )  # fmt: skip
    held = Resolver(PLANS["field-visits"], MARCH)(posted(), [away] if days else [])
    assert held.targets["follow_ups"].value == target
    short, reached = (entitled(held, follow_ups=target - 1), entitled(held, follow_ups=target))
    assert (paid(short)["follow_ups"], paid(reached)["follow_ups"]) == (0, 500)


@pytest.mark.rule("R62")
@pytest.mark.parametrize(("heads", "over"), [(80, -2_000_000), (83, -200_000), (84, 400_000)])
def test_the_firms_target_comes_down_to_each_newcomer(heads: int, over: int) -> None:
    """100 M → 50 M → 50,000 a month each: 80 newcomers bring 48 M, and 84 more than the department's 50 M."""
    plan = PLANS["target-cascade"]
    company, department = goal_sums(plan, {"newcomer": heads})
    assert (company.value, company.total, company.over) == (100_000_000, 50_000_000, -50_000_000)
    assert department.parts == (GoalPart("newcomer", heads, Fraction(heads * 600_000)),)
    assert (department.value, department.over) == (50_000_000, over)
    values = {"revenue": number(49_999), "close_rate": number("10 %")}
    assert [each.is_met for each in progress(Resolver(plan, MARCH)(posted()), values)] == [False, True]


@pytest.mark.parametrize(
    ("earlier", "now", "yuan", "carried"),
    [
        (0, 300_000, 1500, None),
        (650_000, 1_000_000, 7400 - 3250, None),
        (720_000, 900_000, 1800, None),
        (900_000, 1_170_000, 5400, None),
        (0, 1_290_000, 12_000, None),
        (0, 1_500_000, 12_000, 2_100),
    ],
)
def test_a_pharma_rep_is_paid_what_each_month_adds_to_the_quarter(
    earlier: int, now: int, yuan: int, carried: int | None
) -> None:
    """Of 900,000: 0.5 % to 720,000, 1 % to 900,000, 2 % to 1,170,000, then 1 %; 12,000 a month at most."""
    given = entitled(
        held_by("pharma-rep"), **{"sales_of_quarter": now, before("sales_of_quarter"): earlier},
        calls=108, samples=95,
    )  # fmt: skip
    assert paid(given)["commission"] == yuan
    assert carried_into(given, MARCH.next()) == {}
    february = given._replace(
        resolved=Resolver(PLANS["pharma-rep"], MARCH.previous())(posted(post="medical representative"))
    )
    assert carried_into(february, MARCH) == ({"commission": carried} if carried else {})


@pytest.mark.parametrize(
    ("calls", "samples", "yuan"),
    [(108, 95, (1500, 500)), (107, 95, (0, 500)), (108, "94.9", (0, 0)), (108, None, (0, 0))],
)
def test_a_pharma_reps_gates(calls: int, samples: int | str | None, yuan: tuple[int, int]) -> None:
    """90 % of 120 calls, and a confirmed sample record of 95."""
    here = resolved(PLANS["pharma-rep"], post="medical representative")
    found = paid(entitled(here, sales_of_quarter=300_000, calls=calls, samples=samples, doctors=60))
    assert (found["commission"], found["coverage"]) == yuan


@pytest.mark.parametrize(
    ("hired_on", "target", "sales", "yuan"),
    [
        ("2023-05-08", 333_000, 333_000, 2000),
        ("2023-05-08", 333_000, 316_350, 1400),
        ("2023-05-08", 333_000, 299_700, 800),
        ("2023-05-08", 333_000, 299_699, 0),
        ("2024-12-31", 249_750, 249_750, 2000),
        ("2024-12-31", 249_750, 0, 0),
        ("2025-01-01", 166_500, 166_500, 2000),
        ("2025-01-01", 166_500, 0, 1000),
        ("2025-03-16", Fraction(166_500 * 16, 31), 0, Fraction(16_000, 31)),
    ],
)
def test_a_pharma_reps_month_is_weighed_ramped_and_prorated(
    hired_on: str, target: Fraction, sales: int, yuan: Fraction
) -> None:
    """March has 37 of 100; half until three months are complete, three quarters until six."""
    held = held_by("pharma-rep", hired_on=dt.date.fromisoformat(hired_on))
    assert held.targets["month"].value == target
    assert paid(entitled(held, sales=sales))["month"] == yuan


def test_a_pharma_rep_is_paid_for_every_hundred_packs() -> None:
    assert [paid("pharma-rep", new_product=packs)["new_product"] for packs in (99, 100, 299)] == [0, 300, 600]


@pytest.mark.rule("R15")
@pytest.mark.parametrize(
    ("target", "rounding", "next_day"),
    [
        (10, "half_up", 8),
        (5, "half_up", 4),
        (7, "half_up", 6),
        (7, "down", 5),
        (8, "half_up", 6),
        (0, "half_up", 0),
    ],
)
def test_after_overtime_for_visits_a_fifth_less_is_asked_for(
    target: int, rounding: Any, next_day: int
) -> None:
    """5.6 rounds half up to 6, and down to 5, as the plan says; a target without such relief stays."""
    targets = PLANS["field-visits"].targets
    visits = msgspec.structs.replace(targets["visits"], rounding=rounding)
    assert after_overtime(visits, Fraction(target)) == next_day
    assert after_overtime(targets["follow_ups"], Fraction(target)) == target


@pytest.mark.parametrize(
    ("minutes", "due"),
    [((121, 126, 126), True), ((120, 126, 126), False), ((126, 126, 0), False), ((None, 126, 126), False)],
)
def test_relief_may_ask_for_more_than_two_hours_on_three_days(
    minutes: tuple[int | None, ...], due: bool
) -> None:
    """Two hours are not more than two hours, and a broken run is none."""
    relief = OvertimeRelief(lower_by=Fraction(1, 5), more_than_minutes=120, days=3)
    assert is_due(relief, [None if told is None else Fraction(told) for told in minutes]) is due

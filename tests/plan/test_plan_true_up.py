"""True-ups: what a quarter or year comes to, less what its months have earned."""

from fractions import Fraction

import pytest
from given_plan import document, entitled, plan, posted, problems
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.money import Rounding, rounded
from domain.period import Period
from domain.plan.amendment import amendment
from domain.plan.components.base import Month
from domain.plan.explain import explain
from domain.plan.hints import levers_of, more
from domain.plan.leaves import take_apart
from domain.plan.reaches import next_levels
from domain.plan.resolve import Resolver
from domain.plan.statement import Line, compute_statement, lines_of
from domain.plan.trial import Trials
from domain.plan.words import say

MARCH, DECEMBER = Period.parse("2025-03"), Period.parse("2025-12")
SHARED = """
measures: {of_quarter: {sum: deal_closed, of: amount, window: quarter}}
components:
  - id: share
    kind: rate_table
    title: {en: Share, zh: 提成}
    measure: revenue
    bands: [{rate: "0.333 %"}]
    rounding: ROUNDING
  - id: whole
    title: T
    kind: true_up
    over: quarter
    of: [share]
    takes_back: TAKES
    rule: {kind: rate_table, measure: of_quarter, bands: [{rate: "0.5 %"}]}
"""


def written(takes_back: bool = False, rounding: Rounding = "half_up") -> str:
    return SHARED.replace("TAKES", str(takes_back).lower()).replace("ROUNDING", rounding)


def months(**earned: int) -> tuple[Month, ...]:
    """What `share` earned in January, February…, in fen."""
    return tuple(
        Month(Period.parse(f"2025-{number:02}"), {"share": Fraction(minor, 100)})
        for number, minor in enumerate(earned.values(), start=1)
    )


def lines(
    more: str, revenue: int, of_quarter: int, known: tuple[Month, ...], leaves: bool = False
) -> list[Line]:
    held = entitled(plan(more), revenue=revenue, of_quarter=of_quarter)
    return lines_of(held._replace(months=known, is_last=leaves))


@pytest.mark.parametrize(
    ("takes_back", "of_quarter", "due"),
    [(False, 10_000, 20_00), (False, 5_000, 0), (True, 5_000, -5_00), (True, 6_000, 0), (False, 6_000, 0)],
)
def test_it_pays_the_rest_and_takes_back_only_where_the_plan_says_so(
    takes_back: bool, of_quarter: int, due: int
) -> None:
    """0.5 % of the quarter, less 10 of January, 10 of February and 10 of March."""
    share, whole = lines(written(takes_back), 3003, of_quarter, months(january=10_00, february=10_00))
    assert share.amount_minor == 10_00
    assert whole.amount_minor == due
    assert sum(Fraction(part.amount) for part in whole.parts) == Fraction(whole.exact)


def test_parts_say_what_each_month_earned() -> None:
    made = plan(written())
    _, whole = lines(written(), 3003, 10_000, months(january=10_00, february=5_00))
    _, *said = [say(part.rule, part.words, made, "en") for part in whole.parts]
    assert said == ["Less Share of 2025-01", "Less Share of 2025-02", "Less Share of 2025-03"]
    assert (
        say(whole.rule.key, whole.rule.words, made, "en")
        == "2025-Q1: 50 CNY in all, less 25 CNY earned before"
    )
    assert say(whole.rule.key, whole.rule.words, made, "zh") == "2025-Q1：全期应得 50 CNY，减去已得 25 CNY"
    amounts = explain(whole, made).amounts
    assert sum(Fraction(each.amount_minor) for each in amounts) == whole.amount_minor


def test_months_of_another_quarter_do_not_count() -> None:
    """A walk back for a true-up over the year leaves the quarter's own months to the quarter."""
    earlier = (Month(Period.parse("2024-12"), {"share": Fraction(1000)}), *months(january=10_00))
    _, whole = lines(written(), 3003, 10_000, earlier)
    assert whole.amount_minor == 30_00


def test_it_waits_for_the_end_or_for_the_persons_last_month() -> None:
    held = Resolver(plan(written()), Period.parse("2025-02"))(posted())
    given = entitled(held, revenue=3003, of_quarter=10_000)
    assert [line.amount_minor for line in lines_of(given)] == [10_00, 0]
    assert lines_of(given)[1].rule.key == "true_up_open"
    assert [line.amount_minor for line in lines_of(given._replace(is_last=True))] == [10_00, 40_00]


amounts = st.integers(0, 10**9)


@given(
    sold=st.tuples(amounts, amounts, amounts),
    rounding=st.sampled_from(("half_up", "half_even", "down")),
    takes_back=st.booleans(),
)
@settings(deadline=None)
@example(sold=(151, 151, 151), rounding="half_up", takes_back=False)
@example(sold=(151, 151, 151), rounding="half_up", takes_back=True)
def test_with_it_the_quarter_comes_to_the_rule_of_the_quarter(
    sold: tuple[int, int, int], rounding: Rounding, takes_back: bool
) -> None:
    """Whatever was rounded on the way; where nothing is taken back, what months were rounded up to stays."""
    made, paid = plan(written(takes_back, rounding)), list[Month]()
    for number, minor in enumerate(sold, start=1):
        so_far = Fraction(sum(sold[:number]), 100)
        held = Resolver(made, Period.parse(f"2025-{number:02}"))(posted())
        given = entitled(held)._replace(months=tuple(paid))
        given = given._replace(values={**given.values, "revenue": Fraction(minor, 100), "of_quarter": so_far})
        statement = compute_statement("E1", [given])
        paid.append(
            Month(held.period, {line.component: Fraction(line.amount_minor, 100) for line in statement.lines})
        )
    total = sum((amount for month in paid for amount in month.earned.values()), Fraction(0))
    by_month = sum((month.earned[made.components[0].id] for month in paid), Fraction(0))
    due = rounded(Fraction(sum(sold), 200))
    assert total * 100 == (due if takes_back else max(due, by_month * 100))


def test_the_order_of_components_does_not_matter() -> None:
    made = plan(written())
    turned = plan(written(), components=document(written())["components"][::-1])
    held = entitled(made, revenue=3003, of_quarter=10_000)
    other = entitled(turned, revenue=3003, of_quarter=10_000)
    assert [x.amount_minor for x in lines_of(held)] == [x.amount_minor for x in reversed(lines_of(other))]


def test_a_trial_of_another_rate_trues_up_against_it() -> None:
    """The true-up itself says the same in both plans, and pays less where the months earn more."""
    first = entitled(plan(written()), revenue=3003, of_quarter=10_000)
    second = entitled(plan(written().replace("0.333 %", "0.666 %")), revenue=3003, of_quarter=10_000)
    trials = Trials()
    before = trials.pay([first])
    after = trials.pay([second], before)
    assert before["selling"].amounts == (10_00, 40_00)
    assert after["selling"].amounts == (20_00, 30_00)


def test_what_it_adds_up_after_somebody_came_back_counts_its_own_pay_too() -> None:
    known = (Month(Period.parse("2025-01"), {"share": Fraction(10), "whole": Fraction(7)}),)
    _, whole = lines(written(), 3003, 10_000, known)
    assert whole.amount_minor == 23_00


def test_a_hint_counts_what_more_work_takes_off_the_true_up() -> None:
    """Ten clients at 10 each towards a quarter of 500: nine more cost the true-up what they earn now."""
    made = plan(
        """
measures: {of_quarter: {count: customer_registered, window: quarter}}
components:
  - {id: each, title: T, kind: per_unit, measure: clients, rate: 10}
  - id: whole
    title: T
    kind: true_up
    over: quarter
    of: [each]
    rule: {kind: threshold, measure: of_quarter, reaches: 20, pays: 500}
hints: {levers: [{id: client, title: Client, adds: {clients: 1, of_quarter: 1}}]}
"""
    )
    held = entitled(made, clients=10, of_quarter=10)
    assert more(held, levers_of(held.resolved)[0], 9).recomputed.total_minor == 190_00
    ten = more(held, levers_of(held.resolved)[0], 10)
    assert (ten.now_minor, ten.recomputed.total_minor, ten.rises) == (100_00, 500_00, ("each", "whole"))


def test_a_level_to_reach_is_that_of_the_rule_inside() -> None:
    """Nobody simply sells more: with 100,000 in the quarter its bonus begins, less what March has earned."""
    rule = "{kind: threshold, measure: of_quarter, reaches: 100000, pays: 600}"
    made = plan(written().replace('{kind: rate_table, measure: of_quarter, bands: [{rate: "0.5 %"}]}', rule))
    [reach] = next_levels(entitled(made, revenue=3003, of_quarter=10_000))
    assert (reach.measure, reach.level, reach.recomputed.gain_minor) == ("of_quarter", 100_000, 590_00)


def test_a_change_of_the_rule_inside_is_told_in_both_languages() -> None:
    """By the path within the component, and nothing of a name that the rule does not have."""
    taken = take_apart(plan(written()))
    assert taken.leaves["components.whole.rule.kind"].value == "rate_table"
    assert "components.whole.rule.title" not in taken.leaves
    found = amendment(plan(written()), plan(written(True), transfers="by_days"))
    assert [(each.said.en, each.said.zh) for each in found.differences] == [
        (
            "Plan: transfers by_last_day → by_days from 2025-01-01",
            "方案：期中调动 by_last_day → by_days，自 2025-01-01 起",
        ),
        (
            "Component T: takes back false → true from 2025-01-01",
            "计奖项“T”：是否追回 false → true，自 2025-01-01 起",
        ),
    ]


@pytest.mark.parametrize(
    ("before", "after", "path", "says"),
    [
        ("of: [share]", "of: []", "components[1].of", "Nothing is trued up"),
        ("of: [share]", "of: [shares]", "components[1].of[0]", "Did you mean `share`?"),
        ("of: [share]", "of: [share, share]", "components[1].of[1]", "twice"),
        ("of: [share]", "of: [whole]", "components[1].of[0]", "twice"),
        ("over: quarter", "over: year", "components[1].rule", "window: year"),
        ("over: quarter", "over: month", "components[1].over", "quarter"),
        ("measure: of_quarter", "measure: revenue", "components[1].rule", "window: quarter"),
        ("measure: of_quarter", "target: clients", "components[1].rule", "does not look at the quarter"),
        ("rule: {kind: rate_table", "rule: {kind: rank", "components[1].rule.kind", "rate_table"),
        ("rule: {kind: rate_table", "rule: {kind: true_up", "components[1].rule.kind", "pays by a number"),
        ("rule: {kind: rate_table", "rule: {kind: rat_table", "components[1].rule.kind", "rate_table"),
        ("rule: {kind: rate_table,", "rule: {", "components[1].rule.kind", "It is missing"),
        (
            "rule: {kind: rate_table",
            "rule: {id: x, kind: rate_table",
            "components[1].rule.id",
            "none of its own",
        ),
        (
            "rule: {kind: rate_table",
            "rule: {running: true, kind: rate_table",
            "components[1].rule.running",
            "at once",
        ),
        (
            "rule: {kind: rate_table",
            "rule: {prorate: employed, kind: rate_table",
            "components[1].rule.prorate",
            "one month",
        ),
        (
            "rule: {kind: rate_table",
            "rule: {cap: {pays: 9, carried: year}, kind: rate_table",
            "components[1].rule.cap.carried",
            "at once",
        ),
        ("kind: true_up", "kind: true_up\n    prorate: employed", "components[1].prorate", "by days already"),
        (
            "kind: true_up",
            "kind: true_up\n    cap: {pays: 9, carried: year}",
            "components[1].cap.carried",
            "No month follows",
        ),
        ('bands: [{rate: "0.5 %"}]}', "bands: [{rate: 5}]}", "components[1].rule.bands[0].rate", "5 %"),
    ],
)
def test_what_is_wrong_is_said_with_its_remedy(before: str, after: str, path: str, says: str) -> None:
    assert before in written()
    found = problems(document(written().replace(before, after)))
    assert says in found[path], found

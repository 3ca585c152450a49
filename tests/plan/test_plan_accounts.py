"""Draws, holdbacks and balances below zero, month after month, to the cent."""

from collections.abc import Iterable

import pytest
import yaml
from account_months import months
from given_plan import EXAMPLES, document, plan, problems

from domain.plan.document import Plan
from domain.plan.words import say

EARN = "components: [{id: pay, title: Pay, kind: per_unit, measure: clients, rate: 1}]\n"
EARNINGS = [5_000_00, 1_000_00, 2_000_00, 8_000_00]


def drawing(form: str, recoverable: bool, more: str = "") -> Plan:
    said = f"pays: 3000, form: {form}, recoverable: {str(recoverable).lower()}"
    return plan(f"{EARN}draw: {{{said}{', ' + more if more else ''}}}")


def yuan(*amounts: int) -> list[int]:
    return [amount * 100 for amount in amounts]


LATER = "recovery: {starts_after_months: 2}"
HALF = "recovery: {at_most: 50 %}"


@pytest.mark.parametrize(
    ("form", "recoverable", "more", "paid", "owed"),
    [
        ("guarantee", True, "", (5000, 3000, 3000, 5000), (0, 2000, 3000, 0)),
        ("guarantee", True, HALF, (5000, 3000, 3000, 5500), (0, 2000, 3000, 500)),
        ("guarantee", False, "", (5000, 3000, 3000, 8000), (0, 0, 0, 0)),
        ("advance", True, "", (5000, 3000, 3000, 5000), (0, 2000, 3000, 0)),
        ("advance", True, HALF, (5500, 3500, 4000, 7000), (500, 3000, 5000, 4000)),
        ("advance", False, "", (5000, 3000, 3000, 8000), (0, 0, 0, 0)),
        ("guarantee", True, "limit: 2500", (5000, 3000, 2500, 5500), (0, 2000, 2500, 0)),
        ("advance", True, f"{HALF}, limit: 5000", (5500, 3500, 3000, 5000), (500, 3000, 4000, 1000)),
        ("advance", True, LATER, (8000, 4000, 3000, 3000), (3000, 6000, 7000, 2000)),
    ],
)  # fmt: skip
def test_a_draw_of_3000(
    form: str, recoverable: bool, more: str, paid: tuple[int, ...], owed: tuple[int, ...]
) -> None:
    """Earnings of 5,000, 1,000, 2,000 and 8,000: what is paid, and what is owed after each month."""
    found = months(drawing(form, recoverable, more), EARNINGS)
    assert [month.paid for month in found] == yuan(*paid)
    assert [month.balances.get("draw", 0) for month in found] == yuan(*owed)


def test_the_table_in_the_guide_is_what_is_paid() -> None:
    """Each row of the four draws, with and without a limit to what is paid back."""
    guide = (EXAMPLES.parents[1] / "docs" / "howto" / "plans.md").read_text("utf-8")
    rows = [line.strip("| ").split(" | ") for line in guide.splitlines() if line.startswith(DRAWS)]
    assert len(rows) == 6
    for said, paid, owed in rows:
        form, recoverable, *more = said.split(", ")
        found = months(drawing(form, recoverable == "recoverable", HALF if more else ""), EARNINGS)
        assert _shown(month.paid for month in found) == paid
        assert _shown(month.balances.get("draw", 0) for month in found) == owed


DRAWS = ("| guarantee,", "| advance,")


def _shown(amounts: Iterable[int]) -> str:
    return " ".join(f"{amount // 100:,}" for amount in amounts)


def test_the_rest_of_an_advance_that_is_not_owed_stays_with_the_person() -> None:
    """Of 3,000, earnings of 1,000 are set off; in a month of 8,000 the whole advance is."""
    found = months(drawing("advance", False), EARNINGS)
    amounts = [[line.amount_minor for line in month.told] for month in found]
    assert amounts == [yuan(3000, -3000), yuan(3000, -1000), yuan(3000, -2000), yuan(3000, -3000)]


def test_a_guarantee_pays_no_debts() -> None:
    """Earnings 500 below 0 are topped up by 3,000 and no more: 2,500 are paid."""
    assert [month.paid for month in months(drawing("guarantee", True), yuan(-500, 0))] == yuan(2500, 3000)


def test_after_the_months_of_the_draw_all_earnings_pay_it_back() -> None:
    """A draw that the plan no longer pays: 2,000 of 8,000 are taken, not 2,000 of what exceeds 3,000."""
    found = months(drawing("guarantee", True, HALF), yuan(1000, 3000), paid_until=1)
    assert [month.paid for month in found] == yuan(3000, 1500)
    assert [month.balances["draw"] for month in found] == yuan(2000, 500)


def test_a_share_of_a_fen_is_never_taken() -> None:
    """50 % of 0.33 above the draw is 0.16."""
    found = months(drawing("guarantee", True, HALF), [0, 3_000_33])
    assert found[1].lines == {"draw": -16}


HOLD = "{id: kept, title: Kept, share: 20 %, released_after_months: 3MORE}"


def holding(more: str = "", then: str = "") -> Plan:
    return plan(f"{EARN}holdbacks: [{HOLD.replace('MORE', more)}]\n{then}")


def test_a_fifth_is_held_and_released_three_months_later() -> None:
    """20 % of 1,000.00 are 200.00, paid with the statement of the third month after."""
    found = months(holding(), yuan(1000, 0, 500, 0, 0, 0, 0))
    assert [month.lines.get("kept", 0) for month in found] == yuan(-200, 0, -100, 200, 0, 100, 0)
    assert [month.balances["kept"] for month in found] == yuan(-200, -200, -300, -100, -100, 0, 0)
    [line] = found[3].told
    assert say(line.rule.key, line.rule.words, holding(), "en") == (
        "Held back long enough and paid now; still held: 100 CNY"
    )


def test_what_is_taken_back_was_held_in_part() -> None:
    """1,000 of which 200 are held come back: 800 are taken, and nothing is left to release."""
    found = months(holding(), yuan(1000, -1000, 0, 0))
    assert [month.paid for month in found] == yuan(800, -800, 0, 0)
    assert found[-1].balances == {"kept": 0}


@pytest.mark.parametrize(("on_leaving", "paid"), [("released", 1400), ("forfeited", 1000)])
def test_whoever_leaves_is_paid_what_was_held_or_not(on_leaving: str, paid: int) -> None:
    """Two months of 1,000 with 200 held each; nothing is held in the month of leaving."""
    found = months(holding(f", on_leaving: {on_leaving}"), yuan(1000, 1000, 1000), leaves_in=3)
    assert [month.paid for month in found] == yuan(800, 800, paid)
    assert found[-1].balances == {"kept": 0}


def test_what_a_plan_holds_no_longer_is_paid() -> None:
    """An account that the version in force does not name is paid out."""
    held, dropped = holding(), plan(EARN)
    [first, *_] = months(held, yuan(1000))
    assert first.paid == 800_00
    assert months(dropped, yuan(0), before={("selling", "kept"): -200_00})[0].paid == 200_00


def test_a_holdback_lasts_as_long_as_deals_may_come_back() -> None:
    """Without a number of months, the longest `within_months` of what its components measure."""
    measure = "{sum: deal_closed, of: amount, less: deal_reversed, within_months: 2}"
    of = "components: [{id: pay, title: Pay, kind: per_unit, measure: sold, rate: 1}]"
    held = plan(f"measures: {{sold: {measure}}}\n{of}\nholdbacks: [{{id: kept, share: 20 %}}]")
    assert [month.lines.get("kept", 0) for month in months(held, yuan(1000, 0, 0))] == yuan(-200, 0, 200)


CARRIED = f"{EARN}negative_balance: carried\n"


def test_nothing_is_paid_below_zero_and_the_rest_is_carried() -> None:
    """−700, then 300, then 900: 0, 0 and 500 are paid."""
    found = months(plan(CARRIED), yuan(-700, 300, 900))
    assert [month.paid for month in found] == yuan(0, 0, 500)
    assert [[line.amount_minor for line in month.told] for month in found] == [
        yuan(700), yuan(-700, 400), yuan(-400)
    ]  # fmt: skip
    assert [month.balances["negative_balance"] for month in found] == yuan(700, 400, 0)


def test_by_default_a_total_below_zero_stands() -> None:
    assert [month.paid for month in months(plan(EARN), yuan(-700, 300))] == yuan(-700, 300)


@pytest.mark.parametrize(
    ("order", "lines"),
    [
        ("", {"negative_balance": -500, "draw": -300, "kept": 0}),
        ("[kept, draw, negative_balance]", {"kept": -160, "draw": -640, "negative_balance": 0}),
        ("[draw, kept, negative_balance]", {"draw": -800, "kept": 0, "negative_balance": 0}),
    ],
)
def test_the_plan_says_which_account_takes_first(order: str, lines: dict[str, int]) -> None:
    """Of 800, with 500 brought forward and 1,000 owed of a draw that is paid no more."""
    drawn = "draw: {pays: 3000, form: advance, recoverable: true}"
    said = f"account_order: {order}" if order else ""
    held = plan(f"{CARRIED}holdbacks: [{HOLD.replace('MORE', '')}]\n{drawn}\n{said}")
    before = {("selling", "negative_balance"): 500_00, ("selling", "draw"): 1000_00}
    [found] = months(held, yuan(800), before=before, paid_until=0)
    assert {name: found.lines.get(name, 0) for name in lines} == {n: fen * 100 for n, fen in lines.items()}
    assert found.paid == 0


ACCOUNTS_WRONG = """
draw: {pays: 0, form: advance, recoverable: true} | draw.pays | Nothing is drawn
draw: {pays: 10 %, form: advance, recoverable: true} | draw.pays | not a percentage
draw: {pays: 1, form: loan, recoverable: true} | draw.form | not a choice
draw: {pays: 1, form: advance} | draw.recoverable | It is missing
draw: {pays: 1, form: advance, recoverable: false, limit: 5} | draw.limit | Nothing is owed
draw: {pays: 1, form: advance, recoverable: false, recovery: {}} | draw.recovery | Nothing is owed
draw: {pays: 1, form: advance, recoverable: true, recovery: {at_most: 0 %}} | draw.recovery.at_most | no share
draw: {pays: 1, form: advance, recoverable: true, limit: -1} | draw.limit | below 0
{pay_currency: USD, draw: {pays: 1, form: advance, recoverable: true}} | draw.pays | owed in USD
{transfers: by_days, draw: {pays: 1, form: advance, recoverable: true}} | draw.prorate | two plans
draw: {id: pay, pays: 1, form: advance, recoverable: true} | draw.id | is there already
holdbacks: [{id: kept, share: 120 %, released_after_months: 3}] | holdbacks[0].share | no share
holdbacks: [{id: kept, share: 20 %}] | holdbacks[0].released_after_months | not clear when
holdbacks: [{id: kept, share: 20 %, released_after_months: 3, of: [pya]}] | holdbacks[0].of[0] | `pay`
holdbacks: [{id: draw, share: 20 %, released_after_months: 0}] | =[0].released_after_months | Nothing is
holdbacks: [{id: negative_balance, share: 20 %, released_after_months: 3}] | =[0].id | is there already
negative_balance: lost | negative_balance | not a choice
account_order: [draw] | account_order | Name each of: negative_balance
"""


@pytest.mark.parametrize("case", ACCOUNTS_WRONG.strip().splitlines())
def test_a_wrong_account_is_refused_with_its_field(case: str) -> None:
    written, path, message = (part.strip() for part in case.rsplit(" | ", 2))
    found = problems(document(EARN, **yaml.safe_load(written)))
    assert message in found[path.replace("=", "holdbacks")], found

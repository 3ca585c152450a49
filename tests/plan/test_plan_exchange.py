"""Which rate is in force on a day, and what it makes of an amount."""

import datetime as dt
from fractions import Fraction
from itertools import count

import pytest
from given_plan import document, entitled, plan, problems

from domain.plan.amendment import amendment
from domain.plan.change_words import say_change
from domain.plan.differences import Computed, line_changes
from domain.plan.exchange import Applied, Exchange, Exchanged, Rate, Rates, minor_factor, rate_day
from domain.plan.exchange_words import say_missed, say_used
from domain.plan.statement import Line, compute_statement

_positions = count(1)


def rate(base: str, quote: str, worth: str, on: str) -> Rate:
    return Rate(
        position=next(_positions), base=base, quote=quote, rate=worth, effective_on=dt.date.fromisoformat(on)
    )


def at(rates: Rates, base: str, quote: str, day: str) -> Fraction | None:
    applied = rates.at(base, quote, dt.date.fromisoformat(day))
    return None if applied is None else applied.factor


def test_a_rate_holds_from_its_day_until_the_next() -> None:
    rates = Rates([rate("USD", "CNY", "7.1", "2025-03-01"), rate("USD", "CNY", "7.2", "2025-03-15")])
    days = ["2025-02-28", "2025-03-01", "2025-03-14", "2025-03-15", "2026-01-01"]
    found = [at(rates, "USD", "CNY", day) for day in days]
    assert found == [None, *map(Fraction, ["7.1", "7.1", "7.2", "7.2"])]


def test_the_other_way_round_is_the_exact_reciprocal() -> None:
    rates = Rates([rate("USD", "CNY", "7.1234", "2025-03-01")])
    assert at(rates, "CNY", "USD", "2025-03-02") == Fraction(10_000, 71_234)


def test_the_later_rate_holds_and_on_one_day_the_direct_one() -> None:
    told = [rate("USD", "CNY", "7", "2025-03-01"), rate("CNY", "USD", "0.125", "2025-03-01")]
    assert at(Rates(told), "USD", "CNY", "2025-03-02") == 7
    assert at(Rates(told), "CNY", "USD", "2025-03-02") == Fraction(1, 8)
    later = Rates([*told, rate("CNY", "USD", "0.1", "2025-03-02")])
    assert at(later, "USD", "CNY", "2025-03-02") == 10


def test_rates_are_never_chained() -> None:
    told = [rate("USD", "CNY", "7", "2025-03-01"), rate("CNY", "JPY", "20", "2025-03-01")]
    assert at(Rates(told), "USD", "JPY", "2025-03-02") is None


@pytest.mark.parametrize(
    ("day", "last"),
    [("2024-02-01", "2024-02-29"), ("2025-02-28", "2025-02-28"), ("2025-12-31", "2025-12-31")],
)
def test_the_end_of_the_month_is_its_last_day(day: str, last: str) -> None:
    on = dt.date.fromisoformat(day)
    assert rate_day(on, "month_end") == dt.date.fromisoformat(last)
    assert rate_day(on, "day") == on


@pytest.mark.parametrize(
    ("base", "quote", "worth", "minor"),
    [
        ("USD", "CNY", "7.1234", Fraction("7.1234")),
        ("JPY", "CNY", "0.0481", Fraction("4.81")),
        ("KWD", "CNY", "23.1", Fraction("2.31")),
        ("CNY", "JPY", "20.79", Fraction("0.2079")),
    ],
)
def test_minor_units_have_their_own_exponents(base: str, quote: str, worth: str, minor: Fraction) -> None:
    """A fen is worth 0.2079 yen, a yen 4.81 fen, and a fils, a thousandth of a dinar, 2.31 fen."""
    applied = Rates([rate(base, quote, worth, "2025-03-01")]).at(base, quote, dt.date(2025, 3, 1))
    assert applied is not None
    assert minor_factor(applied, base, quote) == minor


def test_what_is_wrong_with_currencies_is_told_with_a_remedy() -> None:
    assert "Did you mean `CNY`" in problems(document(pay_currency="CNX"))["pay_currency"]
    assert "day" in problems(document(convert_at="yesterday"))["convert_at"]
    counted = "measures: {clients: {count: customer_registered, convert_at: day}}"
    assert "no amount" in problems(document(counted))["measures.clients.convert_at"]
    divided = "measures: {close_rate: {ratio: deals / followed, convert_at: day}}"
    assert "two measures" in problems(document(divided))["measures.close_rate.convert_at"]


def test_a_measure_converts_as_it_says_or_as_its_plan_does() -> None:
    """Only those that look at amounts; without a word, none does."""
    own = "measures: {sold: {sum: deal_closed, of: amount, convert_at: month_end}}"
    large = "measures: {large: {count: deal_closed, where: {amount: {at_least: 5}}}}"

    def converting(*args: str, **changes: str) -> dict[str, object]:
        measures = plan(*args, **changes).measures
        return {name: at for name, of in measures.items() if (at := getattr(of, "convert_at", None))}

    assert converting() == converting(large) == {}
    assert converting(own) == {"sold": "month_end"}
    assert converting(own, convert_at="day") == {"revenue": "day", "sold": "month_end"}
    assert converting(large, convert_at="day") == {"revenue": "day", "large": "day"}


def paid_by(applied: Applied | None) -> Line:
    """The line of two clients at 50 dollars each, paid in yuan."""
    parts = "components: [{id: clients, title: Clients, kind: per_unit, measure: clients, rate: 50}]"
    held = entitled(plan(parts, currency="USD", pay_currency="CNY"), clients=2)
    [line] = compute_statement("E1", [held._replace(exchanged=Exchanged(applied))]).lines
    return line


def test_a_line_is_converted_once_and_another_rate_is_a_ground_of_its_change() -> None:
    """100 USD at 7.1234 are 712.34 CNY; 1 CNY at 0.14 USD makes 714.29 of them, half up."""
    direct = Applied(rate("USD", "CNY", "7.1234", "2025-03-01"), is_inverted=False)
    inverted = Applied(rate("CNY", "USD", "0.14", "2025-03-31"), is_inverted=True)
    before, after, unpaid = paid_by(direct), paid_by(inverted), paid_by(None)
    assert [(line.exact, line.amount_minor) for line in (before, after, unpaid)] == [
        ("100", 71_234),
        ("100", 71_429),
        ("100", 0),
    ]
    assert isinstance(after.exchange, Exchange) and after.exchange.paid is not None
    assert say_used(after.exchange.paid).en.startswith("100.00 USD ÷ 0.14 (2025-03-31, fact ")
    [change] = line_changes("2025-03", Computed([before], {}), Computed([after], {}))
    assert [(each.ground, each.name, each.before, each.after) for each in change.changes] == [
        ("rate", "CNY/USD 2025-03-31", None, "0.14"),
        ("rate", "USD/CNY 2025-03-01", "7.1234", None),
    ]
    said = [say_change(each, None).en for each in change.changes]
    assert said[0] == "Exchange rate CNY/USD 2025-03-31: nothing before, 0.14 after"
    [missed] = unpaid.missed
    assert say_missed(missed).zh == "暂不能发放：2025-03-31 没有 USD 折算为 CNY 的汇率"


def test_what_changes_in_currencies_is_said_in_words() -> None:
    found = amendment(plan(), plan(currency="USD", pay_currency="CNY", convert_at="day"))
    said = {each.path: each.said.zh for each in found.differences}
    assert "发放币种" in said["pay_currency"] and "CNY" in said["pay_currency"]
    assert "折算汇率日" in said["convert_at"]
    assert not any("measures" in path for path in said), "a measure only follows its plan"

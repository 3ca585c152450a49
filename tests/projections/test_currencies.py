"""Pay over several currencies: of deals, of the plan and of pay; late, voided and missing rates."""

import datetime as dt

import pytest
from book import ENGINE, Book
from given import LEDGER
from given_plan import document

from domain.facts.currencies import ExchangeRateSet
from domain.facts.selling import DealClosed, DealReversed
from domain.journal.canonical import canonical
from domain.period import Period
from domain.plan.exchange import Exchange, require_none
from domain.plan.parse import plan_document
from domain.refusals import RateMissing
from projections import replay
from projections.behind import behind
from projections.explain import explain
from projections.hints import hints
from projections.progress import progress
from projections.retro import settled_lines
from projections.simulation import WhatIf, simulate

MARCH = Period.parse("2025-03")

SHARE = """
components: [{id: share, title: Share, kind: rate_table, measure: revenue, method: whole,
              bands: [{from: 0, rate: 10 %}]}]
"""
IN_DOLLARS = """
currency: USD
pay_currency: CNY
components: [{id: deals, title: Deals, kind: per_unit, measure: deals, rate: 100}]
"""


def rate(book: Book, worth: str, on: str, base: str = "USD", quote: str = "CNY") -> int:
    day = dt.date.fromisoformat(on)
    return book.tell(ExchangeRateSet(base=base, quote=quote, rate=worth, effective_on=day))


def sell(book: Book, deal: str, amount_minor: int, currency: str = "USD", on: int = 3) -> int:
    said = DealClosed(employee="E1", customer="C1", deal=deal, amount_minor=amount_minor, currency=currency)
    return book.tell(said, on)


def exchange(book: Book, component: str = "share", period: str = "2025-03") -> Exchange:
    slip = book.payslip(period=period)
    assert slip is not None
    found = [line.exchange for line in slip.statement.lines if line.component == component][-1]
    assert isinstance(found, Exchange)
    return found


def settled(book: Book) -> int:
    """All that was ever settled for March."""
    with book.cursor() as cursor:
        lines = settled_lines(cursor, MARCH, ["E1"], None)["E1"]
    return sum(line.amount_minor for line in lines)


def test_a_deal_in_dollars_counts_at_the_rate_of_its_day(book: Book) -> None:
    """1,000.00 USD at 7.1234 are 7,123.40 CNY, and 10.01 at 7.25 are 72.5725; a tenth: 719.597, half up."""
    book.hire()
    book.adopt(SHARE, convert_at="day")
    first = rate(book, "7.1234", "2025-02-28")
    second = rate(book, "7.25", "2025-03-15")
    sell(book, "D1", 100_000, on=14)
    assert book.paid() == {"share": 71_234}
    sell(book, "D2", 1_001, on=15)
    assert book.paid() == {"share": 71_960}
    used = exchange(book).measured["revenue"]
    assert [(each.rate, each.position, each.amount, each.worth) for each in used] == [
        ("7.1234", first, "1000", "35617/5"),
        ("7.25", second, "1001/100", "29029/400"),
    ]
    back = DealReversed(employee="E1", customer="C1", deal="D1", amount_minor=50_000, currency="USD")
    book.tell(back, 20)
    assert book.paid() == {"share": 35_710}, "what comes back, at the rate of its own day: 362.50 less"


def test_the_end_of_the_month_is_the_plans_choice(book: Book) -> None:
    """The same two deals at 7.30, which begins on the last day: 1,010.01 × 7.30 / 10."""
    book.hire()
    book.adopt(SHARE, convert_at="month_end")
    for worth, on in (("7.1234", "2025-02-28"), ("7.30", "2025-03-31"), ("9", "2025-04-01")):
        rate(book, worth, on)
    sell(book, "D1", 100_000, on=14)
    sell(book, "D2", 1_001, on=15)
    assert book.paid() == {"share": 73_731}


def test_minor_units_of_each_currency(book: Book) -> None:
    """30,000 yen at 0.0481: 1,443 yuan; 12.345 dinars at 23.1: 285.1695; 1,000 baht by 1 / 4.7."""
    book.hire()
    book.adopt(SHARE, convert_at="day")
    rate(book, "0.0481", "2025-03-01", "JPY")
    rate(book, "23.1", "2025-03-01", "KWD")
    rate(book, "4.7", "2025-03-01", "CNY", "THB")
    sell(book, "D1", 30_000, "JPY")
    assert book.paid() == {"share": 14_430}
    sell(book, "D2", 12_345, "KWD")
    assert book.paid() == {"share": 17_282}
    sell(book, "D3", 100_000, "THB")
    slip = book.payslip()
    assert slip is not None
    [line] = slip.statement.lines
    assert line.inputs["revenue"] == "182447933/94000", "1443 + 285.1695 + 1000 / 4.7"
    assert line.amount_minor == 19_409


def test_old_plans_leave_other_currencies_out(book: Book) -> None:
    book.hire()
    book.adopt(SHARE)
    rate(book, "7.1234", "2025-03-01")
    sell(book, "D1", 100_000)
    sell(book, "D2", 5_000, "CNY")
    assert book.paid() == {"share": 500}
    slip = book.payslip()
    assert slip is not None and b"exchange" not in canonical(slip.statement)


def test_a_plan_in_dollars_is_paid_in_yuan(book: Book) -> None:
    """3 × 100.00 USD × 7.1234 = 2,137.02 CNY, rounded once; in words, and down to the fact of the rate."""
    book.hire()
    book.adopt(IN_DOLLARS)
    rate(book, "7.1", "2025-03-01")
    at = rate(book, "7.1234", "2025-03-31")
    rate(book, "8", "2025-04-01")
    for deal in ("D1", "D2", "D3"):
        sell(book, deal, 100_000, "CNY")
    assert book.paid() == {"deals": 213_702}
    with book.cursor() as cursor:
        told = explain(cursor, "E1", MARCH, engine=ENGINE)
        assert told is not None
        assert at in behind(cursor, "E1", MARCH, book.journal.head())
    [line] = told.lines
    [said] = line.rates
    assert said.said.en == f"300.00 USD × 7.1234 (2025-03-31, fact {at}) = 2137.02 CNY"
    assert said.said.zh == f"300.00 USD × 7.1234（2025-03-31，第 {at} 号事实）= 2137.02 CNY"
    assert told.payslip.statement.currency == line.explanation.line.currency == "CNY"
    assert [amount.amount_minor for amount in line.explanation.amounts] == ["213702", "0"]


def test_a_late_rate_and_a_voided_one_reach_closed_months(book: Book, ledger_dsn: str) -> None:
    """712.34 is settled; a later rate makes 720.00 of it, its void puts that back; known before and after."""
    book.hire()
    book.adopt(SHARE, convert_at="day")
    first = rate(book, "7.1234", "2025-03-01")
    sell(book, "D1", 100_000, on=10)
    book.close()
    before = book.journal.head()
    late = rate(book, "7.2", "2025-03-10")
    assert book.paid(period="2025-04") == {"share": 0, "share of 2025-03": 766}
    assert book.paid(period="2025-04", known_at=before) == {"share": 0}
    book.close("2025-04")
    assert settled(book) == 72_000
    used = exchange(book, period="2025-04")
    gone = book.void(late)
    assert book.paid(period="2025-05") == {"share": 0, "share of 2025-03": -766}
    book.close("2025-05")
    assert settled(book) == 71_234
    assert [each.rate for each in used.measured["revenue"]] == ["7.2"]
    with book.cursor() as cursor:
        told = explain(cursor, "E1", Period.parse("2025-04"), engine=ENGINE)
        rests_on = behind(cursor, "E1", Period.parse("2025-05"), book.journal.head() - 1)
    assert {first, late, gone} <= rests_on
    assert told is not None
    assert [fact.position for fact in told.lines[-1].late] == [late]
    found = replay.replay(ledger_dsn, LEDGER, and_compare=True)
    assert found.compared == (None, ())


def test_a_late_rate_of_pay_reaches_closed_months(book: Book) -> None:
    """100.00 USD: 712.34 is settled, then 710.00 at the rate that came late for the last day of March."""
    book.hire()
    book.adopt(IN_DOLLARS)
    rate(book, "7.1234", "2025-03-01")
    sell(book, "D1", 1)
    book.close()
    rate(book, "7.1", "2025-03-31")
    assert book.paid(period="2025-04") == {"deals": 0, "deals of 2025-03": -234}
    book.close("2025-04")
    assert settled(book) == 71_000


def test_a_missing_rate_is_told_and_no_month_is_closed_without_it(book: Book) -> None:
    book.hire()
    book.adopt(SHARE, convert_at="day")
    rate(book, "7.1234", "2025-03-05")
    for number, day in enumerate((3, 4, 5)):
        sell(book, f"D{number}", 100_000, on=day)
    assert book.paid() == {"share": 71_234}
    [missed] = exchange(book).missed
    assert (missed.base, missed.quote, missed.day, missed.amounts) == ("USD", "CNY", dt.date(2025, 3, 3), 2)
    with pytest.raises(RateMissing, match=r"USD/CNY on 2025-03-03 \(2 amounts\)"):
        require_none([missed])
    with book.cursor() as cursor:
        told = explain(cursor, "E1", MARCH, engine=ENGINE)
    assert told is not None
    assert [said.en for said in told.lines[0].missed] == [
        "2 amounts in USD are left out: no rate to CNY is in force on 2025-03-03"
    ]
    rate(book, "7", "2025-01-01")
    assert book.paid() == {"share": 71_234 + 140_000}
    assert exchange(book).missed == ()


def test_pay_without_a_rate_is_nothing_and_told(book: Book) -> None:
    book.hire()
    book.adopt(IN_DOLLARS)
    sell(book, "D1", 1)
    assert book.paid() == {"deals": 0}
    [missed] = exchange(book, "deals").missed
    assert (missed.base, missed.quote, missed.day, missed.amounts) == ("USD", "CNY", MARCH.last_day, 0)
    with book.cursor() as cursor:
        told = explain(cursor, "E1", MARCH, engine=ENGINE)
    assert told is not None
    assert [amount.amount_minor for amount in told.lines[0].explanation.amounts] == ["0", "0"]


def test_conditions_compare_what_an_amount_is_worth(book: Book) -> None:
    """Deals of 5,000 yuan or more: 800 dollars at 7.1234 are, 700 are not, and 900,000 yen have no rate."""
    large = "measures: {large: {count: deal_closed, where: {amount: {at_least: 5000}}}}"
    part = "components: [{id: large, title: Large, kind: per_unit, measure: large, rate: 50}]"
    book.hire()
    book.adopt(f"{large}\n{part}", convert_at="day")
    rate(book, "7.1234", "2025-03-01")
    for deal, minor, currency in (("D1", 80_000, "USD"), ("D2", 70_000, "USD"), ("D3", 900_000, "JPY")):
        sell(book, deal, minor, currency)
    assert book.paid() == {"large": 5_000}
    found = exchange(book, "large")
    assert [(each.base, each.amount) for each in found.measured["large"]] == [("USD", "800")]
    assert [(each.base, each.amounts) for each in found.missed] == [("JPY", 1)]


def test_a_draft_in_dollars_is_tried_in_yuan(book: Book) -> None:
    """50.00 CNY a client as it stands, 10 USD × 7.1 under the draft; without the rate nothing is tried."""
    clients = "components: [{{id: clients, title: Clients, kind: per_unit, measure: clients, rate: {}}}]"
    book.hire()
    book.adopt(clients.format(50))
    book.register("C1", "C2")
    draft = plan_document(document(clients.format(10), currency="USD", pay_currency="CNY"))
    with book.cursor() as cursor, pytest.raises(RateMissing, match=r"USD/CNY on 2025-03-31 \(pay\)"):
        simulate(cursor, WhatIf(MARCH, MARCH, draft), book.journal.head())
    rate(book, "7.1", "2025-03-02")
    with book.cursor() as cursor:
        found = simulate(cursor, WhatIf(MARCH, MARCH, draft), book.journal.head())
    assert (found.before_minor, found.after_minor, found.currency) == (10_000, 14_200, "CNY")


def test_hints_and_progress_speak_of_pay(book: Book) -> None:
    """One deal more earns 100 USD: 712.34 CNY."""
    book.hire()
    book.adopt(IN_DOLLARS)
    rate(book, "7.1234", "2025-03-01")
    sell(book, "D1", 1)
    with book.cursor() as cursor:
        step = hints(cursor, "E1", MARCH.last_day)[0]
        stands = progress(cursor, "E1", MARCH.last_day)
    assert (step.now_minor, step.held.gain_minor, step.currency) == (71_234, 71_234, "CNY")
    assert stands is not None and (stands.earned_minor, stands.currency) == ({"selling": 71_234}, "CNY")


def test_milestones_and_boards_look_at_what_amounts_are_worth(book: Book) -> None:
    """7,123.40 yuan reach 7,000 on the day of the dollars, and a colleague with 7,100 yuan is second."""
    reached = "milestones: [{id: big, title: Big, measure: revenue, reaches: 7000, within_days: 400}]"
    ranked = "boards: [{id: best, title: Best, measure: revenue}]"
    parts = """components:
  - {id: big, title: Big, kind: milestone, milestone: big, pays: 300}
  - {id: best, title: Best, kind: rank, board: best, pays: [90, 40]}"""
    book.hire()
    book.hire("E2")
    book.adopt(f"{reached}\n{ranked}\n{parts}", convert_at="month_end")
    at = rate(book, "7.1234", "2025-03-20")
    sell(book, "D1", 100_000, on=10)
    book.sell("D2", 710_000, "E2")
    assert book.paid() == {"big": 30_000, "best": 9_000}
    assert book.paid("E2") == {"big": 30_000, "best": 4_000}
    assert [each.position for each in exchange(book, "big").measured["revenue"]] == [at]
    sell(book, "D3", 100, "EUR")
    assert [missed.base for missed in exchange(book, "best").missed] == ["EUR"]


def test_a_late_rate_of_the_last_day_changes_the_first(book: Book) -> None:
    """By the end of the month, a deal of the third is converted at a rate that begins on the 31st."""
    book.hire()
    book.adopt(SHARE, convert_at="month_end")
    rate(book, "7", "2025-03-01")
    sell(book, "D1", 100_000)
    book.close()
    rate(book, "7.1", "2025-03-31")
    assert book.paid(period="2025-04") == {"share": 0, "share of 2025-03": 1_000}
    book.close("2025-04")
    assert settled(book) == 71_000

"""Draws, holdbacks and balances below zero over months that are closed, late facts and all."""

import datetime as dt

from book import Book

from domain.facts.accounts import BalanceWrittenOff
from domain.facts.people import EmployeeLeft
from domain.period import Period
from projections.accounts import accounts
from projections.balances import balances as balances_of
from projections.behind import behind
from projections.diff import diff
from projections.earned import earned
from projections.explain import explain
from projections.hints import hints, more
from projections.late import closed_periods
from projections.retro import settled_lines

PER_CLIENT = "components: [{id: pay, title: Pay, kind: per_unit, measure: clients, rate: 1000}]\n"
DRAWING = PER_CLIENT + "draw: {pays: 3000, form: guarantee, recoverable: true, recovery: {at_most: 50 %}}\n"
HOLDING = PER_CLIENT + "holdbacks: [{id: kept, share: 20 %, released_after_months: 3}]\n"
CARRYING = """
components: [{id: pay, title: Pay, kind: per_unit, measure: sold, rate: 1}]
measures: {sold: {sum: deal_closed, of: amount, less: deal_reversed}}
negative_balance: carried
"""


def on(month: int, day: int = 9) -> dt.date:
    return dt.date(2025, month, day)


def balances(book: Book, before: str, known_at: int | None = None) -> dict[str, int]:
    """What E1 owes on each account, by the statements before a month."""
    with book.cursor() as cursor:
        found = accounts(cursor, Period.parse(before), known_at, ["E1"]).get("E1", {})
    return {account: held.balance_minor for (_, account), held in found.items()}


def test_a_draw_is_paid_owed_and_recovered_through_closes(book: Book) -> None:
    """Earnings of 1,000, 2,000 and 8,000: topped up twice, then half is taken of what exceeds 3,000."""
    book.adopt(DRAWING)
    book.register("C1")
    assert book.paid() == {"pay": 1_000_00, "draw": 2_000_00}
    book.close()
    book.register("C2", "C3", on=on(4))
    assert book.paid(period="2025-04") == {"pay": 2_000_00, "draw": 1_000_00}
    book.close("2025-04")
    book.register(*(f"D{n}" for n in range(8)), on=on(5))
    assert book.paid(period="2025-05") == {"pay": 8_000_00, "draw": -2_500_00}
    made = book.close("2025-05")
    assert made.total_minor == 5_500_00
    assert balances(book, "2025-06") == {"draw": 500_00}
    assert book.paid(period="2025-05") == {"pay": 8_000_00, "draw": -2_500_00}


def test_late_earnings_flow_into_the_first_open_month(book: Book) -> None:
    """A client of March told in April pays back half of it; March stays as it was paid."""
    book.adopt(DRAWING)
    book.close()
    book.register("C1", on=on(3))
    book.register("C2", "C3", "C4", on=on(4))
    assert book.paid(period="2025-04") == {"pay": 3_000_00, "pay of 2025-03": 1_000_00, "draw": -500_00}
    made = book.close("2025-04")
    assert book.paid() == {"pay": 0, "draw": 3_000_00}
    assert balances(book, "2025-05") == {"draw": 2_500_00}
    with book.cursor() as cursor:
        about = closed_periods(cursor, None)[0].period
        settled = settled_lines(cursor, about, ["E1"], None)["E1"]
        due = earned(cursor, about, made.known_at, ["E1"])["E1"].total_minor
    assert sum(line.amount_minor for line in settled) == due == 1_000_00


def test_a_fifth_is_held_and_released_to_whoever_moves_or_leaves(book: Book) -> None:
    """200 of 1,000 in March come back in June; E2, who leaves in April, gets them with April."""
    book.adopt(HOLDING)
    book.hire("E2")
    book.register("C1")
    book.register("C2", employee="E2")
    book.tell(EmployeeLeft(employee="E2", left_on=on(4), cause="pay"))
    for month in ("2025-03", "2025-04", "2025-05"):
        book.close(month)
    assert [book.paid("E2", f"2025-0{month}").get("kept", 0) for month in (3, 4, 5)] == [-200_00, 200_00, 0]
    assert [book.paid("E1", f"2025-0{month}").get("kept", 0) for month in (3, 4, 5, 6)] == [
        -200_00, 0, 0, 200_00
    ]  # fmt: skip


def test_a_month_after_an_open_one_sees_no_move_of_it(book: Book) -> None:
    """April is open: May stands on the accounts as March left them, and says so."""
    book.adopt(DRAWING)
    book.close()
    book.register(*(f"C{n}" for n in range(5)), on=on(5))
    slip = book.payslip(period="2025-05")
    assert slip is not None and slip.accounts_as_of == "2025-03"
    assert book.paid(period="2025-05") == {"pay": 5_000_00, "draw": -1_000_00}
    assert book.paid(period="2025-04") == {"pay": 0, "draw": 3_000_00}


def test_what_is_below_zero_is_carried_until_it_is_paid_off_or_written_off(book: Book) -> None:
    """700 come back in April: nothing is paid; 300 are written off, and a void brings them back."""
    book.adopt(CARRYING)
    book.sell("D1", 700_00)
    book.close()
    book.take_back("D1", 700_00, on=on(4))
    assert book.paid(period="2025-04") == {"pay": -700_00, "negative_balance": 700_00}
    assert book.close("2025-04").total_minor == 0
    assert balances(book, "2025-05") == {"negative_balance": 700_00}
    written = book.tell(
        BalanceWrittenOff(
            employee="E1",
            plan="selling",
            account="negative_balance",
            amount_minor=300_00,
            currency="CNY",
            reason="as agreed",
            approver="boss",
        )
    )
    assert balances(book, "2025-05") == {"negative_balance": 400_00}
    assert balances(book, "2025-05", written - 1) == {"negative_balance": 700_00}
    book.sell("D2", 500_00, on=on(5))
    assert book.payslip(period="2025-05").statement.total_minor == 100_00  # pyright: ignore
    book.void(written)
    assert balances(book, "2025-05") == {"negative_balance": 700_00}
    slip = book.payslip(period="2025-05")
    assert slip is not None
    assert [line.amount_minor for line in slip.statement.lines] == [500_00, -700_00, 200_00]


def test_no_more_is_written_off_than_is_owed(book: Book) -> None:
    """900 of 700: what is owed later is owed in full."""
    book.adopt(CARRYING)
    book.take_back("D1", 700_00)
    book.close()
    told = {"employee": "E1", "plan": "selling", "account": "negative_balance", "currency": "CNY"}
    book.tell(BalanceWrittenOff(amount_minor=900_00, reason="gone", approver="boss", **told))
    assert balances(book, "2025-04") == {"negative_balance": 0}
    book.take_back("D2", 100_00, on=on(4))
    book.close("2025-04")
    assert balances(book, "2025-05") == {"negative_balance": 100_00}


def test_an_account_line_is_explained_by_the_statements_before(book: Book) -> None:
    """The plan has ended since; what it left below 0 is brought forward, with the closes that made it so."""
    book.adopt(CARRYING, effective_until=dt.date(2025, 4, 30))
    book.take_back("D1", 700_00)
    first = book.journal.head() + 1
    book.close()
    book.close("2025-04")
    book.sell("D2", 100_00, on=on(3))
    with book.cursor() as cursor:
        found = explain(cursor, "E1", Period.parse("2025-05"), engine="test")
        assert found is not None
        rests_on = behind(cursor, "E1", Period.parse("2025-05"), book.journal.head())
    [late, brought, carried] = found.lines
    assert late.explanation.line.about == "2025-03"
    assert brought.said.en == "Brought forward: 700 CNY below 0"
    assert carried.said.zh == "负数不发放，600 CNY 结转下期"
    [before, again] = brought.moves
    assert (before.position, before.amount_minor, before.balance_minor) == (first, 700_00, 700_00)
    assert (again.period, again.amount_minor, again.balance_minor) == ("2025-04", 0, 700_00)
    assert {before.position, again.position} <= rests_on


def test_who_owes_and_who_is_owed_is_listed_as_known(book: Book) -> None:
    """E1 owes a draw of 2,000 and has left; for E2 200 are held; before the close nothing stands."""
    book.adopt(DRAWING, population={"branch": ["SH"]})
    book.adopt(HOLDING, plan="holding", population={"branch": ["BJ"]})
    book.hire("E2", branch="BJ")
    book.register("C1")
    book.register("C2", employee="E2")
    book.tell(EmployeeLeft(employee="E1", left_on=on(3, 31), cause="pay"))
    before = book.journal.head()
    book.close()
    with book.cursor() as cursor:
        assert balances_of(cursor, before) == ()
        first, second = balances_of(cursor, None)
        assert balances_of(cursor, None, ["E2"]) == (second,)
    assert (first.employee, first.account, first.balance_minor) == ("E1", "draw", 2_000_00)
    assert (first.since, first.left_on, first.title.zh) == ("2025-03", on(3, 31), "预支")
    assert (second.employee, second.account, second.balance_minor) == ("E2", "kept", -200_00)
    assert second.left_on is None


def test_what_changed_about_an_account_is_told(book: Book) -> None:
    """Two clients more and 500 written off: the diff says which earnings and debts are others, and why."""
    book.adopt(DRAWING.replace("recovery", "limit: 4000, recovery"))
    book.close()
    before = book.journal.head()
    book.register("C1", "C2", on=on(4))
    told = {"employee": "E1", "plan": "selling", "account": "draw", "currency": "CNY"}
    written = book.tell(BalanceWrittenOff(amount_minor=500_00, reason="gone", approver="boss", **told))
    with book.cursor() as cursor:
        found = diff(cursor, "E1", Period.parse("2025-04"), before, written, engine="test")
    assert found is not None
    [draw] = [said for said in found.lines if said.line.component == "draw"]
    assert (draw.line.before_minor, draw.line.after_minor) == (1_000_00, 1_000_00)
    assert {said.said.en for said in draw.grounds} == {
        "Earned: 0 before, 2000 after",
        "Owed in all: 4000 before, 3500 after",
    }
    assert written in {fact.position for fact in found.facts}


def test_a_hint_says_what_of_a_gain_is_paid(book: Book) -> None:
    """2,000 are owed. The first client of April saves a top-up; of the fourth half pays back the draw."""
    book.adopt(DRAWING)
    book.register("C1")
    book.close()
    with book.cursor() as cursor:
        [first] = more(cursor, "E1", on(4), "clients", 1)
    assert (first.held.gain_minor, first.held.net_gain_minor) == (1_000_00, 0)
    said = "Of 1000.00 CNY more that is earned, 0.00 CNY more is paid with this month"
    assert first.beside is not None and first.beside.en.startswith(said)
    book.register("C2", "C3", "C4", on=on(4))
    with book.cursor() as cursor:
        [fourth] = more(cursor, "E1", on(4), "clients", 1)
        [step, *_] = hints(cursor, "E1", on(4))
    assert (fourth.held.gain_minor, fourth.held.net_gain_minor) == (1_000_00, 500_00)
    assert step.held == fourth.held
    book.register("C5", on=on(4))
    assert sum(book.paid(period="2025-04").values()) == 3_000_00 + 500_00


def test_a_hint_without_accounts_says_nothing_of_them(book: Book) -> None:
    book.adopt(PER_CLIENT)
    with book.cursor() as cursor:
        [first, *_] = hints(cursor, "E1", on(3))
    assert (first.beside, first.held.net_gain_minor) == (None, None)

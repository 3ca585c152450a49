"""Cells are read exactly, or refused."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from api.importing import cells, dates, shift_spans
from api.importing.fields import BadCell, Usual, field, kinds_of
from api.importing.mapping import Value
from api.importing.xlsx_table import cell_of
from domain.facts.selling import DealCosted

USUAL = Usual((), lambda row: dt.date(2025, 3, 4))


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("1234.5", 123450),
        ("1,234.50", 123450),
        ("￥1,234.50", 123450),
        ("¥0.01", 1),
        ("１２．５０", 1250),
        ("600元", 60000),
        ("-600", -60000),
        ("90071992547409.92", 2**53),
    ],
)
def test_money_is_exact(written: str, fen: int) -> None:
    assert cells.money(written, "CNY") == fen


@pytest.mark.parametrize(
    "written", ["12.345", "12,50", "1,2,3", "1e3", "1.2万", "abc", "", "1" * 30, "NaN", "1.00.0"]
)
def test_what_is_no_amount_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        cells.money(written, "CNY")


def test_yen_have_no_fraction() -> None:
    assert cells.money("1,200", "JPY") == 1200
    with pytest.raises(ValueError):
        cells.money("1200.5", "JPY")


@pytest.mark.parametrize(
    ("written", "number"),
    [("7", 7), ("7.0", 7), ("1,200", 1200), ("-3", -3), ("9007199254740993", 9007199254740993)],
)
def test_whole_numbers(written: str, number: int) -> None:
    assert cells.whole(written) == number


@pytest.mark.parametrize("written", ["7.5", "7,5", "seven", "1" * 17])
def test_what_is_no_whole_number_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        cells.whole(written)


@pytest.mark.parametrize(("written", "text"), [("8.50", "8.50"), ("1,234.5", "1234.5"), (" 9 ", "9")])
def test_decimals_stay_as_written(written: str, text: str) -> None:
    assert cells.decimal(written) == text


@pytest.mark.parametrize(
    ("written", "text"),
    [('="00123"', "00123"), ("SO-1\t", "SO-1"), ("\u3000北京\xa0", "北京"), ("a b", "a b")],
)
def test_what_excel_and_crms_put_around_text_is_taken_off(written: str, text: str) -> None:
    assert cells.text(written) == text


@pytest.mark.parametrize(
    ("written", "lost"), [("2.0250E+11", True), ("2E+11", True), ("E11", False), ("A2E+1", False)]
)
def test_an_id_that_excel_has_shortened_is_refused(written: str, lost: bool) -> None:
    if lost:
        with pytest.raises(ValueError, match="Excel"):
            cells.identity(written)
    else:
        assert cells.identity(written) == written


@pytest.mark.parametrize(("hours", "minutes"), [("1.5", 90), ("0.25", 15), ("8", 480), ("0.1", 6)])
def test_hours_become_minutes(hours: str, minutes: int) -> None:
    assert cells.minutes_of_hours(hours) == minutes


def test_hours_that_are_no_whole_minutes_are_refused() -> None:
    with pytest.raises(ValueError):
        cells.minutes_of_hours("0.33")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12.5, "12.5"),
        (7.0, "7"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (0.0, "0"),
        (123456789012345, "123456789012345"),
        (None, ""),
        (True, "true"),
        (dt.time(8, 30), "08:30:00"),
    ],
)
def test_numbers_in_excel_become_the_text_that_it_shows(value: object, text: str) -> None:
    assert cell_of(value) == text


@pytest.mark.parametrize("value", [1234567890123456, 1.2e17, "#N/A", "#REF!"])
def test_cells_that_excel_has_spoilt_are_refused(value: object) -> None:
    with pytest.raises(ValueError):
        cell_of(value)


@pytest.mark.parametrize(
    ("written", "formats"),
    [
        ("2025-03-01", dates.USUAL),
        ("2025/3/1", dates.USUAL),
        ("20250301", dates.USUAL),
        ("2025年3月1日", dates.USUAL),
        ("2025.03.01", dates.USUAL),
        ("1.3.2025", ("D.M.YYYY",)),
        ("03/01/2025", ("MM/DD/YYYY",)),
        ("45717", ("excel",)),
        ("２０２５-３-１", dates.USUAL),
    ],
)
def test_days_in_many_forms(written: str, formats: tuple[str, ...]) -> None:
    assert dates.moment(written, formats) == (dt.date(2025, 3, 1), None)


@pytest.mark.parametrize(
    "written", ["2025-02-30", "2025-13-01", "01/03/2025", "45717", "", "tomorrow", "2025-03-01x"]
)
def test_what_is_no_day_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        dates.moment(written, dates.USUAL)


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2025-03-01", "2025-03-01T04:00"),
        ("2025/3/1 8:05", "2025-03-01T00:05"),
        ("2025-03-01 08:05:30", "2025-03-01T00:05:30"),
        ("2025-03-01T08:05:30Z", "2025-03-01T08:05:30"),
        ("2025-03-01T08:05:30+09:00", "2025-02-28T23:05:30"),
        (dt.datetime(2025, 3, 1, 8, 5), "2025-03-01T00:05"),  # noqa: DTZ001
        (dt.datetime(2025, 3, 1), "2025-03-01T04:00"),  # noqa: DTZ001
    ],
)
def test_instants_take_their_own_offset_or_the_stated_zone(written: str | dt.datetime, utc: str) -> None:
    """A day without a time is noon, so that it is the same business day in the whole zone."""
    read = dates.instant(written, dates.USUAL, ZoneInfo("Asia/Shanghai"), dt.time(12))
    assert read == dt.datetime.fromisoformat(utc).replace(tzinfo=dt.UTC)


def test_excel_serials_may_carry_a_time() -> None:
    assert dates.moment("45717.75", ("excel",)) == (dt.date(2025, 3, 1), dt.time(18))
    assert dates.moment("45717.999999", ("excel",)) == (dt.date(2025, 3, 2), dt.time(0))


@pytest.mark.parametrize("form", ["YYYY-MM", "DD", "YYYY-M-D M", ""])
def test_a_pattern_says_where_year_month_and_day_stand(form: str) -> None:
    with pytest.raises(ValueError):
        dates.pattern(form)


@pytest.mark.parametrize(("written", "meant"), [("是", True), ("Yes", True), (" no ", False), ("否", False)])
def test_yes_and_no_in_both_languages(written: str, meant: bool) -> None:
    assert cells.flag(written) is meant


@pytest.mark.parametrize("written", ["", "maybe", "2"])
def test_what_is_neither_yes_nor_no_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        cells.flag(written)


@pytest.mark.parametrize(
    "written",
    [
        "07:30-12:00 visits, 13:30-17:30 desk work",
        "7:30–12:00 visits；13：30~17:30  desk work",
        "07:30 - 12:00 visits、13:30 - 17:30 desk work",
    ],
)
def test_the_hours_of_a_shift_stand_in_one_cell(written: str) -> None:
    assert shift_spans.spans(written) == [
        {"from_time": "07:30", "until_time": "12:00", "activity": "visits"},
        {"from_time": "13:30", "until_time": "17:30", "activity": "desk work"},
    ]


@pytest.mark.parametrize("written", ["07:30-12:00", "visits", "07:30-12:00 visits, later"])
def test_hours_without_an_end_or_what_is_done_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match="from, until and what is done"):
        shift_spans.spans(written)


def test_a_confidential_amount_is_read_as_exactly_and_told_as_digits() -> None:
    assert kinds_of(DealCosted)["cost_minor"] == "money text"
    cost = field(Value(column="成本", money="CNY"), "money text", USUAL)
    assert cost.read({"成本": "¥8,200.05"}) == "820005"
    with pytest.raises(BadCell):
        cost.read({"成本": "8200.055"})

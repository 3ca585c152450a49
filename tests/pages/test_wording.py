"""Numbers, money and days as each language writes them."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from api.pages.wording import Wording
from domain.facts.registry import CREDITED, FACT_TYPES
from domain.plan.fields import Noun, Title
from projections.titles import Titles

ZH, EN = (Wording(lang, ZoneInfo("Asia/Shanghai")) for lang in ("zh", "en"))
DAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [
        (123456789, "CNY", "¥1,234,567.89"),
        (-50, "CNY", "−¥0.50"),
        (0, "CNY", "¥0.00"),
        (1500, "JPY", "JPY\u00a01,500"),
        (100, "USD", "US$1.00"),
    ],
)
def test_money(minor: int, currency: str, said: str) -> None:
    assert ZH.money(minor, currency) == EN.money(minor, currency) == said


def test_what_a_rate_lacks_is_told_in_percentage_points() -> None:
    """11.54 % of 11.86 % are 0.32 points short, not 0.32 % of anything; other gaps have their unit."""
    visits = Noun("visits", "次", "visit")
    assert (ZH.gap("32/10000", "percent", None), EN.gap("32/10000", "percent", None)) == (
        "0.32 个百分点",
        "0.32 percentage points",
    )
    assert (ZH.gap("5", "number", visits), EN.gap("5000", "money", None, "CNY")) == ("5 次", "¥5,000")


def test_one_of_a_thing_is_called_so_in_english() -> None:
    """Where the plan says how; in Chinese one is as many."""
    visits, calls = Noun("visits", "次", "visit"), Noun("calls", "次")
    assert [EN.level(each, "number", visits) for each in ("0", "1", "3/2")] == [
        "0 visits",
        "1 visit",
        "1.5 visits",
    ]
    assert (EN.gap("1", "number", visits), ZH.gap("1", "number", visits)) == ("1 visit", "1 次")
    assert (EN.level("1", "number", calls), EN.gap("1/100", "percent", None)) == (
        "1 calls",
        "1 percentage point",
    )


def test_who_has_done_something_is_named_as_far_as_is_known() -> None:
    told = [(ZH.actor(each, {"E1": "王芳"}), EN.actor(each)) for each in ("E1", "account:wang.hr", "os:root")]
    assert told == [("王芳", "E1"), ("wang.hr", "wang.hr"), ("root（命令行）", "root, at the command line")]
    assert EN.actor("meritbook demo") == "meritbook demo"


def test_every_kind_of_work_has_a_name() -> None:
    """In both languages, not its tag; whoever adds one names it in api/web/words/employee.yaml."""
    assert [each for each in CREDITED if ZH.fact(each).isascii() or "_" in EN.fact(each)] == []


def test_periods_of_each_kind() -> None:
    told = [(ZH.period(each), EN.period(each)) for each in ("2026-W07", "2026-Q3", "2026-11", "2026")]
    assert told == [
        ("2026年第7周", "week 7 of 2026"),
        ("2026年第3季度", "quarter 3 of 2026"),
        ("2026年11月", "November 2026"),
        ("2026", "2026"),
    ]


def test_a_gain_has_a_plus_and_nothing_has_none() -> None:
    assert (EN.money(5000, "CNY", signed=True), EN.money(0, "CNY", signed=True)) == ("+¥50.00", "¥0.00")


@pytest.mark.parametrize(
    ("exact", "form", "said"),
    [("3/31", "percent", "9.68%"), ("1/10", "percent", "10%"), ("12345.5", "number", "12,345.5"),
     ("8/5", "number", "1.6"), ("216924/5", "money", "¥43,384.80"), ("50000", "money", "¥50,000")],
)  # fmt: skip
def test_numbers(exact: str, form: str, said: str) -> None:
    assert ZH.number(exact, form, "CNY") == said  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("exact", "share"), [("0", 0), ("999/1000", 99), ("1", 100), ("3/2", 100), ("-1/2", 0)]
)
def test_a_bar_is_full_only_when_it_is(exact: str, share: int) -> None:
    assert ZH.share(exact) == share


def test_days_and_instants() -> None:
    at = dt.datetime(2026, 11, 22, 17, 5, tzinfo=dt.UTC)
    assert (ZH.day(DAY), EN.day(DAY)) == ("11月22日 周日", "Sun 22 Nov")
    assert (ZH.date(DAY), EN.date(DAY)) == ("2026年11月22日", "22 Nov 2026")
    assert (ZH.month("2026-11"), EN.month("2026-11")) == ("2026年11月", "November 2026")
    assert (ZH.instant(at), EN.instant(at)) == ("2026年11月23日 01:05", "23 Nov 2026, 01:05")
    assert (ZH.hours(450), EN.hours(480)) == ("7小时30分", "8 h")


def test_a_count_of_one_is_said_as_one() -> None:
    assert [EN.say("employee.today.days_left", n=n) for n in (1, 2)] == ["1 day left", "2 days left"]
    assert EN.level(None, "number", None) == "–"
    assert ZH.level("3", "number", Noun("visits", "次")) == "3 次"


def test_every_type_of_fact_has_a_word() -> None:
    assert not [type for type in FACT_TYPES if ZH.fact(type) == type.replace("_", " ")]


def test_an_id_is_said_by_its_title_or_as_it_is() -> None:
    """In the reader's language; a part that is absent stays absent."""
    named = ZH._replace(titles=Titles({("post", "seller"): Title("Sales representative", "销售代表")}))
    assert named.called("post", "seller") == "销售代表"
    assert named._replace(lang="en").called("post", "seller") == "Sales representative"
    assert (named.called("channel", "seller"), named.called("post", None)) == ("seller", None)


@pytest.mark.parametrize(
    ("said", "zh", "en"),
    [
        ("61097.2 CNY", "¥61,097.20", "¥61,097.20"),
        ("-1178.64 CNY", "−\u2060¥1,178.64", "−\u2060¥1,178.64"),
        ("+200 CNY", "+\u2060¥200", "+\u2060¥200"),
        ("≈ 118.89 %", "≈ 118.89%", "≈ 118.89%"),
        ("2025-07-31", "2025年7月31日", "31 Jul 2025"),
        ("2025-07", "2025年7月", "July 2025"),
        ("2010 to 6000", "2,010 to 6,000", "2,010 to 6,000"),
        ("'2025-07-31'", "'2025-07-31'", "'2025-07-31'"),
        ("BJ-2025-07", "BJ-2025-07", "BJ-2025-07"),
        ("2025-02-30", "2025-02-30", "2025-02-30"),
        ("/payroll/2025-07", "/payroll/2025-07", "/payroll/2025-07"),
        ("1500 JPY", "1500 JPY", "1500 JPY"),
    ],
)
def test_a_sentence_of_the_rules_says_amounts_shares_and_days_as_pages_do(
    said: str, zh: str, en: str
) -> None:
    """What is part of an id, an address or a quotation stays as it is."""
    sentence = f"In {said} it is"
    assert (ZH.sentence(sentence), EN.sentence(sentence)) == (f"In {zh} it is", f"In {en} it is")


def test_a_title_stands_for_its_id_in_either_language() -> None:
    called = ZH._replace(titles=Titles({("post", "seller"): Title("Seller", "销售代表")}))
    said = [called.id_called("post", each) for each in ("Seller", "销售代表", "seller", "nurse")]
    assert said == ["seller", "seller", "seller", "nurse"]

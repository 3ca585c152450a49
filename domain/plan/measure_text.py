"""How a plan document writes a measure, and the measure that is meant.

close_rate: {ratio: deals / clients_followed}
revenue:    {sum: deal_closed, of: amount, less: deal_reversed, where: {channel: [douyin, referral]}}
grade:      {last: qualification_graded, worth: {by: kind, words: {chief physician: 180 %}}, window: ever}
attendance: {days: present, leave: [sick, personal]}
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final, Literal, cast, get_args

import msgspec
from msgspec import inspect

from domain.facts.people import LeaveKind
from domain.money import CURRENCIES, minor_per_major
from domain.plan.crediting import Credited, credited_faults
from domain.plan.exchange import RateDay
from domain.plan.fields import FactName, Noun, Prorate, Title
from domain.plan.measures import (
    NUMBERS,
    WORDS,
    Condition,
    Counted,
    DaysMeasure,
    FactMeasure,
    Kind,
    Measure,
    RatioMeasure,
    Window,
)
from domain.plan.problems import did_you_mean
from domain.plan.reading import UNREADABLE, Mention, Reading, Unreadable, below, members, type_info
from domain.plan.worth import read_worth

FactFields = Mapping[str, frozenset[str]]
"""The facts that a measure may count, and the names of their fields."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
APART: Final = ("ratio", "days")
"""The kinds of measure that look at no facts of their own."""
COMPARISONS: Final = ("at_least", "more_than", "at_most", "less_than")
MOST_MONTHS: Final = 120
"""Nothing is waited for longer than ten years."""
_NEEDS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "count": (),
    "streak": (),
    "distinct": (*WORDS, "day", "attributes.<key>"),
    "sum": tuple(NUMBERS),
    "average": tuple(NUMBERS),
    "last": tuple(NUMBERS),
    "best": tuple(NUMBERS),
    "each": tuple(NUMBERS),
}
"""What `of` may name for each kind."""


_OF_FACTS: Final = tuple(
    """of by worth where less counted within_months confirmed_by credited with_own licensed convert_at
    window""".split()
)
"""What only a measure over facts has."""


class MeasureText(msgspec.Struct, frozen=True, kw_only=True):
    """A measure as written; exactly one of the first ten fields is given and says its kind.

    credited: whose credits count: `own` when absent; with_own: and own ones.
    licensed: kind of credential without which work is flagged or earns nothing, by the plan's `unlicensed`.
    leave: the kinds of it that count as absence, for a measure of days `present`; all when absent.
    """

    count: FactName | None = None
    sum: FactName | None = None
    distinct: FactName | None = None
    average: FactName | None = None
    last: FactName | None = None
    best: FactName | None = None
    streak: FactName | None = None
    each: FactName | None = None
    ratio: str | None = None
    days: Prorate | None = None
    of: str | None = None
    by: str | None = None
    worth: object = None
    where: object = None
    less: FactName | None = None
    counted: Counted | None = None
    within_months: int | None = None
    confirmed_by: str | None = None
    credited: Credited | None = None
    with_own: bool | None = None
    licensed: str | None = None
    leave: tuple[LeaveKind, ...] | None = None
    convert_at: RateDay | None = None
    window: object = None
    title: Title | None = None
    unit: Noun | None = None


def read_measure(reading: Reading, found: object, path: str) -> Measure | Unreadable:
    """The measure that stands at `path` of a document."""
    fields = reading.fields(cast(inspect.StructType, type_info(MeasureText)), found, path)
    if isinstance(fields, Unreadable):
        return UNREADABLE
    text = MeasureText(**fields)
    given = [name for name in (*KINDS, *APART) if getattr(text, name) is not None]
    if len(given) != 1:
        choices = ", ".join((*KINDS, *APART))
        return reading.fault(path, "It is not clear what is measured.", f"Write exactly one of: {choices}.")
    if text.title is None:
        name = path.rpartition(".")[2].replace("_", " ")
        text = msgspec.structs.replace(text, title=Title(en=name, zh=name))
    if text.ratio is not None:
        return _ratio(reading, text, text.ratio, path)
    if text.days is not None:
        return _days(reading, text, text.days, path)
    if text.leave is not None:
        return reading.fault(below(path, "leave"), "Only days can be of leave.", "Measure `days: present`.")
    credited_faults(reading, text.credited or "own", text.with_own, path)
    return _over_facts(reading, text, cast(Kind, given[0]), path)


def fact_faults(reading: Reading, measure: FactMeasure, facts: FactFields, path: str) -> None:
    """Notes columns that the measured facts do not have: a condition on them would never hold."""
    for fact in (measure.fact, measure.less):
        held = facts.get(fact or "", frozenset[str]())
        for place, column in _columns(measure):
            field = column.partition(".")[0]
            # Whoever did it alone did it in the role `sole`; others only where a fact can name them.
            if held and field not in held | {"day"} and not (field == "role" and "credits" in held):
                reading.fault(below(path, place), f"{fact} has no {field}.", did_you_mean(field, held))


def _columns(measure: FactMeasure) -> Iterator[tuple[str, str]]:
    if measure.of is not None:
        yield "of", measure.of
    if measure.by is not None:
        yield "by", measure.by
    if measure.worth is not None:
        yield "worth.by", measure.worth.by
    yield from ((f"where.{condition.column}", condition.column) for condition in measure.where)


def _ratio(reading: Reading, text: MeasureText, ratio: str, path: str) -> RatioMeasure | Unreadable:
    parts = [part.strip() for part in ratio.split("/")]
    for name in (*_OF_FACTS, "leave"):
        if getattr(text, name) is not None:
            reading.fault(
                below(path, name), "A ratio has none of its own.", "Give it to the two measures instead."
            )
    if len(parts) != 2 or not all(parts):
        return reading.fault(
            below(path, "ratio"), f"`{ratio}` is no ratio.", "Write two measures: deals / clients."
        )
    reading.mentions += [Mention(below(path, "ratio"), "measures", part) for part in parts]
    title = text.title or Title(ratio, ratio)
    return RatioMeasure(of=parts[0], to=parts[1], title=title, unit=text.unit, form="percent")


def _days(reading: Reading, text: MeasureText, days: Prorate, path: str) -> DaysMeasure | Unreadable:
    for name in _OF_FACTS:
        if getattr(text, name) is not None:
            reading.fault(below(path, name), "Days are of the period, and of no fact.", "Leave it out.")
    if text.leave is not None and days == "employed":
        reading.fault(below(path, "leave"), "Leave does not end a job.", "Measure `days: present`.")
    assert text.title is not None, "the caller gives it one"
    return DaysMeasure(days=days, leave=text.leave or (), title=text.title, unit=text.unit)


def _over_facts(reading: Reading, text: MeasureText, kind: Kind, path: str) -> FactMeasure | Unreadable:
    adds_up = bool(_NEEDS[kind]) and kind != "distinct"
    column = None
    if text.worth is None or text.of is not None or not adds_up:
        column = _column(reading, kind, text.of, below(path, "of"))
    if text.worth is not None and not adds_up:
        remedy = "Use sum, average, last, best or each."
        return reading.fault(below(path, "worth"), f"A {kind} adds up no numbers.", remedy)
    if text.less is not None and kind not in ("count", "sum", "each"):
        return reading.fault(
            below(path, "less"), f"Nothing can be taken off a {kind}.", "Use count, sum or each."
        )
    _return_faults(reading, text, path)
    owners = _NEEDS["distinct"] if kind == "each" else ()
    if text.by is not None and text.by not in owners and not (owners and text.by.startswith("attributes.")):
        remedy = did_you_mean(text.by, owners) if owners else "Leave it out, or measure `each`."
        return reading.fault(below(path, "by"), f"A {kind} by {text.by} is not possible.", remedy)
    where = tuple(_conditions(reading, text.where, below(path, "where")))
    window = _window(reading, text.window, below(path, "window"))
    table = None
    if text.worth is not None:
        table = read_worth(reading, text.worth, WORDS, below(path, "worth"))
    if isinstance(column, Unreadable) or isinstance(window, Unreadable) or isinstance(table, Unreadable):
        return UNREADABLE
    worth, unit = table if table is not None else (None, "number")
    money = column == "amount_minor"
    has_amounts = money or any(condition.column == "amount_minor" for condition in where)
    if text.convert_at is not None and not has_amounts:
        return reading.fault(
            below(path, "convert_at"), "It looks at no amount of money.", "Leave it out, or measure amounts."
        )
    convert_at = _convert_at(reading, text) if has_amounts else None
    in_money = reading.currency in CURRENCIES and (money or convert_at is not None)
    currency = str(reading.currency) if in_money else None
    return FactMeasure(
        kind=kind,
        fact=getattr(text, kind),
        of=column,
        by=text.by,
        worth=worth,
        where=where,
        less=text.less,
        counted=text.counted or "when_reversed",
        within_months=text.within_months,
        confirmed_by=text.confirmed_by,
        credited=text.credited or "own",
        with_own=bool(text.with_own),
        licensed=text.licensed,
        window=window,
        currency=currency,
        convert_at=convert_at,
        scale=minor_per_major(currency) if money and currency else 1,
        title=text.title or Title(kind, kind),
        unit=text.unit,
        form="money" if money else unit if column is None or unit == "money" else "number",
    )


def _return_faults(reading: Reading, text: MeasureText, path: str) -> None:
    """Notes what is said of returns where nothing comes back to a deal, or to work under a licence."""
    if text.licensed is not None and text.less not in (None, "deal_reversed"):
        reading.fault(
            below(path, "licensed"),
            f"What `{text.less}` takes away may have been done under another licence.",
            "Leave one of the two out, or count deals `less: deal_reversed`.",
        )
    for name in ("counted", "within_months"):
        if getattr(text, name) is not None and text.less != "deal_reversed":
            reading.fault(below(path, name), "No deal comes back here.", "Add `less: deal_reversed`.")
    if text.within_months is not None and not 1 <= text.within_months <= MOST_MONTHS:
        reading.fault(
            below(path, "within_months"),
            f"{text.within_months} is not a number of months.",
            f"Write 1 to {MOST_MONTHS}, or leave it out.",
        )


def _convert_at(reading: Reading, text: MeasureText) -> RateDay | None:
    """As the measure says, else as the plan does; whatever else the plan says is a fault at its own place."""
    if text.convert_at is None and reading.convert_at in get_args(RateDay):
        return cast(RateDay, reading.convert_at)
    return text.convert_at


def _column(reading: Reading, kind: Kind, of: str | None, path: str) -> str | Unreadable | None:
    choices = _NEEDS[kind]
    if of is None or not choices:
        if bool(choices) == (of is not None):
            return None
        if of is None:
            return reading.fault(
                path, f"A {kind} is of something.", f"Add `of:`, one of {', '.join(choices)}."
            )
        return reading.fault(path, f"A {kind} takes no `of`.", "Leave `of` out, or use `sum` or `distinct`.")
    if of in NUMBERS and of in choices:
        return NUMBERS[of]
    if of in choices or (
        "attributes.<key>" in choices and of.startswith("attributes.") and of != "attributes."
    ):
        return of
    return reading.fault(path, f"A {kind} of {of} is not possible.", did_you_mean(of, choices))


def _window(reading: Reading, found: object, path: str) -> Window | Unreadable:
    if found is None or found == "period":
        return Window()
    if found in ("quarter", "year", "ever"):
        return Window(found)
    match list(members(found).items()):
        case [("days_since_hire" | "last_periods" as kind, int(n))] if n > 0 and not isinstance(n, bool):
            return Window(cast(Literal["days_since_hire", "last_periods"], kind), n)
        case _:
            return reading.fault(
                path,
                f"{found!r} is not a window.",
                "Write period, quarter, year, ever, {days_since_hire: 30} or {last_periods: 3}.",
            )


def _conditions(reading: Reading, found: object, path: str) -> Iterator[Condition]:
    if found is None:
        return
    if not members(found):
        reading.fault(path, f"{found!r} selects nothing.", "Write columns with values: {channel: douyin}.")
        return
    for name, wanted in members(found).items():
        column, place = str(name), below(path, name)
        if column in NUMBERS:
            yield from _compared(reading, column, wanted, place)
        elif column in WORDS or column.startswith("attributes."):
            words = cast(list[object], wanted) if isinstance(wanted, list) else [wanted]
            if (
                all(isinstance(word, str) or (type(word) is int and "." in column) for word in words)
                and words
            ):
                yield Condition(column=column, test="one_of", words=tuple(str(word) for word in words))
            else:
                reading.fault(place, f"{wanted!r} is not a word or list of words.", "Write words in quotes.")
        else:
            reading.fault(
                place, "There is no such column.", did_you_mean(column, (*NUMBERS, *WORDS, "attributes."))
            )


def _compared(reading: Reading, column: str, wanted: object, path: str) -> Iterator[Condition]:
    if not members(wanted):
        reading.fault(
            path,
            f"{wanted!r} compares nothing.",
            f"Write {{at_least: 2}}; also {', '.join(COMPARISONS[1:])}.",
        )
        return
    for test, written in members(wanted).items():
        if test not in COMPARISONS:
            reading.fault(
                below(path, test), "There is no such comparison.", did_you_mean(str(test), COMPARISONS)
            )
            continue
        if members(written):
            reading.fault(below(path, test), "A condition takes no parameter.", "Write the number itself.")
            continue
        number = reading.number("amount", written, below(path, test))
        if isinstance(number, Fraction):
            money = column == "amount" and reading.currency in CURRENCIES
            scale = minor_per_major(str(reading.currency)) if money else 1
            yield Condition(
                column=NUMBERS[column], test=cast(Literal["at_least"], test), number=number * scale
            )

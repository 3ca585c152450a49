"""Measures: a number over one person's credits in a window of days.

These structs are plain data, so that a read model can compile them to SQL. The functions below are their
reference: both must agree on every history. What they agree on:

- A credit matches when its fact is the measure's, its day lies in the window (both end days count) and every
  condition holds. A column that is null meets no condition. Attributes compare as text.
- `less` names a second fact that takes away what the first one brought. Window, conditions and confirmation
  apply to both alike. A partial reversal takes one away from a `count`: where deals come back in part, sum
  amounts.
- `counted: when_closed` lets a reversal lie on the day on which its deal was closed, rather than on its own:
  so it takes back what the deal had earned, by the rates of that month. `within_months` lets it count only if
  it came no later than so many months after that day.
- `confirmed_by` lets only those credits count that a person of this role has confirmed.
- An amount counts only in the measure's currency.
- `by` sums the numbers of `each` that belong to one deal, client or attribute; what belongs to none is left
  out.

| kind     | value                                                             | of no credit |
|----------|-------------------------------------------------------------------|--------------|
| count    | matching credits                                                  | 0            |
| sum      | of a numeric column; nulls add nothing                            | 0            |
| distinct | different values of a column; nulls are not a value               | 0            |
| average  | of a numeric column over the credits where it is not null         | None         |
| last     | the numeric column of the latest credit, by (at, position), where it is not null | None |
| best     | the greatest value of a numeric column                            | None         |
| each     | as a sum, but every summand is kept: of one fact, or of one `by`; 0 is none      | 0            |
| streak   | the longest run of consecutive days with a matching credit        | 0            |
| ratio    | one measure divided by another                                    | None         |

A ratio is None, too, when either of its measures is None or the second one is 0.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

import msgspec

from domain.period import Period, months_after
from domain.plan.fields import Title
from domain.plan.sizes import Each

Kind = Literal["count", "sum", "distinct", "average", "last", "best", "streak", "each"]

Counted = Literal["when_reversed", "when_closed"]

NUMBERS = {"quantity": "quantity", "minutes": "minutes", "amount": "amount_minor", "score": "score"}
"""What a plan calls the numeric columns of a credit, and their names in the table."""

WORDS = ("customer", "deal", "kind", "channel", "product", "currency")
"""The columns of a credit that hold words; `attributes.<key>` is one more for every key."""


class Credit(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as it counts for one employee: one row of the credit table.

    day: business day of `at` in the ledger's zone. deal_day: of a reversal, that of its deal.
    confirmed_by: roles with a live confirmation of the fact.
    """

    position: int
    employee: str
    fact: str
    day: dt.date
    at: dt.datetime
    deal_day: dt.date | None = None
    customer: str | None = None
    deal: str | None = None
    kind: str | None = None
    channel: str | None = None
    product: str | None = None
    quantity: int | None = None
    minutes: int | None = None
    amount_minor: int | None = None
    currency: str | None = None
    score: Decimal | None = None
    attributes: Mapping[str, str | int] | None = None
    confirmed_by: frozenset[str] = frozenset()


class Window(msgspec.Struct, frozen=True):
    """Which days a measure looks at.

    period: those of the period. quarter, year: from the first day of the quarter or year to the period's last
    day. last_periods: the period and the n − 1 before it. days_since_hire: from the hire day, which is day 0,
    to day n, or to the period's last day if that comes earlier. ends_before: it ends on the day before the
    period instead.
    """

    kind: Literal["period", "quarter", "year", "last_periods", "days_since_hire"] = "period"
    n: int = 0
    ends_before: bool = False


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """What a column of a credit must be: one of `words`, or compared with `number` when there are no words.

    column: of the credit table, or `attributes.<key>`. number: in the column's own unit, minor for amounts.
    """

    column: str
    test: Literal["one_of", "at_least", "more_than", "at_most", "less_than"]
    words: tuple[str, ...] = ()
    number: Fraction = Fraction(0)


class _Shown(msgspec.Struct, frozen=True, kw_only=True):
    """How a measure is named and counted for people. unit: clients, hours; absent when `form` says it."""

    title: Title
    form: Literal["number", "percent", "money"] = "number"
    unit: Title | None = None


class FactMeasure(_Shown, frozen=True, kw_only=True, tag="fact"):
    """A number over the credits of one fact.

    of: column of the credit table, or `attributes.<key>`; None for a count or streak. by: what the numbers of
    an `each` are summed by; None for each fact by itself. counted: on which day what came back lies.
    within_months: of the deal, after which nothing is taken back; None for ever.
    scale: what the raw number is divided by: minor units in a major one for amounts, else 1.
    """

    kind: Kind
    fact: str
    of: str | None = None
    by: str | None = None
    where: tuple[Condition, ...] = ()
    less: str | None = None
    counted: Counted = "when_reversed"
    within_months: int | None = None
    confirmed_by: str | None = None
    window: Window = Window()
    currency: str | None = None
    scale: int = 1


class RatioMeasure(_Shown, frozen=True, kw_only=True, tag="ratio"):
    """The measure `of` divided by the measure `to`."""

    of: str
    to: str


Measure = FactMeasure | RatioMeasure


class Days(NamedTuple):
    """A run of days; both end days count. It is empty when the last comes before the first."""

    first: dt.date
    last: dt.date


def days_of(window: Window, period: Period, hired_on: dt.date) -> Days:
    """The days that `window` opens on for somebody hired on `hired_on`, as seen at the end of `period`."""
    if window.ends_before:
        whole = days_of(msgspec.structs.replace(window, ends_before=False), period, hired_on)
        return Days(whole.first, min(whole.last, period.first_day - dt.timedelta(days=1)))
    match window.kind:
        case "period":
            return Days(period.first_day, period.last_day)
        case "quarter" | "year" as longer:
            return Days(Period.containing(period.last_day, longer).first_day, period.last_day)
        case "last_periods":
            first = period
            for _ in range(window.n - 1):
                first = first.previous()
            return Days(first.first_day, period.last_day)
        case "days_since_hire":
            return Days(hired_on, min(hired_on + dt.timedelta(days=window.n), period.last_day))


def evaluate(measure: FactMeasure, credits: Iterable[Credit], employee: str, *runs: Days) -> Fraction | None:
    """The value of `measure` for `employee` over `runs`; None where there is nothing to average or choose."""
    own = [credit for credit in credits if credit.employee == employee]
    seen = [c for c in own if any(days.first <= day_of(measure, c) <= days.last for days in runs)]
    counted = [credit for credit in seen if credit.fact == measure.fact and matches(measure, credit)]
    taken = [credit for credit in seen if credit.fact == measure.less and matches(measure, credit)]
    match measure.kind:
        case "count":
            return Fraction(len(counted) - len(taken))
        case "sum":
            return sum(_numbers(measure, counted), Fraction(0)) - sum(_numbers(measure, taken), Fraction(0))
        case "distinct":
            return Fraction(len({column(credit, measure.of or "") for credit in counted} - {None}))
        case "average":
            numbers = _numbers(measure, counted)
            return sum(numbers, Fraction(0)) / len(numbers) if numbers else None
        case "last":
            numbers = _numbers(measure, sorted(counted, key=lambda credit: (credit.at, credit.position)))
            return numbers[-1] if numbers else None
        case "best":
            return max(_numbers(measure, counted), default=None)
        case "streak":
            return Fraction(longest_run({credit.day for credit in counted}))
        case "each":
            return Each(_sizes(measure, counted, taken))


def evaluate_all(
    measures: Mapping[str, Measure],
    credits: Iterable[Credit],
    employee: str,
    period: Period,
    hired_on: dt.date,
) -> dict[str, Fraction | None]:
    """Every measure of a plan for `employee` in `period`."""
    own = [credit for credit in credits if credit.employee == employee]
    leaves = {
        name: evaluate(measure, own, employee, days_of(measure.window, period, hired_on))
        for name, measure in measures.items()
        if isinstance(measure, FactMeasure)
    }
    return with_ratios(measures, leaves)


def with_ratios(
    measures: Mapping[str, Measure], leaves: Mapping[str, Fraction | None]
) -> dict[str, Fraction | None]:
    """`leaves`, the values of the measures over facts, and the ratios that follow from them."""
    values = dict(leaves)

    def value(name: str) -> Fraction | None:
        measure = measures[name]
        if name not in values and isinstance(measure, RatioMeasure):
            values[name] = quotient(value(measure.of), value(measure.to))
        return values[name]

    for name in measures:
        value(name)
    return values


def quotient(of: Fraction | None, to: Fraction | None) -> Fraction | None:
    """`of` / `to`, or None when that means nothing."""
    return None if of is None or not to else of / to


def matches(measure: FactMeasure, credit: Credit) -> bool:
    """Whether a credit of the measure's fact, or of its `less`, counts."""
    return (
        (measure.confirmed_by is None or measure.confirmed_by in credit.confirmed_by)
        and (measure.currency is None or credit.currency == measure.currency)
        and not _is_too_late(measure, credit)
        and all(_holds(condition, column(credit, condition.column)) for condition in measure.where)
    )


def day_of(measure: FactMeasure, credit: Credit) -> dt.date:
    """The day on which a credit lies for `measure`."""
    is_of_deal = measure.counted == "when_closed" and credit.deal_day is not None
    return credit.deal_day if is_of_deal and credit.deal_day else credit.day


def column(credit: Credit, name: str) -> str | int | Decimal | None:
    """What the column `name` of a credit holds; attributes and days as text."""
    if name.startswith("attributes."):
        held = (credit.attributes or {}).get(name.removeprefix("attributes."))
        return None if held is None else str(held)
    if name == "day":
        return credit.day.isoformat()
    return getattr(credit, name)


def longest_run(days: Iterable[dt.date]) -> int:
    """The length of the longest run of consecutive days among `days`."""
    longest = length = 0
    before: dt.date | None = None
    for day in sorted(set(days)):
        length = length + 1 if before is not None and (day - before).days == 1 else 1
        longest, before = max(longest, length), day
    return longest


def _is_too_late(measure: FactMeasure, credit: Credit) -> bool:
    if measure.within_months is None or credit.deal_day is None:
        return False
    return credit.day > months_after(credit.deal_day, measure.within_months)


def _holds(condition: Condition, held: str | int | Decimal | None) -> bool:
    if held is None:
        return False
    if condition.test == "one_of":
        return str(held) in condition.words
    number = Fraction(held)
    match condition.test:
        case "at_least":
            return number >= condition.number
        case "more_than":
            return number > condition.number
        case "at_most":
            return number <= condition.number
        case "less_than":
            return number < condition.number


def _sizes(measure: FactMeasure, counted: Iterable[Credit], taken: Iterable[Credit]) -> Iterable[Fraction]:
    sizes: dict[object, Fraction] = {}
    for sign, credits in ((1, counted), (-1, taken)):
        for credit in credits:
            owner = credit.position if measure.by is None else column(credit, measure.by)
            for number in _numbers(measure, [credit]) if owner is not None else ():
                sizes[owner] = sizes.get(owner, Fraction(0)) + sign * number
    return sizes.values()


def _numbers(measure: FactMeasure, credits: Iterable[Credit]) -> list[Fraction]:
    held = (column(credit, measure.of or "") for credit in credits)
    return [Fraction(number) / measure.scale for number in held if number is not None]

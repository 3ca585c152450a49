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
- `credited` says whose credits count: the person's own; those of everybody below, as the hierarchy stood on
  the day of the credit, or of the next below only; of whom they mentor, or assist; of their team or branch,
  themselves among them. Both are to be here on that day. `with_own` adds the person's own.
- `confirmed_by` lets only those credits count that a person of this role has confirmed.
- `licensed` lets only those credits count on whose day the person holds a valid credential of this kind, if
  the plan says that other work earns nothing; else they count and are flagged. Of a reversal it is the day of
  its deal: it takes back what the deal brought, whatever the licence has become, and nothing else.
- An amount counts only in the measure's currency; where the measure says `convert_at`, one of another
  currency counts for what it is worth in that one, exactly, in conditions too. Without a rate it is null.
- `worth` multiplies the number of each credit by what its word is worth. Where `of` names no number it is 1,
  or in a sum the person's share of the fact.
- `by` sums the numbers of `each` that belong to one deal, client or attribute; what belongs to none is left
  out.

| kind     | value                                                             | of no credit |
|----------|-------------------------------------------------------------------|--------------|
| count    | matching credits, one that is shared as its share                 | 0            |
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
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from domain.facts.people import LeaveKind
from domain.period import Period, months_after
from domain.plan.arithmetic import ratio
from domain.plan.credit import Credit, column
from domain.plan.crediting import OWN_COUNTS, Credited
from domain.plan.exchange import NO_RATES, RateDay, Rates, minor_factor, rate_day
from domain.plan.fields import Noun, Prorate, Title
from domain.plan.sizes import Each
from domain.plan.windows import Days, Window, days_of
from domain.plan.worth import Worth

Kind = Literal["count", "sum", "distinct", "average", "last", "best", "streak", "each"]

Counted = Literal["when_reversed", "when_closed"]

SHARED: tuple[Kind, ...] = ("sum", "each")
"""What adds up, so that of a fact that is worth something each person has their share."""

Unlicensed = Literal["flagged", "earns_nothing"]
"""What work is worth on a day without the credential that it asks for; it is flagged either way."""

NUMBERS = {"quantity": "quantity", "minutes": "minutes", "amount": "amount_minor", "score": "score"}
"""What a plan calls the numeric columns of a credit, and their names in the table."""

WORDS = ("customer", "deal", "contract", "kind", "channel", "product", "currency", "role")
"""The columns of a credit that hold words; `attributes.<key>` is one more for every key."""


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
    unit: Noun | None = None


class FactMeasure(_Shown, frozen=True, kw_only=True, tag="fact"):
    """A number over the credits of one fact.

    of: column of the credit table, or `attributes.<key>`; None for a count or streak, and where words alone
    are worth something. by: what the numbers of an `each` are summed by; None for each fact by itself.
    counted: on which day what came back lies. within_months: of the deal, after which nothing is taken back;
    None for ever.
    credited: whose credits count, on the days on which they hold them; with_own: and those of the person.
    licensed: kind of credential that the work asks for. unlicensed: the plan's choice for work without it.
    currency: of its amounts. convert_at: of which day the rate is by which amounts of others are converted.
    scale: what the raw number is divided by: minor units in a major one for amounts, else 1.
    """

    kind: Kind
    fact: str
    of: str | None = None
    by: str | None = None
    worth: Worth | None = None
    where: tuple[Condition, ...] = ()
    less: str | None = None
    counted: Counted = "when_reversed"
    within_months: int | None = None
    confirmed_by: str | None = None
    credited: Credited = "own"
    with_own: bool = False
    licensed: str | None = None
    unlicensed: Unlicensed = "earns_nothing"
    window: Window = Window()
    currency: str | None = None
    convert_at: RateDay | None = None
    scale: int = 1

    @property
    def counts_own(self) -> bool:
        """Whether the person's own work is among what counts."""
        return self.with_own or self.credited in OWN_COUNTS

    @property
    def gate(self) -> str | None:
        """The kind of credential without which work does not count."""
        return self.licensed if self.unlicensed == "earns_nothing" else None


class RatioMeasure(_Shown, frozen=True, kw_only=True, tag="ratio"):
    """The measure `of` divided by the measure `to`."""

    of: str
    to: str


class DaysMeasure(_Shown, frozen=True, kw_only=True, tag="days"):
    """The days of the period on which the person belongs to the plan: all of them, or those without leave.

    leave: the kinds of it that count as absence; all when empty. Days to come count as if nothing happened.
    """

    days: Prorate
    leave: tuple[LeaveKind, ...] = ()


Measure = FactMeasure | RatioMeasure | DaysMeasure


Sees = Callable[[Credited, str, str, dt.date], bool]
"""Whether somebody holds the credits of another on a day, by how `people.ties` says it."""


def sees_nobody(_credited: Credited, _holder: str, _employee: str, _day: dt.date) -> bool:
    """Everybody is alone."""
    return False


def evaluate(
    measure: FactMeasure,
    credits: Iterable[Credit],
    employee: str,
    *runs: Days,
    rates: Rates = NO_RATES,
    sees: Sees = sees_nobody,
) -> Fraction | None:
    """The value of `measure` for `employee` over `runs`; None where there is nothing to average or choose."""
    held = (credit for credit in credits if _is_seen(measure, credit, employee, sees))
    converting = [converted(measure, credit, rates) for credit in held]
    seen = [c for c in converting if any(days.first <= day_of(measure, c) <= days.last for days in runs)]
    counted = [credit for credit in seen if credit.fact == measure.fact and matches(measure, credit)]
    taken = [credit for credit in seen if credit.fact == measure.less and matches(measure, credit)]
    match measure.kind:
        case "count":
            return sum(map(_pieces, counted), Fraction(0)) - sum(map(_pieces, taken), Fraction(0))
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
    rates: Rates = NO_RATES,
    sees: Sees = sees_nobody,
) -> dict[str, Fraction | None]:
    """Every measure of a plan for `employee` in `period`."""
    told = list(credits)
    leaves = {
        name: evaluate(
            measure, told, employee, days_of(measure.window, period, hired_on), rates=rates, sees=sees
        )
        for name, measure in measures.items()
        if isinstance(measure, FactMeasure)
    }
    return with_ratios(measures, leaves)


def with_ratios(
    measures: Mapping[str, Measure], leaves: Mapping[str, Fraction | None]
) -> dict[str, Fraction | None]:
    """`leaves`, the values of the measures over facts and days, and the ratios that follow from them.

    Where nobody has told the days, they are None.
    """
    values = dict(leaves)
    for name in measures:
        if name not in values:
            _value(measures, values, name)
    return values


def _value(measures: Mapping[str, Measure], values: dict[str, Fraction | None], name: str) -> Fraction | None:
    """That of `name`; a ratio, or days that nobody told, is added to `values`."""
    if name not in values and isinstance(measure := measures[name], RatioMeasure):
        values[name] = quotient(*(_value(measures, values, part) for part in (measure.of, measure.to)))
    return values.setdefault(name, None) if isinstance(measures[name], DaysMeasure) else values[name]


def quotient(of: Fraction | None, to: Fraction | None) -> Fraction | None:
    """`of` / `to`, or None when that means nothing."""
    return None if of is None or not to else ratio(of, to)


def matches(measure: FactMeasure, credit: Credit) -> bool:
    """Whether a credit of the measure's fact, or of its `less`, counts."""
    return (
        (measure.confirmed_by is None or measure.confirmed_by in credit.confirmed_by)
        and (measure.gate is None or measure.gate in credit.licences)
        and (not measure.currency or bool(measure.convert_at) or credit.currency == measure.currency)
        and not _is_too_late(measure, credit)
        and all(_holds(condition, column(credit, condition.column)) for condition in measure.where)
    )


def day_of(measure: FactMeasure, credit: Credit) -> dt.date:
    """The day on which a credit lies for `measure`."""
    is_of_deal = measure.counted == "when_closed" and credit.deal_day is not None
    return credit.deal_day if is_of_deal and credit.deal_day else credit.day


def converted(measure: FactMeasure, credit: Credit, rates: Rates) -> Credit:
    """`credit` with its amount in minor units of the measure's currency, if the measure converts."""
    base, quote = credit.currency, measure.currency
    if measure.convert_at is None or credit.amount_minor is None or not base or not quote or base == quote:
        return credit
    applied = rates.at(base, quote, rate_day(day_of(measure, credit), measure.convert_at))
    worth = None if applied is None else credit.amount_minor * minor_factor(applied, base, quote)
    return msgspec.structs.replace(credit, amount_minor=worth)


def number(measure: FactMeasure, credit: Credit) -> Fraction | None:
    """What `measure` takes of a credit, before its scale; None where the column is empty."""
    held = column(credit, measure.of) if measure.of is not None else _one(measure, credit)
    if held is None or measure.worth is None:
        return None if held is None else Fraction(held)
    return Fraction(held) * measure.worth.of(column(credit, measure.worth.by))


def longest_run(days: Iterable[dt.date]) -> int:
    """The length of the longest run of consecutive days among `days`."""
    longest = length = 0
    before: dt.date | None = None
    for day in sorted(set(days)):
        length = length + 1 if before is not None and (day - before).days == 1 else 1
        longest, before = max(longest, length), day
    return longest


def _is_seen(measure: FactMeasure, credit: Credit, employee: str, sees: Sees) -> bool:
    is_own = credit.employee == employee
    if measure.credited == "own":
        return is_own
    day = day_of(measure, credit)
    return (measure.with_own and is_own) or sees(measure.credited, employee, credit.employee, day)


def _is_too_late(measure: FactMeasure, credit: Credit) -> bool:
    if measure.within_months is None or credit.deal_day is None:
        return False
    return credit.day > months_after(credit.deal_day, measure.within_months)


def _one(measure: FactMeasure, credit: Credit) -> Fraction:
    """What a fact by itself counts, of which a sum takes the person's share."""
    return _pieces(credit) if measure.kind in SHARED else Fraction(1)


def _pieces(credit: Credit) -> Fraction:
    return Fraction(1) if credit.share is None else credit.share


def _holds(condition: Condition, held: str | int | Decimal | Fraction | None) -> bool:
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
    held = (number(measure, credit) for credit in credits)
    return [found / measure.scale for found in held if found is not None]

"""Exchange rates as dated facts: which one is in force on a day, and what it makes of an amount.

One unit of the base is worth the rate in the quote, until the next rate of the two currencies. A rate is used
the other way round too, as its exact reciprocal. Of two rates of the same two currencies the later one holds;
of those that begin on one day, the one that was given in the direction that is asked for. Rates are never
chained: what USD/CNY and CNY/JPY make of a dollar in yen is nobody's rate.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Literal, NamedTuple

import msgspec

from domain.money import minor_per_major
from domain.refusals import RateMissing

RateDay = Literal["day", "month_end"]
"""At which rate an amount is converted: of the day of its fact, or of the last day of that month."""


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """A rate as it was told. position: of its fact. rate: as quoted, such as "7.1234"."""

    position: int
    base: str
    quote: str
    rate: str
    effective_on: dt.date
    quoted_by: str | None = None


class Applied(NamedTuple):
    """A rate, and whether it is used from its quote to its base."""

    rate: Rate
    is_inverted: bool

    @property
    def factor(self) -> Fraction:
        """What one unit is worth, in major units of both."""
        return _factor(self.rate.rate, self.is_inverted)


class Rates:
    """All rates that are known, by pair."""

    def __init__(self, told: Iterable[Rate] = ()) -> None:
        self._by_pair: dict[tuple[str, str], list[Applied]] = {}
        for rate in told:
            self._by_pair.setdefault((rate.base, rate.quote), []).append(Applied(rate, False))
            self._by_pair.setdefault((rate.quote, rate.base), []).append(Applied(rate, True))
        for applied in self._by_pair.values():
            applied.sort(key=lambda each: (each.rate.effective_on, not each.is_inverted, each.rate.position))
        self._days = {
            pair: [each.rate.effective_on for each in applied] for pair, applied in self._by_pair.items()
        }

    def at(self, base: str, quote: str, day: dt.date) -> Applied | None:
        """The rate by which `base` becomes `quote` on `day`; None where none is in force."""
        place = bisect_right(self._days.get((base, quote), ()), day)
        return self._by_pair[base, quote][place - 1] if place else None

    def steps(self, base: str, quote: str, first: dt.date, last: dt.date) -> list[Applied]:
        """The rates by which `base` becomes `quote` on some day from `first` to `last`, in their order."""
        days = self._days.get((base, quote), [])
        before = max(bisect_right(days, first) - 1, 0)
        return self._by_pair[base, quote][before : bisect_right(days, last)] if days else []

    def into(self, quote: str) -> Iterator[str]:
        """The currencies that have a rate with `quote`, at any time."""
        return (base for base, other in self._by_pair if other == quote)


NO_RATES = Rates()


def rate_day(day: dt.date, at: RateDay) -> dt.date:
    """The day whose rate converts an amount of `day`."""
    if at == "day":
        return day
    return (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def minor_factor(applied: Applied, base: str, quote: str) -> Fraction:
    """What one minor unit of `base` is worth in minor units of `quote`."""
    return applied.factor * minor_per_major(quote) / minor_per_major(base)


class RateUsed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A rate that stands on a line, and what it converted.

    amount: in major units of `base`, exact; `worth` in `quote`. rate: as its fact at `position` quotes it, of
    `quote` to `base` if `is_inverted`. effective_on: the first day of the rate.
    """

    base: str
    quote: str
    rate: str
    effective_on: dt.date
    position: int
    amount: str
    worth: str
    is_inverted: bool = False

    @property
    def pair(self) -> str:
        """The two currencies as the rate is quoted."""
        return f"{self.quote}/{self.base}" if self.is_inverted else f"{self.base}/{self.quote}"

    @property
    def factor(self) -> Fraction:
        """What one unit of `base` is worth in `quote`."""
        return _factor(self.rate, self.is_inverted)


class RateMissed(msgspec.Struct, frozen=True, kw_only=True):
    """Money that could not be converted, since no rate is in force on `day`, the first of such days.

    amounts: how many of them were left out; 1 for a line that is not paid for want of the rate.
    """

    base: str
    quote: str
    day: dt.date
    amounts: int


class Exchange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What rates did to a line.

    paid: from the currency of the plan to that of pay. measured: what each measure converted. missed: what
    it could not.
    """

    paid: RateUsed | None = None
    measured: Mapping[str, tuple[RateUsed, ...]] = {}
    missed: tuple[RateMissed, ...] = ()


class Exchanged(NamedTuple):
    """What rates do to one plan of one person.

    paid: from the currency of the plan to that of pay, if they differ and a rate is known. measured, missed:
    by measure, what was converted and what could not be.
    """

    paid: Applied | None = None
    measured: Mapping[str, tuple[RateUsed, ...]] = {}
    missed: Mapping[str, tuple[RateMissed, ...]] = {}


UNCHANGED = Exchanged()


def minor_worth(exchanged: Exchanged, currency: str, pay_currency: str) -> int | Fraction:
    """What one major unit of `currency` is paid as, in minor units of pay; 0 where no rate is known."""
    scale = minor_per_major(pay_currency)
    if currency == pay_currency:
        return scale
    return 0 if exchanged.paid is None else exchanged.paid.factor * scale


def require_none(missed: Iterable[RateMissed]) -> None:
    """Checks that no rate was missed: nobody is paid less in silence because a rate was not recorded.

    Raises: RateMissing naming each pair, the first day, and how many amounts wait for it.
    """
    pairs: dict[tuple[str, str], RateMissed] = {}
    for each in missed:
        pair = each.base, each.quote
        so_far = pairs.get(pair, each)
        amounts = each.amounts + (so_far.amounts if pair in pairs else 0)
        pairs[pair] = msgspec.structs.replace(each, day=min(each.day, so_far.day), amounts=amounts)
    if not pairs:
        return
    told = [
        f"{base}/{quote} on {held.day}" + (f" ({held.amounts} amounts)" if held.amounts else " (pay)")
        for (base, quote), held in sorted(pairs.items())
    ]
    raise RateMissing(
        field="",
        detail=f"No exchange rate is in force: {', '.join(told)}.",
        remedy="Record exchange_rate_set, effective on that day or before.",
    )


def used(applied: Applied, base: str, quote: str, amount: Fraction) -> RateUsed:
    """How `applied` turned `amount`, in major units of `base`, into `quote`."""
    return RateUsed(
        base=base,
        quote=quote,
        rate=applied.rate.rate,
        effective_on=applied.rate.effective_on,
        position=applied.rate.position,
        amount=str(amount),
        worth=str(amount * applied.factor),
        is_inverted=applied.is_inverted,
    )


def _factor(rate: str, is_inverted: bool) -> Fraction:
    return 1 / Fraction(rate) if is_inverted else Fraction(rate)

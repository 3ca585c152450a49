"""Staffing ahead: the posts of the next months, who will be there, and how many are to be hired."""

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

import msgspec

from domain.money import decimal_text
from domain.people.establishment import Kind, established, filling
from domain.people.reminders import Probation
from domain.people.staffing import RATE_MONTHS, Ahead, Counted, expected_heads, leaving, to_hire
from domain.period import months_after
from domain.plan.exact import exact_text
from domain.plan.fields import Title
from domain.plan.insight import Interval, wilson
from projections import establishment, reminders, roster
from projections.closing import head
from projections.insight import Range, shown_range
from projections.spans import Cursor

MONTHS = 6
"""So far does a forecast look ahead, if not asked otherwise."""


KEPT_UNITS = 2_048
"""Of so many kinds of posts what is to be expected is kept."""


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """A share that was counted: so many of so many. branch: None for the whole firm."""

    branch: str | None
    part: int
    whole: int
    share: str | None
    interval: Range | None


class StaffingMonth(msgspec.Struct, frozen=True, kw_only=True):
    """A month ahead, up to its last day `on`.

    announced: who will be there by what is recorded today. expected: how many then are to be expected, exact;
    range: by the 95 % intervals of the rates. missing: posts less expected. to_hire: that, rounded;
    to_hire_at_least, to_hire_at_most: by the range.
    """

    on: dt.date
    posts: int
    announced: int
    probations: int
    expected: str
    range: Range
    missing: str
    to_hire: int
    to_hire_at_least: int
    to_hire_at_most: int


class StaffingOfPosts(msgspec.Struct, frozen=True, kw_only=True):
    """The posts of one kind of a unit. filled: today."""

    branch: str
    department: str | None
    post: str | None
    employment: str
    filled: int
    months: tuple[StaffingMonth, ...]


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """How many people the established posts will lack, with all that was assumed and counted.

    leaving: of each branch, in a month. confirmed: probations, of the whole firm.
    """

    day: dt.date
    leaving: tuple[Rate, ...]
    confirmed: Rate
    posts: tuple[StaffingOfPosts, ...]
    assumptions: tuple[Title, ...]


class _Chances(msgspec.Struct, frozen=True):
    """The share that leaves in a month, and that of probations that end the employment."""

    leaves: Fraction
    fails: Fraction


def forecast(cursor: Cursor, day: dt.date, months: int = MONTHS, known_at: int | None = None) -> Forecast:
    """How many people the posts of the next `months` will lack, as of `day`."""
    known_at = head(cursor) if known_at is None else known_at
    told = roster.told(cursor, None, known_at)
    set_up = establishment.posts_changes(cursor, known_at)
    probations = {each.employee: each for each in reminders.probations(cursor, None, known_at)}
    ended = [each.employee for each in probations.values() if each.outcome == "ended"]
    outcomes = [each.outcome for each in reminders.reviews(cursor, None, known_at)]
    confirmed = Counted(outcomes.count("confirmed"), outcomes.count("confirmed") + outcomes.count("ended"))
    days = [months_after(day, number) for number in range(months + 1)]
    here = [told.here(on) for on in days]
    filled = [filling(there.values()) for there in here]
    posts = [{kind: each.posts for kind, each in established(set_up, on).items()} for on in days]
    units = sorted({unit for own in posts for unit in own}, key=lambda unit: [part or "" for part in unit])
    rates = leaving(told.here, day, sorted({unit[0] for unit in units}), ended)
    open_ones = [each for each in probations.values() if each.reviewed_at is None]
    ending = [
        filling(
            there[each.employee]
            for each in open_ones
            if _ends_in(each, days, number) and each.employee in there
        )
        for number, there in enumerate(here)
    ]
    return Forecast(
        day=day,
        leaving=tuple(_rate(branch, counted) for branch, counted in rates.items()),
        confirmed=_rate(None, confirmed),
        posts=tuple(
            _of_unit(
                unit,
                tuple(
                    Ahead(on, own.get(unit, 0), there[unit], ends[unit])
                    for on, own, there, ends in zip(days, posts, filled, ending, strict=True)
                ),
                (rates[unit[0]], confirmed),
            )
            for unit in units
        ),
        assumptions=tuple(_assumptions(day, rates, confirmed)),
    )


def _ends_in(each: Probation, days: Sequence[dt.date], number: int) -> bool:
    """Whether a probation ends by the day of this month ahead, and not in one before; none does by today."""
    after = number > 1 and each.ends_on <= days[number - 1]
    return number > 0 and each.ends_on <= days[number] and not after


@lru_cache(KEPT_UNITS)
def _of_unit(unit: Kind, months: tuple[Ahead, ...], counted: tuple[Counted, Counted]) -> StaffingOfPosts:
    """What is to be expected of one kind of posts. months: today, and those ahead.

    It is exact, so long in the making, and a change is about the posts of one unit.
    """
    branch, department, post, employment = unit
    now, *ahead = months
    courses = [expected_heads(now.heads, ahead, each.leaves, each.fails) for each in _chances(*counted)]
    return StaffingOfPosts(
        branch=branch,
        department=department,
        post=post,
        employment=employment,
        filled=now.heads,
        months=tuple(
            _month(month, *heads) for month, heads in zip(ahead, zip(*courses, strict=True), strict=True)
        ),
    )


@lru_cache(KEPT_UNITS)
def _chances(leaves: Counted, confirmed: Counted) -> tuple[_Chances, _Chances, _Chances]:
    """As they were counted, and at both ends of their intervals: most people stay, fewest people stay."""
    left, kept = leaves.share or Fraction(0), confirmed.share if confirmed.whole else Fraction(1)
    gone, stay = (wilson(Fraction(each.part), Fraction(each.whole)) for each in (leaves, confirmed))
    gone = gone or Interval(Fraction(0), Fraction(0))
    stay = stay or Interval(Fraction(1), Fraction(1))
    return (
        _Chances(left, 1 - (kept or Fraction(0))),
        _Chances(gone.low, 1 - stay.high),
        _Chances(gone.high, 1 - stay.low),
    )


def _month(month: Ahead, expected: Fraction, most: Fraction, fewest: Fraction) -> StaffingMonth:
    return StaffingMonth(
        on=month.on,
        posts=month.posts,
        announced=month.heads,
        probations=month.probations,
        expected=str(expected),
        range=Range(low=decimal_text(fewest, 4), high=decimal_text(most, 4)),
        missing=str(month.posts - expected),
        to_hire=to_hire(month.posts, expected),
        to_hire_at_least=to_hire(month.posts, most),
        to_hire_at_most=to_hire(month.posts, fewest),
    )


def _rate(branch: str | None, counted: Counted) -> Rate:
    return Rate(
        branch=branch,
        part=counted.part,
        whole=counted.whole,
        share=exact_text(counted.share),
        interval=shown_range(wilson(Fraction(counted.part), Fraction(counted.whole))),
    )


def _assumptions(day: dt.date, rates: Mapping[str, Counted], confirmed: Counted) -> list[Title]:
    since = months_after(day, -RATE_MONTHS)
    found = [
        Title(
            "Posts, hires, transfers and last days of work are those recorded by now; nobody else is hired.",
            "编制、入职、调动和离职均以目前已记录的为准；不考虑其他招聘。",
        )
    ]
    for branch, counted in rates.items():
        percent = _percent(counted.share or Fraction(0))
        found.append(
            Title(
                f"{branch}: {percent} leave in a month, as {counted.part} did in {counted.whole} months that "
                f"people worked there from {since} to {day}.",
                f"{branch}：每月离职 {percent}，依据 {since} 至 {day}：{counted.whole} 个在岗人月，"
                f"离职 {counted.part} 人。",
            )
        )
    kept = _percent(confirmed.share) if confirmed.share is not None else _percent(Fraction(1))
    found.append(
        Title(
            f"{kept} of probations are confirmed, as {confirmed.part} of {confirmed.whole} were that ended.",
            f"试用期转正率 {kept}，依据已结束的 {confirmed.whole} 个试用期中转正 {confirmed.part} 个。",
        )
    )
    return found


def _percent(share: Fraction) -> str:
    return f"{decimal_text(share * 100, 1).removesuffix('.0')} %"

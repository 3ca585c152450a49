"""Suggested pay: people's results and pay among their peers, beside what the market pays."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Literal, NamedTuple

import msgspec

from domain.money import CURRENCIES, decimal_text, major_text, rounded
from domain.people.market import MarketRange, Survey, furthest_behind, market_range, percentiles, survey_for
from domain.people.roster import Posting
from domain.period import Period
from domain.plan.exact import exact_text
from domain.plan.fields import Title
from projections import market
from projections.closing import head
from projections.insight import measured, plan_in_force
from projections.spans import Cursor

PAID = """
select s.employee, s.currency, sum(s.total_minor)::bigint, count(*)
from statement s join closed_period p using (period)
where p.first_day >= %(first)s and p.last_day <= %(last)s and p.position <= %(known_at)s
group by s.employee, s.currency"""


class PayRange(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody's pay lies and where it should lie. Shares are exact, amounts in minor units a month.

    results: of the measure. results_percentile, pay_percentile: among the peers, None where there are none
    or nothing was measured or settled. gap: how far the first lies above the second. paid_minor: mean of the
    closed months. low_minor, high_minor: suggested; None without figures of the market in this currency.
    survey: position of these. reasons: all of it in words.
    """

    employee: str
    branch: str | None
    post: str | None
    peers: int
    results: str | None
    results_percentile: str | None
    pay_percentile: str | None
    gap: str | None
    paid_minor: int | None
    currency: str | None
    low_minor: int | None
    high_minor: int | None
    survey: int | None
    reasons: tuple[Title, ...]


class _Paid(msgspec.Struct, frozen=True):
    currency: str
    mean: Fraction
    months: int


class Standing(NamedTuple):
    """What somebody did by the measure `title` and is paid, and where both lie among so many `peers`."""

    title: Title
    here: Posting
    peers: int
    value: Fraction | None
    by_results: Fraction | None
    by_pay: Fraction | None
    paid: _Paid | None
    survey: Survey | None

    @property
    def gap(self) -> Fraction | None:
        """How far the results lie above the pay."""
        return (
            self.by_results - self.by_pay if self.by_results is not None and self.by_pay is not None else None
        )


def pay_standings(
    cursor: Cursor,
    plan: str,
    measure: str,
    period: Period,
    known_at: int | None = None,
    *,
    first: Literal["highest", "lowest"] = "highest",
) -> list[Standing] | None:
    """Everybody in a plan, whose pay lies furthest behind their results first; None where no plan has it.

    Peers are those who hold the same post in the plan and are paid in the same currency. first: which end of
    the measure is the better one. Pay is that of the months of `period` that are closed.
    """
    known_at = head(cursor) if known_at is None else known_at
    found = plan_in_force(cursor, plan, period, known_at)
    if found is None or measure not in found.measures:
        return None
    postings, values = measured(cursor, found, [measure], period, known_at)
    asked = {"first": period.first_day, "last": period.last_day, "known_at": known_at}
    paid = {
        employee: _Paid(currency, Fraction(minor, months), months)
        for employee, currency, minor, months in cursor.execute(PAID, asked)
        if currency in CURRENCIES
    }
    results = {
        employee: (-value if first == "lowest" else value)
        for employee, own in values.items()
        if (value := own[measure]) is not None
    }
    surveys = market.surveys(cursor, period.last_day, known_at)
    title = found.measures[measure].title
    found_of: dict[str, Standing] = {}
    for peers in _peers(postings, paid):
        by_results = percentiles({who: results[who] for who in peers if who in results})
        by_pay = percentiles({who: paid[who].mean for who in peers if who in paid})
        for who in peers:
            here, own = postings[who], paid.get(who)
            survey = survey_for(surveys, here.post, here.branch)
            value, shares = values[who][measure], (by_results.get(who), by_pay.get(who))
            found_of[who] = Standing(title, here, len(peers), value, *shares, own, survey)
    return [found_of[who] for who in furthest_behind({who: each.gap for who, each in found_of.items()})]


def _peers(postings: Mapping[str, Posting], paid: Mapping[str, _Paid]) -> Iterator[list[str]]:
    """The people by post and currency."""
    groups: dict[tuple[str | None, str | None], list[str]] = {}
    for employee, here in postings.items():
        own = paid.get(employee)
        groups.setdefault((here.post, own.currency if own else None), []).append(employee)
    return iter(groups.values())


def pay_range(own: Standing) -> PayRange:
    """The range that fits somebody who stands so, and why."""
    here, paid, by_results, survey = own.here, own.paid, own.by_results, own.survey
    if survey is not None and paid is not None and survey.currency != paid.currency:
        survey = None
    fits = market_range(survey, by_results) if survey and by_results is not None else None
    return PayRange(
        employee=here.employee,
        branch=here.branch,
        post=here.post,
        peers=own.peers,
        results=exact_text(own.value),
        results_percentile=exact_text(by_results),
        pay_percentile=exact_text(own.by_pay),
        gap=exact_text(own.gap),
        paid_minor=rounded(paid.mean) if paid else None,
        currency=paid.currency if paid else survey.currency if survey else None,
        low_minor=rounded(fits.low) if fits else None,
        high_minor=rounded(fits.high) if fits else None,
        survey=survey.position if survey and fits else None,
        reasons=tuple(_reasons(own, survey, fits)),
    )


def _reasons(own: Standing, survey: Survey | None, fits: MarketRange | None) -> Iterator[Title]:
    if own.by_results is not None:
        yield _of_results(own.title, own.by_results, own.peers)
    if own.paid is not None and own.by_pay is not None:
        yield _of_pay(own.paid, own.by_pay)
    yield _of_market(survey, fits) if survey and fits else _without_market(own.here)


def _of_results(title: Title, percentile: Fraction, peers: int) -> Title:
    share = _percent(percentile)
    return Title(
        f"{title.en}: at {share} among {peers} people of the same post",
        f"{title.zh}：在同岗位 {peers} 人中位于 {share}",
    )


def _of_pay(paid: _Paid, percentile: Fraction) -> Title:
    amount, share = _money(rounded(paid.mean), paid.currency), _percent(percentile)
    return Title(
        f"Pay: at {share} among them, {amount} a month over {paid.months} closed months",
        f"薪酬：在其中位于 {share}，{paid.months} 个已结账月份平均每月 {amount}",
    )


def _of_market(survey: Survey, fits: MarketRange) -> Title:
    low, high = (_money(rounded(minor), survey.currency) for minor in (fits.low, fits.high))
    low_at, high_at = _percent(fits.low_at), _percent(fits.high_at)
    return Title(
        f"Market, by {survey.surveyed_by} of {survey.surveyed_on}: {low} at {low_at}, {high} at {high_at}",
        f"市场（{survey.surveyed_by}，{survey.surveyed_on}）：{low_at} 为 {low}，{high_at} 为 {high}",
    )


def _without_market(here: Posting) -> Title:
    return Title(
        f"No range: results among peers, or figures of the market for {here.post}, are lacking",
        f"无建议区间：缺少同岗位业绩比较或 {here.post} 的市场数据",
    )


def _money(minor: int, currency: str) -> str:
    return f"{major_text(minor, currency)} {currency}"


def _percent(share: Fraction) -> str:
    return f"{decimal_text(share * 100, 1).removesuffix('.0')} %"

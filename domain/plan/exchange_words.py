"""What a rate did to a line, in two languages: 100.00 USD × 7.1234 (2025-03-31, fact 812) = 712.34 CNY."""

from fractions import Fraction

from domain.money import minor_per_major
from domain.plan.exact import shown
from domain.plan.exchange import RateMissed, RateUsed
from domain.plan.fields import Title

_USED = Title(
    "{amount} {base} {times} {rate} ({day}, fact {position}) = {worth} {quote}",
    "{amount} {base} {times} {rate}（{day}，第 {position} 号事实）= {worth} {quote}",
)
_MISSED = Title(
    "{amounts} amounts in {base} are left out: no rate to {quote} is in force on {day}",
    "{amounts} 笔 {base} 金额未计入：{day} 没有折算为 {quote} 的汇率",
)
_UNPAID = Title(
    "Nothing can be paid yet: no rate from {base} to {quote} is in force on {day}",
    "暂不能发放：{day} 没有 {base} 折算为 {quote} 的汇率",
)


def say_used(used: RateUsed) -> Title:
    """A sentence about a rate and what it converted."""
    return _filled(
        _USED,
        amount=money(Fraction(used.amount), used.base),
        base=used.base,
        times="÷" if used.is_inverted else "×",
        rate=used.rate,
        day=used.effective_on.isoformat(),
        position=str(used.position),
        worth=money(Fraction(used.worth), used.quote),
        quote=used.quote,
    )


def say_missed(missed: RateMissed) -> Title:
    """A sentence about what waits for a rate."""
    said = _MISSED if missed.amounts else _UNPAID
    words = {"base": missed.base, "quote": missed.quote, "day": missed.day.isoformat()}
    return _filled(said, amounts=str(missed.amounts), **words)


def money(amount: Fraction, currency: str) -> str:
    """`amount` with the digits of its currency, and more where it is finer."""
    digits = len(str(minor_per_major(currency))) - 1
    whole, _, rest = shown(amount, places=6).partition(".")
    return f"{whole}.{rest.ljust(digits, '0')}" if digits or rest else whole


def _filled(said: Title, **words: str) -> Title:
    return Title(said.en.format_map(words), said.zh.format_map(words))

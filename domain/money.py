"""Money is integer minor units and a currency; ratios are exact; rounding happens once and is named."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Rounding = Literal["half_up", "half_even", "down"]

_CODES = {
    2: "CNY USD EUR GBP HKD MOP TWD SGD CHF AUD CAD NZD INR THB MYR IDR PHP AED SAR",
    0: "JPY KRW VND",
    3: "KWD BHD OMR",
}
_EXPONENTS: Mapping[str, int] = {code: digits for digits, codes in _CODES.items() for code in codes.split()}
"""Digits after the point of each currency that the ledger knows. Source: ISO 4217."""

_MINOR = {currency: int(10**exponent) for currency, exponent in _EXPONENTS.items()}

CURRENCIES = frozenset(_EXPONENTS)


def minor_per_major(currency: str) -> int:
    """Minor units in one unit of `currency`: 100 fen in a yuan, 1 yen in a yen.

    Raises: KeyError for a currency that the ledger does not know.
    """
    return _MINOR[currency]


def rounded(amount: Fraction, rounding: Rounding = "half_up", times: int | Fraction = 1) -> int:
    """The integer next to `amount` × `times`; halves go from zero under `half_up`, to zero under `down`."""
    numerator, denominator = amount.as_integer_ratio()
    if type(times) is not int:
        times, parts = times.as_integer_ratio()
        denominator *= parts
    whole, rest = divmod(abs(numerator) * times, denominator)
    match rounding:
        case "half_up":
            up = 2 * rest >= denominator
        case "half_even":
            up = 2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1)
        case "down":
            up = False
    return whole + up if numerator >= 0 else -whole - up


def major_text(amount_minor: int, currency: str) -> str:
    """`amount_minor` in major units as plain digits: 60050 CNY is "600.50"."""
    exponent = _EXPONENTS[currency]
    sign, digits = ("-" if amount_minor < 0 else ""), str(abs(amount_minor)).rjust(exponent + 1, "0")
    return sign + (digits if exponent == 0 else f"{digits[:-exponent]}.{digits[-exponent:]}")


def minor_units(text: str, currency: str) -> int:
    """The minor units that `text` ("600.50", "1,234") is worth.

    Raises: ValueError when `text` is no number or is finer than the minor unit.
    """
    try:
        value = Decimal(text.replace(",", "").replace("，", "").strip()) * minor_per_major(currency)
    except ArithmeticError:
        raise ValueError(f"{text!r} is not an amount of money") from None
    if not value.is_finite() or value != value.to_integral_value():
        raise ValueError(f"{text!r} is finer than the minor unit of {currency}")
    return int(value)


def decimal_text(value: Fraction, places: int, rounding: Rounding = "half_up") -> str:
    """`value` with `places` digits after the point, for people to read; never for further work."""
    scaled = rounded(value * 10**places, rounding)
    return str(Decimal(scaled).scaleb(-places)) if places else str(scaled)

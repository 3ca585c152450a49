"""Exact numbers as a plan author writes them: 20, "50.00", 50.00 CNY, 15 %."""

import re
from fractions import Fraction
from typing import Any, Literal, NamedTuple, Self

from domain.money import decimal_text

Unit = Literal["number", "percent", "money"]

_NUMBER = re.compile(
    r"(?P<digits>[-−]?(?:\d+|\d{1,3}(?:[,_]\d{3})+)(?:\.\d+)?)\s*(?P<unit>[%％]|[A-Z]{3})?\Z",
)


class Exact(NamedTuple):
    """A number and what was written behind it. currency: empty unless one was written."""

    value: Fraction
    unit: Unit
    currency: str = ""


class Setting(Fraction):
    """A number that a plan takes from one of its parameters.

    It is worth what the plan's own document says, until `resolve` puts an override in its place.
    """

    parameter: str

    def __new__(cls, parameter: str, value: Fraction) -> Self:
        self = super().__new__(cls, value)
        self.parameter = parameter
        return self

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Setting, (self.parameter, Fraction(self.numerator, self.denominator))


def exact(written: object) -> Exact | None:
    """The number that an integer or text stands for; None for anything else, and for every float."""
    if isinstance(written, int) and not isinstance(written, bool):
        return Exact(Fraction(written), "number")
    found = _NUMBER.match(written.strip()) if isinstance(written, str) else None
    if not found:
        return None
    value = Fraction(found["digits"].replace(",", "").replace("_", "").replace("−", "-"))
    match found["unit"]:
        case None:
            return Exact(value, "number")
        case "%" | "％":
            return Exact(value / 100, "percent")
        case currency:
            return Exact(value, "money", currency)


def exact_text(value: Fraction | None) -> str | None:
    """`value` as read models tell it: "3/20", "12"; None where there is none."""
    return None if value is None else str(value)


def shown(value: Fraction, unit: Unit = "number", places: int = 2) -> str:
    """`value` for people to read: "15 %", "12.5", and "≈ 11.54 %" where `places` digits cannot say it all."""
    scaled = value * 100 if unit == "percent" else value
    digits = decimal_text(scaled, places).rstrip("0").rstrip(".") if places else decimal_text(scaled, 0)
    about = "≈ " if (scaled * 10**places).denominator != 1 else ""
    return f"{about}{digits} %" if unit == "percent" else f"{about}{digits}"

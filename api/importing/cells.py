"""What a cell says, read exactly: text, whole numbers, decimals and money."""

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from fractions import Fraction

from api.importing.rows import Cell
from domain.money import minor_units

_BLANK = " \t\r\n\u3000\xa0\ufeff\u200b"
_PLAIN = re.compile(r"-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?\Z")
_BETWEEN = re.compile(r"[,;、，；\n]")
_SHORTENED = re.compile(r"\d(\.\d+)?E\+?\d+\Z", re.IGNORECASE)
_SIGNS_OF_MONEY = "¥￥元$€£ "
_FLAGS = {"yes": True, "no": False, "true": True, "false": False, "是": True, "否": False}
_MONEY_DIGITS = 20
"""Within what Decimal multiplies exactly; the fact itself bounds the amount."""


def text(cell: Cell) -> str:
    """The text of a cell without blanks around it and without `="…"`, by which Excel keeps leading zeros."""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ", "seconds")
    bare = cell.strip(_BLANK)
    if bare.startswith('="') and bare.endswith('"') and len(bare) > 2:
        return bare[2:-1].strip(_BLANK)
    return bare


def members(listed: str) -> list[str]:
    """The members of a list in one cell, without blanks around them; empty ones are left out."""
    return [bare for part in _BETWEEN.split(listed) if (bare := part.strip())]


def identity(cell: Cell) -> str:
    """The text of a cell that is part of an id.

    Raises: ValueError for a long number that Excel has shortened to something like 2.0250E+11.
    """
    value = text(cell)
    if _SHORTENED.match(value):
        raise ValueError("Excel has shortened the number; its last digits are lost")
    return value


def decimal(cell: Cell) -> str:
    """A decimal exactly as written, without thousands separators: "1,234.50" is "1234.50".

    Raises: ValueError.
    """
    value = unicodedata.normalize("NFKC", text(cell)).strip()
    if not _PLAIN.match(value):
        raise ValueError("it is not a plain number such as 1234.5")
    return value.replace(",", "")


def flag(cell: Cell) -> bool:
    """Yes or no.

    Raises: ValueError.
    """
    value = text(cell).casefold()
    if value not in _FLAGS:
        raise ValueError(f"it is neither of {', '.join(_FLAGS)}")
    return _FLAGS[value]


def whole(cell: Cell) -> int:
    """A whole number; 7.0 is 7.

    Raises: ValueError.
    """
    number, _, rest = decimal(cell).partition(".")
    if rest.strip("0"):
        raise ValueError("it is not a whole number")
    if len(number) > 16:
        raise ValueError("it is too large")
    return int(number)


def money(cell: Cell, currency: str) -> int:
    """An amount in major units as minor units of `currency`, exactly: "¥1,234.50" is 123450.

    Raises: ValueError when it is no number, or finer than the minor unit.
    """
    value = decimal(unicodedata.normalize("NFKC", text(cell)).strip(_SIGNS_OF_MONEY))
    if len(value) > _MONEY_DIGITS:
        raise ValueError("it is too large")
    try:
        return minor_units(value, currency)
    except KeyError:
        raise ValueError(f"{currency!r} is not a currency that the ledger knows") from None


def share(cell: Cell, bare: str | None) -> str:
    """A share such as "60%" as it is written in a fact: "60 %". bare: what a number without a sign is.

    Raises: ValueError where neither the cell nor `bare` says whether it is a percentage or a fraction.
    """
    value = unicodedata.normalize("NFKC", text(cell)).strip()
    has_sign = value.endswith("%")
    if not has_sign and bare is None:
        raise ValueError("it has no % sign")
    number = decimal(value.rstrip("% "))
    if not has_sign and bare == "fraction":
        sign, digits, exponent = Decimal(number).as_tuple()
        assert isinstance(exponent, int), "a plain number is finite"
        number = f"{Decimal((sign, digits, exponent + 2)):f}"
    return f"{number} %"


def minutes_of_hours(cell: Cell) -> int:
    """Hours such as "1.5" as minutes.

    Raises: ValueError when they are not whole minutes.
    """
    minutes = Fraction(decimal(cell)) * 60
    if minutes.denominator != 1:
        raise ValueError("it is not a whole number of minutes")
    return minutes.numerator

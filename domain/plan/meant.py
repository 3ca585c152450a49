"""What an author probably meant by a number, day, list or currency that cannot be read as it is written."""

import calendar
import re
from collections.abc import Iterable
from fractions import Fraction
from math import isfinite
from unicodedata import normalize

from domain.plan.exact import exact, shown
from domain.plan.problems import did_you_mean

RENMINBI = frozenset(
    {"RMB", "CNH", "¥", "￥", "元", "块", "圆", "人民币", "yuan", "Yuan", "YUAN", "rmb", "cny"}
)
"""What people write for CNY."""
_TIMES = {
    "万": 10**4,
    "亿": 10**8,
    "千": 10**3,
    "百万": 10**6,
    "k": 10**3,
    "K": 10**3,
    "M": 10**6,
    "m": 10**6,
}
_NUMBER = re.compile(
    r"(?P<sign>[¥￥$€]?)\s*(?P<digits>-?[\d,_]*\d(?:\.\d+)?)\s*(?P<times>百万|[万亿千kKMm])?\s*(?P<unit>\D*)\Z"
)
_DAY = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D?\Z")
_PERCENT = ("%", "percent", "per cent", "个百分点")


def number_meant(written: object) -> str:
    """A remedy for what is no number: how it should be written, where that can be told."""
    text = normalize("NFKC", written).strip() if isinstance(written, str) else ""
    found = _NUMBER.match(text.removeprefix("百分之"))
    value = exact(found["digits"]) if found else None
    if found is None or value is None:
        return 'Write 20, "50.00" or 15 %.'
    digits = shown(value.value * _TIMES.get(found["times"] or "", 1), places=6)
    unit = (found["unit"] or found["sign"]).strip()
    if text.startswith("百分之") or unit in _PERCENT:
        return f"Write {digits} %."
    if unit in RENMINBI:
        return f"Write {digits} CNY."
    return f"Write {_quoted(digits)}." if not unit else f"Write {_quoted(digits)}; units belong under `unit`."


def day_meant(written: object) -> str:
    """A remedy for what is no day."""
    found = _DAY.match(normalize("NFKC", written).strip()) if isinstance(written, str) else None
    year, month, day = map(int, found.groups()) if found else (0, 0, 0)
    if year < 1 or not 1 <= month <= 12:
        return "Write year, month and day: 2025-01-01."
    last = calendar.monthrange(year, month)[1]
    if 1 <= day <= last:
        return f"Write {year:04}-{month:02}-{day:02}."
    return f"{year:04}-{month:02} has {last} days: write {year:04}-{month:02}-{last:02} or another day."


def list_meant(written: object) -> str:
    """A remedy for what is no list."""
    if isinstance(written, str):
        words = [word.strip() for word in re.split(r"[,，、;；]", written.strip("【】[]（）() "))]
        return f"Write [{', '.join(words)}]."
    if isinstance(written, dict):
        return "Begin its first line with a dash, `- `, or put [ ] around it."
    return f"Write [{written}]."


def name_meant(written: str, pattern: str) -> str:
    """A remedy for what cannot be a name by `pattern`, that of a plan or of a part of one."""
    for name in (re.sub(r"[^A-Za-z0-9]+", "_", written), re.sub(r"[^a-z0-9]+", "-", written.lower())):
        if re.match(pattern, name.strip("_-")):
            return f"Write `{name.strip('_-')}`; what people read belongs under `title`."
    return "Write it with letters from a to z; what people read belongs under `title`."


def currency_meant(written: str, known: Iterable[str]) -> str:
    """A remedy for a currency that is not known."""
    if written in RENMINBI:
        return "Write CNY, the code of the renminbi."
    return did_you_mean(written.upper(), known)


def _quoted(digits: str) -> str:
    return f'"{digits}"' if "." in digits else digits


def exact_decimal(value: float) -> str:
    """How to write a binary fraction so that it is exact, and as a percentage where it is below 1."""
    if not isfinite(value):
        return 'Write 20, "50.00" or 15 %.'
    percent = shown(Fraction(str(value)), "percent", 6)
    return f'Write it in quotes: "{value}"' + (f", or as {percent}." if 0 < abs(value) < 1 else ".")

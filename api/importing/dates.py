"""Days and instants as files write them, by patterns that a mapping's author knows from Excel."""

import datetime as dt
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from api.importing.rows import Cell

USUAL = ("YYYY-M-D", "YYYY/M/D", "YYYYMMDD", "YYYY年M月D日", "YYYY.M.D")
"""Patterns read where a mapping states none: those with the year in front, which nobody can misread."""
EXCEL = "excel"
"""The pattern for Excel's serial day numbers: 45717 is 2025-03-01."""

_EXCEL_ZERO = dt.date(1899, 12, 30)
_PARTS = {
    "YYYY": ("year", r"\d{4}"),
    "MM": ("month", r"\d{2}"),
    "M": ("month", r"\d{1,2}"),
    "DD": ("day", r"\d{2}"),
    "D": ("day", r"\d{1,2}"),
    "hh": ("hour", r"\d{2}"),
    "h": ("hour", r"\d{1,2}"),
    "mm": ("minute", r"\d{2}"),
    "ss": ("second", r"\d{2}"),
}
_TOKEN = re.compile(r"YYYY|MM|M|DD|D|hh|h|mm|ss")
_TIME = re.compile(r"[ T]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(:(?P<second>\d{2})(\.0+)?)?")
_OFFSET = re.compile(r"(Z|[+-]\d{2}:?\d{2})\Z")


class Moment(NamedTuple):
    """A day, with the time of day and the offset where the text has them."""

    day: dt.date
    time: dt.time | None


@lru_cache(maxsize=256)
def pattern(text: str) -> re.Pattern[str]:
    """The regular expression of a pattern such as `D.M.YYYY`; a time of day may follow where it has none.

    Raises: ValueError when year, month and day do not each stand in it once.
    """
    names = [_PARTS[token][0] for token in _TOKEN.findall(text)]
    if not {"year", "month", "day"} <= set(names) or len(set(names)) != len(names):
        raise ValueError(f"{text!r} does not say once each where the year, the month and the day stand")
    pieces, at = list[str](), 0
    for token in _TOKEN.finditer(text):
        name, digits = _PARTS[token.group()]
        pieces += [re.escape(text[at : token.start()]), f"(?P<{name}>{digits})"]
        at = token.end()
    time = "" if "hour" in names else f"({_TIME.pattern})?"
    return re.compile("".join(pieces) + re.escape(text[at:]) + time + r"\Z")


def moment(cell: Cell, formats: tuple[str, ...]) -> Moment:
    """The day, and time if any, that a cell shows.

    Raises: ValueError when it shows none after `formats`, or a day that no calendar has.
    """
    if isinstance(cell, dt.datetime):
        return Moment(cell.date(), cell.time() if cell.time() != dt.time() else None)
    text = unicodedata.normalize("NFKC", cell).strip()
    for form in formats:
        if form == EXCEL:
            if re.fullmatch(r"\d{4,6}(\.\d+)?", text):
                return _from_excel(text)
        elif found := pattern(form).match(text):
            return _from_parts(found.groupdict())
    raise ValueError(f"it is not written as {' or '.join(formats)}")


def instant(cell: Cell, formats: tuple[str, ...], zone: ZoneInfo, at: dt.time) -> dt.datetime:
    """The instant that a cell shows: with its own offset, else in `zone`; without a time of its own, at `at`.

    Raises: ValueError.
    """
    if isinstance(cell, str) and len(cell) >= 17 and "T" in cell and _OFFSET.search(cell.strip()):
        return dt.datetime.fromisoformat(cell.strip())
    when = moment(cell, formats)
    return dt.datetime.combine(when.day, at if when.time is None else when.time, zone)


def _from_parts(parts: dict[str, str | None]) -> Moment:
    number = {name: int(text) for name, text in parts.items() if text is not None}
    try:
        day = dt.date(number["year"], number["month"], number["day"])
    except ValueError:
        raise ValueError("there is no such day") from None
    if "hour" not in number:
        return Moment(day, None)
    return Moment(day, dt.time(number["hour"], number.get("minute", 0), number.get("second", 0)))


def _from_excel(text: str) -> Moment:
    whole, _, part = text.partition(".")
    seconds = round(86_400 * int(part) / 10 ** len(part)) if part else 0
    day = _EXCEL_ZERO + dt.timedelta(days=int(whole) + seconds // 86_400)
    minutes, second = divmod(seconds % 86_400, 60)
    return Moment(day, dt.time(*divmod(minutes, 60), second) if part else None)

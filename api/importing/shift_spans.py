"""The hours of a shift as one cell tells them: "08:00-12:00 ward, 12:30-16:30 ward"."""

import re
import unicodedata

from api.importing.cells import members

_SPAN = re.compile(r"(\d{1,2}:\d\d) ?[-–—~] ?(\d{1,2}:\d\d) (.+)\Z")


def spans(text: str) -> list[dict[str, str]]:
    """The spans of a shift pattern in their order, each from, until and what is done in it.

    Raises: ValueError.
    """
    told = members(unicodedata.normalize("NFKC", text))
    return [_span(" ".join(part.split())) for part in told]


def _span(text: str) -> dict[str, str]:
    found = _SPAN.match(text)
    if found is None:
        raise ValueError(f"{text!r} is not from, until and what is done")
    first, last, activity = found.groups()
    return {"from_time": first.zfill(5), "until_time": last.zfill(5), "activity": activity}

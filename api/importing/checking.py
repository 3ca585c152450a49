"""What is wrong with a mapping: how days are written, what texts mean from when on, its paths into JSON."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from zoneinfo import ZoneInfo

from api.importing import dates
from api.importing.fields import When
from api.importing.json_paths import MAX_SEARCHING, BadPath, is_path, is_searching
from api.importing.mapping import Instant, Mapping, Problem, Value

STATEMENT = frozenset("id verb home_page account mbox activity score completion success timestamp".split())
"""The columns that every statement of an LMS has, beside whatever a path finds in it."""


class Faults(list[Problem]):
    """The problems found so far."""

    def say(self, path: str, message: str, remedy: str) -> None:
        """Adds one more."""
        self.append(Problem(path, message, remedy))


def when_of(path: str, formats: Sequence[str], zone: str, at: str, faults: Faults) -> When:
    """How instants are written that say no more than a day."""
    try:
        place = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        faults.say(f"{path}.zone", f"{zone!r} is not a time zone.", "Write a name such as Asia/Shanghai.")
        place = ZoneInfo("UTC")
    try:
        time = dt.time.fromisoformat(at)
    except ValueError:
        faults.say(f"{path}.at", f"{at!r} is not a time of day.", 'Write one such as "12:00".')
        time = dt.time(12)
    return When(tuple(formats), place, time)


def own_when(instant: Instant, path: str, usual: When, mapping: Mapping, faults: Faults) -> When:
    """How this instant is written, where it is not as all others of the mapping."""
    if not (instant.formats or instant.zone or instant.at):
        return usual
    check_formats(path, instant.formats or (), faults)
    own = mapping.dates
    return when_of(
        path, instant.formats or own.formats, instant.zone or own.zone, instant.at or own.at, faults
    )


def check_formats(path: str, formats: Iterable[str], faults: Faults) -> None:
    """Checks that patterns of days say where year, month and day stand."""
    for form in formats:
        if form != dates.EXCEL:
            try:
                dates.pattern(form)
            except ValueError as error:
                faults.say(
                    f"{path}.formats", f"{error}.", "Write it as Excel does: YYYY-MM-DD, D.M.YYYY, or excel."
                )


def check_days(path: str, value: Value, faults: Faults) -> None:
    """Checks that what a text means from a day on is told day by day."""
    dated = {text: means for text, means in (value.map or {}).items() if not isinstance(means, str)}
    for text, means in dated.items():
        days = [each.from_ for each in means]
        try:
            written = [dt.date.fromisoformat(day).isoformat() for day in days]
        except ValueError:
            written = []
        if not days or written != days or sorted(set(days)) != days:
            remedy = "Write `{from: 2025-06-01, is: …}` for each, the earliest first."
            faults.say(f"{path}.{text}", "Its days are no days in their order.", remedy)


def check_paths(mapping: Mapping, columns: Collection[str], inner: Collection[str], faults: Faults) -> None:
    """Checks the paths of a mapping for JSON, and that no other names records.

    columns: all that it reads. inner: those of the members of a list, where alone `@` means something.
    """
    if mapping.format not in ("json", "xapi"):
        if mapping.records is not None:
            faults.say("records", "Only JSON has records.", "Write `format: json`, or leave it out.")
        return
    searching = 0
    for column in sorted(set(columns) - (STATEMENT if mapping.format == "xapi" else set())):
        try:
            if not is_path(column):
                raise BadPath("It is no path into a record.", "Write one such as $.order.id.")
            if column.startswith("@") and column not in inner:
                raise BadPath("There is no part that @ could lead to.", "Write $, or `each` beside it.")
            searching += is_searching(column)
        except BadPath as bad:
            faults.say(column, bad.detail, bad.remedy)
    if searching > MAX_SEARCHING:
        faults.say("facts", f"More than {MAX_SEARCHING} paths have `..`.", "Write whole paths.")

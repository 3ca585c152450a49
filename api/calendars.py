"""A person's shifts as a calendar (RFC 5545), for the program that they keep their days in."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from domain.people.shifts import Pattern, Shift, pattern_on
from projections.hours import ShiftDay, Shifts

if TYPE_CHECKING:
    from icalendar import Event

MEDIA_TYPE = "text/calendar"


def calendar(
    shifts: Shifts, patterns: list[Pattern], recorded: Mapping[int, dt.datetime], zone: str, ledger: str
) -> bytes:
    """The shifts as events, the same bytes for the same facts.

    An event is known by person and day; when a swap or another assignment changes it, its sequence grows, as
    it is the position of the fact. recorded: when the facts at these positions were.
    """
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", "-//Meritbook//Shifts//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", f"{ledger}: {shifts.employee}")
    for day in shifts.days:
        hours = pattern_on(patterns, day.pattern, day.day) if day.pattern else None
        if hours is not None and day.position is not None:
            made.add_component(
                _event(shifts.employee, day, Shift(day.day, hours), recorded[day.position], zone, ledger)
            )
    made.add_missing_timezones()
    return made.to_ical()


def _event(
    employee: str, day: ShiftDay, shift: Shift, recorded_at: dt.datetime, zone: str, ledger: str
) -> "Event":
    from icalendar import Event

    place = ZoneInfo(zone)
    event = Event()
    event.add("uid", f"{employee}.{day.day}.shift@{ledger}.meritbook".replace(" ", "-"))
    event.add("dtstamp", recorded_at.astimezone(dt.UTC).replace(microsecond=0))
    event.add("sequence", day.position)
    event.add("dtstart", shift.begins.replace(tzinfo=place))
    event.add("dtend", shift.ends.replace(tzinfo=place))
    event.add("summary", shift.pattern.title)
    spans = [f"{span.from_time}-{span.until_time} {span.activity}" for span in day.spans]
    event.add("description", "\n".join(spans + ([f"swap {day.swap}"] if day.swap else [])))
    event.add("categories", [shift.pattern.pattern])
    return event

"""The days of which the hospital's files tell, and who is away on them."""

import datetime as dt

from api.demo_data.dice import Dice
from api.demo_data.hospital.people import Person

MONTHS = (9, 10, 11)
LAST_DAY = dt.date(2025, 11, 9)
"""The files end here, early in the month that is still open."""

_KINDS = (("年假", 6), ("病假", 4), ("事假", 2), ("婚假", 1))
Away = tuple[str, dt.date, dt.date]
"""Kind of leave, its first and its last day."""


def days_of(month: int) -> list[dt.date]:
    """The days of a month of 2025, as far as the files go."""
    first = dt.date(2025, month, 1)
    return [
        day
        for number in range(31)
        if (day := first + dt.timedelta(days=number)).month == month and day <= LAST_DAY
    ]


def away(person: Person, month: int) -> Away | None:
    """When `person` is away in a month: one in ten is, for one to five days."""
    dice = Dice("hospital", "leave", person.id, month)
    days = [day for day in days_of(month) if person.here_on(day)]
    if not days or not dice.hits(0.1):
        return None
    first = dice.between(0, len(days) - 1)
    last = min(first + dice.between(0, 4), len(days) - 1)
    return dice.weighted(_KINDS), days[first], days[last]

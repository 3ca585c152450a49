"""The business day of an instant is the same in SQL and in Python: in zones with and without summer time."""

import datetime as dt
from collections.abc import Iterator
from importlib import import_module
from zoneinfo import ZoneInfo

import psycopg
import pytest

CHANGES = {
    "Asia/Shanghai": ("1990-04-15", "1990-09-16", "1991-04-14", "1991-09-15", "2025-03-31"),
    "Europe/Berlin": ("2025-03-30", "2025-10-26", "2024-03-31", "2024-10-27", "2000-02-29"),
    "America/New_York": ("2025-03-09", "2025-11-02", "2006-04-02", "2007-03-11", "2024-02-29"),
    "Asia/Beirut": ("2025-03-30", "2025-10-26"),
    "Australia/Lord_Howe": ("2025-04-06", "2025-10-05"),
    "Pacific/Apia": ("2011-12-29", "2011-12-31"),
    "Asia/Kathmandu": ("2025-12-31",),
    "UTC": ("2025-12-31", "2024-02-29"),
}
"""Days on which the clocks of a zone change, the year ends or leaps.

Beirut's clocks skip midnight itself, Lord Howe's move by half an hour, and Samoa had no 30 December 2011.
"""

DAY_OF = "(occurred_at at time zone %(zone)s)::date"
"""How the projections find the business day."""

DAYS = f"""
select zone, occurred_at, {DAY_OF.replace("%(zone)s", "zone")}
from unnest(%(zones)s::text[], %(instants)s::timestamptz[]) as told (zone, occurred_at)"""


def instants(zone: str, day: str) -> Iterator[dt.datetime]:
    """Around both midnights of a day and its hours in between: the last microsecond and the first of each."""
    grain = dt.timedelta(microseconds=1)
    for hour in (*range(24), 24, 25):
        midnight = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(), ZoneInfo(zone))
        here = midnight.astimezone(dt.UTC) + dt.timedelta(hours=hour)
        yield from (here - grain, here, here + grain)


def test_python_and_postgresql_agree_on_every_day(postgres: str) -> None:
    told = [(zone, at) for zone, days in CHANGES.items() for day in days for at in instants(zone, day)]
    zones, moments = [zone for zone, _ in told], [at for _, at in told]
    with psycopg.connect(postgres, options="-c timezone=UTC") as connection:
        found = connection.execute(DAYS, {"zones": zones, "instants": moments}).fetchall()
    assert len(found) == len(told) > 1500
    wrong = [row for row in found if row[1].astimezone(ZoneInfo(row[0])).date() != row[2]]
    assert not wrong, wrong[:5]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Asia/Shanghai", "1990-04-15", 23),
        ("Asia/Shanghai", "1990-09-16", 25),
        ("Europe/Berlin", "2025-03-30", 23),
        ("Europe/Berlin", "2025-10-26", 25),
        ("America/New_York", "2025-03-09", 23),
        ("America/New_York", "2025-11-02", 25),
        ("Asia/Beirut", "2025-03-30", 23),
        ("Asia/Shanghai", "2025-03-30", 24),
    ],
)
def test_a_day_of_changing_clocks_is_one_business_day(zone: str, day: str, hours: int) -> None:
    """All its 23 or 25 hours belong to it, the moment before to the day before, the one after to the next."""
    here, own = ZoneInfo(zone), dt.date.fromisoformat(day)
    first = dt.datetime.combine(own, dt.time(), here).astimezone(dt.UTC)
    if zone == "Asia/Beirut":  # 00:00 is not shown by any clock; the day begins at 01:00
        first = dt.datetime.combine(own, dt.time(1), here).astimezone(dt.UTC)
    last = first + dt.timedelta(hours=hours, microseconds=-1)
    ends = (first - dt.timedelta(microseconds=1), first, last, last + dt.timedelta(microseconds=1))
    one = dt.timedelta(days=1)
    assert [at.astimezone(here).date() for at in ends] == [own - one, own, own, own + one]


@pytest.mark.parametrize("name", ["credits", "training", "surveys"])
def test_the_projections_find_the_day_so(name: str) -> None:
    module = import_module(f"projections.{name}")
    assert any(DAY_OF in text for text in vars(module).values() if isinstance(text, str))

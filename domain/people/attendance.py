"""Attendance by kind of unit: which of the minutes that were clocked on a day count as worked."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from domain.facts.shifts import AttendanceKind


class Clocked(NamedTuple):
    """So long a person says they worked. project: for which; customer: at which client's place."""

    minutes: int
    project: str | None = None
    customer: str | None = None


class Attended(NamedTuple):
    """What counts of a day, in minutes, and what was clocked and does not count."""

    minutes: int
    uncounted_minutes: int


def attended(kind: AttendanceKind, clocked: Iterable[Clocked], visited: Collection[str]) -> Attended:
    """What counts of one day: all by shifts, what names a project, or what is tied to a visit of the day.

    visited: the clients that the person visited on that day.
    """
    counted = uncounted = 0
    for each in clocked:
        if _counts(kind, each, visited):
            counted += each.minutes
        else:
            uncounted += each.minutes
    return Attended(counted, uncounted)


def _counts(kind: AttendanceKind, clocked: Clocked, visited: Collection[str]) -> bool:
    match kind:
        case "shifts":
            return True
        case "projects":
            return clocked.project is not None
        case "visits":
            return clocked.customer in visited

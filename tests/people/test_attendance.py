"""Which clocked minutes count, by how the unit takes attendance."""

import datetime as dt

import pytest

from domain.facts.shifts import AttendanceKind
from domain.people.attendance import Attended, Clocked, attended
from domain.people.unit_rules import UnitRules, attendance

DAY = (
    Clocked(120),
    Clocked(200, project="implant 2"),
    Clocked(90, customer="H1"),
    Clocked(30, customer="H2"),
)


@pytest.mark.rule("R29")
@pytest.mark.parametrize(
    ("kind", "visited", "expected"),
    [
        ("shifts", (), Attended(440, 0)),
        ("projects", (), Attended(200, 240)),
        ("visits", (), Attended(0, 440)),
        ("visits", ("H1",), Attended(90, 350)),
        ("visits", ("H1", "H2", "H3"), Attended(120, 320)),
    ],
)
def test_each_kind_counts_its_own(kind: AttendanceKind, visited: tuple[str, ...], expected: Attended) -> None:
    """All beside the shift, what names a project, or what was clocked at a client visited on that day."""
    assert attended(kind, DAY, visited) == expected


def rules(position: int, department: str | None, kind: AttendanceKind | None, on: int = 1) -> UnitRules:
    return UnitRules(
        position=position,
        branch="SH" if department else None,
        department=department,
        effective_on=dt.date(2025, 3, on),
        attendance=kind,
    )


@pytest.mark.rule("R29")
def test_the_department_says_how_attendance_is_taken() -> None:
    """R&D by project, sales by visit, all else by shifts; from its day on, and until it says no more."""
    told = [rules(1, "R&D", "projects"), rules(2, "sales", "visits", 10), rules(3, "sales", None, 20)]
    assert attendance(told, "SH", "R&D", dt.date(2025, 3, 1)) == "projects"
    found = [attendance(told, "SH", "sales", dt.date(2025, 3, on)) for on in (9, 10, 19, 20)]
    assert found == ["shifts", "visits", "visits", "shifts"]
    assert attendance(told, "SH", "ward", dt.date(2025, 3, 10)) == "shifts"
    assert attendance(told, "BJ", "R&D", dt.date(2025, 3, 10)) == "shifts"
    assert attendance([*told, rules(4, None, "visits")], "BJ", None, dt.date(2025, 3, 10)) == "visits"

"""Quiet hours and who is told next: pure functions of instants, days and the zone."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from domain.people.notices import NO_RULES, NoticeRules, after_quiet_hours, rules_on, start_of, tellings

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def rules(begins: str = "21:00", ends: str = "08:00", days: int | None = 3, position: int = 1) -> NoticeRules:
    return NoticeRules(
        position=position,
        effective_on=dt.date(2025, 3, position),
        quiet_from=dt.time.fromisoformat(begins),
        quiet_until=dt.time.fromisoformat(ends),
        escalate_after_days=days,
    )


def local(text: str, zone: ZoneInfo = SHANGHAI) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        ("2025-03-05T20:59:59", "2025-03-05T20:59:59"),
        ("2025-03-05T21:00", "2025-03-06T08:00"),
        ("2025-03-05T23:30", "2025-03-06T08:00"),
        ("2025-03-06T00:00", "2025-03-06T08:00"),
        ("2025-03-06T07:59:59", "2025-03-06T08:00"),
        ("2025-03-06T08:00", "2025-03-06T08:00"),
        ("2025-12-31T22:00", "2026-01-01T08:00"),
    ],
)
def test_what_comes_up_in_quiet_hours_is_told_when_they_end(raised: str, told: str) -> None:
    assert after_quiet_hours(local(raised), rules(), SHANGHAI) == local(told)
    assert after_quiet_hours(local(raised), NO_RULES, SHANGHAI) == local(raised)


@pytest.mark.parametrize(
    ("raised", "told"),
    [("11:59", "11:59"), ("12:00", "14:00"), ("13:59", "14:00"), ("14:00", "14:00"), ("23:00", "23:00")],
)
def test_quiet_hours_may_lie_within_a_day(raised: str, told: str) -> None:
    noon = rules("12:00", "14:00")
    found = after_quiet_hours(local(f"2025-03-05T{raised}"), noon, SHANGHAI)
    assert found == local(f"2025-03-05T{told}")


def test_their_end_is_by_the_clock_of_the_zone_when_clocks_change() -> None:
    """In the night to 30 March 2025 an hour is missing in Berlin."""
    found = after_quiet_hours(local("2025-03-29T22:00", BERLIN), rules(), BERLIN)
    assert found == dt.datetime(2025, 3, 30, 6, tzinfo=dt.UTC)


def test_who_does_not_heed_it_is_followed_by_the_next_in_line() -> None:
    """Manager, after three days HR, after six the head of HR; at night it waits; nobody unknown is asked."""
    raised = local("2025-03-05T22:00")

    def line(owner: str, manager: str | None = "M1", days: int | None = 3) -> list[tuple[object, ...]]:
        people = {"mentor": None, "manager": manager}
        found = tellings(raised, owner, people, rules(days=days), SHANGHAI)  # type: ignore[arg-type]
        return [
            (each.to, each.person, each.step, each.at.astimezone(SHANGHAI).isoformat()[5:16])
            for each in found
        ]

    assert line("manager") == [
        ("manager", "M1", 0, "03-06T08:00"),
        ("hr", None, 1, "03-09T08:00"),
        ("hr_head", None, 2, "03-12T08:00"),
    ]
    assert [each[0] for each in line("mentor")] == ["manager", "hr", "hr_head"]
    assert line("mentor", manager=None)[0] == ("hr", None, 0, "03-06T08:00")
    assert line("hr", days=None) == [("hr", None, 0, "03-06T08:00")]


def test_the_latest_rules_hold_and_of_one_day_the_last_recorded() -> None:
    first, second = rules(position=1), rules(position=5)
    assert rules_on([second, first], dt.date(2025, 2, 28)) == NO_RULES
    assert rules_on([second, first], dt.date(2025, 3, 4)) == first
    assert rules_on([second, first], dt.date(2025, 3, 5)) == second
    assert start_of(dt.date(2025, 3, 5), SHANGHAI) == dt.datetime(2025, 3, 4, 16, tzinfo=dt.UTC)

"""How a credential stands on a day, on both sides of each of its days."""

import datetime as dt

import pytest

from domain.people.credentials import (
    CredentialChange,
    Held,
    covered,
    credential,
    credentials,
    expired_share,
    reminder_day,
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def change(position: int, kind: str, on: str, until: str | None = None, **fields: str) -> CredentialChange:
    return CredentialChange(
        position=position,
        credential=fields.get("credential", "C1"),
        employee="N1",
        kind=kind,  # type: ignore[arg-type]
        effective_on=day(on),
        expires_on=day(until) if until else None,
        type="nursing licence" if kind == "granted" else None,
    )


GRANTED = change(1, "granted", "2020-07-01", "2025-06-30")
SUSPENDED = change(2, "suspended", "2025-02-01")
REINSTATED = change(3, "reinstated", "2025-02-10")
RENEWED = change(4, "renewed", "2025-09-15", "2030-09-14")
REVOKED = change(5, "revoked", "2026-01-01")


@pytest.mark.parametrize(
    ("on", "state", "since"),
    [
        ("2020-07-01", "valid", "2020-07-01"),
        ("2025-01-31", "valid", "2020-07-01"),
        ("2025-02-01", "suspended", "2025-02-01"),
        ("2025-02-09", "suspended", "2025-02-01"),
        ("2025-02-10", "valid", "2025-02-10"),
        ("2025-03-29", "valid", "2025-02-10"),
        ("2025-03-30", "expiring", "2025-03-30"),
        ("2025-06-30", "expiring", "2025-03-30"),
        ("2025-07-01", "expired", "2025-07-01"),
        ("2025-09-14", "expired", "2025-07-01"),
        ("2025-09-15", "valid", "2025-09-15"),
        ("2025-12-31", "valid", "2025-09-15"),
        ("2026-01-01", "revoked", "2026-01-01"),
    ],
)
def test_a_life_is_read_off_any_day(on: str, state: str, since: str) -> None:
    """Whatever the order in which its facts are given."""
    life = [REVOKED, GRANTED, RENEWED, SUSPENDED, REINSTATED]
    found = credential(life, day(on))
    assert found is not None
    assert (found.state, found.since) == (state, day(since))


def test_there_is_none_before_it_is_granted() -> None:
    assert credential([GRANTED, RENEWED], day("2020-06-30")) is None


def test_a_suspended_one_that_runs_out_is_expired_and_stays_so_when_it_is_reinstated() -> None:
    life = [GRANTED, SUSPENDED, change(3, "reinstated", "2025-07-05")]
    assert [credential(life, day(on)).state for on in ("2025-06-30", "2025-07-01", "2025-07-05")] == [  # type: ignore[union-attr]
        "suspended",
        "expired",
        "expired",
    ]


def test_one_without_an_end_stays_valid() -> None:
    found = credential([change(1, "granted", "2020-07-01")], day("2999-01-01"))
    assert found is not None
    assert (found.state, found.expires_on, found.remind_on) == ("valid", None, None)


@pytest.mark.parametrize(
    ("last", "reminder"),
    [("2025-06-30", "2025-03-30"), ("2025-05-31", "2025-02-28"), ("2025-02-28", "2024-11-28")],
)
def test_three_months_before(last: str, reminder: str) -> None:
    assert reminder_day(day(last)) == day(reminder)


@pytest.mark.rule("R57")
def test_three_of_twenty_expired_are_15_percent_and_none_once_all_are_renewed() -> None:
    granted = [
        change(n, "granted", "2020-01-01", "2025-03-31" if n <= 3 else "2029-12-31", credential=f"C{n:02}")
        for n in range(1, 21)
    ]
    renewed = [
        change(20 + n, "renewed", "2025-04-20", "2030-03-31", credential=f"C{n:02}") for n in (1, 2, 3)
    ]
    shares = {
        on: expired_share(credentials(granted + renewed, day(on)))
        for on in ("2025-03-31", "2025-04-01", "2025-04-19", "2025-04-20")
    }
    assert [(s.expired, s.held, s.share, s.percent) for s in shares.values()] == [
        (0, 20, "0", "0 %"),
        (3, 20, "3/20", "15 %"),
        (3, 20, "3/20", "15 %"),
        (0, 20, "0", "0 %"),
    ]


def test_revoked_ones_are_no_longer_held_and_nothing_held_has_no_share() -> None:
    revoked = credentials([GRANTED, REVOKED], day("2026-01-01"))
    assert expired_share(revoked).share is None
    assert expired_share([*revoked, *credentials([GRANTED], day("2026-01-01"))]).percent == "100 %"


@pytest.mark.parametrize(
    ("runs", "is_covered"),
    [
        ([], False),
        ([("03-01", "03-31")], True),
        ([("03-01", None)], True),
        ([("03-02", None)], False),
        ([("01-01", "03-30")], False),
        ([("03-15", "04-01"), ("02-01", "03-14")], True),
        ([("02-01", "03-13"), ("03-15", "04-01")], False),
        ([("02-01", "03-20"), ("03-10", "03-31")], True),
        ([("01-01", "01-31"), ("02-15", "04-01")], True),
    ],
)
def test_days_are_covered_when_no_day_is_without_a_credential(
    runs: list[tuple[str, str | None]], is_covered: bool
) -> None:
    held = [
        Held(dt.date.fromisoformat(f"2025-{first}"), dt.date.fromisoformat(f"2025-{last}") if last else None)
        for first, last in runs
    ]
    assert covered(held, dt.date(2025, 3, 1), dt.date(2025, 3, 31)) is is_covered

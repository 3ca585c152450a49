"""Reminders: from which day, until when, and whom they reach."""

import datetime as dt

import pytest

from domain.people.credentials import CredentialChange, credentials
from domain.people.reminders import Probation, credential_expiry, onboarding, probation_review
from domain.people.roster import Posting

Told = tuple[str, ...] | None

HERE = Posting(
    employee="E1",
    name=None,
    branch="SH",
    department=None,
    team=None,
    post="seller",
    employment="contract",
    manager="M1",
    mentor=None,
    hired_on=dt.date(2025, 6, 2),
    left_on=None,
)


@pytest.mark.rule("R87")
@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2025-08-23", None),
        ("2025-08-24", ("manager",)),
        ("2025-08-31", ("manager",)),
        ("2025-09-01", ("manager", "hr")),
    ],
)
def test_the_manager_is_reminded_one_week_before_probation_ends(
    day: str, told: tuple[str, ...] | None
) -> None:
    """The end is 31 August, so the reminder comes on 24 August; HR is told once it is overdue."""
    probation = Probation(employee="E1", ends_on=dt.date(2025, 8, 31), agreed_at=1)
    found = list(probation_review(HERE, probation, dt.date.fromisoformat(day)))
    assert [each.to for each in found] == ([told] if told else [])


@pytest.mark.rule("R87")
def test_a_newcomer_is_told_of_from_the_first_day() -> None:
    days = (dt.date(2025, 6, 1) + dt.timedelta(days=number) for number in range(10))
    assert [len(list(onboarding(HERE, day))) for day in days] == [0, 1, 1, 1, 1, 1, 1, 1, 1, 0]


@pytest.mark.rule("R49")
@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2025-03-29", None),
        ("2025-03-30", ("employee",)),
        ("2025-05-29", ("employee",)),
        ("2025-05-30", ("employee", "manager")),
        ("2025-06-23", ("employee", "manager")),
        ("2025-06-24", ("employee", "manager", "hr")),
        ("2025-06-30", ("employee", "manager", "hr")),
        ("2025-07-01", ("employee", "manager", "hr", "hr_head")),
    ],
)
def test_a_credential_is_told_of_three_months_before_it_expires(
    day: str, told: tuple[str, ...] | None
) -> None:
    """It expires on 30 June, so the reminder comes on 30 March; renewed, it says nothing."""
    on = dt.date.fromisoformat(day)
    granted = CredentialChange(
        position=1,
        credential="C1",
        employee="E1",
        kind="granted",
        effective_on=dt.date(2020, 7, 1),
        expires_on=dt.date(2025, 6, 30),
        type="nursing licence",
    )
    renewed = CredentialChange(
        position=2,
        credential="C1",
        employee="E1",
        kind="renewed",
        effective_on=dt.date(2025, 3, 1),
        expires_on=dt.date(2030, 6, 30),
    )
    assert [each.to for each in credential_expiry(HERE, credentials([granted], on), on)] == (
        [told] if told else []
    )
    assert list(credential_expiry(HERE, credentials([granted, renewed], on), on)) == []

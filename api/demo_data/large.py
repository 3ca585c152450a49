"""A firm of any size, for measuring: about 400 facts a person in 90 days, ready for the journal."""

import datetime as dt
from collections.abc import Iterator

from api.demo_data.dice import Dice
from domain.facts.base import Fact
from domain.facts.governance import BranchOpened
from domain.facts.people import EmployeeHired
from domain.facts.selling import (
    CustomerRegistered,
    DealClosed,
    FollowUpRecorded,
    SatisfactionScored,
    VisitRecorded,
)
from domain.journal.record import Draft, draft

SOURCE = "large"
LAST_KEY = "last"
BATCH = 10_000
FIRST_DAY = dt.date(2025, 1, 1)

_HIRED_ON = dt.date(2024, 1, 2)
_PEOPLE_OF_A_BRANCH = 200
_CLIENTS_OF_A_PERSON = 40
_A_DAY = (("follow-up", 400), ("visit", 100), ("client", 60), ("deal", 40), ("satisfaction", 20))
"""Per hundred working days of one person: 6.2 facts a day, 400 in the 64 working days of a quarter."""
_CHANNELS = ("douyin", "referral", "wechat", "web", "exhibition", "phone")


def drafts(people: int, days: int, actor: str) -> Iterator[list[Draft]]:
    """Branches, people and `days` of their work from 2025-01-01 on; the last fact's key is LAST_KEY."""
    batch: list[Draft] = []
    for number, (fact, at) in enumerate(_facts(people, days), 1):
        batch.append(draft(fact, source=SOURCE, key=f"{number:010}", occurred_at=at, actor=actor))
        if len(batch) == BATCH:
            yield batch
            batch = []
    last = VisitRecorded(employee=_employee(0), customer=f"{_employee(0)}-1")
    yield [*batch, draft(last, source=SOURCE, key=LAST_KEY, occurred_at=_noon(FIRST_DAY), actor=actor)]


def _facts(people: int, days: int) -> Iterator[tuple[Fact, dt.datetime]]:
    staff = [(_employee(number), f"B{number // _PEOPLE_OF_A_BRANCH + 1:03}") for number in range(people)]
    for branch in sorted({branch for _, branch in staff}):
        yield BranchOpened(branch=branch, title=branch, opened_on=_HIRED_ON), _noon(_HIRED_ON)
    for employee, branch in staff:
        hired = EmployeeHired(employee=employee, hired_on=_HIRED_ON, branch=branch, post="seller")
        yield hired, _noon(_HIRED_ON)
    dice = Dice("large", people, days)
    deals = 0
    for number in range(days):
        day = FIRST_DAY + dt.timedelta(days=number)
        if day.weekday() >= 5:
            continue
        at = _noon(day)
        for employee, _ in staff:
            for kind, per_hundred in _A_DAY:
                for _ in range(per_hundred // 100 + dice.hits(per_hundred % 100 / 100)):
                    deals += kind == "deal"
                    yield _fact(kind, employee, deals, dice), at


def _fact(kind: str, employee: str, deals: int, dice: Dice) -> Fact:
    customer = f"{employee}-{dice.between(1, _CLIENTS_OF_A_PERSON)}"
    match kind:
        case "follow-up":
            return FollowUpRecorded(employee=employee, customer=customer, kind="call", minutes=10)
        case "visit":
            return VisitRecorded(employee=employee, customer=customer, minutes=60)
        case "client":
            fresh = f"{employee}-{dice.between(_CLIENTS_OF_A_PERSON + 1, 10**6)}"
            return CustomerRegistered(employee=employee, customer=fresh, channel=dice.pick(_CHANNELS))
        case "deal":
            amount_minor = dice.between(100_000, 3_000_000)
            return DealClosed(
                employee=employee,
                customer=customer,
                deal=f"D{deals:08}",
                amount_minor=amount_minor,
                currency="CNY",
            )
        case _:
            return SatisfactionScored(employee=employee, customer=customer, score=str(dice.between(6, 10)))


def _employee(number: int) -> str:
    return f"P{number:06}"


def _noon(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, 4, tzinfo=dt.UTC)


def facts_expected(people: int, days: int) -> int:
    """About how many facts `drafts` will give."""
    working = sum((FIRST_DAY + dt.timedelta(days=number)).weekday() < 5 for number in range(days))
    return people * (1 + working * sum(per_hundred for _, per_hundred in _A_DAY) // 100)

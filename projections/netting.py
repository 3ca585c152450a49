"""What is paid of what a month earns up to a day, once accounts have given and taken."""

from collections.abc import Mapping
from typing import NamedTuple

from domain.period import Period
from domain.plan.statement import earnings
from projections.accounts import Accounting
from projections.members import roll
from projections.outlook import Prospect
from projections.spans import Cursor


class _Earned(NamedTuple):
    plan: str
    component: str
    amount_minor: int


class Netting:
    """The accounts of one person in a month, tried with several earnings; older months are not looked at."""

    def __init__(self, cursor: Cursor, employee: str, period: Period, found: Prospect) -> None:
        self._employee = employee
        here = roll(cursor, period, found.known_at, [employee])
        self._accounting = Accounting(cursor, here, found.groups, [employee], (), found.known_at)
        self._now = {
            held.resolved.plan.plan: {
                part.id: minor
                for part, (_, minor) in zip(held.resolved.plan.components, earnings(held), strict=True)
            }
            for held in found.due
        }
        self._paid_minor = self._paid(self._now)

    def gain_minor(self, plan: str, amounts: Mapping[str, int]) -> int:
        """What more is paid once the components of `plan` earn `amounts`."""
        return self._paid({**self._now, plan: amounts}) - self._paid_minor

    def _paid(self, plans: Mapping[str, Mapping[str, int]]) -> int:
        earned = [_Earned(plan, name, minor) for plan, own in plans.items() for name, minor in own.items()]
        moved = self._accounting.lines({self._employee: earned}).get(self._employee, ())
        return sum(each.amount_minor for each in (*earned, *moved))

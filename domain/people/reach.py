"""Reach: who is below a manager, and who is in a branch, by where people work."""

from collections.abc import Collection, Mapping

from domain.people.roster import Posting


def below(manager: str, posted: Mapping[str, Posting]) -> set[str]:
    """Everybody who reports to `manager`, directly or through others.

    Nobody who is not here themselves; somebody who has left passes nobody on to those above, and a circle of
    managers does no harm: nobody is below themselves.
    """
    if manager not in posted:
        return set()
    reports: dict[str, list[str]] = {}
    for employee, here in posted.items():
        if here.manager is not None:
            reports.setdefault(here.manager, []).append(employee)
    found: set[str] = set()
    waiting = list(reports.get(manager, ()))
    while waiting:
        employee = waiting.pop()
        if employee != manager and employee not in found:
            found.add(employee)
            waiting += reports.get(employee, ())
    return found


def in_branches(branches: Collection[str], posted: Mapping[str, Posting]) -> set[str]:
    """Everybody who works in one of `branches`."""
    return {employee for employee, here in posted.items() if here.branch in branches}

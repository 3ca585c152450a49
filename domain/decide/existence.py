"""Whatever a fact names must exist."""

from domain.decide.boundary import branches_named, people_named
from domain.decide.known import Known
from domain.facts.base import Fact
from domain.refusals import UnknownBranch, UnknownEmployee


def require_existing(fact: Fact, known: Known) -> None:
    """Checks that people were hired and branches opened before.

    Raises: UnknownEmployee, UnknownBranch.
    """
    for name, employee in people_named(fact):
        if employee not in known.employees:
            raise UnknownEmployee(
                field=f"data.{name}",
                detail=f"Nobody with the id {employee!r} has been hired.",
                remedy="Record employee_hired first, or mend the id.",
            )
    for name, branch in branches_named(fact):
        if branch not in known.branches:
            raise UnknownBranch(
                field=f"data.{name}",
                detail=f"No branch {branch!r} has been opened.",
                remedy="Record branch_opened first, or mend the id.",
            )

"""Rules on hiring, leaving, being away and merging branches."""

from domain.decide.known import Known
from domain.facts.governance import BranchMerged
from domain.facts.people import EmployeeHired, EmployeeLeft, EmployeeTransferred, LeaveTaken
from domain.refusals import AlreadyHired, BadField, HasLeft


def hire(fact: EmployeeHired, known: Known) -> None:
    """Nobody is hired twice without having left.

    Raises: AlreadyHired; HasLeft when the new start is not after the last day.
    """
    is_here, day = known.employed.get(fact.employee, (False, None))
    if is_here:
        raise AlreadyHired(
            field="data.employee",
            detail=f"{fact.employee} works here since {day}.",
            remedy="Record employee_transferred or employee_promoted, or void the first hire.",
        )
    if day is not None and fact.hired_on <= day:
        raise HasLeft(
            field="data.hired_on",
            detail=f"{fact.employee} left only on {day}.",
            remedy="A return starts after the last working day.",
        )


def leave(fact: EmployeeLeft, known: Known) -> None:
    """Only who is here can leave, and not before the first day.

    Raises: HasLeft, BadField.
    """
    is_here, day = known.employed.get(fact.employee, (False, None))
    if not is_here:
        raise HasLeft(
            field="data.employee", detail=f"{fact.employee} is not employed.", remedy="Mend the id."
        )
    if day is not None and fact.left_on < day:
        raise BadField(
            field="data.left_on",
            detail=f"{fact.left_on} is before the first day, {day}.",
            remedy="Mend the date.",
        )


def be_away(fact: LeaveTaken, known: Known) -> None:
    """Leave ends on or after the day it starts, within a year.

    Raises: BadField.
    """
    days = (fact.until_on - fact.from_on).days + 1
    if not 1 <= days <= 366:
        raise BadField(
            field="data.until_on",
            detail=f"From {fact.from_on} to {fact.until_on} is {days} days.",
            remedy="Leave has 1 to 366 days; both end days count.",
        )


def merge(fact: BranchMerged) -> None:
    """A branch is merged into another one.

    Raises: BadField.
    """
    if fact.branch == fact.into:
        raise BadField(
            field="data.into",
            detail=f"{fact.branch} is the branch itself.",
            remedy="Name the one that stays.",
        )


def transfer(fact: EmployeeTransferred) -> None:
    """Nobody is given what is taken from them.

    Raises: BadField.
    """
    for name in fact.cleared or ():
        if getattr(fact, name) is not None:
            raise BadField(
                field="data.cleared",
                detail=f"The {name} is given and cleared at once.",
                remedy=f"Leave out one of them: {name}, or its name under cleared.",
            )

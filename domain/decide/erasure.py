"""Rules on erasing somebody's personal data."""

import datetime as dt

from domain.decide.known import Known
from domain.facts.erasure import SubjectErased
from domain.facts.personal import subject_of
from domain.refusals import AlreadyErased, BadField, StillHere


def erase(fact: SubjectErased, known: Known, today: dt.date) -> None:
    """One employee who has left, or one client, is erased once.

    Raises: BadField, AlreadyErased, StillHere.
    """
    subject = subject_of(fact)
    if subject is None or (fact.employee is not None and fact.customer is not None):
        raise BadField(
            field="data.employee",
            detail="It is not clear who is erased.",
            remedy="Name one: employee or customer.",
        )
    position = known.erased.get(subject)
    if position is not None:
        raise AlreadyErased(
            field="data.employee" if fact.employee else "data.customer",
            detail=f"{subject} was erased at position {position}.",
            remedy="Nothing is left to do.",
        )
    is_here, day = known.employed.get(fact.employee or "", (False, None))
    if is_here or (day is not None and day >= today):
        raise StillHere(
            field="data.employee",
            detail=f"{fact.employee} works here {'since' if is_here else 'until'} {day}.",
            remedy="Record employee_left first; a person can be erased from the day after the last one.",
        )

"""Rules on who may have a shift: nobody on leave, and nobody without what the unit or the shift asks for."""

import datetime as dt
from typing import NamedTuple

import msgspec

from domain.decide.known import Known
from domain.facts.credentials import CredentialFact
from domain.people.credentials import credential_change
from domain.people.eligibility import Background, Graded, away, lacking
from domain.people.roster import Leave, Posting
from domain.people.shifts import Shift
from domain.people.unit_rules import UnitRules, required
from domain.refusals import NotQualified, OnLeave


class Place(NamedTuple):
    """Where a person works on the day of a shift, by which rules. field: to blame for what is refused."""

    posting: Posting
    rules: list[UnitRules]
    field: str


def require_eligible(shift: Shift, place: Place, known: Known) -> None:
    """Checks that the person holds on its day what `shift` asks for, and that no leave falls into its hours.

    Raises: OnLeave, NotQualified.
    """
    here = place.posting
    person = background(here.employee, known)
    leave = away(shift, person.leaves)
    if leave is not None:
        where = f"position {leave.position}" if leave.position else "earlier in this batch"
        days = f"from {leave.from_on} to {leave.until_on} ({where})"
        raise OnLeave(
            field=place.field,
            detail=f"{here.employee} is on {leave.kind} leave {days}, in hours of the shift of {shift.on}.",
            remedy="Choose another day or person, or void the leave first.",
        )
    asked = [*required(place.rules, here.branch, here.department, shift.on), *shift.pattern.required]
    missing = list(lacking(dict.fromkeys(asked), person, shift.on))
    if missing:
        raise NotQualified(
            field=place.field,
            detail=f"For shift {shift.pattern.pattern} on {shift.on}: {here.employee} {'; '.join(missing)}.",
            remedy="Choose another person, or record the credential or the grade first.",
        )


def background(employee: str, known: Known) -> Background:
    """What is known of `employee` that shifts look at. A grade of the same batch counts for every day."""
    changes = [
        credential_change(at, fact)
        for at, fact in known.told("credentials", employee)
        if isinstance(fact, CredentialFact)
    ]
    grades = [
        Graded(at, fact.kind, known.days.get(at, dt.date.min), fact.score)
        for at, fact in known.told("grades", employee)
    ]
    leaves = [
        Leave(position=at, **msgspec.structs.asdict(fact)) for at, fact in known.told("leave", employee)
    ]
    return Background(changes, grades, leaves)

"""Whether a person may have a shift: the credentials and skills that it asks for, and no leave meanwhile."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from domain.people.credentials import VALID, CredentialChange, credentials
from domain.people.roster import Leave
from domain.people.shifts import Shift
from domain.people.unit_rules import Required


class Graded(NamedTuple):
    """Somebody graded a skill of a person on a day. score: a decimal text."""

    position: int
    kind: str
    day: dt.date
    score: str


class Background(NamedTuple):
    """What is known of one person that shifts look at, each part in the order in which it was told."""

    credentials: Sequence[CredentialChange] = ()
    grades: Sequence[Graded] = ()
    leaves: Sequence[Leave] = ()


def lacking(asked: Iterable[Required], person: Background, day: dt.date) -> Iterator[str]:
    """Which of what is `asked` the person does not hold on `day`, each in a part of a sentence."""
    for each in asked:
        why = _no_grade(each, person, day) if each.score else _no_credential(each, person, day)
        if why is not None:
            yield why


def away(shift: Shift, leaves: Iterable[Leave]) -> Leave | None:
    """The leave of whole days that some hour of `shift` falls into, the first if there are several."""
    for leave in leaves:
        since = dt.datetime.combine(leave.from_on, dt.time())
        until = dt.datetime.combine(leave.until_on + dt.timedelta(days=1), dt.time())
        if leave.minutes is None and shift.begins < until and shift.ends > since:
            return leave
    return None


def _no_credential(asked: Required, person: Background, day: dt.date) -> str | None:
    """Why a credential is missing on `day`; of several that are not valid, the one that lasted longest."""
    own = [each for each in credentials(person.credentials, day) if each.kind == asked.kind]
    if any(each.state in VALID for each in own):
        return None
    if not own:
        return f"holds no {asked}"
    last = max(own, key=lambda each: each.since)
    return f"holds a {asked} that is {last.state} since {last.since}"


def _no_grade(asked: Required, person: Background, day: dt.date) -> str | None:
    """Why a skill is missing on `day`: the last grade up to then is the one that counts."""
    own = [each for each in person.grades if each.kind == asked.kind and each.day <= day]
    if not own:
        return f"was not graded in {asked.kind} by then: needed is {asked}"
    last = max(own, key=lambda each: (each.day, each.position))
    if Decimal(last.score) >= Decimal(asked.score or 0):
        return None
    return f"was last graded {last.score} in {asked.kind}, on {last.day}: needed is {asked}"

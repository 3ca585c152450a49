"""Work done on days without the licence that a measure asks for: flagged, and said on its lines."""

import datetime as dt
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Literal, NamedTuple

import msgspec

from domain.people.credentials import VALID, CredentialChange, credentials
from domain.plan.components.base import Part, Words
from domain.plan.fields import Title
from domain.plan.measures import FactMeasure, Measure
from domain.plan.running import is_before

Frozen = Literal["expired", "suspended", "revoked", "none"]
"""Why a person does not hold a valid credential; none: they were never granted one."""

STATES: Mapping[str, Title] = {
    "expired": Title("expired", "已过期"),
    "suspended": Title("suspended", "被暂停"),
    "revoked": Title("revoked", "被吊销"),
}


class Freeze(NamedTuple):
    """Why a person does not hold a valid credential on a day. since: the day from which it is so."""

    state: Frozen
    since: dt.date | None = None

    def words(self) -> dict[str, str]:
        """What fills a sentence about it; nothing where no credential was ever granted."""
        return {} if self.since is None else {"state": self.state, "since": self.since.isoformat()}


class Flagged(NamedTuple):
    """How much of the work that a measure looks at was done without its licence.

    work: so many facts of `all`. credential: the kind. is_paid: whether they count all the same. freeze: why,
    on the last such day.
    """

    work: int
    all: int
    credential: str
    is_paid: bool
    freeze: Freeze

    def part(self, measure: str) -> Part:
        """A part of a line that adds nothing and says so."""
        words: Words = {
            "measure": measure,
            "work": str(self.work),
            "all": str(self.all),
            "credential": self.credential,
            **self.freeze.words(),
        }
        rule = "flagged_paid" if self.is_paid else "flagged_unpaid"
        if self.freeze.since is None:
            rule = f"{rule}_never"
        return Part(f"licence of {measure}", Fraction(0), words, rule)


def licensed_measures(measures: Mapping[str, Measure]) -> dict[str, FactMeasure]:
    """Those of `measures` of own work that ask for a licence; not as they stood before a period."""
    return {
        name: measure
        for name, measure in measures.items()
        if isinstance(measure, FactMeasure)
        and measure.licensed is not None
        and measure.credited == "own"
        and not is_before(name)
    }


def whatever_the_licence(measure: FactMeasure) -> FactMeasure:
    """`measure` as if it asked for none."""
    return msgspec.structs.replace(measure, licensed=None)


def frozen(changes: Iterable[CredentialChange], employee: str, kind: str, day: dt.date) -> Freeze | None:
    """Why `employee` holds no valid credential of `kind` on `day`; None where they do.

    Of several that are frozen, the one that was frozen last is told.
    """
    held = [each for each in credentials(changes, day) if (each.employee, each.kind) == (employee, kind)]
    told = [(each.since, each.state) for each in held]
    if any(state in VALID for _, state in told):
        return None
    reasons = [
        Freeze(state, since)
        for since, state in sorted(told)
        if state == "expired" or state == "suspended" or state == "revoked"
    ]
    return reasons[-1] if reasons else Freeze("none")

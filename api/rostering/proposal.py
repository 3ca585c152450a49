"""A roster as it is proposed, and how far it is searched for: words that need no solver."""

import datetime as dt
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from domain.people.roster_check import Proposed
from domain.people.roster_quality import Burden, Fairness, WishesMet

Status = Literal["optimal", "feasible", "infeasible", "unknown"]
StoppedBy = Literal["proof", "effort", "time"]
SOURCE = "roster"


class Search(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far a search may go.

    effort: work that the solver may do, in its own units of about a second on an idle core; what it finds
    within is the same on every machine. seconds: after which it stops whatever it has. seed: another one
    breaks ties otherwise.
    """

    effort: Annotated[int, Meta(ge=1, le=600)] = 5
    seconds: Annotated[int, Meta(ge=1, le=600)] = 30
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """One of the reasons that cannot all hold together.

    kind: rule, need, mix, leave, credential or skill. positions: of the facts that set it. needed: without
    this one there is a roster for the others; false where the search was too short to know.
    """

    kind: str
    detail: str
    positions: tuple[int, ...]
    needed: bool


class ShiftGiven(msgspec.Struct, frozen=True, kw_only=True):
    """What a fact of the proposal says."""

    employee: str
    on: dt.date
    pattern: str


class FactProposed(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that publishes one shift, as /v1/facts:batch takes it."""

    type: str
    source: str
    key: str
    occurred_at: dt.datetime
    data: ShiftGiven


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A roster that nobody has published yet; nothing of it is stored.

    proposal: its id, from what it rests on and says. known_at: the position up to which facts were known.
    status: `optimal` and `infeasible` are proven; `feasible` breaks no hard rule, and loses by at most `gap`
    more than it must; `unknown`: nothing was found in time, which proves nothing. stopped_by: `time` if the
    clock ended the search, so that another one may end elsewhere. facts: send them to /v1/facts:batch, all or
    none. first_seconds, seconds: until the first roster and in all, as measured.
    """

    proposal: str
    branch: str
    department: str | None
    from_on: dt.date
    until_on: dt.date
    known_at: int
    search: Search
    status: Status
    stopped_by: StoppedBy
    loss: int | None
    bound: int | None
    gap: str | None
    wishes: WishesMet | None
    fairness: Fairness | None
    burdens: tuple[Burden, ...]
    conflicts: tuple[Conflict, ...]
    facts: tuple[FactProposed, ...]
    first_seconds: float | None
    seconds: float


def fact_of(proposal: str, given: Proposed, at: dt.datetime) -> FactProposed:
    """The fact that publishes a shift of `proposal`; the same for the same, so that it is stored once."""
    return FactProposed(
        type="shift_assigned",
        source=SOURCE,
        key=f"{proposal}/{given.employee}/{given.on}",
        occurred_at=at,
        data=ShiftGiven(employee=given.employee, on=given.on, pattern=given.pattern),
    )

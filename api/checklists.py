"""The months that are to be closed and those that were, and what to look at before one is."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypeVar, get_args

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from psycopg import Cursor

from api.closing import closers, proposal_of
from api.connectors.quarantine import Quarantine
from api.follower import Follower
from api.kept_findings import KeptFindings
from api.names import names_of
from api.ops import ENGINE
from api.paging import Pages
from api.people import Asked
from api.reading import PeriodInPath, Reading, View, counted_position, month
from api.seal import Seal
from api.watching import shows
from domain.journal.lookup import at_positions
from domain.journal.read import head
from domain.journal.vault import Vault
from domain.period import Period
from projections import checklist, paying, reconciling
from projections.checklist import CheckItem, Item, Unconfirmed, WithoutPlan
from projections.holding import bearing
from projections.inquiries import inquiries
from projections.late import ClosedPeriod, closed_periods
from projections.reconciling import RunState, steps_among

CloseState = Literal["open", "proposed", "closed"]
_ORDER = get_args(Item)
_Row = TypeVar("_Row", WithoutPlan, Unconfirmed)
WAITING = "select count(*) from import_run where stored_at is null"
SEAL_SECONDS = 60
"""A seal that is further behind is something to look at."""


class ProposalMade(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal to close a month. proposed_by: who may not close it. facts_since: a thousand at most.

    statements_digest: what somebody else confirms; refused where the facts since have changed a statement.
    """

    position: int
    proposed_by: str
    proposed_at: dt.datetime
    known_at: int
    statements: int
    statements_digest: str
    facts_since: int


class Checklist(msgspec.Struct, frozen=True, kw_only=True):
    """What to look at before a month is closed; nothing is left of a month that is.

    may_close: whether nothing blocks it. proposal: the last that stands.
    """

    period: str
    state: CloseState
    known_at: int
    may_close: bool
    items: tuple[CheckItem, ...]
    proposal: ProposalMade | None


class MonthStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How far a month is. Of an open one, no statements are computed for it: people, total_minor are null.

    holds: people whose pay is held with it. inquiries: about it, not resolved.
    """

    period: str
    state: Literal["proposed"] | RunState
    people: int | None
    total_minor: int | None
    currency: str | None
    closed_by: str | None
    proposed_by: str | None
    holds: int
    inquiries: int


@get(
    "/closes",
    summary="How far each month is",
    tags=["payroll"],
    opt={"action": "run_payroll", "personal": "none", "reach": "all"},
)
async def read_closes(pages: NamedDependency[Pages]) -> Response[list[MonthStanding]]:
    """The last first: months that are under way or to be closed, then those that are closed."""

    def question(cursor: Cursor[Any], known_at: int | None) -> list[MonthStanding]:
        closed = {each.period: each for each in closed_periods(cursor, known_at)}
        shown = pages.cut(_months(closed, pages.today))
        return _standings(cursor, shown, closed, known_at)

    return pages.answer(await pages.ask(question))


@get(
    "/closes/{period:str}/checklist",
    summary="What to look at before a month is closed",
    tags=["payroll"],
    opt={"action": "run_payroll", "personal": "none", "reach": "all"},
)
async def read_checklist(
    view: NamedDependency[View],
    reading: NamedDependency[Reading],
    quarantine: NamedDependency[Quarantine],
    follower: NamedDependency[Follower],
    sealing: NamedDependency[Seal],
    period: PeriodInPath,
) -> Checklist:
    """Each with how many there are, where to look at them, and whether the close is refused for it.

    What waits outside of the journal, and how far the service is, is told of now only.
    """
    asked, today = month(period), reading.today()

    def question(cursor: Cursor[Any], known_at: int | None) -> Checklist:
        at = counted_position(cursor) if known_at is None else known_at
        is_closed = any(each.period == asked for each in closed_periods(cursor, known_at))
        items: list[CheckItem] = []
        if not is_closed:
            items = list(checklist.items(cursor, asked, today, known_at))
            items += _of_now(cursor, quarantine, follower, sealing, is_now=known_at is None)
        proposal = _proposal(cursor, asked, known_at)
        return Checklist(
            period=str(asked),
            state="closed" if is_closed else "open" if proposal is None else "proposed",
            known_at=at,
            may_close=not is_closed and not any(each.blocks and each.count for each in items),
            items=tuple(sorted(items, key=lambda each: _ORDER.index(each.item))),
            proposal=proposal,
        )

    return await view.ask(question)


@get(
    "/closes/{period:str}/without-plan",
    summary="People whom no plan pays in a month",
    tags=["payroll"],
    opt={"action": "run_payroll", "personal": "people", "reach": "all"},
)
async def read_without_plan(
    request: Asked,
    pages: NamedDependency[Pages],
    vault: NamedDependency[Vault],
    findings: NamedDependency[KeptFindings],
    period: PeriodInPath,
) -> Response[list[WithoutPlan]]:
    """Who works in the month and belongs to no plan that is in force on its last day."""
    asked = month(period)

    def question(cursor: Cursor[Any], known_at: int | None) -> list[WithoutPlan]:
        return checklist.without_plan(checklist.population(cursor, asked, known_at))

    part = pages.cut(await findings.ask(pages, ("without plan", asked), "nothing", question))
    found = await _named(pages, vault, part)
    shows(request, [each.employee for each in found])
    return pages.answer(found)


@get(
    "/closes/{period:str}/unconfirmed",
    summary="Facts of a month that nobody has confirmed",
    tags=["payroll"],
    opt={"action": "run_payroll", "personal": "people", "reach": "all"},
)
async def read_unconfirmed(
    request: Asked,
    pages: NamedDependency[Pages],
    vault: NamedDependency[Vault],
    findings: NamedDependency[KeptFindings],
    period: PeriodInPath,
) -> Response[list[Unconfirmed]]:
    """By position; a fact that several measures or people count stands once for each.

    They count for nothing until a `fact_confirmed` says so, by whoever answers for the metric.
    """
    asked = month(period)

    def question(cursor: Cursor[Any], known_at: int | None) -> list[Unconfirmed]:
        people = checklist.population(cursor, asked, known_at)
        return checklist.unconfirmed(cursor, asked, people, known_at)

    part = pages.cut(await findings.ask(pages, ("unconfirmed", asked), "all", question))
    found = await _named(pages, vault, part)
    shows(request, {each.employee for each in found})
    return pages.answer(found)


async def _named(pages: Pages, vault: Vault, part: Sequence[_Row]) -> list[_Row]:
    """Those on this page, with the names that they have, in clear."""

    def question(cursor: Cursor[Any], known_at: int | None) -> list[_Row]:
        names = names_of(cursor, vault, {each.employee for each in part}, known_at)
        return [msgspec.structs.replace(each, name=names.get(each.employee)) for each in part]

    return await pages.ask(question)


HANDLERS = (read_closes, read_checklist, read_without_plan, read_unconfirmed)


def _of_now(
    cursor: Cursor[Any], quarantine: Quarantine, follower: Follower, sealing: Seal, *, is_now: bool
) -> list[CheckItem]:
    """What waits outside of the journal, whether the facts are counted, and whether they are sealed."""
    if not is_now:
        return [
            CheckItem(item="imports", count=None, address="/v1/imports"),
            CheckItem(item="quarantine", count=None, address="/v1/quarantine?state=held"),
            CheckItem(item="counting", count=None, blocks=True, address="/health/ready"),
            CheckItem(item="seal", count=None, address="/health/ready"),
        ]
    row = cursor.execute(WAITING).fetchone()
    held = sum(states.get("held", 0) for states in quarantine.counts(cursor).values())
    behind = head(cursor) - counted_position(cursor) if follower.failure else 0
    seal = sealing.state(cursor)
    late = int(seal.delay_seconds) if seal.stopped or seal.delay_seconds > SEAL_SECONDS else 0
    return [
        CheckItem(item="imports", count=row[0] if row else 0, address="/v1/imports"),
        CheckItem(item="quarantine", count=held, address="/v1/quarantine?state=held"),
        CheckItem(item="counting", count=behind, blocks=True, address="/health/ready"),
        CheckItem(item="seal", count=late, address="/health/ready"),
    ]


def _proposal(cursor: Cursor[Any], period: Period, known_at: int | None) -> ProposalMade | None:
    found = proposal_of(cursor, period, known_at)
    if found is None:
        return None
    [record] = at_positions(cursor, [found.position])
    return ProposalMade(
        position=found.position,
        proposed_by=found.actor,
        proposed_at=record.recorded_at,
        known_at=found.fact.known_at,
        statements=found.fact.statements,
        statements_digest=found.fact.statements_digest,
        facts_since=checklist.facts_since(cursor, found.position, known_at),
    )


def _months(closed: Iterable[Period], today: dt.date) -> list[Period]:
    """The closed months and those up to that of `today`, the last first."""
    months, last = list(closed), Period.containing(today)
    month = months[-1].next() if months else last
    while month.first_day <= last.first_day:
        months.append(month)
        month = month.next()
    return months[::-1]


def _standings(
    cursor: Cursor[Any], months: Sequence[Period], closed: Mapping[Period, ClosedPeriod], known_at: int | None
) -> list[MonthStanding]:
    steps, holds = paying.steps(cursor, None, known_at), paying.holds(cursor, known_at)
    waiting = Counter(each.period for each in inquiries(cursor, known_at) if each.state != "resolved")
    counted = dict(cursor.execute(STATEMENTS).fetchall())
    found: list[MonthStanding] = []
    for period in months:
        own, month = closed.get(period), str(period)
        taken = steps_among(each for each in steps if each.period == month)
        state: Literal["proposed"] | RunState = "open"
        if own is not None:
            state = reconciling.taken(cursor, period, taken, known_at, engine=ENGINE).state
        proposal = proposal_of(cursor, period, known_at) if own is None else None
        by = closers(cursor, own.position) if own else None
        found.append(
            MonthStanding(
                period=month,
                state="proposed" if proposal else state,
                people=counted[month] if own else None,
                total_minor=own.total_minor if own else None,
                currency=own.currency if own else None,
                closed_by=by.closed_by if by else None,
                proposed_by=proposal.actor if proposal else by.proposed_by if by else None,
                holds=len(bearing(holds, period, taken.release)),
                inquiries=waiting[month],
            )
        )
    return found


STATEMENTS = "select period, statements from closed_period"

"""Changes that take two: those that were proposed, and what a second person answers, as themselves."""

import asyncio
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from api.bodies import place, read_body, require_sound
from api.caller import Caller
from api.changing import proposal_at, refusal_of
from api.described import REFUSAL_BODY, operation_with
from api.erasing import erase
from api.facts import Receipt, within_rights
from api.intake import Stored, Submission
from api.ops import Ledger
from api.own_facts import in_own_name, new_key, record
from api.paging import Pages
from api.reading import OnDay, Reading
from api.roles import MAY_ANSWER
from api.watching import shows
from api.writing import Writing
from domain.decide.proposed import proposed_change
from domain.facts.base import Fact, Reason
from domain.facts.changes import ChangeProposed
from domain.facts.erasure import SubjectErased
from domain.refusals import BadField
from projections import changes
from projections.changes import ProposalState, ProposedChange

MAX_BYTES = 4_096

Asked = Request[Any, Caller, State]
ProposalInPath = Annotated[int, PathParameter(ge=1, description="Position of the proposal.")]


class RefusalAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a change that was proposed is not wanted, without personal data."""

    reason: Reason


@get(
    "/proposals",
    summary="Changes that were proposed",
    tags=["changes"],
    opt={"action": "read_pay", "personal": "people", "reach": "rows"},
)
async def read_proposals(
    request: Asked,
    pages: NamedDependency[Pages],
    state_: Annotated[
        ProposalState | None, QueryParameter(name="state", description="Only those that stand so.")
    ] = None,
    day: OnDay = None,
) -> Response[list[ProposedChange]]:
    """Overrides, changed targets, write-offs and erasures that take a second person, in order.

    One is proposed as `change_proposed` with POST /v1/facts, withdrawn by a void, and lapses after 30 days.
    Those are shown that the reader may answer, or has proposed; an auditor sees all that they reach.
    """
    on = day or pages.today
    found = await pages.ask(lambda cursor, known_at: changes.proposed(cursor, on, known_at))
    mine = [each for each in found if state_ in (None, each.state) and concerns(request.auth, each)]
    mine = pages.cut(mine)
    shows(request, {each.employee for each in mine if each.employee is not None})
    return pages.answer(mine)


@post(
    "/proposals/{proposal:int}/approval",
    summary="Approve a change that somebody else has proposed",
    tags=["changes"],
    status_code=201,
    opt={"action": "record", "personal": "none", "reach": "rows"},
)
async def approve_change(
    request: Asked,
    reading: NamedDependency[Reading],
    writing: NamedDependency[Writing],
    ledger: NamedDependency[Ledger],
    proposal: ProposalInPath,
) -> Receipt:
    """Makes the change, to the letter, in the name of whoever asks: they are its approver.

    Who proposed it, whom it concerns, and who does not write such a fact about them, does not approve it.
    """
    return receipt(await approve(request, reading, writing, ledger, proposal))


@post(
    "/proposals/{proposal:int}/refusal",
    summary="Refuse a change that somebody else has proposed",
    tags=["changes"],
    status_code=201,
    opt={"action": "record", "personal": "none", "reach": "rows"},
    operation_class=operation_with(REFUSAL_BODY),
)
async def refuse_change(
    request: Asked,
    reading: NamedDependency[Reading],
    writing: NamedDependency[Writing],
    proposal: ProposalInPath,
) -> Receipt:
    """Records that the change is not wanted, and why; it is the last word on this proposal."""
    said = _read(await read_body(request, MAX_BYTES))
    return receipt(await refuse(request, reading, writing, proposal, said.reason))


def concerns(caller: Caller, found: ProposedChange) -> bool:
    """Whether `caller` is shown a proposal: they may answer it, watch over it, or have made it."""
    if found.actor == caller.actor:
        return True
    if caller.role != "auditor" and caller.role not in MAY_ANSWER[found.changes]:
        return False
    if caller.scope == "all":
        return True
    if found.employee is not None:
        return caller.reaches(found.employee)
    return found.branch is not None and found.branch in caller.branches


async def approve(
    request: Asked, reading: Reading, writing: Writing, ledger: Ledger, position: int
) -> Stored:
    """Approves the proposal at `position` in the name of who asks, and waits until it is counted.

    Raises: NotFound, NotAllowed; the Refusal of a rule; Behind.
    """
    found = await _found(request.auth, reading, position)
    actor = request.auth.actor
    fact = proposed_change(found, actor, position)
    if not isinstance(fact, SubjectErased):
        return await record(request, writing, reading, _allowed(request.auth, fact, position, "approved"))
    request.auth.require_write_about([("employee", fact.employee)] if fact.employee else [], ())
    given = {"employee": fact.employee, "customer": fact.customer, "reason": fact.reason}
    _, stored = await asyncio.to_thread(
        partial(erase, ledger, **given, actor=actor, approver=actor, proposal=position)
    )
    await reading.after(stored.position, request)
    return stored


async def refuse(request: Asked, reading: Reading, writing: Writing, position: int, reason: str) -> Stored:
    """Refuses the proposal at `position` in the name of who asks.

    Raises: as `approve`.
    """
    found = await _found(request.auth, reading, position)
    fact = refusal_of(found, position, reason)
    return await record(request, writing, reading, _allowed(request.auth, fact, position, "refused"))


def receipt(stored: Stored) -> Receipt:
    """Where an answer stands."""
    return Receipt(position=stored.position, hit=stored.hit, recorded_at=stored.recorded_at)


async def _found(caller: Caller, reading: Reading, position: int) -> ChangeProposed:
    found = await reading.ask(lambda cursor: proposal_at(cursor, position))
    caller.require_answer(found.changes)
    return found


def _allowed(caller: Caller, fact: Fact, position: int, answer: str) -> Submission:
    """The answer as `caller` gives it, if they may."""
    return within_rights(in_own_name(caller, fact, f"change-{answer}/{position}/{new_key()}"), caller)


def _read(body: bytes) -> RefusalAsked:
    """Why a change is refused.

    Raises: Malformed, BadField.
    """
    require_sound(body)
    try:
        return msgspec.json.decode(body, type=RefusalAsked)
    except msgspec.ValidationError as error:
        field, message = place(error)
        raise BadField(field=field, detail=f"{message}.", remedy='Write {"reason": "too early"}.') from None

"""Closing a month over HTTP: whoever is signed in proposes it, and somebody else who is confirms it."""

import asyncio
from typing import Annotated, Any

import msgspec
from litestar import Request, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from msgspec import Meta

from api.bodies import place, read_body, require_sound
from api.caller import Caller
from api.closing import close, closers, propose
from api.described import CLOSE_BODY, operation_with
from api.ops import Ledger
from api.reading import month
from domain.refusals import BadField

MAX_BYTES = 4_096


class CloseAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The month. confirms: the digest of the proposal that is confirmed; a proposal is made without it."""

    period: Annotated[str, Meta(min_length=1, max_length=20)]
    confirms: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")] | None = None


class CloseStep(msgspec.Struct, frozen=True, kw_only=True):
    """What was written. statements_digest: what somebody else sends as `confirms` to close the month."""

    period: str
    step: str
    position: int
    known_at: int
    statements: int
    statements_digest: str
    closed_by: str | None = None
    proposed_by: str | None = None


@post(
    "/payroll/runs",
    summary="Propose or close a month",
    tags=["payroll"],
    status_code=201,
    opt={"action": "close_periods", "personal": "none", "reach": "all"},
    operation_class=operation_with(CLOSE_BODY),
)
async def close_month(request: Request[Any, Caller, State], ledger: NamedDependency[Ledger]) -> CloseStep:
    """Without `confirms`, proposes to close the next month as it stands; with it, closes what was proposed.

    Whoever proposed it does not close it, and it is refused if the statements changed since. Over HTTP it
    takes two even where the settings let one person close a month on the command line.
    """
    asked = _read(await read_body(request, MAX_BYTES))
    return await asyncio.to_thread(take_step, ledger, asked, request.auth.actor)


def take_step(ledger: Ledger, asked: CloseAsked, actor: str) -> CloseStep:
    """Proposes a month, or closes what was proposed.

    Raises: the Refusals of `api.closing`.
    """
    period = month(asked.period)
    if asked.confirms is None:
        proposed, stored, _ = propose(ledger, period, actor=actor)
        return CloseStep(
            period=proposed.period,
            step="proposed",
            position=stored.position,
            known_at=proposed.known_at,
            statements=proposed.statements,
            statements_digest=proposed.statements_digest,
            proposed_by=actor,
        )
    closed, stored = close(ledger, period, actor=actor, digest=asked.confirms)
    with ledger.journal.cursor() as cursor:
        by = closers(cursor, stored.position)
    return CloseStep(
        period=closed.period,
        step="closed",
        position=stored.position,
        known_at=closed.known_at,
        statements=closed.statements,
        statements_digest=closed.statements_digest,
        **by._asdict(),
    )


def _read(body: bytes) -> CloseAsked:
    """What is asked for.

    Raises: Malformed, BadField.
    """
    require_sound(body)
    try:
        return msgspec.json.decode(body, type=CloseAsked)
    except msgspec.ValidationError as error:
        field, message = place(error)
        raise BadField(
            field=field,
            detail=f"{message}.",
            remedy='Write {"period": "2025-03"}, and `confirms` to close it.',
        ) from None

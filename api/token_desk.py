"""Tokens over HTTP: made, shown once, listed, and taken back."""

import asyncio
import datetime as dt
from functools import partial
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import PathParameter
from msgspec import Meta

from api import lists
from api.administering import TOKEN_BODY, asked_for, require_may_give
from api.caller import Caller
from api.described import operation_with
from api.ops import Ledger, now
from api.roles import Role, ScopeName
from api.token_trail import note_made, note_revoked
from api.tokens import MOST_DAYS, TokenEntry, Tokens, token_file
from domain.refusals import BadField

Asked = Request[Any, Caller, State]
_OPT = {"action": "administer", "personal": "none", "reach": "all"}


class TokenAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A token that is wanted. scope: by the role if absent. days: it never expires without."""

    role: Role
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    employee: Annotated[str, Meta(max_length=200)] | None = None
    scope: ScopeName | None = None
    branches: Annotated[tuple[str, ...], Meta(max_length=lists.BRANCHES_OF_A_CALLER)] = ()
    days: Annotated[int, Meta(ge=1, le=MOST_DAYS)] | None = None


class TokenShown(msgspec.Struct, frozen=True, kw_only=True):
    """A token without its secret. state: whether it lets anybody in."""

    name: str
    role: Role
    scope: ScopeName
    employee: str | None
    branches: tuple[str, ...]
    made_at: dt.datetime | None
    expires_at: dt.datetime | None
    revoked_at: dt.datetime | None
    state: Literal["counts", "expired", "revoked"]


class TokenGiven(msgspec.Struct, frozen=True, kw_only=True):
    """A token that was made. secret: shown this once; only its hash is kept."""

    token: TokenShown
    secret: str


@get("/tokens", summary="The tokens that were made", tags=["administering"], opt=_OPT)
async def read_tokens(ledger: NamedDependency[Ledger]) -> list[TokenShown]:
    """Whose each is, whom it reaches and until when, the last one first."""
    entries = await asyncio.to_thread(_tokens(ledger).entries)
    return [_shown(entry) for entry in reversed(entries)]


@post("/tokens", summary="Make a token", tags=["administering"], opt=_OPT,
      operation_class=operation_with(TOKEN_BODY))  # fmt: skip
async def make_token(request: Asked, ledger: NamedDependency[Ledger]) -> TokenGiven:
    """The token stands in this answer and never again. That it was made is in the trail before it counts.

    The head of HR may do what administrators may not: a token of that role is made at the machine.
    """
    wanted = await asked_for(request, _MAKE)
    require_may_give(wanted.role, f"meritbook token make --role {wanted.role}")
    make = partial(
        _tokens(ledger).make,
        wanted.role,
        wanted.name,
        wanted.employee,
        scope=wanted.scope,
        branches=wanted.branches,
        days=wanted.days,
        note=lambda entry: note_made(ledger, entry, request.auth.actor),
    )
    try:
        secret = await asyncio.to_thread(make)
    except ValueError as error:
        raise BadField(field="name", detail=f"{error}.", remedy="Give what belongs together.") from None
    made = next(entry for entry in _tokens(ledger).entries() if entry.name == wanted.name)
    return TokenGiven(token=_shown(made), secret=secret)


@post(
    "/tokens/{name:str}/revoke", summary="Revoke a token", tags=["administering"], opt=_OPT, status_code=200
)
async def revoke_token(
    request: Asked,
    ledger: NamedDependency[Ledger],
    name: Annotated[str, PathParameter(description="Name of a token.")],
) -> TokenShown:
    """It is refused within a second; its name stays taken."""
    try:
        ended = await asyncio.to_thread(_tokens(ledger).revoke, name)
    except ValueError as error:
        raise BadField(field="name", detail=f"{error}.", remedy="See GET /v1/tokens.") from None
    await asyncio.to_thread(note_revoked, ledger, ended, request.auth.actor)
    return _shown(ended)


def _tokens(ledger: Ledger) -> Tokens:
    return Tokens(token_file(ledger.settings.home), ledger=ledger.schema)


def _shown(entry: TokenEntry) -> TokenShown:
    state: Literal["counts", "expired", "revoked"] = "counts" if entry.counts(now()) else "expired"
    return TokenShown(
        name=entry.name,
        role=entry.role,
        scope=entry.scope,
        employee=entry.employee,
        branches=entry.branches,
        made_at=entry.made_at,
        expires_at=entry.expires_at,
        revoked_at=entry.revoked_at,
        state="revoked" if entry.revoked_at is not None else state,
    )


_MAKE = msgspec.json.Decoder(TokenAsked)
HANDLERS = (read_tokens, make_token, revoke_token)

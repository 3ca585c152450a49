"""Accounts and sessions over HTTP, for administrators."""

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import PathParameter
from msgspec import Meta

from api import lists
from api.accounts.account import Account, account_of, accounts
from api.accounts.changing import Changing
from api.administering import ACCOUNT_BODY, ACCOUNT_CHANGE_BODY, asked_for, require_may_give
from api.caller import Caller
from api.described import operation_with
from api.ops import Ledger, now
from api.problems import NotFound
from api.reading import Reading
from api.roles import Role, ScopeName
from api.sessions import Sessions

Asked = Request[Any, Caller, State]
AccountInPath = Annotated[str, PathParameter(description="Name of an account.")]
Change = Literal["lock", "unlock", "reset", "remove"]

_OPT = {"action": "administer", "personal": "none", "reach": "all"}
_Done = TypeVar("_Done")


class AccountAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account that is wanted. scope: by the role if absent."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    role: Role
    employee: Annotated[str, Meta(max_length=200)] | None = None
    scope: ScopeName | None = None
    branches: Annotated[tuple[str, ...], Meta(max_length=lists.BRANCHES_OF_A_CALLER)] = ()


class AccountChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be done with an account. second_factor: with `reset`, take that away too."""

    change: Change
    second_factor: bool = False


class AccountShown(msgspec.Struct, frozen=True, kw_only=True):
    """An account, without its secrets. waits: nobody has chosen its password yet."""

    name: str
    role: Role
    scope: ScopeName
    employee: str | None
    branches: tuple[str, ...]
    state: Literal["open", "locked", "removed"]
    waits: bool
    has_second_factor: bool
    made_at: dt.datetime
    signed_in_at: dt.datetime | None


class AccountDone(msgspec.Struct, frozen=True, kw_only=True):
    """An account as it is now. code: typed once in place of a password; shown this once, null for none."""

    account: AccountShown
    code: str | None


class SessionShown(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is signed in. session: what it is called here; it lets nobody in."""

    session: str
    name: str
    role: Role
    employee: str | None
    device: str
    method: str
    begun_at: dt.datetime
    seen_at: dt.datetime
    ends_at: dt.datetime


@get("/accounts", summary="The accounts that are kept here", tags=["administering"], opt=_OPT)
async def read_accounts(reading: NamedDependency[Reading]) -> list[AccountShown]:
    """Whose each is, what it may do, and whether it can be used, by name."""
    return [_shown(each) for each in await reading.ask(accounts)]


@post("/accounts", summary="Make an account", tags=["administering"], opt=_OPT,
      operation_class=operation_with(ACCOUNT_BODY))  # fmt: skip
async def make_account(request: Asked, ledger: NamedDependency[Ledger]) -> AccountDone:
    """Its owner types the code at /sign-in, within three days, and chooses a password.

    The head of HR may do what administrators may not: an account of that role is made at the machine.
    """
    wanted = await asked_for(request, _MAKE)
    require_may_give(wanted.role, f"meritbook account make {wanted.name} --role {wanted.role}")

    def make(changing: Changing) -> str | None:
        return changing.make(wanted.name, wanted.role, wanted.employee, wanted.scope, wanted.branches, None)

    return await asyncio.to_thread(_changed, ledger, request.auth.actor, wanted.name, make)


@post("/accounts/{name:str}/changes", summary="Lock, unlock, reset or remove an account",
      tags=["administering"], opt=_OPT, status_code=200,
      operation_class=operation_with(ACCOUNT_CHANGE_BODY))  # fmt: skip
async def change_account(request: Asked, ledger: NamedDependency[Ledger], name: AccountInPath) -> AccountDone:
    """A reset ends its sessions and gives a code for another password; locked, it lets nobody in."""
    wanted = await asked_for(request, _CHANGE)

    def change(changing: Changing) -> str | None:
        if wanted.change == "reset":
            with ledger.pool.connection() as connection:
                found = account_of(connection.cursor(), name)
            if found is not None:
                require_may_give(found.role, f"meritbook account reset {name}")
            return changing.reset(name, factor_too=wanted.second_factor)
        changing.do(wanted.change, name)
        return None

    return await asyncio.to_thread(_changed, ledger, request.auth.actor, name, change)


@get("/sessions", summary="Who is signed in", tags=["administering"], opt=_OPT)
async def read_sessions(sessions: NamedDependency[Sessions]) -> list[SessionShown]:
    """Every session that has not ended, the one that was used last first."""
    return [
        SessionShown(
            session=each.key,
            name=each.caller.name,
            role=each.caller.role,
            employee=each.caller.employee,
            device=each.device,
            method=each.method,
            begun_at=each.begun_at,
            seen_at=each.seen_at,
            ends_at=each.ends_at,
        )
        for each in await sessions.all()
    ]


@post("/sessions/{session:str}/end", summary="End a session", tags=["administering"], opt=_OPT)
async def end_session(
    sessions: NamedDependency[Sessions],
    session: Annotated[str, PathParameter(description="As GET /v1/sessions names it.")],
) -> None:
    """Whoever is signed in by it is asked to sign in again."""
    found = next((each for each in await sessions.all() if each.key == session), None)
    if found is None:
        raise NotFound(field="session", detail="No such session.", remedy="See GET /v1/sessions.")
    await sessions.end(found.id_hash)


def _changed(ledger: Ledger, actor: str, name: str, change: Callable[[Changing], str | None]) -> AccountDone:
    with ledger.pool.connection() as connection, connection.cursor() as cursor:
        code = change(Changing(cursor, ledger.intake, actor, now()))
        found = account_of(cursor, name)
    assert found is not None, "it was made or found just now"
    return AccountDone(account=_shown(found), code=code)


def _shown(account: Account) -> AccountShown:
    return AccountShown(
        name=account.name,
        role=account.role,
        scope=account.scope,
        employee=account.employee,
        branches=account.branches,
        state="removed" if account.removed_at else "locked" if account.locked_at else "open",
        waits=account.password_hash is None and account.removed_at is None,
        has_second_factor=account.totp is not None,
        made_at=account.made_at,
        signed_in_at=account.signed_in_at,
    )


_MAKE, _CHANGE = msgspec.json.Decoder(AccountAsked), msgspec.json.Decoder(AccountChange)
HANDLERS = (read_accounts, make_account, change_account, read_sessions, end_session)

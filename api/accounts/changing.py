"""Making, locking and removing accounts: each change is a fact in the journal, and ends the sessions it must.

The fact comes first, so that nothing is changed of which there is no trace.
"""

import datetime as dt
import secrets
from collections.abc import Mapping
from typing import Any, Literal, LiteralString, get_args

from psycopg import Cursor

from api.accounts.account import (
    CHANGE,
    LOCK,
    MAKE,
    REMOVE,
    RESET,
    UNLOCK,
    Account,
    account_of,
    caller_name,
    hashed,
    require_name,
)
from api.accounts.passwords import hash_here, require_good
from api.intake import Intake
from api.roles import ROLES, SCOPE_OF, Role, ScopeName
from api.sessions import end_sessions
from api.tokens import require_consistent
from api.trail import note_change
from domain.facts.trail import AccessChanged
from domain.refusals import BadField, NotNow

CODE_DAYS = 3
"""So long may somebody take to choose their first password."""

Verb = Literal["lock", "unlock", "remove"]

_DONE: Mapping[Verb, tuple[LiteralString, Any]] = {
    "lock": (LOCK, "locked"),
    "unlock": (UNLOCK, "unlocked"),
    "remove": (REMOVE, "removed"),
}


class AccountTaken(NotNow):
    """There is, or was, an account of this name."""


class UnknownAccount(NotNow):
    """There is no account of this name."""


class Changing:
    """Changes accounts on behalf of `actor`."""

    def __init__(self, cursor: Cursor[Any], intake: Intake, actor: str, now: dt.datetime) -> None:
        self._cursor, self._intake, self._actor, self._now = cursor, intake, actor, now

    def make(
        self,
        name: str,
        role: Role,
        employee: str | None,
        scope: ScopeName | None,
        branches: tuple[str, ...],
        password: str | None,
    ) -> str | None:
        """A new account; the one-time code with which its owner chooses a password, if none is given.

        Raises: BadField, AccountTaken, UnknownEmployee.
        """
        rights = self._rights(require_name(name), role, employee, scope, branches)
        if password is not None:
            require_good(password, name, employee)
        if account_of(self._cursor, name) is not None:
            raise AccountTaken(
                field="name",
                detail=f"There is, or was, an account {name}: its name stays that of an actor.",
                remedy="Give another name.",
            )
        self._note(name, "made", rights)
        code = None if password is not None else new_code()
        row = {
            **rights,
            "name": name,
            "password_hash": None if password is None else hash_here(password),
            "code_hash": None if code is None else hashed(code),
            "code_until": None if code is None else self._now + dt.timedelta(days=CODE_DAYS),
            "now": self._now,
        }
        self._cursor.execute(MAKE, row)
        return code

    def change(
        self, name: str, role: Role, employee: str | None, scope: ScopeName | None, branches: tuple[str, ...]
    ) -> None:
        """Gives an account another role, scope or person; its sessions end.

        Raises: BadField, UnknownAccount, UnknownEmployee.
        """
        self._standing(name)
        rights = self._rights(name, role, employee, scope, branches)
        self._note(name, "role_changed", rights)
        self._cursor.execute(CHANGE, {**rights, "name": name})
        end_sessions(self._cursor, caller_name(name))

    def reset(self, name: str, *, factor_too: bool) -> str:
        """Takes an account's password back; a one-time code for another. Its sessions end.

        Raises: UnknownAccount.
        """
        self._standing(name)
        self._note(name, "reset")
        if factor_too:
            self._note(name, "second_factor_removed")
        code = new_code()
        row = {"code_hash": hashed(code), "code_until": self._now + dt.timedelta(days=CODE_DAYS)}
        self._cursor.execute(RESET, {**row, "name": name, "factor_too": factor_too})
        end_sessions(self._cursor, caller_name(name))
        return code

    def do(self, verb: Verb, name: str) -> None:
        """Locks, unlocks or removes an account; whoever may no longer sign in is signed out.

        Raises: UnknownAccount.
        """
        self._standing(name)
        statement, told = _DONE[verb]
        self._note(name, told)
        self._cursor.execute(statement, {"name": name, "now": self._now})
        if verb != "unlock":
            end_sessions(self._cursor, caller_name(name))

    def _standing(self, name: str) -> Account:
        found = account_of(self._cursor, name)
        if found is None or found.removed_at is not None:
            raise UnknownAccount(
                field="name",
                detail=f"There is no account {name[:70]!r}.",
                remedy="See meritbook account list.",
            )
        return found

    def _rights(
        self,
        name: str,
        role: Role,
        employee: str | None,
        scope: ScopeName | None,
        branches: tuple[str, ...],
    ) -> dict[str, Any]:
        if role not in ROLES or role == "integration":
            known = ", ".join(each for each in ROLES if each != "integration")
            raise BadField(
                field="role",
                detail=f"{role!r} is not a role that a person can have.",
                remedy=f"Use one of {known}.",
            )
        if scope is not None and scope not in get_args(ScopeName):
            raise BadField(
                field="scope", detail=f"{scope!r} is no scope.", remedy="Use self, team, branch or all."
            )
        reaches = scope or SCOPE_OF[role]
        try:
            require_consistent(role, name, employee, reaches, branches)
        except ValueError as error:
            raise BadField(field="scope", detail=f"{error}.", remedy="Give what belongs together.") from None
        return {"role": role, "scope": reaches, "employee": employee, "branches": list(branches)}

    def _note(self, name: str, change: Any, rights: Mapping[str, Any] | None = None) -> None:
        said = {key: (rights or {}).get(key) for key in ("role", "scope", "employee")}
        fact = AccessChanged(holder=caller_name(name), change=change, **said)
        note_change(self._intake, self._now, fact, self._actor)


def new_code() -> str:
    """A one-time code of 100 random bits, easy to read out."""
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(4))

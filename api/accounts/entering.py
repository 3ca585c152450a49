"""Signing in with an account: password, second factor, and what is due before somebody is in.

Who guesses is slowed down: after five wrong tries an account waits, longer each time, up to a quarter of an
hour. A browser with which its owner signed in before need not wait, so nobody locks somebody else out by
guessing elsewhere. An account that does not exist, is locked or is removed answers as one whose password is
wrong, and takes as long.
"""

import datetime as dt
import hmac
import secrets
from collections.abc import Callable
from typing import Any, NamedTuple

from psycopg import Cursor

from api.accounts import second_factor
from api.accounts.account import (
    KEPT_DEVICES,
    PASSED,
    REHASH,
    SET_PASSWORD,
    Account,
    account_of,
    caller_name,
    hashed,
)
from api.accounts.guessing import Guessing
from api.accounts.passwords import Passwords, is_outdated, require_good
from api.accounts.steps import Due, Said, Step, begin_step, step_due, take_step
from api.problems import Unauthenticated
from api.reading import Reading
from api.sessions import Sessions, begin_session, device_of
from api.trail import Refusing, Trail
from domain.facts.base import Fact
from domain.facts.trail import AccessChanged, SignedIn
from domain.journal.vault import Vault

OPERATION = "POST /sign-in"
DEVICE_COOKIE = "meritbook-device"


class WrongSecret(Unauthenticated):
    """The name, the password or the code is wrong, or the account cannot be used."""

    told = "wrong"
    """Under which words of the pages it is told."""


class WrongCode(WrongSecret):
    """The code is wrong, or was used before."""

    told = "wrong_code"


class StepGone(Unauthenticated):
    """The step took too long, or was taken before."""


class From(NamedTuple):
    """Where somebody signs in. device: what their browser holds of an earlier time; empty if nothing."""

    user_agent: str
    device: str


class In(NamedTuple):
    """Somebody is in. session, device: for their cookies, seconds: how long the session lasts at most.

    next: the page to go on with. codes: recovery codes that were made on the way, to be shown once.
    """

    session: str
    seconds: int
    device: str
    next: str
    codes: tuple[str, ...] = ()


class Next(NamedTuple):
    """Something else is due. id: of the step, for its cookie."""

    step: Step
    id: str


class Entering:
    """Lets the owners of accounts in. required: the roles that must have a second factor."""

    def __init__(
        self,
        reading: Reading,
        vault: Vault,
        trail: Callable[[], Trail],
        sessions: Sessions,
        required: frozenset[str],
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._reading, self._vault, self._trail = reading, vault, trail
        self._sessions, self._required, self._clock = sessions, required, clock
        self.passwords = Passwords()
        self._guessing = Guessing()

    async def with_password(self, name: str, password: str, next: str, where: From) -> In | Next:
        """What comes of a name and a password, or the one-time code in its place.

        Raises: WrongSecret, TryLater, Unavailable.
        """
        name = name.strip().lower()
        account = await self._tried(name, where)
        by_code = account is not None and _is_code(account, password, self._clock())
        right = await self.passwords.is_right(password, account.password_hash if account else None)
        if account is None or not account.is_open or not (right or by_code):
            raise await self._refused(account, where, "The name or the password is wrong.")
        if right and account.password_hash and is_outdated(account.password_hash):
            kept = await self.passwords.hash(password)
            row = {"name": name, "password_hash": kept, "before": account.password_hash}
            await self._reading.ask(lambda cursor: cursor.execute(REHASH, row))
        said = Said(next=next, method="password")
        return await self._on(account, said, where, needs_password=by_code)

    async def with_new_password(self, id: str, password: str, where: From) -> In | Next:
        """What comes of the password that somebody chose who came with a one-time code.

        Raises: StepGone, BadField.
        """
        due, account = await self._due(id, "password")
        require_good(password, account.name, account.employee)
        kept = await self.passwords.hash(password)
        await self._take(id, "password")
        await self._changed(account, "password_set")
        row = {"name": account.name, "password_hash": kept}
        await self._reading.ask(lambda cursor: cursor.execute(SET_PASSWORD, row))
        return await self._on(account, due.said, where)

    async def with_code(self, id: str, code: str, where: From) -> In | Next:
        """What comes of a code of the second factor, or a recovery code.

        Raises: StepGone, WrongSecret, TryLater, KeysUnavailable.
        """
        due, account = await self._due(id, "code")
        await self._tried(account.name, where)
        now = self._clock()
        how = await self._reading.ask(
            lambda cursor: second_factor.taken(cursor, self._vault, account, code, now)
        )
        if how is None:
            raise await self._refused(account, where, "The code is wrong, or was used before.")
        await self._take(id, "code")
        return await self._in(account, due.said, f"{due.said.method}+{how}", where)

    async def secret(self, id: str) -> tuple[str, str]:
        """The account and the secret of the second factor that is to be set up.

        Raises: StepGone, KeysUnavailable.
        """
        due, account = await self._due(id, "enrol")
        said = await self._reading.ask(
            lambda cursor: second_factor.opened(cursor, self._vault, account.name, due.said.secret)
        )
        return account.name, said

    async def with_first_code(self, id: str, code: str, where: From) -> In:
        """Lets somebody in whose authenticator shows the right code; with their recovery codes.

        Raises: StepGone, WrongSecret, TryLater, KeysUnavailable.
        """
        due, account = await self._due(id, "enrol")
        _, secret = await self.secret(id)
        step = second_factor.step_of(secret, code, self._clock())
        if step is None:
            raise await self._refused(account, where, "The code is wrong.")
        await self._take(id, "enrol")
        await self._changed(account, "second_factor_set")
        codes = second_factor.recovery_codes()

        await self._reading.ask(
            lambda cursor: second_factor.keep(cursor, self._vault, account.name, secret, step, codes)
        )
        await self._sessions.end_all(caller_name(account.name))
        entered = await self._in(account, due.said, f"{due.said.method}+totp", where)
        return entered._replace(codes=tuple(codes))

    async def enrolling(self, name: str, next: str) -> Next:
        """The step in which the owner of an account, who is in, sets up a second factor."""
        account = await self._reading.ask(lambda cursor: account_of(cursor, name))
        assert account is not None, "whoever is in has an account"
        return await self._begin_enrolling(account, Said(next=next, method="password"))

    async def is_own(self, name: str, password: str, where: From) -> bool:
        """Whether the password is that of the account of somebody who is in, and wants to change something.

        Raises: TryLater.
        """
        account = await self._tried(name, where)
        right = await self.passwords.is_right(password, account.password_hash if account else None)
        if not right:
            await self._refused(account, where, "The password is wrong.")
            return False
        await self._reading.ask(lambda cursor: self._guessing.forget(cursor, name))
        return True

    async def change_password(self, name: str, password: str, but: bytes) -> None:
        """Gives an account another password, and ends all its sessions but one.

        Raises: BadField.
        """
        account = await self._reading.ask(lambda cursor: account_of(cursor, name))
        assert account is not None, "whoever is in has an account"
        require_good(password, account.name, account.employee)
        kept = await self.passwords.hash(password)
        await self._changed(account, "password_set")

        row = {"name": name, "password_hash": kept}
        await self._reading.ask(lambda cursor: cursor.execute(SET_PASSWORD, row))
        await self._sessions.end_all(caller_name(name), but)

    async def _on(
        self, account: Account, said: Said, where: From, *, needs_password: bool = False
    ) -> In | Next:
        """On to what is due after a password, or in."""
        if needs_password or account.totp is not None:
            due = Due("password" if needs_password else "code", account.name, said)
            now = self._clock()
            return Next(due.step, await self._reading.ask(lambda cursor: begin_step(cursor, due, now)))
        if account.role in self._required:
            return await self._begin_enrolling(account, said)
        return await self._in(account, said, said.method, where)

    async def _begin_enrolling(self, account: Account, said: Said) -> Next:
        now, secret = self._clock(), second_factor.new_secret()

        def question(cursor: Cursor[Any]) -> str:
            kept = second_factor.sealed(cursor, self._vault, account.name, secret)
            due = Due("enrol", account.name, Said(next=said.next, method=said.method, secret=kept))
            return begin_step(cursor, due, now)

        return Next("enrol", await self._reading.ask(question))

    async def _in(self, account: Account, said: Said, method: str, where: From) -> In:
        caller, now = account.caller, self._clock()
        fact = SignedIn(holder=caller.name, role=caller.role, method=method, employee=caller.employee)
        await self._trail().note(fact, caller.name)
        known = hashed(where.device) in account.devices if where.device else False
        device = where.device if known else secrets.token_urlsafe(32)

        def question(cursor: Cursor[Any]) -> str:
            row = {"name": account.name, "now": now, "device": hashed(device), "most": KEPT_DEVICES}
            cursor.execute(PASSED, row)
            self._guessing.right(cursor, where.device)
            return begin_session(
                cursor, caller, method, device_of(where.user_agent), self._sessions.lifetime, now
            )

        seconds = int(self._sessions.lifetime.absolute.total_seconds())
        return In(await self._reading.ask(question), seconds, device, said.next)

    async def _tried(self, name: str, where: From) -> Account | None:
        """The account on which a try is made, and counted before it is looked at; None where there is none.

        Raises: TryLater.
        """
        now = self._clock()
        return await self._reading.ask(lambda cursor: self._guessing.tried(cursor, name, where.device, now))

    async def _refused(self, account: Account | None, where: From, reason: str) -> WrongSecret:
        """Why somebody does not get in, once it is in the trail; what they typed is not."""
        caller = None if account is None else account.caller
        now = self._clock()
        await self._reading.ask(lambda cursor: self._guessing.wrong(cursor, where.device, now))
        await self._trail().refused(
            Refusing(
                caller.name if caller else None,
                caller.role if caller else None,
                OPERATION,
                caller.employee if caller else None,
                reason,
            )
        )
        remedy = "Try again, or ask an administrator to reset it."
        if "code" in reason:
            return WrongCode(field="", detail=reason, remedy=remedy)
        return WrongSecret(field="", detail=reason, remedy=remedy)

    async def _changed(self, account: Account, change: Any) -> None:
        fact: Fact = AccessChanged(holder=caller_name(account.name), change=change)
        await self._trail().note(fact, caller_name(account.name))

    async def _due(self, id: str, step: Step) -> tuple[Due, Account]:
        now = self._clock()

        def question(cursor: Cursor[Any]) -> tuple[Due, Account] | None:
            due = step_due(cursor, id, step, now)
            account = account_of(cursor, due.account) if due else None
            return (due, account) if due and account and account.is_open else None

        found = await self._reading.ask(question)
        if found is None:
            raise _gone()
        return found

    async def _take(self, id: str, step: Step) -> None:
        now = self._clock()
        if await self._reading.ask(lambda cursor: take_step(cursor, id, step, now)) is None:
            raise _gone()


def _gone() -> StepGone:
    return StepGone(field="", detail="This step has ended.", remedy="Sign in again at /sign-in.")


def _is_code(account: Account, typed: str, now: dt.datetime) -> bool:
    """Whether it is the one-time code of an account that waits for its first password."""
    if account.code_hash is None or account.code_until is None or now >= account.code_until:
        return False
    return hmac.compare_digest(hashed(typed.strip().upper()), account.code_hash)

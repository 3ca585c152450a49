"""Who asks and what they may: tokens, roles, and the one guard in front of every address."""

import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import parse_qsl

import msgspec
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from api.embedded.locks import Patience, locked
from api.problems import Unauthenticated
from api.roles import MAY, MAY_RECORD, ROLES, Action, Role
from api.trail import Trail
from api.watching import Watch
from domain.facts.registry import FACT_TYPES
from domain.refusals import BadField, NotAllowed

LOCK_SECONDS = 10.0
LOOK_SECONDS = 1.0
"""So long does a token still count that was taken out of the file."""


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds a token. name: of the token. employee: who they are, in the role employee."""

    name: str
    role: Role
    employee: str | None = None

    @property
    def actor(self) -> str:
        """Who has written what they write."""
        return self.employee or self.name

    def require(self, action: Action) -> None:
        """Lets the caller do `action`.

        Raises: NotAllowed.
        """
        if action not in MAY[self.role]:
            raise NotAllowed(
                field="",
                detail=f"The role {self.role} does not include {action}.",
                remedy=f"Ask somebody who may: {', '.join(role for role in ROLES if action in MAY[role])}.",
            )

    def require_record(self, fact_type: str) -> None:
        """Lets the caller write facts of this type; one that does not exist is refused later, by name.

        Raises: NotAllowed.
        """
        if fact_type in FACT_TYPES and fact_type not in MAY_RECORD.get(self.role, frozenset()):
            raise NotAllowed(
                field="type",
                detail=f"The role {self.role} does not write {fact_type}.",
                remedy="Send it with the token of a role that does, or use the command made for it.",
            )

    def require_about(self, employee: str) -> None:
        """Lets the caller read about this person.

        Raises: NotAllowed.
        """
        if self.role == "employee" and employee != self.employee:
            raise NotAllowed(
                field="employee", detail="This token reads about its owner only.", remedy="Ask HR."
            )

    def people(self, asked: list[str] | None) -> list[str] | None:
        """Whom the caller reads about who has `asked` about some, or about everybody; employees: themselves.

        Raises: NotAllowed.
        """
        found = [self.employee] if self.employee and not asked else asked
        for person in found or ():
            self.require_about(person)
        return found

    def require_own(self, source: str, employee: str | None) -> None:
        """Lets an employee write about themselves, under a source of their own: no key of others is taken.

        employee: None where the fact names nobody, which is refused later.
        Raises: NotAllowed.
        """
        if employee not in (None, self.employee):
            raise NotAllowed(
                field="data.employee",
                detail="This token writes about its owner only.",
                remedy="Ask HR to record it for somebody else.",
            )
        if source != f"employee/{self.employee}":
            raise NotAllowed(
                field="source",
                detail="This token writes under a source of its owner only.",
                remedy=f"Send it with the source employee/{self.employee}.",
            )


class TokenEntry(Caller, frozen=True, kw_only=True):
    """A caller and the SHA-256 of their token, as the file keeps it."""

    sha256: str


class Tokens:
    """The tokens in the file of a home; one that is added while the service runs counts at once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stamp: tuple[int, int, int] | None = None
        self._entries: list[tuple[bytes, Caller]] = []
        self._look_again = 0.0

    def make(self, role: Role, name: str, employee: str | None) -> str:
        """A new token of 256 random bits; only its hash is kept.

        Raises: ValueError when the name is taken or the role needs an employee.
        """
        if not 0 < len(name) <= 200 or not name.isprintable():
            raise ValueError("a name has 1 to 200 printable characters: give another --name")
        if (role == "employee") != (employee is not None):
            raise ValueError(
                "a token of the role employee, and no other, belongs to one person: give --employee"
            )
        token = f"mb_{secrets.token_urlsafe(32)}"
        entry = TokenEntry(name=name, role=role, employee=employee, sha256=_hash(token).hex())
        self._file.parent.mkdir(parents=True, exist_ok=True)
        patience = Patience(LOCK_SECONDS, on_wait=None)
        with locked(self._file.with_suffix(".lock"), patience, "another token is being made"):
            entries = self._read()
            if any(held.name == name for held in entries):
                raise ValueError(f"there is a token named {name} already: give another --name")
            self._write([*entries, entry])
        return token

    def caller(self, token: str) -> Caller | None:
        """Whose token it is; every entry is compared, each in constant time."""
        if time.monotonic() > self._look_again:
            self._refresh()
        found = self._known(_hash(token))
        if found is None:
            self._refresh()
            found = self._known(_hash(token))
        return found

    def _known(self, presented: bytes) -> Caller | None:
        found = None
        for digest, caller in self._entries:
            if hmac.compare_digest(digest, presented):
                found = caller
        return found

    def __len__(self) -> int:
        self._refresh()
        return len(self._entries)

    def _refresh(self) -> None:
        self._look_again = time.monotonic() + LOOK_SECONDS
        try:
            status = self._file.stat()
        except FileNotFoundError:
            self._entries, self._stamp = [], None
            return
        stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        if stamp != self._stamp:
            self._entries = [(bytes.fromhex(entry.sha256), entry) for entry in self._read()]
            self._stamp = stamp

    def _read(self) -> list[TokenEntry]:
        if not self._file.exists():
            return []
        return msgspec.json.decode(self._file.read_bytes(), type=list[TokenEntry])

    def _write(self, entries: list[TokenEntry]) -> None:
        beside = self._file.with_suffix(f".{os.getpid()}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(entries)))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._file)


def token_file(home: Path) -> Path:
    """Where the tokens of a home are kept."""
    return home / "tokens.json"


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


class Gate(ASGIMiddleware):
    """In front of every address: a question understood, a known token, a role that includes the action.

    Handlers say in `opt` which `action` they are, or that they are `open`, and what of their answer is
    `personal` (api.watching). What is refused, and who is shown whose data, is in the trail before the answer
    goes out. query_names: the parameters of each address.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(
        self, tokens: Tokens, query_names: Mapping[str, frozenset[str]], trail: Callable[[], Trail]
    ) -> None:
        self._tokens = tokens
        self._query_names = query_names
        self._trail = trail

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Lets the request pass.

        Raises: BadField, Unauthenticated, NotAllowed.
        """
        if scope["query_string"]:
            known = self._query_names.get(scope["path_template"], frozenset())
            _require_known(scope["query_string"], known)
        opt = scope["route_handler"].opt
        if opt.get("open"):
            await next_app(scope, receive, send)
            return
        watch = Watch(self._trail, scope)
        caller = await self._admitted(scope, opt["action"], watch)
        scope["auth"] = caller
        await next_app(scope, receive, watch.traced(caller, opt.get("personal", "people"), send))

    async def _admitted(self, scope: Scope, action: Action, watch: Watch) -> Caller:
        """Who asks, if they may do `action` at all."""
        try:
            caller = self._caller(scope)
        except Unauthenticated as refusal:
            await watch.unauthenticated(refusal)
            raise
        try:
            caller.require(action)
        except NotAllowed as refusal:
            await watch.refused(caller, refusal)
            raise
        return caller

    def _caller(self, scope: Scope) -> Caller:
        header = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        scheme, _, token = header.decode("latin-1").partition(" ")
        caller = self._tokens.caller(token.strip()) if scheme.lower() == "bearer" and token else None
        if caller is None:
            raise Unauthenticated(
                field="Authorization",
                detail="The token is not known here." if token else "The request carries no token.",
                remedy="Send 'Authorization: Bearer TOKEN'; make one with: meritbook token --role ROLE.",
            )
        return caller


def _require_known(query: bytes, known: frozenset[str]) -> None:
    """Refuses a misspelt question: `?know_at=` must not be answered as if nothing had been asked.

    Raises: BadField.
    """
    for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
        if name not in known:
            remedy = f"Ask with {', '.join(sorted(known))}." if known else "Leave it out."
            raise BadField(field=name[:100], detail="This address has no such parameter.", remedy=remedy)

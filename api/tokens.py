"""Tokens of the service: made once, kept as hashes in a file of the home, revoked within a second."""

import datetime as dt
import hashlib
import os
import secrets
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

from api.caller import Caller
from api.embedded.locks import Patience, locked
from api.roles import SCOPE_OF, Role, ScopeName

LOCK_SECONDS = 10.0
LOOK_SECONDS = 0.5
"""So long does a token still count that was revoked."""

NOT_OF_TOKENS = ("account:", "oidc:")
"""What the names of those begin with who sign in here or at an issuer; of two actors each has a name."""

MOST_DAYS = 3_660
"""So long may a token count at most."""


class TokenEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A token as the file keeps it: whose it is, the SHA-256 of it, and until when it counts.

    branches: those of the scope branch; the one of `employee` if empty. ledger: where it counts; None
    where it was made for no one in particular: in every ledger of the home.
    """

    name: str
    role: Role
    sha256: str
    employee: str | None = None
    scope: ScopeName = "self"
    branches: tuple[str, ...] = ()
    made_at: dt.datetime | None = None
    expires_at: dt.datetime | None = None
    revoked_at: dt.datetime | None = None
    ledger: str | None = None

    def counts(self, now: dt.datetime) -> bool:
        """Whether it lets anybody in at `now`."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def caller(self) -> Caller:
        """Who holds it."""
        return Caller(
            name=self.name,
            role=self.role,
            employee=self.employee,
            scope=self.scope,
            branches=self.branches,
        )


def require_consistent(
    role: Role, name: str, employee: str | None, scope: ScopeName, branches: tuple[str, ...]
) -> None:
    """Checks that role, scope and person of a token go together.

    Raises: ValueError.
    """
    if not 0 < len(name) <= 200 or not name.isprintable():
        raise ValueError("a name has 1 to 200 printable characters: give another --name")
    if role == "employee" and (employee is None or scope != "self"):
        raise ValueError(
            "a token of the role employee belongs to one person and reaches nobody else: "
            "give --employee, and no --scope"
        )
    if employee is None and (scope in ("self", "team") or (scope == "branch" and not branches)):
        raise ValueError(
            f"a token of the scope {scope} belongs to one person: give --employee, or another --scope"
        )
    if branches and scope != "branch":
        raise ValueError(f"a token of the scope {scope} names no branch: give --scope branch")


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Tokens:
    """The tokens in the file of a home; one that is added while the service runs counts at once.

    ledger: the one for which tokens are made and asked about; those of others are as if they were not there.
    """

    def __init__(
        self, file: Path, clock: Callable[[], dt.datetime] = _utc_now, *, ledger: str | None = None
    ) -> None:
        self._file, self._clock, self._ledger = file, clock, ledger
        self._stamp: tuple[int, int, int] | None = None
        self._entries: dict[bytes, tuple[TokenEntry, Caller]] = {}
        self._barred: frozenset[str] = frozenset()
        self._look_again = 0.0

    def make(
        self,
        role: Role,
        name: str,
        employee: str | None = None,
        *,
        scope: ScopeName | None = None,
        branches: tuple[str, ...] = (),
        days: int | None = None,
        note: Callable[[TokenEntry], None] = lambda entry: None,
    ) -> str:
        """A new token of 256 random bits, which counts for so many days; only its hash is kept.

        note: tells the trail, before the token counts; none is made if it raises.
        Raises: ValueError when the name is taken, or role, scope and person do not go together.
        """
        scope = SCOPE_OF[role] if scope is None else scope
        if name.startswith(NOT_OF_TOKENS):
            raise ValueError(
                f"no token is named {name[:40]}: so are called those who sign in; give another --name"
            )
        require_consistent(role, name, employee, scope, branches)
        token = f"mb_{secrets.token_urlsafe(32)}"
        made_at = self._clock().replace(microsecond=0)
        entry = TokenEntry(
            name=name,
            role=role,
            sha256=_hash(token).hex(),
            employee=employee,
            scope=scope,
            branches=branches,
            made_at=made_at,
            expires_at=None if days is None else made_at + dt.timedelta(days=days),
            ledger=self._ledger,
        )
        with self._locked("another token is being made"):
            entries = self._read()
            if any(held.name == name for held in self._of_ledger(entries)):
                raise ValueError(f"there is a token named {name} already: give another --name")
            note(entry)
            self._write([*entries, entry])
        return token

    def revoke(self, name: str) -> TokenEntry:
        """Ends the token of this name; a running service refuses it within a second. The name stays taken.

        Raises: ValueError when there is none, or it was revoked before.
        """
        with self._locked("another token is being revoked"):
            entries = self._read()
            found = next((held for held in self._of_ledger(entries) if held.name == name), None)
            if found is None:
                raise ValueError(f"there is no token named {name}: see meritbook token list")
            if found.revoked_at is not None:
                raise ValueError(
                    f"the token named {name} was revoked at {found.revoked_at:%Y-%m-%d %H:%M} UTC"
                )
            ended = msgspec.structs.replace(found, revoked_at=self._clock().replace(microsecond=0))
            self._write([ended if held is found else held for held in entries])
        return ended

    def entries(self) -> list[TokenEntry]:
        """Every token, in the order in which they were made."""
        return self._of_ledger(self._read())

    def caller(self, token: str) -> Caller | None:
        """Whose token it is; None for one that is not known or has expired.

        It is found by its hash, so how long that takes says nothing about another token.
        """
        if time.monotonic() > self._look_again:
            self._refresh()
        digest = _hash(token)
        if digest not in self._entries:
            self._refresh()
        entry, caller = self._entries.get(digest, (None, None))
        return caller if entry is not None and entry.counts(self._clock()) else None

    def is_barred(self, name: str) -> bool:
        """Whether nobody of this name is let in, whatever they present."""
        if time.monotonic() > self._look_again:
            self._refresh()
        return name in self._barred

    def has_ended(self, name: str) -> bool:
        """Whether the token of this name is known and counts no longer, or its name is barred."""
        found = next((held for held in self.entries() if held.name == name), None)
        return found is not None and not found.counts(self._clock())

    def bar(self, name: str) -> TokenEntry:
        """Lets nobody of this name in from now on: for one whose tokens are made by an issuer elsewhere.

        Raises: ValueError when they are barred already.
        """
        now = self._clock().replace(microsecond=0)
        with self._locked("a token is being revoked"):
            entries = self._read()
            if any(held.name == name for held in self._of_ledger(entries)):
                raise ValueError(f"{name} is barred already")
            entry = TokenEntry(
                name=name, role="employee", sha256="", made_at=now, revoked_at=now, ledger=self._ledger
            )
            self._write([*entries, entry])
        return entry

    def __len__(self) -> int:
        self._refresh()
        return len(self._entries)

    def _refresh(self) -> None:
        self._look_again = time.monotonic() + LOOK_SECONDS
        try:
            status = self._file.stat()
        except FileNotFoundError:
            self._entries, self._barred, self._stamp = {}, frozenset(), None
            return
        stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        if stamp != self._stamp:
            entries = self.entries()
            self._entries = {bytes.fromhex(entry.sha256): (entry, entry.caller()) for entry in entries}
            self._barred = frozenset(entry.name for entry in entries if entry.revoked_at is not None)
            self._stamp = stamp

    def _of_ledger(self, entries: list[TokenEntry]) -> list[TokenEntry]:
        return [entry for entry in entries if entry.ledger in (None, self._ledger) or self._ledger is None]

    def _locked(self, why: str) -> AbstractContextManager[int]:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        return locked(self._file.with_suffix(".lock"), Patience(LOCK_SECONDS, on_wait=None), why)

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

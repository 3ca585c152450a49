"""An account: whose it is, what they may do, and what lets them in. Every change of the table is here."""

import datetime as dt
import hashlib
import re
from typing import Any, cast

import msgspec
from psycopg import Cursor

from api.caller import Caller
from api.roles import Role, ScopeName
from domain.decide.persons import ACCOUNT
from domain.refusals import BadField

PREFIX = ACCOUNT
"""What the names of callers begin with who have an account; no token is called so."""

KEPT_DEVICES = 10

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}\Z")

COLUMNS = """name, role, scope, employee, branches, password_hash, code_hash, code_until, totp, totp_step,
    recovery, devices, failures, failed_at, made_at, signed_in_at, locked_at, removed_at"""

OF_NAME = f"select {COLUMNS} from account where name = %(name)s"
ALL = f"select {COLUMNS} from account order by name"

MAKE = """
insert into account (name, role, scope, employee, branches, password_hash, code_hash, code_until, made_at)
values (%(name)s, %(role)s, %(scope)s, %(employee)s, %(branches)s, %(password_hash)s, %(code_hash)s,
    %(code_until)s, %(now)s)
on conflict (name) do nothing returning name"""

FAILED = "update account set failures = failures + 1, failed_at = %(now)s where name = %(name)s"
PASSED = """
update account set failures = 0, failed_at = null, signed_in_at = %(now)s,
    devices = case when %(device)s = any(devices) then devices
        else (devices || %(device)s::bytea)[greatest(cardinality(devices) - %(most)s + 2, 1):] end
where name = %(name)s"""

SET_PASSWORD = """
update account set password_hash = %(password_hash)s, code_hash = null, code_until = null
where name = %(name)s"""
REHASH = """
update account set password_hash = %(password_hash)s where name = %(name)s and password_hash = %(before)s"""

SET_TOTP = """
update account set totp = %(totp)s, totp_step = %(step)s, recovery = %(recovery)s where name = %(name)s"""
TAKE_STEP = """
update account set totp_step = %(step)s where name = %(name)s and totp_step < %(step)s returning name"""
TAKE_RECOVERY = """
update account set recovery = array_remove(recovery, %(code)s)
where name = %(name)s and %(code)s = any(recovery) returning name"""

LOCK = "update account set locked_at = coalesce(locked_at, %(now)s) where name = %(name)s"
UNLOCK = "update account set locked_at = null, failures = 0, failed_at = null where name = %(name)s"
RESET = """
update account set password_hash = null, code_hash = %(code_hash)s, code_until = %(code_until)s,
    devices = '{}',
    totp = case when %(factor_too)s then null else totp end,
    recovery = case when %(factor_too)s then '{}' else recovery end
where name = %(name)s"""
CHANGE = """
update account set role = %(role)s, scope = %(scope)s, employee = %(employee)s, branches = %(branches)s
where name = %(name)s"""
REMOVE = """
update account set removed_at = coalesce(removed_at, %(now)s), password_hash = null, code_hash = null,
    code_until = null, totp = null, recovery = '{}', devices = '{}'
where name = %(name)s"""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A local account, as the table keeps it."""

    name: str
    role: Role
    scope: ScopeName
    employee: str | None
    branches: tuple[str, ...]
    password_hash: str | None
    code_hash: bytes | None
    code_until: dt.datetime | None
    totp: str | None
    totp_step: int
    recovery: tuple[bytes, ...]
    devices: tuple[bytes, ...]
    failures: int
    failed_at: dt.datetime | None
    made_at: dt.datetime
    signed_in_at: dt.datetime | None
    locked_at: dt.datetime | None
    removed_at: dt.datetime | None

    @property
    def is_open(self) -> bool:
        """Whether anybody may sign in with it."""
        return self.locked_at is None and self.removed_at is None

    @property
    def caller(self) -> Caller:
        """Who signs in with it."""
        return Caller(
            name=caller_name(self.name),
            role=self.role,
            employee=self.employee,
            scope=self.scope,
            branches=self.branches,
        )


def caller_name(name: str) -> str:
    """What the owner of an account is called as an actor."""
    return PREFIX + name


def require_name(name: str) -> str:
    """`name`, if an account may be called so.

    Raises: BadField.
    """
    if not _NAME.match(name):
        raise BadField(
            field="name",
            detail=f"{name[:70]!r} cannot name an account.",
            remedy="Use up to 64 small letters, digits, dots, dashes and underscores, such as wang.li.",
        )
    return name


def account_of(cursor: Cursor[Any], name: str) -> Account | None:
    """The account of this name, removed or not; None where there never was one."""
    row = cursor.execute(OF_NAME, {"name": name}).fetchone() if _NAME.match(name) else None
    return None if row is None else _account(row)


def accounts(cursor: Cursor[Any]) -> list[Account]:
    """Every account, by name."""
    return [_account(row) for row in cursor.execute(ALL).fetchall()]


def hashed(secret: str) -> bytes:
    """The SHA-256 of a random secret, which needs no slower hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _account(row: tuple[Any, ...]) -> Account:
    said = dict(zip(Account.__struct_fields__, row, strict=True))
    said["role"], said["scope"] = cast(Role, said["role"]), cast(ScopeName, said["scope"])
    said["branches"] = tuple(said["branches"])
    for name in ("recovery", "devices"):
        said[name] = tuple(bytes(each) for each in said[name])
    return Account(**said)

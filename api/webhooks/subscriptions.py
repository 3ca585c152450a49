"""Webhooks as they are kept: to whom, on whose behalf, of what; their secrets under a key of the vault."""

import datetime as dt
import re
import secrets
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import msgspec
from psycopg import Cursor

from api.caller import Caller
from api.roles import Role, ScopeName
from api.telling import Language
from api.webhooks.signing import Secret
from domain.journal.cipher import Cipher, Place, Undecipherable
from domain.journal.master import KeysUnavailable
from domain.journal.vault import Vault

Form = Literal["standard", "wecom", "dingtalk"]
State = Literal["active", "paused", "disabled"]

SUBJECT = "ledger:webhooks"
"""Under whose key the secrets stand; it is wrapped by the master key as the keys of people are."""

COLUMNS = """webhook, name, form, host, public_key, language, events, only_people, only_branches, maker, role,
    scope, employee, branches, made_at, state, because, told_position, failing_since, sent_at"""

ALL = f"select {COLUMNS} from webhook order by made_at, webhook"
ONE = f"select {COLUMNS} from webhook where webhook = %(webhook)s"
ACTIVE = f"select {COLUMNS} from webhook where state = 'active' order by webhook"
LOCKED = f"{ONE} and state = 'active' for update"

SEALED = "select sealed_url, sealed_secrets from webhook where webhook = %(webhook)s"

COUNT = "select count(*) from webhook"

HOLD = "select from webhook where webhook = %(webhook)s for update"

ADD = """
insert into webhook (webhook, name, form, host, sealed_url, sealed_secrets, public_key, language, events,
    only_people, only_branches, maker, role, scope, employee, branches, made_at, told_position)
values (%(webhook)s, %(name)s, %(form)s, %(host)s, %(url)s, %(secrets)s, %(public_key)s, %(language)s,
    %(events)s, %(only_people)s, %(only_branches)s, %(maker)s, %(role)s, %(scope)s, %(employee)s,
    %(branches)s, %(made_at)s, %(told_position)s)"""

CHANGE = """
update webhook set name = %(name)s, language = %(language)s, events = %(events)s,
    only_people = %(only_people)s, only_branches = %(only_branches)s
where webhook = %(webhook)s"""

READDRESS = "update webhook set host = %(host)s, sealed_url = %(url)s where webhook = %(webhook)s"

RESECRET = """
update webhook set sealed_secrets = %(secrets)s, public_key = %(public_key)s where webhook = %(webhook)s"""

SET_STATE = """
update webhook set state = %(state)s, because = %(because)s,
    failing_since = case when %(state)s = 'active' then null else failing_since end
where webhook = %(webhook)s"""

SKIP = """
update webhook set told_position = greatest(told_position, %(position)s) where webhook = %(webhook)s"""

REMOVE = "delete from webhook where webhook = %(webhook)s"


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook without its secrets. host: of its address, which may itself hold a key.

    only_people, only_branches: of those whom its maker reaches, if any are named. maker, role, scope,
    employee, branches: who made it, by whose rights it is told. told_position: up to which facts have become
    deliveries.
    """

    webhook: str
    name: str
    form: Form
    host: str
    public_key: str | None
    language: Language
    events: tuple[str, ...]
    only_people: tuple[str, ...]
    only_branches: tuple[str, ...]
    maker: str
    role: Role
    scope: ScopeName
    employee: str | None
    branches: tuple[str, ...]
    made_at: dt.datetime
    state: State
    because: str | None
    told_position: int
    failing_since: dt.datetime | None
    sent_at: dt.datetime | None

    def caller(self) -> Caller:
        """Whoever it is told on behalf of."""
        return Caller(
            name=self.maker,
            role=self.role,
            employee=self.employee,
            scope=self.scope,
            branches=self.branches,
        )


class Sealed(NamedTuple):
    """What of a webhook is kept encrypted."""

    url: str
    secrets: list[Secret]


_NAME = re.compile(r"wh_[0-9a-f]{16}\Z")
_NAMES = tuple(name.strip() for name in COLUMNS.split(","))
_SECRETS = msgspec.json.Decoder(list[Secret])


def new_name() -> str:
    """The id of a new webhook."""
    return f"wh_{secrets.token_hex(8)}"


def webhooks(cursor: Cursor[Any], *, active: bool = False) -> list[Webhook]:
    """All of them, or those that are active."""
    return [_webhook(row) for row in cursor.execute(ACTIVE if active else ALL)]


def webhook(cursor: Cursor[Any], name: str, *, lock: bool = False) -> Webhook | None:
    """The one of this id. lock: only if it is active, and kept from changing until the transaction ends."""
    if not _NAME.match(name):
        return None
    row = cursor.execute(LOCKED if lock else ONE, {"webhook": name}).fetchone()
    return None if row is None else _webhook(row)


def add(cursor: Cursor[Any], vault: Vault, made: Webhook, sealed: Sealed) -> None:
    """Keeps a new webhook.

    Raises: KeysUnavailable.
    """
    cipher = _cipher(cursor, vault)
    given = {name: getattr(made, name) for name in _NAMES} | {
        "url": _seal(cipher, made.webhook, "url", sealed.url),
        "secrets": _seal_secrets(cipher, made.webhook, sealed.secrets),
    }
    cursor.execute(ADD, {name: _bare(value) for name, value in given.items()})


def change(cursor: Cursor[Any], changed: Webhook) -> None:
    """Keeps another name, language, choice of events, people or branches."""
    cursor.execute(CHANGE, {name: _bare(getattr(changed, name)) for name in _NAMES})


def readdress(cursor: Cursor[Any], vault: Vault, name: str, host: str, url: str) -> None:
    """Keeps another address."""
    sealed = _seal(_cipher(cursor, vault), name, "url", url)
    cursor.execute(READDRESS, {"webhook": name, "host": host, "url": sealed})


def resecret(
    cursor: Cursor[Any], vault: Vault, name: str, held: Sequence[Secret], public_key: str | None
) -> None:
    """Keeps other secrets."""
    sealed = _seal_secrets(_cipher(cursor, vault), name, held)
    cursor.execute(RESECRET, {"webhook": name, "secrets": sealed, "public_key": public_key})


def unsealed(cursor: Cursor[Any], vault: Vault, name: str) -> Sealed:
    """The address and the secrets of a webhook.

    Raises: KeysUnavailable when they cannot be read any more.
    """
    row = cursor.execute(SEALED, {"webhook": name}).fetchone()
    assert row is not None, "the webhook is there"
    cipher = _cipher(cursor, vault)
    try:
        url, held = (
            cipher.decrypt(text, _place(name, field))
            for text, field in zip(row, ("url", "secrets"), strict=True)
        )
    except Undecipherable:
        raise KeysUnavailable(
            field="webhook",
            detail=f"The secrets of the webhook {name} cannot be read any more.",
            remedy="Its keys were given up or lost; remove it, and make it anew.",
        ) from None
    return Sealed(url, _SECRETS.decode(held))


def set_state(cursor: Cursor[Any], name: str, state: State, because: str | None) -> None:
    """Pauses, disables or resumes a webhook."""
    cursor.execute(SET_STATE, {"webhook": name, "state": state, "because": because})


def _webhook(row: tuple[Any, ...]) -> Webhook:
    values: list[Any] = [tuple(each) if isinstance(each, list) else each for each in row]
    return Webhook(**dict(zip(_NAMES, values, strict=True)))


def _bare(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _cipher(cursor: Cursor[Any], vault: Vault) -> Cipher:
    """The key of the ledger's own secrets; a new one if it has none yet."""
    while True:
        keys = vault.look(cursor, [SUBJECT])
        if vault.keep(cursor, keys, [SUBJECT]):
            return keys.ciphers[SUBJECT]


def _place(name: str, field: str) -> Place:
    return Place("webhook", name, "", field)


def _seal(cipher: Cipher, name: str, field: str, text: str) -> str:
    return cipher.encrypt(text, _place(name, field))


def _seal_secrets(cipher: Cipher, name: str, held: Sequence[Secret]) -> str:
    return _seal(cipher, name, "secrets", msgspec.json.encode(held).decode())

"""Webhooks and their deliveries as they are shown over HTTP."""

import datetime as dt
import hashlib
from typing import Annotated, Any

import msgspec
from psycopg import Cursor

from api import lists
from api.roles import Role, ScopeName
from api.telling import Language
from api.webhooks import queue
from api.webhooks.queue import Delivery, DeliveryState
from api.webhooks.subscriptions import Form, State, Webhook
from domain.facts.base import Position

Message = Annotated[str, msgspec.Meta(pattern=queue.MESSAGE)]


class WebhookShown(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook as it stands. host: of its address, which itself is not shown, as it may hold a key.

    maker, role, scope: by whose rights it is told. told_position: up to which facts have become deliveries.
    waiting: deliveries on their way. public_key: by which receivers verify, where it signs with a key pair.
    etag: what a change sends as If-Match.
    """

    webhook: str
    name: str
    form: Form
    host: str
    events: tuple[str, ...]
    people: tuple[str, ...]
    branches: tuple[str, ...]
    language: Language
    state: State
    because: str | None
    maker: str
    role: Role
    scope: ScopeName
    made_at: dt.datetime
    told_position: int
    waiting: int
    failing_since: dt.datetime | None
    public_key: str | None
    etag: str = ""


VOLATILE = ("told_position", "waiting", "failing_since", "etag")
"""What of a webhook goes on by itself, and is not what anybody said of it."""


def _tag(each: WebhookShown) -> str:
    """The ETag of a webhook: of what was said of it, and of whether it is active."""
    said = {name: value for name, value in msgspec.structs.asdict(each).items() if name not in VOLATILE}
    return f'"{hashlib.sha256(msgspec.json.encode(said)).hexdigest()[:32]}"'


class WebhookMade(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook that was made, or given another secret. secret: shown this once; null where there is none."""

    webhook: WebhookShown
    secret: str | None


class DeliveryPage(msgspec.Struct, frozen=True, kw_only=True):
    """Deliveries in the order in which they came up. next_after: for the following page; null at the end."""

    deliveries: list[Delivery]
    next_after: int | None


class Replay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be sent again: these messages, or what stands so, of facts from one position to another."""

    messages: Annotated[tuple[Message, ...], msgspec.Meta(min_length=1, max_length=lists.MESSAGES)] | None = (
        None
    )
    state: DeliveryState | None = None
    from_position: Position | None = None
    to_position: Position | None = None


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """How many deliveries are sent again; 10,000 at a time at most."""

    replayed: int


class TestSent(msgspec.Struct, frozen=True, kw_only=True):
    """A test event is on its way. message: its webhook-id; its delivery tells what came of it."""

    message: str


def shown(cursor: Cursor[Any], each: Webhook) -> WebhookShown:
    """A webhook, with how many deliveries are on their way."""
    found = WebhookShown(
        webhook=each.webhook,
        name=each.name,
        form=each.form,
        host=each.host,
        events=each.events,
        people=each.only_people,
        branches=each.only_branches,
        language=each.language,
        state=each.state,
        because=each.because,
        maker=each.maker,
        role=each.role,
        scope=each.scope,
        made_at=each.made_at,
        told_position=each.told_position,
        waiting=queue.waiting(cursor, each.webhook),
        failing_since=each.failing_since,
        public_key=each.public_key,
    )
    return msgspec.structs.replace(found, etag=_tag(found))

"""Webhooks over HTTP: made, changed, tested, and what became of their deliveries."""

import asyncio
import datetime as dt
import secrets
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from psycopg import Cursor
from psycopg_pool import ConnectionPool

from api.bodies import not_json, place, read_body, require_sound
from api.caller import Caller
from api.described import operation_with
from api.preconditions import IfMatch, require_match
from api.problems import NotFound
from api.reading import Reading
from api.webhooks import keeping, queue, subscriptions
from api.webhooks.described import CHANGE_WEBHOOK_BODY, REPLAY_BODY, WEBHOOK_BODY
from api.webhooks.guard import Guard
from api.webhooks.keeping import WebhookAsked, WebhookChange
from api.webhooks.noted import Note, noted
from api.webhooks.queue import Delivery, DeliveryState
from api.webhooks.shown import (
    DeliveryPage,
    Replay,
    Replayed,
    TestSent,
    WebhookMade,
    WebhookShown,
    shown,
)
from domain.journal.vault import Vault
from domain.refusals import BadField

BODY_BYTES = 256 * 1024

Asked = Request[Any, Caller, State]
InPath = Annotated[str, PathParameter(description="Id of a webhook.")]
MessageInPath = Annotated[str, PathParameter(description="The webhook-id of a delivery.")]

_Found = TypeVar("_Found")


class Desk:
    """What looking after webhooks takes.

    ring: tells the deliverer that there is something to do. note: writes a fact about a change, before the
    change is durable.
    """

    def __init__(
        self,
        pool: ConnectionPool[Any],
        vault: Vault,
        guard: Guard,
        clock: Callable[[], dt.datetime],
        ring: Callable[[], None],
        note: Note,
    ) -> None:
        self._pool, self._ring, self.note = pool, ring, note
        self.vault, self.guard, self.clock = vault, guard, clock

    def changed(self, change: Callable[[Cursor[Any]], _Found]) -> _Found:
        """What `change` gives, once it is durable; it is not tried a second time."""
        with self._pool.connection() as connection, connection.cursor() as cursor:
            done = change(cursor)
        self._ring()
        return done

    def held(self, cursor: Cursor[Any], caller: Caller, webhook: str, if_match: str | None) -> None:
        """Keeps others from changing a webhook meanwhile, and checks that it is as the caller read it.

        Raises: NotFound, PreconditionNeeded, ChangedMeanwhile.
        """
        cursor.execute(subscriptions.HOLD, {"webhook": webhook})
        found = shown(cursor, keeping.of_caller(cursor, caller, webhook))
        require_match(if_match, found.etag, f"the webhook {webhook}", f"/v1/webhooks/{webhook}")


_MAKE = msgspec.json.Decoder(WebhookAsked)
_CHANGE = msgspec.json.Decoder(WebhookChange)
_REPLAY = msgspec.json.Decoder(Replay)
_OPT = {"action": "make_webhooks", "personal": "none", "reach": "rows", "reach_on": "today"}


@post(
    "/webhooks",
    summary="Make a webhook",
    tags=["webhooks"],
    opt=_OPT,
    operation_class=operation_with(WEBHOOK_BODY),
)
async def make_webhook(
    request: Asked, reading: NamedDependency[Reading], desk: NamedDependency[Desk]
) -> WebhookMade:
    """Sends the events that are named to an address from now on, signed as Standard Webhooks 1.0 has it.

    It is told what its maker may know, as long as they may: about whom the token reaches, or those of them
    who are named. The secret is shown in this answer and never again. Names, notes and numbers of people
    never leave; /schema/asyncapi.json has the form of every event.
    """
    asked: WebhookAsked = await _body(request, _MAKE)
    today, at = reading.today(), desk.clock()

    def made(cursor: Cursor[Any]) -> WebhookMade:
        webhook, secret = keeping.make(cursor, desk.vault, desk.guard, request.auth, asked, today, at)
        desk.note(noted(webhook, "made"), request.auth.name)
        return WebhookMade(webhook=shown(cursor, webhook), secret=secret)

    return await asyncio.to_thread(desk.changed, made)


@get("/webhooks", summary="Webhooks", tags=["webhooks"], opt=_OPT)
async def read_webhooks(request: Asked, reading: NamedDependency[Reading]) -> list[WebhookShown]:
    """Those that the token made; all of them for an administrator."""
    return await reading.ask(
        lambda cursor: [shown(cursor, each) for each in keeping.seen_webhooks(cursor, request.auth)]
    )


@get("/webhooks/{webhook:str}", summary="One webhook", tags=["webhooks"], opt=_OPT)
async def read_webhook(
    request: Asked, reading: NamedDependency[Reading], webhook: InPath
) -> Response[WebhookShown]:
    """How it stands, without its address and secret. A change sends its ETag along as If-Match."""
    found = await reading.ask(lambda cursor: shown(cursor, keeping.of_caller(cursor, request.auth, webhook)))
    return Response(found, headers={"ETag": found.etag})


@patch(
    "/webhooks/{webhook:str}",
    summary="Change, pause or resume a webhook",
    tags=["webhooks"],
    opt=_OPT,
    operation_class=operation_with(CHANGE_WEBHOOK_BODY),
)
async def change_webhook(
    request: Asked,
    reading: NamedDependency[Reading],
    desk: NamedDependency[Desk],
    webhook: InPath,
    if_match: IfMatch = None,
) -> Response[WebhookShown]:
    """While it is paused nothing is sent; once active, it goes on where it stood, or with `skip` from now on.

    An administrator may pause and resume the webhooks of others; what they tell is for their makers to say.
    """
    asked: WebhookChange = await _body(request, _CHANGE)
    today, at = reading.today(), desk.clock()

    def changed(cursor: Cursor[Any]) -> WebhookShown:
        desk.held(cursor, request.auth, webhook, if_match)
        kept = keeping.change(cursor, desk.vault, desk.guard, request.auth, webhook, asked, today, at)
        desk.note(noted(kept, asked.called), request.auth.name)
        return shown(cursor, kept)

    kept = await asyncio.to_thread(desk.changed, changed)
    return Response(kept, headers={"ETag": kept.etag})


@delete("/webhooks/{webhook:str}", summary="Remove a webhook", tags=["webhooks"], opt=_OPT)
async def remove_webhook(
    request: Asked, desk: NamedDependency[Desk], webhook: InPath, if_match: IfMatch = None
) -> None:
    """It is forgotten with its secret, its log and whatever waits."""

    def removed(cursor: Cursor[Any]) -> None:
        desk.held(cursor, request.auth, webhook, if_match)
        gone = keeping.remove(cursor, request.auth, webhook)
        desk.note(noted(gone, "removed"), request.auth.name)

    await asyncio.to_thread(desk.changed, removed)


@post("/webhooks/{webhook:str}/secret", summary="Change the secret of a webhook", tags=["webhooks"], opt=_OPT)
async def rotate_secret(
    request: Asked, desk: NamedDependency[Desk], webhook: InPath, if_match: IfMatch = None
) -> WebhookMade:
    """A new secret, shown this once. For 24 hours the one before signs as well."""

    def rotated(cursor: Cursor[Any]) -> WebhookMade:
        desk.held(cursor, request.auth, webhook, if_match)
        found, secret = keeping.rotate(cursor, desk.vault, request.auth, webhook, desk.clock())
        desk.note(noted(found, "secret_renewed"), request.auth.name)
        return WebhookMade(webhook=shown(cursor, found), secret=secret)

    return await asyncio.to_thread(desk.changed, rotated)


@post("/webhooks/{webhook:str}/test", summary="Send a test event", tags=["webhooks"], opt=_OPT)
async def test_webhook(request: Asked, desk: NamedDependency[Desk], webhook: InPath) -> TestSent:
    """Sends an event of the type `webhook.test`, signed and tried again like any other."""

    def sent(cursor: Cursor[Any]) -> TestSent:
        found = keeping.of_caller(cursor, request.auth, webhook)
        return TestSent(message=keeping.test(cursor, found, secrets.token_hex(8), desk.clock()))

    return await asyncio.to_thread(desk.changed, sent)


@get("/webhooks/{webhook:str}/deliveries", summary="What became of deliveries", tags=["webhooks"], opt=_OPT)
async def read_deliveries(
    request: Asked,
    reading: NamedDependency[Reading],
    webhook: InPath,
    state_: Annotated[
        DeliveryState | None,
        QueryParameter(name="state", description="Only those that stand so; dead ones were given up."),
    ] = None,
    after: Annotated[int, QueryParameter(ge=0, description="Only those after this number.")] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=1_000, description="Deliveries a page.")] = 100,
) -> DeliveryPage:
    """Each with its last try: status, milliseconds, first bytes of the answer. Kept 30 days, dead ones 90."""

    def question(cursor: Cursor[Any]) -> DeliveryPage:
        found = keeping.of_caller(cursor, request.auth, webhook)
        page = queue.deliveries(cursor, found.webhook, state_, after, limit)
        return DeliveryPage(deliveries=page, next_after=page[-1].number if len(page) == limit else None)

    return await reading.ask(question)


@get(
    "/webhooks/{webhook:str}/deliveries/{message:str}",
    summary="One delivery with all its tries",
    tags=["webhooks"],
    opt=_OPT,
)
async def read_delivery(
    request: Asked, reading: NamedDependency[Reading], webhook: InPath, message: MessageInPath
) -> Delivery:
    """What came of each try to deliver it."""

    def question(cursor: Cursor[Any]) -> Delivery:
        found = keeping.of_caller(cursor, request.auth, webhook)
        one = queue.delivery(cursor, found.webhook, message)
        if one is None:
            raise NotFound(
                field="message",
                detail=f"There is no delivery {message[:40]!r}.",
                remedy=f"See /v1/webhooks/{webhook}/deliveries.",
            )
        return one

    return await reading.ask(question)


@post(
    "/webhooks/{webhook:str}/replays",
    summary="Send deliveries again",
    tags=["webhooks"],
    opt=_OPT,
    operation_class=operation_with(REPLAY_BODY),
)
async def replay_deliveries(request: Asked, desk: NamedDependency[Desk], webhook: InPath) -> Replayed:
    """Sends once more what was delivered or given up, under the same ids: by message, state or positions."""
    asked: Replay = await _body(request, _REPLAY)
    if asked == Replay():
        raise BadField(
            field="",
            detail="It does not say what to send again.",
            remedy="Name messages, state or positions.",
        )

    def replayed(cursor: Cursor[Any]) -> Replayed:
        found = keeping.of_caller(cursor, request.auth, webhook)
        count = queue.replay(
            cursor,
            found.webhook,
            desk.clock(),
            messages=asked.messages,
            state=asked.state,
            first=asked.from_position,
            last=asked.to_position,
        )
        return Replayed(replayed=count)

    return await asyncio.to_thread(desk.changed, replayed)


async def _body(request: Asked, decoder: msgspec.json.Decoder[Any]) -> Any:
    body = await read_body(request, BODY_BYTES)
    require_sound(body)
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        field, message = place(error)
        raise BadField(field=field, detail=f"{message}.", remedy="See /schema/openapi.json.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise not_json(error) from None


HANDLERS = (
    make_webhook,
    read_webhooks,
    read_webhook,
    change_webhook,
    remove_webhook,
    rotate_secret,
    test_webhook,
    read_deliveries,
    read_delivery,
    replay_deliveries,
)

"""Making, changing, testing, pausing and removing webhooks, for the service and the command line alike."""

import datetime as dt
from collections.abc import Collection, Sequence
from difflib import get_close_matches
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from psycopg import Cursor

from api import lists
from api.caller import Caller
from api.problems import NotFound
from api.reading import counted_position
from api.roles import ROLES
from api.telling import Language
from api.telling_results import result_told
from api.webhooks import placing, queue, robots, signing, standing, subscriptions
from api.webhooks.events import EVENTS, TEST, WebhookTest, body_of, may_be_told, message_of
from api.webhooks.guard import Guard
from api.webhooks.queue import Fresh
from api.webhooks.signing import Scheme, Secret
from api.webhooks.subscriptions import Form, Sealed, Webhook
from domain.facts.base import BranchId, EmployeeId
from domain.facts.trail import WebhookChange as Called
from domain.journal.record import instant_text
from domain.journal.vault import Vault
from domain.refusals import BadField, NotAllowed, Refusal

MOST_WEBHOOKS = 200

WebhookName = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]{1,100}\Z", description="What it is for.")]
Url = Annotated[str, Meta(min_length=1, max_length=2_000, description="Where events are sent.")]
Events = Annotated[
    tuple[str, ...],
    Meta(min_length=1, max_length=lists.EVENTS, description="Names of events, such as fact.deal_closed."),
]
People = Annotated[tuple[EmployeeId, ...], Meta(max_length=lists.PEOPLE)]
Branches = Annotated[tuple[BranchId, ...], Meta(max_length=lists.BRANCHES)]


class TooManyWebhooks(Refusal):
    """The ledger has as many webhooks as it may have."""


class WebhookAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A webhook that is to be made.

    form: standard, or the group robot of wecom or dingtalk. scheme: hmac signs with a shared secret, ed25519
    with a key of which receivers hold the public half. secret: a shared one of one's own; for dingtalk the
    SEC… of the robot. people, branches: about these alone, of those whom the token reaches.
    """

    name: WebhookName
    url: Url
    events: Events
    form: Form = "standard"
    scheme: Scheme = "hmac"
    secret: Annotated[str, Meta(max_length=200)] | None = None
    language: Language = "en"
    people: People = ()
    branches: Branches = ()


class WebhookChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of a webhook is to be otherwise; what is absent stays.

    state: paused sends nothing, and active goes on where it stood. skip: with active, from now on instead.
    """

    name: WebhookName | None = None
    url: Url | None = None
    events: Events | None = None
    language: Language | None = None
    people: People | None = None
    branches: Branches | None = None
    state: Literal["active", "paused"] | None = None
    skip: bool = False

    @property
    def called(self) -> Called:
        """What such a change is called in the trail."""
        if msgspec.structs.replace(self, state=None, skip=False) != WebhookChange() or self.state is None:
            return "changed"
        return "paused" if self.state == "paused" else "resumed"

    @property
    def is_the_makers(self) -> bool:
        """Whether it changes more than whether anything is sent."""
        return any(
            each is not None for each in (self.url, self.events, self.language, self.people, self.branches)
        )


def make(
    cursor: Cursor[Any],
    vault: Vault,
    guard: Guard,
    caller: Caller,
    asked: WebhookAsked,
    today: dt.date,
    at: dt.datetime,
) -> tuple[Webhook, str | None]:
    """Keeps a new webhook; it, and its secret, which is shown this once. It hears of what comes from now on.

    Raises: BadField, NotAllowed, AddressRefused, TooManyWebhooks, KeysUnavailable.
    """
    require_events(caller, asked.events)
    _require_people(caller, asked.people)
    target = guard.target(asked.url)
    secret = _secret(asked)
    count = cursor.execute(subscriptions.COUNT).fetchone()
    if count is not None and count[0] >= MOST_WEBHOOKS:
        raise TooManyWebhooks(
            field="", detail=f"There are {MOST_WEBHOOKS} already.", remedy="Remove those that nobody needs."
        )
    made = Webhook(
        webhook=subscriptions.new_name(),
        name=asked.name,
        form=asked.form,
        host=target.host,
        public_key=None if secret is None else signing.public_key(secret),
        language=asked.language,
        events=tuple(dict.fromkeys(asked.events)),
        only_people=asked.people,
        only_branches=asked.branches,
        maker=caller.name,
        role=caller.role,
        scope=caller.scope,
        employee=caller.employee,
        branches=caller.branches,
        made_at=at,
        state="active",
        because=None,
        told_position=counted_position(cursor),
        failing_since=None,
        sent_at=None,
    )
    held = [] if secret is None else [Secret(text=secret)]
    subscriptions.add(cursor, vault, made, Sealed(asked.url, held))
    standing.take_as_told(cursor, made, made.events, today, at)
    # A private key never leaves; a robot's secret is known to whoever brought it.
    shown = secret if asked.form == "standard" and asked.scheme == "hmac" else None
    return made, shown


def change(
    cursor: Cursor[Any],
    vault: Vault,
    guard: Guard,
    caller: Caller,
    name: str,
    asked: WebhookChange,
    today: dt.date,
    at: dt.datetime,
) -> Webhook:
    """The webhook as it is after the change.

    Raises: NotFound, BadField, NotAllowed, AddressRefused, KeysUnavailable.
    """
    found = of_caller(cursor, caller, name)
    if asked.is_the_makers:
        require_maker(caller, found)
    events = found.events if asked.events is None else tuple(dict.fromkeys(asked.events))
    if asked.events is not None:
        require_events(found.caller(), events)
    _require_people(caller, asked.people or ())
    changed = msgspec.structs.replace(
        found,
        events=events,
        **{
            field: value
            for field, value in (
                ("name", asked.name),
                ("language", asked.language),
                ("only_people", asked.people),
                ("only_branches", asked.branches),
            )
            if value is not None
        },
    )
    subscriptions.change(cursor, changed)
    if asked.url is not None:
        subscriptions.readdress(cursor, vault, name, guard.target(asked.url).host, asked.url)
    if asked.state is not None:
        because = f"{caller.name} paused it." if asked.state == "paused" else None
        subscriptions.set_state(cursor, name, asked.state, because)
    if asked.skip:
        cursor.execute(subscriptions.SKIP, {"webhook": name, "position": counted_position(cursor)})
        standing.take_as_told(cursor, changed, changed.events, today, at)
        placing.forget(cursor, name)
    elif fresh := set(events) - set(found.events):
        standing.take_as_told(cursor, changed, sorted(fresh), today, at)
    kept = subscriptions.webhook(cursor, name)
    assert kept is not None, "it was there a moment ago"
    return kept


def remove(cursor: Cursor[Any], caller: Caller, name: str) -> Webhook:
    """Forgets a webhook with its secrets, its log and whatever waits for it.

    Raises: NotFound.
    """
    found = of_caller(cursor, caller, name)
    cursor.execute(subscriptions.REMOVE, {"webhook": name})
    return found


def rotate(
    cursor: Cursor[Any], vault: Vault, caller: Caller, name: str, at: dt.datetime
) -> tuple[Webhook, str | None]:
    """Gives a webhook another secret, which is shown this once; for a day the one before signs too.

    Raises: NotFound, NotAllowed, BadField, KeysUnavailable.
    """
    found = of_caller(cursor, caller, name)
    require_maker(caller, found)
    if found.form != "standard":
        raise BadField(
            field="webhook",
            detail=f"The secret of a robot is made by {found.form}.",
            remedy="Make the webhook anew with the robot's new address and secret.",
        )
    new = signing.new_secret("hmac" if found.public_key is None else "ed25519")
    held = signing.rotated(subscriptions.unsealed(cursor, vault, name).secrets, new, at)
    public_key = signing.public_key(new)
    subscriptions.resecret(cursor, vault, name, held, public_key)
    shown = new if public_key is None else None
    return msgspec.structs.replace(found, public_key=public_key), shown


def test(cursor: Cursor[Any], asked: Webhook, salt: str, at: dt.datetime) -> str:
    """Puts a test event into the queue; its webhook-id."""
    data = WebhookTest(webhook=asked.webhook, name=asked.name)
    message = message_of(asked.webhook, TEST, salt)
    body, line = body_of(TEST, instant_text(at), data), result_told(TEST, data, asked.language)
    queue.add(cursor, asked.webhook, [Fresh(message, TEST, None, body, line)], at)
    return message


def seen_webhooks(cursor: Cursor[Any], caller: Caller) -> list[Webhook]:
    """Those that the caller made; all of them for an administrator of everybody."""
    return [each for each in subscriptions.webhooks(cursor) if _sees(caller, each)]


def of_caller(cursor: Cursor[Any], caller: Caller, name: str) -> Webhook:
    """The webhook of this id, if the caller may see it; who may not learns nothing of it.

    Raises: NotFound.
    """
    found = subscriptions.webhook(cursor, name)
    if found is None or not _sees(caller, found):
        raise NotFound(
            field="webhook", detail=f"There is no webhook {name[:40]!r} of yours.", remedy="See /v1/webhooks."
        )
    return found


def require_maker(caller: Caller, found: Webhook) -> None:
    """Lets whoever made a webhook change where it goes and what it tells, as it tells by their rights.

    Raises: NotAllowed.
    """
    if caller.name != found.maker:
        raise NotAllowed(
            field="webhook",
            detail=f"{found.maker} made this webhook, and it tells what they may know.",
            remedy="Pause or remove it, and make one of your own.",
        )


def require_events(caller: Caller, events: Collection[str]) -> None:
    """Checks that these events exist, and that the caller may be told of them.

    Raises: BadField, NotAllowed.
    """
    for number, event in enumerate(events):
        if event not in EVENTS:
            close = get_close_matches(event, EVENTS, n=1)
            remedy = f"Did you mean {close[0]}?" if close else "See /schema/asyncapi.json."
            raise BadField(
                field=f"events[{number}]", detail=f"There is no event {event[:60]!r}.", remedy=remedy
            )
        if not may_be_told(caller.role, event):
            roles = ", ".join(role for role in ROLES if may_be_told(role, event)) or "none"
            raise NotAllowed(
                field=f"events[{number}]",
                detail=f"The role {caller.role} is not told of {event}.",
                remedy=f"Leave it out, or ask somebody who is: {roles}.",
            )


def _require_people(caller: Caller, people: Sequence[str]) -> None:
    for number, person in enumerate(people):
        caller.require_about(person, f"people[{number}]")


def _secret(asked: WebhookAsked) -> str | None:
    """The secret of a new webhook: the one that was brought, or a new one; None where a robot has none.

    Raises: BadField.
    """
    if asked.form == "wecom" and asked.secret is not None:
        raise BadField(
            field="secret",
            detail="A robot of WeCom has none: its key is in its address.",
            remedy="Leave it out.",
        )
    if asked.form == "dingtalk":
        if asked.secret is not None and not robots.is_robots_secret(asked.secret):
            raise BadField(
                field="secret",
                detail="It is not the secret of a robot.",
                remedy="Take the SEC… it was given.",
            )
        return asked.secret
    if asked.form == "wecom":
        return None
    if asked.secret is None:
        return signing.new_secret(asked.scheme)
    if asked.scheme != "hmac" or not asked.secret.startswith(signing.SHARED):
        raise BadField(
            field="secret", detail="Only a shared secret can be brought along.", remedy="Leave it out."
        )
    if not signing.is_secret(asked.secret):
        raise BadField(
            field="secret",
            detail="It is not whsec_ and 24 to 64 bytes in base64.",
            remedy="Leave it out, and one is made.",
        )
    return asked.secret


def _sees(caller: Caller, each: Webhook) -> bool:
    return each.maker == caller.name or (caller.role == "administrator" and caller.scope == "all")

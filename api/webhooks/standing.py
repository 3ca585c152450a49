"""What comes about with the day, such as a warning: told once, whenever it is noticed that it stands.

It follows from facts and from the day, so it has no position of its own. What was told is written down with
its delivery in one transaction, and what is written down is not told again as long as it stands.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
from psycopg import Cursor

from api.telling_results import result_told
from api.webhooks import queue, subscriptions
from api.webhooks.deriving import Seen, seen_by
from api.webhooks.events import MILESTONE, REMINDER, WARNING, body_of, may_be_told, message_of
from api.webhooks.queue import Fresh
from api.webhooks.subscriptions import Webhook
from domain.journal.record import instant_text
from projections.milestones import milestones
from projections.notices import notices

STANDING = frozenset({MILESTONE, WARNING, REMINDER})

TOLD = """
select event from webhook_told where webhook = %(webhook)s and event = any(%(events)s)"""

TELL = """
insert into webhook_told (webhook, event, seen_on)
select %(webhook)s, event, %(today)s from unnest(%(events)s::text[]) as standing (event)
on conflict (webhook, event) do update set seen_on = excluded.seen_on
where webhook_told.seen_on <> excluded.seen_on"""


class Standing(NamedTuple):
    """Something that stands. event: of which kind. key: what it is known by as long as it stands.

    since: when it came up; timestamp: the same as an event tells it.
    """

    event: str
    key: str
    employee: str
    since: dt.datetime
    data: msgspec.Struct


def standing(
    cursor: Cursor[Any], wanted: Sequence[Webhook], today: dt.date, at: dt.datetime
) -> list[Standing]:
    """All that stands of what `wanted` ask for, about everybody."""
    events = {event for each in wanted for event in each.events} & STANDING
    found: list[Standing] = []
    if MILESTONE in events:
        found += _milestones(cursor, today)
    if events & {WARNING, REMINDER}:
        for each in notices(cursor, at):
            event = WARNING if each.kind == "warning" else REMINDER
            found.append(Standing(event, each.notice, each.employee, each.due_at, each))
    return found


def _milestones(cursor: Cursor[Any], today: dt.date) -> Iterator[Standing]:
    for each in milestones(cursor, today):
        if each.attained_on is not None:
            since = dt.datetime.combine(each.attained_on, dt.time(), tzinfo=dt.UTC)
            key = f"milestone/{each.plan}/{each.milestone}/{each.employee}/{each.hired_on}"
            yield Standing(MILESTONE, key, each.employee, since, each)


def take_as_told(
    cursor: Cursor[Any], asked: Webhook, events: Sequence[str], today: dt.date, at: dt.datetime
) -> None:
    """Takes what stands of `events` as told, so that a webhook hears of what comes about from now on."""
    named = msgspec.structs.replace(asked, events=tuple(STANDING.intersection(events)))
    found = standing(cursor, [named], today, at)
    seen = seen_by(cursor, named, today)
    keys = [each.key for each in found if _is_told(named, seen, each)]
    cursor.execute(TELL, {"webhook": asked.webhook, "events": keys, "today": today})


def tell(cursor: Cursor[Any], name: str, found: Sequence[Standing], today: dt.date, at: dt.datetime) -> None:
    """Adds deliveries for what stands and one webhook was not told of yet. To be called in a transaction."""
    asked = subscriptions.webhook(cursor, name, lock=True)
    if asked is None:
        return
    seen = seen_by(cursor, asked, today)
    own = {each.key: each for each in found if _is_told(asked, seen, each)}
    keys = {"webhook": name, "events": list(own)}
    known = {event for (event,) in cursor.execute(TOLD, keys)}
    queue.add(cursor, name, [_fresh(asked, each) for key, each in own.items() if key not in known], at)
    cursor.execute(TELL, keys | {"today": today})


def _is_told(asked: Webhook, seen: Seen, each: Standing) -> bool:
    return (
        each.event in asked.events
        and may_be_told(asked.role, each.event)
        and seen.shows(frozenset({each.employee}))
    )


def _fresh(asked: Webhook, each: Standing) -> Fresh:
    return Fresh(
        message_of(asked.webhook, each.event, each.key),
        each.event,
        None,
        body_of(each.event, instant_text(each.since), each.data),
        result_told(each.event, each.data, asked.language),
    )

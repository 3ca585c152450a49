"""Deliveries: added with the position they come from, tried, settled, given up, replayed, forgotten."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import msgspec
from psycopg import Cursor

from api.webhooks.posting import Answer
from api.webhooks.schedule import GIVEN_UP_AFTER, Verdict, next_try

DeliveryState = Literal["waiting", "delivered", "dead"]

MESSAGE = r"^msg_[0-9a-f]{32}\Z"

KEPT_DAYS = {"delivered": 30, "dead": 90}
"""So long are deliveries kept once they are settled; tries go with them."""
TOLD_DAYS = 40
"""So long after it last stood it is remembered what was told of a day, such as a warning."""
MOST_REPLAYED = 10_000

ADD = """
insert into webhook_delivery (webhook, message, type, position, body, line, next_at, made_at)
values (%(webhook)s, %(message)s, %(type)s, %(position)s, %(body)s, %(line)s, %(at)s, %(at)s)
on conflict (webhook, message) do nothing"""

WAITING = "select count(*) from webhook_delivery where webhook = %(webhook)s and state = 'waiting'"

DUE = """
select message, type, position, body, line, tries from webhook_delivery
where webhook = %(webhook)s and state = 'waiting' and next_at <= %(at)s
    and (%(only)s::text is null or message = %(only)s)
order by number limit %(most)s"""

# Of each webhook that is active, when the first of its deliveries is due.
NEXT = """
select w.webhook, d.next_at from webhook w
cross join lateral (
    select min(next_at) as next_at from webhook_delivery
    where webhook = w.webhook and state = 'waiting'
) d
where w.state = 'active' and d.next_at is not null"""

SETTLE = """
update webhook_delivery set state = %(state)s, tries = tries + 1, next_at = coalesce(%(next_at)s, next_at),
    settled_at = case when %(state)s = 'waiting' then null else %(at)s end
where webhook = %(webhook)s and message = %(message)s and state = 'waiting'"""

TRIED = """
insert into webhook_try (webhook, message, tried_at, status, ms, error, answer)
select %(webhook)s, %(message)s, %(at)s, %(status)s, %(ms)s, %(error)s, %(answer)s
where exists (select from webhook where webhook = %(webhook)s)
on conflict do nothing"""

FARED = """
update webhook set sent_at = %(at)s,
    failing_since = case when %(good)s then null else coalesce(failing_since, %(at)s) end
where webhook = %(webhook)s
returning failing_since"""

COLUMNS = "number, message, type, position, state, tries, next_at, made_at, settled_at"

PAGE = f"""
select {COLUMNS} from webhook_delivery
where webhook = %(webhook)s and number > %(after)s and (%(state)s::text is null or state = %(state)s)
order by number limit %(limit)s"""

ONE = f"select {COLUMNS} from webhook_delivery where webhook = %(webhook)s and message = %(message)s"

TRIES = """
select message, tried_at, status, ms, error, answer from webhook_try
where webhook = %(webhook)s and message = any(%(messages)s) order by message, tried_at"""

REPLAY = """
update webhook_delivery set state = 'waiting', tries = 0, next_at = %(at)s, settled_at = null
where webhook = %(webhook)s and number in (
    select number from webhook_delivery
    where webhook = %(webhook)s and state <> 'waiting'
        and (%(state)s::text is null or state = %(state)s)
        and (%(messages)s::text[] is null or message = any(%(messages)s))
        and (%(first)s::bigint is null or position >= %(first)s)
        and (%(last)s::bigint is null or position <= %(last)s)
    order by number limit %(most)s
)"""

FORGET = """
delete from webhook_delivery
where settled_at < %(at)s
    - make_interval(days => case state when 'dead' then %(dead)s else %(delivered)s end)"""
FORGET_TRIES = """
delete from webhook_try t
where tried_at < %(before)s and not exists (
    select from webhook_delivery d where d.webhook = t.webhook and d.message = t.message
)"""
FORGET_TOLD = "delete from webhook_told where seen_on < %(before)s"

FIGURES = """
select (select count(*) from webhook_delivery where state = 'waiting'),
    (select count(*) from webhook_delivery where state = 'dead'),
    (select count(*) from webhook where state <> 'active')"""


class Fresh(NamedTuple):
    """An event that is to be delivered."""

    message: str
    type: str
    position: int | None
    body: bytes
    line: str


class Due(NamedTuple):
    """A delivery whose time has come."""

    message: str
    type: str
    position: int | None
    body: str
    line: str
    tries: int


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """One try. status: null where no answer came, and `error` says why. answer: its first bytes."""

    tried_at: dt.datetime
    status: int | None
    ms: int
    error: str | None
    answer: str


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """An event on its way, delivered, or given up. message: its webhook-id. tries: since the last replay.

    log: its tries, the first one first; only the last one in a list.
    """

    number: int
    message: str
    type: str
    position: int | None
    state: DeliveryState
    tries: int
    next_at: dt.datetime | None
    made_at: dt.datetime
    settled_at: dt.datetime | None
    log: list[Tried]


def add(cursor: Cursor[Any], webhook: str, fresh: Sequence[Fresh], at: dt.datetime) -> None:
    """Adds deliveries; those that are there already stay as they are."""
    cursor.executemany(
        ADD,
        [each._asdict() | {"webhook": webhook, "body": each.body.decode(), "at": at} for each in fresh],
    )


def waiting(cursor: Cursor[Any], webhook: str) -> int:
    """How many wait."""
    return _number(cursor.execute(WAITING, {"webhook": webhook}))


def due(cursor: Cursor[Any], webhook: str, at: dt.datetime, most: int, only: str | None = None) -> list[Due]:
    """The first of those whose time has come, in the order in which they came up; or one alone."""
    rows = cursor.execute(DUE, {"webhook": webhook, "at": at, "most": most, "only": only})
    return [Due(*row) for row in rows]


def next_due(cursor: Cursor[Any]) -> dict[str, dt.datetime]:
    """When each active webhook has something to send."""
    return dict(cursor.execute(NEXT).fetchall())


class Outcome(NamedTuple):
    """What came of a try of one delivery."""

    due: Due
    answer: Answer
    verdict: Verdict


def settle(cursor: Cursor[Any], webhook: str, outcomes: Sequence[Outcome], at: dt.datetime) -> str | None:
    """Writes down what came of tries; why the webhook is to stop, if it is.

    An endpoint that says 410 wants nothing more; one that fails for days is left alone until somebody looks.
    """
    for tried, answer, verdict in outcomes:
        again = next_try(tried.tries + 1, at, answer.asked_seconds) if verdict == "again" else None
        state = "delivered" if verdict == "delivered" else "dead" if again is None else "waiting"
        named = {"webhook": webhook, "message": tried.message, "at": at}
        cursor.execute(SETTLE, named | {"state": state, "next_at": again})
        said = {"status": answer.status, "ms": answer.ms, "error": answer.error, "answer": answer.shown}
        cursor.execute(TRIED, named | said)
    good = any(each.verdict == "delivered" for each in outcomes)
    row = cursor.execute(FARED, {"webhook": webhook, "at": at, "good": good}).fetchone()
    if any(each.verdict == "gone" for each in outcomes):
        return "It answered 410 Gone."
    if row is not None and row[0] is not None and at - row[0] >= GIVEN_UP_AFTER:
        return f"It has taken nothing since {row[0]:%Y-%m-%d %H:%M} UTC."
    return None


def deliveries(
    cursor: Cursor[Any], webhook: str, state: DeliveryState | None, after: int, limit: int
) -> list[Delivery]:
    """A page of them, each with its last try."""
    rows = cursor.execute(PAGE, {"webhook": webhook, "state": state, "after": after, "limit": limit})
    found = rows.fetchall()
    tries = _tries(cursor, webhook, [row[1] for row in found])
    return [_delivery(row, tries.get(row[1], [])[-1:]) for row in found]


def delivery(cursor: Cursor[Any], webhook: str, message: str) -> Delivery | None:
    """One of them, with all its tries."""
    if not re.match(MESSAGE, message):
        return None
    row = cursor.execute(ONE, {"webhook": webhook, "message": message}).fetchone()
    return None if row is None else _delivery(row, _tries(cursor, webhook, [message]).get(message, []))


def replay(
    cursor: Cursor[Any],
    webhook: str,
    at: dt.datetime,
    *,
    messages: Sequence[str] | None = None,
    state: DeliveryState | None = None,
    first: int | None = None,
    last: int | None = None,
) -> int:
    """Sends again what is settled already, under the same ids, tried as often as at first; how many."""
    asked = {"webhook": webhook, "at": at, "state": state, "first": first, "last": last}
    listed = None if messages is None else list(messages)
    return cursor.execute(REPLAY, asked | {"messages": listed, "most": MOST_REPLAYED}).rowcount


def forget(cursor: Cursor[Any], at: dt.datetime) -> int:
    """Forgets what is older than it is kept; how many deliveries."""
    gone = cursor.execute(FORGET, {"at": at, **KEPT_DAYS}).rowcount
    cursor.execute(FORGET_TRIES, {"before": at - dt.timedelta(days=min(KEPT_DAYS.values()))})
    cursor.execute(FORGET_TOLD, {"before": at.date() - dt.timedelta(days=TOLD_DAYS)})
    return gone


def figures(cursor: Cursor[Any]) -> tuple[int, int, int]:
    """How many deliveries wait, how many were given up, and how many webhooks stand still."""
    row = cursor.execute(FIGURES).fetchone()
    assert row is not None, "an aggregate always answers"
    return int(row[0]), int(row[1]), int(row[2])


def _tries(cursor: Cursor[Any], webhook: str, messages: Sequence[str]) -> dict[str, list[Tried]]:
    found: dict[str, list[Tried]] = {}
    for message, tried_at, status, ms, error, answer in cursor.execute(
        TRIES, {"webhook": webhook, "messages": list(messages)}
    ):
        tried = Tried(tried_at=tried_at, status=status, ms=ms, error=error, answer=answer)
        found.setdefault(message, []).append(tried)
    return found


def _delivery(row: tuple[Any, ...], log: list[Tried]) -> Delivery:
    number, message, type, position, state, tries, next_at, made_at, settled_at = row
    return Delivery(
        number=number,
        message=message,
        type=type,
        position=position,
        state=state,
        tries=tries,
        next_at=next_at if state == "waiting" else None,
        made_at=made_at,
        settled_at=settled_at,
        log=log,
    )


def _number(cursor: Cursor[Any]) -> int:
    row = cursor.fetchone()
    assert row is not None, "an aggregate always answers"
    return int(row[0])

"""Boards as events: who moved among the shown places since a webhook was last told of them.

How boards stood in between is in no fact, so there is nothing to go on from: what a webhook was told last is
kept, and what differs is told, with that in one transaction. Moves within a few seconds are told together;
a webhook that was paused hears once what became of them all.
"""

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import msgspec
from psycopg import Cursor

from api.reading import Reading
from api.telling_results import result_told
from api.webhooks import queue, subscriptions
from api.webhooks.deriving import MOST_WAITING, seen_by
from api.webhooks.events import BOARD, BoardChanged, BoardMove, body_of, may_be_told, message_of
from api.webhooks.queue import Fresh
from api.webhooks.subscriptions import Webhook
from domain.journal.record import instant_text
from domain.period import Period
from projections import policy
from projections.boards import Ranked
from projections.display import anonymous

REST_SECONDS = 5.0
"""Between two looks at the boards; they rest ten times as long as the look took, if that is longer."""
REST_SHARE = 10
MOST_PLACES = 1_000
"""Of a board that shows everybody, so many are told of."""

LAST = """
select period, places from webhook_board
where webhook = %(webhook)s and plan = %(plan)s and board = %(board)s"""

KEEP = """
insert into webhook_board (webhook, plan, board, period, places, position)
values (%(webhook)s, %(plan)s, %(board)s, %(period)s, %(places)s::jsonb, %(position)s)
on conflict (webhook, plan, board) do update
set period = excluded.period, places = excluded.places, position = excluded.position"""

FORGET = "delete from webhook_board where webhook = %(webhook)s"


class Standing(NamedTuple):
    """A board as everybody may see it now."""

    board: str
    ranked: Ranked


class Boards:
    """The boards of a ledger, looked at while any webhook asks for them."""

    def __init__(self, reading: Reading, clock: Callable[[], float] = time.monotonic) -> None:
        self._reading, self._clock = reading, clock
        self._looked: tuple[int, dt.date | None] = -1, None
        self._earliest = 0.0

    def look(self, upto: int, today: dt.date) -> list[Standing] | None:
        """How the boards of the plans in force stand, each over its own period up to today.

        upto: how far facts are counted. None while they rest, or when nothing can have moved.
        """
        began = self._clock()
        if began < self._earliest or self._looked == (upto, today):
            return None
        found = self._reading.ask_here(partial(self._standing, today=today))
        over = self._clock()
        self._looked = upto, today
        self._earliest = over + max(REST_SECONDS, REST_SHARE * (over - began))
        return found

    def _standing(self, cursor: Cursor[Any], today: dt.date) -> list[Standing]:
        found: list[Standing] = []
        for plan in (version.parsed() for version in policy.plans_in_force(cursor, today, None)):
            for board in plan.boards:
                period = Period.containing(today, board.period)
                asking = self._reading.kept_boards.board
                ranked = asking(cursor, board.id, period, plan=plan.plan, until=today)
                if ranked is not None:
                    found.append(Standing(board.id, ranked))
        return found


def tell(cursor: Cursor[Any], name: str, found: Sequence[Standing], today: dt.date, at: dt.datetime) -> None:
    """Adds deliveries for the boards that stand otherwise than one webhook was told last.

    Of a board of which it was told nothing yet, or in another period, it is only kept how it stands. To be
    called in a transaction.
    """
    asked = subscriptions.webhook(cursor, name, lock=True)
    if asked is None or BOARD not in asked.events or not may_be_told(asked.role, BOARD):
        return
    if queue.waiting(cursor, name) >= MOST_WAITING:
        return
    seen, hidden = seen_by(cursor, asked, today), anonymous(cursor)
    for each in found:
        places = {
            place.employee: place.place
            for place in each.ranked.places[:MOST_PLACES]
            if place.place is not None and seen.shows(frozenset({place.employee}))
        }
        before = _last(cursor, name, each)
        if before == places:
            continue
        _keep(cursor, name, each, places)
        if before is not None:
            queue.add(cursor, name, [_fresh(asked, each, before, places, hidden, at)], at)


def forget(cursor: Cursor[Any], name: str) -> None:
    """Lets a webhook hear of what boards do from now on, as if it had been told of nothing."""
    cursor.execute(FORGET, {"webhook": name})


def moves(
    before: Mapping[str, int], after: Mapping[str, int], hidden: Mapping[str, str]
) -> tuple[BoardMove, ...]:
    """Who stands otherwise: in the order of their places, those who are shown no longer at the end."""
    changed = [each for each in before.keys() | after.keys() if before.get(each) != after.get(each)]
    changed.sort(key=lambda each: (after.get(each) is None, after.get(each) or before.get(each), each))
    return tuple(
        BoardMove(
            employee=hidden.get(each, each),
            anonymous=each in hidden,
            place=after.get(each),
            before=before.get(each),
        )
        for each in changed
    )


def _fresh(
    asked: Webhook,
    each: Standing,
    before: Mapping[str, int],
    after: Mapping[str, int],
    hidden: Mapping[str, str],
    at: dt.datetime,
) -> Fresh:
    ranked = each.ranked
    data = BoardChanged(
        board=each.board,
        plan=ranked.plan,
        title=ranked.title,
        period=ranked.period,
        position=ranked.known_at,
        moves=moves(before, after, hidden),
    )
    return Fresh(
        message_of(asked.webhook, BOARD, ranked.plan, each.board, ranked.period, ranked.known_at),
        BOARD,
        ranked.known_at,
        body_of(BOARD, instant_text(at), data),
        result_told(BOARD, data, asked.language),
    )


def _last(cursor: Cursor[Any], name: str, each: Standing) -> dict[str, int] | None:
    """The places that a webhook was told last of a board in this period."""
    named = {"webhook": name, "plan": each.ranked.plan, "board": each.board}
    row = cursor.execute(LAST, named).fetchone()
    return row[1] if row is not None and row[0] == each.ranked.period else None


def _keep(cursor: Cursor[Any], name: str, each: Standing, places: Mapping[str, int]) -> None:
    said = {"webhook": name, "plan": each.ranked.plan, "board": each.board, "period": each.ranked.period}
    said |= {"places": msgspec.json.encode(places).decode(), "position": each.ranked.known_at}
    cursor.execute(KEEP, said)

"""What of the read models the stream tells: people's totals, and boards, as rows and as changes of rows."""

import datetime as dt
import time
from collections import deque
from collections.abc import Iterable, Mapping

import msgspec

from api.streaming.following import Days
from api.streaming.frames import rows_frame
from api.streaming.listener import BoardAsked, Listener, Reached, Wish
from domain.period import Period
from projections import totals
from projections.closing import head
from projections.display import displayed
from projections.kept_boards import KeptBoards
from projections.spans import Cursor, Span

RETAINED = 128
"""So many changes of a board are kept for those who come back."""

REST_SECONDS = 0.1
"""Between two computings of a board; a costly one rests four times as long as it took."""


def moved_rows(cursor: Cursor, span: Span, days: Days) -> dict[str, list[bytes]]:
    """The totals over `days` that the facts of `span` moved, encoded, by person."""
    rows: dict[str, list[bytes]] = {}
    for total in totals.moved(cursor, span, *days, None):
        rows.setdefault(total.employee, []).append(msgspec.json.encode(total))
    return rows


def told_change(span: Span, wish: Wish, rows: Mapping[str, list[bytes]]) -> bytes:
    """The event for whoever wishes this, of `rows` that moved; everyone alike gets the same."""
    return rows_frame("delta", span.after, span.upto, _of(wish, rows))


def _of(wish: Wish, rows: Mapping[str, list[bytes]]) -> Iterable[bytes]:
    if wish.employees is None:
        return (row for found in rows.values() for row in found)
    # The fewer of the two are looked through: a listener follows one person, or a span moves a few.
    if len(wish.employees) < len(rows):
        return (row for employee in wish.employees for row in rows.get(employee, ()))
    return (row for employee, found in rows.items() if employee in wish.employees for row in found)


class BoardFeed:
    """A board that somebody follows: as it was last computed, and how it came there.

    position: what it was computed from; None before the first time.
    """

    def __init__(self, asked: BoardAsked) -> None:
        self._asked = asked
        self._rows: dict[str, bytes] = {}
        self._changes: deque[tuple[Span, bytes]] = deque(maxlen=RETAINED)
        self._due_at = 0.0
        self.reached = Reached()
        self.position: int | None = None

    def wait_seconds(self) -> float:
        """How long it still rests."""
        return max(0.0, self._due_at - time.monotonic())

    def computed(self, cursor: Cursor, kept_boards: KeptBoards, today: dt.date) -> tuple[int, bytes] | None:
        """Asks for it as it is by now; what tells of a change, if there is any, and up to where."""
        started = time.monotonic()
        asked = self._asked
        ranked = kept_boards.board(
            cursor, asked.name, Period.parse(asked.period), plan=asked.plan, until=today
        )
        upto = head(cursor) if ranked is None else ranked.known_at
        # Everybody who follows is told the same, so nobody's name is told against their choice.
        places = displayed(cursor, ranked, lambda _: False).places if ranked else ()
        self._due_at = time.monotonic() + max(REST_SECONDS, 4 * (time.monotonic() - started))
        rows = {place.employee: msgspec.json.encode(place) for place in places}
        changed = [row for employee, row in rows.items() if self._rows.get(employee) != row]
        gone = [
            msgspec.json.encode({"employee": employee, "gone": True})
            for employee in self._rows.keys() - rows.keys()
        ]
        after, self.position, self._rows = self.position, upto, rows
        if after is None or not (changed or gone):
            return None
        frame = rows_frame("delta", after, upto, [*gone, *changed])
        self._changes.append((Span(after, upto), frame))
        return upto, frame

    def tell(self, listener: Listener) -> int:
        """Queues for a newcomer what it lacks; from which position on it is told."""
        assert self.position is not None, "it was computed before anybody is told"
        after = listener.after
        first = self._changes[0][0].after if self._changes else self.position
        if after is not None and first <= after <= self.position:
            for span, frame in self._changes:
                if span.upto > after:
                    listener.push(span.upto, frame)
            return after
        listener.push(self.position, rows_frame("snapshot", None, self.position, self._rows.values()))
        return self.position

"""The boards that were asked about last, kept from question to question so that they are there at once.

Whoever asks about now shares one kept board, which goes on with the read models; a board as known at an
earlier position is kept by itself.
"""

import datetime as dt
from collections import OrderedDict
from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock
from typing import NamedTuple

from domain.period import Period
from domain.plan.components.base import Standing
from domain.plan.document import Board, Plan, Population
from domain.plan.doing import Contest
from projections import policy
from projections.boards import Ranked, named, with_movement
from projections.kept import Kept
from projections.places import EVERYBODY, boards_due, places_paid
from projections.spans import Cursor

KEPT = 16
"""So many boards, those that were asked about last: some 700 bytes for each person on one."""

UNASKED = 600
"""So often a board goes on without being asked about; then it goes on in long steps."""

LONG_STEP = 2_000
"""Over so many positions, so that the next who asks does not wait long."""

WARMED = 5
"""So many boards are measured before anybody asks, each for two periods; others find room beside them."""

COUNTED = "select coalesce(min(position), 0) from projection"


class Contested(NamedTuple):
    """Somebody among the others on a board. standing: None without a place."""

    standing: Standing | None
    contest: Contest


class BoardOfPlan(NamedTuple):
    """A board, and the id of the plan in force that has it."""

    plan: str
    board: Board


class KeptBoards:
    """The kept boards of one ledger. Several threads may ask.

    Cursors see whatever is committed: what one of them has found is there for the others.
    """

    def __init__(self, number: int = KEPT) -> None:
        self._number = number
        self._kept: OrderedDict[tuple[object, ...], Kept] = OrderedDict()
        self._lock = Lock()

    def board(
        self,
        cursor: Cursor,
        name: str,
        period: Period,
        *,
        plan: str | None = None,
        cohort: Population = EVERYBODY,
        until: dt.date | None = None,
        moved: bool = False,
    ) -> Ranked | None:
        """As `boards.board` by all that is known."""
        with self._now(cursor, name, period, plan, cohort, until) as kept:
            if kept is None:
                return None
            ranked, held, whole = kept.ranked(cursor), (kept.plan, kept.board), period.previous()
        if not moved:
            return ranked
        before = self._of(*held, whole, cohort, whole.last_day)
        with _known(cursor, before, ranked.known_at, whole=True) as before:
            return with_movement(ranked, before.placed(each.employee for each in ranked.places))

    def stands_on(
        self,
        cursor: Cursor,
        name: str,
        period: Period,
        employee: str,
        *,
        plan: str | None = None,
        until: dt.date | None = None,
    ) -> bool:
        """As `boards.stands_on` by all that is known."""
        with self._now(cursor, name, period, plan, EVERYBODY, until) as kept:
            return kept is not None and kept.has(employee)

    def contested(
        self,
        cursor: Cursor,
        plan: Plan,
        period: Period,
        until: dt.date,
        known_at: int,
        employee: str,
        *,
        now: bool = False,
    ) -> dict[str, Contested]:
        """Where `employee` is on each board that pays in `period`, by what was measured up to `until`.

        A board whose people they are not among is left out. now: whether `known_at` is where the read models
        stood a moment ago.
        """
        found: dict[str, Contested] = {}
        for board in boards_due(plan, period):
            over = Period.containing(period.last_day, board.period)
            kept = self._of(
                plan, board, over, EVERYBODY, min(over.last_day, until), None if now else known_at
            )
            with _known(cursor, kept, known_at, whole=True) as known:
                if known.has(employee):
                    found[board.id] = _contested(known, employee)
        return found

    def warm(self, cursor: Cursor, due: BoardOfPlan, day: dt.date) -> None:
        """Measures a board as it stands on `day`, and as it stood a period ago: the page shows both."""
        period = Period.containing(day, due.board.period)
        self.board(cursor, due.board.id, period, plan=due.plan, until=day, moved=True)

    def go_on(self, cursor: Cursor) -> None:
        """Moves the boards of now to where the read models are, so that whoever asks finds little to do."""
        with self._lock:
            followed = [kept for (*_, known_at), kept in self._kept.items() if known_at is None]
        counted = _counted(cursor)
        for kept in followed:
            # Whoever holds the lock moves it.
            if _is_to_go(kept, counted) and kept.lock.acquire(False):
                try:
                    kept.unasked += 1
                    kept.bring(cursor, max(counted, kept.position or 0))
                    kept.look_ahead(cursor)
                finally:
                    kept.lock.release()

    @contextmanager
    def _now(
        self,
        cursor: Cursor,
        name: str,
        period: Period,
        plan: str | None,
        cohort: Population,
        until: dt.date | None,
    ) -> Generator[Kept | None]:
        """The board by all that is known, for as long as nobody else moves it; None when no plan has it."""
        counted = _counted(cursor)
        found = named(cursor, name, period, plan, until, counted)
        while found is not None:
            kept = self._of(*found, period, cohort, min(period.last_day, until or period.last_day))
            with _known(cursor, kept, None, counted) as known:
                position = known.position
                held = found if position == counted else named(cursor, name, period, plan, until, position)
                if held == found:
                    yield known
                    return
            found, counted = held, position or counted  # another plan took effect meanwhile
        yield None

    def _of(
        self,
        plan: Plan,
        board: Board,
        period: Period,
        cohort: Population,
        last: dt.date,
        known_at: int | None = None,
    ) -> Kept:
        key = (plan.plan, board.id, period, cohort, last, known_at)
        with self._lock:
            kept = self._kept.pop(key, None)
            if kept is None or (kept.plan is not plan and kept.plan != plan):
                kept = Kept(plan, board, period, cohort, last)
            self._kept[key] = kept
            if len(self._kept) > self._number:
                self._kept.popitem(last=False)
            return kept


def first_boards(cursor: Cursor, day: dt.date) -> list[BoardOfPlan]:
    """The boards of the plans in force on `day`, the first few: they are measured before anybody asks."""
    plans = [version.parsed() for version in policy.plans_in_force(cursor, day, None)]
    return [BoardOfPlan(plan.plan, board) for plan in plans for board in plan.boards][:WARMED]


def _is_to_go(kept: Kept, counted: int) -> bool:
    """Whether `kept` goes on by itself to `counted`; not if nobody has measured it yet."""
    if kept.position is None or kept.position == counted:
        return False
    return kept.unasked < UNASKED or counted - kept.position >= LONG_STEP


@contextmanager
def _known(
    cursor: Cursor, kept: Kept, known_at: int | None, counted: int | None = None, *, whole: bool = False
) -> Generator[Kept]:
    """`kept` as known at a position, or by all that is known, for as long as nobody else moves it.

    counted: the position that every read model had reached when that was asked; later if others moved it on.
    whole: everybody's place is asked for, also of those who are not shown.
    """
    with kept.lock:
        kept.unasked = 0
        if counted is None or (kept.position is not None and kept.position > counted):
            counted = _counted(cursor)
        # What some read model has yet to learn, or has forgotten, would be missed later.
        is_settled = known_at is None or known_at <= counted
        if kept.position is not None and kept.position > counted:
            kept.forget()
        known = kept if is_settled else kept.beside()
        known.bring(cursor, counted if known_at is None else known_at, whole=whole)
        yield known


def _counted(cursor: Cursor) -> int:
    """The position that every read model has reached."""
    told = cursor.execute(COUNTED).fetchone()
    assert told is not None, "an aggregate always answers"
    return told[0]


def _contested(kept: Kept, employee: str) -> Contested:
    plan, board, standing = kept.plan, kept.board, kept.standing(employee)
    best = kept.best(places_paid(plan, board), employee)
    behind = kept.paid - len(best) - (standing is not None)
    return Contested(standing, Contest(board.measure, board.first, kept.leaves(employee), best, behind))

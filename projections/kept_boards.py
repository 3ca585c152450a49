"""Boards that are kept between questions, so that a board over many people is there at once.

What is kept is everybody's value as of a position. The next question looks only at whom the facts since then
speak of. Facts that may change everybody, such as a plan or an exchange rate, have the board made anew. The
answer is the one that `boards.board` gives, which a law checks.
"""

import datetime as dt
from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import islice
from threading import Lock

from psycopg.pq import TransactionStatus

from domain.facts.registry import CREDITED
from domain.people.ranking import Entry, ranking
from domain.people.roster import Posting
from domain.period import Period
from domain.plan.document import Board, Plan, Population
from domain.plan.measures import FactMeasure
from domain.plan.mentions import with_parts
from projections import confirmations, credentials, credits, exchange_rates, policy, roster
from projections.boards import Ranked, board, named, shown, stands_on, values_of, with_movement
from projections.closing import head
from projections.places import EVERYBODY, opened_for, ranked_people
from projections.reached import reached_at
from projections.spans import Cursor

KEPT = 8
"""So many boards, those that were asked about last."""
TOO_MANY = 20_000
"""Of so many facts a board is made anew rather than mended."""

_READ = (credits, confirmations, credentials, exchange_rates, policy, roster)
_OF_ALL = policy.FACTS | exchange_rates.FACTS | {"branch_opened", "branch_merged"}
_TYPES = sorted(frozenset[str]().union(*(model.FACTS for model in _READ)))

TOLD = """
select type, data ->> 'employee', (data ->> 'position')::bigint from journal
where position > %(after)s and position <= %(upto)s and type = any(%(types)s)
    and type <> all(%(credited)s)"""

# A deal that comes back and a part of a deal name nobody, or not everybody, so the credits are asked.
CREDITED_TO = "select distinct employee from credit where position > %(after)s and position <= %(upto)s"

CREDITED_AT = "select distinct employee from credit where position = any(%(positions)s)"

TYPES_AT = "select distinct type from journal where position = any(%(positions)s)"

Key = tuple[int | Fraction, str]


class KeptBoards:
    """The boards of one ledger that were asked about last. Several threads may ask."""

    def __init__(self, number: int = KEPT) -> None:
        self._number = number
        self._kept: OrderedDict[object, _Kept] = OrderedDict()
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
        with _one_moment(cursor):
            found = named(cursor, name, period, plan, until, None)
            if found is None:
                return None
            if not _counts_own(*found):
                return board(cursor, name, period, plan=plan, cohort=cohort, until=until, moved=moved)
            last = min(period.last_day, until or period.last_day)
            ranked = self._of(*found, period, cohort, last).ranked(cursor)
            if not moved:
                return ranked
            whole = period.previous()
            before = self._of(*found, whole, cohort, whole.last_day)
            return with_movement(ranked, before.placed(cursor, [each.employee for each in ranked.places]))

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
        with _one_moment(cursor):
            found = named(cursor, name, period, plan, until, None)
            if found is None or not _counts_own(*found):
                return stands_on(cursor, name, period, employee, plan=plan, until=until)
            last = min(period.last_day, until or period.last_day)
            return self._of(*found, period, EVERYBODY, last).has(cursor, employee)

    def _of(self, plan: Plan, wanted: Board, period: Period, cohort: Population, last: dt.date) -> "_Kept":
        key = (plan.plan, wanted.id, period, cohort, last)
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or not kept.is_of(plan, wanted):
                kept = self._kept[key] = _Kept(plan, wanted, period, cohort, last)
            self._kept.move_to_end(key)
            while len(self._kept) > self._number:
                self._kept.popitem(last=False)
        return kept


class _Kept:
    """One board: everybody's value as of `position`, the best first."""

    def __init__(self, plan: Plan, board: Board, period: Period, cohort: Population, last: dt.date) -> None:
        self._plan, self._board, self._cohort = plan, board, cohort
        self._period, self._last = period, last
        self._position: int | None = None
        self._people: dict[str, Posting] = {}
        self._values: dict[str, Fraction | None] = {}
        self._order: list[Key] = []
        self._unranked: list[str] = []
        self._reached: dict[str, dt.datetime | None] = {}
        self._lock = Lock()

    def is_of(self, plan: Plan, board: Board) -> bool:
        """Whether it was made by this version of the plan."""
        return self._plan == plan and self._board == board

    def ranked(self, cursor: Cursor) -> Ranked:
        """The board as of now."""
        with self._lock:
            self._mend(cursor)
            entries = list(self._first(self._board.size or len(self._people)))
            self._reach(cursor, entries)
            found = [Entry(e, self._values[e], self._reached.get(e)) for e in entries]
            places = ranking(found, self._board.first == "lowest")
            reached = {e: at for e, at in self._reached.items() if at is not None}
            return shown(self._plan, self._board, self._period, places, self._people, reached)

    def placed(self, cursor: Cursor, employees: Iterable[str]) -> dict[str, int | None]:
        """The places of those of `employees` whom it ranks, as of now."""
        with self._lock:
            self._mend(cursor)
            return {
                employee: self._place(self._values[employee])
                for employee in employees
                if employee in self._values
            }

    def _place(self, value: Fraction | None) -> int | None:
        """One more than there are better values; no id is less than the empty one."""
        return None if value is None else 1 + bisect_left(self._order, self._key("", value))

    def has(self, cursor: Cursor, employee: str) -> bool:
        """Whether it ranks `employee` as of now."""
        with self._lock:
            self._mend(cursor)
            return employee in self._people

    def _first(self, size: int) -> Iterator[str]:
        """The first `size` and all who are equal to the last of them; then those without a value."""
        last: int | Fraction | None = None
        for number, (value, employee) in enumerate(self._order):
            if number >= size and value != last:
                return
            last = value
            yield employee
        yield from islice(self._unranked, max(size - len(self._order), 0))

    def _mend(self, cursor: Cursor) -> None:
        """Brings the values up to what the read models know."""
        upto = head(cursor)
        if self._position is not None and self._position > upto:
            self._position = None  # the read models were made anew
        touched = None if self._position is None else _touched(cursor, self._position, upto)
        if touched is None:
            self._people, self._values, self._reached = {}, {}, {}
            self._order, self._unranked = [], []
        if touched is None or touched:
            self._take(cursor, touched)
        self._position = upto

    def _take(self, cursor: Cursor, touched: Collection[str] | None) -> None:
        """Asks for the values of whoever was `touched`, or of everybody."""
        seen = self._period._replace(last_day=self._last)
        whom = None if touched is None else sorted(touched)
        people = ranked_people(cursor, self._plan, self._board, seen, None, self._cohort, whom)
        measure, held = self._board.measure, people.values()
        leaves, opened = opened_for(self._plan, measure, self._period, held, self._last)
        values = values_of(cursor, self._plan, measure, leaves, opened, None)
        for employee in touched or ():
            self._drop(employee)
        self._people |= people
        self._values |= values
        if touched is None:
            self._order = sorted(self._key(e, value) for e, value in values.items() if value is not None)
            self._unranked = sorted(e for e, value in values.items() if value is None)
            return
        for employee, value in values.items():
            if value is None:
                insort(self._unranked, employee)
            else:
                insort(self._order, self._key(employee, value))

    def _drop(self, employee: str) -> None:
        self._reached.pop(employee, None)
        if self._people.pop(employee, None) is None:
            return
        value = self._values.pop(employee)
        if value is None:
            del self._unranked[bisect_left(self._unranked, employee)]
        else:
            del self._order[bisect_left(self._order, self._key(employee, value))]

    def _key(self, employee: str, value: Fraction) -> Key:
        """By which the better comes first; whole numbers are compared as such, which is quicker."""
        exact = value.numerator if value.denominator == 1 else value
        return (exact if self._board.first == "lowest" else -exact, employee)

    def _reach(self, cursor: Cursor, entries: Iterable[str]) -> None:
        """Asks when those of `entries` who share a value reached it, but for those who are known."""
        by_value: dict[Fraction, list[str]] = {}
        for employee in entries:
            value = self._values[employee]
            if value is not None:
                by_value.setdefault(value, []).append(employee)
        tied = {e for equal in by_value.values() if len(equal) > 1 for e in equal}
        new = sorted(tied - self._reached.keys())
        self._reached = {e: at for e, at in self._reached.items() if e in tied}
        if new:
            here = [self._people[employee] for employee in new]
            leaves, opened = opened_for(self._plan, self._board.measure, self._period, here, self._last)
            found = reached_at(cursor, leaves.values(), opened, new, None)
            self._reached |= {employee: found.get(employee) for employee in new}


@contextmanager
def _one_moment(cursor: Cursor) -> Generator[None]:
    """Whatever is asked inside is answered as of one position."""
    if cursor.connection.info.transaction_status != TransactionStatus.IDLE:
        yield
        return
    with cursor.connection.transaction():
        cursor.execute("set transaction isolation level repeatable read, read only")
        yield


def _counts_own(plan: Plan, board: Board) -> bool:
    """Whether a person's place comes of facts about that person alone."""
    parts = (plan.measures[part] for part in with_parts(plan.measures, (board.measure,)))
    return all(part.credited == "own" for part in parts if isinstance(part, FactMeasure))


def _touched(cursor: Cursor, after: int, upto: int) -> set[str] | None:
    """Whose values the facts from `after` to `upto` may have changed; None if anybody's."""
    if upto - after > TOO_MANY:
        return None
    span = {"after": after, "upto": upto}
    touched = {employee for (employee,) in cursor.execute(CREDITED_TO, span)}
    spoken_of: list[int] = []
    for kind, employee, position in cursor.execute(
        TOLD, {**span, "types": _TYPES, "credited": sorted(CREDITED)}
    ).fetchall():
        if kind in ("fact_voided", "fact_confirmed"):
            spoken_of.append(position)
        elif kind in _OF_ALL or employee is None:
            return None
        else:
            touched.add(employee)
    if spoken_of:
        asked = {"positions": spoken_of}
        if any(kind not in CREDITED for (kind,) in cursor.execute(TYPES_AT, asked)):
            return None
        touched |= {employee for (employee,) in cursor.execute(CREDITED_AT, asked)}
    return touched

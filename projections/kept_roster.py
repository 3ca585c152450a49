"""Everybody's roster, kept, with what was made of it; a change moves it on by those whom it is about.

It holds thousands of people, of whom a fact changes one. So of each other person what was told, and where
they stand on the days asked about last, stays as it is.
"""

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Collection, Generator, Hashable, Iterable, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar, cast

from domain.people.roster import Career, Posting, RosterChange, Status
from domain.period import Period
from projections.rows import by_employee
from projections.spans import Cursor

EDITION = "select max(position), max(void_position) from roster_change"

CHANGED = """
select employee from roster_change where position > %(changed_at)s
union
select employee from roster_change where void_position > %(voided_at)s"""

KEPT_DAYS = 64
"""Of so many questions about everybody on a day or in a period the answer is kept."""

KEPT_PAST = 4
"""Of so many positions in the past the roster is kept."""

Moves = Mapping[str, Sequence[RosterChange]]
"""What was told of each person, by position."""

Read = Callable[[Cursor, Collection[str] | None, int | None], Sequence[RosterChange]]
"""Reads what was told of some people, or of everybody, as known at a position, by employee and position."""

_Found = TypeVar("_Found")


class Standing(NamedTuple):
    """Somebody on a day. posting: of it, or of their last or first day of work. named: what gave the name."""

    status: Status
    posting: Posting
    named: RosterChange | None


class Edition(NamedTuple):
    """Which roster it is: where its last change, and the last void of one, stand in the journal."""

    changed_at: int
    voided_at: int


class _Answer(NamedTuple):
    """What was found of everybody. stale: of whom it is to be found anew."""

    found: Mapping[str, Any]
    stale: frozenset[str]


class Roster:
    """Everybody's changes, and what was made of them for the days that were asked about last."""

    def __init__(
        self,
        moves: Moves,
        answers: Mapping[Hashable, _Answer] = MappingProxyType({}),
        careers: Mapping[str, Career] = MappingProxyType({}),
    ) -> None:
        self.moves = MappingProxyType(moves)
        self._answers, self._careers = dict(answers), dict(careers)

    def moved(self, told: Iterable[RosterChange], changed: Collection[str]) -> "Roster":
        """The roster in which of those who `changed` that is `told`, which may be nothing any more."""
        moves, careers, stale = self.moves.copy(), self._careers.copy(), frozenset(changed)
        anew = by_employee(told)
        for employee in stale:
            careers.pop(employee, None)
            if employee not in anew:
                moves.pop(employee, None)
        moves |= anew
        if anew.keys() - self.moves.keys():
            moves = _in_order(moves)
        answers = {key: _Answer(each.found, each.stale | stale) for key, each in [*self._answers.items()]}
        return Roster(moves, answers, careers)

    def here(self, day: dt.date) -> Mapping[str, Posting]:
        """Who works here on `day`, by employee."""
        return self._of_each(("here", day), lambda own: own.on(day))

    def standings(self, day: dt.date) -> Mapping[str, Standing]:
        """How everybody stands as of `day`, by employee; without those never hired."""
        return self._of_each(("standing", day), lambda own: _standing(own, day))

    def deciding(self, period: Period) -> Mapping[str, Posting]:
        """Where everybody works on the last day of `period`, or on their own last day of work in it."""
        first, last = period.first_day, period.last_day
        return self._of_each(("deciding", first, last), lambda own: own.last(first, last))

    def last(self, period: Period) -> Mapping[str, Posting]:
        """As `deciding`; those who left before, where they worked last."""
        first, last = period.first_day, period.last_day
        return self._of_each(("last", first, last), lambda own: own.last_ever(first, last))

    def _of_each(self, key: Hashable, find: Callable[[Career], _Found | None]) -> Mapping[str, _Found]:
        """What `find` makes of each person's career, without those of whom it makes nothing."""
        answer = self._answers.get(key)
        asked = self.moves.keys() if answer is None else answer.stale
        known: Mapping[str, Any] = {} if answer is None else answer.found
        if answer is None or asked:
            made = ((employee, find(own)) for employee, own in self._careers_of(asked))
            anew = {employee: each for employee, each in made if each is not None}
            rest = dict(known)
            if answer is not None:
                for employee in asked - anew.keys():
                    rest.pop(employee, None)
            rest |= anew
            known = MappingProxyType(_in_order(rest) if anew.keys() - known.keys() else rest)
        self._answers.pop(key, None)  # it is the last that was asked for
        self._answers[key] = _Answer(known, frozenset())
        while len(self._answers) > KEPT_DAYS:
            self._answers.pop(next(iter([*self._answers])), None)
        return cast("Mapping[str, _Found]", known)

    def _careers_of(self, employees: Collection[str]) -> Iterable[tuple[str, Career]]:
        new = [employee for employee in employees if employee not in self._careers]
        self._careers |= {employee: Career(self.moves.get(employee, ())) for employee in new}
        return zip(employees, map(self._careers.__getitem__, employees), strict=True)


def _in_order(told: Mapping[str, _Found]) -> dict[str, _Found]:
    """By employee; nearly all stand so already."""
    employees = sorted(told)
    return dict(zip(employees, map(told.__getitem__, employees), strict=True))


class Kept:
    """Everybody's roster, kept as long as it is the one that the read model holds, and moved on to the next.

    It is for questions about facts that are committed: of those under way, another may take the position.
    """

    def __init__(self) -> None:
        self._held: tuple[Edition, Roster] | None = None
        self._past: OrderedDict[int, Roster] = OrderedDict()

    @contextmanager
    def used(self) -> Generator[None]:
        """Whoever asks for the roster of everybody, in here and in this thread, is given the kept one."""
        token = _KEPT.set(self)
        try:
            yield
        finally:
            _KEPT.reset(token)

    def roster(self, cursor: Cursor, known_at: int | None, read: Read) -> Roster:
        """Everybody's, as known at position `known_at`."""
        now = edition(cursor)
        held = self._held
        if held is not None and _is_shorter(held[0], now):
            held = self._held = None
            self._past.clear()
        asked = None if known_at is None or known_at >= max(now) else known_at
        if held is not None or asked is None:
            if held is None or held[0] != now:
                held = now, _next(cursor, held, now, read)
                # What was told meanwhile may stand in one and not in the other.
                self._held = held if edition(cursor) == now else None
            if asked is None:
                return held[1]
        return self._of_then(cursor, asked, read, held and held[1])

    def _of_then(self, cursor: Cursor, known_at: int, read: Read, now: Roster | None) -> Roster:
        """That of a position in the past, which stays what it was: closed months are asked about again.

        now: that of now, if it is kept, from which it differs in those who changed since.
        """
        past = self._past.get(known_at)
        if past is None:
            past = self._past[known_at] = _then(cursor, known_at, read, now)
            while len(self._past) > KEPT_PAST:
                self._past.popitem(last=False)
        return past


_KEPT: ContextVar[Kept | None] = ContextVar("kept_roster", default=None)


def edition(cursor: Cursor) -> Edition:
    """Which roster the read model holds now; as long as it is the same, so are all answers about people."""
    row = cursor.execute(EDITION).fetchone()
    assert row is not None, "an aggregate always answers"
    return Edition(row[0] or 0, row[1] or 0)


def roster_of_all(cursor: Cursor, known_at: int | None, read: Read) -> Roster:
    """Everybody's, as known at position `known_at`: the kept one, where one is."""
    kept = _KEPT.get()
    return (
        Roster(by_employee(read(cursor, None, known_at)))
        if kept is None
        else kept.roster(cursor, known_at, read)
    )


def _is_shorter(held: Edition, now: Edition) -> bool:
    """Whether the journal is another one than it was: it only grows."""
    return now.changed_at < held.changed_at or now.voided_at < held.voided_at


def _next(cursor: Cursor, held: tuple[Edition, Roster] | None, now: Edition, read: Read) -> Roster:
    """The roster of edition `now`, from the one before if there is one."""
    if held is None:
        return Roster(by_employee(read(cursor, None, None)))
    changed = _changed(cursor, held[0])
    return held[1].moved(read(cursor, changed, None), changed)


def _then(cursor: Cursor, known_at: int, read: Read, now: Roster | None) -> Roster:
    """The roster as known at a position in the past, from that of now if there is one."""
    if now is None:
        return Roster(by_employee(read(cursor, None, known_at)))
    changed = _changed(cursor, Edition(known_at, known_at))
    return now.moved(read(cursor, changed, known_at), changed)


def _changed(cursor: Cursor, since: Edition) -> list[str]:
    """Of whom something was told, or taken back, after an edition."""
    return [employee for (employee,) in cursor.execute(CHANGED, since._asdict())]


def _standing(own: Career, day: dt.date) -> Standing | None:
    found = own.standing(day)
    return None if found is None else Standing(*found, _named(own.changes, found[1]))


def _named(own: Sequence[RosterChange], at: Posting) -> RosterChange | None:
    """The change whose name the person bears."""
    if at.name is None:
        return None
    return next(change for change in reversed(own) if change.name == at.name)

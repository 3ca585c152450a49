"""Who follows what, found by what moved: one fact costs the same however many follow other people."""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import NamedTuple

from api.streaming.concerns import Follows
from api.streaming.listener import BoardAsked, Listener, Wish

Days = tuple[dt.date, dt.date]
"""The first and the last day of what a wish is about."""

What = Days | Follows
"""What of people is followed: their totals over days, or the facts that a page rests on."""

EVERYBODY = None


class Followed(NamedTuple):
    """A board, and who follows it."""

    board: BoardAsked
    listeners: list[Listener]


class Following:
    """All listeners, by what they follow. Not safe to share between threads by itself."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._alike: dict[Wish, set[Listener]] = {}
        self._wishes: dict[What, dict[str | None, set[Wish]]] = {}

    def __len__(self) -> int:
        return len(self._listeners)

    def __iter__(self) -> Iterator[Listener]:
        return iter(self._listeners)

    def add(self, listener: Listener) -> None:
        """Enters a listener."""
        self._listeners.add(listener)
        wish = listener.wish
        if wish in self._alike:
            self._alike[wish].add(listener)
            return
        self._alike[wish] = {listener}
        if wish.board is None:
            of_what = self._wishes.setdefault(_what(wish), {})
            for person in _people(wish):
                of_what.setdefault(person, set()).add(wish)

    def discard(self, listener: Listener) -> None:
        """Forgets a listener."""
        if listener not in self._listeners:
            return
        self._listeners.remove(listener)
        wish = listener.wish
        alike = self._alike[wish]
        alike.remove(listener)
        if alike:
            return
        del self._alike[wish]
        if wish.board is None:
            what = _what(wish)
            for person in _people(wish):
                wishes = self._wishes[what][person]
                wishes.remove(wish)
                if not wishes:
                    del self._wishes[what][person]
            if not self._wishes[what]:
                del self._wishes[what]

    def days(self) -> list[Days]:
        """What days people are followed over."""
        return [what for what in self._wishes if not isinstance(what, str)]

    def follows(self) -> list[Follows]:
        """The facts that pages are followed for."""
        return [what for what in self._wishes if isinstance(what, str)]

    def concerned(self, what: What, people: Collection[str | None]) -> dict[Wish, list[Listener]]:
        """Who follows this of any of `people`; those who wish alike are together. None: about nobody."""
        of_what = self._wishes.get(what, {})
        wishes = set(of_what.get(EVERYBODY, ())) if people else set[Wish]()
        for person in people:
            wishes |= of_what.get(person, set())
        if isinstance(what, str) and None in people:
            wishes = wishes.union(*of_what.values())
        return {wish: [*self._alike[wish]] for wish in wishes}

    def placed(self) -> list[Listener]:
        """Whose people hang on where they are placed."""
        return [each for wish, alike in self._alike.items() if wish.placed for each in alike]

    def boards(self) -> list[Followed]:
        """Which boards are followed, and by whom."""
        return [Followed(wish.board, [*alike]) for wish, alike in self._alike.items() if wish.board]


def _what(wish: Wish) -> What:
    return wish.follows or (wish.first_day, wish.last_day)


def _people(wish: Wish) -> Collection[str | None]:
    return (EVERYBODY,) if wish.employees is None else wish.employees

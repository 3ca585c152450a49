"""Whom a place of the navigation serves, where that follows from a person's work and not from their role."""

import datetime as dt
from collections import OrderedDict
from typing import NamedTuple

from projections.client_work import FOUND_IN, works_with_clients
from projections.spans import Cursor, Span, moved

KEPT = 4096
"""People of whom it is kept; anybody else is asked about anew."""


class _Found(NamedTuple):
    counted: int
    day: dt.date
    with_clients: bool


class Serving:
    """Who works with clients, kept until a plan or a posting moves.

    What was found last stands for a page that can ask nothing, such as one that says what went wrong.
    """

    def __init__(self) -> None:
        self._held: OrderedDict[str, _Found] = OrderedDict()

    def with_clients(self, employee: str | None) -> bool:
        """Whether places for work with clients serve `employee`, as it was found last; yes if never."""
        held = self._held.get(employee) if employee is not None else None
        return held is None or held.with_clients

    def look(self, cursor: Cursor, employee: str, day: dt.date, counted: int) -> None:
        """Finds it of `employee` on `day`. counted: the position that every read model has reached."""
        held = self._held.get(employee)
        if held is not None and held.day == day and held.counted <= counted:
            if held.counted == counted:
                return
            if not moved(cursor, FOUND_IN, Span(held.counted, counted)):
                self._held[employee] = held._replace(counted=counted)
                return
        self._held[employee] = _Found(counted, day, works_with_clients(cursor, employee, day))
        if len(self._held) > KEPT:
            self._held.popitem(last=False)

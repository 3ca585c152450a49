"""Statements of closed months, kept as the bytes of their answers until a fact comes that may change one.

A closed statement is frozen, and what stands beside it changes by few facts. Of the millions that are work or
that note a reading, none changes it; each of any other type may, also of a type that is not thought of yet.
So an answer counts as long as the last such fact is the one that it was made under, which is asked of the
ledger for every reading, but once for all who read at the same time.
"""

from collections import OrderedDict
from typing import Any, NamedTuple

from psycopg import Cursor

from api.reading import Reading
from api.together import Together
from domain.facts.registry import CREDITED
from domain.facts.trail import AccessRefused, PersonalDataRead

KEPT_ANSWERS = 10_000
"""About 30 MB."""

MOST_UNSEEN = 20_000
"""After more facts than this since the last reading, any of them is taken for one that changes answers."""

HARMLESS = sorted(CREDITED | {AccessRefused.TYPE, PersonalDataRead.TYPE})

CHANGED = """
select
    counted.position,
    case when counted.position - %(after)s > %(most)s then counted.position else (
        select max(j.position) from journal j
        where j.position > %(after)s and j.position <= counted.position and j.type <> all(%(harmless)s)
    ) end
from (select coalesce(min(position), 0) as position from projection) as counted"""


class KeptSlip(NamedTuple):
    """An answer. changed_at: the position of the last fact before it that may change one."""

    changed_at: int
    tag: bytes
    body: bytes


class KeptSlips:
    """The answers about closed months that were given last."""

    def __init__(self, reading: Reading) -> None:
        self._slips: OrderedDict[tuple[str, str], KeptSlip] = OrderedDict()
        self._changed = Together(lambda: reading.ask(self._look))
        self._seen, self._changed_at = -1, 0

    async def changed_at(self) -> int:
        """The position of the last counted fact that may change what is answered about a closed month."""
        return await self._changed.answer()

    async def find(self, employee: str, period: str) -> KeptSlip | None:
        """The answer about the month of a person, if it is what would be answered now."""
        slip = self._slips.get((employee, period))
        if slip is None or slip.changed_at != await self.changed_at():
            return None
        return slip

    def keep(self, employee: str, period: str, slip: KeptSlip) -> None:
        """Remembers an answer; the oldest is forgotten for it."""
        self._slips[employee, period] = slip
        self._slips.move_to_end((employee, period))
        if len(self._slips) > KEPT_ANSWERS:
            self._slips.popitem(last=False)

    def _look(self, cursor: Cursor[Any]) -> int:
        """Looks at what was counted since the last look; only one looks at a time."""
        asked = {"after": self._seen, "most": MOST_UNSEEN, "harmless": HARMLESS}
        counted, changed_at = cursor.execute(CHANGED, asked).fetchone() or (0, 0)
        if self._seen < 0 or counted < self._seen:
            changed_at = counted  # what came before the first look, or before a restored journal, is unknown
            self._slips.clear()
        self._seen = counted
        self._changed_at = self._changed_at if changed_at is None else changed_at
        return self._changed_at

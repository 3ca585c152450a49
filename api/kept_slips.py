"""Statements, kept as the bytes of their answers until a fact comes that may change one.

A closed statement is frozen, and what stands beside it changes by few facts. Of the millions that are work or
that note a reading, none changes it; each of any other type may, also of a type that is not thought of yet.
So an answer counts as long as the last such fact is the one that it was made under. One about an open month
rests on work, too: on the person's own, or on everybody's where some plan counts or ranks what others did.
All that is asked of the ledger for every reading, but once for all who read at the same time.
"""

from collections import OrderedDict
from typing import Any, Literal, NamedTuple, get_args

from psycopg import Cursor

from api.reading import Reading
from api.together import Together
from domain.facts.registry import CREDITED
from domain.facts.trail import AccessRefused, PersonalDataRead

KEPT_ANSWERS = 10_000
"""About 30 MB."""

KEPT_PEOPLE = 100_000
"""Of so many it is remembered when they worked last; of more, everybody counts as having worked just now."""

MOST_UNSEEN = 20_000
"""After more facts than this since the last reading, any of them is taken for one that changes answers."""

HARMLESS = sorted(CREDITED | {AccessRefused.TYPE, PersonalDataRead.TYPE})

CHANGED = """
select
    counted.position,
    counted.position - %(after)s > %(most)s,
    (
        select max(j.position) from journal j
        where j.position > %(after)s and j.position <= counted.position and j.type <> all(%(harmless)s)
            and counted.position - %(after)s <= %(most)s
    ),
    (
        select json_object_agg(employee, position)
        from (
            select c.employee, max(c.position) as position from credit c
            where c.position > %(after)s and c.position <= counted.position
                and counted.position - %(after)s <= %(most)s
            group by c.employee
        ) as worked
    )
from (select coalesce(min(position), 0) as position from projection) as counted"""

RestsOn = Literal["nothing", "own", "all"]
"""Whose work an answer rests on: that of a closed month on nobody's any more."""

RESTS_ON: tuple[RestsOn, ...] = get_args(RestsOn)


class Seen(NamedTuple):
    """What a look at the ledger found. counted: how far. changed_at: of what may change any answer."""

    counted: int
    changed_at: int


class KeptSlip(NamedTuple):
    """An answer. parts: of its body, between which the position stands that it takes into account.

    changed_at, worked_at: positions of the last fact that may change any answer, and of the last work that it
    rests on. rests_on: whose.
    """

    changed_at: int
    worked_at: int
    rests_on: RestsOn
    tag: bytes
    parts: tuple[bytes, ...]

    def body(self, counted: int) -> bytes:
        """The bytes of the answer, when the ledger is counted so far."""
        return (b"%d" % counted).join(self.parts)


class KeptSlips:
    """The answers that were given last."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._slips: OrderedDict[tuple[str, str], KeptSlip] = OrderedDict()
        self._looks = Together(self._look)
        self._seen = Seen(-1, 0)
        self._worked_at: dict[str, int] = {}
        self._all_worked_at = self._any_worked_at = 0

    async def seen(self) -> Seen:
        """How far the ledger is counted, and the last counted fact that may change any answer."""
        return await self._looks.answer()

    async def changed_at(self) -> int:
        """Position of the last counted fact that may change any answer."""
        return (await self.seen()).changed_at

    def worked_at(self, employee: str, rests_on: RestsOn) -> int:
        """Position of the last work of those on whose work an answer about a person rests; 0 for none."""
        if rests_on == "nothing":
            return 0
        if rests_on == "all":
            return self._any_worked_at
        return self._worked_at.get(employee, self._all_worked_at)

    async def find(self, employee: str, period: str) -> tuple[bytes, bytes] | None:
        """The answer about the month of a person, tag and body, if it is what would be answered now."""
        if (employee, period) not in self._slips:
            return None
        seen = await self.seen()
        slip = self._slips.get((employee, period))
        if slip is None or slip.changed_at != seen.changed_at:
            return None
        if slip.worked_at != self.worked_at(employee, slip.rests_on):
            return None
        return slip.tag, slip.body(seen.counted)

    def keep(self, employee: str, period: str, slip: KeptSlip) -> None:
        """Remembers an answer; the oldest is forgotten for it."""
        self._slips[employee, period] = slip
        self._slips.move_to_end((employee, period))
        if len(self._slips) > KEPT_ANSWERS:
            self._slips.popitem(last=False)

    async def _look(self) -> Seen:
        """Looks at what was counted since the last look; only one looks at a time."""
        after = self._seen.counted
        asked = {"after": after, "most": MOST_UNSEEN, "harmless": HARMLESS}

        def question(cursor: Cursor[Any]) -> tuple[int, bool, int | None, dict[str, int] | None]:
            return cursor.execute(CHANGED, asked).fetchone() or (0, False, None, None)

        counted, too_many, changed_at, worked = await self._reading.ask(question)
        if after < 0 or counted < after or too_many:
            # What came before the first look, or before a restored journal, is unknown.
            self._slips.clear()
            changed_at = counted
            self._forget_work(counted)
        if worked:
            self._worked_at |= worked
            self._any_worked_at = max(worked.values())
            if len(self._worked_at) > KEPT_PEOPLE:
                self._forget_work(counted)
        self._seen = Seen(counted, self._seen.changed_at if changed_at is None else changed_at)
        return self._seen

    def _forget_work(self, counted: int) -> None:
        self._worked_at.clear()
        self._all_worked_at = self._any_worked_at = counted

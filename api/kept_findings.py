"""What was found out about everybody, kept until a fact comes that it rests on.

A roster, what is due about people, work without a licence: they are put together from thousands of rows, are
asked for by many pages again and again, and change when somebody is hired, a licence is granted or a shift
is swapped, not while the firm works. They are kept as open statements are, and found as of the position up to
which the ledger was counted, so that what is kept is what would be found anew.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple, TypeVar

from psycopg import Cursor

from api.kept_slips import KeptSlips, RestsOn
from api.reading import View
from projections.spans import Span, moved

KEPT_FINDINGS = 128
"""Of 2,000 people, about 1 MB each."""

_Answer = TypeVar("_Answer")
Question = Callable[[Cursor[Any], int | None], _Answer]


class _Found(NamedTuple):
    """An answer as of the position `counted`.

    changed_at, worked_at: the last fact that may change any, and the last work of anybody.
    """

    counted: int
    changed_at: int
    worked_at: int
    answer: Any


class KeptFindings:
    """The answers that were found last, by what was asked."""

    def __init__(self, kept_slips: KeptSlips) -> None:
        self._slips = kept_slips
        self._held: OrderedDict[Hashable, _Found] = OrderedDict()

    async def ask(
        self,
        view: View,
        key: Hashable,
        rests_on: RestsOn,
        question: Question[_Answer],
        tables: Sequence[str] = (),
    ) -> _Answer:
        """The answer to `question` about everybody, known by `key`; whoever asks leaves it as it is.

        tables: all of the read models that it is found in, each with its positions, if they are few; then
        facts that bring no row and void none of these leave the answer as it is.
        """
        seen = await self._slips.seen()
        worked_at = self._slips.worked_at("", rests_on)
        asked_at = seen.counted if view.known_at is None else view.known_at
        if not max(seen.changed_at, worked_at) <= asked_at <= seen.counted:
            return await view.ask(question)
        held = self._held.get(key)
        if held is not None and held.worked_at == worked_at and held.changed_at != seen.changed_at and tables:
            span = Span(held.counted, seen.counted)
            if held.counted <= seen.counted and not await view.at(
                seen.counted, lambda cursor, _: moved(cursor, tables, span)
            ):
                held = self._held[key] = held._replace(counted=seen.counted, changed_at=seen.changed_at)
        if held is None or (held.changed_at, held.worked_at) != (seen.changed_at, worked_at):
            answer = await view.at(seen.counted, question)
            held = self._held[key] = _Found(seen.counted, seen.changed_at, worked_at, answer)
            if len(self._held) > KEPT_FINDINGS:
                self._held.popitem(last=False)
        self._held.move_to_end(key)
        view.was_found(seen.counted)
        return held.answer

"""Who is called so: the names and ids of everybody, read once and looked through for a part.

Names are encrypted where they are stored, so a search has to read that of everybody. Here they stand in one
text, in memory only, for as long as the roster of that day is the one they were read from and nobody was
erased since; both are asked of the ledger for every search. On another roster, those who bear the name that
was read already keep their part of the text.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, count
from operator import add
from threading import Lock
from typing import Any, NamedTuple

from psycopg import Cursor

from api.names import names_said
from domain.journal.vault import Vault
from domain.people.roster import RosterChange
from projections.roster import Standing

KEPT_DAYS = 2
"""Of so many days the names of everybody are kept: 5 MB each at 100,000 people."""

END = "\x00"
"""Between two people; no name and no id holds it."""


class NameText(NamedTuple):
    """Names and ids in one text, small letters only. begins: where each person's part begins."""

    people: tuple[str, ...]
    begins: tuple[int, ...]
    text: str

    @property
    def parts(self) -> list[str]:
        """The text, by person."""
        return self.text.split(END)[:-1]

    def holding(self, part: str) -> list[str]:
        """Those whose id or name holds `part`, in their order."""
        found: list[str] = []
        if END in part:
            return found
        at = self.text.find(part)
        while at >= 0:
            whose = bisect_right(self.begins, at) - 1
            found.append(self.people[whose])
            if whose + 1 == len(self.people):
                break
            at = self.text.find(part, self.begins[whose + 1])
        return found


def name_text(names: Iterable[tuple[str, str | None]]) -> NameText:
    """The text of people's ids and names."""
    told = [(employee, _part(employee, name)) for employee, name in names]
    return _joined([employee for employee, _ in told], [part for _, part in told])


def _part(employee: str, name: str | None) -> str:
    return f"{employee}\n{name or ''}".casefold()


def _joined(people: Iterable[str], parts: Sequence[str]) -> NameText:
    if not parts:
        return NameText((), (), "")
    ends = accumulate(map(len, parts[:-1]), initial=0)
    return NameText(tuple(people), tuple(map(add, ends, count(0, len(END)))), END.join(parts) + END)


class _Held(NamedTuple):
    """The text of those who stood so. named: what gave each their name. erasures: how many there were."""

    stand: Mapping[str, Standing]
    named: tuple[RosterChange | None, ...]
    erasures: int
    text: NameText


class NameSearch:
    """The names that were looked through last, of whom was asked for on a day."""

    def __init__(self) -> None:
        self._held: OrderedDict[int, _Held] = OrderedDict()
        self._lock = Lock()

    def holding(
        self, cursor: Cursor[Any], vault: Vault, stand: Mapping[str, Standing], part: str
    ) -> list[Standing]:
        """Those of `stand` whose id or name holds `part`. The text is kept while `stand` is the same object.

        Raises: KeysUnavailable.
        """
        return [stand[employee] for employee in self._text(cursor, vault, stand).holding(part)]

    def _text(self, cursor: Cursor[Any], vault: Vault, stand: Mapping[str, Standing]) -> NameText:
        """The names of those who `stand`; one thread at a time reads them."""
        erasures = vault.erasures(cursor)
        with self._lock:
            held = self._held.get(id(stand))
            if held is None or held.stand is not stand or held.erasures != erasures:
                last = next(reversed(self._held.values()), None)
                known = last if last is not None and last.erasures == erasures else None
                named = tuple(each.named for each in stand.values())
                text = _text(cursor, vault, stand, named, known)
                self._held[id(stand)] = held = _Held(stand, named, erasures, text)
                while len(self._held) > KEPT_DAYS:
                    self._held.popitem(last=False)
            self._held.move_to_end(id(stand))
            return held.text


def _text(
    cursor: Cursor[Any],
    vault: Vault,
    stand: Mapping[str, Standing],
    named: tuple[RosterChange | None, ...],
    known: _Held | None,
) -> NameText:
    """The text of those who `stand`; only names are read that are not `known`."""
    people = tuple(stand)
    if known is not None and known.text.people == people and known.named == named:
        return known.text
    before = {} if known is None else dict(zip(known.text.people, known.named, strict=True))
    parts = {} if known is None else dict(zip(known.text.people, known.text.parts, strict=True))
    # Of a hundred thousand, whoever is the same is passed over quickly.
    named_before = map(before.get, people)
    lacking = [
        employee
        for employee, name, was in zip(people, named, named_before, strict=True)
        if (name is not was and name != was) or employee not in parts
    ]
    said = names_said(cursor, vault, (stand[employee].named for employee in lacking))
    parts |= {employee: _part(employee, said.get(employee)) for employee in lacking}
    return _joined(people, [*map(parts.__getitem__, people)])

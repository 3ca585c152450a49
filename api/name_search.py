"""Who is called so: the names and ids of everybody, read once and looked through for a part.

Names are encrypted where they are stored, so a search has to read that of everybody. Here they stand in one
text, in memory only, for as long as the roster of that day is the one they were read from and nobody was
erased since; both are asked of the ledger for every search.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from psycopg import Cursor

from api.names import names_said
from domain.journal.vault import Vault
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
    people: list[str] = []
    begins: list[int] = []
    parts: list[str] = []
    at = 0
    for employee, name in names:
        part = f"{employee}\n{name or ''}".casefold() + END
        people.append(employee)
        begins.append(at)
        parts.append(part)
        at += len(part)
    return NameText(tuple(people), tuple(begins), "".join(parts))


class NameSearch:
    """The names that were looked through last, of whom was asked for on a day."""

    def __init__(self) -> None:
        self._held: OrderedDict[int, tuple[Mapping[str, Standing], int, NameText]] = OrderedDict()

    def holding(
        self, cursor: Cursor[Any], vault: Vault, stand: Mapping[str, Standing], part: str
    ) -> list[Standing]:
        """Those of `stand` whose id or name holds `part`. The text is kept while `stand` is the same object.

        Raises: KeysUnavailable.
        """
        erasures = vault.erasures(cursor)
        held = self._held.get(id(stand))
        if held is None or held[0] is not stand or held[1] != erasures:
            said = names_said(cursor, vault, (each.named for each in stand.values()))
            text = name_text((employee, said.get(employee)) for employee in stand)
            self._held[id(stand)] = held = stand, erasures, text
            while len(self._held) > KEPT_DAYS:
                self._held.popitem(last=False)
        return [stand[employee] for employee in held[2].holding(part)]

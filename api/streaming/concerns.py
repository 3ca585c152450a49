"""Whom facts concern: what stands on an open page may change when one comes about somebody whom it shows."""

from typing import Literal, NamedTuple

from domain.facts import accounts, trail
from domain.facts.base import Fact
from domain.facts.registry import CREDITED
from projections.spans import Cursor, Span

Follows = Literal["all_facts", "all_but_work"]
"""The facts that a page rests on. Nearly all that a firm records are work, on which plans do not rest."""

SILENT = sorted(
    kind.TYPE
    for module in (trail, accounts)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Fact) and kind is not Fact
)
"""What reading leaves behind, and who signs in: else a page that is shown anew would call for itself."""

CONCERNED = """
select distinct j.type = any(%(work)s), named.tag
from journal j left join lateral (
    select said.tag from unnest(j.tags) as said (tag) where starts_with(said.tag, 'employee:')
) as named on true
where j.position > %(after)s and j.position <= %(upto)s and j.type <> all(%(silent)s)"""


class Concerned(NamedTuple):
    """Whom the facts of a span are about, by work and by all else; None for those that name nobody."""

    work: frozenset[str | None]
    other: frozenset[str | None]

    def of(self, follows: Follows) -> frozenset[str | None]:
        """Whom those facts are about that somebody follows."""
        return self.other if follows == "all_but_work" else self.other | self.work


def concerned(cursor: Cursor, span: Span) -> Concerned:
    """Whom the facts of `span` are about, but for the silent ones."""
    asked = {**span.bounds, "work": sorted(CREDITED), "silent": SILENT}
    found: tuple[set[str | None], set[str | None]] = (set(), set())
    for is_work, tag in cursor.execute(CONCERNED, asked):
        found[is_work].add(tag and tag.removeprefix("employee:"))
    return Concerned(frozenset(found[True]), frozenset(found[False]))

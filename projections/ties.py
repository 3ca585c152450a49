"""Whose credits count for whom, out of the roster as known at a position; read for those concerned only."""

from collections.abc import Collection, Mapping

from psycopg.sql import SQL, Composed, Identifier

from domain.people.ties import ABOVE, Relation, Ties, ties
from projections import roster
from projections.spans import Cursor

BELOW = SQL(
    """
with recursive below (employee) as (
    select unnest(%(holders)s::text[]) collate "C"
    union
    select r.employee from below join roster_change r on r.manager = below.employee
)
select employee from below"""
)

NEXT = SQL("select employee from roster_change where {field} = any(%(holders)s)")

BESIDE = SQL(
    """
select employee from roster_change
where {field} in (select {field} from roster_change where employee = any(%(holders)s))"""
)


def ties_of(
    cursor: Cursor, relation: Relation, holders: Collection[str] | None, known_at: int | None
) -> Ties:
    """Whom `holders`, or everybody, hold, as known at position `known_at`; others may be told of as well."""
    if holders is None:
        return ties(relation, roster.changes(cursor, None, known_at))
    return ties(relation, roster.changes(cursor, sorted(kin(cursor, relation, holders)), known_at))


class Kept:
    """The ties of `holders`, read once for each relation that is asked for."""

    def __init__(self, cursor: Cursor, holders: Collection[str], known_at: int | None) -> None:
        self._asked = cursor, holders, known_at
        self._found: dict[Relation, Ties] = {}

    def of(self, relation: Relation) -> Ties:
        """Whom the holders hold."""
        if relation not in self._found:
            cursor, holders, known_at = self._asked
            self._found[relation] = ties_of(cursor, relation, holders, known_at)
        return self._found[relation]


def kin(cursor: Cursor, relation: Relation, holders: Collection[str]) -> set[str]:
    """`holders`, and everybody who may ever have been tied to them; too many do no harm."""
    found = cursor.execute(_KIN[relation], {"holders": list(holders)}, prepare=False)
    return {*holders, *(employee for (employee,) in found)}


_KIN: Mapping[Relation, SQL | Composed] = {
    "reports": BELOW,
    "direct_reports": NEXT.format(field=Identifier(ABOVE["direct_reports"])),
    "mentees": NEXT.format(field=Identifier(ABOVE["mentees"])),
    "assisted": NEXT.format(field=Identifier(ABOVE["assisted"])),
    "team": BESIDE.format(field=Identifier("team")),
    "branch": BESIDE.format(field=Identifier("branch")),
}

"""Whose value on a board the facts between two positions may have changed, whichever of them comes first."""

from typing import NamedTuple

from projections.spans import Cursor

TOUCHED = """
select cause, employee from (
    select 'work' as cause, employee from credit
    where position > %(after)s and position <= %(upto)s
    union all
    select 'work', employee from credit
    where void_position > %(after)s and void_position <= %(upto)s
    union all
    select 'work', c.employee from confirmation f join credit c on c.position = f.fact_position
    where f.position > %(after)s and f.position <= %(upto)s
    union all
    select 'work', c.employee from confirmation f join credit c on c.position = f.fact_position
    where f.void_position > %(after)s and f.void_position <= %(upto)s
    union all
    select 'work', employee from credential_change
    where position > %(after)s and position <= %(upto)s
    union all
    select 'work', employee from credential_change
    where void_position > %(after)s and void_position <= %(upto)s
    union all
    select 'place', employee from roster_change
    where position > %(after)s and position <= %(upto)s
    union all
    select 'place', employee from roster_change
    where void_position > %(after)s and void_position <= %(upto)s
    union all
    select 'rate', null from exchange_rate
    where position > %(after)s and position <= %(upto)s
        or void_position > %(after)s and void_position <= %(upto)s
) as told
group by cause, employee"""


class Touched(NamedTuple):
    """Whom facts are about, and what else they say.

    work: whose work, confirmations or licences are others. place: who came, left or moved. rates: whether
    some exchange rate is another one.
    """

    work: set[str]
    place: set[str]
    rates: bool


def touched(cursor: Cursor, one: int, other: int) -> Touched:
    """What the facts say that are known at only one of two positions."""
    found: dict[str, set[str]] = {"work": set(), "place": set(), "rate": set()}
    for cause, employee in cursor.execute(TOUCHED, {"after": min(one, other), "upto": max(one, other)}):
        found[cause].add(employee)
    return Touched(found["work"], found["place"], bool(found["rate"]))

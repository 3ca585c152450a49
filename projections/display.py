"""Who is shown by name on boards and among honours, by the person's own last choice.

The choice of now holds, whatever position is asked about: who asks not to be shown is shown nowhere.
"""

from collections.abc import Callable

import msgspec

from domain.facts.governance import BoardDisplayChosen
from projections.boards import Ranked
from projections.honours import Honour
from projections.rows import facts_of, store
from projections.spans import Cursor, Span, mark_voided

NAME = "display"
VERSION = 1
TABLES = ("display_choice",)
FACTS = frozenset({"board_display_chosen", "fact_voided"})

SCHEMA = """
create table display_choice (
    position      bigint primary key,
    employee      text   not null collate "C",
    display       text   not null collate "C" check (display in ('named', 'anonymous')),
    void_position bigint check (void_position > position)
);
comment on table display_choice is 'Whether people are shown by name on boards; the last choice holds.';
comment on column display_choice.position is 'Of the fact in the journal.';
comment on column display_choice.void_position is 'Position of the void that cancelled the fact.';
"""

ANONYMOUS = """
select employee, position from (
    select distinct on (employee) employee, position, display from display_choice
    where void_position is null
    order by employee, position desc
) as last
where display = 'anonymous'"""


class _Choice(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    employee: str
    display: str


def project(cursor: Cursor, span: Span) -> None:
    """Adds the choices of the span, and marks those voided in it."""
    rows: list[_Choice] = []
    for position, fact in facts_of(cursor, span, "board_display_chosen"):
        assert isinstance(fact, BoardDisplayChosen), "no other type is asked for"
        rows.append(_Choice(position=position, employee=fact.employee, display=fact.display))
    store(cursor, "display_choice", rows)
    mark_voided(cursor, span, *TABLES)


def anonymous(cursor: Cursor) -> dict[str, str]:
    """Whoever is not to be shown by name, each with what stands for the name: the same on every board."""
    return {employee: f"anonymous-{at}" for employee, at in cursor.execute(ANONYMOUS)}


def displayed(cursor: Cursor, ranked: Ranked, sees: Callable[[str], bool]) -> Ranked:
    """`ranked` for a reader who `sees` some people by name in spite of their choice: every place is there."""
    hidden = {who: name for who, name in anonymous(cursor).items() if not sees(who)}
    if not hidden:
        return ranked
    places = tuple(
        msgspec.structs.replace(each, employee=hidden[each.employee], branch=None, team=None, anonymous=True)
        if each.employee in hidden
        else each
        for each in ranked.places
    )
    return msgspec.structs.replace(ranked, places=places)


def honours_displayed(cursor: Cursor, found: list[Honour], sees: Callable[[str], bool]) -> list[Honour]:
    """`found` for such a reader; of an honour without a name no evidence is told: it would name them."""
    hidden = {who: name for who, name in anonymous(cursor).items() if not sees(who)}
    return [
        msgspec.structs.replace(each, employee=hidden[each.employee], evidence=[])
        if each.employee in hidden
        else each
        for each in found
    ]

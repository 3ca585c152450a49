"""The opening of the ledger, which fixes its zone and its currency."""

from typing import NamedTuple

from domain.facts.governance import LedgerOpened
from domain.facts.registry import decode
from projections.spans import Cursor

OPENING = """
select position, data::text from journal where type = 'ledger_opened' and position <= %(known_at)s
order by position limit 1"""


class Opening(NamedTuple):
    """How a ledger was opened. position: 0 while it was not, which is as good as with the defaults."""

    position: int
    fact: LedgerOpened


UNOPENED = Opening(0, LedgerOpened(name="unopened"))


def opening(cursor: Cursor, known_at: int) -> Opening:
    """The opening, as known at position `known_at`."""
    found = cursor.execute(OPENING, {"known_at": known_at}).fetchone()
    if found is None:
        return UNOPENED
    fact = decode("ledger_opened", found[1])
    assert isinstance(fact, LedgerOpened)
    return Opening(found[0], fact)

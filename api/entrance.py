"""The way in, put together: the gate, what it knows people by, and how they come to be known."""

from collections.abc import Callable
from typing import NamedTuple

from api import ops
from api.accounts.entering import Entering
from api.auth import Gate
from api.leavers import Leavers
from api.ops import Ledger
from api.reach import Reaching
from api.reading import Reading
from api.sessions import Sessions, lifetime
from api.sign_in import SignIn, jwts_of
from api.tokens import Tokens, token_file
from api.trail import Trail


class Entrance(NamedTuple):
    """What lets people and programs in."""

    gate: Gate
    sessions: Sessions
    entering: Entering

    def given(self) -> dict[str, object]:
        """By name, what handlers ask for of it."""
        return {
            "gate": self.gate,
            "sessions": self.sessions,
            "entering": self.entering,
            "own_cookies": self.gate.cookies,
        }


def entrance(
    ledger: Ledger,
    reading: Reading,
    query_names: dict[str, frozenset[str]],
    trail: Callable[[], Trail],
) -> Entrance:
    """The way into the service over `ledger`, as its settings want it."""
    settings = ledger.settings
    sessions = Sessions(reading, lifetime(settings))
    sign_in = SignIn(Tokens(token_file(settings.home)), jwts_of(settings), sessions)
    gate = Gate(sign_in, Leavers(reading), Reaching(reading), query_names, trail, settings.public_url)
    required = frozenset(settings.second_factor_roles.split())
    entering = Entering(reading, ledger.vault, trail, sessions, required, ops.now)
    return Entrance(gate, sessions, entering)

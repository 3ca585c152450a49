"""The way in, put together: the gate, what it knows people by, and how they come to be known."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from api import ops
from api.accounts.entering import Entering
from api.auth import Gate
from api.code_flow import Client, CodeFlow
from api.issuer import Issuer
from api.leavers import Leavers
from api.limits import Limits
from api.ops import Ledger
from api.questions import Question
from api.reach import Reaching
from api.reading import Reading
from api.sessions import Sessions, lifetime
from api.settings import Settings
from api.sign_in import SignIn, jwts_of
from api.streaming.tickets import Tickets
from api.tokens import Tokens, token_file
from api.trail import Trail


class Entrance(NamedTuple):
    """What lets people and programs in."""

    gate: Gate
    sessions: Sessions
    entering: Entering
    code_flow: CodeFlow | None

    def given(self) -> dict[str, object]:
        """By name, what handlers ask for of it."""
        return {
            "gate": self.gate,
            "sessions": self.sessions,
            "entering": self.entering,
            "code_flow": self.code_flow,
            "own_cookies": self.gate.cookies,
        }


def entrance(
    ledger: Ledger,
    reading: Reading,
    questions: Mapping[str, Question],
    trail: Callable[[], Trail],
    limits: Limits | None = None,
) -> Entrance:
    """The way into the service over `ledger`, as its settings want it. limits: those of all workers."""
    settings = ledger.settings
    sessions = Sessions(reading, lifetime(settings))
    tokens = Tokens(token_file(settings.home), ledger=settings.ledger)
    issuer = Issuer(settings.oidc_issuer) if settings.oidc_issuer else None
    sign_in = SignIn(tokens, jwts_of(settings, issuer, settings.oidc_audience), sessions)
    gate = Gate(
        sign_in,
        Leavers(reading),
        Reaching(reading),
        questions,
        trail,
        limits or Limits(settings),
        Tickets(reading),
        settings.public_url,
    )
    required = frozenset(settings.second_factor_roles.split())
    entering = Entering(reading, ledger.vault, trail, sessions, required, ops.now)
    return Entrance(gate, sessions, entering, _code_flow(settings, issuer, tokens, reading, sessions, trail))


def _code_flow(
    settings: Settings,
    issuer: Issuer | None,
    tokens: Tokens,
    reading: Reading,
    sessions: Sessions,
    trail: Callable[[], Trail],
) -> CodeFlow | None:
    """Who signs people in at the issuer; None where the settings name no client of one."""
    jwts = jwts_of(settings, issuer, settings.oidc_client_id)
    if issuer is None or jwts is None or settings.oidc_client_id is None:
        return None
    client = Client(settings.oidc_client_id, settings.oidc_client_secret, settings.oidc_title)
    return CodeFlow(client, issuer, jwts, tokens, reading, sessions, trail, ops.now)

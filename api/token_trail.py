"""Tokens in the trail: who was given one, for whom, as what and for how long, and who took it back."""

from api.noting import note
from api.ops import Ledger
from api.tokens import TokenEntry
from domain.facts.trail import TokenMade, TokenRevoked


def note_made(ledger: Ledger, entry: TokenEntry, actor: str) -> None:
    """Writes that `actor` makes this token.

    Raises: a Refusal, such as UnknownEmployee for a person whom nobody hired.
    """
    expires_at = entry.expires_at and entry.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    made = TokenMade(
        caller=entry.name,
        role=entry.role,
        scope=entry.scope,
        employee=entry.employee,
        branches=list(entry.branches) or None,
        expires_at=expires_at,
    )
    note(ledger, made, actor)


def note_revoked(ledger: Ledger, entry: TokenEntry, actor: str) -> None:
    """Writes that `actor` has revoked this token, or barred a name that an issuer lets in.

    Raises: a Refusal.
    """
    here = bool(entry.sha256)
    note(
        ledger,
        TokenRevoked(caller=entry.name, role=entry.role if here else None, employee=entry.employee),
        actor,
    )

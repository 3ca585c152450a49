"""Tokens in the trail: who was given one, for whom, as what and for how long, and who took it back."""

from uuid import uuid4

import msgspec

from api.intake import Submission
from api.ops import SOURCE, Ledger, now, submit_one
from api.tokens import TokenEntry
from domain.facts.base import Fact
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
    _note(ledger, made, actor)


def note_revoked(ledger: Ledger, entry: TokenEntry, actor: str) -> None:
    """Writes that `actor` has revoked this token, or barred a name that an issuer lets in.

    Raises: a Refusal.
    """
    here = bool(entry.sha256)
    _note(
        ledger,
        TokenRevoked(caller=entry.name, role=entry.role if here else None, employee=entry.employee),
        actor,
    )


def _note(ledger: Ledger, fact: Fact, actor: str) -> None:
    said = {name: value for name, value in msgspec.to_builtins(fact).items() if value is not None}
    key = f"{fact.TYPE.replace('_', '-')}/{uuid4().hex}"
    submit_one(
        ledger, Submission(type=fact.TYPE, source=SOURCE, key=key, occurred_at=now(), data=said), actor
    )

"""The addresses about administering.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from ..answers import (
    AccountDone,
    AccountShown,
    ImportRun,
    SessionShown,
    Storage,
    Titled,
    TokenGiven,
    TokenShown,
)
from ..wire import Wire, part


class AdministeringAddresses:
    """What is asked and sent about administering."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read_titles(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        kind: Sequence[str] | None = None,
        lacks: Literal["en", "zh"] | None = None,
    ) -> Iterator[Titled]:
        """What ids are called."""
        return self._wire.rows(
            "/v1/titles",
            {"known_at": known_at, "at_least": at_least, "limit": limit, "kind": kind, "lacks": lacks},
        )

    def read_tokens(self) -> list[TokenShown]:
        """The tokens that were made."""
        return self._wire.json("GET", "/v1/tokens")

    def make_token(self, body: Mapping[str, Any]) -> TokenGiven:
        """Make a token."""
        return self._wire.json("POST", "/v1/tokens", body=body)

    def revoke_token(self, name: str) -> TokenShown:
        """Revoke a token."""
        return self._wire.json("POST", f"/v1/tokens/{part(name)}/revoke")

    def read_accounts(self) -> list[AccountShown]:
        """The accounts that are kept here."""
        return self._wire.json("GET", "/v1/accounts")

    def make_account(self, body: Mapping[str, Any]) -> AccountDone:
        """Make an account."""
        return self._wire.json("POST", "/v1/accounts", body=body)

    def change_account(self, name: str, body: Mapping[str, Any]) -> AccountDone:
        """Lock, unlock, reset or remove an account."""
        return self._wire.json("POST", f"/v1/accounts/{part(name)}/changes", body=body)

    def read_sessions(self) -> list[SessionShown]:
        """Who is signed in."""
        return self._wire.json("GET", "/v1/sessions")

    def end_session(self, session: str) -> None:
        """End a session."""
        self._wire.nothing("POST", f"/v1/sessions/{part(session)}/end")

    def read_imports(self) -> list[ImportRun]:
        """The last imports."""
        return self._wire.json("GET", "/v1/imports")

    def try_import(self, body: Mapping[str, Any]) -> ImportRun:
        """Try a file."""
        return self._wire.json("POST", "/v1/imports", body=body)

    def read_import(self, id: str) -> ImportRun:
        """An import."""
        return self._wire.json("GET", f"/v1/imports/{part(id)}")

    def confirm_import(self, id: str) -> ImportRun:
        """Import a file that was tried."""
        return self._wire.json("POST", f"/v1/imports/{part(id)}/confirm")

    def read_storage(self) -> Storage:
        """How much room the ledger takes."""
        return self._wire.json("GET", "/v1/storage")

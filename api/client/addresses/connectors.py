"""The addresses about connectors.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from ..answers import ConnectorInUse, ConnectorReceipt, ConnectorReport, Entry, ReadEntry, Settlement
from ..wire import Wire, part


class ConnectorsAddresses:
    """What is asked and sent about connectors."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read_connectors(
        self, *, known_at: int | str | None = None, at_least: int | None = None
    ) -> list[ConnectorInUse]:
        """Connectors in use."""
        return self._wire.json("GET", "/v1/connectors", {"known_at": known_at, "at_least": at_least})

    def take_records(self, name: str, body: Any, *, dry_run: bool | None = None) -> ConnectorReceipt:
        """Send records of another system."""
        return self._wire.json("POST", f"/v1/connectors/{part(name)}", {"dry_run": dry_run}, body=body)

    def read_report(self, name: str) -> ConnectorReport:
        """What became of what a connector was sent."""
        return self._wire.json("GET", f"/v1/connectors/{part(name)}/report")

    def read_quarantine(
        self,
        *,
        connector: str | None = None,
        state: Literal["held", "released", "corrected", "discarded"] | None = None,
        kind: str | None = None,
        limit: int | None = None,
    ) -> Iterator[Entry]:
        """Records that were refused and are kept."""
        return self._wire.rows(
            "/v1/quarantine",
            {"connector": connector, "state": state, "kind": kind, "limit": limit},
            field="entries",
            cursor="next",
        )

    def read_entry(self, entry: str) -> ReadEntry:
        """A record that was refused."""
        return self._wire.json("GET", f"/v1/quarantine/{part(entry)}")

    def release_entry(self, entry: str, body: Mapping[str, Any]) -> Settlement:
        """Let a refused record pass."""
        return self._wire.json("POST", f"/v1/quarantine/{part(entry)}/release", body=body)

    def discard_entry(self, entry: str, body: Mapping[str, Any]) -> Settlement:
        """Let a refused record go."""
        return self._wire.json("POST", f"/v1/quarantine/{part(entry)}/discard", body=body)

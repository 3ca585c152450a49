"""The addresses about seal.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from ..answers import Consistency, KeptCheckpoint
from ..wire import Wire, part


class SealAddresses:
    """What is asked and sent about seal."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read_checkpoint(self) -> bytes:
        """The newest signed checkpoint."""
        return self._wire.file("/v1/checkpoint", accept="text/plain")

    def read_checkpoints(self, *, below: int | None = None, limit: int | None = None) -> list[KeptCheckpoint]:
        """The checkpoints that are kept."""
        return self._wire.json("GET", "/v1/checkpoints", {"below": below, "limit": limit})

    def read_consistency(self, *, old: int, new: int) -> Consistency:
        """The proof that one checkpoint continues another."""
        return self._wire.json("GET", "/v1/checkpoints/consistency", {"old": old, "new": new})

    def read_tile(self, path: str) -> bytes:
        """A tile of the Merkle tree."""
        return self._wire.file(f"/v1/tile/{part(path)}", accept="application/octet-stream")

    def read_proof(self, position: int) -> bytes:
        """The proof that a fact is under the seal."""
        return self._wire.file(f"/v1/facts/{part(position)}/proof", accept="text/plain")

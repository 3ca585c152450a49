"""Facts about the ways in for other systems: connectors, and what became of records they could not take."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from domain.facts.base import Digest, Fact, Label, Position, Reason

ConnectorId = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9\-]{0,63}\Z", description="Id of a connector.")]
EntryId = Annotated[
    str, Meta(pattern=r"^[0-9a-f]{32}\Z", description="Id of a record that was put in quarantine.")
]


class ConnectorSet(Fact, frozen=True, kw_only=True):
    """Records of `connector` are translated by this mapping from now on; facts made before stay as they are.

    document: the mapping as JSON, every scalar a text. document_hash: SHA-256 of its canonical JSON.
    """

    TYPE: ClassVar[str] = "connector_set"
    connector: ConnectorId
    document: dict[str, object]
    document_hash: Digest
    reason: Reason | None = None


class ConnectorRemoved(Fact, frozen=True, kw_only=True):
    """`connector` takes no more records; the facts that it brought stay."""

    TYPE: ClassVar[str] = "connector_removed"
    connector: ConnectorId
    reason: Reason | None = None


class QuarantineSettled(Fact, frozen=True, kw_only=True):
    """Somebody decided on a record that `connector` had refused; the actor is who.

    settled_as: released as it is or mended, corrected (what stood under its key was voided first), or
    discarded. kind: of the refusal. mended: whether the record itself was changed. positions: of the facts
    that it gave at last. received_digest: SHA-256 of the record as it came.
    """

    TYPE: ClassVar[str] = "quarantine_settled"
    entry: EntryId
    connector: ConnectorId
    settled_as: Literal["released", "corrected", "discarded"]
    kind: Label
    mended: bool
    received_digest: Digest
    reason: Reason
    positions: Annotated[list[Position], Meta(max_length=200)] | None = None

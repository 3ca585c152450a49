"""Facts about how a plan comes to be and is taken note of: drafts, proposals, comments, acknowledgements."""

from typing import Annotated, ClassVar

from msgspec import Meta

from domain.facts.base import Day, Digest, DraftId, EmployeeId, Fact, Label, Note, PlanId, Position, Reason

DocumentPath = Annotated[
    str,
    Meta(
        pattern=r"^[\w.\[\]\-]{1,200}\Z",
        description="Path in a plan document: `components.per_client.rate`, `components[0].rate`.",
    ),
]


class PlanDrafted(Fact, frozen=True, kw_only=True):
    """A plan document was put up for comment; it pays nobody anything until it is adopted.

    document: the whole document as JSON, without floats. document_hash: SHA-256 of its canonical JSON.
    replaces: the draft that this one improves, which is closed by it.
    """

    TYPE: ClassVar[str] = "plan_drafted"
    plan: PlanId
    draft: DraftId
    effective_from: Day
    document: dict[str, object]
    document_hash: Digest
    reason: Reason | None = None
    replaces: DraftId | None = None


class AdoptionProposed(Fact, frozen=True, kw_only=True):
    """Somebody asks that an open draft be adopted; somebody else adopts exactly that.

    document_hash: of the draft's document. Withdrawn by a void.
    """

    TYPE: ClassVar[str] = "adoption_proposed"
    plan: PlanId
    draft: DraftId
    document_hash: Digest


class PlanCommented(Fact, frozen=True, kw_only=True):
    """Somebody whom a draft may concern says something about it.

    employee: who says it. path: the part of the document that is meant; absent for all of it.
    """

    TYPE: ClassVar[str] = "plan_commented"
    plan: PlanId
    draft: DraftId
    employee: EmployeeId
    note: Note
    path: DocumentPath | None = None


class PlanAcknowledged(Fact, frozen=True, kw_only=True):
    """A person has read the version of a plan that pays them.

    adopted_at: position of the version's adoption. document_hash: of the document that was read.
    signature: where the signed paper is filed, when somebody else records it.
    """

    TYPE: ClassVar[str] = "plan_acknowledged"
    employee: EmployeeId
    plan: PlanId
    adopted_at: Position
    document_hash: Digest
    signature: Label | None = None

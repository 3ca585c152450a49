"""Facts about words: what the firm's own ids are called where people read them."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from domain.facts.base import Fact, Label

TitledKind = Literal[
    "branch",
    "department",
    "team",
    "post",
    "credential",
    "qualification",
    "skill",
    "client",
    "stage",
    "channel",
    "product",
    "deal",
    "visit",
    "follow_up",
    "activity",
    "procedure",
    "nursing",
    "paper",
    "complaint",
    "approval",
    "shift",
    "role",
]
"""What an id stands for; one id may stand for several things, each with a title of its own."""

TitleText = Annotated[
    str, Meta(pattern=r"^[^\x00-\x1f]{1,64}\Z", description="What it is called, without personal data.")
]

_FIELDS: Mapping[str, TitledKind] = {
    "branch": "branch",
    "into": "branch",
    "department": "department",
    "team": "team",
    "post": "post",
    "channel": "channel",
    "product": "product",
    "credentials": "credential",
    "pattern": "shift",
    "colleague_pattern": "shift",
    "role": "role",
}
"""Fields that mean the same in every fact."""

_KINDS: Mapping[str, TitledKind] = {
    "customer_registered": "client",
    "stage_reached": "stage",
    "credential_granted": "credential",
    "qualification_graded": "qualification",
    "skill_graded": "skill",
    "deal_closed": "deal",
    "deal_reversed": "deal",
    "visit_recorded": "visit",
    "follow_up_recorded": "follow_up",
    "activity_recorded": "activity",
    "procedure_performed": "procedure",
    "nursing_recorded": "nursing",
    "paper_published": "paper",
    "complaint_received": "complaint",
    "approval_asked": "approval",
}
"""Whose kind the field `kind` says, by type of fact."""


class TitleSet(Fact, frozen=True, kw_only=True):
    """An id is called so in English and Chinese; of each id the last one holds.

    It changes what people read and nothing else: facts, plans and files for programs keep the id.
    Source: the administrator, HR, or a list of names out of the system that the ids come from.
    """

    TYPE: ClassVar[str] = "title_set"
    kind: TitledKind
    id: Label
    en: TitleText
    zh: TitleText


def titled_kind(type: str, field: str) -> TitledKind | None:
    """What the ids in a field of a fact stand for; None where it holds none that has a title."""
    return _KINDS.get(type) if field == "kind" else _FIELDS.get(field)

"""Facts about posts: how many a unit may have, and for which kind of employment."""

from typing import Annotated, ClassVar

from msgspec import Meta

from domain.facts.base import BranchId, Day, Fact, Label, Reason
from domain.facts.people import Employment

Posts = Annotated[int, Meta(ge=0, le=1_000_000, description="How many posts.")]


class PostsEstablished(Fact, frozen=True, kw_only=True):
    """From `effective_on` a unit has so many posts for one kind of employment, whatever it had before.

    department: the unit; absent for the whole branch where it has none. post: for this work only.
    """

    TYPE: ClassVar[str] = "posts_established"
    branch: BranchId
    employment: Employment
    posts: Posts
    effective_on: Day
    department: Label | None = None
    post: Label | None = None
    reason: Reason | None = None

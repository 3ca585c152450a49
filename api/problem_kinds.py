"""What each kind of problem means, at the address that a problem document gives as its type."""

from typing import Annotated

import msgspec
from litestar import get
from litestar.params import PathParameter

from api.problems import NotFound, kinds, status_of


class ProblemKind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of problem and what it means."""

    type: str
    title: str
    status: int


@get("/problems/{kind:str}", summary="What a kind of problem means", tags=["problems"], opt={"open": True})
async def problem_kind(
    kind: Annotated[str, PathParameter(description="As in a problem's type.")],
) -> ProblemKind:
    """The description behind the address that a problem document gives as its type."""
    for refusal in kinds():
        if refusal.kind == kind:
            title = (refusal.__doc__ or "").strip().splitlines()[0]
            return ProblemKind(type=f"/v1/problems/{kind}", title=title, status=status_of(refusal))
    raise NotFound(
        field="kind", detail=f"{kind!r} is not a kind of problem.", remedy="Take it from a problem's type."
    )

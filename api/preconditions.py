"""Changes that are meant for what was read: of a thing that has an ETag, a change names it in If-Match.

Without it the one who writes last would undo, unseen, what another has changed meanwhile.
"""

from typing import Annotated

from litestar.params import HeaderParameter

from api.problems import ChangedMeanwhile, PreconditionNeeded

ANY = "*"

IF_MATCH = "If-Match"
IfMatch = Annotated[
    str | None,
    HeaderParameter(
        name=IF_MATCH,
        description="The ETag of what was read, else 412; `*` for whatever stands. Without it: 428.",
    ),
]


def require_match(if_match: str | None, tag: str, what: str, address: str) -> None:
    """Checks that a change is meant for a thing as it stands, which `tag` says.

    what: the thing, in words. address: where it is read.
    Raises: PreconditionNeeded where the change does not say what it is meant for; ChangedMeanwhile.
    """
    if if_match is None:
        raise PreconditionNeeded(
            field=IF_MATCH,
            detail=f"The change does not say which state of {what} it is meant for.",
            remedy=f"Read {address}, and send its ETag along as If-Match; `*` changes whatever stands.",
        )
    held = {each.strip() for each in if_match.split(",")}
    if not held & {ANY, tag}:
        raise ChangedMeanwhile(
            field=IF_MATCH,
            detail=f"{what[:1].upper()}{what[1:]} was changed since it was read.",
            remedy=f"Read {address} again, and send the change with its ETag.",
        )

"""The signed heads of the log that are kept, and the proof that one continues another."""

import datetime as dt
from base64 import b64encode
from typing import Annotated, Any

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from psycopg import Cursor

from api.reading import Reading
from domain.journal import sealed
from domain.journal.checkpoint import hash_lines
from domain.journal.sealed import Signed
from domain.refusals import BadField

LAST = 2**63 - 1
MOST = 200


class KeptCheckpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A signed head. size: how many records it covers. root: of their tree, in base64, as the note has it.

    note: the signed note (C2SP tlog-checkpoint) with its cosignatures. signed_by: the names on it.
    hands_over: it names the key that signs from there on.
    """

    number: int
    size: int
    root: str
    signed_at: dt.datetime
    hands_over: bool
    is_witnessed: bool
    signed_by: list[str]
    note: str


class Consistency(msgspec.Struct, frozen=True, kw_only=True):
    """That a tree begins a later one. old, new: their sizes. hashes: of RFC 6962, 2.1.2, in base64."""

    old: int
    new: int
    hashes: list[str]


@get(
    "/checkpoints",
    summary="The checkpoints that are kept",
    tags=["seal"],
    opt={"action": "read_facts", "personal": "none", "reach": "all"},
)
async def read_checkpoints(
    reading: NamedDependency[Reading],
    below: Annotated[int | None, QueryParameter(ge=1, description="Only those of lower numbers.")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MOST, description="The most of them.")] = 20,
) -> list[KeptCheckpoint]:
    """Signed heads of the log, the newest first; of older ones not all are kept."""

    def question(cursor: Cursor[Any]) -> list[KeptCheckpoint]:
        return [_kept(each) for each in sealed.latest(cursor, min(below or LAST, LAST), limit)]

    return await reading.ask(question)


@get(
    "/checkpoints/consistency",
    summary="The proof that one checkpoint continues another",
    tags=["seal"],
    opt={"action": "read_facts", "personal": "none", "reach": "all"},
)
async def read_consistency(
    reading: NamedDependency[Reading],
    old: Annotated[int, QueryParameter(ge=1, description="Size of the earlier tree.")],
    new: Annotated[int, QueryParameter(ge=1, description="Size of the later tree.")],
) -> Consistency:
    """Whoever has both roots can tell with it that nothing of the earlier tree was changed in the later."""

    def question(cursor: Cursor[Any]) -> list[bytes]:
        newest = sealed.newest(cursor)
        last = newest.checkpoint.size if newest else 0
        if not old <= new <= last:
            raise BadField(
                field="new",
                detail=f"The sizes {old} and {new} are not in order, or beyond the newest, {last}.",
                remedy="Take two sizes of GET /v1/checkpoints, the smaller one as `old`.",
            )
        return sealed.consistency(cursor, old, new)

    return Consistency(old=old, new=new, hashes=hash_lines(await reading.ask(question)))


def _kept(signed: Signed) -> KeptCheckpoint:
    return KeptCheckpoint(
        number=signed.number,
        size=signed.checkpoint.size,
        root=b64encode(signed.checkpoint.root).decode(),
        signed_at=signed.signed_at,
        hands_over=signed.hands_over,
        is_witnessed=signed.is_cosigned,
        signed_by=[each.name for each in signed.note.signatures],
        note=str(signed.note),
    )

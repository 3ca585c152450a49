"""The seal over HTTP: checkpoints, tiles and proofs in C2SP's formats, and how the sealing fares."""

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter
from psycopg import Cursor

from api.ops import Ledger, now
from api.problems import NotFound, NotSealedYet
from api.reading import Reading
from api.sealing import SealThread, sealer_of
from api.witnessing import WitnessClient, WitnessThread
from domain.journal import sealed
from domain.journal.checkpoint import Proof
from domain.journal.note import parse_key
from domain.journal.read import head
from domain.journal.tiles import parse_path

TEXT = "text/plain"
OCTETS = "application/octet-stream"
CHECKPOINT_SECONDS = 1
TILE_SECONDS = 365 * 24 * 3600


class WitnessState(msgspec.Struct, frozen=True, kw_only=True):
    """How far the witness has followed. away: why it has not cosigned the newest; null while it does."""

    key: str
    position: int
    away: str | None


class SealState(msgspec.Struct, frozen=True, kw_only=True):
    """How far the journal is sealed. delay_seconds: since when the first fact waits that is not.

    stopped: why the sealing stands still or waits; null while it goes on, or is done elsewhere.
    """

    position: int
    signed_at: dt.datetime | None
    delay_seconds: float
    stopped: str | None
    witness: WitnessState | None


class Seal:
    """The sealing of the service, for those who ask how it fares. None: not done here."""

    def __init__(
        self,
        thread: SealThread | None,
        witness: WitnessThread | None,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self.thread, self.witness, self._clock = thread, witness, clock

    def start(self) -> None:
        """Begins to seal, and to ask the witness."""
        for thread in (self.thread, self.witness):
            if thread is not None:
                thread.start()

    def stop(self) -> None:
        """Ends both."""
        for thread in (self.thread, self.witness):
            if thread is not None:
                thread.stop()

    def delay_seconds(self, cursor: Cursor[Any]) -> float:
        """How long the first fact waits that is not sealed; 0 when all are."""
        since = sealed.waiting_since(cursor)
        return 0.0 if since is None else max(0.0, (self._clock() - since).total_seconds())

    def state(self, cursor: Cursor[Any]) -> SealState:
        """How it fares."""
        newest = sealed.newest(cursor)
        return SealState(
            position=newest.checkpoint.size if newest else 0,
            signed_at=newest.signed_at if newest else None,
            delay_seconds=self.delay_seconds(cursor),
            stopped=self.thread.trouble if self.thread else None,
            witness=_witness_state(cursor, self.witness) if self.witness else None,
        )


def sealing(ledger: Ledger) -> Seal:
    """The sealing of `ledger` as its settings want it."""
    settings, witness = ledger.settings, None
    if settings.witness_url and settings.witness_key:
        client = WitnessClient(settings.witness_url, parse_key(settings.witness_key))
        witness = WitnessThread(ledger.dsn, ledger.schema, client, now)
    if settings.seal == "off":
        return Seal(None, witness, now)
    return Seal(SealThread(sealer_of(ledger), witness.ring if witness else lambda: None), witness, now)


def sealed_position(cursor: Cursor[Any]) -> int:
    """The last position that is under a signed checkpoint."""
    newest = sealed.newest(cursor)
    return newest.checkpoint.size if newest else 0


def _witness_state(cursor: Cursor[Any], thread: WitnessThread) -> WitnessState:
    last = sealed.last_cosigned(cursor, thread.key)
    return WitnessState(
        key=str(thread.key), position=last.checkpoint.size if last else 0, away=thread.trouble
    )


@get(
    "/checkpoint",
    summary="The newest signed checkpoint",
    tags=["seal"],
    opt={"open": True},
    media_type=TEXT,
)
async def read_checkpoint(reading: NamedDependency[Reading]) -> Response[str]:
    """A signed note (C2SP tlog-checkpoint): origin, number of records, root; with cosignatures if it has any.

    Keep one now and then: whoever has an old checkpoint can tell whether history was rewritten since.
    """
    newest = await reading.ask(sealed.newest)
    if newest is None:
        raise NotFound(field="", detail="Nothing is sealed yet.", remedy="Ask again when there are facts.")
    headers = {"Cache-Control": f"max-age={CHECKPOINT_SECONDS}"}
    return Response(str(newest.note), media_type=TEXT, headers=headers)


@get(
    "/tile/{path:path}",
    summary="A tile of the Merkle tree",
    tags=["seal"],
    opt={"action": "read_facts", "personal": "none", "reach": "all"},
    media_type=OCTETS,
)
async def read_tile(
    reading: NamedDependency[Reading],
    path: Annotated[str, PathParameter(description="Level and number as in C2SP: 0/x001/067 or 1/000.p/17.")],
) -> Response[bytes]:
    """256 hashes of 32 bytes, or fewer in a partial tile (C2SP tlog-tiles); it never changes.

    There are no entry bundles: the records are at `/v1/facts`.
    """
    wanted = parse_path(f"tile/{str(path).strip('/')}")

    def question(cursor: Cursor[Any]) -> bytes | None:
        return sealed.tile(cursor, wanted) if wanted else None

    hashes = await reading.ask(question)
    if hashes is None:
        raise NotFound(
            field="path",
            detail="No signed tree has this tile.",
            remedy="Take the size from /v1/checkpoint and derive the tiles from it.",
        )
    headers = {"Cache-Control": f"private, max-age={TILE_SECONDS}, immutable"}
    return Response(hashes, media_type=OCTETS, headers=headers)


@get(
    "/facts/{position:int}/proof",
    summary="The proof that a fact is under the seal",
    tags=["seal"],
    opt={"action": "read_facts", "personal": "none", "reach": "all"},
    media_type=TEXT,
)
async def read_proof(
    reading: NamedDependency[Reading],
    position: Annotated[int, PathParameter(description="1, 2, 3 …")],
) -> Response[str]:
    """A proof to keep beside the fact (C2SP tlog-proof): its index, hashes up to the root, a checkpoint.

    503 with Retry-After while the fact is recorded and not sealed yet, which takes a second at most.
    """

    def question(cursor: Cursor[Any]) -> tuple[Proof | None, int]:
        return sealed.proof(cursor, position, reading.full_tiles), head(cursor)

    proof, last = await reading.ask(question) if 0 < position < 2**63 else (None, 0)
    if proof is None and 0 < position <= last:
        raise NotSealedYet(
            field="position",
            detail=f"Position {position} is recorded and not sealed yet.",
            remedy="Ask again in a second; /health/ready says whether the sealing stands still.",
        )
    if proof is None:
        raise NotFound(
            field="position", detail=f"No fact stands at {position}.", remedy="Take a smaller one."
        )
    headers = {"Content-Disposition": f'attachment; filename="{position}.tlog-proof"'}
    return Response(str(proof), media_type=TEXT, headers=headers)

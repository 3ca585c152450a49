"""Whether the service lives, is ready, and how it fares."""

from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from prometheus_client import CONTENT_TYPE_LATEST

from api.follower import Follower
from api.leading import Leading
from api.metrics import Metrics
from api.ops import now
from api.reading import Reading
from api.seal import Seal, SealState
from domain.journal.read import head, page
from projections.registry import PROJECTIONS
from projections.runner import RebuildNeeded, position

MAX_LAG_FACTS = 100_000
"""Further behind than this, the read models are not fit to answer from."""

MAX_LAG_SECONDS = 60
"""A fact that waits for longer than this to be counted says that nobody follows."""


class Alive(msgspec.Struct, frozen=True, kw_only=True):
    """The process answers."""

    status: str = "alive"


class ReadModel(msgspec.Struct, frozen=True, kw_only=True):
    """How far a read model has folded the journal. stopped: why and where it cannot go on; null if it can."""

    name: str
    position: int
    stopped: str | None


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether results can be had, and if not, why. lag_facts: facts that are recorded and not yet counted.

    seal: how far the journal is sealed. Facts are recorded and results are had whether or not it is.
    leads: what this process does for all: `follower`, `sealer`, both or neither.
    """

    ready: bool
    head: int
    lag_facts: int
    read_models: list[ReadModel]
    reasons: list[str]
    seal: SealState
    leads: list[str]


@get("/health/live", summary="The process answers", tags=["running"], opt={"open": True})
async def live() -> Alive:
    """200 as long as the process can answer at all; for a supervisor that restarts it."""
    return Alive()


@get("/health/ready", summary="Results can be had", tags=["running"], opt={"open": True})
async def ready(
    reading: NamedDependency[Reading],
    follower: NamedDependency[Follower],
    sealing: NamedDependency[Seal],
    leading: NamedDependency[Leading],
) -> Response[Readiness]:
    """200 when the database answers and no read model has stopped or lags; else 503 with the reasons."""
    answer = await reading.ask(lambda cursor: _readiness(cursor, follower, sealing, leading))
    return Response(answer, status_code=200 if answer.ready else 503)


@get(
    "/metrics",
    summary="Figures for Prometheus",
    tags=["running"],
    opt={"open": True},
    media_type="text/plain",
)
async def metrics(metrics: NamedDependency[Metrics]) -> Response[bytes]:
    """Counts and durations by address and status, facts written, and the lag of the read models."""
    return Response(metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _readiness(cursor: Any, follower: Follower, sealing: Seal, leading: Leading) -> Readiness:
    rows = cursor.execute(READ_MODELS).fetchall()
    last = head(cursor)
    models = [ReadModel(name=name, position=position, stopped=_why(*stop)) for name, position, *stop in rows]
    lag = last - min((model.position for model in models), default=last)
    reasons = [f"{model.name} stands still {model.stopped}" for model in models if model.stopped]
    if follower.failure:
        reasons.append(f"The follower failed: {follower.failure}")
    try:
        position(cursor, PROJECTIONS)
    except RebuildNeeded as needed:
        reasons.append(str(needed))
    if lag > MAX_LAG_FACTS:
        reasons.append(f"The read models are {lag} facts behind.")
    elif (seconds := _waiting_seconds(cursor, last - lag)) > MAX_LAG_SECONDS:
        reasons.append(f"A fact waits for {seconds:.0f} s to be counted: some process must be a follower.")
    return Readiness(
        ready=not reasons,
        head=last,
        lag_facts=lag,
        read_models=models,
        reasons=reasons,
        seal=sealing.state(cursor),
        leads=leading.leads,
    )


def _waiting_seconds(cursor: Any, counted: int) -> float:
    """How long the first fact waits that is not counted; 0 when all are."""
    first = next(iter(page(cursor, after=counted, size=1)), None)
    return 0.0 if first is None else (now() - first.recorded_at).total_seconds()


READ_MODELS = """
select name, position, stopped_position, stopped_type, stopped_because from projection order by name"""


def _why(position: int | None, fact_type: str | None, because: str | None) -> str | None:
    return None if position is None else f"at position {position} ({fact_type}): {because}"

"""The workers of a Dask cluster as those who make the parts of a result."""

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, nullcontext
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, TypeVar, cast

from api.cluster import hand
from api.cluster.failure import ClusterFailed
from api.cluster.schedulers import client_of
from api.settings import Settings
from projections.crew import Crew
from projections.spans import Cursor

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from distributed import Client, Future

_Part = TypeVar("_Part")
_Made = TypeVar("_Made")

JOIN_SECONDS = 15.0
"""How long workers have to come, and how long a cluster may be without any."""

LOOK_SECONDS = 1.0
FETCH_SECONDS = 300.0


def crew_of(
    scheduler: str | None, settings: Settings, dsn: str, *schemas: str
) -> "AbstractContextManager[Crew | None]":
    """Those who make the parts behind `scheduler`; None where none is named.

    dsn: the ledger, as the service. schemas: in which its tables are looked for; its own if absent.
    Raises: ClusterFailed.
    """
    if scheduler is None:
        return nullcontext()
    return _crew(scheduler, settings, dsn, schemas or (settings.ledger,))


@contextmanager
def _crew(scheduler: str, settings: Settings, dsn: str, schemas: tuple[str, ...]) -> Generator["DaskCrew"]:
    with client_of(scheduler, settings, dsn) as client:
        crew = DaskCrew(client, hand.order(dsn, schemas))
        crew.require()
        yield crew


class DaskCrew:
    """Workers that a scheduler knows. A part whose worker dies is begun again by another."""

    def __init__(self, client: "Client", order: hand.Order) -> None:
        self._client, self._order = client, order

    @property
    def hands(self) -> int:
        """How many parts are made at the same time."""
        return max(1, sum(self._workers().values()))

    def _workers(self) -> Mapping[str, int]:
        """How many parts each worker makes at a time, by its address."""
        return cast(Mapping[str, int], self._client.nthreads())

    def require(self) -> None:
        """Checks that there are workers, and that they run this version.

        Raises: ClusterFailed.
        """
        deadline = time.monotonic() + JOIN_SECONDS
        while not self._workers():
            if time.monotonic() > deadline:
                raise _without_workers()
            time.sleep(0.05)
        ours = version("meritbook")
        found = cast(Mapping[str, object], self._client.run(version, "meritbook", on_error="return"))
        for worker, told in found.items():
            if told != ours:
                theirs = "no Meritbook" if isinstance(told, PackageNotFoundError) else f"Meritbook {told}"
                raise ClusterFailed(
                    f"The worker {worker} has {theirs}, and this is {ours}.",
                    "Install the same version of Meritbook on all workers, and start them again.",
                )

    def made(
        self,
        make: Callable[[Cursor, _Part], _Made],
        parts: Sequence[_Part],
        on_progress: Callable[[float], None] | None = None,
    ) -> Iterator[_Made]:
        """What `make` makes of each of `parts`, in their order, whoever makes it.

        Raises: ClusterFailed; the Refusals of `make`.
        """
        # The same part has other rows behind it another time, so no result is remembered.
        waiting = deque(self._client.submit(hand.made, self._order, make, part, pure=False) for part in parts)
        try:
            while waiting:
                yield self._of(waiting[0])
                waiting.popleft()
                if on_progress is not None:
                    on_progress(1 - len(waiting) / len(parts))
        finally:
            if waiting:
                self._client.cancel(list(waiting))

    def _of(self, future: "Future") -> Any:
        """What became of a part, whoever makes it in the end."""
        from distributed import KilledWorker
        from distributed.comm.core import CommClosedError

        try:
            self._await(future)
            return future.result(timeout=FETCH_SECONDS)
        except KilledWorker as killed:
            raise ClusterFailed(
                f"Workers that began one part died, the last of them {killed.last_worker.address}.",
                "Look into their logs; mostly they lack memory.",
            ) from None
        except (CancelledError, CommClosedError, TimeoutError):
            raise ClusterFailed(
                "The scheduler was lost before all was computed; nothing is written.",
                "Start it and its workers, and ask again.",
            ) from None
        except (ImportError, AttributeError) as error:
            raise ClusterFailed(
                f"A worker cannot run this program: {error}.",
                "Install the same version of Meritbook on all workers, and start them again.",
            ) from None

    def _await(self, future: "Future") -> None:
        """Waits for a part as long as anybody is there to make it."""
        from distributed import wait

        deadline = time.monotonic() + JOIN_SECONDS
        while True:
            try:
                wait([future], timeout=LOOK_SECONDS)
                return
            except TimeoutError:
                if self._client.status != "running":
                    raise
            if self._workers():
                deadline = time.monotonic() + JOIN_SECONDS
            elif time.monotonic() > deadline:
                raise _without_workers()


def _without_workers() -> ClusterFailed:
    return ClusterFailed(
        f"The scheduler has had no worker for {JOIN_SECONDS:.0f} s.",
        "Start some: dask worker with the address of the scheduler, and MERITBOOK_DATABASE_URL set.",
    )

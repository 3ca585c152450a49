"""Room in memory for what is on its way, given in the order in which it is asked for."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Room:
    """So many bytes, shared out among tasks of one event loop; who finds too few left waits.

    Its length: how many wait.
    """

    def __init__(self, bytes_in_all: int) -> None:
        self._all = self._left = bytes_in_all
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    @asynccontextmanager
    async def taken(self, wanted: int) -> AsyncGenerator[None]:
        """Room for `wanted` bytes, or for all that there are, until the end."""
        wanted = min(wanted, self._all)
        if self._waiting or wanted > self._left:
            await self._wait(wanted)
        else:
            self._left -= wanted
        try:
            yield
        finally:
            self._give_back(wanted)

    async def _wait(self, wanted: int) -> None:
        given = asyncio.get_running_loop().create_future()
        self._waiting.append((wanted, given))
        try:
            await given
        except asyncio.CancelledError:
            if given.done() and not given.cancelled():
                self._give_back(wanted)
            else:
                self._waiting.remove((wanted, given))
                self._give_back(0)
            raise

    def _give_back(self, wanted: int) -> None:
        self._left += wanted
        while self._waiting and self._waiting[0][0] <= self._left:
            size, given = self._waiting.popleft()
            self._left -= size
            given.set_result(None)

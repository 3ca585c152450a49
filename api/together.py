"""One question for all who ask it at the same time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

_Answer = TypeVar("_Answer")


class Together(Generic[_Answer]):
    """Asks a question for everybody who waits for its answer.

    The answer is never older than the wish for it: whoever comes while the question is under way waits for
    the next, which they share with all who come until then.
    """

    def __init__(self, ask: Callable[[], Awaitable[_Answer]]) -> None:
        self._ask = ask
        self._wanted: asyncio.Future[_Answer] | None = None
        self._asking: asyncio.Task[None] | None = None

    async def answer(self) -> _Answer:
        """The answer to the question, asked after this was called.

        Raises: what the question raises.
        """
        if self._wanted is None:
            self._wanted = asyncio.get_running_loop().create_future()
        wanted = self._wanted
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_all())
        # Who goes away must not take the answer along.
        return await asyncio.shield(wanted)

    async def _ask_all(self) -> None:
        while (wanted := self._wanted) is not None:
            self._wanted = None
            try:
                answer = await self._ask()
            except Exception as error:
                wanted.set_exception(error)
                wanted.exception()  # noted, should all who asked have gone
            else:
                wanted.set_result(answer)
        self._asking = None

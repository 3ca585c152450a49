"""Work ahead: the database works on the next steps while this process is busy with the last."""

from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

_Step = TypeVar("_Step")
_Made = TypeVar("_Made")


def ahead(make: Callable[[_Step], _Made], steps: Sequence[_Step], most: int = 1) -> Generator[_Made]:
    """What `make` makes of each of `steps`, in their order, up to `most` of them before they are asked for.

    A thread makes one after the other; a single step is made here. Whoever asks leaves the cursor of `make`
    alone until all are made, and closes this where they stop before: the step under way is waited for.
    """
    if len(steps) < 2:
        yield from map(make, steps)
        return
    coming: deque[Future[_Made]] = deque()
    with ThreadPoolExecutor(1, "ahead") as thread:
        try:
            for step in steps:
                coming.append(thread.submit(copy_context().run, make, step))
                if len(coming) > most:
                    yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()
        finally:
            for each in coming:
                each.cancel()

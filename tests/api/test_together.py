"""One question for all who ask it at once, and never an answer older than the wish for it."""

import asyncio

import pytest

from api.deadlines import Deadline
from api.together import Together

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Question:
    """Answers with how often it was asked; takes until it is let go."""

    def __init__(self) -> None:
        self.asked, self.go = 0, asyncio.Event()

    async def __call__(self) -> int:
        self.asked += 1
        answer = self.asked
        await self.go.wait()
        return answer


async def test_who_comes_while_it_is_under_way_shares_the_next_answer() -> None:
    question = Question()
    together = Together(question)
    first = asyncio.create_task(together.answer())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert question.asked == 1
    later = [asyncio.create_task(together.answer()) for _ in range(20)]
    await asyncio.sleep(0)
    question.go.set()
    assert await first == 1
    assert await asyncio.gather(*later) == [2] * 20
    assert await together.answer() == 3


async def test_who_goes_away_takes_nothing_along() -> None:
    question = Question()
    together = Together(question)
    gone, stays = (asyncio.create_task(together.answer()) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    question.go.set()
    assert await stays == 1


async def test_a_failure_reaches_all_who_asked_and_nobody_later() -> None:
    failures = iter([ValueError("away"), None])

    async def ask() -> str:
        if failure := next(failures):
            raise failure
        return "back"

    together = Together(ask)
    assert [
        type(each)
        for each in await asyncio.gather(together.answer(), together.answer(), return_exceptions=True)
    ] == [ValueError, ValueError]
    assert await together.answer() == "back"


async def test_a_deadline_ends_what_waits_and_leaves_the_rest_of_the_task_alone() -> None:
    with pytest.raises(TimeoutError), Deadline(0.01):
        await asyncio.Event().wait()
    with Deadline(0.01):
        pass
    await asyncio.sleep(0.02)
    task = asyncio.current_task()
    assert task is not None and task.cancelling() == 0


async def test_a_deadline_is_not_taken_for_a_cancellation_by_others() -> None:
    async def wait() -> None:
        with Deadline(10):
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

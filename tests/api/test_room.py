"""Bodies share the memory there is for them, in the order in which they come."""

import asyncio

from api.room import Room


def test_who_finds_too_little_room_waits_for_its_turn() -> None:
    async def scene() -> list[str]:
        room, seen, let_go = Room(100), list[str](), asyncio.Event()

        async def take(name: str, size: int) -> None:
            async with room.taken(size):
                seen.append(name)
                await let_go.wait()

        first = [asyncio.create_task(take(name, size)) for name, size in (("a", 60), ("b", 60), ("c", 10))]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert seen == ["a"], "a small one does not overtake a large one, which would wait for ever"
        first[1].cancel()
        await asyncio.sleep(0.01)
        assert seen == ["a", "c"], "who gave up waits in nobody's way"
        largest = asyncio.create_task(take("more than all", 1_000))
        let_go.set()
        await asyncio.gather(*first, largest, return_exceptions=True)
        assert seen == ["a", "c", "more than all"]
        async with asyncio.timeout(1), room.taken(100):
            return seen

    assert len(asyncio.run(scene())) == 3

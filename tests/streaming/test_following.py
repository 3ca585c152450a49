"""What moved finds who follows it, and whoever has left leaves nothing behind."""

import asyncio
import datetime as dt

import pytest

from api.streaming.concerns import Concerned
from api.streaming.following import Following
from api.streaming.listener import BoardAsked, Listener, Wish

pytestmark = pytest.mark.anyio
APRIL = (dt.date(2025, 4, 1), dt.date(2025, 4, 30))
MAY = (dt.date(2025, 5, 1), dt.date(2025, 5, 31))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def of(*people: str, days: tuple[dt.date, dt.date] = APRIL, placed: bool = False) -> Listener:
    return Listener(Wish(*days, frozenset(people) if people else None, placed=placed), None)


async def test_only_those_are_found_whose_people_moved() -> None:
    following = Following()
    one, twin, two, everybody, in_may = of("E1"), of("E1"), of("E1", "E2"), of(), of("E1", days=MAY)
    for each in (one, twin, two, everybody, in_may):
        following.add(each)
    found = following.concerned(APRIL, ["E2", "E3"])
    assert {each for alike in found.values() for each in alike} == {two, everybody}
    found = following.concerned(APRIL, ["E1"])
    assert {each for alike in found.values() for each in alike} == {one, twin, two, everybody}
    assert len(found) == 3  # those who wish alike are told by one event


async def test_pages_are_told_of_facts_about_their_people_and_of_those_about_nobody() -> None:
    following = Following()
    own, rules, everybody, totals = of("E1"), of("E1"), of(), of("E1")
    own.wish = own.wish._replace(follows="all_facts")
    rules.wish = rules.wish._replace(follows="all_but_work")
    everybody.wish = everybody.wish._replace(follows="all_facts")
    for each in (own, rules, everybody, totals):
        following.add(each)
    assert sorted(following.follows()) == ["all_but_work", "all_facts"] and following.days() == [APRIL]

    def told(*people: str | None) -> set[Listener]:
        return {each for alike in following.concerned("all_facts", people).values() for each in alike}

    assert told() == set() and told("E2") == {everybody}
    assert told("E1") == told(None) == {own, everybody}
    found = Concerned(frozenset({"E1"}), frozenset({None}))
    assert (found.of("all_but_work"), found.of("all_facts")) == ({None}, {None, "E1"})


async def test_who_leaves_leaves_nothing_behind() -> None:
    following = Following()
    board = Listener(Wish(*APRIL, board=BoardAsked("top", None, "2025-04")), None)
    those = [of("E1"), of("E1"), of("E1", "E2", placed=True), of(), board]
    for each in those:
        following.add(each)
    assert following.placed() == [those[2]]
    assert [followed.listeners for followed in following.boards()] == [[board]]
    for each in those:
        following.discard(each)
        following.discard(each)
    assert len(following) == 0 and not following.days() and not following.boards()
    assert following.concerned(APRIL, ["E1", "E2"]) == {}
    await asyncio.sleep(0)

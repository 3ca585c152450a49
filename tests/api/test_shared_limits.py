"""What workers count together is what one of them would count alone."""

import os
from random import Random

import pytest

from api.between import SharedAtOnce, SharedBuckets
from api.limits import AtOnce, Buckets, Limits
from api.settings import Settings


@pytest.mark.parametrize("seed", range(20))
def test_a_shared_bucket_lets_through_what_one_of_a_single_process_does(seed: int) -> None:
    random, now = Random(seed), 1_000.0
    alone, shared = (kind(2.0, 6.0, lambda: now) for kind in (Buckets, SharedBuckets))
    for _ in range(400):
        now += random.choice((0, 0, 0.125, 0.25, 1, 5))
        key = random.choice("abc")
        assert shared.take(key) == pytest.approx(alone.take(key), abs=1e-6)


def test_processes_take_out_of_one_bucket() -> None:
    """Four of them try five times what it holds at the same time: that much passes, and no more."""
    shared, workers, most = SharedBuckets(0.001, 200.0), 4, 200
    children = list[int]()
    ends: list[int] = []
    for _ in range(workers):
        read, write = os.pipe()
        child = os.fork()
        if not child:
            passed = sum(not shared.take("caller") for _ in range(250))
            os.write(write, passed.to_bytes(2, "big"))
            os._exit(0)
        os.close(write)
        children.append(child)
        ends.append(read)
    passed = [int.from_bytes(os.read(end, 2), "big") for end in ends]
    for child, end in zip(children, ends, strict=True):
        os.waitpid(child, 0)
        os.close(end)
    assert sum(passed) == most, passed


@pytest.mark.parametrize("seed", range(10))
def test_requests_under_way_are_counted_over_all_workers(seed: int) -> None:
    """And those of a worker that died are forgotten when it begins anew."""
    random, workers, most = Random(seed), 3, 5
    shared, alone = SharedAtOnce(most, workers), AtOnce(most)
    under_way = list[int]()
    for _ in range(300):
        if under_way and random.random() < 0.45:
            shared.own = under_way.pop(random.randrange(len(under_way)))
            shared.end("caller")
            alone.end("caller")
        else:
            shared.own = random.randrange(workers)
            begun = shared.begin("caller")
            assert begun == alone.begin("caller")
            under_way += [shared.own] * begun
    shared.own = 1
    shared.clear()
    room = most - sum(worker != 1 for worker in under_way)
    assert [shared.begin("caller") for _ in range(room + 1)] == [True] * room + [False]


def test_each_limit_is_shared_where_there_are_several_workers() -> None:
    several = Limits(Settings(home="/nowhere"), workers=3)  # type: ignore[arg-type]
    kinds = {type(each).__name__ for each in [*vars(several).values(), *several._at_once.values()]}
    assert {"SharedBuckets", "SharedAtOnce"} <= kinds and not {"Buckets", "AtOnce"} & kinds


def test_a_lock_that_somebody_died_with_is_taken_over() -> None:
    shared = SharedBuckets(1.0, 3.0)
    assert shared._lock.acquire(timeout=0)
    assert [bool(shared.take("caller")) for _ in range(5)] == [False, False, False, True, True]

"""Steps that are made ahead of whoever uses them."""

import threading
from contextlib import closing

import pytest

from projections.ahead import ahead


class Maker:
    """Makes ten times a step, and keeps what it began and in which thread."""

    def __init__(self, stops_at: int = -1) -> None:
        self.begun: list[int] = []
        self.threads: set[int] = set()
        self._stops_at, self._busy = stops_at, threading.Lock()

    def __call__(self, step: int) -> int:
        assert self._busy.acquire(blocking=False), "two at once"
        self.begun.append(step)
        self.threads.add(threading.get_ident())
        self._busy.release()
        if step == self._stops_at:
            raise ValueError(step)
        return 10 * step


@pytest.mark.parametrize("most", [1, 2, 5])
def test_all_is_made_in_order_by_one_thread(most: int) -> None:
    """However far ahead it is made."""
    maker = Maker()
    assert list(ahead(maker, range(6), most)) == [0, 10, 20, 30, 40, 50]
    assert maker.begun == [0, 1, 2, 3, 4, 5]
    assert len(maker.threads) == 1 and threading.get_ident() not in maker.threads


def test_a_single_step_is_made_here() -> None:
    """No thread is started for a person's own statement."""
    maker = Maker()
    assert (list(ahead(maker, [4])), list(ahead(maker, []))) == ([40], [])
    assert maker.threads == {threading.get_ident()}


def test_no_more_is_made_ahead_than_may_be() -> None:
    """Whatever is held takes room."""
    maker = Maker()
    with closing(ahead(maker, range(9), 2)) as made:
        assert next(made) == 0
    assert set(maker.begun) <= {0, 1, 2}


def test_what_a_step_raises_comes_out_in_its_place() -> None:
    """And nothing runs on behind it."""
    maker = Maker(stops_at=1)
    made = ahead(maker, range(5))
    assert next(made) == 0
    with pytest.raises(ValueError, match="1"):
        next(made)
    begun = len(maker.begun)
    assert begun <= 3 and list(made) == [] and len(maker.begun) == begun

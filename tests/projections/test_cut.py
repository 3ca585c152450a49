"""The crowd that shares the last place shown: whoever comes and goes, the first of it are those of a sort."""

import datetime as dt
import random

import pytest

from projections.cut import Cut

NOON = dt.datetime(2025, 3, 1, 12, tzinfo=dt.UTC)
UNKNOWN = dt.datetime.max.replace(tzinfo=dt.UTC)


@pytest.mark.parametrize("seed", range(5))
def test_the_first_of_a_crowd_are_those_of_a_sort(seed: int) -> None:
    chance = random.Random(seed)
    came = {f"E{number:02}": NOON + dt.timedelta(minutes=chance.randint(0, 5)) for number in range(30)}
    del came["E07"], came["E11"]
    here = {f"E{number:02}" for number in range(12)}
    cut = Cut(-5, here)
    for _ in range(60):
        who = f"E{chance.randint(0, 29):02}"
        if who in here:
            here.remove(who)
            cut.drop(who)
        else:
            here.add(who)
            cut.came((-5, who))
        cut.came((-6, "E99"))
        lacking = cut.lacking()
        cut.learn(lacking, came)
        ordered = sorted(here, key=lambda each: (came.get(each, UNKNOWN), each))
        assert len(cut) == len(here)
        if len(here) > 1:
            assert cut.first(4) == {each: came.get(each) for each in ordered[:4]}


def test_of_one_alone_nobody_asks_when() -> None:
    cut = Cut(3, ["E1", "E2"])
    cut.learn(cut.lacking(), {"E1": NOON, "E2": NOON})
    cut.drop("E2")
    assert (cut.lacking(), cut.first(2)) == ([], {"E1": None})

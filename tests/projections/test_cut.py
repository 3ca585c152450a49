"""The crowd that shares the last place shown: whoever comes and goes, the first of it are those of a sort."""

import datetime as dt
import random
from fractions import Fraction

import pytest

from projections.cut import Cut, micros

NOON = dt.datetime(2025, 3, 1, 12, tzinfo=dt.UTC)
LAST = (-5, Fraction(1, 3))
UNKNOWN = dt.datetime.max.replace(tzinfo=dt.UTC)


@pytest.mark.parametrize("seed", range(5))
def test_the_first_of_a_crowd_are_those_of_a_sort(seed: int) -> None:
    chance = random.Random(seed)
    came = {f"E{number:02}": NOON + dt.timedelta(minutes=chance.randint(0, 5)) for number in range(30)}
    del came["E07"], came["E11"]
    here = {f"E{number:02}" for number in range(12)}
    cut = Cut(LAST, here)
    for _ in range(60):
        who = f"E{chance.randint(0, 29):02}"
        if who in here:
            here.remove(who)
            cut.drop(who)
        else:
            here.add(who)
            cut.came((*LAST, who))
        cut.came((-6, 0, "E99"))
        cut.learn({employee: came.get(employee) for employee in cut.lacking()})
        ordered = sorted(here, key=lambda each: (came.get(each, UNKNOWN), each))
        assert len(cut) == len(here)
        if len(here) > 1:
            assert cut.first(4) == {each: came.get(each) for each in ordered[:4]}
        known = len(here) if len(here) > 1 else 0
        assert (cut.until(4) is None) == (known < 4)
        if until := cut.until(4):
            assert until == (micros(came.get(ordered[3], UNKNOWN)), ordered[3])


def test_of_one_alone_nobody_asks_when() -> None:
    cut = Cut(LAST, ["E1", "E2"])
    cut.learn({"E1": NOON, "E2": NOON})
    cut.drop("E2")
    assert (cut.lacking(), cut.first(2)) == ([], {"E1": None})

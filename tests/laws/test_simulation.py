"""A ledger in the hands of chance: whatever is told, corrected, closed and broken, every law holds."""

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from random import SystemRandom

import pytest
from laws.simulation.makers import GOVERNED, MAKERS, ORDINARY
from laws.simulation.run import Broken, run, shrunk

from domain.facts.registry import FACT_TYPES

STEPS = 50
SOAK_STEPS, SOAK_RUNS = 250, 20
GIVEN = os.environ.get("MERITBOOK_TEST_SEED")
SEEDS = [int(GIVEN)] if GIVEN else [1]
"""Known, so that a change is told from chance; the soak draws many."""


def steps(default: int) -> list[int]:
    """The steps that the environment names, or so many."""
    named = os.environ.get("MERITBOOK_TEST_STEPS")
    return [int(step) for step in named.split(",")] if named else list(range(default))


def hold(again: Callable[[Sequence[int]], Broken | None], seed: int, chosen: Sequence[int]) -> None:
    """Fails with the fewest operations that break the law, and how to see it again."""
    broken = again(chosen)
    if broken is None:
        return
    fewest = chosen if GIVEN else shrunk(broken, chosen, again)
    last = (again(fewest) if list(fewest) != list(chosen) else broken) or broken
    told = "\n".join(last.trace[-25:])
    again_by = f"MERITBOOK_TEST_SEED={seed} MERITBOOK_TEST_STEPS={','.join(map(str, fewest))}"
    raise AssertionError(
        f"seed {seed}, law {last.law!r} after step {last.step}: {last.error!r}\n{told}\n"
        f"again: {again_by} python -m pytest tests/laws/test_simulation.py::test_every_law_is_held"
    ) from last.error


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_law_is_held(postgres: str, template: str, tmp_path: Path, seed: int) -> None:
    """Each for a season."""
    hold(partial(run, postgres, template, tmp_path, seed), seed, steps(STEPS))


@pytest.mark.soak
@pytest.mark.parametrize("number", range(SOAK_RUNS))
def test_every_law_is_held_for_long(postgres: str, template: str, tmp_path: Path, number: int) -> None:
    """New seeds, each for a year or more."""
    seed = int(GIVEN) + number if GIVEN else SystemRandom().randrange(10**6)
    hold(partial(run, postgres, template, tmp_path, seed), seed, steps(SOAK_STEPS))


def test_facts_of_every_type_are_told() -> None:
    """Each type is made field by field, or has an operation of its own."""
    assert set(ORDINARY) | GOVERNED >= FACT_TYPES.keys()
    fields = {name for tag in ORDINARY for name in FACT_TYPES[tag].__struct_fields__}
    days = {name for name in fields if name.endswith(("_on", "_from", "_until")) or name == "day"}
    literals = set("attendance change display step stage cause employment outcome graded_as scope".split())
    assert fields <= MAKERS.keys() | days | literals, "teach simulation/makers.py these fields"

"""A run: a seed, its steps, the laws after each; and the fewest steps that still break one."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import NamedTuple

import psycopg
from conftest import new_database
from laws.simulation import (
    breaking,
    coming_late,
    governing,
    journal_laws,
    measure_laws,
    pay_laws,
    privacy_laws,
    read_model_laws,
    sealing_laws,
    telling,
)
from laws.simulation.makers import Maker
from laws.simulation.world import World

Operation = Callable[[World, Random], str]

OPERATIONS: dict[Operation, int] = {
    telling.tell: 8,
    telling.work: 10,
    telling.move: 6,
    telling.redeliver: 3,
    telling.contradict: 2,
    telling.break_a_rule: 5,
    governing.adopt: 4,
    governing.end_plan: 1,
    governing.override: 3,
    governing.change_target: 3,
    governing.propose: 3,
    governing.void: 6,
    governing.correct: 6,
    governing.confirm: 4,
    governing.close: 6,
    governing.close_behind: 2,
    coming_late.settle: 8,
    governing.honour: 2,
    breaking.pass_time: 9,
    breaking.follow: 5,
    breaking.kill_follower: 3,
    breaking.rebuild_some: 2,
    breaking.lose_answer: 2,
    breaking.terminate: 1,
    breaking.abandon: 2,
    breaking.restart: 1,
    sealing_laws.seal: 5,
    sealing_laws.hand_over: 1,
    privacy_laws.erase: 4,
    privacy_laws.rewrap: 1,
}
"""Each with its weight among the others."""

DEAR_EVERY = 8
"""So many steps between two looks at everything."""

SHRINK_SECONDS = 60


class Broken(NamedTuple):
    """A law that did not hold, after which step, and what was done until then."""

    law: str
    step: int
    error: BaseException
    trace: list[str]


def run(postgres: str, template: str, home: Path, seed: int, steps: Sequence[int]) -> Broken | None:
    """Takes `steps` of `seed`, each with dice of its own, in a new ledger; the law that broke, if one did."""
    trace = list[str]()
    with new_database(postgres, template) as dsn:
        with psycopg.connect(dsn, autocommit=True) as server:
            server.execute(f"alter database {server.info.dbname} set synchronous_commit = off".encode())
        # A home of its own: the sealer remembers there what it has signed.
        world = World(dsn, Path(mkdtemp(dir=home)), Random(f"{seed} firm"))
        with closing(world):
            begin(world, Random(f"{seed} staff"))
            law, step = "", 0
            try:
                for number, step in enumerate(steps, 1):
                    law, known = "answers", world.memory.head
                    random = Random(f"{seed} {step}")
                    [operation] = random.choices(list(OPERATIONS), list(OPERATIONS.values()))
                    trace.append(f"{step:4} {operation.__name__}")
                    trace[-1] += f": {operation(world, random)}"[:300]
                    law = "new records"
                    journal_laws.new_records(world, known)
                    if number % DEAR_EVERY == 0 or number == len(steps):
                        for law in LAWS:
                            LAWS[law](world, random)
            except Exception as error:
                return Broken(law, step, error, trace)
    return None


LAWS: dict[str, Callable[[World, Random], object]] = {
    "all records": lambda world, _: journal_laws.all_records(world),
    "replayed where followers stand": read_model_laws.replayed,
    "followers reach the head": lambda world, _: world.caught_up(),
    "replayed": read_model_laws.replayed,
    "credited": lambda world, _: read_model_laws.credited(world),
    "closed stays": lambda world, _: pay_laws.closed_stays(world),
    "earned is due": lambda world, _: pay_laws.earned_is_due(world),
    "settled is due": lambda world, _: pay_laws.settled_is_due(world),
    "progress is pay": lambda world, _: pay_laws.progress_is_pay(world),
    "measured": measure_laws.measured,
    "reached": measure_laws.reached,
    "ranked": lambda world, _: measure_laws.ranked(world),
    "signed": sealing_laws.signed,
    "hidden": privacy_laws.hidden,
    "known then": read_model_laws.known_then,
}
"""What is looked at every few steps, in this order."""


def begin(world: World, random: Random) -> None:
    """Four people and three versions of plans, some of one day, so that there is something to work on."""
    maker = Maker(world.memory, random, world.clock)
    for number in range(1, 5):
        world.tell(maker.hire(f"E{number}", maker.day()))
    for _ in range(3):
        governing.adopt(world, random)


def shrunk(
    broken: Broken, steps: Sequence[int], again: Callable[[Sequence[int]], Broken | None]
) -> list[int]:
    """The fewest of `steps` found in a minute after which the same law still breaks."""
    kept = list(steps[: steps.index(broken.step) + 1])
    size, deadline = len(kept) // 2, time.monotonic() + SHRINK_SECONDS
    while size and time.monotonic() < deadline:
        start = 0
        while start < len(kept) and time.monotonic() < deadline:
            fewer = kept[:start] + kept[start + size :]
            found = again(fewer) if fewer else None
            if found is not None and found.law == broken.law:
                kept = fewer
            else:
                start += size
        size //= 2
    return kept

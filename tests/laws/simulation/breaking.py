"""Operations on the machinery: followers that stop half-way, lost answers, killed connections, rebuilds."""

import datetime as dt
from contextlib import suppress
from random import Random
from typing import Any
from unittest.mock import patch

import psycopg
from laws.simulation.makers import Maker
from laws.simulation.world import LEDGER, World

from domain.journal import append
from domain.journal.batch import Batch, append_batch
from domain.journal.connection import connect
from domain.journal.record import draft
from projections import folding, registry
from projections.replay import rebuild


class Killed(Exception):
    """What a test throws where a process would die."""


def pass_time(world: World, random: Random) -> str:
    """Days go by; now and then a clock is set back."""
    hours = random.choice((1, 30, 140, 400)) if random.random() < 0.9 else -random.randint(1, 24)
    world.clock += dt.timedelta(hours=hours, microseconds=random.randint(0, 999_999))
    return f"{world.clock:%Y-%m-%d %H:%M}"


def follow(world: World, random: Random) -> str:
    """Followers fold some of what is there, in spans of any size."""
    upto = random.randint(world.at(), world.memory.head) if random.random() < 0.6 else None
    with patch.object(folding, "SPAN_FACTS", random.choice((1, 3, 20, 20_000))):
        reached = world.ledger.runner().catch_up(upto)
    assert reached == (world.memory.head if upto is None else upto)
    return f"to {reached}"


def kill_follower(world: World, random: Random) -> str:
    """A follower loses its connection before or after the rows of some read model."""
    model, before = random.choice(registry.PROJECTIONS), random.random() < 0.5
    stood, whole, calls = world.at(), model.project, iter(range(100_000))
    dies_at = random.randint(0, 3)

    def killed(cursor: Any, span: Any) -> None:
        dies = next(calls) == dies_at
        if not (dies and before):
            whole(cursor, span)
        if dies:
            cursor.connection.close()
            raise psycopg.OperationalError("killed")

    size = patch.object(folding, "SPAN_FACTS", random.choice((2, 9)))
    with size, patch.object(model, "project", killed), suppress(psycopg.OperationalError):
        world.ledger.runner().catch_up()
    reached = world.at()
    assert stood <= reached <= world.memory.head
    return f"in {model.NAME}, {stood} to {reached}"


def rebuild_some(world: World, random: Random) -> str:
    """Read models are built from the first fact; one in three times whoever builds them is killed."""
    names = [random.choice(registry.PROJECTIONS).NAME] if random.random() < 0.7 else []
    if random.random() < 0.3:

        def die(position: int) -> None:
            raise Killed

        try:
            rebuild(world.dsn, LEDGER, names, on_progress=die)
        except Killed:
            return f"killed, of {names or 'all'}"
    built = rebuild(world.dsn, LEDGER, names)
    assert built.difference is None, f"what was rebuilt differs: {built.difference}"
    return f"of {names or 'all'} at {built.position}"


def lose_answer(world: World, random: Random) -> str:
    """The connection dies before or after the commit, and nobody knows which."""
    maker, stored, before = Maker(world.memory, random, world.clock), append.store, random.random() < 0.5
    items = [world.say(maker.performance(), at=maker.instant()) for _ in range(random.randint(1, 5))]
    deaths = iter([True])

    def cut(cursor: Any, *given: Any, **named: Any) -> Any:
        dies = next(deaths, False)
        answers = None if dies and before else stored(cursor, *given, **named)
        if dies:
            cursor.connection.close()
            raise psycopg.OperationalError("the connection is lost")
        return answers

    with patch.object(append, "store", cut):
        world.bring(items, atomic=random.random() < 0.5)
    return f"{'before' if before else 'after'} the commit of {len(items)}"


def terminate(world: World, random: Random) -> str:
    """The server ends a writer that holds the journal's lock, in the middle of its transaction."""
    maker, opened = Maker(world.memory, random, world.clock), append.open_batch
    items = [world.say(maker.performance(), at=maker.instant()) for _ in range(random.randint(2, 6))]
    deaths = iter([True])

    def ended(cursor: Any, *given: Any) -> Any:
        opening = opened(cursor, *given)
        if next(deaths, False):
            with world.behind() as server:
                server.execute("select pg_terminate_backend(%s, 5000)", [cursor.connection.info.backend_pid])
        return opening

    with patch.object(append, "open_batch", ended), patch.object(append, "COPY_FROM", 2):
        world.bring(items)
    return f"of {len(items)}"


def abandon(world: World, random: Random) -> str:
    """Somebody writes facts and goes away without a commit."""
    maker = Maker(world.memory, random, world.clock)
    at = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    drafts = [
        draft(maker.fact("teamwork_scored"), source="gone", key=str(n), occurred_at=at, actor="gone")
        for n in range(random.randint(1, 4))
    ]
    with connect(world.dsn, LEDGER) as connection, connection.cursor() as cursor:
        found = append_batch(cursor, Batch(drafts), world.clock)
        assert found.head == world.memory.head and not found.known
        connection.rollback() if random.random() < 0.5 else connection.close()
    return f"{len(drafts)} facts"


def restart(world: World, random: Random) -> str:
    """The service stops and starts."""
    world.restart()
    return ""

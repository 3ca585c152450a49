"""Laws of the read models: at any time what a replay of the facts gives, now and at any past position."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from random import Random
from typing import Any

from laws.simulation.reference import Known
from laws.simulation.world import ENGINE, LEDGER, World

from domain.journal.connection import connect
from domain.journal.migrate import migrate
from domain.period import Period
from domain.plan.measures import Credit
from projections import boards, honours, milestones, policy, progress, roster, runner, statements
from projections.replay import replay
from projections.spans import Cursor

CUT = "cut"
COPY = "insert into {}.journal select * from {}.journal where position <= %s order by position"


def replayed(world: World, random: Random) -> None:
    """Live rows are the rows of a replay, wherever followers stand and at a position in the past."""
    for upto in (None, random.randint(0, world.memory.head)):
        compared = replay(world.dsn, LEDGER, upto, and_compare=True).compared
        assert compared is not None and compared.difference is None, f"at {upto}: {compared}"


def credited(world: World) -> None:
    """Credits are the live performance facts, each once, and standings are their sums."""
    known = Known(world.memory)
    with world.cursor() as cursor:
        rows = cursor.execute(
            """select
                position, part, employee, role, share, fact, day, at, amount_minor, score, quantity, minutes
            from credit where void_position is null order by position, part"""
        ).fetchall()
        totals = cursor.execute(
            "select employee, day, fact, count - others, amount_minor from standing"
        ).fetchall()
    told = [
        (c.position, c.part, c.employee, c.role, c.share, c.fact, c.day, c.at, *_sizes(c))
        for c in known.credits
    ]
    assert rows == told, f"credits {set(rows) ^ set(told)}"
    counts, amounts = Counter[Any](), Counter[Any]()
    for credit in known.credits:
        counts[credit.employee, credit.day, credit.fact] += 1 if credit.share is None else credit.share
        if credit.currency == world.memory.opened.currency:
            amounts[credit.employee, credit.day, credit.fact] += credit.amount_minor or 0
    assert {tuple(row[:3]): row[3] for row in totals} == dict(counts), "standings do not count the credits"
    assert {tuple(row[:3]): int(row[4]) for row in totals if row[4]} == {
        k: v for k, v in amounts.items() if v
    }


def _sizes(credit: Credit) -> tuple[object, ...]:
    return credit.amount_minor, credit.score, credit.quantity, credit.minutes


def known_then(world: World, random: Random) -> None:
    """What was known at N is what a ledger says that heard only the first N facts."""
    position = random.randint(1, world.memory.head)
    periods = [Period.containing(world.memory.day(world.clock))]
    periods += [periods[0].previous(), periods[0].previous().previous()]
    with _cut(world, position) as cut, world.cursor() as live:
        for period in periods:
            asked, then = _answers(live, period, position), _answers(cut, period, None)
            for name, answer in asked.items():
                assert answer == then[name], f"{name} of {period} at {position}: {answer}, then {then[name]}"


def _answers(cursor: Cursor, period: Period, known_at: int | None) -> dict[str, Any]:
    day = period.last_day
    people = sorted({change.employee for change in roster.changes(cursor, None, known_at)})
    return {
        "roster": roster.changes(cursor, None, known_at),
        "branches": roster.branches(cursor, known_at),
        "plans": policy.plans_in_force(cursor, day, known_at),
        "overrides": policy.overrides(cursor, known_at),
        "statements": list(map(_paid, statements.payslips(cursor, period, known_at, engine=ENGINE))),
        "one statement": [
            _paid(statements.statement(cursor, person, period, known_at, engine=ENGINE)) for person in people
        ],
        "milestones": milestones.milestones(cursor, day, None, known_at),
        "progress": [progress.progress(cursor, person, day, known_at) for person in people],
        "board": boards.board(cursor, "top", period, known_at=known_at),
        "week": boards.board(cursor, "top", Period.containing(day, "week"), known_at=known_at),
        "honours": honours.honours(cursor, None, known_at),
    }


def _paid(slip: statements.Payslip | None) -> Any:
    # An open statement says up to where it knows; both ledgers know the same.
    return slip and (slip.statement, slip.state, slip.closed_position, slip.digest)


@contextmanager
def _cut(world: World, upto: int) -> Generator[Cursor]:
    """A second ledger that holds the first facts only, folded from nothing."""
    with world.behind() as owner:
        owner.execute(f"drop schema if exists {CUT} cascade".encode())
        migrate(world.dsn, CUT)
        owner.execute(COPY.format(CUT, LEDGER).encode(), [upto])
    with connect(world.dsn, CUT, service=False) as connection:
        runner.create(connection)
    runner.Runner(world.dsn, CUT).catch_up()
    with connect(world.dsn, CUT) as connection, connection.cursor() as cursor:
        yield cursor

"""Laws of pay: closed stays closed, what is settled is what is due, and every number is the reference's."""

from collections import Counter
from collections.abc import Iterable, Mapping

from laws.simulation.memory import Memory
from laws.simulation.reference import Known
from laws.simulation.world import ENGINE, World

from domain.journal.canonical import canonical
from domain.period import Period
from domain.plan.statement import Line, Statement
from projections import closing, progress, statements
from projections.earned import earned
from projections.late import closed_periods

Sums = Counter[tuple[str, str, str, str]]
"""Amounts by person, month that they are about, plan and component."""


def closed_stays(world: World) -> None:
    """A statement that was closed once is the same for ever, sums up, and its close's digest holds."""
    with world.cursor() as cursor:
        for closed in closed_periods(cursor, None):
            slips = list(statements.payslips(cursor, closed.period, engine=ENGINE))
            found = {(str(closed.period), s.statement.employee): canonical(s.statement) for s in slips}
            for key, frozen in found.items():
                assert world.frozen.setdefault(key, frozen) == frozen, f"the statement {key} has changed"
            gone = {key for key in world.frozen if key[0] == str(closed.period)} - found.keys()
            assert not gone, f"closed statements are gone: {gone}"
            for slip in slips:
                assert slip.statement.total_minor == sum(line.amount_minor for line in slip.statement.lines)
                assert slip.digest == slip.statement.digest()
            fact = next(f for _, f in world.memory.closes() if f.period == str(closed.period))
            assert fact.statements_digest == closing.digest_of([slip.statement for slip in slips])
            totals = sum(slip.statement.total_minor for slip in slips)
            assert (fact.statements, closed.total_minor) == (len(slips), totals)


def earned_is_due(world: World) -> None:
    """What SQL finds that people earned, in open months and closed ones, is what plain Python finds."""
    known = Known(world.memory)
    current = Period.containing(world.memory.day(world.clock))
    with world.cursor() as cursor:
        for period in (current, current.previous(), current.previous().previous()):
            found, due = earned(cursor, period, world.memory.head), known.statements(period)
            _equal(found, due, f"earned in {period}")


def settled_is_due(world: World) -> None:
    """Each close pays its month and makes up for earlier ones; the next one is about to do the same."""
    paid = Sums()
    with world.cursor() as cursor:
        closed = closed_periods(cursor, None)
        for number, close in enumerate(closed):
            due = _due(world.memory, [c.period for c in closed[: number + 1]], close.known_at)
            for slip in statements.payslips(cursor, close.period, engine=ENGINE):
                paid.update(_sums(slip.statement))
            assert _nonzero(paid) == _nonzero(due), (
                f"after the close of {close.period}: paid beyond what is due: {_difference(paid, due)}"
            )
        if closed:
            following = closed[-1].period.next()
            for slip in statements.open_payslips(cursor, following, world.memory.head, engine=ENGINE):
                late = [line for line in slip.statement.lines if line.about]
                paid.update(_lines(slip.statement.employee, str(following), late))
            due = _due(world.memory, [c.period for c in closed], world.memory.head)
            assert _nonzero(paid) == _nonzero(due), (
                f"by the next close: paid beyond what is due: {_difference(paid, due)}"
            )


def progress_is_pay(world: World) -> None:
    """On the last day of a month progress comes to what its statement pays for the month itself."""
    period = Period.containing(world.memory.day(world.clock))
    with world.cursor() as cursor:
        for slip in statements.open_payslips(cursor, period, world.memory.head, engine=ENGINE):
            own = [line for line in slip.statement.lines if line.about is None]
            here = progress.progress(cursor, slip.statement.employee, period.last_day, world.memory.head)
            found = sum(here.earned_minor.values()) if here else 0
            assert found == sum(line.amount_minor for line in own), f"progress of {slip.statement.employee}"


def _due(memory: Memory, periods: list[Period], known_at: int) -> Sums:
    """What months come to for everybody, by all that was known at a position."""
    known, found = Known(memory, known_at), Sums()
    for period in periods:
        for statement in known.statements(period).values():
            found.update(_sums(statement))
    return found


def _sums(statement: Statement) -> Sums:
    return _lines(statement.employee, statement.period, statement.lines)


def _lines(employee: str, period: str, lines: Iterable[Line]) -> Sums:
    found = Sums()
    for line in lines:
        found[employee, line.about or period, line.plan, line.component] += line.amount_minor
    return found


def _nonzero(sums: Mapping[tuple[str, str, str, str], int]) -> dict[tuple[str, str, str, str], int]:
    return {key: amount for key, amount in sums.items() if amount}


def _difference(paid: Sums, due: Sums) -> dict[tuple[str, str, str, str], int]:
    return {key: paid[key] - due[key] for key in paid.keys() | due.keys() if paid[key] != due[key]}


def _equal(found: Mapping[str, Statement], due: Mapping[str, Statement], what: str) -> None:
    assert found.keys() == due.keys(), f"{what}: {found.keys() ^ due.keys()}"
    for employee, statement in due.items():
        assert found[employee] == statement, f"{what} by {employee}: {found[employee]}\nnot {statement}"

"""What changed in a statement between two points of knowledge, and which facts brought it about."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from domain.period import Period
from domain.plan.change_words import say_change, say_line
from domain.plan.differences import Change, Computed, LineChange, Version, line_changes
from domain.plan.fields import Title
from projections.causes import CausingFact, Sight, causes, closes, sight
from projections.plans_used import PlanUsed
from projections.spans import Cursor
from projections.statements import Payslip, statement

SHOWN_FACTS = 1_000
"""So many facts are listed; how many there are in all is said beside them."""


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two statements. known_at: as it was asked for.

    counted_upto: the last position that it takes into account, which is earlier where a close says so. state:
    `none` where nothing was due. digest: of the statement; None for none.
    """

    known_at: int
    counted_upto: int
    state: Literal["open", "closed", "none"]
    closed_position: int | None
    total_minor: int
    plans: tuple[PlanUsed, ...]
    engine: str | None
    digest: str | None


class SaidChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a line rests on and is another now, in words too."""

    change: Change
    said: Title


class SaidLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line that differs, in words too."""

    line: LineChange
    said: Title
    grounds: tuple[SaidChange, ...]


class StatementDiff(msgspec.Struct, frozen=True, kw_only=True):
    """Two statements of one person and period side by side.

    difference_minor: of the totals, and the sum over `lines`. facts: the first of `facts_total`, by position.
    """

    employee: str
    period: str
    currency: str
    before: Side
    after: Side
    difference_minor: int
    lines: tuple[SaidLine, ...]
    facts: tuple[CausingFact, ...]
    facts_total: int


def diff(
    cursor: Cursor, employee: str, period: Period, before: int, after: int, *, engine: str
) -> StatementDiff | None:
    """How the statement as known at `after` differs from that as known at `before`; None where neither is.

    The facts are those in between that the measures, targets, roster, overrides and plans of either touch.
    """
    old = statement(cursor, employee, period, before, engine=engine)
    new = statement(cursor, employee, period, after, engine=engine)
    if old is None and new is None:
        return None
    sides = _side(old, before), _side(new, after)
    sights = (
        sight(cursor, old, employee, period, before),
        sight(cursor, new, employee, period, after),
    )
    facts = sorted(
        (
            *closes(cursor, period, before, after, (old, new)),
            *causes(cursor, employee, period, sights),
        ),
        key=lambda fact: (fact.position, fact.about_position or 0),
    )
    currency = next(slip.statement.currency for slip in (new, old) if slip is not None)
    return StatementDiff(
        employee=employee,
        period=str(period),
        currency=currency,
        before=sides[0],
        after=sides[1],
        difference_minor=sides[1].total_minor - sides[0].total_minor,
        lines=tuple(_said_lines(period, old, new, sights)),
        facts=tuple(facts[:SHOWN_FACTS]),
        facts_total=len(facts),
    )


def computed(slip: Payslip | None) -> Computed:
    """The lines of a payslip with the versions behind them."""
    if slip is None:
        return Computed((), {})
    versions = {(used.period, used.plan): Version(used.adopted_at, used.document_hash) for used in slip.plans}
    return Computed(slip.statement.lines, versions)


def _side(slip: Payslip | None, known_at: int) -> Side:
    return Side(
        known_at=known_at,
        counted_upto=slip.known_at if slip else known_at,
        state=slip.state if slip else "none",
        closed_position=slip.closed_position if slip else None,
        total_minor=slip.statement.total_minor if slip else 0,
        plans=slip.plans if slip else (),
        engine=slip.engine if slip else None,
        digest=slip.digest if slip else None,
    )


def _said_lines(
    period: Period,
    old: Payslip | None,
    new: Payslip | None,
    sights: tuple[Sight, Sight],
) -> Iterator[SaidLine]:
    for line in line_changes(str(period), computed(old), computed(new)):
        key = (line.about, line.plan)
        plan = sights[1].plans.get(key) or sights[0].plans.get(key)
        grounds = tuple(SaidChange(change=change, said=say_change(change, plan)) for change in line.changes)
        yield SaidLine(line=line, said=say_line(line), grounds=grounds)

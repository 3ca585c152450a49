"""Closed months computed once more by this program, against what a release before it had made of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

import msgspec

from domain.facts.governance import PeriodClosed
from domain.period import Period
from domain.plan.differences import Computed, LineChange, Version, line_changes
from domain.plan.statement import Statement
from projections import closing, statements
from projections.closing import Closing
from projections.crew import Crew
from projections.plans_used import plans_used
from projections.registry import PROJECTIONS
from projections.replay import Progress, replayed
from projections.rows import facts_of
from projections.spans import Cursor, Projection, Span


class Released(NamedTuple):
    """A statement as a release made it. closed_position: of the close that it was made for."""

    period: str
    employee: str
    closed_position: int
    statement: Statement


class ChangedStatement(msgspec.Struct, frozen=True, kw_only=True):
    """A closed statement that comes out otherwise.

    before_digest, after_digest: None for one that there was not, or is not any more. lines: those that
    differ; their differences sum to `difference_minor`.
    """

    employee: str
    before_digest: str | None
    after_digest: str | None
    difference_minor: int
    lines: tuple[LineChange, ...]


class MonthRecomputed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a closed month.

    engine: that closed it. is_released: the results have the month. is_genuine: what they have of it is what
    the close says. is_same: this program comes to what the close says, by the digest over all statements.
    """

    period: str
    known_at: int
    closed_position: int
    engine: str
    is_released: bool
    is_genuine: bool
    is_same: bool
    statements: int
    changed: tuple[ChangedStatement, ...]

    @property
    def is_unchanged(self) -> bool:
        """Whether nobody's pay differs, and the results can be believed."""
        return self.is_same and not self.changed


class UnknownMonth(Exception):
    """The results have a month that the ledger has not closed."""


class _Frozen:
    """The tables of statements, filled here and not from the journal."""

    NAME = statements.NAME
    VERSION = statements.VERSION
    SCHEMA = statements.SCHEMA
    TABLES = statements.TABLES
    FACTS = frozenset[str]()

    def project(self, cursor: Cursor, span: Span) -> None:
        """Nothing: it is not asked about any fact."""


def recompute(
    dsn: str,
    schema: str,
    released: Iterable[Released],
    on_progress: Progress | None = None,
    crew: Crew | None = None,
) -> Iterator[MonthRecomputed]:
    """Each closed month by today's program as known at its close, beside `released`, in order of months.

    Everything but statements is folded anew beside the live read models; what later months settle is what was
    released. released: in order of months and employees. dsn: of the owner. crew: who computes them, if not
    this process, from what was folded anew.
    Raises: ScratchInUse, UnfoldableFact, UnknownMonth.
    """
    projections: Sequence[Projection] = tuple(
        _Frozen() if projection.NAME == statements.NAME else projection for projection in PROJECTIONS
    )
    with (
        replayed(dsn, schema, on_progress=on_progress, projections=projections) as connection,
        connection.cursor() as cursor,
    ):
        months = groupby(released, key=attrgetter("period"))
        told = next(months, None)
        whole = Span(0, closing.head(cursor))
        for position, fact in list(facts_of(cursor, whole, "period_closed")):
            assert isinstance(fact, PeriodClosed)
            if told is not None and told[0] < fact.period:
                break
            own = list(told[1]) if told is not None and told[0] == fact.period else None
            yield _recomputed(cursor, position, fact, own, crew)
            if own is not None:
                told = next(months, None)
        if told is not None:
            raise UnknownMonth(f"The results have {told[0]}, which this ledger has not closed.")


def _recomputed(
    cursor: Cursor, position: int, fact: PeriodClosed, released: list[Released] | None, crew: Crew | None
) -> MonthRecomputed:
    """One month; its statements are frozen as they were released, for later months to settle against."""
    period = Period.parse(fact.period)
    made = closing.compute(cursor, period, fact.known_at, crew)
    is_same = made.says(fact)
    known = made if released is None else made._replace(statements=[each.statement for each in released])
    is_genuine = (
        is_same
        if released is None
        else closing.digest_of(known.statements) == fact.statements_digest
        and all(each.closed_position == position for each in released)
    )
    statements.freeze(cursor, position, known, fact.engine)
    return MonthRecomputed(
        period=fact.period,
        known_at=fact.known_at,
        closed_position=position,
        engine=fact.engine,
        is_released=released is not None,
        is_genuine=is_genuine,
        is_same=is_same,
        statements=len(made.statements),
        changed=tuple(_changed(cursor, fact, known, made)) if released is not None else (),
    )


def _changed(cursor: Cursor, fact: PeriodClosed, known: Closing, made: Closing) -> Iterator[ChangedStatement]:
    """The statements that differ, in order of employee."""
    old, new = ({each.employee: each for each in of.statements} for of in (known, made))
    closed_with = {plan.plan: Version(plan.adopted_at, plan.document_hash) for plan in fact.plans}
    for employee in sorted(old.keys() | new.keys()):
        before, after = old.get(employee), new.get(employee)
        digests = [None if each is None else each.digest() for each in (before, after)]
        if digests[0] == digests[1]:
            continue
        now = _computed(cursor, after, fact.known_at, {})
        then = _computed(cursor, before, fact.known_at, {(fact.period, p): v for p, v in closed_with.items()})
        yield ChangedStatement(
            employee=employee,
            before_digest=digests[0],
            after_digest=digests[1],
            difference_minor=(after.total_minor if after else 0) - (before.total_minor if before else 0),
            lines=line_changes(fact.period, then, now),
        )


def _computed(
    cursor: Cursor,
    statement: Statement | None,
    known_at: int,
    closed_with: Mapping[tuple[str, str], Version],
) -> Computed:
    """The lines with the versions behind them; of the month itself, those that the close names."""
    if statement is None:
        return Computed((), {})
    used = plans_used(cursor, statement.period, statement.lines, known_at)
    versions = {(each.period, each.plan): Version(each.adopted_at, each.document_hash) for each in used}
    return Computed(statement.lines, {**versions, **closed_with})

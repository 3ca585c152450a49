"""The statements of a month as known at a position: what it earned, and what older months still owe."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from domain.facts.governance import PeriodClosed, PlanInForce
from domain.journal.canonical import canonical
from domain.journal.merkle import leaf_hash, root
from domain.period import Period
from domain.plan.statement import Statement, make_statement
from projections import policy
from projections.accounts import account_lines
from projections.earned import earned_by
from projections.late import closed_periods, touched
from projections.members import paid_by, roll
from projections.opening import opening
from projections.places import ranks_people
from projections.retro import deltas
from projections.spans import Cursor

BATCH_PEOPLE = 25_000
"""So many people's measures are in memory at a time: each batch reads past the others' facts of the month."""

EVERYBODY = "select distinct employee from roster_change where position <= coalesce(%(known_at)s, position)"


HEAD = "select coalesce(max(position), 0) from projection"


class Closing(NamedTuple):
    """All statements of a month in order of employee, and what its close says of them."""

    period: Period
    known_at: int
    currency: str
    statements: list[Statement]
    digest: str
    plans: list[PlanInForce]

    @property
    def total_minor(self) -> int:
        """What is paid in all, in minor units."""
        return sum(statement.total_minor for statement in self.statements)

    def fact(self, engine: str) -> PeriodClosed:
        """The fact that makes these statements final. engine: name and version of the program."""
        return PeriodClosed(
            period=str(self.period),
            known_at=self.known_at,
            statements_digest=self.digest,
            statements=len(self.statements),
            currency=self.currency,
            plans=self.plans,
            engine=engine,
        )


_DECIDED: ContextVar[Closing | None] = ContextVar("_DECIDED", default=None)


@contextmanager
def decided(made: Closing) -> Generator[None]:
    """What is folded meanwhile need not compute `made` again, if its close says the same to the last byte."""
    token = _DECIDED.set(made)
    try:
        yield
    finally:
        _DECIDED.reset(token)


def closed_by(cursor: Cursor, fact: PeriodClosed) -> Closing:
    """The statements that `fact` makes final: those that whoever decided it has at hand, or computed."""
    made = _DECIDED.get()
    if made is not None and made.fact(fact.engine) == fact:
        return made
    return compute(cursor, Period.parse(fact.period), fact.known_at)


def head(cursor: Cursor) -> int:
    """The last position that the read models know."""
    found = cursor.execute(HEAD).fetchone()
    assert found is not None
    return found[0]


def compute(cursor: Cursor, period: Period, known_at: int) -> Closing:
    """The close of `period` by the facts up to position `known_at`."""
    found = [statement for batch in batches(cursor, period, known_at) for statement in batch]
    plans = [
        PlanInForce(plan=version.plan, adopted_at=version.position, document_hash=version.document_hash)
        for version in policy.plans_in_force(cursor, period.last_day, known_at)
    ]
    currency = opening(cursor, known_at).fact.currency
    return Closing(period, known_at, currency, found, digest_of(found), plans)


def batches(
    cursor: Cursor, period: Period, known_at: int | None, employees: Sequence[str] | None = None
) -> Iterator[list[Statement]]:
    """The statements of `employees`, or of everybody who is due something, by employee, some at a time.

    What became known late about closed months is settled in the first month that is still open.
    """
    closed = closed_periods(cursor, known_at)
    due = closed if closed and period == closed[-1].period.next() else []
    together = bool(due) and ranks_people(cursor, known_at)
    since = touched(cursor, due[-1], known_at, None if together else employees) if due else {}
    if employees is None:
        everybody = [employee for (employee,) in cursor.execute(EVERYBODY, {"known_at": known_at})]
        people = sorted({*everybody, *since})
    else:
        people = sorted(employees)
    if together and since:
        # A place that one person gained is one that another lost.
        since = dict.fromkeys(people, min(since.values()))
    for start in range(0, len(people), BATCH_PEOPLE):
        batch = people[start : start + BATCH_PEOPLE]
        here = roll(cursor, period, known_at, batch)
        groups = [paid_by(v, here) for v in policy.plans_in_force(cursor, period.last_day, known_at)]
        own = earned_by(cursor, groups, period, known_at)
        late = deltas(cursor, due, {e: since[e] for e in batch if e in since}, known_at)
        earned = {e: [*(own[e].lines if e in own else ()), *late.get(e, ())] for e in {*own, *late}}
        moved = account_lines(cursor, here, groups, batch, earned, known_at)
        yield [
            make_statement(
                employee,
                str(period),
                own[employee].currency if employee in own else lines[0].currency,
                lines,
            )
            for employee in batch
            if employee in earned or employee in moved
            for lines in [(*earned.get(employee, ()), *moved.get(employee, ()))]
        ]


def digest_of(statements: Iterable[Statement]) -> str:
    """Merkle root (RFC 6962), in hexadecimal, over the canonical JSON of `statements`, in their order.

    So one statement can be shown to be among them by a short proof, without any other.
    """
    return root(leaf_hash(canonical(statement)) for statement in statements).hex()

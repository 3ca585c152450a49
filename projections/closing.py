"""The statements of a month as known at a position: what it earned, and what older months still owe."""

import datetime as dt
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from contextvars import ContextVar
from functools import partial
from typing import NamedTuple

import msgspec

from domain.facts.governance import PeriodClosed, PlanInForce
from domain.journal.canonical import canonical
from domain.journal.merkle import leaf_hash, root
from domain.period import Period
from domain.plan.statement import Entitlement, Line, Statement, compute_statement, make_statement
from projections import policy
from projections.accounts import Accounting
from projections.ahead import ahead
from projections.crew import Crew, shares
from projections.earned import entitlements
from projections.late import ClosedPeriod, closed_periods, touched
from projections.members import paid_by, roll
from projections.opening import opening
from projections.places import ranks_people
from projections.retro import deltas
from projections.spans import Cursor

BATCH_PEOPLE = 25_000
"""So many people's measures are in memory at a time: each batch reads past the others' facts of the month."""

EVERYBODY = "select distinct employee from roster_change where position <= coalesce(%(known_at)s, position)"


ROOM = """
select set_config('work_mem', '64MB', true), set_config('max_parallel_workers_per_gather', '0', true)"""
"""Until the end of its transaction. One close runs at a time, so it may sort in more memory than readers.

One process reads the credits of a month sooner than several hand them on to one; in a large ledger the
planner thinks otherwise.
"""

_STATEMENTS = msgspec.msgpack.Decoder(list[Statement])

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

    def says(self, fact: PeriodClosed) -> bool:
        """Whether `fact` closes the month with these statements, whoever proposed it."""
        return self.fact(fact.engine) == msgspec.structs.replace(fact, proposed_at=None)


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
    if made is not None and made.says(fact):
        return made
    return compute(cursor, Period.parse(fact.period), fact.known_at)


def head(cursor: Cursor) -> int:
    """The last position that the read models know."""
    found = cursor.execute(HEAD).fetchone()
    assert found is not None
    return found[0]


def compute(
    cursor: Cursor,
    period: Period,
    known_at: int,
    crew: Crew | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Closing:
    """The close of `period` by the facts up to position `known_at`.

    crew: who makes the statements, if not this process; they come to the same. on_progress: told the share
    that they have made.
    """
    cursor.execute(ROOM)
    whole = _whole(cursor, period, known_at, None)
    if crew is None:
        with closing(ahead(partial(_gather, cursor), whole.parts())) as gathered:
            found = [statement for told in gathered for statement in _statements(told)]
    else:
        made = crew.made(_made, whole.parts(crew.hands), on_progress)
        found = [statement for part in made for statement in _STATEMENTS.decode(part)]
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
    for part in _whole(cursor, period, known_at, employees).parts():
        yield _statements(_gather(cursor, part))


class _Part(NamedTuple):
    """Some people of a month. closed: the months before it that are settled in it. since: for those whose
    closed months late facts have touched, from which day on.
    """

    period: Period
    known_at: int | None
    closed: Sequence[ClosedPeriod]
    since: Mapping[str, dt.date]
    people: Sequence[str]

    def parts(self, hands: int = 0) -> list["_Part"]:
        """It in parts that are made one after the other, or for so many hands."""
        return [
            self._replace(
                people=people, since={each: self.since[each] for each in people if each in self.since}
            )
            for people in shares(self.people, hands, BATCH_PEOPLE)
        ]


class _Gathered(NamedTuple):
    """All that the read models say of some people's statements. accounting: what their accounts take."""

    period: Period
    people: Sequence[str]
    due: Mapping[str, Sequence[Entitlement]]
    late: Mapping[str, Sequence[Line]]
    accounting: Accounting


def _whole(cursor: Cursor, period: Period, known_at: int | None, employees: Sequence[str] | None) -> _Part:
    """All whose statements are to be made: of `employees`, or of everybody."""
    closed = closed_periods(cursor, known_at)
    due = closed if closed and period == closed[-1].period.next() else []
    together = bool(due) and ranks_people(cursor, known_at)
    since = touched(cursor, due[-1], known_at, None if together else employees) if due else {}
    if employees is None:
        everybody = [employee for (employee,) in cursor.execute(EVERYBODY, {"known_at": known_at})]
        people = sorted({*everybody, *since})
    else:
        people = sorted(employees)
    # A place that one person gained is one that another lost.
    if together and since:
        since = dict.fromkeys(people, min(since.values()))
    return _Part(period, known_at, due, since, people)


def _gather(cursor: Cursor, part: _Part) -> _Gathered:
    """What is known about the pay of one part of the people."""
    period, known_at, closed, since, people = part
    here = roll(cursor, period, known_at, people)
    groups = [paid_by(v, here) for v in policy.plans_in_force(cursor, period.last_day, known_at)]
    due = entitlements(cursor, groups, period, known_at)
    late = deltas(cursor, closed, since, known_at)
    named = {line.plan for lines in late.values() for line in lines}
    accounting = Accounting(cursor, here, groups, people, named, known_at)
    return _Gathered(period, people, due, late, accounting)


def _made(cursor: Cursor, part: _Part) -> bytes:
    """The statements of a part, wherever it is made.

    As MessagePack, which leaves out and puts back what is as by default. A default that came back pickled
    would be another object, and so another byte in the statement.
    """
    cursor.execute(ROOM)
    return msgspec.msgpack.encode(_statements(_gather(cursor, part)))


def _statements(told: _Gathered) -> list[Statement]:
    """The statements of those of some people who are due something; the read models are not asked."""
    own = {employee: compute_statement(employee, due) for employee, due in told.due.items()}
    late = told.late
    earned = {e: [*(own[e].lines if e in own else ()), *late.get(e, ())] for e in {*own, *late}}
    moved = told.accounting.lines(earned)
    return [
        make_statement(
            employee,
            str(told.period),
            own[employee].currency if employee in own else lines[0].currency,
            lines,
        )
        for employee in told.people
        if employee in earned or employee in moved
        for lines in [(*earned.get(employee, ()), *moved.get(employee, ()))]
    ]


def digest_of(statements: Iterable[Statement]) -> str:
    """Merkle root (RFC 6962), in hexadecimal, over the canonical JSON of `statements`, in their order.

    So one statement can be shown to be among them by a short proof, without any other.
    """
    return root(leaf_hash(canonical(statement)) for statement in statements).hex()
